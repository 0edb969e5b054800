"""Sockets outlive the look at their caller's token: idle or busy, all of them are looked at again, together."""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

import structlog

from db.core.connect import TRANSIENT
from domain import accounts
from domain.core.access import Viewer

log = structlog.get_logger()

RECHECK = 2.0
"""Seconds from one look at the callers of all sockets to the next."""


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
        while True:
            await asyncio.sleep(RECHECK)
            try:
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
