"""What several sockets are told: found out once, never waited for in vain, and not kept for long."""

import asyncio
import gc
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from types import SimpleNamespace
from typing import Any, cast

import pytest

from db.accounts import Role
from db.core.paging import PageRequest
from db.events import Event
from domain import accounts, groups
from domain.core.access import SYSTEM, Viewer
from domain.core.errors import ErrorCode, Refusal
from domain.events import Place, Start
from domain.events import decode as place_of
from graph.core import live, telling, watch
from graph.core.context import Context
from graph.core.live import Tailer
from graph.core.sockets import Handler
from graph.core.telling import Shared, Teller, Turns, teller
from tests.graph.core.test_live import contact, listening, now, say


@asynccontextmanager
async def loop_watched() -> AsyncIterator[list[int]]:
    """How often everyone else had the event loop meanwhile."""
    turns = [0]

    async def watch_loop() -> None:
        while True:
            await asyncio.sleep(0)
            turns[0] += 1

    watching = asyncio.create_task(watch_loop())
    yield turns
    watching.cancel()


async def test_a_crowd_after_a_quiet_time_does_not_take_the_loop() -> None:
    turns = Turns()
    for _ in range(400):
        await turns.next()

    done: list[int] = []

    async def work() -> None:
        await turns.next()
        time.sleep(0.001)  # noqa: ASYNC251 - work, as far as the loop can tell
        done.append(others[0])

    async with loop_watched() as others:
        await asyncio.gather(*[work() for _ in range(200)])
    assert max(Counter(done).values()) < 20, "so many at once kept everyone else waiting"


async def test_turns_come_in_the_order_in_which_they_were_asked_for() -> None:
    turns, order = Turns(), list[int]()

    async def take(number: int) -> None:
        await turns.next()
        order.append(number)

    takers = [asyncio.create_task(take(number)) for number in range(50)]
    await asyncio.sleep(0)
    takers[10].cancel()
    await asyncio.gather(*takers, return_exceptions=True)
    assert order == [number for number in range(50) if number != 10]


async def test_what_was_told_is_kept_for_a_second_and_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "FRESH", 0.2)
    monkeypatch.setattr(telling, "KEPT", 1000)
    shared = Shared()
    for number in range(100):
        shared.settle(number, shared.begin(number), "x" * 100)
        assert shared._size <= 1000
    assert sorted(cast("set[int]", set(shared._told))) == list(range(90, 100))
    silent = shared.begin("silent")
    shared.settle("private", shared.begin("private"), None)
    assert shared.find("private") is None
    await asyncio.sleep(0.3)
    assert (shared._told, shared._size) == ({}, 0)
    shared.settle("silent", silent, "late")
    assert (shared._told, shared._size) == ({}, 0)
    assert silent.result() == "late"


def test_what_is_asked_is_not_kept_itself() -> None:
    """A document of 250 kB, each with a comment of its own, would weigh more than all that is told of it."""
    handler = cast(Handler, SimpleNamespace(viewer=Viewer(role=Role.ADMIN, scopes=frozenset())))
    operation = cast(Any, SimpleNamespace(query="x" * 250_000, variables=None, operation_name=None, id="1"))
    asked = Handler._teller(handler, operation).asked
    assert len(asked) == 32
    operation.variables = {}
    assert Handler._teller(handler, operation).asked != asked


class Listener:
    """A subscription like that of a socket: it executes what it is not told, and tells what it finds."""

    def __init__(self, tailer: Tailer, where: Any, *, asked: bytes = b"the same") -> None:
        self.tailer, self.where = tailer, where
        self.teller = Teller(asked, self._send)
        self.executed: list[Event] = []
        self.repeated: list[str] = []
        self.executing = asyncio.Event()
        self.may_go_on = asyncio.Event()
        self.sending: Any = None
        self.work = 0.0
        self.worked: Callable[[], object] = int
        self.task = asyncio.create_task(self._run())

    async def _send(self, text: str) -> None:
        self.repeated.append(text)
        if self.sending is not None:
            await self.sending()

    async def _run(self) -> None:
        teller.set(self.teller)
        async with aclosing(await self.tailer.subscribe(SYSTEM, self.where, None)) as stream:
            async for event in stream:
                self.executed.append(event)
                self.executing.set()
                time.sleep(self.work)  # noqa: ASYNC251 - as an execution takes the loop
                self.worked()
                await self.may_go_on.wait()
                self.teller.found(f"event {event.subject_id}")


async def end(*listeners: Listener) -> None:
    for one in listeners:
        one.task.cancel()
    await asyncio.wait([one.task for one in listeners])


async def eventually(holds: Any) -> None:
    async with asyncio.timeout(5):
        while not holds():  # noqa: ASYNC110 - nothing tells when
            await asyncio.sleep(0.005)


