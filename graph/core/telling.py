"""Telling events to sockets: what is the same for several is executed once, and everyone gets their turn."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Hashable
from contextvars import ContextVar
from dataclasses import dataclass, field

from db.events import Event
from graph.core.context import personal

FRESH = 1.0
"""Seconds that what is told of an event may be told to others too: objects are given as they are now."""
KEPT = 8 * 2**20
"""Characters of messages that are kept for that, at most."""
TURN = 0.002
"""Seconds of one turn of the event loop that subscriptions may take, all together; the rest is for everyone else."""
LAG = 0.01
"""Seconds that those wait who have caught up with the one that executes, so that several events are told in one go."""


class Turns:
    """Lets subscriptions go on in the order in which they asked, a few in each turn of the event loop.

    A subscription that is behind has always something to do and seldom waits for anything, so a few of them would
    take the loop for seconds.
    """

    def __init__(self) -> None:
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._at_once = 1
        self._began: float | None = None
        self._end = 0.0

    def over(self) -> bool:
        """Whether it is time to let others go on."""
        return asyncio.get_running_loop().time() >= self._end

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
        self._end = self._began + TURN
        # More than were waiting says nothing about what so many would take.
        self._at_once = min(self._at_once, len(self._waiting))
        for _ in range(self._at_once):
            if not (turn := self._waiting.popleft()).done():
                turn.set_result(None)
        loop.call_soon(self._go, loop)


@dataclass(slots=True)
class Shared:
    """What was told of recent events, for all who ask the same with the same rights."""

    _told: dict[Hashable, asyncio.Future[str | None]] = field(
        default_factory=dict[Hashable, asyncio.Future[str | None]]
    )
    _size: int = 0

    def find(self, key: Hashable) -> asyncio.Future[str | None] | None:
        """What is told, or being found out."""
        return self._told.get(key)

    def begin(self, key: Hashable) -> asyncio.Future[str | None]:
        loop = asyncio.get_running_loop()
        self._told[key] = told = loop.create_future()
        loop.call_later(FRESH, self._forget, key, told)
        return told

    def settle(self, key: Hashable, told: asyncio.Future[str | None], text: str | None) -> None:
        """Those who wait get the text; None says that everyone must see for themselves."""
        told.set_result(text)
        if self._told.get(key) is told:
            self._size += len(text or "")
            if text is None:
                self._forget(key, told)
            while self._size > KEPT:
                self._forget(*next(iter(self._told.items())))

    def _forget(self, key: Hashable, told: asyncio.Future[str | None]) -> None:
        if self._told.get(key) is told:
            del self._told[key]
            self._size -= len(told.result() or "") if told.done() else 0


turns = Turns()
shared = Shared()
"""Both for all sockets of this process."""


@dataclass(slots=True)
class Teller:
    """One subscription of a socket: tells what was already told to another one like it, and shares what it finds."""

    asked: bytes
    """Stands for what is asked, and for all rights that the answer may depend on."""
    send: Callable[[str], Awaitable[None]]
    _found: Callable[[str | None], None] | None = None

    async def repeat(self, event: Event, *, more: bool) -> bool:
        """Whether the event could be told without executing the operation. If not, the next `found` is of it.

        `more` says that other events follow at once.
        """
        self.found(None)
        key = (self.asked, event.epoch, event.number)
        if (told := shared.find(key)) is None:
            told = shared.begin(key)
            self._found = lambda text: shared.settle(key, told, text)
            personal.set(lambda: self.found(None))
            return False
        if not told.done():
            await asyncio.shield(told)
            # All who waited are woken at once.
            if more:
                await asyncio.sleep(LAG)
            await turns.next()
        if (text := told.result()) is None:
            return False
        await self.send(text)
        return True

    def found(self, text: str | None) -> None:
        """The payload of the event that is being told; None if it cannot be told to others."""
        if (found := self._found) is not None:
            self._found = None
            found(text)


teller: ContextVar[Teller | None] = ContextVar("teller", default=None)
"""In the task of a socket's operation: who tells its events."""
