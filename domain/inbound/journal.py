"""The journal: what was kept raw is taken up from there, in any order and however often it comes."""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

import orjson
import structlog
from asyncpg import QueryCanceledError, Record

from db.core import connect
from db.core.connect import TRANSIENT
from db.core.transaction import ring, transaction
from db.senders import SenderProvider
from domain.core import traffic
from domain.inbound import cloud, effects, waha
from domain.inbound.envelope import Envelope
from domain.inbound.wire import kept

log = structlog.get_logger()

KEPT_DAYS = 7
"""Days that a post stays after it was taken up: as long as Meta repeats one."""

READERS: Mapping[str, Callable[[bytes, datetime], Envelope]] = {
    SenderProvider.CLOUD_API: cloud.read,
    SenderProvider.WAHA: waha.read,
}
"""How the posts of each provider are read; readers never raise."""

_LOCK = 0x7469_696E
_POSTS, _BYTES = 200, 8_000_000
"""How much one transaction takes up, at most (one post at least)."""
_RUN_SECONDS = 5.0
_STATEMENT_SECONDS = 20
"""How long one statement may take. A worker that freezes while PostgreSQL waits for the rest of what it says keeps the
journal as long: that is no idle transaction, which would end after 10 s."""
_PASSING = (*TRANSIENT, QueryCanceledError)
"""What should pass with time: it speaks against no post."""
MOST_TRIES = 6
"""Tries of a post that fails each time for what should pass with time: the last comes 23 minutes after the first."""

_NEXT = """
SELECT id, octet_length(body) AS size, tries FROM inbound_post
WHERE done_at IS NULL AND (retry_at IS NULL OR retry_at <= now()) ORDER BY id LIMIT $1
"""

# At once after the first try, when each is tried alone; then after 4, 16, 64 … seconds.
_PUT_OFF = """
UPDATE inbound_post
SET tries = tries + 1, retry_at = CASE WHEN tries > 0 THEN now() + make_interval(secs => 4.0 ^ tries) END
WHERE id = ANY($1) AND done_at IS NULL
"""

_TAKE = """
UPDATE inbound_post SET done_at = now() WHERE id = ANY($1) AND done_at IS NULL RETURNING id, provider, body, created_at,
  extract(epoch FROM clock_timestamp() - created_at)::float8 AS lag
"""


# ---------------------------------------------------------------------------
# Taking up
# ---------------------------------------------------------------------------


async def drain() -> bool:
    """Takes up what waits, for some seconds at most; whether something is left. Only one drains at a time.

    Whoever finds another at it may go: the other looks for more after its commit, and so sees what the first came for.
    """
    end = time.monotonic() + _RUN_SECONDS
    while posts := await _next():
        if time.monotonic() > end:
            return True
        if posts[0]["tries"] >= MOST_TRIES:
            await _salvage(posts[0]["id"])
        elif not await _take_up([post["id"] for post in posts]):
            return False
    return False


async def _next() -> list[Record]:
    """The oldest posts that are due, as many as one transaction bears; those that were put off one by one."""
    posts: list[Record] = []
    size = 0
    for post in await connect.rows(_NEXT, _POSTS):
        size += post["size"]
        if posts and (size > _BYTES or post["tries"]):
            break
        posts.append(post)
        if post["tries"]:
            break
    return posts


async def _take_up(ids: Sequence[int], *, patient: bool = False) -> bool:
    """Takes posts up, all in one transaction with what they change; false when another is at it.

    When that fails it takes them up by halves, and at last by elements, so that one that is poison spoils no other.
    What should pass with time puts them off.
    """
    try:
        async with transaction():
            if not await _alone(patient=patient):
                return False
            whole, errors, lags = Envelope(), list[tuple[int, list[str]]](), list[tuple[str, float]]()
            # In the order they came: RETURNING has none of its own.
            for post in sorted(await connect.rows(_TAKE, list(ids)), key=lambda post: post["id"]):
                envelope = _read(post)
                whole.add(envelope)
                errors.append((post["id"], envelope.errors))
                lags.append((post["provider"], post["lag"]))
            await effects.apply(whole)
            await _note(errors)
    except _PASSING as error:
        await _put_off(ids, error)
    except Exception:
        log.exception("inbound_taken_apart", posts=len(ids))
        if len(ids) == 1:
            await _salvage(ids[0])
        else:
            half = len(ids) // 2
            await _take_up(ids[:half], patient=True)
            await _take_up(ids[half:], patient=True)
    else:
        for provider, lag in lags:
            traffic.WEBHOOKS.labels(provider).observe(lag)
    return True


