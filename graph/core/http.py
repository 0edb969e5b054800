"""GraphQL over HTTP: https://graphql.github.io/graphql-over-http/draft/."""

import json
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import NoneType
from typing import Any, TypeAlias, cast

import structlog
from graphql import GraphQLError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from strawberry.exceptions import MissingQueryError
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types import ExecutionResult
from strawberry.types.graphql import OperationType

from db.core.connect import TRANSIENT
from domain import rates
from domain.core.access import Viewer
from domain.core.errors import ErrorCode, Refusal
from domain.core.rates import Rate, busy
from domain.rates import holder_of
from graph.core import bodies
from graph.core.callers import context_of, name_of, operation_of, request_id_of, stranger_of
from graph.core.context import Context
from graph.core.errors import AWAY, MISTAKES, refused, tell, unexpected
from graph.core.operation import STALE, may_renew
from graph.core.schema import Schema
from graph.core.wire import read_json, write_json

JSON = "application/json"
GRAPHQL = "application/graphql-response+json"
MAX_BODY = 1024 * 1024
"""Bytes of a request."""
LITTLE = 4096
"""Bytes of a request that are read in any case."""
RETRY_AFTER = {"retry-after": "5"}
"""Seconds, with a 503."""
RATE_HEADERS = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "X-RateLimit-Retry-After")
Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]
TOO_MANY, TOO_OFTEN = 429, ErrorCode.RATE_LIMIT_EXCEEDED

_ANSWERS = {
    GRAPHQL: GRAPHQL,
    JSON: JSON,
    "application/*": GRAPHQL,
    "*/*": JSON,
    "application/vnd.whatsapp-llm.v1+json": JSON,
}
_SHAPE: tuple[tuple[str, Any, str], ...] = (
    ("query", str, "given, as a string"),
    ("variables", (dict, NoneType), "an object"),
    ("operationName", (str, NoneType), "a string"),
    ("extensions", (dict, NoneType), "an object"),
)
_UTF_8 = ("utf-8", "utf8")
_ALLOWED = {
    "GET": {OperationType.QUERY},
    "HEAD": {OperationType.QUERY},  # Starlette lets it in with GET.
    "POST": {OperationType.QUERY, OperationType.MUTATION},
}


