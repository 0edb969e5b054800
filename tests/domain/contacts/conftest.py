"""A database that no worker looks into, for imports that are run here step by step."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.apart import apart


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def quiet_database(environment: dict[str, str], database: None) -> AsyncIterator[None]:
    async with apart(environment):
        yield
