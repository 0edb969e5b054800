"""A WebSocket client that costs little: it cuts the stream into frames and hands each text on, unread."""

import asyncio
import base64
import os
from collections.abc import Callable
from typing import Any

import orjson

ADMIN = "an-admin-token-of-32-bytes-and-more-xx"
TEXT, CLOSE, PING = 1, 8, 9


class Listener(asyncio.Protocol):
    """One socket. `hear` gets each text message, once `acknowledged` is set."""

    def __init__(self, port: int, hear: Callable[[bytes], None]) -> None:
        self.port, self.hear = port, hear
        self.acknowledged = asyncio.Event()
        self._buffer = b""
        self._upgraded = False

    @classmethod
    async def connect(cls, port: int, hear: Callable[[bytes], None]) -> "Listener":
        """Connected, signed in and acknowledged."""
        listener = cls(port, hear)
        await asyncio.get_running_loop().create_connection(lambda: listener, "127.0.0.1", port)
        async with asyncio.timeout(60):
            await listener.acknowledged.wait()
        return listener

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: Any = transport
        self.transport.write(
            b"GET /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n"
            b"Sec-WebSocket-Key: %s\r\n\r\n" % base64.b64encode(os.urandom(16))
        )

    def subscribe(self, query: str, **variables: Any) -> None:
        self._send({"type": "subscribe", "id": "1", "payload": {"query": query, "variables": variables}})

    def data_received(self, data: bytes) -> None:
        data = self._buffer + data
        at = 0 if self._upgraded else self._upgrade(data)
        while len(data) - at >= 2:
            start, length = at + 2, data[at + 1]
            if length == 126:
                start, length = at + 4, int.from_bytes(data[at + 2 : at + 4])
            if len(data) < start + length:
                break
            self._frame(data[at] & 15, data[start : start + length])
            at = start + length
        self._buffer = data[at:]

    def _upgrade(self, data: bytes) -> int:
        if (end := data.find(b"\r\n\r\n")) < 0:
            return len(data)
        assert data.startswith(b"HTTP/1.1 101"), data[:200]
        self._upgraded = True
        self._send({"type": "connection_init", "payload": {"X-Admin-Token": ADMIN}})
        return end + 4

    def _frame(self, opcode: int, payload: bytes) -> None:
        if opcode == TEXT:
            if self.acknowledged.is_set():
                self.hear(payload)
            else:
                assert b"connection_ack" in payload, payload
                self.acknowledged.set()
        elif opcode == PING:
            self._write(0x8A, payload)
        elif opcode == CLOSE:
            raise ConnectionError(f"The server closed a socket: {payload!r}")

    def _send(self, message: Any) -> None:
        self._write(0x81, orjson.dumps(message))

    def _write(self, first: int, payload: bytes) -> None:
        """A frame, masked with zeros: what is masked so stays as it is."""
        length = len(payload)
        sizes = bytes([0x80 | length]) if length < 126 else b"\xfe" + length.to_bytes(2)
        self.transport.write(bytes([first]) + sizes + bytes(4) + payload)
