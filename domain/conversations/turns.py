"""Turns of the bot: rung for when they are due, and ended by what forbids an answer, with what it has queued.

Conversations are locked before their messages, by all who lock both. What has left already has left; dispatch looks
once more at the epoch of an answer in the statement that commits it to leave (db/messages/dispatch.py).
"""

import asyncio
from collections.abc import Sequence

from db.core import connect
from db.messages.dispatch import OUTDATED
from domain.messages.announce import announce

_LANDING = 2.0
"""Seconds in which what left before somebody took over has been posted, as a rule: a POST takes a tenth of that."""
_LOOK = 0.02

_END = "DELETE FROM bot_turn WHERE conversation_id = ANY($1)"

_UNSETTLED = """
FROM conversation v JOIN message m ON m.contact_id = v.contact_id AND m.sender_id = v.sender_id
WHERE v.id = ANY($1) AND m.epoch IS NOT NULL AND (m.due_at IS NOT NULL OR m.lease_until IS NOT NULL)
"""

_CALL_OFF = f"""
WITH late AS MATERIALIZED (
  SELECT m.id {_UNSETTLED} AND m.state IN ('QUEUED', 'CLAIMED') ORDER BY m.id FOR UPDATE OF m
)
UPDATE message m
SET state = 'CANCELLED', due_at = NULL, lease_until = NULL, updated_at = now(), error_message = '{OUTDATED}'
FROM late WHERE m.id = late.id
RETURNING m.id, m.state, m.sender_id, m.contact_id, m.schedule_id, m.campaign_id, m.error_message, old.state AS was
"""

_FLYING = f"SELECT EXISTS (SELECT {_UNSETTLED} AND m.state = 'IN_FLIGHT')"


async def silence(conversation_ids: Sequence[int]) -> None:
    """Calls off what the bot is about in conversations that are locked, inside the caller's transaction."""
    ids = list(conversation_ids)
    if ids:
        await connect.execute(_END, ids)
        await announce(await connect.rows(_CALL_OFF, ids))


async def landed(conversation_id: int) -> None:
    """Waits until nothing of the bot's is on its way any more, for a moment at most: it would come after us."""
    for _ in range(int(_LANDING / _LOOK)):
        if not await connect.value(_FLYING, [conversation_id]):
            return
        await asyncio.sleep(_LOOK)
