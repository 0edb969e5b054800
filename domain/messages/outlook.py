"""When a queued message should be with WhatsApp."""

from datetime import datetime, timedelta

from db.core import connect
from domain import senders
from domain.core.access import Viewer, allow
from domain.senders.pacing import MOST_COUNTED

# Two stretches of the index of the queue: what is more urgent, and what is as urgent and earlier.
_AHEAD = f"""
SELECT m.id, m.sender_id, m.due_at, now() AS now,
  (SELECT count(*) FROM (
    SELECT FROM message q WHERE q.sender_id = m.sender_id AND q.due_at < 'infinity' AND q.priority > m.priority
    LIMIT {MOST_COUNTED + 1}) AS urgent)
  + (SELECT count(*) FROM (
    SELECT FROM message q WHERE q.sender_id = m.sender_id AND q.due_at < 'infinity' AND q.priority = m.priority
      AND (q.due_at, q.id) < (m.due_at, m.id)
    LIMIT {MOST_COUNTED + 1}) AS earlier) AS ahead
FROM message m WHERE m.id = ANY($1) AND m.state = 'QUEUED' AND m.due_at < 'infinity'
"""


@allow()
async def delivery_estimates(viewer: Viewer, ids: list[int]) -> list[datetime | None]:
    """Of messages that the caller holds already, by queue and pace of their senders; behind over 10,000, the latest.

    None of those that are not queued, are held, or whose sender does not send.
    """
    waiting = {row["id"]: row for row in await connect.rows(_AHEAD, ids)}
    by = sorted({row["sender_id"] for row in waiting.values()})
    pacing = dict(zip(by, await senders.pacing(viewer, by), strict=True)) if by else {}
    long = sorted({row["sender_id"] for row in waiting.values() if row["ahead"] > MOST_COUNTED})
    queued = dict(zip(long, await senders.queued(viewer, long), strict=True)) if long else {}
    found = dict[int, datetime]()
    for id, row in waiting.items():
        place = row["ahead"] + 1 if row["ahead"] <= MOST_COUNTED else queued[row["sender_id"]]
        seconds = pacing[row["sender_id"]].seconds(place, row["now"])
        if seconds is not None:
            found[id] = max(row["due_at"], row["now"] + timedelta(seconds=seconds))
    return [found.get(id) for id in ids]
