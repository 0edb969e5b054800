"""The run of a campaign, for the workers and for whoever starts, pauses and ends one.

Who may do so is asked where people call (writing.py); each step here is one of a transaction, and tells of itself.
"""

from collections.abc import Sequence

from asyncpg import Record

from db.campaigns import hold, run, tally
from db.campaigns.telling import tell
from db.core.transaction import ring, transaction
from db.events import EventType
from db.messages.parking import CAMPAIGN
from domain.messages.announce import announce

LIVE = ("RUNNING", "PAUSED")
_CANCELLED_AT_ONCE = 2000
"""Each tells of itself, and nobody else tells anything while the events of a transaction are written."""


async def begin(ids: Sequence[int], *, actor_id: int | None = None, agreed: bool = False) -> list[int]:
    """The one way into RUNNING, inside the caller's transaction; answers which came through: those that may be sent.

    `agreed`: somebody wants them sent, for whatever WhatsApp takes their templates now, and though they were paused.
    hold.why() says why one did not come through.
    """
    if agreed:
        await hold.agree(ids)
    begun = await run.begin(ids) if ids else []
    return await _moved(begun, actor_id)


async def resume(id: int, *, actor_id: int | None = None) -> bool:
    """Lets a PAUSED campaign go on; whether it does."""
    return bool(await begin([id], actor_id=actor_id, agreed=True))


async def pause(id: int, *, actor_id: int | None = None) -> bool:
    """Holds a RUNNING campaign until somebody resumes it; whether it was RUNNING."""
    return bool(await _moved(await run.put(id, "PAUSED", ("RUNNING",)), actor_id))


async def stop(id: int, *, actor_id: int | None = None) -> bool:
    """Ends a campaign for good; whether it was SCHEDULED, RUNNING or PAUSED. What is queued is cancelled in chunks."""
    return bool(await _moved(await run.put(id, "STOPPED", ("SCHEDULED", *LIVE)), actor_id))


async def complete(id: int, *, actor_id: int | None = None) -> bool:
    """Has a campaign done as it is; whether it was RUNNING or PAUSED. What is queued is cancelled in chunks."""
    return bool(await _moved(await run.put(id, "COMPLETED", LIVE), actor_id))


async def _moved(moved: Sequence[Record], actor_id: int | None = None) -> list[int]:
    """Tells of campaigns that came to another status, and rings for what there is to do of them."""
    ids = [row["id"] for row in moved]
    await tell(
        EventType.CAMPAIGN_STATUS_CHANGED,
        [row["id"] for row in moved if row["was"] != row["status"]],
        actor_id=actor_id,
    )
    for id in ids:
        ring("fan_out_campaign", id)
    return ids


# ---------------------------------------------------------------------------
# For the workers
# ---------------------------------------------------------------------------


async def start_due(*, limit: int = 2000) -> list[int]:
    """Begins campaigns whose time has come or that may go on, and pauses those that must be; answers the begun.

    Any number of callers may do this at once: each takes others.
    """
    async with transaction():
        due = [*await run.due(limit), *await hold.turned(limit)]
        if held := [(row["id"], row["hold"]) for row in due if row["hold"]]:
            await _moved(await hold.hold(held))
        return await begin([row["id"] for row in due if not row["hold"]])


async def fan_out(id: int, *, chunk: int = 20_000) -> None:
    """Freezes the audience and queues a message for each recipient, a chunk a transaction, from where it stopped.

    Of two at once, one leaves it to the other. What was parked goes on, or is cancelled; the share of a sender that
    does not send moves to the others.
    """
    done = False
    while not done:
        async with transaction():
            if (fanning := await run.lock_fanning(id)) is None:
                break
            senders, done = await run.fan_out(fanning, chunk)
            for sender_id in senders:
                ring("dispatch", sender_id)
    moved = True
    while moved:
        async with transaction():
            cancelled = await CAMPAIGN.cancel(id, min(chunk, _CANCELLED_AT_ONCE))
            await announce(cancelled)
            gone = await CAMPAIGN.let_go(id, chunk)
            for sender_id in set(gone):
                ring("dispatch", sender_id)
        # By itself: it holds senders before it holds messages.
        async with transaction():
            shares = await run.move_shares(id, chunk)
            for sender_id in set(shares):
                ring("dispatch", sender_id)
        moved = bool(cancelled or gone or shares)
    await _end_done()


async def _end_done() -> None:
    """Completes campaigns of which every message is done: each once, with its event."""
    async with transaction():
        if done := await run.done():
            await _moved(await run.finish(done))


async def complete_all() -> None:
    """Ends what is done, and rings for each that stands still: makes up for lost rings and dead workers."""
    await _end_done()
    for id in {*await run.idle(), *await CAMPAIGN.parking()}:
        ring("fan_out_campaign", id)


async def fold() -> None:
    """Adds up what messages have told since the last time, and tells how far their campaigns have come."""
    async with transaction():
        await tell(EventType.CAMPAIGN_PROGRESS, await tally.fold())
