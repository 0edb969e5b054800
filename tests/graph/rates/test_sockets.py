"""How often callers may ask on sockets, and how many they may open, counted together by two processes of the API."""

import asyncio
import json
import time
from contextlib import AsyncExitStack
from datetime import datetime

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from db.accounts import Scope
from graph.core.sockets import MAX_SOCKETS
from tests import factories
from tests.graph.rates.surroundings import (
    ASK,
    LIMITS,
    PASSWORD,
    PROTOCOLS,
    a_token,
    in_force,
    in_force_for_mutations,
    post,
    put,
    refusal,
    sign_in,
    standing,
    told,
)
from tests.listening import receive, socket_of, subscribe
from tests.running import Api


async def test_a_socket_tells_in_extensions_and_shares_the_bucket(apis: list[Api]) -> None:
    token = await a_token()
    async with socket_of(apis[0], token) as socket:
        await subscribe(socket, ASK)
        told = (await receive(socket))["payload"]["extensions"]["rateLimit"]
        assert (told["limit"], told["remaining"]) == (10, 8), "opening it was the first"
        assert 0 < datetime.fromisoformat(told["resetTime"]).timestamp() - time.time() <= 61
        assert (await receive(socket))["type"] == "complete"
        assert standing(await post(apis[1], ASK, token)) == (10, 7)
        for _ in range(7):
            await post(apis[1], ASK, token)
        for query in (ASK, "subscription { events { cursor } }"):
            await subscribe(socket, query, id=query)
            message = await receive(socket)
            assert (message["type"], message["id"]) == ("error", query)
            [error] = message["payload"]
            assert error["extensions"]["code"] == "RATE_LIMIT_EXCEEDED"
            assert error["extensions"]["details"]["limit"] == 10
            assert 50 < error["extensions"]["details"]["retryAfterSeconds"] <= 60


async def test_who_has_asked_too_often_opens_no_socket(apis: list[Api]) -> None:
    token = await a_token()
    for _ in range(10):
        await post(apis[0], ASK, token)
    with pytest.raises(ConnectionClosed) as caught:
        async with socket_of(apis[1], token):
            pass
    assert caught.value.rcvd is not None
    assert (caught.value.rcvd.code, caught.value.rcvd.reason[:18]) == (4429, "At most 10 queries")


async def test_wrong_passwords_are_counted_by_both_processes_over_http_and_sockets(apis: list[Api]) -> None:
    user, token = await factories.user(password=PASSWORD), await a_token()
    wrong, right = sign_in(user.email, "incorrect-horse"), sign_in(user.email, PASSWORD)
    await put(rate_limit_per_minute=1000, rate_limit_per_hour=1000)
    try:
        async with socket_of(apis[0], token) as socket:
            await told(socket, ASK)
            await in_force_for_mutations(apis, 1000)
            for n in range(5):
                answer = await post(apis[n % 2], wrong, token)
                assert (answer.status_code, answer.json()["data"]) == (200, None)
                message = await told(socket, wrong)
                assert message["payload"]["errors"][0]["extensions"]["code"] == "AUTHENTICATION_ERROR"
            message = await told(socket, right)
            assert message["payload"]["errors"][0]["extensions"]["code"] == "RATE_LIMIT_EXCEEDED"
        for api in apis:
            details = refusal(await post(api, right, token))["details"]
            assert (details["limit"], details["reason"]) == (10, "too_many_sign_in_attempts")
    finally:
        await put(**LIMITS)
        await in_force_for_mutations(apis, LIMITS["rate_limit_per_minute"])


async def test_all_tokens_of_a_user_have_so_many_sockets_and_no_more(apis: list[Api]) -> None:
    await put(queries_per_minute=1000)
    user = await factories.user()
    token, *others = [await factories.api_token(user, *Scope) for _ in range(3)]
    try:
        for api in apis:
            await in_force(api, 1000, await a_token())
        async with AsyncExitStack() as opened:
            sockets = [
                await opened.enter_async_context(socket_of(apis[n % 2], others[n % 2])) for n in range(MAX_SOCKETS)
            ]
            for api in apis:
                with pytest.raises(ConnectionClosed) as caught:
                    await opened.enter_async_context(socket_of(api, token))
                assert caught.value.rcvd is not None
                assert caught.value.rcvd.code == 4429
            await opened.enter_async_context(socket_of(apis[0], await a_token()))
            await sockets[0].close()
            async with asyncio.timeout(5):
                while True:
                    try:
                        await opened.enter_async_context(socket_of(apis[0], token))
                        break
                    except ConnectionClosed:
                        await asyncio.sleep(0.05)
    finally:
        await put(**LIMITS)
        for api in apis:
            await in_force(api, LIMITS["queries_per_minute"], await a_token())


async def test_of_many_sockets_that_do_not_say_who_they_are_the_longest_silent_is_cut_off(apis: list[Api]) -> None:
    """So whoever shares an address with those who say nothing gets in, however many they are."""
    async with AsyncExitStack() as opened:
        async with asyncio.timeout(10):
            first, *others = [
                await opened.enter_async_context(connect(apis[1].ws_url, subprotocols=PROTOCOLS, proxy=None))
                for _ in range(MAX_SOCKETS + 1)
            ]
        with pytest.raises(ConnectionClosed) as caught:
            await receive(first)
        assert caught.value.rcvd is None, "its client comes again by itself"
        credentials = {"Authorization": f"Bearer {await a_token()}"}
        for socket in (others[0], others[-1]):
            await socket.send(json.dumps({"type": "connection_init", "payload": credentials}))
            assert (await receive(socket))["type"] == "connection_ack"
        more = [
            await opened.enter_async_context(connect(apis[1].ws_url, subprotocols=PROTOCOLS, proxy=None))
            for _ in range(3)
        ]
        await more[-1].send(json.dumps({"type": "connection_init", "payload": credentials}))
        assert (await receive(more[-1]))["type"] == "connection_ack"
        with pytest.raises(ConnectionClosed):
            await receive(others[1])
        await subscribe(others[0], ASK)
        assert (await receive(others[0]))["type"] == "next", "who has said it is not silent"


async def test_sockets_with_wrong_credentials_count_for_their_address(apis: list[Api]) -> None:
    async def code(n: int) -> int:
        with pytest.raises(ConnectionClosed) as caught:
            async with socket_of(apis[n % 2], f"tdg_wrong-{n}"):
                pass
        assert caught.value.rcvd is not None
        return caught.value.rcvd.code

    assert [await code(n) for n in range(11)] == [4403] * 9 + [4429] * 2
    refusal(await post(apis[0], ASK))
