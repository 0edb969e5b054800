"""Outgoing webhooks: who is told of events, how far, and what was posted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import orjson
from tortoise import fields
from tortoise.fields.db_defaults import Now

from db.core import connect
from db.core.columns import ChangingRow, Row, choice
from db.events import EventType


class WebhookDeliveryStatus(StrEnum):
    PENDING = "PENDING"
    DELIVERED = "DELIVERED"
    FAILED = "FAILED"


class Webhook(ChangingRow):
    """A URL that is told of events. Whoever holds its lease, and nobody else, reads the log for it and posts."""

    url = fields.CharField(2000)
    events: list[str] = fields.JSONField[list[str]]()
    sealed: bytes = fields.BinaryField()
    old_sealed: bytes | None = fields.BinaryField(null=True)
    old_until: datetime | None = fields.DatetimeField(null=True)
    """Until when bodies are signed with the secret before, too."""
    active = fields.BooleanField(db_default=True)
    disabled_at: datetime | None = fields.DatetimeField(null=True)
    failing_since: datetime | None = fields.DatetimeField(null=True)
    """Since when no try was answered with 2xx; null after one that was."""
    position: int = fields.BigIntField()
    """Number of the last event that was looked at: those that match have become deliveries."""
    due_at: datetime | None = fields.DatetimeField(null=True)
    """When there is something to do for it even if nothing happens before."""
    lease = fields.CharField(32, null=True)
    leased_until: datetime | None = fields.DatetimeField(null=True)
    secret: str | None = None
    """Only on the row that its maker is answered with."""

    class Meta:
        table = "webhook"


class WebhookDelivery(Row):
    """An event on its way to a webhook. Its number is the event's; null for a test."""

    webhook: fields.ForeignKeyRelation[Webhook] = fields.ForeignKeyField("models.Webhook", on_delete=fields.CASCADE)
    webhook_id: int
    event_number: int | None = fields.BigIntField(null=True)
    type = fields.CharEnumField(EventType, "EventType", max_length=32)
    body: str = fields.TextField()
    subject = fields.CharField(64)
    """What it happened to: like conversation and campaign, what keeps events in order."""
    conversation_id: int | None = fields.BigIntField(null=True)
    campaign_id: int | None = fields.BigIntField(null=True)
    contact_id: int | None = fields.BigIntField(null=True)
    status = choice(WebhookDeliveryStatus, db_default="PENDING")
    attempts: int = fields.IntField(db_default=0)
    response_status: int | None = fields.SmallIntField(null=True)
    error_message: str | None = fields.TextField(null=True)
    next_attempt_at: datetime | None = fields.DatetimeField(null=True, db_default=Now())
    give_up_at: datetime | None = fields.DatetimeField(null=True)
    """Set at the first try: no try is planned for later than this."""
    delivered_at: datetime | None = fields.DatetimeField(null=True)
    attempt_log: list[dict[str, Any]] = fields.JSONField[list[dict[str, Any]]](default=list)

    @property
    def payload(self) -> Any:
        return orjson.loads(self.body)

    class Meta:
        table = "webhook_delivery"
        unique_together = (("webhook_id", "event_number"),)
        indexes = (("webhook_id", "id"), ("contact_id",))


@dataclass(frozen=True, slots=True)
class Backlog:
    """What a webhook has not been told yet."""

    webhook_id: int
    active: bool
    events: int
    """That were taken from the log, and are neither delivered nor given up; counted to 10,000."""
    since: datetime | None
    """When the oldest of them was taken, or that happened which comes next in the log; null where nothing waits."""
    late: float
    """Seconds since then, or since the webhook was last changed; 0 where nothing waits."""


# The oldest is the first of its index, however many wait.
_BACKLOGS = """
SELECT w.id AS webhook_id, w.active, counted.events, first.since,
       coalesce(extract(epoch FROM now() - greatest(first.since, w.updated_at))::float8, 0) AS late
FROM webhook w,
LATERAL (SELECT count(*) AS events FROM (
  SELECT FROM webhook_delivery
  WHERE webhook_id = w.id AND status = 'PENDING' AND event_number IS NOT NULL LIMIT 10000) AS d) AS counted,
LATERAL (SELECT least(
  (SELECT created_at FROM webhook_delivery
   WHERE webhook_id = w.id AND status = 'PENDING' AND event_number IS NOT NULL ORDER BY event_number LIMIT 1),
  (SELECT occurred_at FROM event WHERE number > w.position ORDER BY number LIMIT 1)) AS since) AS first
WHERE $1::bigint[] IS NULL OR w.id = ANY($1)
ORDER BY w.id
"""


async def backlogs(ids: Sequence[int] | None = None) -> list[Backlog]:
    """Of these webhooks, or of all."""
    return [Backlog(**row) for row in await connect.rows(_BACKLOGS, ids)]
