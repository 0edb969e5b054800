"""Lists as CSV, while they are read."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack

import httpx
import pytest

from db.accounts import ApiToken, Scope
from domain import accounts
from domain.core.access import SYSTEM, Viewer
from domain.core.export import exported, link
from graph.core import export
from tests import factories
from tests.graph.core.toy import Toy, find

STOPPED = asyncio.Event()


@exported("toyEndless", by=find)
async def endless() -> AsyncGenerator[tuple[str]]:
    try:
        while True:
            yield ("a" * 10_000,)
            await asyncio.sleep(0)
    finally:
        STOPPED.set()


@pytest.mark.parametrize("loses", [True, False])
async def test_a_list_that_is_being_read_is_cut_with_the_rights_to_it(
    served: Toy, monkeypatch: pytest.MonkeyPatch, loses: bool
) -> None:
    """Whoever reads slowly would read what is written for hours to come; and a part is not taken for the whole."""
    monkeypatch.setattr(export, "RECHECK_SECONDS", 0.2)
    STOPPED.clear()
    user = await factories.user()
    await factories.api_token(user, Scope.READ)
    token = await ApiToken.get(user_id=user.id)
    url = link(Viewer(user_id=user.id, token_id=token.id), "toyEndless")
    async with AsyncExitStack() as until_read:
        answer = await until_read.enter_async_context(served.http.stream("GET", f"/csv/{url.rpartition('/')[2]}"))
        assert answer.status_code == 200
        blocks = answer.aiter_bytes(65_536)
        assert len(await anext(blocks)) == 65_536
        if loses:
            await accounts.update_user(SYSTEM, user.id, active=False)
            async with asyncio.timeout(10):
                with pytest.raises(httpx.RemoteProtocolError):
                    _ = [None async for _ in blocks]
        else:
            async with asyncio.timeout(10):
                for _ in range(200):
                    assert len(await anext(blocks)) == 65_536
                    await asyncio.sleep(0.005)
    async with asyncio.timeout(10):
        await STOPPED.wait()
