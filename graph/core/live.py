"""The live path: one reader of the event log a process, and any number of subscriptions that follow it.

A subscription is a place in the log, not a queue. It takes what it has not seen from the window of recent events that
all share, or from the log itself where the window no longer reaches back. So a slow client costs no memory and misses
nothing, and the doorbell may be lost: it only makes things faster.
"""

import asyncio
from bisect import bisect_right
from collections.abc import AsyncGenerator, Awaitable, Generator, Hashable, Mapping
from contextlib import contextmanager, suppress
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
from domain.core import traffic
from domain.core.access import SYSTEM, Viewer
from domain.events import Start
from graph.core.context import ById, already_read, patiently
from graph.core.telling import Teller, teller, turns

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
"""Seconds that rows which events name may be shared: objects are given as they are now."""

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


@dataclass(eq=False, slots=True)
class _Subscription:
    epoch: str
    where: EventFilter
    ended: bool = False


class Idle:
    """Subscriptions that have seen all there is, by what they wait for: an event costs those that it may be for."""

    _KEYS = ("subject_id", "conversation_id", "contact_id", "schedule_id", "campaign_id", "assigned_to_id", "sender_id")
    """What filters go by, the rarest first."""

    def __init__(self) -> None:
        self._waiting: dict[Hashable, dict[_Subscription, asyncio.Future[Batch | None]]] = {}

    async def wait(self, subscription: _Subscription) -> Batch | None:
        """The next batch in which an event matches; None if something else happened."""
        asked = ((name, getattr(subscription.where, name)) for name in self._KEYS)
        key = next((key for key in asked if key[1] is not None), None)
        waiting = self._waiting.setdefault(key, {})
        waiting[subscription] = woken = asyncio.get_running_loop().create_future()
        try:
            return await woken
        finally:
            del waiting[subscription]
            if not waiting:
                del self._waiting[key]

    def wake(self, batch: Batch) -> None:
        for event in batch.events:
            for key in (None, *((name, getattr(event, name)) for name in self._KEYS)):
                for subscription, woken in self._waiting.get(key, {}).items():
                    if not woken.done() and subscription.where.matches(event):
                        woken.set_result(batch)

    def wake_all(self) -> None:
        for waiting in self._waiting.values():
            for woken in waiting.values():
                if not woken.done():
                    woken.set_result(None)


@dataclass(slots=True)
class Tailer:
    """Reads the log while anyone subscribes."""

    named: Named
    _batches: list[Batch] = field(default_factory=list[Batch])
    _epoch: str = ""
    _head: int | None = None
    _subscriptions: set[_Subscription] = field(default_factory=set[_Subscription])
    _bell: asyncio.Event = field(default_factory=asyncio.Event)
    _idle: Idle = field(default_factory=Idle)
    _running: asyncio.Task[None] | None = None

    async def subscribe(self, viewer: Viewer, where: EventFilter, after: str | None) -> AsyncGenerator[Event]:
        """Matching events since a cursor, or from now on, in order, each once; without end.

        Raises CURSOR_EXPIRED when the log does not reach back, and the stream does when the log is replaced. Whoever
        serves it sees to it that it ends with the viewer's rights.
        """
        return self._stream(await events.start(viewer, where, after))

    async def _stream(self, start: Start) -> AsyncGenerator[Event]:
        number, telling = start.place.number, teller.get()
        with self._listed(_Subscription(start.place.epoch, start.where), telling) as subscription:
            while True:
                batch = await self._next(subscription, number)
                for event in batch.events:
                    if turns.over():
                        await turns.next()
                    if event.number > number and start.where.matches(event):
                        self._check(subscription)
                        if telling is None or not await telling.repeat(event, more=event.number < batch.to):
                            # Several operations share a socket and its context, but each has a task of its own.
                            already_read.set(Moment(event, batch).find)
                            yield event
                number = max(number, batch.to)
                # A subscription that waits keeps nothing: a page that it alone has read weighs more than its socket.
                already_read.set(None)
                del batch

    async def _next(self, subscription: _Subscription, number: int) -> Batch:
        """The events right after a number, or after others that do not match: as soon as there are any."""
        while True:
            self._check(subscription)
            if self._head is not None:
                if number < (self._batches[0].after if self._batches else self._head):
                    return await self._page(subscription, number)
                if number < self._head:
                    return self._batches[bisect_right(self._batches, number, key=lambda batch: batch.to)]
            if (batch := await self._idle.wait(subscription)) is not None:
                return batch

    async def _page(self, subscription: _Subscription, number: int) -> Batch:
        reading = await patiently(rows.read, number, PAGE, subscription.where)
        events.check_reaches(reading, events.Place(subscription.epoch, number))
        last = reading.events[-1].number if len(reading.events) == PAGE else reading.head
        return Batch(self.named, reading.events, number, last)

    def _check(self, subscription: _Subscription) -> None:
        if subscription.ended or (self._head is not None and subscription.epoch != self._epoch):
            raise events.expired()
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
        traffic.told_to = None
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("tailer_stopped", exc_info=error)
        self._idle.wake_all()

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
        task = asyncio.current_task()
        # Some library below may swallow the cancellation; two readers of one log would set each other back.
        while task is not None and not task.cancelling():
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
        traffic.told_to = self._head
        if len(reading.events) < BATCH:
            with suppress(TimeoutError):
                async with asyncio.timeout(POLL):
                    await self._bell.wait()
            await asyncio.sleep(GATHER)
            self._bell.clear()

    def _take(self, reading: Reading) -> None:
        head = self._head
        if self._epoch != reading.epoch or (head is not None and not reading.trimmed_to <= head <= reading.head):
            self._begin_anew(reading)
        elif head is None:
            self._head = reading.head
            self._idle.wake_all()
        elif reading.events:
            full = len(reading.events) == BATCH
            self._append(Batch(self.named, reading.events, head, reading.events[-1].number if full else reading.head))

    def _append(self, batch: Batch) -> None:
        self._batches.append(batch)
        self._head = batch.to
        self._idle.wake(batch)
        while self._batches[-1].to - self._batches[0].to > WINDOW:
            del self._batches[0]

    def _begin_anew(self, reading: Reading) -> None:
        """The log was replaced, by a restore for instance: what subscriptions have seen is of another one."""
        if self._epoch == reading.epoch:
            for subscription in self._subscriptions:
                subscription.ended = True
        self._batches, self._epoch, self._head = [], reading.epoch, reading.head
        self._idle.wake_all()
