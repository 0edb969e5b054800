"""What is announced of campaigns: where they stand, with their figures of that moment."""

from collections.abc import Sequence
from dataclasses import asdict

from db.campaigns import stats as figures
from db.core import connect
from db.events import EventType, record

# The event is of a sender where the campaign leaves from that one alone: those bound to it hear of their own only.
_STANDING = """
SELECT c.id, c.status, (SELECT min(s.sender_id) FROM campaign_sender s WHERE s.campaign_id = c.id HAVING count(*) = 1)
  AS sender_id
FROM campaign c WHERE c.id = ANY($1) ORDER BY c.id
"""


async def tell(kind: EventType, ids: Sequence[int], *, actor_id: int | None = None) -> None:
    """Records CAMPAIGN_STATUS_CHANGED or CAMPAIGN_PROGRESS of campaigns as they stand in the current transaction."""
    if not ids:
        return
    found = await figures.stats(list(ids))
    for row in await connect.rows(_STANDING, list(ids)):
        data = {"status": row["status"], "stats": asdict(found[row["id"]])}
        record(kind, "Campaign", row["id"], actor_id=actor_id, sender_id=row["sender_id"], data=data)
