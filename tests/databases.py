"""Databases for tests that change what others would trip over."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from db.core import connect
from db.core.migrate import migrate
from db.core.settings import get_settings
from tests.factories import unique


@asynccontextmanager
async def database_of_its_own(*, template: str | None = None) -> AsyncIterator[str]:
    """This process connected to another database: a migrated one, or a copy; gives its name."""
    name = unique("log").replace("-", "_")
    url = urlsplit(get_settings().database_url)
    await connect.disconnect()
    admin = await asyncpg.connect(urlunsplit(url._replace(path="/postgres")))
    await admin.execute(f"CREATE DATABASE {name}" + (f" TEMPLATE {template}" if template else ""))
    await admin.close()
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, "DATABASE_URL", urlunsplit(url._replace(path=f"/{name}")))
        get_settings.cache_clear()
        if template is None:
            await migrate()
        await connect.connect()
        yield name
        await connect.disconnect()
    get_settings.cache_clear()
    await connect.connect()
