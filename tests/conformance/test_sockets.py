"""graphql-transport-ws: one table of frames, told to our server and to the reference server of npm's graphql-ws."""

import asyncio
import json
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from websockets import ClientConnection, ConnectionClosed, Subprotocol
from websockets.asyncio.client import connect

from db.accounts import Role
from graph.core import sockets
from tests import factories, listening
from tests.conformance.frames import INIT, RIGHT, WRONG, Broken, Case, subscribe
from tests.graph.core import toy
from tests.graph.core.toy import Toy
from tests.listening import socket_of
from tests.running import Api

PROTOCOL = Subprotocol("graphql-transport-ws")
CASES = {**RIGHT, **WRONG}


@dataclass(frozen=True)
class Server:
    url: str
    token: str


@pytest.fixture(scope="session")
def ours(served: Toy) -> Server:
    return Server(served.url, served.tokens[Role.ADMIN])


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def reference(node: Path) -> AsyncIterator[Server]:
    process = await asyncio.create_subprocess_exec(
        "node", "socket_server.mjs", cwd=node, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(toy.schema.as_str().encode())
    process.stdin.close()
    yield Server(f"http://127.0.0.1:{int(await process.stdout.readline())}", "any")
    process.kill()
    await process.wait()


@asynccontextmanager
async def opened(server: Server, *protocols: Subprotocol) -> AsyncIterator[ClientConnection]:
    address = f"{server.url.replace('http', 'ws')}/graphql"
    async with connect(address, subprotocols=protocols or None, proxy=None, compression=None) as socket:
        yield socket


async def told(socket: ClientConnection) -> str:
    """The next message, in short."""
    async with asyncio.timeout(10):
        message = json.loads(await socket.recv())
    line = " ".join(message[key] for key in ("type", "id") if key in message)
    if message["type"] == "next":
        line += f" {write(message['payload'].get('data'))}"
    elif message["type"] == "pong" and "payload" in message:
        line += f" {write(message['payload'])}"
    return line


def write(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


async def send(socket: ClientConnection, server: Server, frame: Any) -> None:
    if frame is INIT:
        payload = {"Authorization": f"Bearer {server.token}"}
        await socket.send(json.dumps({"type": "connection_init", "payload": payload}))
        assert await told(socket) == "connection_ack"
    elif isinstance(frame, Broken):
        async with socket.send_context():
            socket.protocol.send_text(frame.data)
    else:
        await socket.send(frame if isinstance(frame, str | bytes) else json.dumps(frame))


async def answers(server: Server, case: Case, expected: list[str], closed: int | None) -> tuple[list[str], int | None]:
    """What a server says to the frames of a case, until it closes or as much came as is expected."""
    lines: list[str] = []
    async with opened(server, PROTOCOL) as socket:
        try:
            for frame in case.sent:
                if frame == "wait":
                    lines.append(await told(socket))
                else:
                    await send(socket, server, frame)
            while closed is not None:  # Events of operations that run may come before the close.
                await told(socket)
            while len(lines) < len(expected):
                lines.append(await told(socket))
            # Nothing else comes: what follows is the answer to a ping.
            await socket.send('{"type":"ping","payload":{"all":"told"}}')
            while (last := await told(socket)) != 'pong {"all":"told"}':
                lines.append(last)
        except ConnectionClosed as error:
            return lines, error.rcvd.code if error.rcvd else 1006
    return lines, None


@pytest.mark.parametrize("name", CASES)
async def test_our_server_answers_each_frame(ours: Server, name: str) -> None:
    case = CASES[name]
    assert await answers(ours, case, case.told, case.closed) == (case.told, case.closed)


@pytest.mark.parametrize("name", CASES)
async def test_the_reference_server_answers_each_frame_likewise(reference: Server, name: str) -> None:
    case = CASES[name]
    lines, closed = case.reference or (case.told, case.closed)
    assert await answers(reference, case, lines, closed) == (lines, closed)


async def check_protocols(server: Server) -> None:
    for others in ([], ["graphql-ws"], ["graphql-ws", "nonsense"]):
        async with opened(server, *map(Subprotocol, others)) as socket:
            assert await closing(socket) == 4406
    async with opened(server, Subprotocol("graphql-ws"), PROTOCOL) as socket:
        assert socket.subprotocol == PROTOCOL


async def check_init_timeout(server: Server) -> None:
    async with opened(server, PROTOCOL) as socket:
        await socket.send('{"type":"pong"}')  # This is no init.
        assert await closing(socket) == 4408


async def test_our_server_wants_the_protocol(ours: Server) -> None:
    await check_protocols(ours)


async def test_our_server_does_not_wait_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "INIT_TIMEOUT", timedelta(seconds=0.2))
    async with toy.serving() as url:
        await check_init_timeout(Server(url, ""))


async def test_the_reference_server_does_likewise(reference: Server) -> None:
    await check_protocols(reference)
    await check_init_timeout(reference)


async def closing(socket: ClientConnection) -> int | None:
    """The code of the close, whatever comes before."""
    async with asyncio.timeout(10):
        with suppress(ConnectionClosed):
            while True:
                await socket.recv()
    return socket.close_code


@pytest.mark.parametrize("name", [name for name, case in WRONG.items() if case.sent[0] is INIT])
async def test_a_socket_that_is_closed_takes_its_operations_with_it_and_no_others(ours: Server, name: str) -> None:
    mine, theirs = 2 * 10**9 + len(name), 2 * 10**9
    async with opened(ours, PROTOCOL) as bystander, opened(ours, PROTOCOL) as socket:
        for client, to in ((bystander, theirs), (socket, mine)):
            await send(client, ours, INIT)
            # Large ones, for what is sent ahead of a client soon fills the buffers in between.
            await send(
                client, ours, subscribe({"query": f"subscription {{ numbers(to: {to}, width: 100000) }}"}, "running")
            )
        assert (await told(bystander)).split()[-1] == '0"}'
        for frame in WRONG[name].sent[1:]:
            await send(socket, ours, frame)
        await closing(socket)
        await until(lambda: mine not in toy.counting)
        assert theirs in toy.counting
        assert (await told(bystander)).split()[-1] == '1"}'
        bystander.transport.abort()  # Its library would wait for a farewell behind all that it has not read.
    await until(lambda: theirs not in toy.counting)


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not holds():  # noqa: ASYNC110 - nothing tells when
            await asyncio.sleep(0.02)


async def test_wrong_frames_leave_the_subscriptions_of_others_alone(api: Api) -> None:
    contact = await factories.contact()
    server = Server(api.url, api.tokens[Role.VIEWER])
    async with socket_of(api, api.tokens[Role.VIEWER]) as bystander:
        await listening.subscribe(bystander, listening.CURSORS, filter=listening.of(contact))
        await asyncio.gather(*[answers(server, case, [], case.closed) for case in WRONG.values()])
        await listening.say(contact, times=3)
        cursors = [(await listening.event(bystander))["cursor"] for _ in range(3)]
        assert len(set(cursors)) == 3
        await bystander.send('{"type":"ping"}')
        assert await listening.receive(bystander) == {"type": "pong"}
