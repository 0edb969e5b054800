"""Telling webhooks of events: the log is read by whoever holds the webhook's lease, in rounds that each commit.

A round makes deliveries of the next events, posts what is due, and writes what became of it. Whoever is killed in
between leaves deliveries PENDING, which the next one posts again once the lease has run out: nothing is lost, and
nothing that comes later in a conversation or campaign is posted before.

An event waits for those before it with its subject, conversation or campaign, and for no other. Those that wait behind
one that pauses are set aside, so that a round looks at what can go on, however many wait; they come back a few at a
time as what they wait for is over.
"""

import asyncio
import random
import time
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
import structlog
from asyncpg import Record

from db import events as log
from db.core import connect
from db.core.columns import as_row
from db.core.settings import get_settings
from db.core.transaction import ring, transaction
from db.events import EventFilter, EventType, record
from db.webhooks import Webhook
from domain.core.fetch import Answer, UnfetchableError, posting
from domain.core.ids import global_id
from domain.core.secrets import SecretError, unseal
from domain.webhooks import payload
from domain.webhooks.signing import headers

logger = structlog.get_logger()

TIMEOUT = 15.0
"""Seconds that an answer may take."""
AT_ONCE = 20
"""Posts to one webhook at a time."""
WINDOW = 1000
"""Due events that a round looks at, and takes from the log until there are as many."""
LANE = WINDOW // AT_ONCE
"""Of one subject, conversation or campaign that many where the window is full, and that many come back at a time."""
MOST_TRIES_KEPT = 50
_BATCH = 500
_ROUND = 5.0
"""Seconds after which a round begins no more posts: with the last of them it ends before its lease of 30 s does."""
_FIRST_PAUSE, _LONGEST_PAUSE = 5.0, 3 * 3600.0

Post = Callable[[str, bytes, Mapping[str, str]], Awaitable[Answer]]