async def _alone(*, patient: bool) -> bool:
    """Whether nobody else takes up until the transaction ends; the patient wait for it.

    One at a time is enough (it batches), and two would wait for each other's rows in circles.
    """
    limit = f"set_config('statement_timeout', '{_STATEMENT_SECONDS * 1000:.0f}', true)"
    if patient:
        await connect.execute(f"SELECT pg_advisory_xact_lock($1), {limit}", _LOCK)
        return True
    return await connect.value(f"SELECT pg_try_advisory_xact_lock($1), {limit}", _LOCK)


async def _put_off(ids: Sequence[int], error: BaseException) -> None:
    """Lets others go first; raises while PostgreSQL is away, since then nothing speaks against these posts."""
    await connect.execute(_PUT_OFF, list(ids))
    log.warning("inbound_put_off", posts=list(ids), error=repr(error))


async def _salvage(id: int) -> None:
    """Takes up what can be of a post that failed, element by element, and parks it with what was wrong."""
    post = await connect.row(
        "SELECT id, provider, body, created_at, tries FROM inbound_post WHERE id = $1 AND done_at IS NULL", id
    )
    if post is None:
        return
    envelope = _read(post)
    errors = envelope.errors
    for element in envelope.each():
        try:
            async with transaction():
                await _alone(patient=True)
                await effects.apply(element)
        except Exception as error:
            if isinstance(error, _PASSING) and post["tries"] < MOST_TRIES:
                await _put_off([id], error)
                return
            log.exception("inbound_element_failed", post_id=id)
            errors.append(f"{element}: {error!r}"[:2000])
    async with transaction():
        await connect.rows(_TAKE, [id])
        await _note([(id, errors)])


def _read(post: Record) -> Envelope:
    """Readers note what they do not understand; one that fails all the same must not hold up the journal for good."""
    try:
        return READERS[post["provider"]](post["body"], post["created_at"])
    except Exception as error:
        log.exception("inbound_reader_failed", post_id=post["id"])
        return Envelope(errors=[f"It could not be read: {error!r}"[:2000]])


async def _note(errors: Sequence[tuple[int, list[str]]]) -> None:
    told = [(id, orjson.dumps(kept(words)).decode()) for id, words in errors if words]
    if told:
        log.warning("inbound_not_understood", posts=[id for id, _ in told])
        await connect.execute(
            "UPDATE inbound_post SET errors = e.errors FROM unnest($1::bigint[], $2::jsonb[]) AS e(id, errors)"
            " WHERE inbound_post.id = e.id",
            *map(list, zip(*told, strict=True)),
        )


# ---------------------------------------------------------------------------
# What the clock does for the journal
# ---------------------------------------------------------------------------


async def ring_if_open() -> None:
    """Rings while something waits: makes up for rings that were lost."""
    if await connect.rows(_NEXT, 1):
        ring("ingest")


async def take_up_waiting() -> None:
    """Applies what waited for a message that has become known; without one statuses are dropped after a day.

    What is written of other messages stays as long as WhatsApp may still post these.
    """
    await effects.settle_waiting()
    sql = "DELETE FROM waiting_status WHERE created_at < now() - interval '1 day'"
    if dropped := await connect.execute(sql):
        log.info("statuses_dropped", count=dropped)
    await connect.execute(
        "DELETE FROM waiting_amendment WHERE created_at < now() - $1::interval", timedelta(days=KEPT_DAYS)
    )


async def trim() -> None:
    """Forgets posts that were taken up more than seven days ago, in batches from the oldest on that each commit."""
    while await connect.execute(
        "DELETE FROM inbound_post WHERE id = ANY(ARRAY(SELECT id FROM"
        " (SELECT id, created_at, done_at FROM inbound_post ORDER BY id LIMIT 5000) AS oldest"
        " WHERE done_at IS NOT NULL AND created_at < now() - $1::interval))",
        timedelta(days=KEPT_DAYS),
    ):
        pass
