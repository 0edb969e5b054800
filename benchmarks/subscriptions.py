"""How fast does one API process tell N sockets every event, against a bare loop that sends them ready-made frames?

All events are in the log at once, as after an outage, and every socket wants all of them, each with its message.
Meanwhile /health is asked. The first baseline is the same server with a loop a socket that sends one and the same text;
the second is Strawberry as it comes, with events from memory, a twentieth of them: it takes that long.

python -m benchmarks.subscriptions [sockets] [events] [runs]
"""

import asyncio
import contextlib
import os
import sys
import time
from functools import partial
from typing import Any

import httpx
import orjson
import psutil
import uvloop

from benchmarks.measure import free_port, installation, report, serving, spread
from benchmarks.parts import feeds
from benchmarks.parts.listener import ADMIN, Listener
from db.core import connect
from db.core.transaction import transaction
from db.events import EventType, record_all
from graph.core import ids

TARGET = 0.6
STRAWBERRY_TARGET = 2.5
PATIENCE = 120.0
"""Seconds after which a run is given up."""
MARK = b'"MESSAGE_SCHEDULED"'
MARKER = (EventType.MESSAGE_SCHEDULED, None, "Schedule", 1, 1, None, 1, None, None)
"""An event that tells clients that their subscriptions are live."""
DOCUMENT = "subscription { messageEvents { cursor type message { id status } } }"
PREPARE = """
INSERT INTO contact (name, opt_in_status) SELECT 'Person ' || n, 'UNKNOWN' FROM generate_series(1, $1::int) n;
INSERT INTO sender (phone_number, provider, status, is_default, phone_number_id)
  VALUES ('+12025550100', 'CLOUD_API', 'CONNECTED', true, '1065');
INSERT INTO message_template (title, content) VALUES ('Hello', 'Hello {{name}}, see you.');
INSERT INTO contact_group (name) VALUES ('Everyone');
INSERT INTO schedule (template_id, group_id, sender_id, variables, status, send_at, excluded, fanned_out_to)
  VALUES (1, 1, 1, '{}', 'CANCELLED', now(), 0, 0);
INSERT INTO message (sender_id, contact_id, schedule_id, template_id, direction, author, type, purpose, priority, state,
                     address, attempts, due_at)
SELECT 1, n, 1, 1, 'OUTBOUND', 'SYSTEM', 'TEXT', 'MARKETING', 2, 'QUEUED', '+1202' || n, 0, now()
FROM generate_series(1, $1::int) n;
"""


async def prepare(messages: int) -> None:
    """Contacts with a message each; both are numbered from 1."""
    async with connect.connection() as connection:
        for statement in PREPARE.replace("$1::int", str(messages)).split(";\n"):
            if statement.strip():
                await connection.execute(statement)


async def listen(port: int, sockets: int, events: int, *, ask: bool) -> None:
    """The clients: a line when all are ready, and another when all have everything, in order."""
    heard: list[list[bytes]] = [[] for _ in range(sockets)]
    missing, all_heard = sockets * events, asyncio.Event()
    live, all_live = set[int](), asyncio.Event()

    def hear(number: int, frame: bytes) -> None:
        nonlocal missing
        if MARK in frame:
            live.add(number)
            if len(live) == sockets:
                all_live.set()
            return
        heard[number].append(frame)
        missing -= 1
        if not missing:
            all_heard.set()

    listeners = [await Listener.connect(port, partial(hear, number)) for number in range(sockets)]
    if not ask:
        for listener in listeners:
            listener.subscribe(DOCUMENT)
        await all_live.wait()
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    if ask:
        for listener in listeners:
            listener.subscribe(feeds.DOCUMENT, count=events)
    await all_heard.wait()
    print("done", flush=True)
    if not ask:
        expected = [ids.encode("Message", number) for number in range(1, events + 1)]
        for frames in heard:
            told = [orjson.loads(frame)["payload"]["data"]["messageEvents"]["message"] for frame in frames]
            assert [message["id"] for message in told] == expected
            assert all(message["status"] for message in told)


