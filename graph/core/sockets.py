"""GraphQL over WebSockets, by graphql-transport-ws alone."""

import asyncio
import itertools
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import timedelta
from hashlib import sha256
from typing import Any, cast

import structlog
from graphql import GraphQLError, OperationType, get_operation_ast, parse
from starlette.requests import Request
from starlette.responses import Response
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState
from strawberry.asgi import ASGIWebSocketAdapter, GraphQL
from strawberry.exceptions import ConnectionRejectionError
from strawberry.http.exceptions import WebSocketDisconnected
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import BaseGraphQLTransportWSHandler, Operation
from strawberry.subscriptions.protocols.graphql_transport_ws.types import (
    ConnectionInitMessage,
    ErrorMessage,
    Message,
    PingMessage,
    SubscribeMessage,
)

from db.core.connect import TRANSIENT
from db.core.seats import Seat
from db.core.settings import get_settings
from domain import accounts, rates, settings
from domain.core import traffic
from domain.core.access import Viewer
from domain.core.errors import ErrorCode, Refusal
from domain.rates import holder_of
from graph.core.callers import name_of, operation_of, request_id_of, signed_in, stranger_of
from graph.core.context import Context
from graph.core.errors import refused, unexpected
from graph.core.limits import MAX_TOKENS
from graph.core.operation import may_renew
from graph.core.schema import Schema
from graph.core.telling import Teller, teller
from graph.core.watch import Watch, charged
from graph.core.wire import ABORT, WIDEN, read_json, write_json

INIT_TIMEOUT = timedelta(seconds=10)
SEND_DEADLINE = 20.0
"""Seconds that a client may leave a message unread before it is cut off."""
MAX_SOCKETS = 100
"""Sockets of one user, of all their API tokens, and of an address while who it is is looked up; in each process while
Redis is away. Of an address also those of a process that have not said who they are: beyond them the one that is silent
for longest is cut off, so that nobody locks out whoever shares their address."""
MOST_SILENT = 2000
"""The same of a process, from wherever: many addresses hold no more of its connections than these."""
MAX_OPERATIONS = 100
"""Operations that one socket may have running."""
TOO_MANY = 4429
TRY_AGAIN = 1013
"""Code of a close that says nothing against the client (RFC 6455's registry)."""
MAX_ID = 100
"""Characters that a client's id of an operation may have: it is kept, and stands before each event."""
MAX_REASON = 123
"""Bytes that the reason of a close frame may have."""

log = structlog.get_logger()

seat: ContextVar[Seat] = ContextVar("seat")
"""Of the socket of this task."""
_numbers = itertools.count()
_watch = Watch()
"""Over all sockets of this process."""
_silent = dict["Handler", None]()
"""Sockets that have not said who they are; those that are silent for longest stand first."""


class Adapter(ASGIWebSocketAdapter):
    """Strawberry's way to a socket, with text frames only, and ends that always come through."""

    ws: WebSocket

    def __init__(self, view: Any, request: WebSocket, response: WebSocket) -> None:
        super().__init__(view, request, response)  # pyright: ignore[reportUnknownMemberType]
        self._sends: dict[int, float] = {}
        self._timer: asyncio.TimerHandle | None = None

    async def send_json(self, message: Mapping[str, object]) -> None:
        await self.send_text(write_json(message).decode())

    async def send_text(self, text: str) -> None:
        if self.ws.application_state is not WebSocketState.CONNECTED:
            raise WebSocketDisconnected
        with self._deadline():
            try:
                await self.ws.send_text(text)
            except WebSocketDisconnect:
                raise WebSocketDisconnected from None

    async def close(self, code: int, reason: str) -> None:
        """Cut to what a close frame holds: reasons echo what clients sent."""
        if self.ws.application_state is WebSocketState.CONNECTED:
            with self._deadline():
                await super().close(code, reason.encode(errors="replace")[:MAX_REASON].decode(errors="ignore"))

    @contextmanager
    def _deadline(self) -> Generator[None]:
        """Cuts a client off that reads nothing any more. One timer for many messages: most are sent at once."""
        loop = asyncio.get_running_loop()
        self._sends[number := next(_numbers)] = loop.time() + SEND_DEADLINE
        if self._timer is None:
            self._timer = loop.call_later(SEND_DEADLINE, self._look)
        try:
            yield
        finally:
            del self._sends[number]

    def _look(self) -> None:
        self._timer = None
        if not self._sends:
            return
        loop, first = asyncio.get_running_loop(), min(self._sends.values())
        if first > loop.time():
            self._timer = loop.call_at(first, self._look)
            return
        self.abort()

    def abort(self) -> None:
        """What waits to be sent ends with the connection."""
        self._ask_server(ABORT)

    def widen(self) -> None:
        """Messages may be as large as the server takes."""
        self._ask_server(WIDEN)

    def _ask_server(self, name: str) -> None:
        ask: Callable[[], None] | None = self.ws.scope.get("extensions", {}).get(name)
        if ask is not None:
            ask()


