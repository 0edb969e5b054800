"""GraphQL over WebSockets, by graphql-transport-ws alone."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any, cast

import structlog
from graphql import GraphQLError
from starlette.requests import Request
from starlette.responses import Response
from starlette.websockets import WebSocket, WebSocketState
from strawberry.asgi import ASGIWebSocketAdapter, GraphQL
from strawberry.exceptions import ConnectionRejectionError
from strawberry.http.exceptions import WebSocketDisconnected
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import BaseGraphQLTransportWSHandler, Operation
from strawberry.subscriptions.protocols.graphql_transport_ws.types import SubscribeMessage

from db.core.connect import TRANSIENT
from db.core.settings import get_settings
from domain import accounts
from domain.core.access import Viewer
from domain.core.errors import ErrorCode, Refusal
from graph.core.callers import name_of, request_id_of, signed_in, stranger_of
from graph.core.context import Context
from graph.core.errors import tell
from graph.core.schema import Schema
from graph.core.watch import Watch
from graph.core.wire import ABORT, read_json, write_json

INIT_TIMEOUT = timedelta(seconds=10)
SEND_DEADLINE = 20.0
"""Seconds that a client may leave a message unread before it is cut off."""
MAX_OPERATIONS = 100
"""Operations that one socket may have running."""
MAX_REASON = 123
"""Bytes that the reason of a close frame may have."""

log = structlog.get_logger()

_watch = Watch()
"""Over all sockets of this process."""


class Adapter(ASGIWebSocketAdapter):
    """Strawberry's way to a socket, with text frames only, and ends that always come through."""

    ws: WebSocket

    async def send_json(self, message: Mapping[str, object]) -> None:
        if self.ws.application_state is not WebSocketState.CONNECTED:
            raise WebSocketDisconnected
        async with self._deadline():
            await super().send_json(message)

    async def close(self, code: int, reason: str) -> None:
        """Cut to what a close frame holds: reasons echo what clients sent."""
        if self.ws.application_state is WebSocketState.CONNECTED:
            async with self._deadline():
                await super().close(code, reason.encode(errors="replace")[:MAX_REASON].decode(errors="ignore"))

    @asynccontextmanager
    async def _deadline(self) -> AsyncGenerator[None]:
        """Cuts a client off that reads nothing any more."""
        try:
            async with asyncio.timeout(SEND_DEADLINE):
                yield
        except TimeoutError:
            abort: Callable[[], None] | None = self.ws.scope.get("extensions", {}).get(ABORT)
            if abort is not None:
                abort()
            raise WebSocketDisconnected from None


class Handler(BaseGraphQLTransportWSHandler[Context, None]):
    """Strawberry's protocol, which looks at each message's shape before it trusts it, and at rights before each use."""

    @property
    def viewer(self) -> Viewer:
        return self.context.viewer

    async def handle(self) -> None:
        with _watch.over(self):
            await super().handle()

    async def handle_message(self, message: Any) -> None:
        if (fault := _fault(message)) is not None:
            await self.handle_invalid_message(fault)
            return
        if message["type"] == "connection_init" and message.get("payload") is None:
            message.pop("payload", None)
        await super().handle_message(message)

    async def handle_subscribe(self, message: SubscribeMessage) -> None:
        if len(self.operations) < MAX_OPERATIONS or message["id"] in self.operations:
            await super().handle_subscribe(message)
            return
        refusal = Refusal(
            ErrorCode.RATE_LIMIT_EXCEEDED, f"A socket may have {MAX_OPERATIONS} operations.", reason="too_many"
        )
        await self.send_message({"id": message["id"], "type": "error", "payload": self._told(refusal)})

    async def run_operation(self, operation: Operation[Context, None]) -> None:
        started = time.perf_counter()
        try:
            if await accounts.recheck(self.viewer) != self.viewer:
                await self.end()
                return
            await super().run_operation(operation)
        except TRANSIENT as error:
            # Before it ran: what fails within is told by Strawberry.
            if not operation.completed:
                await operation.send_operation_message(
                    {"id": operation.id, "type": "error", "payload": self._told(error)}
                )
        finally:
            ms = round((time.perf_counter() - started) * 1000, 1)
            log.info("operation", operation=operation.operation_name, ms=ms)

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

    def _told(self, cause: Exception) -> list[Any]:
        errors = tell(GraphQLError(str(cause), original_error=cause), self.context.request_id)
        return [error.formatted for error in errors]


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
    if not isinstance(given.get("id"), str) or not given["id"]:
        return f"{kind} needs an id"
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
        try:
            context.viewer = await signed_in(context.connection_params or {}, context.viewer)
        except Refusal:
            raise ConnectionRejectionError from None
        structlog.contextvars.bind_contextvars(caller=name_of(context.viewer))
        return {}

    def decode_json(self, data: str | bytes) -> object:
        return read_json(data)

    def encode_json(self, data: object) -> str:
        return write_json(data).decode()
