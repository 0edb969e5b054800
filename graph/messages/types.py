"""Messages as the schema shows them."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry
from strawberry.scalars import JSON

from db import messages as rows
from db.messages import MessageAuthor, MessageDirection, MessageStatus, MessageType, Priority
from db.templates import TemplateCategory
from domain import accounts, campaigns, contacts, conversations, files, messages, schedules, senders, templates
from domain.bot.reading import generations
from domain.core.errors import ErrorCode
from domain.messages import MessageOrder
from domain.messages.outlook import delivery_estimates
from graph.accounts import User
from graph.bot import BotGeneration
from graph.contacts.types import Contact
from graph.content import MessageDetails, Referral
from graph.core.context import Info
from graph.core.enums import describe
from graph.core.fields import column, computed, loaded
from graph.core.inputs import DateTimeRange, optional
from graph.core.nodes import Node, node
from graph.files import File
from graph.senders import Sender
from graph.templates import MessageTemplate

if TYPE_CHECKING:
    from graph.campaigns.types import Campaign
    from graph.conversations.types import Conversation
    from graph.schedules import Schedule

PAGE = 50
"""Messages of a page where its size is not given."""

describe(
    MessageDirection,
    "Which way a message goes.",
    INBOUND="From the contact.",
    OUTBOUND="To the contact.",
)
describe(
    MessageAuthor,
    "Who wrote a message.",
    CONTACT="The contact.",
    BOT="The bot.",
    OPERATOR="A person: a user or API client, or someone in the WhatsApp app on the sender's phone.",
    SYSTEM="A schedule or a campaign.",
)
describe(
    MessageType,
    "What a message is.",
    TEXT="Text.",
    IMAGE="Picture.",
    VIDEO="Film.",
    AUDIO="Sound.",
    VOICE="Recorded voice.",
    DOCUMENT="Any other file.",
    STICKER="Sticker.",
    INTERACTIVE="Buttons, a list, a link or a form of ours.",
    TEMPLATE="An approved template of ours.",
    INTERACTIVE_REPLY="What the contact chose or filled in.",
    LOCATION="A place.",
    CONTACTS="Contact cards.",
    REACTION="An emoji on another message; content is the emoji, null once it is taken back.",
    ORDER="An order from a catalogue.",
    SYSTEM="WhatsApp's own words, such as that the contact changed their number.",
    UNSUPPORTED="Received, but of a kind that is only kept.",
)
describe(
    MessageStatus,
    "Where a message stands. An outbound one goes from QUEUED forward and never back.",
    QUEUED="Outbound; waits for its turn.",
    SENDING="Outbound; being handed to WhatsApp, or handed over with the answer still out.",
    SENT="Outbound; WhatsApp has it.",
    DELIVERED="Outbound; on the recipient's phone.",
    READ="Outbound: read, or its voice played, by the recipient. Inbound: read by us.",
    FAILED="Outbound; given up.",
    UNCONFIRMED=("Outbound; handed over, but the answer was lost and no receipt settled it. Not sent again by itself."),
    CANCELLED="Outbound; called off while QUEUED, by hand, by an opt-out or because the contact was deleted.",
    RECEIVED="Inbound; not read yet.",
)
describe(
    Priority,
    "How urgent something is; also the order in which queued messages leave.",
    LOW="After everything else.",
    NORMAL="The default.",
    HIGH="Before normal.",
    URGENT="First of all.",
)
describe(
    MessageOrder,
    "What messages are sorted by.",
    CREATED_AT="When they were queued or received.",
    UPDATED_AT="When their status last changed.",
)


@strawberry.type(
    description=(
        "Outcome of a schedule or a campaign, each message counted where it is now. sent, delivered and read are "
        "cumulative: a read message counts in all three. recipients = pending + sent + failed + unconfirmed + "
        "cancelled."
    )
)
class DeliveryStats:
    recipients: int = column("People who are sent a message; frozen once all of them are queued.")
    excluded: int = column(
        "People of the audience who are sent none; each with its reason among the recipients of a campaign."
    )
    pending: int = column("Not yet handed to WhatsApp.")
    sent: int = column("Accepted by WhatsApp.")
    delivered: int = column("Arrived on the recipient's phone.")
    read: int = column("Read by the recipient.")
    failed: int = column("Given up.")
    unconfirmed: int = column("Handed over, but never confirmed; see MessageStatus.UNCONFIRMED.")
    cancelled: int = column("Called off before they left: cancelled, stopped, expired, or the contact opted out.")
    replies: int = column("Recipients who wrote back within 7 days.")
    progress: float = column("Share of recipients whose message is no longer pending, 0 to 1.")
    delivery_rate: float = column("Share of sent messages that arrived, 0 to 1; 0 before the first.")
    read_rate: float = column("Share of delivered messages that were read, 0 to 1; 0 before the first.")
    reply_rate: float = column("Share of delivered messages that were answered, 0 to 1; 0 before the first.")


@node(
    rows.Message,
    get=messages.get,
    description="One WhatsApp message, in or out; what schedules, campaigns and people send is all of this type.",
)
class Message(Node):
    purpose: TemplateCategory = column(
        "What it is for. A template's category; own texts of schedules and campaigns are MARKETING, those of "
        "people and API are UTILITY."
    )
    direction: MessageDirection = column("Which way it goes.")
    author: MessageAuthor = column("Who wrote it.")
    type: MessageType = column("What it is.")
    content: str | None = column(
        "The text as sent or received; for other types a line that says what it is. Null when there is nothing to say, "
        "and until a template is filled in."
    )
    status: MessageStatus = column("Where it stands.")
    priority: Priority = column("Its place among queued messages.")
    attempts: int = column("Times it was tried.")
    error_message: str | None = column("The failure in words.")
    provider_error_code: int | None = column("WhatsApp's own code of the failure, such as 131047; unknown ones too.")
    provider_message_id: str | None = column(
        "WhatsApp's own id, once there is one (wamid...); of who was erased a hash of it, behind erased:."
    )
    correlation_id: str | None = column("The caller's own id.")
    sentiment: float | None = column(
        "Mood of an inbound message, -1 to 1; null while not rated.", name="sentimentScore"
    )
    created_at: datetime = column("When it was queued or received.")
    updated_at: datetime = column("When its status last changed.")
    sent_at: datetime | None = column("When WhatsApp took it.")
    delivered_at: datetime | None = column("When it arrived.")
    read_at: datetime | None = column("When it was read.")

    conversation: Annotated["Conversation", strawberry.lazy("graph.conversations.types")] | None = loaded(
        "Where it belongs; null for a bulk message while nobody has written or opened the conversation.",
        conversations.of_messages,
    )
    contact: Contact = loaded("From or to whom.", contacts.by_ids, of="contact_id")
    sender: Sender = loaded("The number it went through.", senders.by_ids, of="sender_id")
    schedule: Annotated["Schedule", strawberry.lazy("graph.schedules")] | None = loaded(
        "The schedule that sent it; null once that is deleted.", schedules.by_ids, of="schedule_id"
    )
    campaign: Annotated["Campaign", strawberry.lazy("graph.campaigns.types")] | None = loaded(
        "The campaign that sent it.", campaigns.by_ids, of="campaign_id"
    )
    operator: User | None = loaded(
        "The user who wrote it; null for anyone else, for one written in the phone's app, and where the caller may "
        "not see users.",
        accounts.by_ids,
        of="operator_id",
    )
    template: MessageTemplate | None = loaded("The template it was made from.", templates.by_ids, of="template_id")
    reply_to: Annotated["Message", strawberry.lazy("graph.messages.types")] | None = loaded(
        "The message that this one replies or reacts to.", messages.by_ids, of="reply_to_id"
    )
    reactions: list[Annotated["Message", strawberry.lazy("graph.messages.types")]] = loaded(
        "Reactions to it that stand: messages of type REACTION, oldest first. At most two, the contact's and ours.",
        messages.reactions_of,
        size=2,
    )

    media: File | None = loaded("The file that goes along.", files.by_ids, of="media_id")
    details: MessageDetails | None = column(
        "What its type carries besides text and file; null for types that carry no more."
    )
    referral: Referral | None = column("The ad or post that the contact came from with this message.")

    generation: BotGeneration | None = loaded("How the bot came to write it; null for all others.", generations)

    edited_at: datetime | None = column("When its author last edited it; content is the newest.")
    revoked_at: datetime | None = column(
        "When its author deleted it for everyone; content and media are kept for the operator."
    )

    @computed(
        "When it should be with WhatsApp, by the sender's queue and pace; only while QUEUED, and null where it is held "
        "or its sender does not send. Behind over 10,000 others, the latest.",
        cost=2,
    )
    @staticmethod
    async def estimated_delivery_at(info: Info, row: strawberry.Parent[rows.Message]) -> datetime | None:
        return await info.context.load(delivery_estimates, row.id)

    @computed("Anything else its author wants to keep.")
    @staticmethod
    def metadata(row: strawberry.Parent[rows.Message]) -> JSON:
        return JSON(row.metadata or {})

    @computed("Kind of failure.")
    @staticmethod
    def error_code(row: strawberry.Parent[rows.Message]) -> ErrorCode | None:
        return ErrorCode(row.error_code) if row.error_code else None


@strawberry.input(description="Which messages.")
class MessageFilter:
    search: str | None = optional(
        "Words of the text, up to 200 characters; case does not matter, and the last may be the beginning of one. What "
        "schedules and campaigns sent is searched where one of them, a template, contact or conversation is named, too."
    )
    conversation_id: strawberry.ID | None = optional("Of this conversation.", of="Conversation")
    contact_id: strawberry.ID | None = optional("From or to this contact.", of="Contact")
    sender_id: strawberry.ID | None = optional("Through this sender.", of="Sender")
    schedule_id: strawberry.ID | None = optional("Of this schedule.", of="Schedule")
    campaign_id: strawberry.ID | None = optional("Of this campaign.", of="Campaign")
    direction: MessageDirection | None = optional("Which way.")
    author: list[MessageAuthor] | None = optional("By one of these.")
    type: list[MessageType] | None = optional("Of one of these types.")
    template_id: strawberry.ID | None = optional("Made from this template.", of="MessageTemplate")
    status: list[MessageStatus] | None = optional("With one of these statuses.")
    reply: bool | None = optional("Replying to another message, or not; reactions are no replies.")
    reply_to_id: strawberry.ID | None = optional("Replying to this message; reactions are no replies.", of="Message")
    correlation_id: str | None = optional("With this caller's id.")
    created_at: DateTimeRange | None = optional("Queued or received then.")
