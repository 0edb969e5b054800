"""A database that no worker looks into, for imports that are run here step by step."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.databases import database_of_its_own


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def quiet_database(database: None) -> AsyncIterator[None]:
    async with database_of_its_own():
        yield
