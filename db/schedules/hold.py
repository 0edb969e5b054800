"""Schedules that are held: while their template may not be sent, or until somebody sends them.

A schedule waits HELD before it has begun, or in its midst. Its messages then stay QUEUED and are parked: due at no time
(infinity), so that they lie in nobody's way. They are parked as they are claimed, and let go in chunks, so that neither
takes a transaction as long as the schedule has recipients.

Locks: messages before schedules before templates.
"""

from collections.abc import Sequence

from asyncpg import Record

from db.core import connect
from db.events import EventType, record

WHY = """CASE
  WHEN s.by_hand THEN s.error_message
  WHEN t.approval_status <> 'APPROVED' THEN format('The template is %s at WhatsApp.', t.approval_status)
  WHEN t.category = 'MARKETING' AND s.category <> 'MARKETING' THEN
    'WhatsApp takes the template for MARKETING now: send the schedule by hand to agree to that, or plan another.'
END"""
"""Why a schedule s with the template t must be held; null when it may be sent."""

STAYS = """coalesce(s.status IN ('HELD', 'CANCELLED') OR s.status = 'PROCESSING' AND (
  t.approval_status <> 'APPROVED' OR t.category = 'MARKETING' AND m.purpose <> 'MARKETING'), false)"""
"""Whether a message m of the schedule s, if of any, with the template t stays for now: by the template itself, too, so
that nothing leaves between what WhatsApp says of it and the HELD of its schedules."""

PARKED = "m.due_at = 'infinity'"

# Those that must be held, are to go on, or are held for another reason than before.
_TURNED = f"""
SELECT s.id, why.hold FROM schedule s JOIN message_template t ON t.id = s.template_id, LATERAL (SELECT {WHY}) why(hold)
WHERE s.status IN ('HELD', 'PROCESSING') AND s.deleted_at IS NULL
  AND (s.status = 'HELD' OR why.hold IS NOT NULL) AND why.hold IS DISTINCT FROM s.error_message
ORDER BY s.id LIMIT $1 FOR UPDATE OF s SKIP LOCKED
"""

_HOLD = """
UPDATE schedule s SET status = 'HELD', error_message = h.hold, updated_at = now()
FROM unnest($1::bigint[], $2::text[]) AS h(id, hold) WHERE s.id = h.id
RETURNING s.id, s.sender_id, s.error_message, old.status AS was
"""

_HOLD_BY_HAND = """
WITH running AS MATERIALIZED (
  SELECT id FROM schedule WHERE template_id = $1 AND status IN ('HELD', 'PROCESSING') AND NOT by_hand
  ORDER BY id FOR UPDATE
)
UPDATE schedule s SET status = 'HELD', error_message = $2, by_hand = true, updated_at = now()
FROM running WHERE s.id = running.id
RETURNING s.id, s.sender_id, s.error_message, old.status AS was
"""

_AGREE = """
UPDATE schedule s SET by_hand = false, category = t.category
FROM message_template t WHERE s.id = $1 AND t.id = s.template_id
"""

# One probe of the index for each schedule that has parked messages, however many they are.
_PARKING = f"""
WITH RECURSIVE parking(id) AS (
  (SELECT schedule_id FROM message m WHERE {PARKED} ORDER BY schedule_id LIMIT 1)
  UNION ALL
  SELECT (SELECT schedule_id FROM message m WHERE {PARKED} AND schedule_id > parking.id ORDER BY schedule_id LIMIT 1)
  FROM parking WHERE parking.id IS NOT NULL
)
SELECT s.id FROM parking JOIN schedule s ON s.id = parking.id WHERE s.status <> 'HELD'
"""

# Consent is asked of a message by its purpose, which somebody has agreed to when a schedule goes on as MARKETING.
_LET_GO = f"""
WITH parked AS MATERIALIZED (
  SELECT m.id FROM message m WHERE m.schedule_id = $1 AND {PARKED} ORDER BY m.id LIMIT $2 FOR UPDATE OF m
)
UPDATE message m SET due_at = now(), purpose = coalesce(t.category, m.purpose), updated_at = now()
FROM parked, schedule s, message_template t
WHERE m.id = parked.id AND s.id = $1 AND t.id = s.template_id AND s.status NOT IN ('HELD', 'CANCELLED')
RETURNING m.sender_id
"""

_CANCEL = """
WITH rest AS MATERIALIZED (
  SELECT m.id FROM message m
  WHERE m.schedule_id = $1 AND m.due_at IS NOT NULL AND (SELECT status FROM schedule WHERE id = $1) = 'CANCELLED'
  ORDER BY m.id LIMIT $2 FOR UPDATE OF m
)
UPDATE message m SET state = 'CANCELLED', due_at = NULL, updated_at = now()
FROM rest WHERE m.id = rest.id
RETURNING m.id, m.state, m.sender_id, m.contact_id, m.schedule_id
"""


async def turned(limit: int) -> list[Record]:
    """Locks schedules that must be held, or go on: (id, why it must be held or null). Nobody else takes them up."""
    return await connect.rows(_TURNED, limit)


async def hold(holds: Sequence[tuple[int, str]]) -> None:
    """Keeps schedules waiting, each with the reason why, inside the caller's transaction."""
    _tell(await connect.rows(_HOLD, *map(list, zip(*holds, strict=True))))


async def hold_by_hand(template_id: int, reason: str) -> None:
    """Holds the schedules of a template that are being sent until somebody sends them, in the caller's transaction.

    For faults that no news of the template ends. Where WhatsApp says what has become of the template, give that to
    domain/templates/approval.py: its schedules are held for that, and go on by themselves.
    """
    _tell(await connect.rows(_HOLD_BY_HAND, template_id, reason))


def _tell(held: Sequence[Record]) -> None:
    for row in held:
        if row["was"] != "HELD":
            record(
                EventType.MESSAGE_HELD,
                "Schedule",
                row["id"],
                sender_id=row["sender_id"],
                schedule_id=row["id"],
                data={"error": row["error_message"]},
            )


async def agree(id: int) -> None:
    """Somebody wants a schedule sent, for whatever WhatsApp takes its template now."""
    await connect.execute(_AGREE, id)


async def parking() -> list[int]:
    """Schedules that have parked messages though they are not held: what a lost ring or a dead worker left."""
    return [row["id"] for row in await connect.rows(_PARKING)]


async def let_go(id: int, chunk: int) -> list[int]:
    """Queues so many parked messages of a schedule that goes on; their senders."""
    return [row["sender_id"] for row in await connect.rows(_LET_GO, id, chunk)]


async def cancel(id: int, chunk: int) -> list[Record]:
    """Cancels so many queued messages of a schedule that was called off; the rows."""
    return await connect.rows(_CANCEL, id, chunk)
