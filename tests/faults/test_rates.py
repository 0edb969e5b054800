"""Limits of callers while Redis is away: each process counts by itself, or nobody, and nobody waits."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager

import pytest
import pytest_asyncio
import redis

from tests.factories import unique
from tests.faults.conftest import Installation
from tests.faults.test_redis import down, frozen
from tests.running import Api, Program, free_port

LEFT = "x-ratelimit-remaining"
QUICK_SECONDS = 2.0
UPDATE = "mutation ($limits: LimitSettingsInput!) { updateSettings(input: { limits: $limits }) { version } }"
USER = """
mutation ($email: String!) {
  createUser(input: { email: $email, password: "correct-horse-battery", name: "A Caller", role: ADMIN }) { id }
}
"""
TOKEN = """
mutation ($user: ID!) { createApiToken(input: { name: "calls", scopes: [ADMIN], userId: $user }) { token } }
"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def limited(installation: Installation) -> AsyncIterator[Api]:
    """Another process of the API, which keeps limits: five queries a minute."""
    port = free_port()
    given = {"RATE_LIMITS": "on", "API_PORT": str(port), "PUBLIC_URL": f"http://127.0.0.1:{port}"}
    await installation.data(UPDATE, limits={"queriesPerMinute": 5, "callsPerSecond": 1000})
    with Program.api({**installation.environment, **given}) as program:
        api = Api(given["PUBLIC_URL"], program)
        api.http.headers["X-Admin-Token"] = installation.environment["ADMIN_TOKEN"]
        yield api
        await api.close()
    await installation.data(UPDATE, limits={"queriesPerMinute": None, "callsPerSecond": None})


async def ask(api: Api) -> tuple[int, str | None]:
    """The status of an answer, and how many calls it says are left. Nobody waits long for it."""
    began = time.monotonic()
    answer = await api.http.post("/graphql", json={"query": "{ __typename }"})
    assert time.monotonic() - began < QUICK_SECONDS
    return answer.status_code, answer.headers.get(LEFT)


async def a_token(installation: Installation) -> str:
    """Of a user who has not called yet."""
    made = await installation.data(USER, email=f"{unique('caller')}@example.com")
    return (await installation.data(TOKEN, user=made["createUser"]["id"]))["createApiToken"]["token"]


async def counted_in_redis(installation: Installation, api: Api) -> None:
    """Until the process has found Redis again, which another test took away from it."""
    with redis.Redis.from_url(installation.services.redis_url) as client:
        for key in client.scan_iter("tidings:calls:*:queries:60"):
            client.delete(key)
        async with asyncio.timeout(10):
            while not list(client.scan_iter("tidings:calls:*:queries:60")):
                await ask(api)
                await asyncio.sleep(0.1)


async def none_left(api: Api) -> None:
    async with asyncio.timeout(10):
        while (await ask(api))[0] != 429:
            pass


@pytest.mark.parametrize("away", [down, frozen])
async def test_each_process_counts_by_itself_and_then_together_again(
    installation: Installation, limited: Api, away: Callable[[Installation], AbstractContextManager[None]]
) -> None:
    """It goes on from what it knows: whoever has used up a window gets no fresh one by that."""
    await counted_in_redis(installation, limited)
    limited.http.headers["X-Admin-Token"] = await a_token(installation)
    assert [await ask(limited) for _ in range(2)] == [(200, "4"), (200, "3")]
    with away(installation):
        assert [await ask(limited) for _ in range(4)] == [(200, "2"), (200, "1"), (200, "0"), (429, "0")]
    async with asyncio.timeout(10):
        while (found := await ask(limited)) == (429, "0"):  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.1)
    assert found in ((200, "2"), (200, "1")), "Redis counts again, which knows of two, and one that waited for it"
    with away(installation):
        assert await ask(limited) == (429, "0"), "this process does not forget"


async def test_nobody_counts_where_the_operator_would_rather_have_none(
    installation: Installation, limited: Api
) -> None:
    await installation.data(UPDATE, limits={"failOpen": True})
    try:
        await none_left(limited)
        with down(installation):
            async with asyncio.timeout(15):
                while await ask(limited) != (200, None):  # noqa: ASYNC110 - of another process, which follows in 5 s
                    await asyncio.sleep(0.1)
            assert [await ask(limited) for _ in range(20)] == [(200, None)] * 20
    finally:
        await installation.data(UPDATE, limits={"failOpen": None})
