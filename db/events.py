"""The event log: what happened, numbered in the order of commits."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any

import orjson
from tortoise import fields
from tortoise.fields.db_defaults import Now
from tortoise.models import Model

from db.core import connect, doorbell
from db.core.transaction import Transaction, current


class EventType(StrEnum):
    MESSAGE_SCHEDULED = "MESSAGE_SCHEDULED"
    MESSAGE_PROCESSING = "MESSAGE_PROCESSING"
    MESSAGE_SENT = "MESSAGE_SENT"
    MESSAGE_DELIVERED = "MESSAGE_DELIVERED"
    MESSAGE_READ = "MESSAGE_READ"
    MESSAGE_FAILED = "MESSAGE_FAILED"
    MESSAGE_UNCONFIRMED = "MESSAGE_UNCONFIRMED"
    MESSAGE_CANCELLED = "MESSAGE_CANCELLED"
    MESSAGE_COMPLETED = "MESSAGE_COMPLETED"
    MESSAGE_RECEIVED = "MESSAGE_RECEIVED"
    CONTACT_UPDATED = "CONTACT_UPDATED"
    IMPORT_PROGRESS = "IMPORT_PROGRESS"
    TEMPLATE_UPDATED = "TEMPLATE_UPDATED"
    SENDER_STATUS_CHANGED = "SENDER_STATUS_CHANGED"


class Event(Model):
    """An entry of the log. Its number is its place; the subject is what it happened to, the other ids are for filters."""

    number: int = fields.BigIntField(primary_key=True)
    type = fields.CharEnumField(EventType, max_length=32)
    occurred_at: datetime = fields.DatetimeField(db_default=Now())
    actor_id: int | None = fields.BigIntField(null=True)
    subject_type: str = fields.CharField(32)
    subject_id: int = fields.BigIntField()
    sender_id: int | None = fields.BigIntField(null=True)
    contact_id: int | None = fields.BigIntField(null=True)
    schedule_id: int | None = fields.BigIntField(null=True)
    message_id: int | None = fields.BigIntField(null=True)
    data: dict[str, Any] | None = fields.JSONField(null=True)
    """What the event says of its own moment, such as an error or figures."""

    class Meta:
        table = "event"


_LOCK = 0x7469_6469
"""Advisory lock under which events are numbered."""

# The lock is taken in the statement that numbers, the last before the commit, and held until after it: whoever gets a
# higher number commits later, so a reader that has seen number N has missed nothing below it.
_APPEND = f"""
WITH lock AS MATERIALIZED (SELECT pg_advisory_xact_lock({_LOCK}) AS taken)
INSERT INTO event (type, actor_id, subject_type, subject_id, sender_id, contact_id, schedule_id, message_id, data,
                   occurred_at)
SELECT e.*, clock_timestamp() FROM lock, unnest(
  $1::text[], $2::bigint[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::jsonb[]
) AS e
"""


def record(
    type: EventType,
    subject_type: str,
    subject_id: int,
    *,
    actor_id: int | None = None,
    sender_id: int | None = None,
    contact_id: int | None = None,
    schedule_id: int | None = None,
    message_id: int | None = None,
    data: dict[str, Any] | None = None,
) -> None:
    """Appends an event to the log with the current transaction; an error outside of one."""
    text = None if data is None else orjson.dumps(data).decode()
    record_all([(type, actor_id, subject_type, subject_id, sender_id, contact_id, schedule_id, message_id, text)])


def record_all(events: Iterable[tuple[Any, ...]]) -> None:
    """The same for many: tuples of type, actor, subject type and id, sender, contact, schedule, message, JSON text."""
    transaction = current()
    transaction.events.extend(events)
    transaction.before_commit = _append


async def _append(transaction: Transaction) -> None:
    if transaction.events:
        await connect.execute(_APPEND, *map(list, zip(*transaction.events, strict=True)))
        transaction.bells[(doorbell.EVENTS_CHANNEL,)] = None