class Handler(BaseGraphQLTransportWSHandler[Context, None]):
    """Strawberry's protocol, which looks at each message's shape before it trusts it, and at rights before each use."""

    websocket: Adapter

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._address = holder_of(self.viewer)
        self._carried: set[asyncio.Task[None]] = set()
        """Mutations that the client has completed before they were: they count as running."""

    @property
    def viewer(self) -> Viewer:
        return self.context.viewer

    async def handle(self) -> None:
        with _watch.over(self), traffic.SOCKETS.track_inprogress():
            seat.set(own := Seat())
            self._is_silent()
            try:
                await super().handle()
            finally:
                self._has_spoken()
                await own.leave()

    def _is_silent(self) -> None:
        if not get_settings().rate_limits:
            return
        _silent[self] = None
        neighbours = [one for one in _silent if one._address == self._address]
        if len(neighbours) > MAX_SOCKETS or len(_silent) > MOST_SILENT:
            longest = neighbours[0] if len(neighbours) > MAX_SOCKETS else next(iter(_silent))
            longest._has_spoken()
            longest.websocket.abort()

    def _has_spoken(self) -> None:
        _silent.pop(self, None)

    async def handle_message(self, message: Any) -> None:
        if (fault := _fault(message)) is not None:
            await self.handle_invalid_message(fault)
            return
        if message["type"] == "connection_init" and message.get("payload") is None:
            message.pop("payload", None)
        await super().handle_message(message)

    async def handle_connection_init(self, message: ConnectionInitMessage) -> None:
        """While the database is away nobody knows whether credentials are good: clients come again by themselves."""
        self._has_spoken()
        self.websocket.widen()
        try:
            await super().handle_connection_init(message)
        except Refusal as refusal:
            await self.websocket.close(TOO_MANY, refusal.message)
        except TRANSIENT as error:
            await self.websocket.close(TRY_AGAIN, unexpected(error).message)

    async def handle_ping(self, message: PingMessage) -> None:
        """The pong carries what the ping did, so that clients can tell their pings apart."""
        payload = message.get("payload")
        await self.send_message({"type": "pong"} if payload is None else {"type": "pong", "payload": payload})

    async def handle_subscribe(self, message: SubscribeMessage) -> None:
        try:
            if not may_renew(query := message["payload"]["query"], message["payload"].get("variables")):
                rates.recall(self.viewer, query)
        except Refusal as refusal:
            await self.send_message(self._refused(message["id"], refusal))
            return
        if len(self.operations) + len(self._carried) < MAX_OPERATIONS or message["id"] in self.operations:
            await super().handle_subscribe(message)
            return
        words = f"A socket may have {MAX_OPERATIONS} operations."
        refusal = Refusal(ErrorCode.RATE_LIMIT_EXCEEDED, words, reason="too_many")
        await self.send_message(self._refused(message["id"], refusal))

    async def run_operation(self, operation: Operation[Context, None]) -> None:
        started = time.perf_counter()
        traffic.OPERATIONS.inc()
        try:
            if await accounts.recheck(self.viewer) != self.viewer:
                await self.end()
                return
            teller.set(self._teller(operation))
            with charged(self.viewer):
                await super().run_operation(operation)
        except Exception as error:
            # Before it ran: what fails within is told by Strawberry.
            if operation.completed:
                raise
            refusal = error if isinstance(error, Refusal) else unexpected(error)
            await operation.send_operation_message(self._refused(operation.id, refusal))
        finally:
            traffic.OPERATIONS.dec()
            ms = round((time.perf_counter() - started) * 1000, 1)
            log.info("operation", operation=operation_of(operation.operation_name), ms=ms)

    async def cleanup_operation(self, operation_id: str) -> None:
        """A mutation that has begun is carried through, as over HTTP: WhatsApp may have been told half of it."""
        operation = self.operations.get(operation_id)
        if operation is not None and _changes(operation):
            self.forget_id(operation_id)
            operation.completed = True
            task = cast("asyncio.Task[None]", operation.task)  # pyright: ignore[reportUnknownMemberType]
            self._carried.add(task)
            task.add_done_callback(self._carried.discard)
        else:
            await super().cleanup_operation(operation_id)

    def _teller(self, operation: Operation[Context, None]) -> Teller:
        """Who tells the operation's events, if it is a subscription to them."""
        viewer = self.viewer
        rights = (viewer.role, None if viewer.scopes is None else sorted(viewer.scopes), viewer.sender_id)
        try:
            asked = write_json((operation.query, operation.variables, operation.operation_name, rights))
        except RecursionError:
            raise Refusal(
                ErrorCode.VALIDATION_ERROR, "The variables are nested too deeply.", reason="too_deep"
            ) from None

        async def send(payload: str) -> None:
            await self.websocket.send_text(_next(operation.id, payload))

        # A digest, for a document may be large, and outlives its socket here.
        return Teller(sha256(asked).digest(), send)

    async def send_message(self, message: Message) -> None:
        if message["type"] == "next" and (telling := teller.get()) is not None:
            payload = write_json(message["payload"]).decode()
            # Errors name the request in which they happened.
            telling.found(None if message["payload"].get("errors") else payload)
            await self.websocket.send_text(_next(message["id"], payload))
            return
        await super().send_message(message)

    async def end(self) -> None:
        """Closes the socket with 4403 and ends its operations, also of a client that does not heed the close."""
        with suppress(WebSocketDisconnected):
            await self.websocket.close(4403, "Your sign-in has ended or your rights have changed.")
        for id in list(self.operations):
            await self.cleanup_operation(id)

    async def handle_task_exception(self, error: Exception) -> None:
        """A client that is gone in mid-sentence is no error of ours."""
        if not isinstance(error, WebSocketDisconnected):
            log.error("unexpected_error", exc_info=error)

    def _refused(self, id: str, refusal: Refusal) -> ErrorMessage:
        return {"id": id, "type": "error", "payload": refused(refusal, self.context.request_id)["errors"]}


