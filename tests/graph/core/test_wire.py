"""Frames on their way out: several in one write, never after a farewell, and not compressed. Heads that do not end."""

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import pytest
from uvicorn.config import Config
from uvicorn.server import ServerState
from websockets import Subprotocol
from websockets.asyncio.client import connect as connect_socket

from db.accounts import Role
from graph.core import wire
from graph.core.wire import TOGETHER, HttpProtocol, SocketProtocol
from tests.graph.core.toy import Toy
from tests.running import Api

HANDSHAKE = (
    b"GET /graphql HTTP/1.1\r\nHost: here\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)

OURS = HANDSHAKE.replace(b"\r\n\r\n", b"\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n")


class Transport(asyncio.Transport):
    """Keeps what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.writes: list[bytes] = []

    def write(self, data: Any) -> None:
        self.writes.append(bytes(data))

    def is_closing(self) -> bool:
        return False

    def close(self) -> None:
        """Nothing is open."""

    def pause_reading(self) -> None:
        """Nothing is read."""

    def resume_reading(self) -> None:
        """Nor is it now."""


async def test_what_is_sent_in_one_turn_of_the_loop_leaves_in_one_write_in_order() -> None:
    begun = asyncio.Event()

    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "websocket.accept"})
        transport.writes.clear()
        for number in range(10):
            await send({"type": "websocket.send", "text": str(number)})
        begun.set()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        for number in range(2 * TOGETHER):
            await send({"type": "websocket.send", "text": str(number % 10)})
        await send({"type": "websocket.close", "code": 1000})

    config = Config(app, ws=SocketProtocol, ws_per_message_deflate=False)
    config.load()
    transport, protocol = Transport(), SocketProtocol(config, ServerState(), {})
    protocol.connection_made(transport)
    protocol.data_received(HANDSHAKE)
    await begun.wait()
    await asyncio.sleep(0)
    frame = b"\x81\x01%d"
    assert transport.writes == [b"".join(frame % number for number in range(10))]
    transport.writes.clear()
    await asyncio.gather(*protocol.tasks)
    assert b"".join(transport.writes).startswith(b"".join(frame % (number % 10) for number in range(2 * TOGETHER)))
    assert transport.writes[-1].startswith(b"\x88")
    assert len(transport.writes) == 3
    protocol.connection_lost(None)


def frame(kind: int, payload: bytes = b"", *, ends: bool = True) -> bytes:
    """As a client sends it, under a mask of zeros."""
    size = bytes([128 | len(payload)]) if len(payload) < 126 else b"\xfe" + len(payload).to_bytes(2)
    return bytes([(128 if ends else 0) | kind]) + size + b"\0\0\0\0" + payload


TEXT, MORE, PING = 1, 0, 9


async def test_a_flood_of_little_messages_lets_others_have_their_turn() -> None:
    turns = 0

    async def other() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async def app(_scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "websocket.accept"})
        for _ in range(2000):
            await receive()
        await send({"type": "websocket.close", "code": 1000})

    config = Config(app, ws=SocketProtocol, ws_per_message_deflate=False)
    config.load()
    protocol, beside = SocketProtocol(config, ServerState(), {}), asyncio.create_task(other())
    protocol.connection_made(Transport())
    protocol.data_received(HANDSHAKE + frame(TEXT, b"{}") * 2000)
    await asyncio.gather(*protocol.tasks)
    beside.cancel()
    assert turns >= 2000 // wire.IN_TURN
    protocol.connection_lost(None)


async def test_pieces_of_a_message_that_hold_nothing_are_not_kept_without_end(served: Toy) -> None:
    reader, writer = await connected(served)
    writer.write(OURS)
    assert b" 101 " in await reader.readuntil(b"\r\n\r\n")
    writer.write(frame(TEXT, b"{", ends=False) + frame(MORE, ends=False) * 20_000)
    async with asyncio.timeout(5):
        with suppress(ConnectionResetError):
            assert await reader.read() == b""
    writer.close()


async def test_of_who_reads_nothing_nothing_is_read(served: Toy) -> None:
    """Each ping has an answer, which would wait in memory."""
    url, most, sent = urlsplit(served.url), 60_000_000, 0
    reader, writer = await asyncio.open_connection(url.hostname, url.port, limit=1024)
    writer.write(OURS)
    assert b" 101 " in await reader.readuntil(b"\r\n\r\n")
    credentials = {"type": "connection_init", "payload": {"Authorization": f"Bearer {served.tokens[Role.VIEWER]}"}}
    writer.write(frame(TEXT, json.dumps(credentials).encode()))
    pings = frame(PING, b"x" * 125) * 1000
    with suppress(TimeoutError):
        while sent < most:
            writer.write(pings)
            async with asyncio.timeout(2):
                await writer.drain()
            sent += len(pings)
    assert sent < most
    writer.transport.abort()


async def test_sockets_are_not_compressed(api: Api) -> None:
    protocols = [Subprotocol("graphql-transport-ws")]
    async with connect_socket(api.ws_url, subprotocols=protocols, proxy=None, compression="deflate") as client:
        assert client.protocol.extensions == []


@pytest.mark.parametrize(
    "more",
    [b"Content-Length: 5\r\n", b"Transfer-Encoding: chunked\r\n", b"a: b\r\n" * 130, b"a: " + b"b" * 10_000 + b"\r\n"],
    ids=["a body", "chunks", "many headers", "a long header"],
)
async def test_a_handshake_that_is_none_is_not_held(served: Toy, more: bytes) -> None:
    """The head has come, so no other bound holds for it."""
    reader, writer = await connected(served)
    writer.write(OURS.replace(b"Host: here\r\n", b"Host: here\r\n" + more))
    async with asyncio.timeout(5):
        assert b" 101 " not in await reader.read()
    writer.close()


async def connected(api: Api | Toy) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    url = urlsplit(api.url)
    return await asyncio.open_connection(url.hostname, url.port)


@pytest.mark.parametrize(
    ("begun", "more"),
    [
        (b"GET / HTTP/1.1\r\nHost: here\r\n", b"a: b\r\n" * 200),
        (b"GET / HTTP/1.1\r\nHost: here\r\na: ", b"b" * 1200),
        (b"GET /?", b"a" * 1200),
        (
            b"POST /graphql HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n0\r\n",
            b"a: b\r\n" * 200,
        ),
    ],
    ids=["headers", "a header", "a URL", "trailers"],
)
async def test_a_head_that_does_not_end_is_cut_off(api: Api, begun: bytes, more: bytes) -> None:
    _, writer = await connected(api)
    writer.write(begun)

    async def flood() -> None:
        async with asyncio.timeout(10):
            for _ in range(50_000):
                writer.write(more)
                await writer.drain()

    with pytest.raises(ConnectionError):
        await flood()
    writer.close()
    assert (await api.http.get("/health/live")).status_code == 200


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"GET / HTTP/1.1\r\nHost: here\r\n",
        b"GET /health/live HTTP/1.1\r\nHost: here\r\n\r\nGET /",
        b"\r\n\r\n",
    ],
    ids=["nothing", "half a head", "half of a second one", "empty lines"],
)
async def test_who_does_not_say_what_they_want_is_cut_off(
    served: Toy, monkeypatch: pytest.MonkeyPatch, said: bytes
) -> None:
    monkeypatch.setattr(wire, "HEAD_SECONDS", 0.5)
    reader, writer = await connected(served)
    writer.write(said)
    async with asyncio.timeout(10):
        with suppress(ConnectionResetError):
            while await reader.read(1024):
                pass
    writer.close()


async def test_of_many_who_say_nothing_the_first_is_cut_off(served: Toy, monkeypatch: pytest.MonkeyPatch) -> None:
    """So those who say something get in, however many do not."""
    monkeypatch.setattr(wire, "MOST_SILENT", 20)
    opened = [await connected(served) for _ in range(25)]
    for reader, _ in opened[:5]:
        async with asyncio.timeout(5):
            with suppress(ConnectionResetError):
                assert await reader.read() == b""
    assert (await served.http.get("/", headers={"connection": "close"})).status_code == 200
    for _, writer in opened:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


async def test_of_many_whose_bodies_do_not_come_the_longest_silent_is_cut_off(
    served: Toy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each holds a task and a head, and nobody counts bodies before they are read."""
    monkeypatch.setattr(wire, "MOST_UNENDED", 5)
    body = b'{"query": "{ __typename }"}'
    head = b"POST /graphql HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
    opened = [await connected(served) for _ in range(8)]
    for number, (_, writer) in enumerate(opened):
        writer.write(head % len(body))
        await until(lambda number=number: len(wire._unended) == min(5, number + 1))  # pyright: ignore[reportPrivateUsage]
        opened[0][1].write(body[number : number + 1])  # the first goes on
        await asyncio.sleep(0.02)
    for reader, _ in opened[1:4]:
        async with asyncio.timeout(5):
            with suppress(ConnectionResetError):
                assert await reader.read() == b""
    assert (await served.http.get("/", headers={"connection": "close"})).status_code == 200
    opened[0][1].write(body[8:])
    opened[7][1].write(body)
    for reader, _ in (opened[0], opened[7]):
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200 OK")
    for _, writer in opened:
        writer.close()
    reader, writer = await connected(served)
    writer.write(OURS)
    assert b" 101 " in await reader.readuntil(b"\r\n\r\n")
    await until(lambda: not wire._unended)  # pyright: ignore[reportPrivateUsage]
    writer.close()


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not holds():  # noqa: ASYNC110 - nothing tells when
            await asyncio.sleep(0.01)


async def test_an_answer_that_nobody_reads_is_not_kept(served: Toy, monkeypatch: pytest.MonkeyPatch) -> None:
    """However much is asked for; who reads slowly gets all of it."""
    monkeypatch.setattr(wire, "UNREAD_SECONDS", 0.5)
    monkeypatch.setattr(wire, "LEAST_READ", 1)
    url = urlsplit(served.url)
    ask = b"GET /schema.graphql HTTP/1.1\r\nHost: here\r\n\r\n"
    size = len((await served.http.get("/schema.graphql")).content)
    many = 30_000_000 // size
    monkeypatch.setattr(wire, "MOST_PIPELINED", many)
    answers: list[bytes] = []
    for reads in (False, True):
        reader, writer = await asyncio.open_connection(url.hostname, url.port, limit=1024)
        writer.write(ask * (many - 1) + ask.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        await asyncio.sleep(0.2 if reads else 3)  # It is the time that is tried.
        with suppress(ConnectionResetError):
            async with asyncio.timeout(20):
                answers.append(await reader.read())
        writer.close()
    assert len(answers[-1]) > many * size
    assert len(answers) == 1 or len(answers[0]) < many * size


@pytest.mark.parametrize("more", [0, 1, 10_000], ids=["as many as may be", "one more", "thousands"])
async def test_few_requests_wait_for_the_answer_to_another(more: int) -> None:
    """However many one read brings."""
    waits, aborted = asyncio.Event(), list[bool]()

    async def app(_scope: Any, _receive: Any, _send: Any) -> None:
        await waits.wait()

    config = Config(app, http=HttpProtocol)
    config.load()
    transport, protocol = Transport(), HttpProtocol(config, ServerState(), {})
    transport.abort = lambda: aborted.append(True)
    protocol.connection_made(transport)
    protocol.data_received(b"GET / HTTP/1.1\r\n\r\n" * (1 + wire.MOST_PIPELINED + more))
    assert len(protocol.pipeline) == wire.MOST_PIPELINED
    assert bool(aborted) is bool(more)
    protocol.connection_lost(None)
    for task in list(protocol.tasks):
        task.cancel()


async def test_of_requests_that_came_together_the_one_that_is_answered_hears_that_its_reader_has_gone() -> None:
    """What it would write went nowhere else, and into the log as a fault of ours: 200 cuts left 12,000 lines there."""
    begun, heard = asyncio.Event(), list[str]()

    async def app(_scope: Any, receive: Any, send: Any) -> None:
        assert (await receive())["type"] == "http.request"
        begun.set()
        heard.append((await receive())["type"])
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body"})

    config = Config(app, http=HttpProtocol)
    config.load()
    state = ServerState()
    server = await asyncio.get_running_loop().create_server(lambda: HttpProtocol(config, state, {}), "127.0.0.1", 0)
    async with server:
        _, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.write(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n" * 3)
        await begun.wait()
        tasks = list(state.tasks)
        writer.transport.abort()
        async with asyncio.timeout(5):
            await asyncio.gather(*tasks)
    assert heard == ["http.disconnect"], "and those behind it never begin"
    assert not state.tasks


async def test_who_says_nothing_is_cut_off_after_ten_seconds(api: Api) -> None:
    reader, writer = await connected(api)
    async with asyncio.timeout(15):
        assert await reader.read() == b""
    writer.close()


async def test_a_body_may_take_longer_and_be_larger_than_a_head(served: Toy, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the head has these bounds: a body has those of what takes it."""
    monkeypatch.setattr(wire, "HEAD_SECONDS", 0.5)
    reader, writer = await connected(served)
    body = b'{"query": "{ __typename }"}' + b" " * 200_000
    length = str(len(body)).encode()
    writer.write(
        b"POST /graphql HTTP/1.1\r\nHost: here\r\nConnection: close\r\nContent-Type: application/json\r\n"
        b"Content-Length: " + length + b"\r\n\r\n" + body[:100_000]
    )
    await asyncio.sleep(1)  # It is the time that is tried.
    writer.write(body[100_000:])
    assert (await reader.read()).startswith(b"HTTP/1.1 200 OK")
    writer.close()
