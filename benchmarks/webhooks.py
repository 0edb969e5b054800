"""Three webhooks, of which one hangs and one flaps: is any event lost or out of order, and how late is the third told?

Events of many contacts are written at a steady pace, and one worker tells of them. The one that hangs takes every post
and answers none; the one that flaps answers 500 for every other five seconds. In the end both answer again, their
pauses are cut short, and everybody must have been told of everything: of each contact in order. Of the third the time
runs from the event to its arrival.

python -m benchmarks.webhooks [events] [events a second] [contacts]
"""

import asyncio
import sys
import time
from collections import defaultdict
from datetime import datetime

import orjson
import uvloop
from aiohttp import web

from benchmarks.measure import free_port, installation, program, report
from db.core import connect
from db.core.transaction import transaction
from db.events import EventType, record_all
from domain import webhooks
from domain.core.access import SYSTEM

TARGET = 1.0
"""Seconds from the event to the healthy receiver, p95."""
PATIENCE = 300.0
"""Seconds after which what is still missing is lost."""
_NO_MORE_PAUSE = (
    "UPDATE webhook_delivery SET next_attempt_at = now() WHERE status = 'PENDING' AND next_attempt_at > now()"
)
_DUE = "UPDATE webhook SET due_at = now() WHERE due_at > now()"


class Receiver:
    """What one webhook was told: each event first, with its lag, by contact."""

    def __init__(self) -> None:
        self.lags: list[float] = []
        self.seen: set[int] = set()
        self.twice = 0
        self.last: defaultdict[str, int] = defaultdict(lambda: -1)
        self.disorder = 0
        self.well = asyncio.Event()
        self.hangs = self.flaps = False

    async def take(self, request: web.Request) -> web.Response:
        told = orjson.loads(await request.read())
        if self.hangs and not self.well.is_set():
            await self.well.wait()
            return web.Response(status=500)
        if self.flaps and not self.well.is_set() and int(time.monotonic() / 5) % 2:
            return web.Response(status=500)
        number, contact = told["data"]["n"], told["data"]["contact_id"]
        if number in self.seen:
            self.twice += 1
        else:
            self.seen.add(number)
            self.lags.append(time.time() - datetime.fromisoformat(told["timestamp"]).timestamp())
            self.disorder += number < self.last[contact]
            self.last[contact] = number
        return web.Response()


async def write(events: int, pace: int, contacts: int) -> None:
    """So many events a second, in twenty transactions a second."""
    size, began = max(1, pace // 20), time.monotonic()
    for first in range(0, events, size):
        await asyncio.sleep(max(0.0, began + first / pace - time.monotonic()))
        async with transaction():
            record_all(
                (
                    EventType.CONTACT_UPDATED,
                    None,
                    "Contact",
                    n % contacts + 1,
                    None,
                    n % contacts + 1,
                    None,
                    None,
                    f'{{"n": {n}}}',
                )
                for n in range(first, min(first + size, events))
            )


async def all_told(receivers: list[Receiver], events: int) -> None:
    """Waits until each was told of everything; where they are well, pauses are over."""
    async with asyncio.timeout(PATIENCE):
        while True:
            if all(len(receiver.seen) == events for receiver in receivers):
                return
            if all(receiver.well.is_set() for receiver in receivers):
                await connect.execute(_NO_MORE_PAUSE)
                await connect.execute(_DUE)
            await asyncio.sleep(0.2)


async def main(events: int = 20_000, pace: int = 500, contacts: int = 2000) -> None:
    healthy, hanging, flapping = receivers = [Receiver() for _ in range(3)]
    hanging.hangs = flapping.flaps = True
    app, port = web.Application(), free_port()
    for number, receiver in enumerate(receivers):
        app.router.add_post(f"/{number}", receiver.take)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    async with installation():
        for number in range(3):
            url = f"http://127.0.0.1:{port}/{number}"
            await webhooks.create(SYSTEM, url=url, events=[EventType.CONTACT_UPDATED])
        with program("tidings", "worker"):
            await asyncio.sleep(3)  # until it leads the clock
            await write(events, pace, contacts)
            await all_told([healthy], events)
            lags, told = sorted(healthy.lags), len(flapping.seen)
            for receiver in receivers:
                receiver.well.set()
            began = time.monotonic()
            await all_told(receivers, events)
    assert not any(receiver.disorder for receiver in receivers), "one of a contact came before those before it"
    at = {share: lags[int(len(lags) * share / 100)] for share in (50, 95, 99)}
    report(
        "Three webhooks, of which one hangs and one flaps",
        f"{events:,} events of {contacts:,} contacts at {pace}/s, one worker",
        [at[95] / TARGET],
        "≤ 1 of a second, p95",
        lag=", ".join(f"p{share} {lag:.2f} s" for share, lag in at.items()),
        lost=", ".join(str(events - len(receiver.seen)) for receiver in receivers),
        disorder=", ".join(str(receiver.disorder) for receiver in receivers),
        twice=", ".join(str(receiver.twice) for receiver in receivers),
        flapping=f"{told:,} told by the end of the events",
        catching_up=f"{time.monotonic() - began:.1f} s for both",
    )
    await runner.cleanup()


if __name__ == "__main__":
    uvloop.run(main(*map(int, sys.argv[1:])))
