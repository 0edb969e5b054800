"""Schedules that are held: while their template may not be sent, or until somebody sends them.

A schedule waits HELD before it has begun, or in its midst; db/messages/parking.py says what its messages do then.
"""

from collections.abc import Sequence

from asyncpg import Record

from db.core import connect
from db.events import EventType, record
from db.messages.parking import UNAVAILABLE

WHY = f"""CASE
  WHEN s.by_hand THEN s.error_message
  WHEN t.approval_status <> 'APPROVED' THEN {UNAVAILABLE}
  WHEN t.category = 'MARKETING' AND s.category <> 'MARKETING' THEN
    'WhatsApp takes the template for MARKETING now: send the schedule by hand to agree to that, or plan another.'
END"""
"""Why a schedule s with the template t must be held; null when it may be sent."""

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
