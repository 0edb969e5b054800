"""Unique values: the database alone decides, so that no race gets through."""

from collections.abc import Generator
from contextlib import contextmanager

from asyncpg import UniqueViolationError
from tortoise.exceptions import IntegrityError

from domain.core.errors import ErrorCode, Refusal


@contextmanager
def unique(index: str, message: str, *, field: str, code: ErrorCode = ErrorCode.DUPLICATE_RESOURCE) -> Generator[None]:
    """Turns a violation of this unique index into a refusal; the transaction around it is over then."""
    try:
        yield
    except (IntegrityError, UniqueViolationError) as error:
        cause = error.__cause__ if isinstance(error, IntegrityError) else error
        if getattr(cause, "constraint_name", None) != index:
            raise
        raise Refusal(code, message, field=field, reason="already_exists", uniqueField=field) from None
