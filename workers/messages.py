"""Dispatch: takes a sender's queue and sends it, at the sender's pace, few messages in flight at a time."""

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field

import structlog
from asyncpg import UniqueViolationError
from redis.exceptions import RedisError

from db.core.connect import TRANSIENT
from db.core.pace import PATIENCE, look, reserve
from db.core.transaction import ring
from db.messages import reach
from domain import providers, senders
from domain.core import traffic
from domain.messages import beforehand
from domain.messages import dispatch as departures
from domain.messages.carrying import carry
from domain.messages.dispatch import Departure
from domain.providers.base import Accepted, InDoubt, NotSent, Outcome, Outgoing, Provider, Refused, describe
from domain.providers.reactions import SLOWING, Reaction
from domain.senders import Departing
from workers.core.broker import actor, thread_wanted
from workers.core.clock import every

log = structlog.get_logger()

LANES = 3
"""Chunks on their way at once: while one is posted, others are claimed and written down."""
MOST_IN_FLIGHT = 100
"""Messages of a sender that a crash may leave in doubt; never more than a quarter second of its pace."""
MOST_CLAIMED = 500
"""Messages taken from the queue at once, two seconds of the pace at most: a crash delays them by their lease."""
RUN_SECONDS = 5.0
"""After so long a run makes room for other jobs, if any wait, and rings for the rest of its queue; else it looks at its
sender anew and goes on. At each end of a run its last chunks are waited for, and places of the pace pass unused."""

MOST_PAUSE = 5.0
"""Seconds from the commit that lets messages leave to their POST: their lease is so much longer than a POST may take. A
worker that was frozen in between posts nothing, since another one may have sent them meanwhile."""

Chunk = list[Departure]

_CHANGING = {*SLOWING, Reaction.CLOSE_COUNTRY}
"""What WhatsApp answers that makes a sender send otherwise from there on."""

_WORDS = {Accepted: "accepted", Refused: "refused", NotSent: "not_sent", InDoubt: "in_doubt"}


_rung_again: dict[int, bool] = {}
"""Senders that this process is sending for, and whether someone rang for them meanwhile."""


@actor()
async def dispatch(sender_id: int) -> None:
    """Sends what is due from a sender; one run at a time here, however often it is rung."""
    if sender_id in _rung_again:
        _rung_again[sender_id] = True
        return
    _rung_again[sender_id] = False
    try:
        rest = await _run(sender_id)
    finally:
        rung = _rung_again.pop(sender_id)
    if rest or rung:
        ring("dispatch", sender_id)


@dataclass
class _Run:
    """A run of a sender: a line of claimed chunks, which its lanes send until it stops."""

    sender: Departing
    api: Provider
    line: "asyncio.Queue[Chunk | None]" = field(default_factory=lambda: asyncio.Queue(LANES))
    unplaced: int = 0
    """Messages that are claimed and have no place in the pace yet."""
    accepted: bool = False
    """Whether WhatsApp took anything."""
    stopped: bool = False
    """Nothing more is sent: what is claimed goes back to the queue."""


async def _run(sender_id: int) -> bool:
    """Whether something is left to send that may leave soon."""
    if (sender := await senders.departing(sender_id)) is None:
        return False
    run = _Run(sender, providers.of(sender.account))
    lanes = [asyncio.create_task(_lane(run)) for _ in range(LANES)]
    try:
        rest = await _claim(run)
    finally:
        for _ in lanes:
            await run.line.put(None)
        # Lanes are never cancelled: what they have posted must be written down.
        results = await asyncio.gather(*lanes, return_exceptions=True)
    await _note(run)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return rest


