"""What resolvers know of their caller, and the loaders that batch what they ask for."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, ParamSpec, TypeAlias, TypeVar, overload

import strawberry
import structlog
from strawberry.dataloader import DataLoader
from tortoise.models import Model

from db.core.connect import TRANSIENT
from db.core.paging import Page, PageRequest
from domain import accounts
from domain.core.access import Viewer
from domain.core.rates import Rate

P = ParamSpec("P")
R = TypeVar("R")
M = TypeVar("M", bound=Model)
ById: TypeAlias = Callable[[Viewer, list[int]], Awaitable[Sequence[R]]]
ByParent: TypeAlias = Callable[[Viewer, list[int], PageRequest], Awaitable[dict[int, Page[M]]]]
Find: TypeAlias = Callable[[ById[Any], int], Awaitable[Any] | None]

already_read: ContextVar[Find | None] = ContextVar("already_read", default=None)
"""While an event is told: finds a row that it names, which the live path reads once for all sockets."""
personal: ContextVar[Callable[[], None] | None] = ContextVar("personal", default=None)
"""While an event is told: says that what is told depends on who the caller is, beyond role, scopes and sender."""

LIVE_READS = 4
"""Connections to the database that subscriptions may use at a time: requests and webhooks need some too."""
PATIENCE = 30.0
"""Seconds in which a read for subscriptions is tried again, while the database is away or too busy."""

log = structlog.get_logger()
_reading = asyncio.Semaphore(LIVE_READS)


async def patiently(read: Callable[P, Awaitable[R]], *args: P.args, **kwargs: P.kwargs) -> R:
    """Reads for subscriptions, which would rather be late than fail."""
    loop = asyncio.get_running_loop()
    end, pause = loop.time() + PATIENCE, 0.1
    while True:
        try:
            async with _reading:
                return await read(*args, **kwargs)
        except TRANSIENT as error:
            if loop.time() > end:
                raise
            log.warning("subscriptions_wait", error=repr(error))
        await asyncio.sleep(pause)
        pause = min(2.0, 2 * pause)


@dataclass(slots=True)
class Context:
    """The caller of one operation.

    Loaders batch what is asked for in one turn of the event loop and remember nothing, so what a mutation has just
    changed, or an event hours later on the same socket, is never answered from an older read.
    """

    viewer: Viewer
    request_id: str
    connection_params: dict[str, Any] | None = None
    """What a socket's first message carried."""
    rate: Rate | None = None
    """Where the caller stands, once an operation was counted; None too where nobody counts."""
    leaving: dict[str, str] = field(default_factory=dict[str, str])
    """Headers that tell of what the operation uses and will go."""
    _loaders: dict[Hashable, DataLoader[int, Any]] = field(default_factory=dict[Hashable, DataLoader[int, Any]])

    def for_one(self) -> Viewer:
        """The caller, for what names them: subscribers who are alike are each told their own."""
        if (tell := personal.get()) is not None:
            tell()
        return self.viewer

    @overload
    async def load(self, fn: ById[R], key: int) -> R: ...
    @overload
    async def load(self, fn: ById[R], key: int | None) -> R | None: ...
    async def load(self, fn: ById[R], key: int | None) -> R | None:
        """What there is for an id (nothing for None), by `fn(viewer, ids)`, which answers in the order of its ids."""
        if key is None:
            return None
        # Callers see themselves, whatever their role. All else that is the caller's own hangs on a user.
        if fn is accounts.by_ids:
            self.for_one()
        if (find := already_read.get()) is not None and (row := find(fn, key)) is not None:
            return await row

        async def batch(keys: list[int]) -> list[R]:
            wanted = list(dict.fromkeys(keys))
            rows = patiently(fn, self.viewer, wanted) if already_read.get() else fn(self.viewer, wanted)
            found = dict(zip(wanted, await rows, strict=True))
            return [found[key] for key in keys]

        return await self._loader(fn, batch).load(key)

    async def load_page(self, fn: ByParent[M], parent_id: int, page: PageRequest, **asked: Any) -> Page[M]:
        """The page of one parent, from `fn(viewer, parent_ids, page)`, with criteria where it takes them."""

        async def batch(keys: list[int]) -> list[Page[M]]:
            parents = list(dict.fromkeys(keys))
            if already_read.get():
                found = await patiently(fn, self.viewer, parents, page, **asked)
            else:
                found = await fn(self.viewer, parents, page, **asked)
            return [found[key] for key in keys]

        return await self._loader((fn, page, repr(asked)), batch).load(parent_id)

    def _loader(self, key: Hashable, batch: Callable[[list[int]], Awaitable[list[Any]]]) -> DataLoader[int, Any]:
        if key not in self._loaders:
            # The context of a socket lives for days, and every page has a key of its own.
            self._loaders = {key: one for key, one in self._loaders.items() if one.batch and not one.batch.dispatched}
            self._loaders[key] = DataLoader(load_fn=batch, cache=False)
        return self._loaders[key]


Info: TypeAlias = strawberry.Info[Context, None]
