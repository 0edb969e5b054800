"""A database apart from the one that all tests share: where no worker meddles, and nothing was there before."""

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from db.core import connect
from db.core.migrate import migrate
from db.core.settings import get_settings
from tests.factories import unique


@asynccontextmanager
async def apart(environment: Mapping[str, str]) -> AsyncIterator[None]:
    """This process is connected to a new, migrated database meanwhile."""
    name = unique("apart").replace("-", "_")
    await connect.execute(f"CREATE DATABASE {name}")
    shared = urlsplit(environment["DATABASE_URL"])
    await _connect_to(shared._replace(path=f"/{name}").geturl(), migrated=False)
    yield
    await _connect_to(shared.geturl())
    await connect.execute(f"DROP DATABASE {name} WITH (FORCE)")


async def _connect_to(url: str, *, migrated: bool = True) -> None:
    await connect.disconnect()
    os.environ["DATABASE_URL"] = url
    get_settings.cache_clear()
    if not migrated:
        await migrate()
    await connect.connect()