# A lease that has run out is that of a process which was killed.
_DUE = """
SELECT w.id FROM webhook w,
  (SELECT greatest((SELECT trimmed_to FROM event_log), (SELECT max(number) FROM event)) AS head) log
WHERE (w.lease IS NULL OR w.leased_until < now())
  AND (w.lease IS NOT NULL OR w.due_at <= now() OR w.active AND w.position < log.head)
"""
_CLAIM = """
UPDATE webhook SET lease = $2, leased_until = clock_timestamp() + interval '30 seconds', due_at = NULL
WHERE id = $1 AND (lease IS NULL OR lease = $2 OR leased_until < now()) RETURNING *
"""
_RELEASE = """
UPDATE webhook SET lease = NULL, leased_until = NULL, due_at = least(due_at, $3) WHERE id = $1 AND lease = $2
"""
# A fault of ours is most likely met again, and is logged each time: the clock rings four times a second.
_FALTER = """
UPDATE webhook SET lease = $2, leased_until = now() + interval '5 seconds', due_at = least(due_at, $3)
WHERE id = $1 AND (lease IS NULL OR lease = $2 OR leased_until < now())
"""
_ROOM = f"""
SELECT {WINDOW} - count(*) FROM (
  SELECT FROM webhook_delivery
  WHERE webhook_id = $1 AND status = 'PENDING' AND next_attempt_at <= now() AND event_number <= $2
  LIMIT {WINDOW}) AS due
"""
# A replay comes to events that were told before: they keep their ids, by which receivers know them.
_ADD = """
INSERT INTO webhook_delivery (webhook_id, event_number, type, body, subject, conversation_id, campaign_id, contact_id,
                              attempt_log)
SELECT $1, e.*, '[]' FROM unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[],
                                 $8::bigint[]) AS e
ON CONFLICT (webhook_id, event_number)
DO UPDATE SET status = 'PENDING', attempts = 0, created_at = now(), next_attempt_at = now(), give_up_at = NULL,
              delivered_at = NULL
"""
# What is put off, because it failed or was set aside; the second condition is that of the indexes.
_PUT_OFF = "webhook_id = $1 AND status = 'PENDING' AND next_attempt_at > now() AND next_attempt_at > created_at"
_SHARED = ("subject", "conversation_id", "campaign_id")
_BEHIND = " OR ".join(
    f"EXISTS (SELECT FROM webhook_delivery d WHERE {_PUT_OFF} AND d.{name} = due.{name}"
    " AND d.event_number < due.event_number)"
    for name in _SHARED
)
_WINDOW = f"""
SELECT due.*, {_BEHIND} AS behind
FROM (SELECT id, event_number, attempts, subject, conversation_id, campaign_id FROM webhook_delivery
      WHERE webhook_id = $1 AND status = 'PENDING' AND next_attempt_at <= now()
        AND (event_number IS NULL OR $3 AND event_number <= $2)
      ORDER BY event_number NULLS FIRST, id LIMIT {WINDOW}) AS due
ORDER BY event_number NULLS FIRST, id
"""
# They come back by themselves after an hour, should what they wait for have been erased.
_SET_ASIDE = "UPDATE webhook_delivery SET next_attempt_at = now() + interval '1 hour' WHERE id = ANY($1::bigint[])"
_NEXT_OF = " UNION ALL ".join(
    f"SELECT next.id FROM (SELECT DISTINCT {name} FROM webhook_delivery WHERE id = ANY($2::bigint[])) AS over,"
    f" LATERAL (SELECT id FROM webhook_delivery d WHERE {_PUT_OFF} AND d.{name} = over.{name} AND attempts = 0"
    f" ORDER BY event_number LIMIT {LANE}) AS next"
    for name in _SHARED
)
_COME_BACK = f"UPDATE webhook_delivery SET next_attempt_at = now() WHERE id IN ({_NEXT_OF})"
_SOONEST = """
SELECT min(next_attempt_at) FROM webhook_delivery
WHERE webhook_id = $1 AND status = 'PENDING' AND (event_number IS NULL OR $3 AND event_number <= $2)
"""
_BODIES = "SELECT id, body FROM webhook_delivery WHERE id = ANY($1::bigint[])"
_TRIED = """
UPDATE webhook SET failing_since = CASE WHEN $3 THEN NULL WHEN $4 THEN coalesce(failing_since, now())
                                        ELSE failing_since END
WHERE id = $1 AND lease = $2
RETURNING active AND coalesce(failing_since < now() - interval '5 days', false) AS over
"""
_SETTLE = f"""
UPDATE webhook_delivery d
SET attempts = d.attempts + 1, response_status = t.status, error_message = t.error,
    attempt_log = (CASE WHEN jsonb_array_length(d.attempt_log) >= {MOST_TRIES_KEPT} THEN d.attempt_log - 0
                        ELSE d.attempt_log END) || t.entry,
    give_up_at = t.until, delivered_at = CASE WHEN t.error IS NULL THEN now() END,
    status = CASE WHEN t.error IS NULL THEN 'DELIVERED' WHEN t.again > t.until THEN 'FAILED' ELSE 'PENDING' END,
    next_attempt_at = CASE WHEN t.error IS NOT NULL AND t.again <= t.until THEN t.again END
FROM (
  -- Of one that began anew meanwhile, at another URL perhaps, a failure does not count.
  SELECT r.*, now() + r.pause * interval '1 second' AS again,
         coalesce(w.give_up_at, now() + interval '3 days') AS until
  FROM unnest($1::bigint[], $2::int[], $3::text[], $4::jsonb[], $5::float8[], $6::int[])
    AS r(id, status, error, entry, pause, attempts)
  JOIN webhook_delivery w USING (id)
) AS t
WHERE d.id = t.id AND d.status = 'PENDING' AND (t.error IS NULL OR d.attempts = t.attempts)
RETURNING d.id, d.status
"""


