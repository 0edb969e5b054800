"""Databases apart from the one that all tests share: where no worker meddles, and others trip over nothing."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from db.core import connect
from db.core.settings import get_settings
from tests.clusters import MIGRATED
from tests.factories import unique


@asynccontextmanager
async def database_of_its_own(*, template: str | None = None) -> AsyncIterator[str]:
    """This process connected to another database meanwhile: a new, migrated one, or a copy; gives its name."""
    # A copy wants its template to itself, so nothing of ours may be connected to that.
    await connect.disconnect()
    async with a_database(template=template) as name, connected_to(name):
        yield name


@asynccontextmanager
async def a_database(*, template: str | None = None) -> AsyncIterator[str]:
    """A new, migrated database, or a copy, also of `template0`, which is empty; gives its name."""
    name = unique("apart").replace("-", "_")
    await _at_the_server(f"CREATE DATABASE {name} TEMPLATE {template or MIGRATED}")
    try:
        yield name
    finally:
        await _at_the_server(f"DROP DATABASE {name} WITH (FORCE)")


@asynccontextmanager
async def connected_to(name: str) -> AsyncIterator[None]:
    """This process connected to another database of the same server meanwhile."""
    await connect.disconnect()
    try:
        with _named(name):
            await connect.connect()
            yield
    finally:
        await connect.disconnect()
        await connect.connect(application="tidings tests")


@contextmanager
def _named(name: str) -> Iterator[None]:
    """DATABASE_URL names another database."""
    url = urlsplit(get_settings().database_url)
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(os.environ, "DATABASE_URL", urlunsplit(url._replace(path=f"/{name}")))
            get_settings.cache_clear()
            yield
    finally:
        get_settings.cache_clear()


async def _at_the_server(sql: str, *values: Any) -> Any:
    admin = await asyncpg.connect(urlunsplit(urlsplit(get_settings().database_url)._replace(path="/postgres")))
    try:
        return await admin.fetchval(sql, *values)
    finally:
        await admin.close()


async def waits_for(other: asyncpg.Connection) -> None:
    """Until someone waits for a lock of this connection."""
    waiting = "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid)))"
    async with asyncio.timeout(10):
        while not await other.fetchval(waiting):  # noqa: ASYNC110 - nothing tells when
            await asyncio.sleep(0.01)
