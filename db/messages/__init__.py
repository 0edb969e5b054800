"""Messages: every WhatsApp message, in or out, is a row of this one table."""

from datetime import datetime
from enum import IntEnum, StrEnum
from hashlib import sha256
from typing import Any, cast
from uuid import UUID

from tortoise import fields

from db.core import connect
from db.core.columns import ChangingRow, choice
from db.templates import TemplateCategory


class MessageDirection(StrEnum):
    INBOUND = "INBOUND"
    OUTBOUND = "OUTBOUND"


class MessageAuthor(StrEnum):
    CONTACT = "CONTACT"
    BOT = "BOT"
    OPERATOR = "OPERATOR"
    SYSTEM = "SYSTEM"


class MessageType(StrEnum):
    TEXT = "TEXT"
    IMAGE = "IMAGE"
    VIDEO = "VIDEO"
    AUDIO = "AUDIO"
    VOICE = "VOICE"
    DOCUMENT = "DOCUMENT"
    STICKER = "STICKER"
    INTERACTIVE = "INTERACTIVE"
    TEMPLATE = "TEMPLATE"
    INTERACTIVE_REPLY = "INTERACTIVE_REPLY"
    LOCATION = "LOCATION"
    CONTACTS = "CONTACTS"
    REACTION = "REACTION"
    ORDER = "ORDER"
    SYSTEM = "SYSTEM"
    UNSUPPORTED = "UNSUPPORTED"


class MessageState(StrEnum):
    """Where dispatch stands with a message; docs/decisions.md draws the transitions."""

    QUEUED = "QUEUED"
    CLAIMED = "CLAIMED"
    IN_FLIGHT = "IN_FLIGHT"
    UNKNOWN = "UNKNOWN"
    SENT = "SENT"
    DELIVERED = "DELIVERED"
    READ = "READ"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"
    UNCONFIRMED = "UNCONFIRMED"
    RECEIVED = "RECEIVED"


class MessageStatus(StrEnum):
    """What the API shows of a state."""

    QUEUED = "QUEUED"
    SENDING = "SENDING"
    SENT = "SENT"
    DELIVERED = "DELIVERED"
    READ = "READ"
    FAILED = "FAILED"
    UNCONFIRMED = "UNCONFIRMED"
    CANCELLED = "CANCELLED"
    RECEIVED = "RECEIVED"


SENDING = (MessageState.CLAIMED, MessageState.IN_FLIGHT, MessageState.UNKNOWN)

SHOWN = "({0}.deleted_at IS NULL OR {0}.schedule_id IS NOT NULL OR {0}.campaign_id IS NOT NULL)"
"""Of a deleted conversation what schedules and campaigns sent is shown with these still."""


class Priority(IntEnum):
    """How urgent; also the order in which queued messages leave."""

    LOW = 1
    NORMAL = 2
    HIGH = 3
    URGENT = 4


class Message(ChangingRow):
    """One message. Its foreign keys have no constraint: what they name is never removed, and a million come at once.

    due_at is set while it is queued, lease_until while it is claimed, in flight or unknown, and both are null ever
    after: partial indexes hang on them and not on the state, so that receipts are heap-only updates (migration 0002).
    """

    sender_id: int = fields.BigIntField()
    contact_id: int = fields.BigIntField()
    schedule_id: int | None = fields.BigIntField(null=True)
    campaign_id: int | None = fields.BigIntField(null=True)
    template_id: int | None = fields.BigIntField(null=True)
    direction = choice(MessageDirection)
    author = choice(MessageAuthor)
    type = choice(MessageType)
    purpose = choice(TemplateCategory)
    priority = cast(Priority, fields.IntEnumField(Priority, "Priority", default=Priority.NORMAL))
    state = choice(MessageState)
    address = fields.CharField(160, null=True)
    """Whom it goes to or came from: E.164, or a BSUID."""
    content: str | None = fields.TextField(null=True)
    attempts: int = fields.SmallIntField(default=0)
    attempt_id: UUID | None = fields.UUIDField(null=True)
    """The latest attempt; it travels to WhatsApp and comes back in receipts, where it settles doubt."""
    due_at: datetime | None = fields.DatetimeField(null=True)
    lease_until: datetime | None = fields.DatetimeField(null=True)
    operator_id: int | None = fields.BigIntField(null=True)
    epoch: int | None = fields.IntField(null=True)
    """Of the bot's: that of the conversation as it began to answer. Where that is another by now, it does not leave."""
    sentiment: float | None = fields.FloatField(null=True)
    """Mood of a contact's message, -1 to 1; null while it is not rated."""
    reply_to_id: int | None = fields.BigIntField(null=True)
    """The message that it replies or reacts to."""
    media_id: int | None = fields.BigIntField(null=True)
    """The file that goes along."""
    details: dict[str, Any] | None = fields.JSONField[dict[str, Any]](null=True)
    """What its type carries besides text and file, as domain/messages/content.py writes it."""
    variables: dict[str, Any] | None = fields.JSONField[dict[str, Any]](null=True)
    """Values for placeholders of its template, for this message alone."""
    referral: dict[str, Any] | None = fields.JSONField[dict[str, Any]](null=True)
    metadata: dict[str, Any] | None = fields.JSONField[dict[str, Any]](null=True)
    provider_message_id = fields.CharField(255, null=True)
    correlation_id = fields.CharField(255, null=True)
    error_code = fields.CharField(32, null=True)
    error_message: str | None = fields.TextField(null=True)
    provider_error_code: int | None = fields.IntField(null=True)
    sent_at: datetime | None = fields.DatetimeField(null=True)
    delivered_at: datetime | None = fields.DatetimeField(null=True)
    read_at: datetime | None = fields.DatetimeField(null=True)
    edited_at: datetime | None = fields.DatetimeField(null=True)
    revoked_at: datetime | None = fields.DatetimeField(null=True)
    deleted_at: datetime | None = fields.DatetimeField(null=True)
    """When its conversation was deleted. What schedules and campaigns sent is shown with these still."""

    class Meta:
        table = "message"

    @property
    def status(self) -> MessageStatus:
        return MessageStatus.SENDING if self.state in SENDING else MessageStatus(self.state.value)


def erased_name(provider_message_id: str) -> str:
    """What stands for WhatsApp's id of a message once its person is erased, as db/contacts/erasure.py writes it.

    Such an id has the person's number in it, and enough of chance that nobody finds it by trying.
    """
    return f"erased:{sha256(provider_message_id.encode()).hexdigest()}"


async def ids_of_provider_ids(provider_ids: list[str]) -> dict[str, int]:
    found = await connect.rows(
        "SELECT id, provider_message_id FROM message WHERE provider_message_id = ANY($1)", provider_ids
    )
    return {row["provider_message_id"]: row["id"] for row in found}
