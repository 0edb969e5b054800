"""The live path in this process: every subscription gets every event once and in order, whatever happens meanwhile."""

import asyncio
import os
import random
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, suppress
from typing import Any

import pytest

from db import events as log
from db.core import connect
from db.core.settings import get_settings
from db.core.transaction import transaction
from db.events import Event, EventFilter, EventType, record
from domain import events
from domain.core.access import SYSTEM, Viewer
from domain.core.errors import ErrorCode, Refusal
from graph.core import live
from graph.core.context import Context, already_read
from graph.core.live import Tailer
from tests.databases import database_of_its_own
from tests.running import free_port

EVERYTHING = EventFilter()


def contact() -> EventFilter:
    """A filter for events that no other test records."""
    return EventFilter(contact_id=random.getrandbits(60))


async def say(where: EventFilter, *numbers: int, **more: Any) -> None:
    async with transaction():
        for number in numbers:
            record(EventType.CONTACT_UPDATED, "Contact", number, contact_id=where.contact_id, **more)


async def take(
    tailer: Tailer,
    count: int,
    where: EventFilter,
    after: str | None = None,
    *,
    viewer: Viewer = SYSTEM,
    pause: Callable[[], float] = lambda: 0,
    seconds: float = 30,
) -> list[Event]:
    """The first events that a subscription gets."""
    seen: list[Event] = []
    async with asyncio.timeout(seconds), aclosing(await tailer.subscribe(viewer, where, after)) as stream:
        async for event in stream:
            seen.append(event)
            if len(seen) == count:
                break
            await asyncio.sleep(pause())
    return seen


async def listening(tailer: Tailer, count: int = 1) -> None:
    async with asyncio.timeout(30):
        while len(tailer._subscriptions) < count:  # noqa: ASYNC110 - there is nothing to wait on
            await asyncio.sleep(0.005)


def numbers(seen: list[Event]) -> list[int]:
    return [event.subject_id for event in seen]


