"""Conversations: everything said between one of our senders and one person."""

from datetime import UTC, datetime
from typing import Annotated, TypeAlias

import strawberry
from strawberry.scalars import JSON

from db import conversations as rows
from db.conversations import ConversationStatus
from db.core.paging import Page
from db.files import File as FileRow
from db.messages import Message as MessageRow
from db.senders import SenderProvider
from domain import contacts, conversations, files, messages, senders
from domain.conversations import ConversationOrder
from graph.contacts.types import Contact
from graph.core.context import Info
from graph.core.enums import OrderDirection, describe
from graph.core.fields import arg, column, computed, loaded, mutation, query
from graph.core.ids import decode
from graph.core.inputs import DateTimeRange, criteria, optional
from graph.core.nodes import Node, node
from graph.core.paging import (
    After,
    Before,
    Connection,
    Direction,
    First,
    Last,
    Matching,
    Offset,
    OrderBy,
    page_request,
)
from graph.core.scalars import PhoneNumber
from graph.files import File
from graph.messages.types import PAGE, Message, MessageFilter
from graph.senders import Sender

describe(
    ConversationStatus,
    "Where a conversation stands.",
    ACTIVE="Going on.",
    ESCALATED="Waits for a person; the bot is silent.",
    CLOSED="Closed.",
)
describe(
    ConversationOrder,
    "What conversations are sorted by.",
    CREATED_AT="When they were opened.",
    LAST_MESSAGE_AT="Their last message.",
)


@strawberry.type(
    description=(
        "WhatsApp's customer service window: 24 hours from the contact's last message, 72 from a click on an ad."
    )
)
class ServiceWindow:
    open: bool = column(
        "Whether any message may be sent now; otherwise only approved templates, else WINDOW_CLOSED. Always true for "
        "WAHA senders."
    )
    expires_at: datetime | None = column(
        "When it closes or closed; null when the contact never wrote, and for WAHA senders."
    )