@dataclass(frozen=True, slots=True)
class _Round:
    webhook: Webhook
    ready: list[Record]
    """What is due and waits for nothing but others of these, in order."""
    more: bool
    """There is more than was looked at."""
    due: datetime | None
    """When the first of those that pause is tried again, where nothing is ready."""


@dataclass(frozen=True, slots=True)
class _Try:
    delivery: Record
    status: int | None
    error: str | None
    entry: dict[str, Any]


async def ring_due() -> None:
    """Rings for webhooks that have something to be told."""
    for row in await connect.rows(_DUE):
        ring("deliver", row["id"])


async def deliver(webhook_id: int) -> None:
    """Tells a webhook of all that is due, unless somebody does so already. It may be killed at any point."""
    # Whoever is stopped leaves it due at once, whoever fails holds it a little longer.
    lease, due, leave = uuid.uuid4().hex, datetime.fromtimestamp(0, UTC), _RELEASE
    try:
        async with posting(seconds=TIMEOUT, anywhere=not get_settings().production) as post:
            while (found := await _begin(webhook_id, lease)) is not None:
                if found.ready:
                    if not await _settle(webhook_id, lease, await _post_all(post, found)):
                        return
                elif not found.more:
                    due = found.due
                    break
    except connect.TRANSIENT:
        raise  # A deadlock, or PostgreSQL away for a moment: it may go well at once.
    except Exception:
        leave = _FALTER
        raise
    finally:
        await connect.execute(leave, webhook_id, lease, due)


async def _begin(id: int, lease: str) -> _Round | None:
    """Holds the webhook, and makes deliveries of what comes next; nothing where somebody else holds it."""
    async with transaction():
        if (row := await connect.row(_CLAIM, id, lease)) is None:
            return None
        webhook = as_row(Webhook, row)
        more = webhook.active and await _take(webhook)
        where = (id, webhook.position, webhook.active)
        due = await connect.rows(_WINDOW, *where)
        ready, aside = sifted(due, LANE if len(due) == WINDOW else WINDOW)
        if aside:
            await connect.execute(_SET_ASIDE, aside)
        return _Round(
            webhook, ready, more or len(due) == WINDOW, None if ready else await connect.value(_SOONEST, *where)
        )


async def _take(webhook: Webhook) -> bool:
    """Makes deliveries of the next events, as far as the window has room; whether there may be more."""
    room = min(_BATCH, await connect.value(_ROOM, webhook.id, webhook.position))
    if room <= 0:
        return False
    types = frozenset(map(EventType, webhook.events))
    reading = await log.read(webhook.position, room, EventFilter(types=types))
    if reading.trimmed_to > webhook.position:
        logger.warning("webhook_missed_events", webhook_id=webhook.id, after=webhook.position, to=reading.trimmed_to)
    events = reading.events
    if events:
        await connect.execute(
            _ADD,
            webhook.id,
            [event.number for event in events],
            [event.type.value for event in events],
            await payload.bodies(events),
            [f"{event.subject_type}:{event.subject_id}" for event in events],
            [event.conversation_id for event in events],
            [event.campaign_id for event in events],
            [event.contact_id for event in events],
        )
    more = len(events) == room
    webhook.position = events[-1].number if more else max(webhook.position, reading.head)
    await connect.execute("UPDATE webhook SET position = $2 WHERE id = $1", webhook.id, webhook.position)
    return more


def sifted(rows: Sequence[Record], most: int) -> tuple[list[Record], list[int]]:
    """Of rows, in order: those that may go, at most so many that share a key, and the ids of those set aside."""
    ready, aside = list[Record](), list[int]()
    counts, closed = Counter[str](), set[str]()
    for row in rows:
        keys = _keys(row)
        if row["behind"] or not closed.isdisjoint(keys) or any(counts[key] >= most for key in keys):
            # Whatever shares a key with it comes after it.
            closed.update(keys)
            aside.append(row["id"])
        else:
            counts.update(keys)
            ready.append(row)
    return ready, aside


