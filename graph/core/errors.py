"""Errors as callers see them: refusals with their code and field; anything unexpected masked, and logged."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import structlog
from graphql import DocumentNode, GraphQLError
from strawberry.exceptions import MissingQueryError
from strawberry.http.exceptions import WebSocketDisconnected
from strawberry.schema.exceptions import CannotGetOperationTypeError

from db.core.paging import BadCursor
from domain.core.errors import ErrorCode, Refusal, Refusals
from graph.core.mistakes import refusal_of
from graph.core.scalars import write_datetime

log = structlog.get_logger()

FAULT = Refusal(ErrorCode.INTERNAL_ERROR, "Something went wrong on our side. The log has it under this requestId.")

MISTAKES: Mapping[type[object], str] = {
    CannotGetOperationTypeError: "The document has no operation of that name.",
    MissingQueryError: "query must not be empty.",
}
"""What Strawberry raises before it has looked into a document; over sockets it comes as an error of ours would."""


class Told(GraphQLError):
    """An error in the form in which callers are told of it."""


def tell(
    error: GraphQLError, request_id: str, *, document: DocumentNode | None = None, suggest: bool = True
) -> Iterator[Told]:
    """What the caller is told of an error: several where several fields are at fault."""
    if isinstance(error, Told):
        yield error
        return
    for refusal in _refusals(error, document, suggest=suggest):
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
    """The extensions of the error that tells of a refusal."""
    return {
        "code": refusal.code.value,
        "field": refusal.field,
        "details": refusal.details,
        "requestId": request_id,
        "timestamp": write_datetime(datetime.now(UTC)),
    }


def _refusals(error: GraphQLError, document: DocumentNode | None, *, suggest: bool) -> list[Refusal]:
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
        return [refusal_of(error, document, suggest=suggest)]
    if isinstance(cause, WebSocketDisconnected):
        return []  # A client that is gone in mid-sentence is no error of ours, and nobody is left to be told.
    log.error("unexpected_error", path=error.path, exc_info=cause or error)
    return [FAULT]
