"""Keeps the figures of conversations: reads the event log, and counts anew all that is said with whom it tells of.

So whatever changes late is right as soon as it is told of: messages that come late, receipts, conversations that are
deleted, contacts that are merged or erased. To count again changes nothing.
"""

import time
from collections.abc import Sequence

from db.analytics.talk import REPEATED, SAID
from db.core import connect
from db.core.transaction import transaction

AT_ONCE = 1000
"""Events of one look into the log: one statement counts whom they tell of, and has a minute for it. What is cut off
begins with the same ones again."""
_PAST_AT_ONCE = 200
"""Conversations of one step through all there are."""
_SECONDS = 20.0
"""How long it goes on at a time, when there is much; the next time it goes on from there."""

_COLUMNS = "first_at, last_at, before_at, quarters, messages, answers, waited"

# Only days that differ are written, and their difference is added to the quarters.
_RECOUNT = f"""
WITH told AS MATERIALIZED (
  SELECT id, sender_id, contact_id, deleted_at FROM conversation WHERE contact_id = ANY($1)
), live AS (
  SELECT * FROM told WHERE deleted_at IS NULL
), {SAID}, quarter AS (
  SELECT conversation_id, date_bin('15 minutes', at, 'epoch') AS quarter, min(at) AS first_at, max(at) AS last_at,
         sum(messages)::int AS messages, sum(answers)::int AS answers, sum(waited)::bigint AS waited
  FROM moment GROUP BY 1, 2
), day AS (
  SELECT conversation_id, (quarter AT TIME ZONE 'UTC')::date AS day, min(first_at) AS first_at, max(last_at) AS last_at,
         array_agg(quarter ORDER BY quarter) AS quarters, array_agg(messages ORDER BY quarter) AS messages,
         array_agg(answers ORDER BY quarter) AS answers, array_agg(waited ORDER BY quarter) AS waited
  FROM quarter GROUP BY 1, 2
), fresh AS MATERIALIZED (
  SELECT day.*, sender_id, lag(last_at) OVER (PARTITION BY conversation_id ORDER BY day) AS before_at
  FROM day JOIN live ON live.id = conversation_id
), stored AS (
  INSERT INTO conversation_day AS d (conversation_id, sender_id, day, {_COLUMNS})
  SELECT conversation_id, sender_id, day, {_COLUMNS} FROM fresh ORDER BY conversation_id, day
  ON CONFLICT (conversation_id, day) DO UPDATE
  SET first_at = excluded.first_at, last_at = excluded.last_at, before_at = excluded.before_at,
      quarters = excluded.quarters, messages = excluded.messages, answers = excluded.answers, waited = excluded.waited
  WHERE (d.first_at, d.last_at, d.before_at, d.quarters, d.messages, d.answers, d.waited) IS DISTINCT FROM
        (excluded.first_at, excluded.last_at, excluded.before_at, excluded.quarters, excluded.messages,
         excluded.answers, excluded.waited)
  RETURNING old.first_at AS began, old.last_at AS ended, old.before_at AS earlier, old.quarters AS were,
            old.messages AS m, old.answers AS a, old.waited AS w, new.*
), gone AS (
  DELETE FROM conversation_day d USING told
  WHERE d.conversation_id = told.id
    AND NOT EXISTS (SELECT FROM fresh WHERE fresh.conversation_id = d.conversation_id AND fresh.day = d.day)
  RETURNING d.*
), changed AS (
  SELECT sender_id, 1 AS sign, first_at, last_at, before_at, quarters, messages, answers, waited FROM stored
  UNION ALL SELECT sender_id, -1, began, ended, earlier, were, m, a, w FROM stored WHERE began IS NOT NULL
  UNION ALL SELECT sender_id, -1, first_at, last_at, before_at, quarters, messages, answers, waited FROM gone
), added AS (
  SELECT sender_id, q.at, sum(sign * q.messages) AS messages, sum(sign * q.answers) AS answers,
         sum(sign * q.waited) AS waited, sum(sign * begun) AS begun, sum(sign * reaching) AS reaching,
         sum(sign * repeated) AS repeated
  FROM changed CROSS JOIN LATERAL (
    SELECT at, u.messages, u.answers, u.waited, 0 AS begun, 0 AS reaching, 0 AS repeated
    FROM unnest(quarters, changed.messages, changed.answers, changed.waited) AS u(at, messages, answers, waited)
    UNION ALL SELECT date_bin('15 minutes', first_at, 'epoch'), 0, 0, 0, 1, 0, (({REPEATED}) IS TRUE)::int
    UNION ALL SELECT at, 0, 0, 0, 0, 1, 0
    FROM generate_series(date_bin('15 minutes', first_at, 'epoch') + interval '15 minutes', last_at, '15 minutes') AS at
  ) AS q GROUP BY 1, 2
)
INSERT INTO conversation_quarter AS q (at, sender_id, messages, answers, waited, begun, reaching, repeated)
SELECT at, sender_id, messages, answers, waited, begun, reaching, repeated FROM added
WHERE (messages, answers, waited, begun, reaching, repeated) <> (0, 0, 0, 0, 0, 0) ORDER BY 1, 2
ON CONFLICT (at, sender_id) DO UPDATE
SET messages = q.messages + excluded.messages, answers = q.answers + excluded.answers,
    waited = q.waited + excluded.waited, begun = q.begun + excluded.begun, reaching = q.reaching + excluded.reaching,
    repeated = q.repeated + excluded.repeated
"""

