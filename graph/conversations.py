"""Conversations: everything said between one of our senders and one person."""

from datetime import UTC, datetime
from typing import Annotated

import strawberry

from db import conversations as rows
from db.conversations import ConversationStatus
from db.senders import SenderProvider
from domain import contacts, conversations, messages, senders
from graph.contacts.types import Contact
from graph.core.context import Info
from graph.core.enums import describe
from graph.core.fields import arg, column, computed, loaded, query
from graph.core.ids import decode
from graph.core.nodes import Node, node
from graph.core.scalars import PhoneNumber
from graph.messages import Message
from graph.senders import Sender

describe(
    ConversationStatus,
    "Where a conversation stands.",
    ACTIVE="Going on.",
    ESCALATED="Waits for a person; the bot is silent.",
    CLOSED="Closed.",
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


@strawberry.type
class ConversationsQuery:
    @query(
        conversations.get,
        description="A conversation; null with NOT_FOUND when there is none.",
        graphql_type=Conversation | None,
    )
    async def conversation(
        self, info: Info, id: Annotated[strawberry.ID, arg("The conversation.")]
    ) -> rows.Conversation:
        return await conversations.get(info.context.viewer, decode(id, "Conversation"))
