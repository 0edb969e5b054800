"""A database of its own, for what is about the first or the last of something."""

import os
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import pytest_asyncio

from db.core import connect
from db.core.migrate import migrate
from db.core.settings import get_settings
from tests.factories import unique


@pytest_asyncio.fixture(loop_scope="session")
async def empty_database(environment: dict[str, str], database: None) -> AsyncIterator[None]:
    """This process is connected to a new, migrated database while the test runs."""
    name = unique("empty").replace("-", "_")
    await connect.execute(f"CREATE DATABASE {name}")
    shared = urlsplit(environment["DATABASE_URL"])
    await _connect_to(shared._replace(path=f"/{name}").geturl())
    await connect.disconnect()
    await migrate()
    await connect.connect()
    yield
    await _connect_to(shared.geturl())
    await connect.execute(f"DROP DATABASE {name} WITH (FORCE)")


async def _connect_to(url: str) -> None:
    await connect.disconnect()
    os.environ["DATABASE_URL"] = url
    get_settings.cache_clear()
    await connect.connect()
