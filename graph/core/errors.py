"""Errors as callers see them: refusals with their code and field; anything unexpected masked."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from graphql import GraphQLError

from db.core.paging import BadCursor
from domain.core.errors import ErrorCode, Refusal, Refusals
from graph.core.scalars import write_datetime


def translated(error: GraphQLError, request_id: str) -> Iterator[GraphQLError]:
    """What the caller is told of an error; several where several fields are at fault."""
    for refusal in refusals_of(error):
        yield GraphQLError(
            refusal.message,
            nodes=error.nodes,
            source=error.source,
            positions=error.positions,
            path=error.path,
            original_error=error.original_error,
            extensions=extensions(refusal, request_id),
        )


def refusals_of(error: GraphQLError) -> list[Refusal]:
    """The refusals behind an error; INTERNAL_ERROR for what is none."""
    match error.original_error:
        case Refusals(refusals=refusals):
            return refusals
        case Refusal() as refusal:
            return [refusal]
        case BadCursor() as bad:
            return [Refusal(ErrorCode.VALIDATION_ERROR, str(bad), field=bad.field, reason="invalid_cursor")]
        case None:
            return [Refusal(ErrorCode.VALIDATION_ERROR, error.message)]
        case _:
            return [Refusal(ErrorCode.INTERNAL_ERROR, "Something went wrong on our side; the log has it by requestId.")]


def extensions(refusal: Refusal, request_id: str) -> dict[str, Any]:
    return {
        "code": refusal.code.value,
        "field": refusal.field,
        "details": refusal.details,
        "requestId": request_id,
        "timestamp": write_datetime(datetime.now(UTC)),
    }
