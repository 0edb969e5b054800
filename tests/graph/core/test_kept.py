"""What sockets keep, memory, seats and turns, has bounds for each caller."""

import asyncio
import json
import time
from typing import Any

import pytest

from db.accounts import Role
from db.core import seats
from db.core.paging import Page, PageRequest
from db.core.redis import shared_redis
from db.core.settings import get_settings
from domain import accounts, rates
from domain.core.access import SYSTEM
from graph.core import operation, sockets, watch
from tests.graph.core import toy
from tests.graph.core.test_sockets import acknowledged, closing, receive, send
from tests.graph.core.toy import Toy

ENDLESS = "subscription { numbers(to: 1000000) }"


@pytest.mark.parametrize("inside", ["document", "variables"])
async def test_a_caller_holds_so_much_by_subscriptions(
    served: Toy, monkeypatch: pytest.MonkeyPatch, inside: str
) -> None:
    """A frame may have 256 KiB, and a caller ten thousand subscriptions."""
    monkeypatch.setattr(get_settings(), "rate_limits", True)
    monkeypatch.setattr(watch, "MOST_TOLD", 450)
    large = "#" * 200_000
    asked = {"query": ENDLESS + large} if inside == "document" else {"query": ENDLESS, "variables": {"x": large}}
    async with acknowledged(served, Role.MARKETER) as one, acknowledged(served, Role.MARKETER) as two:
        for socket in (one, two):
            await send(socket, type="subscribe", id="1", payload=asked)
            assert (await receive(socket))["type"] == "next"
            await send(socket, type="complete", id="1")
        async with acknowledged(served, Role.SALES) as three:
            for id in ("1", "2", "3"):
                await send(three, type="subscribe", id=id, payload=asked)
            while (message := await receive(three))["type"] != "error":
                assert message["type"] == "next"
            assert message["payload"][0]["extensions"]["details"]["reason"] == "too_many_subscriptions"


async def test_sockets_keep_their_seats_while_the_database_is_away(
    served: Toy, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(_: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(get_settings(), "rate_limits", True)
    monkeypatch.setattr(seats, "LEASE", 1.0)
    monkeypatch.setattr(watch, "RECHECK", 0.1)
    monkeypatch.setattr(watch, "RENEW", 2)
    async with acknowledged(served, Role.SALES) as socket:
        await send(socket, type="subscribe", id="1", payload={"query": "{ hello }"})
        await receive(socket)
        found = await accounts.authenticate(served.tokens[Role.SALES])
        with monkeypatch.context() as patch:
            patch.setattr(accounts, "recheck_all", away)
            await asyncio.sleep(2)  # Two leases.
            key = f"tidings:seats:{rates.holder_of(found)}"
            assert await shared_redis().zcount(key, time.time() * 1000, "+inf") == 1


async def test_an_id_is_kept_for_as_long_as_its_operation_and_is_short(served: Toy) -> None:
    async with acknowledged(served) as socket:
        await send(socket, type="subscribe", id="x" * sockets.MAX_ID, payload={"query": "{ hello }"})
        assert (await receive(socket))["type"] == "next"
        await send(socket, type="subscribe", id="x" * (sockets.MAX_ID + 1), payload={"query": "{ hello }"})
        assert await closing(socket) == (4400, "subscribe needs an id of 1 to 100 characters")


async def test_operations_on_sockets_take_turns_too(served: Toy, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of a caller, on however many sockets; others are answered meanwhile."""
    monkeypatch.setattr(get_settings(), "rate_limits", True)
    monkeypatch.setattr(operation, "MOST_WAITING", 3)
    running, go_on, page = 0, asyncio.Event(), await toy.find(SYSTEM, page=PageRequest(first=0))

    async def find(*given: Any, **known: Any) -> Page[Any]:
        nonlocal running
        running += 1
        await go_on.wait()
        running -= 1
        return page

    monkeypatch.setattr(toy, "find", find)
    try:
        async with acknowledged(served) as one, acknowledged(served) as two, acknowledged(served, Role.VIEWER) as other:
            for number in range(12):
                asked = {"query": "{ contacts { edges { cursor } } }"}
                await send((one, two)[number % 2], type="subscribe", id=str(number), payload=asked)
            done, _ = await asyncio.wait(
                [asyncio.create_task(receive(one)), asyncio.create_task(receive(two))],
                return_when=asyncio.FIRST_COMPLETED,
            )
            told = json.dumps(done.pop().result())
            assert "too_many_operations" in told
            assert running == operation.AT_ONCE
            await send(other, type="subscribe", id="1", payload={"query": "{ hello }"})
            assert (await receive(other))["payload"]["data"] == {"hello": "hello"}
            # A subscription takes a turn for its beginning alone.
            go_on.set()
            for number in range(operation.AT_ONCE + 4):
                await send(
                    other, type="subscribe", id=f"s{number}", payload={"query": "subscription { numbers(to: 1) }"}
                )
            ended = [await receive(other) for _ in range(1 + 2 * (operation.AT_ONCE + 4))]
            assert sum(message["type"] == "next" for message in ended) == operation.AT_ONCE + 4
    finally:
        go_on.set()