@pytest.mark.parametrize("turns", range(12))
async def test_the_reader_stops_with_the_last_subscription_whatever_it_is_at(turns: int) -> None:
    """One that was rung in the same moment went on beside the next one, and both set each other back."""
    tailer = Tailer({})
    subscription = asyncio.create_task(take(tailer, 1, contact()))
    await listening(tailer)
    async with asyncio.timeout(10):
        while tailer._head is None:  # noqa: ASYNC110 - there is nothing to wait on
            await asyncio.sleep(0.005)
    await asyncio.sleep(0.05)
    reader = tailer._running
    assert reader is not None
    tailer._bell.set()
    for _ in range(turns):
        await asyncio.sleep(0)
    subscription.cancel()
    done, _ = await asyncio.wait([reader], timeout=10)
    assert done == {reader}


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A window that is soon too short."""
    monkeypatch.setattr(live, "WINDOW", 60)
    monkeypatch.setattr(live, "BATCH", 20)
    monkeypatch.setattr(live, "PAGE", 7)


@pytest.fixture
def deaf(monkeypatch: pytest.MonkeyPatch) -> None:
    """Redis cannot be reached."""
    monkeypatch.setitem(os.environ, "REDIS_URL", f"redis://127.0.0.1:{free_port()}/0")
    monkeypatch.setattr(live, "POLL", 0.05)
    get_settings.cache_clear()


@pytest.fixture(autouse=True)
async def settings_again() -> AsyncIterator[None]:
    yield
    get_settings.cache_clear()


async def now() -> str:
    reading = await log.read(0, 0)
    return events.encode(events.Place(reading.epoch, reading.head))


async def write(where: EventFilter, writers: int, each: int) -> None:
    async def one() -> None:
        for _ in range(each):
            async with transaction():
                for _ in range(random.choice([1, 2, 6])):
                    record(EventType.CONTACT_UPDATED, "Contact", 1, contact_id=where.contact_id)
                await asyncio.sleep(random.random() * 0.004)

    await asyncio.gather(*[one() for _ in range(writers)])


@pytest.mark.usefixtures("small")
async def test_fast_slow_late_and_resuming_subscribers_get_the_same() -> None:
    where, tailer = contact(), Tailer({})
    start = await now()
    last = EventFilter(contact_id=where.contact_id, types=frozenset({EventType.MESSAGE_RECEIVED}))

    async def follow(pause: Callable[[], float], cut: float) -> list[int]:
        """Until the last event; with a chance to be cut at each, and to resume behind it."""
        seen: list[Event] = []
        while not seen or seen[-1].type is not EventType.MESSAGE_RECEIVED:
            after = events.cursor_of(seen[-1]) if seen else start
            async with aclosing(await tailer.subscribe(SYSTEM, where, after)) as stream:
                async for event in stream:
                    seen.append(event)
                    if event.type is EventType.MESSAGE_RECEIVED or random.random() < cut:
                        break
                    await asyncio.sleep(pause())
        return [event.number for event in seen]

    followers = [
        asyncio.create_task(follow(pause, cut))
        for pause in (lambda: 0, lambda: random.random() * 0.002, lambda: random.choice([0, 0, 0, 0, 0.05]))
        for cut in (0.0, 0.0, 0.02, 0.3)
    ]
    await write(where, writers=8, each=25)
    async with transaction():
        record(EventType.MESSAGE_RECEIVED, "Message", 1, contact_id=where.contact_id)
    place = events.decode(start, "after").number
    truth = [event.number for event in (await log.read(place, 10_000, where)).events]
    assert len(truth) > 200
    async with asyncio.timeout(60):
        for follower in followers:
            assert await follower == truth
    assert [event.number for event in (await log.read(place, 10, last)).events] == truth[-1:]


async def test_fifty_first_subscribers_at_once_all_hear() -> None:
    where, tailer = contact(), Tailer({})
    heard = [asyncio.create_task(take(tailer, 3, where)) for _ in range(50)]
    await listening(tailer, 50)
    await say(where, 1)
    await say(where, 2, 3)
    assert [numbers(await one) for one in heard] == [[1, 2, 3]] * 50


@pytest.mark.usefixtures("deaf")
async def test_without_redis_nothing_is_missed() -> None:
    where, tailer = contact(), Tailer({})
    heard = asyncio.create_task(take(tailer, 5, where))
    await listening(tailer)
    for number in range(5):
        await say(where, number)
        await asyncio.sleep(0.03)
    assert numbers(await heard) == [0, 1, 2, 3, 4]


async def test_without_a_cursor_it_begins_with_the_next_event() -> None:
    where, tailer = contact(), Tailer({})
    await say(where, 1, 2)
    heard = asyncio.create_task(take(tailer, 1, where))
    await listening(tailer)
    await say(where, 3)
    assert numbers(await heard) == [3]


@pytest.mark.usefixtures("small")
async def test_a_slow_subscriber_costs_no_memory_and_misses_nothing() -> None:
    where, tailer = contact(), Tailer({})
    async with aclosing(await tailer.subscribe(SYSTEM, where, None)) as slow:
        first = asyncio.ensure_future(anext(slow))
        quick = asyncio.create_task(take(tailer, 1001, where))
        await listening(tailer, 2)
        await say(where, 0)
        assert (await first).subject_id == 0
        for tens in range(1, 101):
            await say(where, *range(tens * 10 - 9, tens * 10 + 1))
        assert numbers(await quick) == list(range(1001))
        assert sum(len(batch.events) for batch in tailer._batches) <= 60 + 20
        assert numbers([await anext(slow) for _ in range(1000)]) == list(range(1, 1001))


async def test_the_reader_runs_while_anyone_subscribes_and_starts_again() -> None:
    where, tailer = contact(), Tailer({})
    for _ in range(3):
        heard = asyncio.create_task(take(tailer, 1, where))
        await listening(tailer)
        await say(where, 1)
        assert numbers(await heard) == [1]
        assert tailer._running is None
    after = await now()
    await say(where, *range(10))
    assert numbers(await take(tailer, 10, where, after)) == list(range(10))


async def test_lost_connections_to_the_database_cost_time_only() -> None:
    where, tailer = contact(), Tailer({})
    heard = asyncio.create_task(take(tailer, 20, where))
    await listening(tailer)
    for number in range(20):
        await say(where, number)
        if number % 5 == 0:
            await connect.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid() AND state = 'idle'"
            )
            with suppress(*connect.TRANSIENT):
                await connect.execute("SELECT 1")
        await asyncio.sleep(0.02)
    assert numbers(await heard) == list(range(20))


async def test_a_log_that_begins_anew_ends_subscriptions_with_cursor_expired() -> None:
    async with database_of_its_own():
        tailer = Tailer({})
        waiting = asyncio.create_task(take(tailer, 1, EVERYTHING))
        await listening(tailer)
        await asyncio.sleep(0.2)
        async with transaction():
            await connect.execute("ALTER TABLE event RENAME TO event_before")
            await connect.execute("CREATE TABLE event (LIKE event_before INCLUDING ALL)")
        with pytest.raises(Refusal) as refused:
            await waiting
        assert refused.value.code is ErrorCode.CURSOR_EXPIRED


async def test_rows_that_events_name_are_read_once_for_all_and_only_when_asked_for() -> None:
    asked: list[list[int]] = []

    async def by_ids(viewer: Viewer, ids: list[int]) -> list[str | None]:
        asked.append(ids)
        return [f"{viewer.role}:{id}" for id in ids]

    where, tailer = contact(), Tailer({by_ids: "message_id"})
    context = Context(SYSTEM, "request")

    async def watch(curious: bool) -> list[str | None]:
        found: list[str | None] = []
        async with aclosing(await tailer.subscribe(SYSTEM, where, None)) as stream:
            async for event in stream:
                found.append(await context.load(by_ids, event.message_id) if curious else None)
                if event.subject_id == 9:
                    break
        return found

    for curious, times in ((False, 0), (True, 1)):
        watchers = [asyncio.create_task(watch(curious)) for _ in range(10)]
        await listening(tailer, 10)
        async with transaction():
            for number in range(10):
                record(EventType.MESSAGE_SENT, "Message", number, contact_id=where.contact_id, message_id=number % 5)
        rows = [None] * 10 if not curious else [f"ADMIN:{number % 5}" for number in range(10)]
        assert [await watcher for watcher in watchers] == [rows] * 10
        assert len(asked) == times
    assert asked == [[0, 1, 2, 3, 4]]
    assert already_read.get() is None, "what one subscription is told is not seen outside of its task"


async def test_only_rows_that_the_event_itself_names_are_shared() -> None:
    async def by_ids(viewer: Viewer, ids: list[int]) -> list[str | None]:
        return [f"{viewer.role}:{id}" for id in ids]

    found = [Event(type=EventType.MESSAGE_SENT, subject_type="Message", subject_id=1, message_id=id) for id in (1, 2)]
    batch = live.Batch({by_ids: "message_id"}, found, 0, 2)
    first = live.Moment(found[0], batch)
    assert first.find(by_ids, 2) is None
    row = first.find(by_ids, 1)
    assert row is not None
    assert await row == "ADMIN:1"
