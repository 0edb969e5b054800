"""Schedules: a template for a group at a time."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal

from tortoise import fields

from db.core import connect
from db.core.columns import ChangingRow, choice
from db.templates import TemplateCategory

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
    """A planned message to a group. `outcome` is never ARCHIVED: archived_at hides how it ended, and forgets it not."""

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
    category = choice(TemplateCategory, null=True)
    """What WhatsApp took its template for when somebody last agreed to send it; null for a text of ours alone."""
    by_hand = fields.BooleanField(db_default=False)
    """Whether it is held until somebody sends it, whatever becomes of its template."""
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


Named = Literal["template_id", "group_id", "sender_id"]


@dataclass(frozen=True, slots=True)
class ScheduleCounts:
    """How many schedules wait or are being sent, and how many were sent."""

    scheduled: int = 0
    sent: int = 0


async def counts(of: Named, ids: list[int], *, sender_id: int | None) -> list[ScheduleCounts]:
    """The counts of each group or template, in order; of one sender alone where one is given."""
    found = await connect.rows(
        f"SELECT {of} AS id, count(*) FILTER (WHERE status IN ('PENDING', 'HELD', 'PROCESSING')) AS scheduled,"
        " count(*) FILTER (WHERE status = 'SENT') AS sent FROM schedule"
        f" WHERE {of} = ANY($1) AND deleted_at IS NULL AND ($2::bigint IS NULL OR sender_id = $2) GROUP BY 1",
        ids,
        sender_id,
    )
    counted = {row["id"]: ScheduleCounts(row["scheduled"], row["sent"]) for row in found}
    return [counted.get(id, ScheduleCounts()) for id in ids]


async def needed(of: Named, id: int) -> bool:
    """Whether a schedule that is not done names it. Who plans one holds its row FOR SHARE: lock it FOR UPDATE first."""
    return await connect.value(
        f"SELECT EXISTS (SELECT FROM schedule WHERE {of} = $1 AND deleted_at IS NULL"
        " AND status IN ('PENDING', 'HELD', 'PROCESSING'))",
        id,
    )
