"""A thousand sockets whose server dies: how soon after its return has each what it missed, against the first connect?

Every socket follows one contact. The API is killed; meanwhile each contact has two events; the API is started again.
Clients connect anew at once, each with the last cursor it saw, and each must have its events once and in order. The
time runs from the port's being open. The baseline is how long the same clients took to connect at first.

python -m benchmarks.resume [sockets]
"""

import asyncio
import base64
import contextlib
import random
import re
import sys
import time
from itertools import pairwise

import uvloop

from benchmarks.measure import free_port, installation, report, serving
from benchmarks.parts.listener import ADMIN, Listener
from benchmarks.sockets import PATIENCE, Clients, marker
from benchmarks.subscriptions import MARK, prepare, sent, write
from graph.core import ids

MISSED = 2
"""Events of each contact while the API is away."""
CURSOR = re.compile(rb'"cursor":"([^"]+)"')
DOCUMENT = """
subscription Mine($contact: ID, $after: String) {
  messageEvents(filter: {contactId: $contact}, after: $after) { cursor type message { id status } }
}
"""


class Follower(Listener):
    """A socket that says when it is lost."""

    lost: asyncio.Event

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.lost = asyncio.Event()
        super().connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost.set()
        self.acknowledged.set()


class Crowd:
    """All clients, and what each has heard: numbers of events, the first being the one that showed it to be live."""

    def __init__(self, port: int, sockets: int) -> None:
        self.port = port
        self.cursors = [""] * sockets
        self.heard: list[list[int]] = [[] for _ in range(sockets)]

    async def follow(self, number: int) -> None:
        def hear(frame: bytes) -> None:
            found = CURSOR.search(frame)
            assert found, frame
            if MARK in frame and self.heard[number]:
                return  # Markers come until everybody is live.
            self.cursors[number] = found[1].decode()
            self.heard[number].append(int(base64.urlsafe_b64decode(found[1] + b"==").decode().split(":")[2]))

        contact = ids.encode("Contact", number + 1)
        while True:
            with contextlib.suppress(OSError, TimeoutError):
                socket = await Follower.connect(self.port, hear)
                if not socket.lost.is_set():
                    socket.subscribe(DOCUMENT, contact=contact, after=self.cursors[number] or None)
                await socket.lost.wait()
            await asyncio.sleep(random.random() * 0.2)

    async def until(self, count: int) -> None:
        """Until everybody has heard so many."""
        async with asyncio.timeout(PATIENCE):
            while any(len(heard) < count for heard in self.heard):  # noqa: ASYNC110 - nothing tells when
                await asyncio.sleep(0.02)


async def listen(port: int, sockets: int) -> None:
    """The clients: a line when all are live, and one when all have what they missed; then how many went astray."""
    crowd = Crowd(port, sockets)
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    tasks = [asyncio.create_task(crowd.follow(number)) for number in range(sockets)]
    for count in (1, 1 + MISSED):
        await crowd.until(count)
        print("heard", flush=True)
    await asyncio.sleep(1)  # for what should not come
    astray = [heard for heard in crowd.heard if len(heard) != 1 + MISSED or any(a >= b for a, b in pairwise(heard))]
    print(len(astray), flush=True)
    for task in tasks:
        task.cancel()


async def first_connect(clients: Clients, sockets: int) -> float:
    """Seconds until all are live."""
    began = time.monotonic()
    clients.say()
    hearing = asyncio.create_task(clients.line())
    while not hearing.done():
        await write([marker(contact) for contact in range(1, sockets + 1)])
        await asyncio.wait([hearing], timeout=0.5)
    return time.monotonic() - began


async def main(sockets: int = 1000) -> None:
    port = free_port()
    async with installation(API_PORT=str(port), ADMIN_TOKEN=ADMIN):
        await prepare(sockets)
        with serving(port, "tidings", "api") as api:
            clients = Clients(port, sockets, module="resume")
            await clients.start()
            connected = await first_connect(clients, sockets)
            api.kill()
        for _ in range(MISSED):
            for first in range(1, sockets + 1, 50):
                some = range(first, min(first + 50, sockets + 1))
                await write([(*sent(n)[:5], n, *sent(n)[6:]) for n in some])
        with serving(port, "tidings", "api") as api:
            began = time.monotonic()
            await clients.line()
            resumed = time.monotonic() - began
            used = sum(api.cpu_times()[:2])
            astray = await clients.line()
        await clients.process.wait()
    assert astray == ["0"], f"{astray} sockets missed events, or had them twice or out of order"
    report(
        "Sockets whose server dies, until each has what it missed: against their first connect",
        f"{sockets:,} sockets, an own filter each, {MISSED} events for each meanwhile, one API process",
        [resumed / connected],
        "to be known; none lost, none twice",
        resumed=f"{resumed:.1f} s from the open port, {used:.1f} s of the API's CPU with its start",
        first_connect=f"{connected:.1f} s",
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["listen"]:
        uvloop.run(listen(int(sys.argv[2]), int(sys.argv[3])))
    else:
        uvloop.run(main(*map(int, sys.argv[1:])))