# Locks the reader. One that begins, or has been away for longer than the log is kept, counts all there is.
_PLACE = """
WITH place AS (
  INSERT INTO event_reader (name, number) VALUES ('analytics', -1)
  ON CONFLICT (name) DO UPDATE SET number = event_reader.number RETURNING number
)
SELECT place.number, place.number < trimmed_to OR place.number < 0 AS missed,
       greatest(trimmed_to, (SELECT max(number) FROM event)) AS head,
       (SELECT number FROM event_reader WHERE name = 'analytics past') AS past
FROM place, event_log
"""
_PUT = """
INSERT INTO event_reader (name, number) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET number = excluded.number
"""
# Of an arrival the log says before that WhatsApp took the message, or took it after all: it changes no figure.
_NEWS = """
SELECT max(number) AS head, count(*) AS events,
       coalesce(array_agg(DISTINCT contact_id) FILTER (
         WHERE contact_id IS NOT NULL
           AND type NOT IN ('MESSAGE_DELIVERED', 'MESSAGE_READ', 'CONVERSATION_TYPING')), '{}') AS contacts
FROM (SELECT number, type, contact_id FROM event WHERE number > $1 ORDER BY number LIMIT $2) AS e
"""
_PAST = """
SELECT max(id) AS last, coalesce(array_agg(DISTINCT contact_id), '{}') AS contacts
FROM (SELECT id, contact_id FROM conversation WHERE id > $1 ORDER BY id LIMIT $2) AS c
"""


async def count_new() -> None:
    """Counts what has changed since the last time, and the past where that is not counted yet."""
    end = time.monotonic() + _SECONDS
    while await _some() and time.monotonic() < end:
        continue


async def _some() -> bool:
    """Whether there is more."""
    async with transaction():
        place = await connect.row(_PLACE)
        assert place is not None
        if place["missed"]:
            await connect.execute(_PUT, "analytics", place["head"])
            await connect.execute(_PUT, "analytics past", 0)
            return True
        news = await connect.row(_NEWS, place["number"], AT_ONCE)
        assert news is not None
        if news["events"]:
            await recount(news["contacts"])
            await connect.execute(_PUT, "analytics", news["head"])
        if place["past"] is not None:
            await _count_past(place["past"])
        return news["events"] == AT_ONCE or place["past"] is not None


async def _count_past(after: int) -> None:
    some = await connect.row(_PAST, after, _PAST_AT_ONCE)
    assert some is not None
    if some["last"] is None:
        await connect.execute("DELETE FROM event_reader WHERE name = 'analytics past'")
    else:
        await recount(some["contacts"])
        await connect.execute(_PUT, "analytics past", some["last"])


async def recount(contact_ids: Sequence[int]) -> None:
    """Counts anew what was said with contacts, in the caller's transaction, under the lock of the reader."""
    if contact_ids:
        await connect.execute(_RECOUNT, list(contact_ids))