async def _claim(run: _Run) -> bool:
    """Fills the line with claimed chunks until the queue is empty or its thread is wanted; whether something is left.

    No more is claimed than has its place in the pace soon: the rest stays in the queue, and the clock rings for it.
    """
    end = time.monotonic() + RUN_SECONDS
    while not run.stopped:
        if time.monotonic() >= end:
            if thread_wanted() or not await _renew(run):
                return True
            end = time.monotonic() + RUN_SECONDS
        pace = run.sender.pace
        size = 1 if pace.delay else max(1, min(MOST_IN_FLIGHT, int(pace.rate / 4)) // LANES)
        wait, left = await look(pace)
        patience = PATIENCE - wait - run.unplaced / pace.mean
        left = MOST_CLAIMED if left is None else left - run.unplaced
        if patience <= 0 or left <= 0:
            return False
        most = max(1, min(MOST_CLAIMED, int(pace.mean * min(2.0, patience)), left))
        claimed = await departures.claim(
            pace.sender_id, most, portfolio=run.sender.portfolio, closed=run.sender.closed_countries
        )
        run.unplaced += len(claimed)
        for start in range(0, len(claimed), size):
            if run.stopped:
                await departures.give_back(claimed[start:])
                return True
            await run.line.put(claimed[start : start + size])
        if len(claimed) < most:
            return False
    return True


async def _renew(run: _Run) -> bool:
    """Looks at the sender anew: its pace, its token, what is closed to it; whether it may still send."""
    await _note(run)
    if (sender := await senders.departing(run.sender.pace.sender_id)) is None:
        return False
    run.sender, run.api = sender, providers.of(sender.account)
    return True


async def _note(run: _Run) -> None:
    """Says that WhatsApp has taken something, from which on its statuses are waited for."""
    if run.accepted:
        run.accepted = False
        await senders.has_sent(run.sender.pace.sender_id)


async def _lane(run: _Run) -> None:
    """Sends chunks until there are no more. When it fails, what is left goes back to the queue at once."""
    try:
        while (chunk := await run.line.get()) is not None:
            await (departures.give_back(chunk) if run.stopped else _send(run, chunk))
    except BaseException:
        run.stopped = True
        while (chunk := await run.line.get()) is not None:
            await departures.give_back(chunk)
        raise


async def _send(run: _Run, chunk: Chunk) -> None:
    chunk = await carry(run.sender.account, chunk)
    ready = [departure for departure in chunk if departure.outcome is None]
    settled = [(departure, departure.outcome) for departure in chunk if departure.outcome]
    try:
        wait = await reserve(run.sender.pace, len(ready)) if ready else 0.0
    except RedisError:
        await departures.give_back(chunk)
        raise
    run.unplaced -= len(chunk)
    if wait is None:
        run.stopped = True
        await departures.give_back(chunk)
        return
    if wait > 0:
        await asyncio.sleep(wait)
    ready, early = await beforehand.prepare(run.api, ready)
    begun = time.monotonic()
    leaving = await departures.depart(ready) if ready else []
    if time.monotonic() - begun < MOST_PAUSE:
        answers = await asyncio.gather(
            *(_post(run, departure.outgoing) for departure in leaving if departure.outgoing), return_exceptions=True
        )
        outcomes = [_outcome(answer) for answer in answers]
    else:
        outcomes = [NotSent("The worker stood still.")] * len(leaving)
    await _settle([*zip(leaving, outcomes, strict=True), *settled, *early])
    became = Counter(_WORDS[type(outcome)] for outcome in outcomes)
    for word in _WORDS.values():
        # Also of none: of what is not there before its first one no rate is known.
        traffic.SENDS.labels(run.sender.phone_number, word).inc(became[word])
    traffic.tally["sent"] += became["accepted"]
    run.accepted |= any(isinstance(outcome, Accepted) for outcome in outcomes)
    if any(isinstance(outcome, Refused) and outcome.error.reaction in _CHANGING for outcome in outcomes):
        # The next run goes by what was written down of it.
        run.stopped = True


async def _post(run: _Run, message: Outgoing) -> Outcome:
    begun = time.perf_counter()
    outcome = await run.api.send(message)
    taken = traffic.PROVIDER.labels(run.sender.account.provider, _WORDS[type(outcome)])
    taken.observe(time.perf_counter() - begun)
    return outcome


def _outcome(answer: Outcome | BaseException) -> Outcome:
    """What became of a send; a fault of ours in the midst of one leaves it in doubt, and its neighbours alone."""
    if not isinstance(answer, BaseException):
        return answer
    log.error("send_failed", error=describe(answer))
    return InDoubt(describe(answer))


async def _settle(outcomes: list[tuple[Departure, Outcome]]) -> None:
    """Keeps trying for half a minute: an answer that is lost here would be in doubt until its receipt."""
    for delay in (0.1, 0.5, 1.0, 2.0, 4.0, 8.0, 14.0):
        try:
            return await departures.settle(outcomes)
        except (*TRANSIENT, UniqueViolationError) as error:
            # The latter: another message has got the same id from WhatsApp at this moment.
            log.warning("settle_again", error=repr(error), messages=len(outcomes))
            await asyncio.sleep(delay)
    return await departures.settle(outcomes)


every(1.0)(departures.expire_leases)
every(1.0)(departures.decide_doubts)
every(5.0)(departures.cancel_orphans)
every(1.0)(departures.ring_queues)
every(600.0)(reach.trim)
