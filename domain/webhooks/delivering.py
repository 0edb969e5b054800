"""Telling webhooks of events: the log is read by whoever holds the webhook's lease, in rounds that each commit.

A round makes deliveries of the next events, posts what is due, and writes what became of it. Whoever is killed in
between leaves deliveries PENDING, which the next one posts again once the lease has run out: nothing is lost, and
nothing that comes later in a conversation or campaign is posted before.
"""

import asyncio
import random
import time
import uuid
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import takewhile
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
"""Events that wait for one webhook, at most; the rest waits in the log."""
MOST_TRIES_KEPT = 50
_BATCH = 500
_ROUND = 5.0
"""Seconds after which a round begins no more posts: with the last of them it ends before its lease of 30 s does."""
_FIRST_PAUSE, _LONGEST_PAUSE = 5.0, 3 * 3600.0

Post = Callable[[str, bytes, Mapping[str, str]], Awaitable[Answer]]

# One that waits, unless the window is full: then its first pause to end is when it is due. A lease that has run out is
# that of a process which was killed.
_DUE = f"""
SELECT w.id FROM webhook w,
  (SELECT greatest((SELECT trimmed_to FROM event_log), (SELECT max(number) FROM event)) AS head) log
WHERE (w.lease IS NULL OR w.leased_until < now())
  AND (w.lease IS NOT NULL OR w.due_at <= now() OR w.active AND w.position < log.head AND {WINDOW} > (
    SELECT count(*) FROM webhook_delivery d
    WHERE d.webhook_id = w.id AND d.status = 'PENDING' AND d.event_number <= w.position))
"""
_CLAIM = """
UPDATE webhook SET lease = $2, leased_until = clock_timestamp() + interval '30 seconds', due_at = NULL
WHERE id = $1 AND (lease IS NULL OR lease = $2 OR leased_until < now()) RETURNING *
"""
_RELEASE = """
UPDATE webhook SET lease = NULL, leased_until = NULL, due_at = least(due_at, $3) WHERE id = $1 AND lease = $2
"""
_WAITING = """
SELECT count(*) FROM webhook_delivery WHERE webhook_id = $1 AND status = 'PENDING' AND event_number <= $2
"""
# A replay comes to events that were told before: they keep their ids, by which receivers know them.
_ADD = """
INSERT INTO webhook_delivery (webhook_id, event_number, type, body, subject, conversation_id, campaign_id, contact_id,
                              attempt_log)
SELECT $1, e.*, '[]' FROM unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[],
                                 $8::bigint[]) AS e
ON CONFLICT (webhook_id, event_number)
DO UPDATE SET status = 'PENDING', next_attempt_at = now(), give_up_at = NULL, delivered_at = NULL
"""
_PENDING = f"""
SELECT id, event_number, attempts, subject, conversation_id, campaign_id, next_attempt_at,
       next_attempt_at <= now() AS due
FROM webhook_delivery
WHERE webhook_id = $1 AND status = 'PENDING' AND (event_number IS NULL OR $3 AND event_number <= $2)
ORDER BY event_number NULLS FIRST, id LIMIT {WINDOW}
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
  SELECT r.*, now() + r.pause * interval '1 second' AS again,
         coalesce(w.give_up_at, now() + interval '3 days') AS until
  FROM unnest($1::bigint[], $2::int[], $3::text[], $4::jsonb[], $5::float8[]) AS r(id, status, error, entry, pause)
  JOIN webhook_delivery w USING (id)
) AS t
WHERE d.id = t.id AND d.status = 'PENDING'
"""


@dataclass(frozen=True, slots=True)
class _Round:
    webhook: Webhook
    chains: list[list[Record]]
    """What is due, by what must stay in order."""
    more: bool
    """The log holds more than was looked at."""
    due: datetime | None
    """When the first of those that pause is tried again."""


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
    # Whoever is stopped, or fails, leaves it due at once.
    lease, due = uuid.uuid4().hex, datetime.now(UTC)
    try:
        async with posting(seconds=TIMEOUT, anywhere=not get_settings().production) as post:
            while (found := await _begin(webhook_id, lease)) is not None:
                if found.chains:
                    if not await _settle(webhook_id, lease, await _post_all(post, found)):
                        return
                elif not found.more:
                    due = found.due
                    break
    finally:
        await connect.execute(_RELEASE, webhook_id, lease, due)


