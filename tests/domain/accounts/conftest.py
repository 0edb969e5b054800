"""A database without users, for what is about the first and the last of them."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.apart import apart


@pytest_asyncio.fixture(loop_scope="session")
async def empty_database(environment: dict[str, str], database: None) -> AsyncIterator[None]:
    async with apart(environment):
        yield
