"""Errors as callers see them: refusals with their code and field; anything unexpected masked, and logged."""

import math
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import structlog
from asyncpg import QueryCanceledError
from graphql import GraphQLError
from strawberry.exceptions import MissingQueryError
from strawberry.http.exceptions import WebSocketDisconnected
from strawberry.schema.exceptions import CannotGetOperationTypeError

from db.core.connect import TRANSIENT
from db.core.paging import BadCursor
from domain.core import traffic
from domain.core.errors import AwayError, ErrorCode, Refusal, Refusals
from graph.core.mistakes import Places, is_mistake, refusal_of
from graph.core.scalars import write_datetime

log = structlog.get_logger()

FAULT = Refusal(ErrorCode.INTERNAL_ERROR, "Something went wrong on our side. The log has it under this requestId.")
AWAY = Refusal(
    ErrorCode.EXTERNAL_SERVICE_ERROR, "The database does not answer. Try again in a few seconds.", reason="unavailable"
)
SLOW = Refusal(
    ErrorCode.EXTERNAL_SERVICE_ERROR,
    "This takes the database longer than it may. Ask for less of it, or for what has an index.",
    reason="too_slow",
)
APART = 30.0
"""Seconds without a failure of the database after which the next one is of another outage."""

MISTAKES: Mapping[type[object], str] = {
    CannotGetOperationTypeError: "The document has no operation of that name.",
    MissingQueryError: "query must not be empty.",
}
"""What Strawberry raises before it has looked into a document; over sockets it comes as an error of ours would."""


@dataclass(slots=True)
class _Outages:
    """Says once of each outage that the database is away: all requests fail meanwhile, with one story to tell."""

    _last: float = -math.inf

    def note(self, error: BaseException) -> None:
        now = time.monotonic()
        if now - self._last > APART:
            log.error("database_away", exc_info=error)
        self._last = now


_outages = _Outages()


def unexpected(error: BaseException, **where: object) -> Refusal:
    """What callers are told of an error that nobody expected, which is logged."""
    if isinstance(error, AwayError):
        # Whoever raised it has written the whole story.
        return Refusal(ErrorCode.EXTERNAL_SERVICE_ERROR, f"{error} Please try again.")
    if isinstance(error, TRANSIENT):
        _outages.note(error)
        return AWAY
    if isinstance(error, QueryCanceledError):
        log.warning("too_slow", **where)
        return SLOW
    log.error("unexpected_error", exc_info=error, **where)
    return FAULT


class Told(GraphQLError):
    """An error in the form in which callers are told of it."""


def tell(error: GraphQLError, request_id: str, *, places: Places | None = None, suggest: bool = True) -> Iterator[Told]:
    """What the caller is told of an error: several where several fields are at fault."""
    if isinstance(error, Told):
        yield error
        return
    for refusal in _refusals(error, places, suggest=suggest):
        yield Told(
            refusal.message,
            nodes=error.nodes,
            source=error.source,
            positions=error.positions,
            path=error.path,
            original_error=refusal,
            extensions=_extensions(refusal, request_id),
        )


def refused(refusal: Refusal, request_id: str) -> dict[str, Any]:
    """The answer to a request that is refused as a whole."""
    return {"errors": [{"message": refusal.message, "extensions": _extensions(refusal, request_id)}]}


def _extensions(refusal: Refusal, request_id: str) -> dict[str, Any]:
    """The extensions of the error that tells of a refusal, which is counted."""
    traffic.ERRORS.labels(refusal.code.value).inc()
    return {
        "code": refusal.code.value,
        "field": refusal.field,
        "details": refusal.details,
        "requestId": request_id,
        "timestamp": write_datetime(datetime.now(UTC)),
    }


def _refusals(error: GraphQLError, places: Places | None, *, suggest: bool) -> list[Refusal]:
    cause = error.original_error
    if isinstance(cause, Refusals):
        return cause.refusals
    if isinstance(cause, Refusal):
        return [cause]
    if type(cause) in MISTAKES:
        return [Refusal(ErrorCode.VALIDATION_ERROR, MISTAKES[type(cause)], reason="invalid_document")]
    if isinstance(cause, BadCursor):
        return [Refusal(ErrorCode.VALIDATION_ERROR, str(cause), field=cause.field, reason="invalid_cursor")]
    if error.path is None and (cause is None or isinstance(cause, GraphQLError | ValueError)):
        return [refusal_of(error, places, suggest=suggest)]
    if (cause is None or isinstance(cause, GraphQLError)) and is_mistake(error.message):
        return [refusal_of(error, places, suggest=suggest)]
    if isinstance(cause, WebSocketDisconnected):
        return []  # A client that is gone in mid-sentence is no error of ours, and nobody is left to be told.
    return [unexpected(cause or error, path=error.path)]
