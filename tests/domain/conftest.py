"""The rules are tried in a database that no worker looks into, with a folder of its own for its files."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from db.core.settings import get_settings
from tests.databases import a_database, connected_to


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def quiet_database(database: None) -> AsyncIterator[str]:
    async with a_database() as name:
        yield name


@pytest_asyncio.fixture(autouse=True, scope="module", loop_scope="session")
async def _apart(quiet_database: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATA_DIR", str(tmp_path_factory.getbasetemp() / quiet_database))
        get_settings.cache_clear()
        async with connected_to(quiet_database):
            yield
    get_settings.cache_clear()
