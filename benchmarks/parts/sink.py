"""A server that takes every POST and answers as the Cloud API does: `python -m benchmarks.parts.sink PORT`."""

import asyncio
import sys

import uvloop


class Sink(asyncio.Protocol):
    """The least HTTP/1.1 that keeps connections alive: a body as long as its header says, one answer each."""

    count = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.buffer = b""

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            head = self.buffer[:end].lower()
            at = head.find(b"content-length:")
            length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
            if len(self.buffer) < end + 4 + length:
                return
            self.buffer = self.buffer[end + 4 + length :]
            Sink.count += 1
            body = b'{"messaging_product":"whatsapp","messages":[{"id":"wamid.%d"}]}' % Sink.count
            answer = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
            self.transport.write(answer % (len(body), body))  # pyright: ignore[reportAttributeAccessIssue]


async def serve(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(Sink, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1])))