def _keys(row: Record) -> list[str]:
    """What it shares with those that it waits for; a test waits for nobody."""
    if row["event_number"] is None:
        return []
    return [f"{name} {row[name]}" for name in _SHARED if row[name] is not None]


async def _post_all(post: Post, found: _Round) -> list[_Try]:
    """Posts what is ready: each once those before it were answered with 2xx, and beside all others."""
    ids = [row["id"] for row in found.ready]
    bodies = {row["id"]: row["body"].encode() for row in await connect.rows(_BODIES, ids)}
    end, places, tries = time.monotonic() + _ROUND, asyncio.Semaphore(AT_ONCE), list[_Try]()

    async def tell(row: Record, before: Sequence[asyncio.Task[bool]]) -> bool:
        for one in before:
            if not await one:
                return False
        async with places:
            if time.monotonic() > end or row["id"] not in bodies:
                return False
            tries.append(tried := await _post(post, found.webhook, row, bodies[row["id"]]))
        return tried.error is None

    last = dict[str, asyncio.Task[bool]]()
    async with asyncio.TaskGroup() as group:
        for row in found.ready:
            keys = _keys(row)
            task = group.create_task(tell(row, [last[key] for key in keys if key in last]))
            last.update(dict.fromkeys(keys, task))
    return tries


async def _post(post: Post, webhook: Webhook, delivery: Record, body: bytes) -> _Try:
    at, begun, answer, error = datetime.now(UTC), time.monotonic(), None, None
    try:
        signed = headers(global_id("WebhookDelivery", delivery["id"]), at, body, _secrets(webhook, at))
        answer = await post(webhook.url, body, signed)
        if not 200 <= answer.status < 300:
            error = f"It answered HTTP {answer.status}."
    except UnfetchableError as failure:
        error = failure.words
    except SecretError as failure:
        error = str(failure)
    entry = {
        "attempted_at": at.isoformat(),
        "duration_ms": round((time.monotonic() - begun) * 1000),
        "response_status": answer and answer.status,
        "response_excerpt": answer and answer.beginning,
        "error_message": error,
    }
    return _Try(delivery, answer and answer.status, error, entry)


def _secrets(webhook: Webhook, now: datetime) -> list[str]:
    """Those that are valid, the newest first."""
    old = webhook.old_sealed if webhook.old_until is not None and now < webhook.old_until else None
    return [unseal(sealed) for sealed in (webhook.sealed, old) if sealed is not None]


async def _settle(id: int, lease: str, tries: Sequence[_Try]) -> bool:
    """Writes what became of a round; false where the webhook is somebody else's by now, or gone."""
    # A test says nothing of events.
    went = [one.error is None for one in tries if one.delivery["event_number"] is not None]
    async with transaction():
        if (row := await connect.row(_TRIED, id, lease, any(went), not all(went))) is None:
            return False
        settled = await connect.rows(
            _SETTLE,
            [one.delivery["id"] for one in tries],
            [one.status for one in tries],
            [one.error for one in tries],
            [orjson.dumps(one.entry).decode() for one in tries],
            [pause(one.delivery["attempts"]) for one in tries],
            [one.delivery["attempts"] for one in tries],
        )
        await connect.execute(_COME_BACK, id, [one["id"] for one in settled if one["status"] != "PENDING"])
        if row["over"]:
            sql = "UPDATE webhook SET active = false, disabled_at = now(), updated_at = now() WHERE id = $1"
            await connect.execute(sql, id)
            record(EventType.WEBHOOK_DISABLED, "Webhook", id)
    return True


def pause(tries: int) -> float:
    """Seconds until the next try after so many before this: 5, doubled each time, up to 3 hours; half is chance."""
    return min(_FIRST_PAUSE * 2 ** min(tries, 20), _LONGEST_PAUSE) * random.uniform(0.5, 1.0)
