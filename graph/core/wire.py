"""JSON as it comes and goes, and the limits of connections that only the server beneath them can keep."""

import asyncio
import json
from collections import OrderedDict
from typing import Any

import orjson
from uvicorn._types import ASGI3Application, ASGIReceiveEvent, ASGISendEvent
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.exceptions import InvalidState
from websockets.frames import Frame
from websockets.http11 import Request

ABORT = "tidings.abort"
"""In scope["extensions"] of requests and sockets: cuts the connection without a farewell."""
WIDEN = "tidings.widen"
"""The same of a socket: whoever it is has said who they are, and may send messages as large as the server takes."""
MOST_UNSAID = 16 * 1024
"""Bytes of a message before that: strangers send credentials and no more, and thousands may fall silent midway."""
MOST_HEAD = 64 * 1024
"""Bytes of a request that are no body: its line, headers and trailers. What one read brings is taken beyond that."""
HEAD_SECONDS = 10.0
"""Seconds in which a connection must have sent the head of a request."""
UNREAD_SECONDS, LEAST_READ = 20.0, 20 * 1024
"""Whoever does not read so many bytes of an answer in so many seconds is cut off: what is unread waits in memory."""
MOST_SILENT = 2000
"""Connections that have not sent a whole head yet: beyond them the one that is silent for longest is cut off."""
MOST_UNENDED = 2000
"""Connections with a head whose body has not ended: beyond them the one of which nothing has come for longest is cut
off. Bodies have bounds of their own once they are read, and before that the database may be asked who calls."""
MOST_PIPELINED = 16
"""Requests of a connection that wait for the answer to another: one read brings thousands, and each is kept."""
TOGETHER = 50
"""Messages that are written at a time, at most."""
IN_TURN = 20
"""Messages of a socket that are taken up before others have their turn: one read brings thousands of little ones."""
MOST_PIECES = 1024
"""Frames of a message: those without bytes would be kept without end."""


def read_json(text: str | bytes) -> Any:
    """Raises json.JSONDecodeError for anything that is no JSON, too deep, or holds a number out of range.

    The standard library raises other errors for bad UTF-8, deep nesting and huge numbers.
    """
    try:
        return orjson.loads(text)
    except UnicodeEncodeError:
        raise json.JSONDecodeError("lone surrogate", "", 0) from None


def write_json(value: Any) -> bytes:
    """JSON in UTF-8. What orjson does not take (lone surrogates, huge integers) goes by the standard library."""
    try:
        return orjson.dumps(value)
    except TypeError:
        return json.dumps(value, separators=(",", ":")).encode()


