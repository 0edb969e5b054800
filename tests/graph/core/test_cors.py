"""Which pages and browser extensions may call: those that CORS_ORIGINS lists, over HTTP and sockets alike."""

from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio
from websockets import InvalidStatus

from db.core.settings import get_settings
from tests.graph.core import toy
from tests.graph.core.test_sockets import opened

OURS = ("https://app.example", "chrome-extension://abcdefghijklmnopabcdefghijklmnop")
THEIRS = ("https://theirs.example", "https://app.example.theirs.example", "http://app.example", "null")
ASKED = {"access-control-request-method": "POST", "access-control-request-headers": "authorization, content-type"}


@pytest_asyncio.fixture
async def listing(database: None) -> AsyncIterator[str]:
    """The address of an API that lists ours."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CORS_ORIGINS", str(list(OURS)).replace("'", '"'))
        get_settings.cache_clear()
        try:
            async with toy.serving() as url:
                yield url
        finally:
            patch.undo()
            get_settings.cache_clear()


async def test_only_listed_origins_may_call_and_those_with_credentials(listing: str) -> None:
    async with httpx.AsyncClient(base_url=listing, trust_env=False) as http:
        for origin in (*OURS, *THEIRS):
            listed = origin in OURS
            before = await http.options("/graphql", headers={"origin": origin, **ASKED})
            answer = await http.post("/graphql", json={"query": "{ __typename }"}, headers={"origin": origin})
            assert before.status_code == (200 if listed else 400), origin
            for each in (before, answer):
                assert each.headers.get("access-control-allow-origin") == (origin if listed else None)
                assert "origin" in each.headers["vary"].lower(), "what one origin is told is kept for no other"
            if listed:
                assert before.headers["access-control-allow-credentials"] == "true"
                assert {"authorization", "content-type", "x-admin-token"} <= set(
                    before.headers["access-control-allow-headers"].lower().split(", ")
                )
                assert "Retry-After" in answer.headers["access-control-expose-headers"]


@pytest.mark.parametrize("origin", [*OURS, *THEIRS])
async def test_sockets_are_opened_for_the_same_origins(listing: str, origin: str) -> None:
    if origin in OURS:
        async with opened(listing, origin=origin):
            pass
        return
    with pytest.raises(InvalidStatus) as caught:
        async with opened(listing, origin=origin):
            pass
    assert caught.value.response.status_code == 403
