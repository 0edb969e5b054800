"""Figures of campaigns, from their tallies: they cost the same however many people a campaign has."""

from typing import Literal

import orjson
from asyncpg import Record

from db.core import connect
from db.messages.stats import DeliveryStats

Corrected = Literal["sent", "delivered", "read", "failed", "replies"]
CORRECTED: tuple[Corrected, ...] = ("sent", "delivered", "read", "failed", "replies")
"""Figures that may be put by hand; `campaign.corrections` has what is added to each."""

# Until the audience is frozen whole, its recipients are those who have their message so far.
_STATS = """
SELECT c.id, c.excluded, c.corrections,
       coalesce(c.recipients, sum(t.count) FILTER (WHERE t.state <> 'REPLIED'), 0) AS recipients,
       coalesce(sum(t.count) FILTER (WHERE t.state IN ('SENT', 'DELIVERED', 'READ')), 0) AS sent,
       coalesce(sum(t.count) FILTER (WHERE t.state IN ('DELIVERED', 'READ')), 0) AS delivered,
       coalesce(sum(t.count) FILTER (WHERE t.state = 'READ'), 0) AS read,
       coalesce(sum(t.count) FILTER (WHERE t.state = 'FAILED'), 0) AS failed,
       coalesce(sum(t.count) FILTER (WHERE t.state = 'UNCONFIRMED'), 0) AS unconfirmed,
       coalesce(sum(t.count) FILTER (WHERE t.state = 'CANCELLED'), 0) AS cancelled,
       coalesce(sum(t.count) FILTER (WHERE t.state = 'REPLIED'), 0) AS replies
FROM campaign c LEFT JOIN campaign_tally t ON t.campaign_id = c.id
WHERE c.id = ANY($1) GROUP BY c.id
"""

_PUT = "UPDATE campaign SET corrections = corrections || $2, updated_at = now() WHERE id = $1"


async def stats(ids: list[int]) -> dict[int, DeliveryStats]:
    """Figures of many campaigns in one statement, with what was corrected by hand."""
    return {row["id"]: _stats(row, orjson.loads(row["corrections"])) for row in await connect.rows(_STATS, ids)}


def _stats(row: Record, corrections: dict[Corrected, int]) -> DeliveryStats:
    """What was put by hand moves the recipients too: nothing is pending that is not in the queue."""

    def figure(name: Corrected) -> int:
        return max(0, row[name] + corrections.get(name, 0))

    sent, failed, unconfirmed, cancelled = figure("sent"), figure("failed"), row["unconfirmed"], row["cancelled"]
    pending = row["recipients"] - row["sent"] - row["failed"] - unconfirmed - cancelled
    return DeliveryStats(
        recipients=pending + sent + failed + unconfirmed + cancelled,
        excluded=row["excluded"],
        pending=pending,
        sent=sent,
        delivered=figure("delivered"),
        read=figure("read"),
        failed=failed,
        unconfirmed=unconfirmed,
        cancelled=cancelled,
        replies=figure("replies"),
    )


async def put(id: int, figures: dict[Corrected, int]) -> None:
    """Has figures of a campaign, whose row is locked, read so from here on; what comes later counts on from there."""
    [row] = await connect.rows(_STATS, [id])
    differences = {name: wanted - row[name] for name, wanted in figures.items()}
    await connect.execute(_PUT, id, orjson.dumps(differences).decode())
