"""How many messages of each campaign stand where: deltas that whoever moves messages adds, and the clock folds."""

from collections import Counter
from collections.abc import Iterable

from asyncpg import Record

from db.core import connect

_UNDER_WAY = ("CLAIMED", "IN_FLIGHT", "UNKNOWN")

_ADD = """
INSERT INTO campaign_tally (campaign_id, state, count) SELECT * FROM unnest($1::bigint[], $2::text[], $3::int[])
"""

_FOLD = """
WITH fresh AS (
  DELETE FROM campaign_tally WHERE NOT folded RETURNING campaign_id, state, count
)
INSERT INTO campaign_tally AS sum (campaign_id, state, count, folded)
SELECT campaign_id, state, sum(count), true FROM fresh GROUP BY campaign_id, state ORDER BY campaign_id, state
ON CONFLICT (campaign_id, state) WHERE folded DO UPDATE SET count = sum.count + excluded.count
RETURNING campaign_id
"""


async def add(moved: Iterable[Record], *, leaving: bool = False) -> None:
    """Counts rows that moved: (campaign_id, was, state), inside the caller's transaction; `leaving`: their campaign."""
    deltas: Counter[tuple[int, str]] = Counter()
    for row in moved:
        if (id := row["campaign_id"]) is not None:
            deltas[id, _told(row["was"])] -= 1
            deltas[id, _told(row["state"])] += not leaving
    told = [(*key, count) for key, count in deltas.items() if count]
    if told:
        await connect.execute(_ADD, *map(list, zip(*told, strict=True)))


def _told(state: str) -> str:
    return "QUEUED" if state in _UNDER_WAY else state


async def fold() -> list[int]:
    """Adds up what is new; the campaigns whose figures have moved."""
    return sorted({row["campaign_id"] for row in await connect.rows(_FOLD)})
