"""Schedules: a template for a group at a time."""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from tortoise import fields

from db.core.columns import ChangingRow, choice

if TYPE_CHECKING:
    from db.accounts import User
    from db.groups import Group
    from db.senders import Sender
    from db.templates import MessageTemplate


class ScheduleStatus(StrEnum):
    PENDING = "PENDING"
    HELD = "HELD"
    PROCESSING = "PROCESSING"
    SENT = "SENT"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"
    ARCHIVED = "ARCHIVED"


class Schedule(ChangingRow):
    """A planned message to a group. `outcome` is never ARCHIVED: archived_at hides how it ended, and forgets nothing."""

    template: "fields.ForeignKeyRelation[MessageTemplate]" = fields.ForeignKeyField(
        "models.MessageTemplate", on_delete=fields.RESTRICT
    )
    template_id: int
    group: "fields.ForeignKeyRelation[Group]" = fields.ForeignKeyField("models.Group", on_delete=fields.RESTRICT)
    group_id: int
    sender: "fields.ForeignKeyRelation[Sender]" = fields.ForeignKeyField("models.Sender", on_delete=fields.RESTRICT)
    sender_id: int
    variables: dict[str, Any] = fields.JSONField[dict[str, Any]]()
    outcome = choice(ScheduleStatus, default=ScheduleStatus.PENDING, source_field="status")
    send_at: datetime = fields.DatetimeField()
    task_id = fields.CharField(36, null=True)
    """Id of the dispatch run: a UUID, new with each start."""
    recipients: int | None = fields.IntField(null=True)
    """How many are sent a message; frozen when fan-out is done, null before."""
    excluded: int = fields.IntField(default=0)
    fanned_out_to: int = fields.BigIntField(default=0)
    """Id of the last contact that fan-out has passed, so that it can go on."""
    error_message: str | None = fields.TextField(null=True)
    created_by: "fields.ForeignKeyNullableRelation[User]" = fields.ForeignKeyField(
        "models.User", on_delete=fields.SET_NULL, null=True, related_name="schedules_created"
    )
    created_by_id: int | None
    cancelled_by: "fields.ForeignKeyNullableRelation[User]" = fields.ForeignKeyField(
        "models.User", on_delete=fields.SET_NULL, null=True, related_name="schedules_cancelled"
    )
    cancelled_by_id: int | None
    processing_started_at: datetime | None = fields.DatetimeField(null=True)
    sent_at: datetime | None = fields.DatetimeField(null=True)
    cancelled_at: datetime | None = fields.DatetimeField(null=True)
    archived_at: datetime | None = fields.DatetimeField(null=True)
    deleted_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "schedule"
        indexes = (("send_at", "id"), ("template_id",), ("group_id",))

    @property
    def status(self) -> ScheduleStatus:
        return ScheduleStatus.ARCHIVED if self.archived_at else self.outcome

    @property
    def processing_time(self) -> float | None:
        """Seconds from the beginning of sending to its end."""
        if self.processing_started_at is None or self.sent_at is None:
            return None
        return (self.sent_at - self.processing_started_at).total_seconds()
