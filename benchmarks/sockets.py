"""A thousand sockets, each with its own filter, while events are written at a steady pace: is each told in time?

Every socket follows one contact. Each event must reach its socket alone, in order; the time runs from the commit to
the client. The baseline is one socket that wants all of the same events, at the same pace. Then the same once more
beside fifty sockets that want all of them and read nothing.

python -m benchmarks.sockets [sockets] [events a second] [seconds]
"""

import asyncio
import contextlib
import os
import sys
import time
from functools import partial

import orjson
import psutil
import uvloop

from benchmarks.measure import free_port, installation, report, serving
from benchmarks.parts.listener import ADMIN, Listener
from benchmarks.subscriptions import MARK, prepare, sent, write
from db.events import EventType
from graph.core import ids

DEAD = 50
"""Sockets that read nothing."""
PATIENCE = 60.0
"""Seconds after which a run is given up."""
TARGET = 500.0
"""Milliseconds from commit to client, p95."""
MEMORY_TARGET = 100.0
"""KB of the API's memory for each socket."""
DOCUMENT = """
subscription Mine($contact: ID) { messageEvents(filter: {contactId: $contact}) { cursor type message { id status } } }
"""


async def listen(port: int, sockets: int, contacts: int, events: int, dead: int) -> None:
    """The clients, one for each contact or one for all: what they heard and when, once they have heard so many.

    Beside so many that want everything and read nothing.
    """
    heard: list[list[tuple[float, bytes]]] = [[] for _ in range(sockets)]
    live, all_live, all_heard = set[int](), asyncio.Event(), asyncio.Event()
    missing = events

    def hear(number: int, frame: bytes) -> None:
        nonlocal missing
        if MARK in frame:
            live.add(number)
            if len(live) == sockets:
                all_live.set()
        else:
            heard[number].append((time.monotonic(), frame))
            missing -= 1
            if not missing:
                all_heard.set()

    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    for number in range(sockets):
        listener = await Listener.connect(port, partial(hear, number))
        contact = ids.encode("Contact", number + 1) if sockets == contacts else None
        listener.subscribe(DOCUMENT, contact=contact)
    for _ in range(dead):
        listener = await Listener.connect(port, lambda _: None)
        listener.subscribe(DOCUMENT)
        listener.transport.pause_reading()
    print("connected", flush=True)
    await all_live.wait()
    print("ready", flush=True)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE):
            await all_heard.wait()
    await asyncio.sleep(0.5)  # for what should not come
    for number, frames in enumerate(heard):
        for at, frame in frames:
            event = orjson.loads(frame)["payload"]["data"]["messageEvents"]
            print(number + 1, at, ids.decode(event["message"]["id"], "Message"), event["cursor"])
    print("done", flush=True)


class Clients:
    """The process of the clients."""

    def __init__(self, *arguments: int, module: str = "sockets") -> None:
        self.module = f"benchmarks.{module}"
        self.arguments = [str(argument) for argument in arguments]

    async def start(self) -> None:
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", self.module, "listen", *self.arguments,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=2**24,
        )  # fmt: skip
        await self.line()

    def say(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(b"go\n")

    async def line(self, seconds: float = PATIENCE) -> list[str]:
        assert self.process.stdout is not None
        async with asyncio.timeout(seconds):
            return (await self.process.stdout.readline()).decode().split()


def marker(contact: int) -> tuple[object, ...]:
    return (EventType.MESSAGE_SCHEDULED, None, "Schedule", 1, 1, contact, 1, None, None)


async def measure(
    port: int, api: psutil.Process, sockets: int, contacts: int, rate: int, seconds: int, dead: int = 0
) -> tuple[list[float], float, float]:
    """Milliseconds of all events, sorted; KB of memory a socket at most; share of a core that the API took."""
    clients = Clients(port, sockets, contacts, rate * seconds, dead)
    await clients.start()
    before = api.memory_info().rss
    clients.say()
    assert await clients.line() == ["connected"]
    while True:
        await write([marker(contact) for contact in range(1, contacts + 1)])
        with contextlib.suppress(TimeoutError):
            assert await clients.line(5) == ["ready"]
            break
    await asyncio.sleep(1)
    most = api.memory_info().rss
    committed = dict[int, float]()
    order = [turn * 7919 % contacts + 1 for turn in range(rate * seconds)]
    started, used = time.monotonic(), sum(api.cpu_times()[:2])
    for turn, contact in enumerate(order):
        await asyncio.sleep(max(0.0, started + turn / rate - time.monotonic()))
        await write([(*sent(turn + 1)[:5], contact, *sent(turn + 1)[6:])])
        committed[turn + 1] = time.monotonic()
        if turn % rate == 0:
            most = max(most, api.memory_info().rss)
    used = (sum(api.cpu_times()[:2]) - used) / (time.monotonic() - started)
    told: dict[int, list[int]] = {number: [] for number in range(1, sockets + 1)}
    waits = list[float]()
    while (line := await clients.line(2 * PATIENCE)) != ["done"]:
        told[int(line[0])].append(int(line[2]))
        waits.append((float(line[1]) - committed[int(line[2])]) * 1000)
    await clients.process.wait()
    expected: dict[int, list[int]] = {number: [] for number in range(1, sockets + 1)}
    for turn, contact in enumerate(order):
        expected[contact if sockets == contacts else 1].append(turn + 1)
    astray = [number for number in told if told[number] != expected[number]]
    assert not astray, [(number, told[number], expected[number]) for number in astray[:5]]
    return sorted(waits), (most - before) / 1024 / sockets, used


def percentile(waits: list[float], share: float) -> float:
    return waits[int(len(waits) * share)]


async def main(sockets: int, rate: int, seconds: int) -> None:
    port, events = free_port(), max(sockets, rate * seconds)
    async with installation(API_PORT=str(port), ADMIN_TOKEN=ADMIN):
        await prepare(events)
        with serving(port, *os.environ.get("API", "tidings api").split()) as api:
            base, _, base_used = await measure(port, api, 1, sockets, rate, min(seconds, 10))
            mine, memory, used = await measure(port, api, sockets, sockets, rate, seconds)
            beside, more, beside_used = await measure(port, api, sockets, sockets, rate, seconds, dead=DEAD)

    def figures(waits: list[float], used: float) -> str:
        each = ", ".join(f"p{share * 100:g} {percentile(waits, share):,.0f}" for share in (0.5, 0.95, 0.99))
        return f"{each}, most {waits[-1]:,.0f} ms; {used:.0%} of a core"

    report(
        "An own filter for each socket, one API process: p95 against one socket",
        f"{sockets:,} sockets, {rate} events/s for {seconds} s, one a transaction",
        [percentile(mine, 0.95) / percentile(base, 0.95)],
        f"p95 < {TARGET:g} ms; ≤ {MEMORY_TARGET:g} KB a socket",
        ours=figures(mine, used),
        one=figures(base, base_used),
        beside_dead=f"{figures(beside, beside_used)} beside {DEAD} sockets that read nothing",
        memory=f"{memory:.0f} KB a socket at most while events come; {more:.0f} more beside those that read nothing",
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["listen"]:
        uvloop.run(listen(*(int(given) for given in sys.argv[2:7])))
    else:
        uvloop.run(main(*(int(given) for given in [*sys.argv[1:], *["1000", "200", "20"][len(sys.argv) - 1 :]])))