async def _sit(viewer: Viewer) -> None:
    """Raises Refusal for whoever has too many sockets."""
    lenient = settings.known().limits.fail_open
    if get_settings().rate_limits and not await seat.get().take(holder_of(viewer), MAX_SOCKETS, lenient=lenient):
        raise Refusal(ErrorCode.RATE_LIMIT_EXCEEDED, f"At most {MAX_SOCKETS} sockets are allowed.")


def _changes(operation: Operation[Context, None]) -> bool:
    """Whether an operation is a mutation."""
    if "mutation" not in operation.query:
        return False
    try:
        document = parse(operation.query, max_tokens=MAX_TOKENS)
    except GraphQLError:
        return False
    meant = get_operation_ast(document, operation.operation_name)
    return meant is not None and meant.operation is OperationType.MUTATION


def _next(id: str, payload: str) -> str:
    return f'{{"id":{write_json(id).decode()},"type":"next","payload":{payload}}}'


def _fault(message: Any) -> str | None:
    """What is wrong with the shape of a client's message."""
    if not isinstance(message, dict):
        return "A message is an object"
    given = cast(dict[str, Any], message)
    kind, payload = given.get("type"), given.get("payload")
    if kind in ("connection_init", "ping", "pong"):
        return None if isinstance(payload, dict | None) else f"The payload of {kind} is an object"
    if kind not in ("subscribe", "complete"):
        return "Unknown message type"
    if not isinstance(given.get("id"), str) or not 0 < len(given["id"]) <= MAX_ID:
        return f"{kind} needs an id of 1 to {MAX_ID} characters"
    if kind == "subscribe":
        return _payload_fault(payload)
    return None


def _payload_fault(payload: Any) -> str | None:
    if not isinstance(payload, dict):
        return "The payload of subscribe is an object"
    given = cast(dict[str, Any], payload)
    if not isinstance(given.get("query"), str):
        return "query is a string"
    if not isinstance(given.get("operationName"), str | None):
        return "operationName is a string"
    if not isinstance(given.get("variables"), dict | None) or not isinstance(given.get("extensions"), dict | None):
        return "variables and extensions are objects"
    return None


class Sockets(GraphQL[Context, None]):
    """The GraphQL endpoint for sockets."""

    websocket_adapter_class = Adapter  # pyright: ignore[reportAssignmentType]
    graphql_transport_ws_handler_class = Handler

    def __init__(self, schema: Schema) -> None:
        super().__init__(
            schema,
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL,),
            connection_init_wait_timeout=INIT_TIMEOUT,
            allowed_origins=get_settings().cors_origins,
        )

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Context:
        return Context(stranger_of(request), request_id_of(request))

    async def on_ws_connect(self, context: Context) -> dict[str, object] | None:
        await _sit(context.viewer)
        try:
            context.viewer = await signed_in(context.connection_params or {}, context.viewer)
        except Refusal as refusal:
            if refusal.code is ErrorCode.RATE_LIMIT_EXCEEDED:
                raise
            # Guessing is asking, too. Raises Refusal for those who have guessed too often.
            await rates.admit(context.viewer)
            raise ConnectionRejectionError from None
        structlog.contextvars.bind_contextvars(caller=name_of(context.viewer))
        await _sit(context.viewer)
        # Opening a socket is a query: who comes back again and again asks the database each time.
        await rates.admit(context.viewer)
        return {}

    def decode_json(self, data: str | bytes) -> object:
        return read_json(data)

    def encode_json(self, data: object) -> str:
        return write_json(data).decode()
