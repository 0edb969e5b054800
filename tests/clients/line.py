"""A line to a server that can be cut and mended, as networks are."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress


class Line:
    """Passes connections on to a port of this machine."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._connections: set[asyncio.WriteTransport] = set()
        self._whole = True
        self.port = 0

    @classmethod
    @asynccontextmanager
    async def to(cls, target: int) -> AsyncGenerator["Line"]:
        line = cls(target)
        async with await asyncio.start_server(line._connected, "127.0.0.1", 0) as server:
            line.port = server.sockets[0].getsockname()[1]
            yield line
            line.cut()

    def cut(self) -> None:
        """Ends all connections in mid-sentence, and each that comes before the line is mended."""
        self._whole = False
        for transport in list(self._connections):
            transport.abort()

    def mend(self) -> None:
        self._whole = True

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._whole:
            writer.transport.abort()
            return
        there = await asyncio.open_connection("127.0.0.1", self._target)
        ends = {writer.transport, there[1].transport}
        self._connections |= ends
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._pass_on(reader, there[1]))
                tasks.create_task(self._pass_on(there[0], writer))
        finally:
            self._connections -= ends
            for end in ends:
                end.abort()

    @staticmethod
    async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
            writer.write_eof()
