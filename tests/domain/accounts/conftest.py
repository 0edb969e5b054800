"""A database without users, for what is about the first and the last of them."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.databases import database_of_its_own


@pytest_asyncio.fixture(loop_scope="session")
async def empty_database(database: None) -> AsyncIterator[None]:
    async with database_of_its_own():
        yield
