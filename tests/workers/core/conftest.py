"""Workers apart: a database and a Redis of their own, for the session's worker would hear their rings and keep time."""

from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import asyncpg
import pytest
import pytest_asyncio

from db.core import doorbell
from db.core.redis import shared_redis
from db.core.settings import get_settings
from tests.clusters import MIGRATED
from tests.factories import unique


@pytest_asyncio.fixture(loop_scope="session", scope="package")
async def apart(environment: dict[str, str], database: None) -> AsyncIterator[dict[str, str]]:
    """Settings of a worker that nobody else is near."""

    async def execute(statement: str) -> None:
        # Each by a connection of its own: tests between them cut those that are open.
        server = await asyncpg.connect(environment["DATABASE_URL"])
        try:
            await server.execute(statement)
        finally:
            await server.close()

    name = unique("apart").replace("-", "_")
    await execute(f"CREATE DATABASE {name} TEMPLATE {MIGRATED}")
    settings = {
        **environment,
        "DATABASE_URL": urlsplit(environment["DATABASE_URL"])._replace(path=f"/{name}").geturl(),
        "REDIS_URL": urlsplit(environment["REDIS_URL"])._replace(path="/1").geturl(),
    }
    yield settings
    await execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest_asyncio.fixture(loop_scope="session")
async def in_their_redis(apart: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """What this process rings and reads is in the Redis of the workers apart, which is empty at first."""

    async def forget() -> None:
        await shared_redis().aclose()
        doorbell.make_broker().client.close()
        for cached in (get_settings, shared_redis, doorbell.make_broker):
            cached.cache_clear()

    await forget()
    monkeypatch.setenv("REDIS_URL", apart["REDIS_URL"])
    get_settings.cache_clear()
    await shared_redis().flushdb()
    yield
    await forget()
    monkeypatch.undo()
    get_settings.cache_clear()
