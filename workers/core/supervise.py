"""Watching over a worker process: its event loop, its threads, its heartbeat, its end."""

import asyncio
import os
import signal
import socket
import threading
import time
from collections import Counter, deque
from collections.abc import Coroutine, Generator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import UTC, datetime
from types import FrameType
from typing import Any, TypeVar

import structlog
import uvloop
from redis.exceptions import RedisError

from db.core import heartbeat
from db.core.connect import TRANSIENT

R = TypeVar("R")

log = structlog.get_logger()

FAILED_SECONDS = 60.0
"""For which a job that has failed is told of."""


class Loop(threading.Thread):
    """The event loop on which all jobs run, on a thread of its own.

    A daemon, unlike Dramatiq's own, which keeps a process alive and consuming after a second SIGTERM.
    """

    def __init__(self) -> None:
        super().__init__(name="loop", daemon=True)
        self.loop = uvloop.new_event_loop()

    def run(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_forever()

    def spawn(self, coroutine: Coroutine[Any, Any, R]) -> "Future[R]":
        """Starts a coroutine from another thread."""
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop)

    def run_until_done(self, coroutine: Coroutine[Any, Any, R]) -> R:
        """Runs a coroutine and waits for it, on another thread."""
        return self.spawn(coroutine).result()

    def stop(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.join()
        self.loop.close()


class Tally:
    """What this worker does now and has done; touched on the loop only."""

    def __init__(self) -> None:
        self.tasks: list[str] = []
        self.processed = 0
        self._failures: deque[tuple[float, str]] = deque(maxlen=1000)

    @contextmanager
    def running(self, name: str) -> Generator[None]:
        self.tasks.append(name)
        try:
            yield
        except (*TRANSIENT, RedisError):
            raise  # That PostgreSQL or Redis is away is told by itself.
        except Exception:
            self._failures.append((time.monotonic(), name))
            raise
        finally:
            self.tasks.remove(name)
            self.processed += 1

    @property
    def failed(self) -> dict[str, int]:
        """Jobs that have failed within the last minute by a fault of ours, by name."""
        since = time.monotonic() - FAILED_SECONDS
        return Counter(name for at, name in self._failures if at > since)


class Stop:
    """Asked for by the first SIGTERM or SIGINT; the second ends the process at once."""

    def __init__(self) -> None:
        self.asked = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._ask)

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self.asked = True
        for other in (signal.SIGTERM, signal.SIGINT):
            signal.signal(other, signal.SIG_DFL)


async def keep_beating(tally: Tally) -> None:
    """Says every two seconds that this worker lives."""
    name = f"{socket.gethostname()}:{os.getpid()}"
    started = datetime.now(UTC).isoformat()
    try:
        while True:
            try:
                await heartbeat.beat(
                    name, tasks=tally.tasks, processed=tally.processed, started=started, failed=tally.failed
                )
            except RedisError as error:
                log.warning("heartbeat_failed", error=repr(error))
            await asyncio.sleep(heartbeat.INTERVAL)
    finally:
        # A stop is not a death: health must not report it as one.
        await heartbeat.farewell(name)


def dead(threads: Sequence[threading.Thread], background: "Future[None]") -> list[str]:
    """Names of what should live and does not. Dramatiq's threads may die silently, while the process looks healthy."""
    gone = [type(thread).__name__ for thread in threads if not thread.is_alive()]
    return [*gone, "background"] if background.done() else gone
