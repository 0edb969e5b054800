"""Conversations: everything said between one of our senders and one person."""

from datetime import UTC, datetime
from typing import Annotated, TypeAlias

import strawberry
from strawberry.scalars import JSON

from db import conversations as rows
from db.conversations import ConversationHandler, ConversationStatus, EscalationReason
from db.messages import Priority
from db.senders import SenderProvider
from domain import accounts, contacts, conversations, files, messages, senders
from graph.accounts import User
from graph.contacts.types import Contact
from graph.core.context import Info
from graph.core.enums import describe
from graph.core.fields import arg, column, computed, loaded
from graph.core.inputs import optional
from graph.core.nodes import Node, node
from graph.core.paging import Connection, paged
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
    ConversationHandler,
    "Who answers a conversation.",
    BOT="The bot.",
    OPERATOR="The operator it is assigned to.",
)
describe(
    EscalationReason,
    "Why a conversation was escalated.",
    MANUAL="By hand.",
    REQUESTED="The contact asked for a person.",
    LOW_CONFIDENCE="The bot was not sure enough of its answer.",
    BAD_MOOD="The contact is upset.",
    MISUNDERSTOOD="The bot was misunderstood twice, or understood nothing twice.",
    TOO_MANY_ANSWERS="The bot answered 30 times within an hour and no person came in: the contact may be a bot, too.",
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


@strawberry.type(description="Figures over a whole conversation; reactions count for none of them.")
class ConversationSummary:
    total_messages: int = column("All messages.")
    contact_messages: int = column("Those of the contact.")
    bot_messages: int = column("Those of the bot.")
    operator_messages: int = column("Those of operators.")
    average_response_time: float | None = column(
        "Seconds from a message of the contact to our next, of several in a row from the first; null before the first "
        "answer."
    )
    sentiment_score: float | None = column("Mean mood of the contact's messages, -1 to 1; null while none was rated.")


@node(
    rows.Conversation, get=conversations.get, description="Everything said between one of our senders and one person."
)
class Conversation(Node):
    status: ConversationStatus = column("Where it stands.")
    escalation_reason: EscalationReason | None = column("Why a person is needed; only while ESCALATED.")
    escalation_note: str | None = column("The same in words.")
    handler: ConversationHandler = column(
        "Who answers. The bot does so only while this is BOT, the status ACTIVE and the sender's botEnabled."
    )
    taken_over_at: datetime | None = column("When an operator took over; null while the bot has it.")
    priority: Priority = column("How urgent it is.")
    tags: list[str] = column("Labels, without repetition, in alphabetical order.")
    language: str | None = column("Language the contact writes, such as pt; null while not detected.")
    satisfaction_score: int | None = column("The contact's rating, 1 to 5.")
    unread_count: int = column("Messages from the contact that no one read.")
    created_at: datetime = column("When it was opened.")
    updated_at: datetime = column("Its last message or change.")
    closed_at: datetime | None = column("When it was closed; null while open.")
    contact: Contact = loaded("With whom.", contacts.by_ids, of="contact_id")
    sender: Sender = loaded("Our side of it.", senders.by_ids, of="sender_id")
    assigned_to: User | None = loaded(
        "Whose work it is; null where the caller may not see users, too.", accounts.by_ids, of="assigned_to_id"
    )
    last_message: Message | None = loaded(
        "The latest message that people or the bot wrote; reactions and cancelled ones are none.",
        conversations.last_messages,
    )

    message_count: int = loaded("All messages; reactions are none.", conversations.message_counts)

    @computed("Figures over the whole conversation.", graphql_type=ConversationSummary, cost=5)
    @staticmethod
    async def summary(info: Info, row: strawberry.Parent[rows.Conversation]) -> conversations.Summary:
        return await info.context.load(conversations.summaries, row.id)

    @computed(
        "Its newest 1000 messages as plain text, oldest first: a line for each, such as '2026-11-22 14:03 Rita: "
        "Hello', in UTC.",
        cost=50,
    )
    @staticmethod
    async def transcript(info: Info, row: strawberry.Parent[rows.Conversation]) -> str:
        return await info.context.load(conversations.transcripts, row.id)

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

    messages: Connection[Message] = paged(
        "The messages, newest first, 50 where the size is not given. Reactions are left out unless the filter names "
        "that type: they stand on the message they are about.",
        messages.pages_of_conversations,
        filter=MessageFilter,
        size=PAGE,
    )
    files: Connection[File] = paged("Files of the conversation, newest first.", files.pages_of_conversations)


ConversationId: TypeAlias = Annotated[strawberry.ID, arg("The conversation.")]


@strawberry.input(
    description=(
        "Names a conversation by its id, or by the phone number it is with: then the latest one with that number."
    ),
    one_of=True,
)
class ConversationRef:
    id: strawberry.ID | None = optional("Its id.", of="Conversation")
    phone_number: PhoneNumber | None = optional("The contact's number.")
