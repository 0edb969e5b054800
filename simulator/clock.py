"""The simulator's own time: it may run faster than the machine's and jump ahead, so that hours pass in seconds.

Whatever WhatsApp waits for goes by it: statuses, windows, expiries, retries, caps, the life of media, people's
answers. What happens between two machines does not: the latency of a call, a cut or slow connection, how long updates
gather, timeouts.
"""

import asyncio
import logging
import time
from collections.abc import Callable

from simulator.agenda import Agenda

log = logging.getLogger(__name__)

_LOOK = 0.05
"""Seconds of the machine after which a change of the clock is noticed at the latest."""


class Clock:
    """Seconds since 1970 as the simulated world has them."""

    def __init__(self) -> None:
        self.scale = 1.0
        self._at = time.time()
        self._since = time.monotonic()

    def now(self) -> float:
        """The time of day here."""
        return self._at + (time.monotonic() - self._since) * self.scale

    def change(self, *, scale: float | None = None, jump: float = 0.0) -> None:
        """Run `scale` times as fast from here on, and be `jump` seconds later."""
        self._at, self._since = self.now() + jump, time.monotonic()
        self.scale = self.scale if scale is None else scale

    def machine_seconds(self, seconds: float) -> float:
        """How long `seconds` of this clock take on the machine."""
        return seconds / self.scale


class Timers:
    """Calls to be made at a time of the clock. What a call puts down for a time that has passed is made at once."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._wake = asyncio.Event()
        self.forget()

    def forget(self) -> None:
        """Drop what waits."""
        self._agenda: Agenda[Callable[[], object]] = Agenda()

    def at(self, due: float, call: Callable[[], object]) -> None:
        """Make `call` at `due`."""
        self._agenda.add(due, call)
        self._wake.set()

    async def run(self) -> None:
        """Make calls until cancelled."""
        while True:
            due = self._agenda.next()
            if due is None:
                self._wake.clear()
                await self._wake.wait()
                continue
            ahead = self._clock.machine_seconds(due - self._clock.now())
            await asyncio.sleep(min(max(ahead, 0.001), _LOOK))
            for call in self._agenda.due(self._clock.now()):
                try:
                    call()
                except Exception:
                    log.exception("what was to happen failed")
