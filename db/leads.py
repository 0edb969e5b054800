"""Leads: chances of a sale, and the trail of what happened to them."""

from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, cast

from tortoise import fields

from db.core.columns import ChangingRow, Row, choice
from db.messages import Priority


class LeadStatus(StrEnum):
    """Stages, in the order of the pipeline; the last two are closed."""

    NEW = "NEW"
    CONTACTED = "CONTACTED"
    QUALIFIED = "QUALIFIED"
    PROPOSAL = "PROPOSAL"
    NEGOTIATION = "NEGOTIATION"
    WON = "WON"
    LOST = "LOST"

    @property
    def bit(self) -> int:
        """What stands for it in Lead.been: more for a later stage."""
        return 1 << list(LeadStatus).index(self)


CLOSED = (LeadStatus.WON, LeadStatus.LOST)


class LeadActivityType(StrEnum):
    CREATED = "CREATED"
    UPDATED = "UPDATED"
    ASSIGNED = "ASSIGNED"
    STATUS_CHANGED = "STATUS_CHANGED"
    CONTACTED = "CONTACTED"
    FOLLOW_UP_SCHEDULED = "FOLLOW_UP_SCHEDULED"
    SCORE_CHANGED = "SCORE_CHANGED"
    CONVERTED = "CONVERTED"
    LOST = "LOST"


class Lead(ChangingRow):
    """A chance of a sale. It is open while closed_at is null; deleted_at hides it."""

    contact_id: int = fields.BigIntField()
    title = fields.CharField(255)
    description: str | None = fields.TextField(null=True)
    status = choice(LeadStatus, default=LeadStatus.NEW)
    been: int = fields.SmallIntField(db_default=1)
    """Stages that it is or was in, as bits; all begin open, so NEW is among them."""
    priority = cast(Priority, fields.IntEnumField(Priority, "Priority", default=Priority.NORMAL))
    source = fields.CharField(100, null=True)
    estimated_value: Decimal | None = fields.DecimalField(14, 2, null=True)
    probability: int = fields.SmallIntField(default=0)
    """0 to 100, like the score."""
    score: int = fields.SmallIntField(default=0)
    campaign_id: int | None = fields.BigIntField(null=True)
    conversation_id: int | None = fields.BigIntField(null=True)
    message_id: int | None = fields.BigIntField(null=True)
    assigned_to_id: int | None = fields.BigIntField(null=True)
    last_contacted_at: datetime | None = fields.DatetimeField(null=True)
    next_follow_up_at: datetime | None = fields.DatetimeField(null=True)
    follow_up_told = fields.BooleanField(db_default=False)
    """Whether LEAD_FOLLOW_UP_DUE was told of the present plan."""
    lost_reason = fields.CharField(500, null=True)
    closed_at: datetime | None = fields.DatetimeField(null=True)
    deleted_at: datetime | None = fields.DatetimeField(null=True)

    @property
    def overdue(self) -> bool:
        due = self.next_follow_up_at
        return self.closed_at is None and due is not None and due < datetime.now(UTC)

    class Meta:
        table = "lead"
        indexes = (("contact_id", "created_at", "id"), ("created_at", "id"), ("assigned_to_id",))


class LeadActivity(Row):
    """Something that happened to a lead; never changed after."""

    lead_id: int = fields.BigIntField()
    type = choice(LeadActivityType)
    note: str | None = fields.TextField(null=True)
    changes: dict[str, list[Any]] = fields.JSONField[dict[str, list[Any]]](default=dict)
    """By column: [before, after]."""
    user_id: int | None = fields.BigIntField(null=True)

    class Meta:
        table = "lead_activity"
        indexes = (("lead_id", "created_at", "id"),)