async def told(port: int, server: psutil.Process, sockets: int, events: int, *, ask: bool) -> tuple[float, float]:
    """Deliveries a second, and microseconds of the server's CPU for each."""
    clients = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.subscriptions", "listen", str(port), str(sockets), str(events), str(int(ask)),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert clients.stdin is not None
    assert clients.stdout is not None
    while True:
        if not ask:
            await write([MARKER])
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0.5):
                assert await clients.stdout.readline() == b"ready\n"
            break
    started, used = time.perf_counter(), sum(server.cpu_times()[:2])
    clients.stdin.write(b"go\n")
    if not ask:
        await write([sent(number) for number in range(1, events + 1)])
    async with asyncio.timeout(PATIENCE):
        assert await clients.stdout.readline() == b"done\n"
    seconds, used = time.perf_counter() - started, sum(server.cpu_times()[:2]) - used
    assert await clients.wait() == 0
    return sockets * events / seconds, used / (sockets * events) * 1e6


def sent(number: int) -> tuple[object, ...]:
    return (EventType.MESSAGE_SENT, None, "Message", number, 1, number, 1, number, None)


async def write(events: list[tuple[object, ...]]) -> None:
    async with transaction():
        record_all(events)


async def ask_health(port: int, waits: list[float], enough: asyncio.Event) -> None:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=120) as client:
        while not waits or not enough.is_set():
            started = time.perf_counter()
            await client.get("/health")  # 503: there is no worker
            waits.append(time.perf_counter() - started)
            await asyncio.sleep(0.05)
    waits.sort()


async def main(sockets: int, events: int, runs: int) -> None:
    ports = free_port(), free_port(), free_port()
    async with installation(API_PORT=str(ports[0]), ADMIN_TOKEN=ADMIN):
        await prepare(events)
        ours, bare, stock = list[Any](), list[Any](), list[Any]()
        waits, sizes = list[list[float]](), list[float]()
        with (
            serving(ports[0], *os.environ.get("API", "tidings api").split()) as api,
            serving(ports[1], "benchmarks.parts.feeds", "bare", str(ports[1])) as loop,
            serving(ports[2], "benchmarks.parts.feeds", "strawberry", str(ports[2])) as strawberry,
        ):
            await told(ports[1], loop, sockets, events // 10, ask=True)
            sizes.append(api.memory_info().rss / 2**20)
            for _ in range(runs):
                bare.append(await told(ports[1], loop, sockets, events, ask=True))
                stock.append(await told(ports[2], strawberry, sockets, events // 20, ask=True))
                waits.append([])
                asking = asyncio.create_task(ask_health(ports[0], waits[-1], enough := asyncio.Event()))
                ours.append(await told(ports[0], api, sockets, events, ask=False))
                enough.set()
                await asking
                sizes.append(api.memory_info().rss / 2**20)

    def figures(found: list[Any]) -> str:
        each = ", ".join(f"{rate:,.0f}" for rate, _ in found)
        return f"{each} deliveries/s; {spread([used for _, used in found])} µs of CPU each"

    report(
        "Every event to every socket, one API process, against frames that are ready",
        f"{sockets} sockets, {events:,} events in the log at once",
        [mine / base for (mine, _), (base, _) in zip(ours, bare, strict=True)],
        f"≥ {TARGET}",
        ours=figures(ours),
        bare=figures(bare),
        health=", ".join(
            f"p95 {wait[len(wait) * 95 // 100] * 1000:,.0f} (most {wait[-1] * 1000:,.0f})" for wait in waits
        )
        + " ms",
        memory=" → ".join(f"{size:,.0f}" for size in sizes) + " MiB",
    )
    report(
        "Every event to every socket, against Strawberry's own loop",
        f"the same; Strawberry sends {events // 20:,} events",
        [mine / base for (mine, _), (base, _) in zip(ours, stock, strict=True)],
        f"≥ {STRAWBERRY_TARGET}",
        stock=figures(stock),
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["listen"]:
        uvloop.run(listen(*(int(given) for given in sys.argv[2:5]), ask=sys.argv[5] == "1"))
    else:
        uvloop.run(main(*(int(given) for given in [*sys.argv[1:], *["100", "2000", "3"][len(sys.argv) - 1 :]])))