class Rejected(Exception):
    """A request that is no GraphQL request, with the HTTP status that says so."""

    def __init__(self, status: int, message: str, **headers: str) -> None:
        super().__init__(message)
        self.status, self.message, self.headers = status, message, headers


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks for."""

    query: str
    variables: dict[str, Any] | None
    operation_name: str | None


async def answer(request: Request, schema: Schema) -> Response:
    """Executes the operation of a request."""
    media_type, headers, request_id, came = JSON, dict[str, str](), request_id_of(request), time.monotonic()
    try:
        context = await _context(request)
    except Refusal as refusal:
        body = refused(refusal, request_id)
        return _response(TOO_MANY, body, media_type, _rate_headers(None, TOO_MANY, body))
    except TRANSIENT as error:
        return _response(503, refused(unexpected(error), request_id), media_type, RETRY_AFTER)
    try:
        media_type = answer_type(request.headers.get("accept"))
        if not _is_little(request):
            rates.recall(context.viewer)
        asked = await _asked(request, context.viewer)
        if time.monotonic() - came > STALE:
            context = await _context(request)
        if not may_renew(asked.query, asked.variables):
            rates.recall(context.viewer, asked.query)
        status, body = await _execute(context, schema, asked, request.method)
    except Refusal as refusal:
        status, body = TOO_MANY, refused(refusal, request_id)
    except Rejected as rejected:
        status, headers = rejected.status, rejected.headers
        body = refused(Refusal(ErrorCode.VALIDATION_ERROR, rejected.message), request_id)
    except TRANSIENT as error:
        status, body = 503, refused(unexpected(error), request_id)
    if context.rate is None and status != TOO_MANY:
        # It was no operation, and is counted all the same.
        try:
            context.rate = await rates.admit(context.viewer)
        except Refusal as refusal:
            status, body = TOO_MANY, refused(refusal, request_id)
    if status == 503:
        headers = RETRY_AFTER
    if media_type == GRAPHQL and status == 200 and "data" not in body:
        status = 400
    return _response(
        status, body, media_type, {**headers, **context.leaving, **_rate_headers(context.rate, status, body)}
    )


async def _context(request: Request) -> Context:
    context = await context_of(request)
    structlog.contextvars.bind_contextvars(caller=name_of(context.viewer))
    return context


def limited(kind: str, limit: int, tell: Endpoint) -> Endpoint:
    """An endpoint beside GraphQL that an address may ask so many times a minute, whatever it shows.

    It may raise a Refusal of its own to say that it is asked too often.
    """

    async def answer(request: Request) -> Response:
        try:
            await rates.admit_request(stranger_of(request), kind, limit)
            return await tell(request)
        except Refusal as refusal:
            body = refused(refusal, request_id_of(request))
            # What was not read of a body must not be taken for the next request.
            headers = {**_rate_headers(None, TOO_MANY, body), "connection": "close"}
            return _response(TOO_MANY, body, JSON, headers)

    return answer


def _is_little(request: Request) -> bool:
    """Whether the body may be one that renews a session; it is read also of those who may call no more."""
    length = request.headers.get("content-length", "")
    return request.method == "POST" and length.isdecimal() and int(length) <= LITTLE


def _rate_headers(rate: Rate | None, status: int, body: Mapping[str, Any]) -> dict[str, str]:
    """Where the caller stands, and with a 429 when to come again."""
    if status == TOO_MANY:
        told = next(error["extensions"] for error in body["errors"] if error["extensions"]["code"] == TOO_OFTEN)
        details, seconds = told["details"], str(told["details"]["retryAfterSeconds"])
        again = {"retry-after": seconds, "x-ratelimit-retry-after": seconds}
        return {**_standing(Rate.told(details)), **again}
    return _standing(rate) if rate else {}


def _standing(rate: Rate) -> dict[str, str]:
    return {
        "x-ratelimit-limit": str(rate.limit),
        "x-ratelimit-remaining": str(rate.remaining),
        "x-ratelimit-reset": str(rate.reset),
    }


def answer_type(accept: str | None) -> str:
    """The media type that the caller wants most of those we write. Raises Rejected 406 when it is none."""
    wanted: list[tuple[float, str]] = []
    for part in (accept or "*/*").split(","):
        media_type, given = _media_type(part)
        if media_type in _ANSWERS and given.get("charset", "utf-8") in _UTF_8:
            wanted.append((_quality(given.get("q", "1")), _ANSWERS[media_type]))
    best = max(wanted, key=lambda found: found[0], default=(0.0, ""))
    if best[0] <= 0:
        raise Rejected(406, f"Answers are {GRAPHQL} or {JSON}.")
    return best[1]


def _media_type(text: str) -> tuple[str, dict[str, str]]:
    """A media type and its parameters."""
    media_type, *parameters = (piece.strip().lower() for piece in text.split(";"))
    pairs = (parameter.partition("=") for parameter in parameters)
    return media_type, {name: value.strip('"') for name, _, value in pairs}


def _quality(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


async def _asked(request: Request, viewer: Viewer) -> Asked:
    if request.method != "POST":
        given = dict[str, Any](request.query_params)
        for name in ("variables", "extensions"):
            if given.get(name):
                given[name] = _json(given[name])
    else:
        _check_content_type(request.headers.get("content-type", ""))
        body = _json(await _body(request, viewer))
        if not isinstance(body, dict):
            raise Rejected(400, "The request must be one JSON object; batches are not taken.")
        given = cast(dict[str, Any], body)
    for name, kind, what in _SHAPE:
        if not isinstance(given.get(name), kind):
            raise Rejected(400, f"{name} must be {what}.")
    return Asked(given["query"], given.get("variables"), given.get("operationName") or None)


async def _body(request: Request, viewer: Viewer) -> bytes:
    """All of it, up to MAX_BODY. Raises Rejected, and Refusal where its room is needed for others."""
    room = bodies.callers if viewer.known else bodies.strangers
    try:
        return await room.read(request, holder_of(viewer), MAX_BODY)
    except bodies.TooLarge:
        raise Rejected(413, f"A request may have {MAX_BODY} bytes.") from None
    except bodies.Crowded:
        raise busy("bodies", room.each // MAX_BODY) from None
    except TimeoutError:
        raise Rejected(408, f"A request may take {bodies.BODY_SECONDS:g} seconds.", connection="close") from None
    except ClientDisconnect:
        raise Rejected(400, "The request was cut off.") from None


def _check_content_type(content_type: str) -> None:
    media_type, given = _media_type(content_type)
    if media_type != JSON or given.get("charset", "utf-8") not in _UTF_8:
        raise Rejected(415, f"Requests are {JSON}, in UTF-8.", accept=JSON)


def _json(text: str | bytes) -> Any:
    try:
        return read_json(text)
    except json.JSONDecodeError:
        raise Rejected(400, "The request is not JSON.") from None


async def _execute(context: Context, schema: Schema, asked: Asked, method: str) -> tuple[int, dict[str, Any]]:
    structlog.contextvars.bind_contextvars(operation=operation_of(asked.operation_name))
    try:
        result = await schema.execute(
            asked.query,
            variable_values=asked.variables,
            context_value=context,
            operation_name=asked.operation_name,
            allowed_operation_types=_ALLOWED[method],
        )
    except MissingQueryError:
        raise Rejected(400, MISTAKES[MissingQueryError]) from None
    except InvalidOperationTypeError as error:
        raise _wrong_kind(error.operation_type) from None
    except CannotGetOperationTypeError as error:
        errors = tell(GraphQLError(str(error), original_error=error), context.request_id)
        return 200, {"errors": [error.formatted for error in errors]}
    body: dict[str, Any] = {}
    if result.errors:
        body["errors"] = [error.formatted for error in result.errors]
        codes = {(error.extensions or {}).get("code") for error in result.errors}
        structlog.contextvars.bind_contextvars(codes=sorted(str(code) for code in codes))
    if result.data is not None or not _before_execution(result.errors):
        body["data"] = result.data
    if result.extensions:
        body["extensions"] = result.extensions
    return _status(result), body


def _status(result: ExecutionResult) -> int:
    """429 or 503 where that is all there is to say; what was found is worth a 200."""
    if any(value is not None for value in (result.data or {}).values()):
        return 200
    causes = [error.original_error for error in result.errors or ()]
    if any(isinstance(cause, Refusal) and cause.code is TOO_OFTEN for cause in causes):
        return TOO_MANY
    return 503 if AWAY in causes else 200


def _before_execution(errors: list[GraphQLError] | None) -> bool:
    """Whether errors without data say that nothing was executed: fields that fail say where they are."""
    return all(error.path is None for error in errors or ())


def _wrong_kind(kind: OperationType) -> Rejected:
    if kind is OperationType.SUBSCRIPTION:
        return Rejected(400, "Subscriptions go over a WebSocket, by graphql-transport-ws.")
    return Rejected(405, "Mutations go by POST.", allow="POST")


def _response(status: int, body: Any, media_type: str, headers: Mapping[str, str] | None = None) -> Response:
    return Response(
        write_json(body),
        status,
        {**(headers or {}), "cache-control": "no-store"},
        media_type=f"{media_type}; charset=utf-8",
    )