@node(
    rows.Conversation, get=conversations.get, description="Everything said between one of our senders and one person."
)
class Conversation(Node):
    status: ConversationStatus = column("Where it stands.")
    unread_count: int = column("Messages from the contact that no one read.")
    created_at: datetime = column("When it was opened.")
    updated_at: datetime = column("Its last message or change.")
    closed_at: datetime | None = column("When it was closed; null while open.")
    contact: Contact = loaded("With whom.", contacts.by_ids, of="contact_id")
    sender: Sender = loaded("Our side of it.", senders.by_ids, of="sender_id")
    last_message: Message | None = loaded("The latest message.", messages.by_ids, of="last_message_id")

    message_count: int = loaded("All messages; reactions are none.", conversations.message_counts)

    @computed("Anything else its owner wants to keep.")
    @staticmethod
    def metadata(row: strawberry.Parent[rows.Conversation]) -> JSON:
        return JSON(row.metadata)

    @computed("The contact's number that this is with; null when they hide it.")
    @staticmethod
    def phone_number(row: strawberry.Parent[rows.Conversation]) -> PhoneNumber | None:
        return PhoneNumber(row.address) if row.address.startswith("+") else None

    @computed("WhatsApp chat id, such as 573107601252@c.us; the BSUID or LID of a person who hides their number.")
    @staticmethod
    def chat_id(row: strawberry.Parent[rows.Conversation]) -> str:
        return f"{row.address[1:]}@c.us" if row.address.startswith("+") else row.address

    @computed("Until when any message may be sent.")
    @staticmethod
    async def service_window(info: Info, row: strawberry.Parent[rows.Conversation]) -> ServiceWindow:
        sender = await info.context.load(senders.by_ids, row.sender_id)
        if sender is not None and sender.provider is SenderProvider.WAHA:
            return ServiceWindow(open=True, expires_at=None)
        closes = row.window_expires_at
        return ServiceWindow(open=closes is not None and closes > datetime.now(UTC), expires_at=closes)

    @computed(
        "The messages, newest first, 50 where the size is not given. Reactions are left out unless the filter names "
        "that type: they stand on the message they are about.",
        graphql_type=Connection[Message],
        size=PAGE,
    )
    @staticmethod
    async def messages(
        info: Info,
        row: strawberry.Parent[rows.Conversation],
        filter: Matching[MessageFilter] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Page[MessageRow]:
        page = page_request(first, after, last, before, default=PAGE)
        return await info.context.load_page(messages.pages_of_conversations, row.id, page, **criteria(filter))

    @computed("Files of the conversation, newest first.", graphql_type=Connection[File])
    @staticmethod
    async def files(
        info: Info,
        row: strawberry.Parent[rows.Conversation],
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Page[FileRow]:
        page = page_request(first, after, last, before)
        return await info.context.load_page(files.pages_of_conversations, row.id, page)


@strawberry.input(
    description=(
        "Names a conversation by its id, or by the phone number it is with: then the latest one with that number."
    ),
    one_of=True,
)
class ConversationRef:
    id: strawberry.ID | None = optional("Its id.", of="Conversation")
    phone_number: PhoneNumber | None = optional("The contact's number.")


@strawberry.input(description="Which conversations.")
class ConversationFilter:
    search: str | None = optional(
        "Part of the contact's name or number, or words of a message, up to 200 characters; case does not matter."
    )
    phone_number: PhoneNumber | None = optional("With this number or chat id.")
    contact_id: strawberry.ID | None = optional("With this contact.", of="Contact")
    sender_id: strawberry.ID | None = optional("Of this sender.", of="Sender")
    status: list[ConversationStatus] | None = optional("With one of these statuses.")
    unread: bool | None = optional("With or without unread messages.")
    created_at: DateTimeRange | None = optional("Opened then.")


ConversationId: TypeAlias = Annotated[strawberry.ID, arg("The conversation.")]


@strawberry.type
class ConversationsMutation:
    @mutation(
        conversations.mark_read,
        description="Marks everything the contact wrote as read, here and on WhatsApp.",
        graphql_type=Conversation,
    )
    async def mark_conversation_read(self, info: Info, id: ConversationId) -> rows.Conversation:
        return await conversations.mark_read(info.context.viewer, decode(id, "Conversation"))

    @mutation(
        conversations.show_typing,
        description=(
            "Shows 'typing' to the contact, until an answer or for 25 seconds at most; WhatsApp marks what they wrote "
            "as read with it, and so do we. INVALID_STATE when the contact never wrote."
        ),
        graphql_type=Conversation,
    )
    async def set_typing(self, info: Info, conversation_id: ConversationId) -> rows.Conversation:
        id = decode(conversation_id, "Conversation", "conversationId")
        return await conversations.show_typing(info.context.viewer, id)


@strawberry.type
class ConversationsQuery:
    @query(
        conversations.get,
        description="A conversation; null with NOT_FOUND when there is none.",
        graphql_type=Conversation | None,
    )
    async def conversation(self, info: Info, id: ConversationId) -> rows.Conversation:
        return await conversations.get(info.context.viewer, decode(id, "Conversation"))

    @query(
        conversations.find,
        description="Conversations, 50 a page where the size is not given.",
        graphql_type=Connection[Conversation],
        size=PAGE,
    )
    async def conversations(
        self,
        info: Info,
        filter: Matching[ConversationFilter] = None,
        order_by: OrderBy[ConversationOrder] = ConversationOrder.LAST_MESSAGE_AT,
        direction: Direction = OrderDirection.DESC,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        offset: Offset = None,
    ) -> Page[rows.Conversation]:
        return await conversations.find(
            info.context.viewer,
            **criteria(filter),
            order=order_by,
            descending=direction is OrderDirection.DESC,
            page=page_request(first, after, last, before, offset, default=PAGE),
        )
