"""A database that no worker looks into, with a folder of its own: the numbers of its files come round again."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from db.core.settings import get_settings
from tests.databases import database_of_its_own


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def quiet_database(database: None, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATA_DIR", str(tmp_path_factory.mktemp("quiet")))
        get_settings.cache_clear()
        async with database_of_its_own():
            yield
    get_settings.cache_clear()
