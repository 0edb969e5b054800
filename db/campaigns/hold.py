"""Campaigns that are paused: by somebody, by an error, or while their template or all of their senders rest.

db/messages/parking.py says what their messages do then. Locks: messages before campaigns before templates.
"""

from collections.abc import Sequence

from asyncpg import Record

from db.core import connect
from db.messages.parking import UNAVAILABLE

USABLE = """sender.status = 'CONNECTED' AND sender.deleted_at IS NULL
  AND (sender.paused_until IS NULL OR sender.paused_until <= now())"""
"""Whether a sender may send now."""

WHY = f"""CASE
  WHEN t.approval_status <> 'APPROVED' THEN {UNAVAILABLE}
  WHEN t.category = 'MARKETING' AND o.category <> 'MARKETING' THEN
    'WhatsApp takes the template for MARKETING now: resume the campaign to agree to that.'
  WHEN NOT EXISTS (SELECT FROM campaign_sender p JOIN sender s ON s.id = p.sender_id
                   WHERE p.campaign_id = o.id AND s.status = 'CONNECTED' AND s.deleted_at IS NULL) THEN
    'No sender of the campaign is connected.'
END"""
"""Why a campaign o with the template t, if any, must be paused; null when it may be sent."""

_FROM = "FROM campaign o LEFT JOIN message_template t ON t.id = o.template_id"

_WHY = f"SELECT {WHY} {_FROM} WHERE o.id = $1"

# Those that must be paused, are to go on, or are paused for another reason than before.
_TURNED = f"""
SELECT o.id, why.hold {_FROM}, LATERAL (SELECT {WHY}) why(hold)
WHERE o.status IN ('RUNNING', 'PAUSED') AND NOT o.by_hand AND o.deleted_at IS NULL
  AND (o.status = 'PAUSED' OR why.hold IS NOT NULL) AND why.hold IS DISTINCT FROM o.error_message
ORDER BY o.id LIMIT $1 FOR UPDATE OF o SKIP LOCKED
"""

_HOLD = """
UPDATE campaign o SET status = 'PAUSED', error_message = h.hold, updated_at = now()
FROM unnest($1::bigint[], $2::text[]) AS h(id, hold) WHERE o.id = h.id
RETURNING o.id, o.status, old.status AS was
"""

_HOLD_BY_HAND = """
WITH running AS MATERIALIZED (
  SELECT id FROM campaign WHERE template_id = $1 AND status IN ('RUNNING', 'PAUSED') AND NOT by_hand
  ORDER BY id FOR UPDATE
)
UPDATE campaign o SET status = 'PAUSED', error_message = $2, by_hand = true, updated_at = now()
FROM running WHERE o.id = running.id
RETURNING o.id, o.status, old.status AS was
"""

_AGREE = """
UPDATE campaign o SET by_hand = false, category = t.category
FROM campaign k LEFT JOIN message_template t ON t.id = k.template_id WHERE o.id = ANY($1) AND k.id = o.id
"""


async def why(id: int) -> str | None:
    """Why a campaign may not be sent now, in words."""
    return await connect.value(_WHY, id)


async def turned(limit: int) -> list[Record]:
    """Locks campaigns that must be paused, or go on: (id, why it must be paused or null)."""
    return await connect.rows(_TURNED, limit)


async def hold(holds: Sequence[tuple[int, str]]) -> list[Record]:
    """Pauses campaigns, each with the reason why; (id, status, was)."""
    return await connect.rows(_HOLD, *map(list, zip(*holds, strict=True)))


async def hold_by_hand(template_id: int, reason: str) -> list[Record]:
    """Pauses what is being sent of a template until somebody resumes it; (id, status, was)."""
    return await connect.rows(_HOLD_BY_HAND, template_id, reason)


async def agree(ids: Sequence[int]) -> None:
    """Somebody wants campaigns sent, for whatever WhatsApp takes their templates now."""
    await connect.execute(_AGREE, list(ids))
