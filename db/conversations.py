"""Conversations: everything said between one of our senders and one person."""

from datetime import datetime
from enum import StrEnum
from typing import Any, cast

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.fields.db_defaults import Now
from tortoise.models import Model

from db.core.columns import ChangingRow, choice
from db.messages import Priority


class ConversationStatus(StrEnum):
    ACTIVE = "ACTIVE"
    ESCALATED = "ESCALATED"
    CLOSED = "CLOSED"


class ConversationHandler(StrEnum):
    BOT = "BOT"
    OPERATOR = "OPERATOR"


class EscalationReason(StrEnum):
    MANUAL = "MANUAL"
    REQUESTED = "REQUESTED"
    LOW_CONFIDENCE = "LOW_CONFIDENCE"
    BAD_MOOD = "BAD_MOOD"
    MISUNDERSTOOD = "MISUNDERSTOOD"
    TOO_MANY_ANSWERS = "TOO_MANY_ANSWERS"


class Conversation(ChangingRow):
    """One for each pair of sender and contact (index of migration 0003); deleted_at hides it.

    Its messages are those of the pair: a bulk message that was sent before it was opened belongs to it too.
    """

    sender_id: int = fields.BigIntField()
    contact_id: int = fields.BigIntField()
    address = fields.CharField(160)
    """Where the contact wrote from, and is answered: E.164, a BSUID or a LID."""
    status = choice(ConversationStatus, default=ConversationStatus.ACTIVE)
    handler = choice(ConversationHandler, default=ConversationHandler.BOT)
    epoch: int = fields.IntField(default=0)
    """Raised by whatever a person sends: what the bot began before is not sent any more."""
    window_expires_at: datetime | None = fields.DatetimeField(null=True)
    """Until when WhatsApp takes any message: 24 hours from the contact's last, 72 from a click on an ad."""
    last_message_id: int | None = fields.BigIntField(null=True)
    last_message_at: datetime | None = fields.DatetimeField(null=True)
    unread_count: int = fields.IntField(default=0)
    escalation_reason = choice(EscalationReason, null=True)
    escalation_note: str | None = fields.TextField(null=True)
    taken_over_at: datetime | None = fields.DatetimeField(null=True)
    assigned_to_id: int | None = fields.BigIntField(null=True)
    priority = cast(Priority, fields.IntEnumField(Priority, "Priority", default=Priority.NORMAL))
    tags: list[str] = ArrayField("text", default=list)
    language = fields.CharField(16, null=True)
    """What the contact writes: ISO 639-1."""
    misunderstood: int = fields.SmallIntField(db_default=0)
    """How many turns in a row the bot was not sure of."""
    metadata: dict[str, Any] = fields.JSONField[dict[str, Any]](default=dict)
    satisfaction_score: int | None = fields.SmallIntField(null=True)
    closed_at: datetime | None = fields.DatetimeField(null=True)
    deleted_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "conversation"
        indexes = (("contact_id",), ("created_at", "id"), ("last_message_at", "id"))


class BotTurn(Model):
    """What the bot has yet to answer in a conversation; the row goes with the answer, or with what forbids one."""

    conversation_id: int = fields.BigIntField(primary_key=True, generated=False)
    epoch: int = fields.IntField()
    """That of the conversation when the first of these messages came."""
    since: datetime = fields.DatetimeField(db_default=Now())
    """When the first of them came."""
    due_at: datetime = fields.DatetimeField()
    """When the contact has been silent long enough; raised by each message."""
    message_ids: list[int] = ArrayField("bigint", default=list)
    """What it is to answer, as it came; more of them at the end of the turn tell that more came meanwhile."""
    lease_until: datetime | None = fields.DatetimeField(null=True)
    """Until when a worker has it."""
    attempts: int = fields.SmallIntField(db_default=0)

    class Meta(Model.Meta):
        table = "bot_turn"
