"""Moods: what contacts write is rated from -1 to 1, and told its language, behind the intake.

Whoever rates reads the event log, so that a burst is taken in at full speed and nothing is left out. The lexicon is
VADER's, of English and of emoji, with the words that make the difference in some more languages (feelings.py). What is
in another language is rated by a model, where one is configured, or not at all: no figure is better than a wrong one.
"""

import asyncio
from collections.abc import Sequence

from asyncpg import Record

from db.core import connect
from db.core.transaction import transaction
from db.events import EventType, record
from domain import settings
from domain.bot import feelings, languages

AT_ONCE = 500
"""Messages of one look into the log."""

_KEEP = """
WITH rated AS MATERIALIZED (
  SELECT m.id, r.mood FROM message m JOIN unnest($1::bigint[], $2::float8[]) AS r(id, mood) ON r.id = m.id
  WHERE $3 OR m.sentiment IS NULL ORDER BY m.id FOR UPDATE OF m
)
UPDATE message m SET sentiment = rated.mood FROM rated WHERE m.id = rated.id
"""


async def keep(ids: Sequence[int], moods: Sequence[float], *, instead: bool = False) -> None:
    """Keeps the moods of messages; of those that have one only where it is to stand instead."""
    if ids:
        await connect.execute(_KEEP, list(ids), list(moods), instead)


# What this reader has not seen yet of what came in, and how far the log goes. A reader begins at the log's end.
_NEWS = """
WITH place AS (
  INSERT INTO event_reader (name, number) SELECT 'moods', coalesce(max(number), 0) FROM event
  ON CONFLICT (name) DO UPDATE SET number = event_reader.number RETURNING number
), head AS (SELECT max(number) AS number FROM event)
SELECT place.number AS place, head.number AS head, e.number, m.id, v.id AS conversation_id,
       CASE WHEN m.type IN ('TEXT', 'INTERACTIVE_REPLY') THEN m.content END AS text
FROM place CROSS JOIN head LEFT JOIN LATERAL (
  SELECT number, message_id FROM event
  WHERE number > place.number AND number <= head.number AND type = 'MESSAGE_RECEIVED' ORDER BY number LIMIT $1
) AS e ON true
LEFT JOIN message m ON m.id = e.message_id
LEFT JOIN conversation v ON v.sender_id = m.sender_id AND v.contact_id = m.contact_id AND v.deleted_at IS NULL
ORDER BY e.number
"""
_SPEAK = """
WITH told AS MATERIALIZED (
  SELECT v.id, t.language FROM conversation v JOIN unnest($1::bigint[], $2::text[]) AS t(id, language) ON t.id = v.id
  WHERE v.language IS DISTINCT FROM t.language ORDER BY v.sender_id, v.contact_id FOR UPDATE OF v
)
UPDATE conversation v SET language = told.language, updated_at = now() FROM told WHERE v.id = told.id
RETURNING v.id, v.sender_id, v.contact_id
"""


async def rate_new() -> None:
    """Rates what came in since the last time; run twice it changes nothing more."""
    news = await connect.rows(_NEWS, AT_ONCE)
    place, head = news[0]["place"], news[0]["head"]
    received = [row for row in news if row["number"] is not None]
    end = received[-1]["number"] if len(received) == AT_ONCE else head
    if end is None or end == place:
        return
    features = (await settings.current()).features
    # A thread of its own: five hundred texts would hold up the worker's loop for a tenth of a second.
    judged = await asyncio.to_thread(_judge, [row for row in received if row["text"]])
    if features.sentiment_analysis:
        moods = {row["id"]: mood for row, _, mood in judged if mood is not None}
        await keep(list(moods), list(moods.values()))
    spoken = {row["conversation_id"]: language for row, language, _ in judged if row["conversation_id"] and language}
    async with transaction():
        if spoken:
            for row in await connect.rows(_SPEAK, list(spoken), list(spoken.values())):
                record(
                    EventType.CONVERSATION_UPDATED,
                    "Conversation",
                    row["id"],
                    sender_id=row["sender_id"],
                    contact_id=row["contact_id"],
                )
        await connect.execute("UPDATE event_reader SET number = greatest(number, $1) WHERE name = 'moods'", end)


def _judge(rows: Sequence[Record]) -> list[tuple[Record, str | None, float | None]]:
    judged: list[tuple[Record, str | None, float | None]] = []
    for row in rows:
        language = languages.detect(row["text"])
        judged.append((row, language, feelings.rate(row["text"], language)))
    return judged
