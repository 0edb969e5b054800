"""The live path: one reader of the event log a process, and any number of subscriptions that follow it.

A subscription is a place in the log, not a queue. It takes what it has not seen from the window of recent events that
all share, or from the log itself where the window no longer reaches back. So a slow client costs no memory and misses
nothing, and the doorbell may be lost: it only makes things faster.
"""

import asyncio
from bisect import bisect_right
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Hashable, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import structlog
from broadcaster import Broadcast

from db import events as rows
from db.core.broadcast import RedisBackend
from db.core.connect import TRANSIENT
from db.core.doorbell import EVENTS_CHANNEL
from db.events import Event, EventFilter, Reading
from domain import events
from domain.core.access import SYSTEM, Viewer
from domain.core.errors import Refusal
from domain.events import Start
from graph.core.context import ById, already_read, patiently, personal

log = structlog.get_logger()

WINDOW = 10_000
"""Events kept in memory, for all subscriptions together."""
BATCH = 200
"""Events that the reader takes at a time: what they name is read at once too, and must not hold up the loop."""
PAGE = 100
"""Events that a subscription takes at a time that is behind the window."""
POLL = 1.0
"""Seconds after which the reader looks at the log although nothing rang."""
GATHER = 0.01
"""Seconds that it waits after a ring, so that a burst of commits is one read."""
FRESH = 1.0
"""Seconds that rows named by events, and what is told of them, may be shared: objects are given as they are now."""
SHARED = 8 * 2**20
"""Characters of messages that are kept to be sent to others as well."""
TURN = 0.002
"""Seconds of one turn of the event loop that subscriptions may take, all together; the rest is for everyone else."""

Named: TypeAlias = Mapping[ById[Any], str]
"""For a loader `by_ids`, the column of an event that names what it loads."""


class Batch:
    """Consecutive events: those after one number up to another. Rows they name are read once for all subscriptions."""

    def __init__(self, named: Named, found: list[Event], after: int, to: int) -> None:
        self.events = found
        self.after = after
        self.to = to
        self._named = named
        self._loads: dict[ById[Any], asyncio.Task[dict[int, Any]]] = {}

    def names(self, load: ById[Any], event: Event) -> int | None:
        column = self._named.get(load)
        return None if column is None else getattr(event, column)

    async def row(self, load: ById[Any], key: int) -> Any:
        """A row that one of the events names, at most FRESH seconds old."""
        if load not in self._loads:
            self._loads[load] = asyncio.create_task(self._read(load, self._named[load]))
            asyncio.get_running_loop().call_later(FRESH, self._loads.pop, load, None)
        # A subscription that ends must not take the rows from the others.
        return (await asyncio.shield(self._loads[load])).get(key)

    async def _read(self, load: ById[Any], column: str) -> dict[int, Any]:
        ids = list(dict.fromkeys(key for event in self.events if (key := getattr(event, column)) is not None))
        return dict(zip(ids, await patiently(load, SYSTEM, ids), strict=True))


@dataclass(frozen=True, slots=True)
class Moment:
    """An event on its way to one subscription, whose loaders find the rows that it names in the batch."""

    event: Event
    batch: Batch

    def find(self, load: ById[Any], key: int) -> Awaitable[Any] | None:
        """The row, if this event itself names it: whoever may see the event may see that row."""
        return self.batch.row(load, key) if self.batch.names(load, self.event) == key else None


