"""Answers that are worth keeping for a while."""

import asyncio
import contextvars
import time
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

R = TypeVar("R")


class Cached(Generic[R]):
    """What `ask` answers, kept for some seconds; whoever wants it meanwhile shares it.

    With `patience`, in seconds, a slow answer is not waited for longer than that: `late` is given, and the answer is
    there for the next. It is never cancelled.
    """

    def __init__(
        self,
        ask: Callable[[], Coroutine[Any, Any, R]],
        seconds: float,
        *,
        patience: float | None = None,
        late: R | None = None,
    ) -> None:
        self._ask = ask
        self._seconds = seconds
        self._patience = patience
        self._late = late
        self._asked: asyncio.Task[R] | None = None
        self._until = 0.0

    async def get(self) -> R:
        asked = self._asked
        if asked is None or (asked.done() and time.monotonic() > self._until):
            # In a context of its own: it must not inherit a caller's transaction.
            asked = self._asked = asyncio.create_task(self._timed(), context=contextvars.Context())
        await asyncio.wait({asked}, timeout=self._patience)
        if not asked.done() and self._late is not None:
            return self._late
        return asked.result()

    @property
    def last(self) -> R | None:
        """The newest answer, however old; None while there is none, or another one is waited for."""
        asked = self._asked
        if asked is None or not asked.done() or asked.cancelled() or asked.exception() is not None:
            return None
        return asked.result()

    async def _timed(self) -> R:
        try:
            return await self._ask()
        finally:
            self._until = time.monotonic() + self._seconds
