"""Messages: every WhatsApp message, in or out, is a row of this one table."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Any, cast
from uuid import UUID

from asyncpg import Record
from tortoise import fields

from db.core import connect
from db.core.columns import ChangingRow, choice
from db.events import EventType, record
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
    template_id: int | None = fields.BigIntField(null=True)
    direction = choice(MessageDirection)
    author = choice(MessageAuthor)
    type = choice(MessageType)
    purpose = choice(TemplateCategory)
    priority = cast(Priority, fields.IntEnumField(Priority, default=Priority.NORMAL))
    state = choice(MessageState)
    address = fields.CharField(160, null=True)
    """Whom it goes to or came from: E.164, or a BSUID."""
    content: str | None = fields.TextField(null=True)
    attempts: int = fields.SmallIntField(default=0)
    attempt_id: UUID | None = fields.UUIDField(null=True)
    """The latest attempt; it travels to WhatsApp and comes back in receipts, where it settles doubt."""
    due_at: datetime | None = fields.DatetimeField(null=True)
    lease_until: datetime | None = fields.DatetimeField(null=True)
    provider_message_id = fields.CharField(255, null=True)
    correlation_id = fields.CharField(255, null=True)
    error_code = fields.CharField(32, null=True)
    error_message: str | None = fields.TextField(null=True)
    provider_error_code: int | None = fields.IntField(null=True)
    sent_at: datetime | None = fields.DatetimeField(null=True)
    delivered_at: datetime | None = fields.DatetimeField(null=True)
    read_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "message"

    @property
    def status(self) -> MessageStatus:
        return MessageStatus.SENDING if self.state in SENDING else MessageStatus(self.state.value)


# ---------------------------------------------------------------------------
# Dispatch: every transition is compare-and-set on (id, attempt, state), by the database's clock. Rows are locked in the
# order of their ids, so that workers and receipts never wait for each other in a circle.
# ---------------------------------------------------------------------------

CLAIM_SECONDS = 15
"""Lease of a claimed row; when it runs out the row is queued again, since no POST has begun."""
FLIGHT_SECONDS = 25
"""Lease of a row in flight: longer than a POST may take (20 s). When it runs out, the outcome is unknown."""

_CLAIM = f"""
WITH due AS (
  SELECT id FROM message
  WHERE sender_id = $1 AND due_at <= now() AND state = 'QUEUED'
  ORDER BY priority DESC, due_at, id LIMIT $2 FOR UPDATE SKIP LOCKED
)
UPDATE message m
SET state = 'CLAIMED', attempt_id = gen_random_uuid(), due_at = NULL, updated_at = now(),
    lease_until = now() + interval '{CLAIM_SECONDS} s'
FROM due, contact c
WHERE m.id = due.id AND c.id = m.contact_id
RETURNING m.id, m.attempt_id, m.attempts, m.contact_id, m.schedule_id, m.template_id, m.address, m.content, m.priority,
          c.name, c.first_name, c.last_name, c.email, c.company, c.job_title
"""

# What forbids a message is looked at once more here, in the statement that commits it to leave.
_DEPART = f"""
WITH leaving AS MATERIALIZED (
  SELECT m.id FROM message m JOIN unnest($1::bigint[], $2::uuid[]) AS c(id, attempt_id)
    ON m.id = c.id AND m.attempt_id = c.attempt_id
  WHERE m.state = 'CLAIMED' AND m.lease_until > now()
  ORDER BY m.id FOR UPDATE OF m
)
UPDATE message m
SET state = 'IN_FLIGHT', content = c.content, attempts = least(m.attempts + 1, 32767), updated_at = now(),
    lease_until = now() + interval '{FLIGHT_SECONDS} s'
