"""The clock: what happens again and again, done by one process at a time, wherever it runs."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog

from db.core.leader import LOST, leadership, stay
from domain.core import traffic

Tick = Callable[[], Awaitable[object]]

log = structlog.get_logger()

_ticks: list["_Every"] = []
_AGAIN = 1.0
"""Seconds before it tries to lead once more, after the database was away."""


@dataclass(frozen=True, slots=True)
class _Every:
    seconds: float
    timeout: float
    tick: Tick

    @property
    def name(self) -> str:
        """With its module, for many rooms trim."""
        return f"{self.tick.__module__}.{self.tick.__name__}"


def every(seconds: float, *, timeout: float = 30.0) -> Callable[[Tick], Tick]:
    """Runs a function again and again, `seconds` from one start to the next, never twice at once.

    A run that takes longer than `timeout` is cancelled; one that fails is logged; both leave the next as it was.
    What is due is for the function to ask, by the database's clock.
    """

    def register(tick: Tick) -> Tick:
        _ticks.append(_Every(seconds, timeout, tick))
        return tick

    return register


async def run_clock() -> None:
    """Leads when nobody else does, and ticks while it leads; ends only when cancelled."""
    while True:
        try:
            async with leadership() as session:
                log.info("clock_leads", ticks=len(_ticks))
                async with asyncio.TaskGroup() as group:
                    group.create_task(stay(session))
                    for ticking in _ticks:
                        group.create_task(_repeat(ticking))
        except* LOST as lost:
            log.warning("clock_stopped", error=repr(lost.exceptions[0]))
        await asyncio.sleep(_AGAIN)


async def _repeat(ticking: _Every) -> None:
    task, failing = asyncio.current_task(), traffic.TICKS.labels(ticking.name)
    try:
        # Some library below a tick may swallow the cancellation that ends the lead; it is counted all the same.
        while task is not None and not task.cancelling():
            started = time.monotonic()
            try:
                async with asyncio.timeout(ticking.timeout):
                    await ticking.tick()
                failing.set(0)
            except Exception:
                failing.set(1)
                log.exception("tick_failed", tick=ticking.name)
            await asyncio.sleep(max(0.0, ticking.seconds - (time.monotonic() - started)))
    finally:
        # Whoever leads next tells of it.
        failing.set(0)
