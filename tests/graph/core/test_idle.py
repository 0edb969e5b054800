"""Subscriptions that have seen all there is: woken by what is for them, by nothing else, and never set back."""

import asyncio
import random
from contextlib import aclosing

import pytest

from db.events import Event, EventFilter, EventType, Reading
from domain.core.access import SYSTEM
from domain.events import decode as place_of
from graph.core import live
from graph.core.live import Batch, Idle, Tailer, _Subscription
from tests.graph.core.test_live import contact, listening, now, say, take


def anything() -> EventFilter:
    """A filter with any of its criteria."""
    some = random.Random(random.getrandbits(60))
    chosen = {
        name: some.randint(1, 3)
        for name in ("sender_id", "contact_id", "schedule_id", "subject_id")
        if some.random() < 0.4
    }
    types = frozenset(some.sample(list(EventType), 5)) if some.random() < 0.3 else None
    kind = some.choice(["Contact", "Message"]) if "subject_id" in chosen else None
    return EventFilter(types=types, subject_type=kind, **chosen)


def happening(number: int) -> Event:
    names = ("sender_id", "contact_id", "schedule_id")
    ids = {name: random.choice([None, 1, 2, 3]) for name in names}
    kind = random.choice(["Contact", "Message"])
    return Event(
        number=number, type=random.choice(list(EventType)), subject_type=kind, subject_id=random.randint(1, 3), **ids
    )


async def test_an_event_wakes_those_whose_filter_it_matches_and_no_others() -> None:
    idle = Idle()
    subscriptions = [_Subscription("", anything()) for _ in range(400)]
    waiting = [asyncio.create_task(idle.wait(subscription)) for subscription in subscriptions]
    await asyncio.sleep(0)
    batch = Batch({}, [happening(1), happening(2)], 0, 2)
    idle.wake(batch)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    matching = [any(map(subscription.where.matches, batch.events)) for subscription in subscriptions]
    assert 0 < sum(matching) < 400
    assert [task.done() for task in waiting] == matching
    assert all(task.result() is batch for task in waiting if task.done())
    idle.wake_all()
    assert set(await asyncio.gather(*waiting)) == {batch, None}
    assert idle._waiting == {}


async def test_one_that_ends_while_it_waits_is_forgotten() -> None:
    idle, where = Idle(), contact()
    waiting = [asyncio.create_task(idle.wait(_Subscription("", where))) for _ in range(2)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    await asyncio.gather(waiting[0], return_exceptions=True)
    assert len(idle._waiting) == 1
    waiting[1].cancel()
    await asyncio.gather(waiting[1], return_exceptions=True)
    assert idle._waiting == {}


async def test_one_that_begins_ahead_of_the_reader_is_not_set_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "BATCH", 5)
    where, tailer = contact(), Tailer({})
    earlier = asyncio.create_task(take(tailer, 21, where, await now()))
    await listening(tailer)
    read, free = live.rows.read, asyncio.Event()

    async def behind(after: int, limit: int, *where: EventFilter) -> Reading:
        """The reader of all reads no more until it is let go; a subscription reads what it asks for itself."""
        if limit and not where:
            await free.wait()
        return await read(after, limit, *where)

    monkeypatch.setattr(live.rows, "read", behind)
    await say(where, *range(20))
    stream = await tailer.subscribe(SYSTEM, where, None)
    async with aclosing(stream), asyncio.timeout(20):
        first = asyncio.create_task(anext(stream))
        await listening(tailer, 2)
        assert (tailer._head or 0) < place_of(await now(), "after").number - 5, "The reader came first."
        await say(where, 99)
        free.set()
        assert (await first).subject_id == 99
    assert [event.subject_id for event in await earlier] == [*range(20), 99]
