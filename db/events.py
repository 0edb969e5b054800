"""The event log: what happened, numbered in the order of commits. Written with `record`, read with `read`."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import asyncpg
import orjson
from tortoise import fields
from tortoise.fields.db_defaults import Now
from tortoise.models import Model

from db.core import connect, doorbell
from db.core.columns import as_row
from db.core.transaction import Transaction, current


class EventType(StrEnum):
    MESSAGE_SCHEDULED = "MESSAGE_SCHEDULED"
    MESSAGE_PROCESSING = "MESSAGE_PROCESSING"
    MESSAGE_HELD = "MESSAGE_HELD"
    MESSAGE_SENT = "MESSAGE_SENT"
    MESSAGE_DELIVERED = "MESSAGE_DELIVERED"
    MESSAGE_READ = "MESSAGE_READ"
    MESSAGE_FAILED = "MESSAGE_FAILED"
    MESSAGE_UNCONFIRMED = "MESSAGE_UNCONFIRMED"
    MESSAGE_CANCELLED = "MESSAGE_CANCELLED"
    MESSAGE_COMPLETED = "MESSAGE_COMPLETED"
    MESSAGE_RECEIVED = "MESSAGE_RECEIVED"
    MESSAGE_UPDATED = "MESSAGE_UPDATED"
    CONVERSATION_CREATED = "CONVERSATION_CREATED"
    CONVERSATION_UPDATED = "CONVERSATION_UPDATED"
    CONVERSATION_ESCALATED = "CONVERSATION_ESCALATED"
    CONVERSATION_TAKEN_OVER = "CONVERSATION_TAKEN_OVER"
    CONVERSATION_HANDED_BACK = "CONVERSATION_HANDED_BACK"
    CONVERSATION_CLOSED = "CONVERSATION_CLOSED"
    CONVERSATION_TYPING = "CONVERSATION_TYPING"
    CONTACT_UPDATED = "CONTACT_UPDATED"
    IMPORT_PROGRESS = "IMPORT_PROGRESS"
    CAMPAIGN_STATUS_CHANGED = "CAMPAIGN_STATUS_CHANGED"
    CAMPAIGN_PROGRESS = "CAMPAIGN_PROGRESS"
    LEAD_CREATED = "LEAD_CREATED"
    LEAD_UPDATED = "LEAD_UPDATED"
    LEAD_FOLLOW_UP_DUE = "LEAD_FOLLOW_UP_DUE"
    FILE_UPDATED = "FILE_UPDATED"
    TEMPLATE_UPDATED = "TEMPLATE_UPDATED"
    SENDER_STATUS_CHANGED = "SENDER_STATUS_CHANGED"
    SENDER_EXPIRING = "SENDER_EXPIRING"
    SENDER_HEALTH_CHANGED = "SENDER_HEALTH_CHANGED"
    WEBHOOK_DISABLED = "WEBHOOK_DISABLED"
    WEBHOOK_TEST = "WEBHOOK_TEST"


class Event(Model):
    """An entry of the log. Its number is its place; the subject is what it happened to, other ids are for filters."""

    number: int = fields.BigIntField(primary_key=True)
    type = fields.CharEnumField(EventType, "EventType", max_length=32)
    occurred_at: datetime = fields.DatetimeField(db_default=Now())
    actor_id: int | None = fields.BigIntField(null=True)
    subject_type = fields.CharField(32)
    subject_id: int = fields.BigIntField()
    sender_id: int | None = fields.BigIntField(null=True)
    contact_id: int | None = fields.BigIntField(null=True)
    schedule_id: int | None = fields.BigIntField(null=True)
    campaign_id: int | None = fields.BigIntField(null=True)
    message_id: int | None = fields.BigIntField(null=True)
    conversation_id: int | None = fields.BigIntField(null=True)
    assigned_to_id: int | None = fields.BigIntField(null=True)
    """Whose work the conversation was."""
    data: dict[str, Any] | None = fields.JSONField[dict[str, Any]](null=True)
    """What the event says of its own moment, such as an error or figures."""
    epoch: str = ""
    """The log that the number belongs to; known of events that were read."""

    class Meta(Model.Meta):
        table = "event"


class EventReader(Model):
    """How far somebody has read the log who must miss nothing of it, across restarts."""

    name = fields.CharField(32, primary_key=True)
    number: int = fields.BigIntField()

    class Meta(Model.Meta):
        table = "event_reader"


class EventLog(Model):
    """The one row that says how far the log was trimmed: every event with a higher number is still there."""

    name = fields.CharField(8, primary_key=True)
    trimmed_to: int = fields.BigIntField()

    class Meta(Model.Meta):
        table = "event_log"


_LOCK = 0x7469_6469
"""Advisory lock under which events are numbered."""

# The lock is taken in the statement that numbers, the last before the commit, and held until after it: whoever gets a
# higher number commits later, so a reader that has seen number N has missed nothing below it. A process that freezes
# before its commit would hold up every writer: PostgreSQL ends its session after two idle seconds instead of sixty.
# Conversations and campaigns are looked up before, so that nobody waits for it: a message is in the conversation of its
# sender and contact. Of a sender every event tells its status.
_APPEND = f"""
WITH placed AS MATERIALIZED (
  SELECT e.*, CASE WHEN e.subject_type = 'Conversation' THEN e.subject_id ELSE c.id END AS conversation_id,
         coalesce(v.assigned_to_id, c.assigned_to_id) AS assigned_to_id,
         CASE WHEN e.subject_type = 'Campaign' THEN e.subject_id ELSE m.campaign_id END AS campaign_id,
         CASE WHEN e.subject_type <> 'Sender' OR told IS NOT NULL THEN told
              ELSE (SELECT jsonb_build_object('status', s.status) FROM sender s WHERE s.id = e.subject_id) END AS data
  FROM unnest($1::text[], $2::bigint[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[],
              $8::bigint[], $9::jsonb[])
  WITH ORDINALITY AS e(type, actor_id, subject_type, subject_id, sender_id, contact_id, schedule_id, message_id, told,
                       n)
  LEFT JOIN conversation v ON e.subject_type = 'Conversation' AND v.id = e.subject_id
  LEFT JOIN conversation c ON e.message_id IS NOT NULL AND c.sender_id = e.sender_id AND c.contact_id = e.contact_id
    AND c.deleted_at IS NULL
  LEFT JOIN message m ON m.id = e.message_id
), lock AS MATERIALIZED (
  SELECT set_config('idle_in_transaction_session_timeout', '2s', true), pg_advisory_xact_lock({_LOCK})
  FROM (SELECT count(*) FROM placed) AS first)
INSERT INTO event (type, actor_id, subject_type, subject_id, sender_id, contact_id, schedule_id, message_id, data,
                   conversation_id, assigned_to_id, campaign_id, occurred_at)
SELECT type, actor_id, subject_type, subject_id, sender_id, contact_id, schedule_id, message_id, data,
       conversation_id, assigned_to_id, campaign_id, clock_timestamp()
FROM lock, placed ORDER BY n
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
    """Appends an event to the log with the current transaction; an error outside of one. Its conversation is found."""
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


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Which events: all criteria must hold, and one that an event says nothing about does not match it."""

    types: frozenset[EventType] | None = None
    sender_id: int | None = None
    contact_id: int | None = None
    schedule_id: int | None = None
    campaign_id: int | None = None
    conversation_id: int | None = None
    assigned_to_id: int | None = None
    assigned: bool | None = None
    """Of conversations that are somebody's work, or nobody's."""
    in_conversations: bool = False
    subject_type: str | None = None
    subject_id: int | None = None

    def matches(self, event: Event) -> bool:
        """The same in memory as the statement's WHERE."""
        return (
            (self.types is None or event.type in self.types)
            and (not self.in_conversations or event.conversation_id is not None)
            and (self.assigned is None or (event.assigned_to_id is not None) is self.assigned)
            and all(value is None or getattr(event, column) == value for column, value in self._ids())
        )

    def conditions(self, values: list[Any]) -> str:
        """SQL to append to a WHERE; the values go to the end of `values`."""
        parts = [" AND conversation_id IS NOT NULL"] if self.in_conversations else []
        if self.assigned is not None:
            parts.append(f" AND assigned_to_id IS {'NOT ' if self.assigned else ''}NULL")
        if self.types is not None:
            values.append(list(self.types))
            parts.append(f" AND type = ANY(${len(values)}::text[])")
        for column, value in self._ids():
            if value is not None:
                values.append(value)
                parts.append(f" AND {column} = ${len(values)}")
        return "".join(parts)

    def _ids(self) -> tuple[tuple[str, int | str | None], ...]:
        return (
            ("sender_id", self.sender_id),
            ("contact_id", self.contact_id),
            ("schedule_id", self.schedule_id),
            ("campaign_id", self.campaign_id),
            ("conversation_id", self.conversation_id),
            ("assigned_to_id", self.assigned_to_id),
            ("subject_id", self.subject_id),
            ("subject_type", self.subject_type),
        )


EVERYTHING = EventFilter()


@dataclass(frozen=True, slots=True)
class Reading:
    """Some events, and the state of the log in the same snapshot: they are all that match above `trimmed_to`."""

    epoch: str
    trimmed_to: int
    head: int
    """The highest number so far."""
    events: list[Event]


# The epoch needs no state, so a copy of the database cannot carry it along. It changes with another cluster (dump and
# restore, pg_upgrade), with recovery to a point in time and with failover (a new timeline), with a copied database and
# with a table made anew. It does not change where the files of the whole cluster are put back as they once were.
_READ = """
WITH log AS MATERIALIZED (
  SELECT left(md5(concat_ws('.', (SELECT system_identifier FROM pg_control_system()),
                            left(pg_walfile_name(pg_current_wal_lsn()), 8),
                            (SELECT oid FROM pg_database WHERE datname = current_database()),
                            'event'::regclass::oid)), 8) AS epoch,
         trimmed_to, greatest(trimmed_to, (SELECT max(number) FROM event)) AS head
  FROM event_log)
SELECT log.epoch, log.trimmed_to, log.head, found.*
FROM log LEFT JOIN LATERAL (
  SELECT * FROM event WHERE number > $1 AND number < $2 {conditions}
  ORDER BY number {direction} LIMIT $3) AS found ON true
ORDER BY found.number
"""


async def read(
    after: int, limit: int, where: EventFilter = EVERYTHING, *, before: int | None = None, newest: bool = False
) -> Reading:
    """Matching events above `after` (and below `before`), in order: the oldest `limit` of them, or the newest."""
    values: list[Any] = [after, 2**63 - 1 if before is None else before, limit]
    sql = _READ.format(conditions=where.conditions(values), direction="DESC" if newest else "ASC")
    found = await connect.rows(sql, *values)
    events = [_event(record) for record in found if record["number"] is not None]
    return Reading(found[0]["epoch"], found[0]["trimmed_to"], found[0]["head"], events)


def _event(record: asyncpg.Record) -> Event:
    event = as_row(Event, record)
    event.epoch = record["epoch"]
    return event


# Deletes only from the log's end, so that nothing above trimmed_to is ever missing, even if a clock was once set back.
_TRIM = """
WITH oldest AS MATERIALIZED (SELECT number, occurred_at FROM event ORDER BY number LIMIT $2),
edge AS MATERIALIZED (
  SELECT max(number) AS number FROM oldest
  WHERE number < coalesce((SELECT min(number) FROM oldest WHERE occurred_at >= now() - make_interval(days => $1)),
                          9223372036854775807)),
moved AS (
  UPDATE event_log SET trimmed_to = greatest(trimmed_to, edge.number) FROM edge WHERE edge.number IS NOT NULL)
DELETE FROM event USING edge WHERE event.number <= edge.number
"""


async def trim(days: int, *, batch: int = 5000) -> int:
    """Deletes events older than so many days, in batches that each commit; answers how many."""
    total = 0
    while trimmed := await connect.execute(_TRIM, days, batch):
        total += trimmed
    return total
