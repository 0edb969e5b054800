"""Counts what this process asks of the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from asyncpg.pool import Pool

from domain import settings
from domain.core.access import SYSTEM
from graph.core.context import Context
from graph.schema import schema

_HOUSEKEEPING = (
    "BEGIN",
    "COMMIT",
    "SELECT pg_advisory_unlock_all()",
    # asyncpg learns of array types once a connection.
    "SELECT current_setting('jit')",
    "WITH RECURSIVE typeinfo_tree",
)


@contextmanager
def statements() -> Iterator[list[str]]:
    """The SQL of every statement that is run meanwhile."""
    found: list[str] = []
    watched: set[Any] = set()
    acquire = Pool._acquire

    def note(record: Any) -> None:
        if not " ".join(record.query.split()).startswith(_HOUSEKEEPING):
            found.append(record.query)

    async def acquire_watched(pool: Pool, timeout: float | None) -> Any:
        proxy = await acquire(pool, timeout)
        proxy._con.add_query_logger(note)
        watched.add(proxy._con)
        return proxy

    Pool._acquire = acquire_watched
    try:
        yield found
    finally:
        Pool._acquire = acquire
        for connection in watched:
            connection.remove_query_logger(note)


async def counted(document: str, **variables: Any) -> tuple[dict[str, Any], int]:
    """The data of an operation that this process executes for SYSTEM, and how many statements that took."""
    await settings.current()  # else whoever comes first reads them for all that come within seconds
    with statements() as found:
        answer = await schema.execute(document, variables, Context(SYSTEM, "test"))
    assert not answer.errors, answer.errors
    assert answer.data is not None
    return answer.data, len(found)
