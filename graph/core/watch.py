"""Sockets outlive the look at their caller's token: idle or busy, all of them are looked at again, together."""

import asyncio
import itertools
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Protocol

import structlog

from db.core import seats
from db.core.connect import TRANSIENT
from db.core.settings import get_settings
from domain import accounts
from domain.core.access import Viewer
from domain.core.errors import ErrorCode, Refusal
from domain.rates import holder_of

log = structlog.get_logger()

RECHECK = 2.0
"""Seconds from one look at the callers of all sockets to the next."""

RENEW = round(seats.LEASE / 3 / RECHECK)
"""Looks from one renewal of the leases of sockets to the next."""
MOST_TOLD = 10_000
"""What all subscriptions of a user, or of all their API tokens, in this process may cost at each event."""

charging: ContextVar[Callable[[int], None] | None] = ContextVar("charging", default=None)
"""In the task of a socket's operation: notes what it costs at each event. Raises Refusal."""
_told = Counter[str]()


class Socket(Protocol):
    @property
    def viewer(self) -> Viewer: ...
    async def end(self) -> None: ...


@dataclass(slots=True)
class Watch:
    """Ends sockets whose callers were signed out, expired, were revoked or have other rights by now."""

    _sockets: set[Socket] = field(default_factory=set[Socket])
    _running: asyncio.Task[None] | None = None
    _ending: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])

    @contextmanager
    def over(self, socket: Socket) -> Generator[None]:
        """The first socket starts the watch, and the last one stops it."""
        self._sockets.add(socket)
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._run())
        try:
            yield
        finally:
            self._sockets.discard(socket)
            if not self._sockets:
                self._running.cancel()
                self._running = None

    async def _run(self) -> None:
        looks = itertools.count(1)
        while True:
            await asyncio.sleep(RECHECK)
            try:
                if next(looks) % RENEW == 0:
                    # Before the look: leases that end while the database is away would let others in.
                    await seats.renew()
                await self._look()
            except TRANSIENT as error:
                log.warning("sockets_not_rechecked", error=repr(error))
            except Exception:
                # If the watch ended, everyone would keep their rights for good.
                log.exception("sockets_not_rechecked")

    async def _look(self) -> None:
        now = await accounts.recheck_all({socket.viewer for socket in self._sockets})
        for socket in self._sockets:
            if now.get(socket.viewer, socket.viewer) != socket.viewer:
                # In a task of its own: a client that has stopped reading must not hold up the others.
                task = asyncio.create_task(socket.end())
                self._ending.add(task)
                task.add_done_callback(self._ending.discard)


@contextmanager
def charged(viewer: Viewer) -> Generator[None]:
    """An operation that may be a subscription: what it costs counts for its holder until it ends."""
    holder, mine = holder_of(viewer), 0

    def charge(cost: int) -> None:
        nonlocal mine
        if get_settings().rate_limits and _told[holder] + cost > MOST_TOLD:
            words = f"All subscriptions of a caller may cost {MOST_TOLD} at each event; ask for less, or end some."
            raise Refusal(ErrorCode.RATE_LIMIT_EXCEEDED, words, reason="too_many_subscriptions")
        mine += cost
        _told[holder] += cost

    charging.set(charge)
    try:
        yield
    finally:
        _told[holder] -= mine
        if not _told[holder]:
            del _told[holder]
