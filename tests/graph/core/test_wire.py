"""Frames on their way out: several in one write, never after a farewell, and not compressed."""

import asyncio
from typing import Any

from uvicorn.config import Config
from uvicorn.server import ServerState
from websockets import Subprotocol
from websockets.asyncio.client import connect as connect_socket

from graph.core.wire import TOGETHER, SocketProtocol
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
