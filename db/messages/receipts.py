"""What receipts do to the rows of messages; locked in the order of their ids, as everywhere (dispatch.py)."""

from collections.abc import Sequence
from typing import Any

from asyncpg import Record

from db.core import connect

RESEND_SECONDS = 60
"""Until a message is sent once more that failed for no fault of its own. Longer than any answer to its first send takes
(20 s), which would settle it as sent."""

# Receipts only ever move forward, whatever their order: sent < delivered < read. A failure holds unless it arrived, and
# is one of the attempt that counts: the latest, or the one that a receipt has shown to have been accepted. Of a message
# that is sent once more the first attempt is forgotten, so that its late echoes are those of no attempt that counts.
_RECEIVE = f"""
WITH receipt AS (
  SELECT * FROM unnest($1::bigint[], $2::uuid[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::timestamptz[],
                       $7::text[], $8::text[], $9::text[], $10::int[], $11::bool[])
  AS r(id, attempt_id, provider_message_id, sent_at, delivered_at, read_at, state, error_code, error_message,
       provider_error_code, again)
), told AS MATERIALIZED (
  SELECT m.id, m.provider_message_id, r.again AND m.attempts = 1 AND m.attempt_id IS NOT NULL AS again
  FROM message m JOIN receipt r ON r.id = m.id ORDER BY m.id FOR UPDATE OF m
), moved AS (
  UPDATE message m
  SET state = CASE WHEN told.again THEN 'QUEUED' ELSE r.state END, updated_at = now(), lease_until = NULL,
      due_at = CASE WHEN told.again THEN now() + interval '{RESEND_SECONDS} s' END,
      attempt_id = CASE WHEN NOT told.again THEN coalesce(r.attempt_id, m.attempt_id) END,
      provider_message_id = CASE WHEN NOT told.again THEN coalesce(m.provider_message_id, r.provider_message_id) END,
      sent_at = CASE WHEN NOT told.again THEN coalesce(m.sent_at, r.sent_at) END,
      delivered_at = coalesce(m.delivered_at, r.delivered_at), read_at = coalesce(m.read_at, r.read_at),
      error_code = CASE WHEN r.state = 'FAILED' THEN r.error_code END,
      error_message = CASE WHEN r.state = 'FAILED' THEN r.error_message END,
      provider_error_code = CASE WHEN r.state = 'FAILED' THEN r.provider_error_code END
  FROM told, receipt r
  WHERE m.id = told.id AND r.id = m.id AND m.direction = 'OUTBOUND' AND m.attempts > 0
    AND CASE r.state
      WHEN 'FAILED' THEN m.state IN ('IN_FLIGHT', 'UNKNOWN', 'UNCONFIRMED', 'SENT')
        AND (r.attempt_id IS NULL OR r.attempt_id = m.attempt_id)
      WHEN 'SENT' THEN m.state IN ('CLAIMED', 'IN_FLIGHT', 'UNKNOWN', 'UNCONFIRMED', 'CANCELLED')
        OR m.state = 'QUEUED' AND m.attempt_id IS NOT NULL
      WHEN 'DELIVERED' THEN m.state NOT IN ('DELIVERED', 'READ')
      ELSE m.state <> 'READ'
    END
  RETURNING m.id, m.sender_id, m.contact_id, m.schedule_id, m.campaign_id, m.error_message, m.state,
            old.state AS was, old.sent_at AS old_sent_at, old.delivered_at AS old_delivered_at
)
SELECT told.id, told.provider_message_id AS known_as, moved.sender_id, moved.contact_id, moved.schedule_id,
       moved.campaign_id, moved.error_message, moved.state, moved.was, moved.old_sent_at, moved.old_delivered_at
FROM told LEFT JOIN moved ON moved.id = told.id
ORDER BY told.id
"""


async def receive(receipts: Sequence[tuple[Any, ...]]) -> list[Record]:
    """Applies receipts, one a message; answers each message as it was known, and as it is now where it moved."""
    return await connect.rows(_RECEIVE, *map(list, zip(*receipts, strict=True)))
