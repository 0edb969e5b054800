"""Dispatch: takes a sender's queue and sends it, at the sender's pace, few messages in flight at a time."""

import asyncio
import time

import structlog

from db.core.connect import TRANSIENT
from db.core.settings import get_settings
from db.core.transaction import ring
from domain import providers, senders
from domain.messages import dispatch as departures
from domain.messages.dispatch import Departure
from domain.providers.base import InDoubt, NotSent, Outcome, Provider, Refused, describe
from domain.providers.reactions import Reaction
from workers.core import pace
from workers.core.broker import actor
from workers.core.clock import every

log = structlog.get_logger()

LANES = 3
"""Chunks on their way at once: while one is posted, others are claimed and written down."""
MOST_IN_FLIGHT = 100
"""Messages of a sender that a crash may leave in doubt; never more than a quarter second of its pace."""
MOST_CLAIMED = 500
"""Messages taken from the queue at once, two seconds of the pace at most: a crash delays them by their lease."""
RUN_SECONDS = 5.0
"""After so long a run makes room for other senders and rings for the rest of its queue."""

SLOWER = 10
"""Places in the sender's pace that are left empty for each message that WhatsApp found too fast: at 80 a second and a
limit of 20, four in five of what is posted gets through."""

MOST_PAUSE = 5.0
"""Seconds from the commit that lets messages leave to their POST: their lease is so much longer than a POST may take. A
worker that was frozen in between posts nothing, since another one may have sent them meanwhile."""

Chunk = list[Departure]


_rung_again: dict[int, bool] = {}
"""Senders that this process is sending for, and whether someone rang for them meanwhile."""


@actor()
async def dispatch(sender_id: int) -> None:
    """Sends what is due from a sender, for some seconds at most; one run at a time here, however often it is rung."""
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


async def _run(sender_id: int) -> bool:
    """Whether something is left to send."""
    account = await senders.account(sender_id)
    if account is None:
        return False
    rate = get_settings().send_rate
    size = max(1, min(MOST_IN_FLIGHT, int(rate / 4)) // LANES)
    line: asyncio.Queue[Chunk | None] = asyncio.Queue(LANES)
    api = providers.of(account)
    broken = asyncio.Event()
    lanes = [asyncio.create_task(_lane(line, broken, api, sender_id, rate)) for _ in range(LANES)]
    try:
        rest = await _claim(line, broken, sender_id, size, most=max(size, min(MOST_CLAIMED, int(rate * 2))))
    finally:
        for _ in lanes:
            await line.put(None)
        # Lanes are never cancelled: what they have posted must be written down.
        results = await asyncio.gather(*lanes, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return rest


async def _claim(
    line: "asyncio.Queue[Chunk | None]", broken: asyncio.Event, sender_id: int, size: int, most: int
) -> bool:
    """Fills the line with claimed chunks until the queue is empty or time is up; whether something is left."""
    end = time.monotonic() + RUN_SECONDS
    while time.monotonic() < end:
        claimed = await departures.claim(sender_id, most)
        for start in range(0, len(claimed), size):
            if broken.is_set():
                return True
            await line.put(claimed[start : start + size])
        if len(claimed) < most:
            return False
    return True


async def _lane(
    line: "asyncio.Queue[Chunk | None]", broken: asyncio.Event, api: Provider, sender_id: int, rate: float
) -> None:
    """Sends chunks until there are no more. When it fails, what is left goes back to the queue as its lease ends."""
    try:
        while (chunk := await line.get()) is not None:
            await _send(chunk, api, sender_id, rate)
    except BaseException:
        broken.set()
        while await line.get() is not None:
            continue
        raise


async def _send(chunk: Chunk, api: Provider, sender_id: int, rate: float) -> None:
    ready = [departure for departure in chunk if departure.refusal is None]
    refused = [(departure, Refused(departure.refusal)) for departure in chunk if departure.refusal]
    await pace.take(sender_id, len(ready), rate)
    begun = time.monotonic()
    leaving = await departures.depart(ready) if ready else []
    if time.monotonic() - begun < MOST_PAUSE:
        answers = await asyncio.gather(*(api.send(d.outgoing) for d in leaving if d.outgoing), return_exceptions=True)
        outcomes = [_outcome(answer) for answer in answers]
    else:
        outcomes = [NotSent("The worker stood still.")] * len(leaving)
    await _settle([*zip(leaving, outcomes, strict=True), *refused])
    if hurried := sum(isinstance(o, Refused) and o.error.reaction is Reaction.SLOW for o in outcomes):
        await pace.reserve(sender_id, SLOWER * hurried, rate)


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
        except TRANSIENT as error:
            log.warning("settle_again", error=repr(error), messages=len(outcomes))
            await asyncio.sleep(delay)
    return await departures.settle(outcomes)


every(1.0)(departures.expire_leases)
every(1.0)(departures.decide_doubts)
every(5.0)(departures.cancel_orphans)
every(1.0)(departures.ring_queues)