async def _begin(id: int, lease: str) -> _Round | None:
    """Holds the webhook, and makes deliveries of what comes next; nothing where somebody else holds it."""
    async with transaction():
        if (row := await connect.row(_CLAIM, id, lease)) is None:
            return None
        webhook = as_row(Webhook, row)
        more = webhook.active and await _take(webhook)
        pending = await connect.rows(_PENDING, id, webhook.position, webhook.active)
    chains = chained(pending)
    ready = [list(takewhile(lambda row: row["due"], chain)) for chain in chains]
    paused = [chain[len(first)] for chain, first in zip(chains, ready, strict=True) if len(first) < len(chain)]
    return _Round(
        webhook,
        [chain for chain in ready if chain],
        more,
        min((row["next_attempt_at"] for row in paused), default=None),
    )


async def _take(webhook: Webhook) -> bool:
    """Makes deliveries of the next events, as far as the window has room; whether there may be more."""
    room = min(_BATCH, WINDOW - await connect.value(_WAITING, webhook.id, webhook.position))
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


def chained(rows: Iterable[Record]) -> list[list[Record]]:
    """Rows, in their order, in lists of those that have a subject, conversation or campaign in common with another."""
    parent = dict[str, str]()

    def root(key: str) -> str:
        while (above := parent.setdefault(key, key)) != key:
            parent[key] = parent[above]
            key = above
        return key

    chains: defaultdict[str, list[Record]] = defaultdict(list)
    for row in rows:
        for key in _keys(row):
            parent[root(key)] = root(_keys(row)[0])
    for row in rows:
        chains[root(_keys(row)[0])].append(row)
    return list(chains.values())


def _keys(row: Record) -> list[str]:
    # A test waits for nobody.
    if row["event_number"] is None:
        return [f"test {row['id']}"]
    shared = (("conversation", row["conversation_id"]), ("campaign", row["campaign_id"]))
    return [row["subject"], *(f"{kind} {id}" for kind, id in shared if id is not None)]


async def _post_all(post: Post, found: _Round) -> list[_Try]:
    """Posts what is due: chains beside one another, each in order, and none on after a failure."""
    ids = [row["id"] for chain in found.chains for row in chain]
    bodies = {row["id"]: row["body"].encode() for row in await connect.rows(_BODIES, ids)}
    end, places, tries = time.monotonic() + _ROUND, asyncio.Semaphore(AT_ONCE), list[_Try]()

    async def tell(chain: Sequence[Record]) -> None:
        async with places:
            for row in chain:
                if time.monotonic() > end or row["id"] not in bodies:
                    return
                tries.append(tried := await _post(post, found.webhook, row, bodies[row["id"]]))
                if tried.error is not None:
                    return

    async with asyncio.TaskGroup() as group:
        for chain in found.chains:
            group.create_task(tell(chain))
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
    counted = [one.error is None for one in tries if one.delivery["event_number"] is not None]
    async with transaction():
        row = await connect.row(_TRIED, id, lease, any(one.error is None for one in tries), not all(counted))
        if row is None:
            return False
        await connect.execute(
            _SETTLE,
            [one.delivery["id"] for one in tries],
            [one.status for one in tries],
            [one.error for one in tries],
            [orjson.dumps(one.entry).decode() for one in tries],
            [pause(one.delivery["attempts"]) for one in tries],
        )
        if row["over"]:
            sql = "UPDATE webhook SET active = false, disabled_at = now(), updated_at = now() WHERE id = $1"
            await connect.execute(sql, id)
            record(EventType.WEBHOOK_DISABLED, "Webhook", id)
    return True


def pause(tries: int) -> float:
    """Seconds until the next try after so many before this: 5, doubled each time, up to 3 hours; half is chance."""
    return min(_FIRST_PAUSE * 2 ** min(tries, 20), _LONGEST_PAUSE) * random.uniform(0.5, 1.0)