FROM leaving, unnest($1::bigint[], $3::text[]) AS c(id, content), contact, sender
WHERE m.id = leaving.id AND c.id = m.id AND contact.id = m.contact_id AND sender.id = m.sender_id
  AND contact.deleted_at IS NULL
  AND (m.purpose <> 'MARKETING' OR contact.opt_in_status <> 'OPTED_OUT')
  AND sender.status = 'CONNECTED' AND sender.deleted_at IS NULL
  AND (sender.paused_until IS NULL OR sender.paused_until <= now())
RETURNING m.id
"""

_RELEASE = """
WITH held AS MATERIALIZED (
  SELECT m.id, CASE WHEN c.deleted_at IS NOT NULL THEN 'NOT_FOUND'
                    WHEN m.purpose = 'MARKETING' AND c.opt_in_status = 'OPTED_OUT' THEN 'OPTED_OUT' END AS stop
  FROM message m JOIN unnest($1::bigint[], $2::uuid[]) AS r(id, attempt_id)
    ON m.id = r.id AND m.attempt_id = r.attempt_id
  JOIN contact c ON c.id = m.contact_id
  WHERE m.state = 'CLAIMED' ORDER BY m.id FOR UPDATE OF m
)
UPDATE message m
SET state = CASE WHEN stop IS NULL THEN 'QUEUED' ELSE 'CANCELLED' END, due_at = CASE WHEN stop IS NULL THEN now() END,
    error_code = stop,
    error_message = CASE stop WHEN 'NOT_FOUND' THEN 'The contact was deleted.'
                              WHEN 'OPTED_OUT' THEN 'The contact opted out of marketing messages.' END,
    lease_until = NULL, updated_at = now()
FROM held WHERE m.id = held.id
RETURNING m.id, m.state, m.sender_id, m.contact_id, m.schedule_id
"""

# An answer belongs to its attempt. That it was accepted settles a row that waits for another try, too. A doubt that was
# decided is not doubted anew: without a lease nobody would ever look at it again.
_SETTLE = """
WITH settled AS MATERIALIZED (
  SELECT m.id FROM message m JOIN unnest($1::bigint[]) AS s(id) ON m.id = s.id ORDER BY m.id FOR UPDATE OF m
)
UPDATE message m
SET state = s.state, updated_at = now(),
    sent_at = CASE WHEN s.state = 'SENT' THEN now() END,
    provider_message_id = coalesce(s.provider_message_id, m.provider_message_id),
    error_code = s.error_code, error_message = s.error_message, provider_error_code = s.provider_error_code,
    due_at = CASE WHEN s.state = 'QUEUED' THEN now() + make_interval(secs => s.delay) END,
    lease_until = CASE WHEN s.state = 'UNKNOWN' THEN m.lease_until END
