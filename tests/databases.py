"""Databases apart from the one that all tests share: where no worker meddles, and others trip over nothing."""

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
    """This process connected to another database meanwhile: a new, migrated one, or a copy; gives its name."""
    name = unique("apart").replace("-", "_")
    url = urlsplit(get_settings().database_url)
    await connect.disconnect()
    # A copy wants its template to itself, so nothing of ours may be connected to that.
    admin = await asyncpg.connect(urlunsplit(url._replace(path="/postgres")))
    await admin.execute(f"CREATE DATABASE {name}" + (f" TEMPLATE {template}" if template else ""))
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(os.environ, "DATABASE_URL", urlunsplit(url._replace(path=f"/{name}")))
            get_settings.cache_clear()
            if template is None:
                await migrate()
            await connect.connect()
            yield name
    finally:
        await connect.disconnect()
        get_settings.cache_clear()
        await connect.connect(application="tidings tests")
        await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
        await admin.close()
