"""Frames on their way out: several in one write, never after a farewell, and not compressed. Heads that do not end."""

import asyncio
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import pytest
from uvicorn.config import Config
from uvicorn.server import ServerState
from websockets import Subprotocol
from websockets.asyncio.client import connect as connect_socket

from graph.core import wire
from graph.core.wire import TOGETHER, SocketProtocol
from tests.graph.core.toy import Toy
from tests.running import Api

HANDSHAKE = (
    b"GET /graphql HTTP/1.1\r\nHost: here\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


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


async def test_sockets_are_not_compressed(api: Api) -> None:
    protocols = [Subprotocol("graphql-transport-ws")]
    async with connect_socket(api.ws_url, subprotocols=protocols, proxy=None, compression="deflate") as client:
        assert client.protocol.extensions == []


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