FROM settled, unnest($1::bigint[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::int[], $8::float8[])
  AS s(id, attempt_id, state, provider_message_id, error_code, error_message, provider_error_code, delay)
WHERE m.id = settled.id AND s.id = m.id
  AND (m.attempt_id = s.attempt_id AND m.state IN ('CLAIMED', 'IN_FLIGHT', 'UNKNOWN', 'UNCONFIRMED')
         AND (s.state <> 'UNKNOWN' OR m.lease_until IS NOT NULL)
       OR s.state = 'SENT' AND m.state IN ('QUEUED', 'CLAIMED'))
RETURNING m.id, m.state, m.sender_id, m.contact_id, m.schedule_id, m.error_message
"""

# Receipts only ever move forward, whatever their order: sent < delivered < read. A failure holds unless it arrived, and
# is one of the attempt that counts: the latest, or the one that a receipt has shown to have been accepted.
_RECEIVE = """
WITH receipt AS (
  SELECT * FROM unnest($1::bigint[], $2::uuid[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::timestamptz[],
                       $7::text[], $8::text[], $9::text[], $10::int[])
  AS r(id, attempt_id, provider_message_id, sent_at, delivered_at, read_at, state, error_code, error_message,
       provider_error_code)
), told AS MATERIALIZED (
  SELECT m.id FROM message m JOIN receipt r ON r.id = m.id ORDER BY m.id FOR UPDATE OF m
)
UPDATE message m
SET state = r.state, updated_at = now(), due_at = NULL, lease_until = NULL,
    attempt_id = coalesce(r.attempt_id, m.attempt_id),
    provider_message_id = coalesce(m.provider_message_id, r.provider_message_id),
    sent_at = coalesce(m.sent_at, r.sent_at), delivered_at = coalesce(m.delivered_at, r.delivered_at),
    read_at = coalesce(m.read_at, r.read_at),
    error_code = CASE WHEN r.state = 'FAILED' THEN r.error_code END,
    error_message = CASE WHEN r.state = 'FAILED' THEN r.error_message END,
    provider_error_code = CASE WHEN r.state = 'FAILED' THEN r.provider_error_code END
FROM told, receipt r
WHERE m.id = told.id AND r.id = m.id AND m.direction = 'OUTBOUND' AND m.attempts > 0
  AND CASE r.state
    WHEN 'FAILED' THEN m.state IN ('IN_FLIGHT', 'UNKNOWN', 'UNCONFIRMED', 'SENT')
      AND (r.attempt_id IS NULL OR r.attempt_id = m.attempt_id)
    WHEN 'SENT' THEN m.state IN ('QUEUED', 'CLAIMED', 'IN_FLIGHT', 'UNKNOWN', 'UNCONFIRMED', 'CANCELLED')
    WHEN 'DELIVERED' THEN m.state NOT IN ('DELIVERED', 'READ')
    ELSE m.state <> 'READ'
  END
RETURNING m.id, m.sender_id, m.contact_id, m.schedule_id, m.error_message, old.state AS old_state, m.state,
          old.sent_at AS old_sent_at, old.delivered_at AS old_delivered_at
"""

_EXPIRE = """
WITH late AS (
  SELECT id FROM message WHERE lease_until < now() AND state IN ('CLAIMED', 'IN_FLIGHT')
  ORDER BY id LIMIT 1000 FOR UPDATE SKIP LOCKED
)
UPDATE message m
SET state = CASE m.state WHEN 'CLAIMED' THEN 'QUEUED' ELSE 'UNKNOWN' END,
    due_at = CASE m.state WHEN 'CLAIMED' THEN now() END,
    lease_until = CASE m.state WHEN 'CLAIMED' THEN NULL ELSE m.lease_until END, updated_at = now()
FROM late WHERE m.id = late.id
RETURNING m.id, m.state, m.sender_id
"""

# attempted: when the POST of an unknown row may have left. Heard of: the sender's statuses have passed it by the grace,
# and what was posted to us meanwhile is taken up. Silence: nothing came for four times the grace.
_DECIDE = f"""
WITH doubt AS (
  SELECT m.id, heard AND m.purpose <> 'MARKETING' AS again, heard
  FROM message m JOIN sender s ON s.id = m.sender_id,
       LATERAL (SELECT m.lease_until - interval '{FLIGHT_SECONDS} s' AS attempted) t,
       LATERAL (SELECT coalesce(s.status_watermark > attempted + $1::interval, false)
                  AND NOT EXISTS (SELECT 1 FROM inbound_post p
                                  WHERE p.done_at IS NULL AND p.created_at <= attempted + $1::interval) AS heard) h
  WHERE m.state = 'UNKNOWN' AND m.lease_until < now() + interval '{FLIGHT_SECONDS} s' - $1::interval
    AND (heard OR now() > attempted + 4 * $1::interval)
  ORDER BY m.id LIMIT 1000 FOR UPDATE OF m SKIP LOCKED
)
UPDATE message m
SET state = CASE WHEN again THEN 'QUEUED' ELSE 'UNCONFIRMED' END, due_at = CASE WHEN again THEN now() END,
    error_message = CASE WHEN NOT again THEN 'WhatsApp never confirmed it.' END,
    lease_until = NULL, updated_at = now()
FROM doubt WHERE m.id = doubt.id
RETURNING m.id, m.state, m.sender_id, m.contact_id, m.schedule_id, m.error_message, heard
"""


async def claim(sender_id: int, limit: int) -> list[Record]:
    """Takes up to `limit` due rows of a sender's queue, each with a fresh attempt id and the contact to fill it for."""
    return await connect.rows(_CLAIM, sender_id, limit)


async def depart(ids: list[int], attempts: list[UUID], contents: list[str]) -> set[int]:
    """Commits claimed rows to leave, with their text; answers those that may."""
    return {row["id"] for row in await connect.rows(_DEPART, ids, attempts, contents)}


async def release(ids: list[int], attempts: list[UUID]) -> list[Record]:
    """Gives claimed rows back that may not leave: cancelled for one who opted out or is gone, else queued again."""
    return await connect.rows(_RELEASE, ids, attempts)


async def settle(answers: Sequence[tuple[Any, ...]]) -> list[Record]:
    """Writes what became of attempts: (id, attempt, state, provider id, code, words, provider's code, delay in s)."""
    return await connect.rows(_SETTLE, *map(list, zip(*answers, strict=True)))


async def receive(receipts: Sequence[tuple[Any, ...]]) -> list[Record]:
    """Applies receipts, one a message; answers what moved, with what it was before."""
    return await connect.rows(_RECEIVE, *map(list, zip(*receipts, strict=True)))


async def expire_leases() -> list[Record]:
    """Queues claimed rows again whose worker is gone, and doubts those that were in flight."""
    return await connect.rows(_EXPIRE)


async def decide_doubts(grace: timedelta) -> list[Record]:
    """Decides unknown rows that no receipt has settled; see docs/decisions.md."""
    return await connect.rows(_DECIDE, grace)


async def ids_of_provider_ids(provider_ids: list[str]) -> dict[str, int]:
    found = await connect.rows(
        "SELECT id, provider_message_id FROM message WHERE provider_message_id = ANY($1)", provider_ids
    )
    return {row["provider_message_id"]: row["id"] for row in found}


async def waiting_senders() -> list[int]:
    """Senders that may send and have something due."""
    found = await connect.rows("""
        SELECT s.id FROM sender s WHERE s.status = 'CONNECTED' AND s.deleted_at IS NULL
          AND (s.paused_until IS NULL OR s.paused_until <= now())
          AND EXISTS (SELECT 1 FROM message m WHERE m.sender_id = s.id AND m.due_at <= now())
    """)
    return [row["id"] for row in found]


_CANCEL = """
WITH waiting AS MATERIALIZED (
  SELECT id FROM message
  WHERE contact_id = ANY($1) AND state IN ('QUEUED', 'CLAIMED') AND ($2::text IS NULL OR purpose = $2)
  ORDER BY id FOR UPDATE
)
UPDATE message m
SET state = 'CANCELLED', due_at = NULL, lease_until = NULL, error_code = $3, error_message = $4, updated_at = now()
FROM waiting WHERE m.id = waiting.id
RETURNING m.id, m.sender_id, m.contact_id, m.schedule_id
"""


async def cancel_queued(
    contact_ids: Sequence[int], *, purpose: TemplateCategory | None, reason_code: str, reason: str, actor_id: int | None
) -> list[Record]:
    """Cancels what has not begun to leave to these contacts, of a purpose or of any, and records it; the rows."""
    cancelled = await connect.rows(_CANCEL, list(contact_ids), purpose, reason_code, reason)
    for row in cancelled:
        record(
            EventType.MESSAGE_CANCELLED,
            "Message",
            row["id"],
            actor_id=actor_id,
            sender_id=row["sender_id"],
            contact_id=row["contact_id"],
            schedule_id=row["schedule_id"],
            message_id=row["id"],
        )
    return cancelled
