"""Transactions: what is recorded inside is written last, and what is rung inside rings after the commit."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from tortoise.transactions import in_transaction

from db.core import doorbell


@dataclass(slots=True)
class Transaction:
    """The outermost transaction of a task."""

    events: list[tuple[Any, ...]] = field(default_factory=list[tuple[Any, ...]])
    before_commit: Callable[["Transaction"], Awaitable[None]] | None = None
    bells: dict[tuple[Any, ...], None] = field(default_factory=dict[tuple[Any, ...], None])


_current: ContextVar[Transaction | None] = ContextVar("transaction", default=None)


def current() -> Transaction:
    """The transaction one is in; an error outside of any."""
    if (found := _current.get()) is None:
        raise RuntimeError("This needs a transaction: async with transaction(): …")
    return found


@asynccontextmanager
async def transaction() -> AsyncGenerator[Transaction]:
    """Commits all or nothing; inside another it joins that one.

    Start no task inside: it would inherit the transaction (tortoise#743).
    """
    if (outer := _current.get()) is not None:
        yield outer
        return
    inner = Transaction()
    async with in_transaction():
        token = _current.set(inner)
        try:
            yield inner
            if inner.before_commit is not None:
                await inner.before_commit(inner)
        finally:
            _current.reset(token)
    for bell in inner.bells:
        doorbell.ring(*bell)


def ring(actor: str, *args: Any) -> None:
    """Rings for work once the transaction has committed, or at once outside of one."""
    if (found := _current.get()) is not None:
        found.bells[(actor, *args)] = None
    else:
        doorbell.ring(actor, *args)