class Turns:
    """Lets subscriptions go on in the order in which they asked, a few in each turn of the event loop.

    A subscription that is behind has always something to do and seldom waits for anything, so a few of them would
    take the loop for seconds.
    """

    def __init__(self) -> None:
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._at_once = 1
        self._began: float | None = None

    async def next(self) -> None:
        loop = asyncio.get_running_loop()
        self._waiting.append(turn := loop.create_future())
        if self._began is None:
            self._began = loop.time()
            loop.call_soon(self._go, loop)
        await turn

    def _go(self, loop: asyncio.AbstractEventLoop) -> None:
        if not self._waiting:
            self._began = None
            return
        began, self._began = self._began, loop.time()
        if began is not None:
            self._at_once = self._at_once + 1 if self._began - began < TURN else max(1, self._at_once // 2)
        for _ in range(min(self._at_once, len(self._waiting))):
            if not (turn := self._waiting.popleft()).done():
                turn.set_result(None)
        loop.call_soon(self._go, loop)


@dataclass(slots=True)
class Shared:
    """What was told of recent events, for all who ask the same with the same rights: executed and encoded once."""

    _told: dict[Hashable, tuple[float, asyncio.Future[str | None]]] = field(
        default_factory=dict[Hashable, tuple[float, asyncio.Future[str | None]]]
    )
    _size: int = 0

    def find(self, key: Hashable) -> asyncio.Future[str | None] | None:
        """What is told, or being found out; None once that is no longer fresh."""
        began, told = self._told.get(key, (0.0, None))
        if told is not None and asyncio.get_running_loop().time() - began > FRESH:
            self._drop(key)
            return None
        return told

    def begin(self, key: Hashable) -> asyncio.Future[str | None]:
        loop = asyncio.get_running_loop()
        told: asyncio.Future[str | None] = loop.create_future()
        self._told[key] = (loop.time(), told)
        return told

    def settle(self, key: Hashable, told: asyncio.Future[str | None], text: str | None) -> None:
        """Those who wait get the text; None says that everyone must see for themselves."""
        if not told.done():
            told.set_result(text)
        if self._told.get(key, (0.0, None))[1] is not told:
            return
        if text is None:
            del self._told[key]
            return
        self._size += len(text)
        while self._size > SHARED:
            self._drop(next(iter(self._told)))

    def _drop(self, key: Hashable) -> None:
        _, told = self._told.pop(key)
        self._size -= len(told.result() or "") if told.done() else 0


shared = Shared()


@dataclass(slots=True)
class Teller:
    """One subscription of a socket: tells what was already told to another one like it, and shares what it finds."""

    asked: Hashable
    """What is asked, with all rights that the answer may depend on."""
    send: Callable[[str], Awaitable[None]]
    _found: Callable[[str | None], None] | None = None

    async def repeat(self, event: Event) -> bool:
        """Whether the event could be told without executing the operation. If not, the next `found` is of it."""
        self.found(None)
        key = (self.asked, event.epoch, event.number)
        if (told := shared.find(key)) is None:
            told = shared.begin(key)
            self._found = lambda text: shared.settle(key, told, text)
            personal.set(lambda: self.found(None))
            return False
        if (text := await asyncio.shield(told)) is None:
            return False
        await self.send(text)
        return True

    def found(self, text: str | None) -> None:
        """The payload of the event that is being told; None if it cannot be told to others."""
        if self._found is not None:
            self._found(text)
            self._found = None


teller: ContextVar[Teller | None] = ContextVar("teller", default=None)
"""In the task of a socket's operation: who tells its events."""


@dataclass(eq=False, slots=True)
class _Subscription:
    epoch: str
    ended: Refusal | None = None


@dataclass(slots=True)
class Tailer:
    """Reads the log while anyone subscribes."""

    named: Named
    _batches: list[Batch] = field(default_factory=list[Batch])
    _epoch: str = ""
    _head: int | None = None
    _subscriptions: set[_Subscription] = field(default_factory=set[_Subscription])
    _bell: asyncio.Event = field(default_factory=asyncio.Event)
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _running: asyncio.Task[None] | None = None
    _turns: Turns = field(default_factory=Turns)

    async def subscribe(self, viewer: Viewer, where: EventFilter, after: str | None) -> AsyncGenerator[Event]:
        """Matching events since a cursor, or from now on, in order, each once; without end.

        Raises CURSOR_EXPIRED when the log does not reach back, and the stream does when the log is replaced. Whoever
        serves it sees to it that it ends with the viewer's rights.
        """
        return self._stream(await events.start(viewer, where, after))

    async def _stream(self, start: Start) -> AsyncGenerator[Event]:
        number, telling = start.place.number, teller.get()
        with self._listed(_Subscription(start.place.epoch), telling) as subscription:
            while True:
                batch = await self._next(subscription, number, start.where)
                await self._turns.next()
                for event in batch.events:
                    if event.number > number and start.where.matches(event):
                        await self._turns.next()
                        self._check(subscription)
                        if telling is None or not await telling.repeat(event):
                            # Several operations share a socket and its context, but each has a task of its own.
                            already_read.set(Moment(event, batch).find)
                            yield event
                number = batch.to

    async def _next(self, subscription: _Subscription, number: int, where: EventFilter) -> Batch:
        """The events right after a number: as soon as there are any."""
        while True:
            self._check(subscription)
            news = self._news
            if self._head is not None:
                if number < (self._batches[0].after if self._batches else self._head):
                    return await self._page(subscription, number, where)
                if number < self._head:
                    return self._batches[bisect_right(self._batches, number, key=lambda batch: batch.to)]
            await news.wait()

    async def _page(self, subscription: _Subscription, number: int, where: EventFilter) -> Batch:
        reading = await patiently(rows.read, number, PAGE, where)
        events.check_reaches(reading, events.Place(subscription.epoch, number))
        last = reading.events[-1].number if len(reading.events) == PAGE else reading.head
        return Batch(self.named, reading.events, number, last)

    def _check(self, subscription: _Subscription) -> None:
        if subscription.ended is not None:
            raise subscription.ended
        if self._running is None or self._running.done():
            raise RuntimeError("The reader of the event log has stopped.")

    @contextmanager
    def _listed(self, subscription: _Subscription, telling: Teller | None) -> Generator[_Subscription]:
        """The first subscription starts the reader, and the last one stops it."""
        self._subscriptions.add(subscription)
        if self._running is None or self._running.done():
            self._batches, self._head, self._bell = [], None, asyncio.Event()
            self._running = asyncio.create_task(self._run())
            self._running.add_done_callback(self._stopped)
        try:
            yield subscription
        finally:
            if telling is not None:
                telling.found(None)
            self._subscriptions.discard(subscription)
            if not self._subscriptions:
                self._running.cancel()
                self._running = None

    def _stopped(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("tailer_stopped", exc_info=error)
        self._wake()

    async def _run(self) -> None:
        async with (
            Broadcast(backend=RedisBackend()) as broadcast,
            broadcast.subscribe(EVENTS_CHANNEL) as rings,
            asyncio.TaskGroup() as group,
        ):
            group.create_task(self._listen(rings))
            group.create_task(self._keep_following())

    async def _keep_following(self) -> None:
        """Also while the database is away."""
        while True:
            try:
                await self._follow()
            except TRANSIENT as error:
                log.warning("tailer_waits", error=repr(error))
                await asyncio.sleep(POLL)

    async def _listen(self, rings: Any) -> None:
        while True:
            await rings.get()
            self._bell.set()

    async def _follow(self) -> None:
        """Takes what is new; when that was all, waits for a ring or the poll."""
        reading = await rows.read(self._head or 0, BATCH if self._head is not None else 0)
        self._take(reading)
        if len(reading.events) < BATCH:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._bell.wait(), POLL)
            await asyncio.sleep(GATHER)
            self._bell.clear()

    def _take(self, reading: Reading) -> None:
        head = self._head
        if self._epoch != reading.epoch or (head is not None and not reading.trimmed_to <= head <= reading.head):
            self._begin_anew(reading)
        elif head is None:
            self._head = reading.head
        elif reading.events:
            full = len(reading.events) == BATCH
            self._append(Batch(self.named, reading.events, head, reading.events[-1].number if full else reading.head))
        else:
            return
        self._wake()

    def _append(self, batch: Batch) -> None:
        self._batches.append(batch)
        self._head = batch.to
        while self._batches[-1].to - self._batches[0].to > WINDOW:
            del self._batches[0]

    def _begin_anew(self, reading: Reading) -> None:
        """The log was replaced, by a restore for instance: what subscriptions have seen is of another one."""
        replaced_in_place = self._epoch == reading.epoch
        self._batches, self._epoch, self._head = [], reading.epoch, reading.head
        for subscription in self._subscriptions:
            if replaced_in_place or subscription.epoch != reading.epoch:
                subscription.ended = events.expired()

    def _wake(self) -> None:
        self._news.set()
        self._news = asyncio.Event()
