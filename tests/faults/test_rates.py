"""Limits of callers while Redis is away: each process counts by itself, or nobody, and nobody waits."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager

import pytest
import pytest_asyncio
import redis

from tests.faults.conftest import Installation
from tests.faults.test_redis import down, frozen
from tests.running import Api, Program, free_port

LEFT = "x-ratelimit-remaining"
QUICK_SECONDS = 2.0
UPDATE = "mutation ($limits: LimitSettingsInput!) { updateSettings(input: { limits: $limits }) { version } }"


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


async def none_left(api: Api) -> None:
    async with asyncio.timeout(10):
        while (await ask(api))[0] != 429:
            pass


async def again(api: Api) -> tuple[int, str | None]:
    """The first answer after a refusal, which is remembered for a moment."""
    async with asyncio.timeout(5):
        while (found := await ask(api))[0] == 429:  # noqa: ASYNC110 - of another process
            await asyncio.sleep(0.1)
    return found


@pytest.mark.parametrize("away", [down, frozen])
async def test_each_process_counts_by_itself_and_then_together_again(
    installation: Installation, limited: Api, away: Callable[[Installation], AbstractContextManager[None]]
) -> None:
    await none_left(limited)
    with away(installation):
        found = [await again(limited), *[await ask(limited) for _ in range(5)]]
        assert found == [(200, str(left)) for left in (4, 3, 2, 1, 0)] + [(429, "0")]
    with redis.Redis.from_url(installation.services.redis_url) as client:
        client.delete("tidings:calls:admin-token:queries:60")
    async with asyncio.timeout(10):
        while (found := await ask(limited)) == (429, "0"):  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.1)
    assert found == (200, "4"), "Redis counts again, which knows of no calls"


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