async def test_those_who_ask_the_same_share_one_execution_and_others_have_their_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # On a busy machine the last of them may come later than a second.
    monkeypatch.setattr(telling, "FRESH", 60.0)
    where, tailer = contact(), Tailer({})
    same = [Listener(tailer, where) for _ in range(100)]
    other = Listener(tailer, where, asked=b"the same with other rights")
    for one in (*same, other):
        one.may_go_on.set()
    await listening(tailer, 101)
    for number in range(10):
        await say(where, number)
    await eventually(lambda: all(len(one.executed) + len(one.repeated) == 10 for one in (*same, other)))
    assert sum(len(one.executed) for one in same) == 10, "each event is executed and encoded once for all of them"
    assert (len(other.executed), other.repeated) == (10, [])
    await end(*same, other)


async def test_who_waits_for_one_that_is_cut_off_sees_for_themselves() -> None:
    where, tailer = contact(), Tailer({})
    first, *others = [Listener(tailer, where) for _ in range(5)]
    await listening(tailer, 5)
    await say(where, 1)
    await eventually(lambda: sum(one.executing.is_set() for one in (first, *others)) == 1)
    executing = next(one for one in (first, *others) if one.executing.is_set())
    rest = [one for one in (first, *others) if one is not executing]
    executing.task.cancel()
    for one in rest:
        one.may_go_on.set()
    await eventually(lambda: all(one.executed or one.repeated for one in rest))
    await say(where, 2)
    await eventually(lambda: all(len(one.executed) + len(one.repeated) == 2 for one in rest))
    await end(*rest)


async def test_nobody_waits_for_the_slow_socket_of_another() -> None:
    where, tailer = contact(), Tailer({})
    slow, quick = Listener(tailer, where), Listener(tailer, where)
    blocked = asyncio.Event()
    slow.sending = blocked.wait
    slow.may_go_on.set()
    quick.may_go_on.set()
    await listening(tailer, 2)
    for number in range(20):
        await say(where, number)
    await eventually(lambda: len(quick.executed) + len(quick.repeated) == 20)
    blocked.set()
    await eventually(lambda: len(slow.executed) + len(slow.repeated) == 20)
    await end(slow, quick)


async def test_those_who_waited_for_one_go_on_by_turns() -> None:
    """When it turns out that everyone must see for themselves, they do not all do so at once."""
    where, tailer = contact(), Tailer({})
    crowd = [Listener(tailer, where) for _ in range(150)]
    await listening(tailer, 150)
    await say(where, 1)
    await eventually(lambda: any(one.executing.is_set() for one in crowd))
    await asyncio.sleep(0.1)
    [first] = [one for one in crowd if one.executing.is_set()]
    done: list[int] = []
    async with loop_watched() as others:
        for one in crowd:
            one.work, one.worked = 0.002, lambda: done.append(others[0])
        first.teller.found(None)
        await eventually(lambda: all(one.executed for one in crowd))
    assert max(Counter(done).values()) < 20, "so many at once kept everyone else waiting"
    await end(*crowd)


async def test_a_subscription_that_waits_keeps_no_events(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "WINDOW", 60)
    monkeypatch.setattr(live, "BATCH", 20)
    where, start, tailer = contact(), await now(), Tailer({})
    await say(where, *range(300))

    async def follow() -> None:
        async with aclosing(await tailer.subscribe(SYSTEM, where, start)) as stream:
            async for event in stream:
                heard.append(event.subject_id)

    heard = list[int]()
    following = asyncio.create_task(follow())
    await eventually(lambda: len(heard) == 300)
    await asyncio.sleep(0)
    gc.collect()
    kept = [
        one for one in gc.get_objects() if isinstance(one, live.Batch) and one.events[0].contact_id == where.contact_id
    ]
    assert all(one in tailer._batches for one in kept)
    following.cancel()
    await asyncio.wait([following])


async def test_a_subscription_to_a_log_that_is_no_more_ends() -> None:
    """It began right before the log was replaced, and the reader has seen the new one by now."""
    where, tailer = contact(), Tailer({})
    other = asyncio.create_task(anext(await tailer.subscribe(SYSTEM, where, None)))
    await eventually(lambda: tailer._head is not None)
    place = place_of(await now(), "after")
    late = tailer._stream(Start(Place("00000000", place.number), where))
    with pytest.raises(Refusal) as refused:
        await anext(late)
    assert refused.value.code is ErrorCode.CURSOR_EXPIRED
    other.cancel()
    await asyncio.wait([other])


async def test_a_context_that_lives_long_does_not_grow() -> None:
    context = Context(SYSTEM, "test")
    for number in range(1, 200):
        await context.load_page(groups.pages_of_contacts, 1, PageRequest(first=number))
        await context.load(accounts.by_ids, number)
    assert len(context._loaders) <= 2


async def test_the_watch_over_sockets_survives_whatever_befalls_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "RECHECK", 0.01)
    asked, ended = list[int](), asyncio.Event()

    async def recheck_all(viewers: set[Viewer]) -> dict[Viewer, Viewer | None]:
        asked.append(1)
        if len(asked) < 3:
            raise ValueError("something that nobody thought of")
        return dict.fromkeys(viewers)

    monkeypatch.setattr(accounts, "recheck_all", recheck_all)

    class Socket:
        viewer = Viewer(role=Role.ADMIN)

        async def end(self) -> None:
            ended.set()

    with watch.Watch().over(Socket()):
        async with asyncio.timeout(5):
            await ended.wait()
