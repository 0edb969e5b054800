"""Two processes of the API that keep limits together."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest_asyncio

from domain import settings
from tests.graph.rates.surroundings import ASK, LIMITS, forget, in_force, post, put
from tests.running import Api, Program, free_port


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def apis(environment: dict[str, str], database: None) -> AsyncIterator[list[Api]]:
    """Two processes of the API that keep limits, which are small here."""
    await put(**LIMITS)
    async with AsyncExitStack() as running:
        found: list[Api] = []
        for _ in range(2):
            port = free_port()
            given = {
                **environment,
                "RATE_LIMITS": "on",
                "API_PORT": str(port),
                "PUBLIC_URL": f"http://127.0.0.1:{port}",
            }
            api = Api(given["PUBLIC_URL"], running.enter_context(Program.api(given)))
            running.push_async_callback(api.close)
            found.append(api)
        for api in found:
            await in_force(api, LIMITS["anonymous_calls_per_minute"])
        yield found
        await put(**dict.fromkeys(LIMITS))
        await settings.read()  # what runs in this process after is not to be held to them


@pytest_asyncio.fixture(autouse=True, loop_scope="session")
async def _nobody_has_called(apis: list[Api]) -> None:
    await forget()
    for api in apis:
        async with asyncio.timeout(5):
            # Each process remembers for a moment whom it has refused.
            while (await post(api, ASK)).status_code == 429:  # noqa: ASYNC110 - of another process
                await asyncio.sleep(0.1)
    await forget()
