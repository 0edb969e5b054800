"""The toy served for real, and a token of each role."""

from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from db.accounts import Role
from graph.core import nodes
from tests.graph.core import toy
from tests.graph.core.toy import Toy, serving, token


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def served(database: None) -> AsyncIterator[Toy]:
    async with serving() as url, httpx.AsyncClient(base_url=url, trust_env=False) as http:
        yield Toy(url, http, {role: await token(role) for role in Role})


@pytest.fixture(autouse=True)
def _toys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ids of contacts lead to the toy's."""
    monkeypatch.setitem(nodes._getters, "Contact", toy.get)  # pyright: ignore[reportPrivateUsage]