class HttpProtocol(HttpToolsProtocol):
    """uvicorn's HTTP, but the head of a request has bounds: uvicorn keeps headers, and waits for them, without end.

    And of requests that came together the one that is answered hears that its connection is gone: uvicorn tells the
    newest alone, and logs what the other then writes as a fault of ours.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._unused = 0
        """Bytes since the last head or piece of a body was complete."""
        self._deadline: asyncio.TimerHandle | None = None
        self._reading: asyncio.TimerHandle | None = None
        """Looks whether an answer is being read, while much of one waits."""
        self._answered: RequestResponseCycle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._head_has_come()
        _unended.pop(self, None)
        self._is_read()
        if self._answered is not None and not self._answered.response_complete:
            self._answered.disconnected = True
            self._answered.message_event.set()
        super().connection_lost(exc)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._answered = cycle
        super()._start_asgi_task(cycle, app)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._is_read()
        self._look_again()

    def resume_writing(self) -> None:
        self._is_read()
        super().resume_writing()

    def _look_again(self) -> None:
        unread = self.transport.get_write_buffer_size()
        self._reading = self.loop.call_later(UNREAD_SECONDS, self._look, unread)

    def _look(self, unread: int) -> None:
        if unread - self.transport.get_write_buffer_size() < LEAST_READ:
            self.transport.abort()
        else:
            self._look_again()

    def _is_read(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None

    def data_received(self, data: bytes) -> None:
        # What comes while nothing is being answered belongs to the next request, or to a body that nobody reads.
        if not (self.cycle and not self.cycle.response_complete):
            self._await_head()
        self._unused += len(data)
        super().data_received(data)
        if self._unused > MOST_HEAD:
            self.transport.abort()

    def on_headers_complete(self) -> None:
        self._unused = 0
        self._head_has_come()
        if len(self.pipeline) >= MOST_PIPELINED:
            # What is left of the read comes here, too.
            self.transport.abort()
            return
        _unended[self] = None
        if len(_unended) > MOST_UNENDED:
            _unended.popitem(last=False)[0].transport.abort()
        self.scope["extensions"] = {ABORT: self.transport.abort}  # pyright: ignore[reportGeneralTypeIssues]
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._unused = 0
        if self in _unended:
            _unended.move_to_end(self)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._unused = 0
        _unended.pop(self, None)
        super().on_message_complete()

    def _await_head(self) -> None:
        if self._deadline is not None:
            return
        self._deadline = self.loop.call_later(HEAD_SECONDS, self.transport.abort)
        _silent[self] = None
        if len(_silent) > MOST_SILENT:
            longest = next(iter(_silent))
            longest._head_has_come()
            longest.transport.abort()

    def _head_has_come(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
            del _silent[self]


_silent = OrderedDict[HttpProtocol, None]()
_unended = OrderedDict[HttpProtocol, None]()
"""In both those that wait for longest stand first."""


class SocketProtocol(WebSocketsSansIOProtocol):
    """uvicorn's sockets, but a peer that has stopped reading or answering is cut off.

    uvicorn closes such connections politely, and waits for ever for its last words to be read. Of who reads nothing,
    nothing is read either: each ping would leave an answer in memory.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._taken = 0
        """Messages that have been taken up."""

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if hasattr(self, "scope"):
            ours = {ABORT: self.transport.abort, WIDEN: self._widen}
            self.scope["extensions"] = {**(self.scope.get("extensions") or {}), **ours}  # pyright: ignore[reportGeneralTypeIssues]
            self.conn.max_message_size = MOST_UNSAID

    def _widen(self) -> None:
        self.conn.max_message_size = self.config.ws_max_size

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if not self.handshake_initiated:
            # All of the head has come, and websockets does not take it: uvicorn would wait for more without end.
            self.transport.write(b"".join(self.conn.data_to_send()))
            self.transport.close()

    async def receive(self) -> ASGIReceiveEvent:
        self._taken += 1
        if self._taken % IN_TURN == 0:
            await asyncio.sleep(0)
        await self.writable.wait()
        return await super().receive()

    def handle_ping(self) -> None:
        super().handle_ping()
        if not self.writable.is_set():
            self.transport.pause_reading()

    def resume_writing(self) -> None:
        super().resume_writing()
        if not self.read_paused:
            self.transport.resume_reading()

    def handle_cont(self, event: Frame) -> None:
        if len(self.frames) >= MOST_PIECES:
            self.transport.abort()
            return
        super().handle_cont(event)

    async def send(self, message: ASGISendEvent) -> None:
        """uvicorn takes it for a fault of ours when something is sent after it has ended a socket by itself."""
        await self.writable.wait()
        if self.close_sent and self.transport.is_closing():
            raise ClientDisconnected
        text = message.get("text") if message["type"] == "websocket.send" and self.handshake_complete else None
        if text is None or self.close_sent or self.disconnected:
            await super().send(message)
            return
        if not self.conn.writes:
            self.loop.call_soon(self._flush)
        try:
            self.conn.send_text(text.encode())
        except InvalidState:
            raise ClientDisconnected from None
        if len(self.conn.writes) >= TOGETHER:
            self._flush()

    def _flush(self) -> None:
        """What is sent in one turn of the event loop goes out together, for each write is a call of the system."""
        if self.conn.writes and not self.transport.is_closing():
            self.transport.write(b"".join(self.conn.data_to_send()))

    def keepalive_timeout(self) -> None:
        super().keepalive_timeout()
        self.transport.abort()
