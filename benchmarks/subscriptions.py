"""How fast does one API process tell N sockets every event, against a bare loop that sends them ready-made frames?

All events are in the log at once, as after an outage, and every socket wants all of them, each with its message.
Meanwhile /health is asked. The baseline is the same server with a loop a socket that sends one and the same text.

python -m benchmarks.subscriptions [sockets] [events] [runs]
"""

import asyncio
import contextlib
import os
import socket
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import httpx
import orjson
import psutil
import uvicorn
import uvloop
from websockets import Subprotocol
from websockets.asyncio.client import connect as connect_socket

from benchmarks.measure import free_port, installation, program, report
from db.core import connect
from db.core.transaction import transaction
from db.events import EventType, record_all
from graph.core import ids

TARGET = 0.2
ADMIN = "an-admin-token-of-32-bytes-and-more-xx"
DOCUMENT = "subscription { messageEvents { cursor type message { id status } } }"
FRAME = (
    '{"id":"1","type":"next","payload":{"data":{"messageEvents":{"cursor":"RXZlbnQ6MDEyMzQ1Njc6MTIzNDU2Nzg","type":'
    '"MESSAGE_SENT","message":{"id":"TWVzc2FnZToxMjM0NTY3OA","status":"SENT"}}},"extensions":{"cost":{"cost":2,'
    '"limit":10000}}}}'
)
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


async def bare(scope: Any, receive: Any, send: Any) -> None:
    """Sends as many frames as the client asks for, and says when that is."""
    if scope["type"] != "websocket":
        return
    await receive()
    await send({"type": "websocket.accept", "subprotocol": "graphql-transport-ws"})
    await receive()
    await send({"type": "websocket.send", "text": '{"type":"connection_ack"}'})
    await receive()
    for _ in range(int((await receive())["text"])):
        await send({"type": "websocket.send", "text": FRAME})
        await asyncio.sleep(0)
    await receive()


async def listen(port: int, sockets: int, events: int, ask: bool) -> None:
    """The clients: a line when all are ready, and another when all have everything, in order."""
    ready = [asyncio.Event() for _ in range(sockets)]
    go = asyncio.Event()

    async def one(number: int) -> None:
        url, protocols = f"ws://127.0.0.1:{port}/graphql", [Subprotocol("graphql-transport-ws")]
        async with connect_socket(url, subprotocols=protocols, proxy=None, ping_interval=None) as client:
            await client.send(orjson.dumps({"type": "connection_init", "payload": {"X-Admin-Token": ADMIN}}).decode())
            await client.recv()
            await client.send(orjson.dumps({"type": "subscribe", "id": "1", "payload": {"query": DOCUMENT}}).decode())
            ready[number].set()
            if ask:
                await go.wait()
                await client.send(str(events))
            frames = [await client.recv(decode=False) for _ in range(events)]
        if not ask:
            told = [orjson.loads(frame)["payload"]["data"]["messageEvents"] for frame in frames]
            assert all(event["message"]["status"] for event in told)
            assert [event["message"]["id"] for event in told] == [
                ids.encode("Message", number) for number in range(1, events + 1)
            ]

    clients = [asyncio.create_task(one(number)) for number in range(sockets)]
    for event in ready:
        await event.wait()
    await asyncio.sleep(1)
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    go.set()
    await asyncio.gather(*clients)
    print("done", flush=True)


async def told(port: int, sockets: int, events: int, *, ask: bool) -> float:
    """Deliveries a second."""
    clients = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.subscriptions", "listen", str(port), str(sockets), str(events), str(int(ask)),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert clients.stdin is not None
    assert clients.stdout is not None
    assert await clients.stdout.readline() == b"ready\n"
    started = time.perf_counter()
    clients.stdin.write(b"go\n")
    if not ask:
        await write(events)
    assert await clients.stdout.readline() == b"done\n"
    seconds = time.perf_counter() - started
    await clients.wait()
    return sockets * events / seconds


async def write(events: int) -> None:
    async with transaction():
        record_all(
            (EventType.MESSAGE_SENT, None, "Message", number, 1, number, 1, number, None)
            for number in range(1, events + 1)
        )


async def ask_health(port: int, waits: list[float], enough: asyncio.Event) -> None:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=120) as client:
        while not waits or not enough.is_set():
            started = time.perf_counter()
            await client.get("/health")  # 503: there is no worker
            waits.append(time.perf_counter() - started)
            await asyncio.sleep(0.05)


@contextmanager
def serving(port: int, *arguments: str) -> Generator[psutil.Process]:
    with program(*arguments) as process:
        for _ in range(200):
            with contextlib.suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port)):
                break
            time.sleep(0.05)
        yield psutil.Process(process.pid)


async def main(sockets: int, events: int, runs: int) -> None:
    ours_port, bare_port = free_port(), free_port()
    async with installation(API_PORT=str(ours_port), ADMIN_TOKEN=ADMIN):
        async with connect.connection() as connection:
            for statement in PREPARE.replace("$1::int", str(events)).split(";\n"):
                if statement.strip():
                    await connection.execute(statement)
        ours = serving(ours_port, *os.environ.get("API", "tidings api").split())
        server = serving(bare_port, "benchmarks.subscriptions", "bare", str(bare_port))
        ratios, rates, waits, sizes = list[float](), list[tuple[float, float]](), list[list[float]](), list[float]()
        with ours as process, server:
            await told(bare_port, sockets, events // 10, ask=True)
            sizes.append(process.memory_info().rss / 2**20)
            for _ in range(runs):
                bare_rate = await told(bare_port, sockets, events, ask=True)
                waits.append([])
                asking = asyncio.create_task(ask_health(ours_port, waits[-1], enough := asyncio.Event()))
                our_rate = await told(ours_port, sockets, events, ask=False)
                enough.set()
                await asking
                waits[-1].sort()
                ratios.append(our_rate / bare_rate)
                rates.append((our_rate, bare_rate))
                sizes.append(process.memory_info().rss / 2**20)
    report(
        "Every event to every socket, one API process",
        f"{sockets} sockets, {events:,} events in the log at once",
        ratios,
        f"≥ {TARGET}",
        ours=", ".join(f"{rate:,.0f}" for rate, _ in rates) + " deliveries/s",
        bare=", ".join(f"{rate:,.0f}" for _, rate in rates) + " deliveries/s",
        health=", ".join(
            f"p95 {wait[len(wait) * 95 // 100] * 1000:,.0f} (most {wait[-1] * 1000:,.0f})" for wait in waits
        )
        + " ms",
        memory=" → ".join(f"{size:,.0f}" for size in sizes) + " MiB",
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["bare"]:
        uvicorn.run(
            bare, port=int(sys.argv[2]), log_config=None, access_log=False, ws="graph.core.wire:SocketProtocol",
            lifespan="off",
        )  # fmt: skip
    elif sys.argv[1:2] == ["listen"]:
        uvloop.run(listen(*(int(given) for given in sys.argv[2:5]), ask=sys.argv[5] == "1"))
    else:
        uvloop.run(main(*(int(given) for given in [*sys.argv[1:], *["60", "2000", "3"][len(sys.argv) - 1 :]])))
