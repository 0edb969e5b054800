"""Callers of two processes of the API that keep limits, which are small here."""

import asyncio
import time
from datetime import datetime
from typing import Any

import httpx
import pytest
from websockets import ClientConnection, Subprotocol

from db.accounts import Role, Scope
from db.core.redis import shared_redis
from domain import settings
from domain.core.access import SYSTEM
from tests import factories
from tests.listening import receive, subscribe
from tests.running import Api

ASK = "{ __typename }"
CHANGE = 'mutation { a: logout(refreshToken: "no such") }'
PROTOCOLS = [Subprotocol("graphql-transport-ws")]
PASSWORD = "correct-horse-battery"
LIMITS = {
    "rate_limit_per_minute": 8,
    "rate_limit_per_hour": 12,
    "queries_per_minute": 10,
    "anonymous_calls_per_minute": 9,
    "calls_per_second": 1000,
}


async def put(**limits: Any) -> None:
    await settings.update(SYSTEM, {"limits": limits})


async def forget() -> None:
    async for key in shared_redis().scan_iter("tidings:calls:*"):
        await shared_redis().delete(key)


async def in_force(api: Api, limit: int, token: str | None = None) -> None:
    """Until the API's process has read a change."""
    end = time.monotonic() + 5
    while (await post(api, ASK, token)).headers["x-ratelimit-limit"] != str(limit):
        assert time.monotonic() < end
        await asyncio.sleep(0.2)


async def a_token(role: Role = Role.ADMIN) -> str:
    return await factories.api_token(await factories.user(role=role), *Scope)


async def post(api: Api, query: str, token: str | None = None, **headers: str) -> httpx.Response:
    given = {**headers, **({"authorization": f"Bearer {token}"} if token else {})}
    return await api.http.post("/graphql", json={"query": query}, headers=given)


def standing(answer: httpx.Response) -> tuple[int, int]:
    return int(answer.headers["x-ratelimit-limit"]), int(answer.headers["x-ratelimit-remaining"])


def sign_in(email: str, password: str) -> str:
    return f'mutation {{ login(input: {{ email: "{email}", password: "{password}" }}) {{ tokenType }} }}'


async def told(socket: ClientConnection, query: str) -> dict[str, Any]:
    """The answer to an operation on a socket."""
    await subscribe(socket, query)
    message = await receive(socket)
    if message["type"] == "next":
        assert (await receive(socket))["type"] == "complete"
    return message


async def in_force_for_mutations(apis: list[Api], limit: int) -> None:
    for api in apis:
        end = time.monotonic() + 5
        while standing(await post(api, CHANGE, await a_token()))[0] != limit:
            assert time.monotonic() < end
            await asyncio.sleep(0.2)


def refusal(answer: httpx.Response) -> dict[str, Any]:
    """The extensions of the one error of an answer that tells to come again later, in body and headers alike."""
    assert answer.status_code == 429, answer.text
    [error] = answer.json()["errors"]
    told = error["extensions"]
    assert told["code"] == "RATE_LIMIT_EXCEEDED"
    details = told["details"]
    seconds = details["retryAfterSeconds"]
    reset = datetime.fromisoformat(details["resetTime"]).timestamp()
    assert reset == pytest.approx(time.time() + seconds, abs=3)
    assert answer.headers["retry-after"] == answer.headers["x-ratelimit-retry-after"] == str(seconds)
    assert int(answer.headers["x-ratelimit-reset"]) == reset
    assert standing(answer) == (details["limit"], details["remaining"])
    return told
