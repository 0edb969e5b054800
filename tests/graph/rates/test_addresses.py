"""Whom calls are counted for that show nothing, something wrong, or ADMIN_TOKEN; who is believed about addresses."""

import httpx
import pytest
from websockets.exceptions import ConnectionClosed

from tests.graph.rates.surroundings import ASK, LIMITS, a_token, forget, in_force, post, put, refusal, standing
from tests.listening import socket_of
from tests.running import Api, Program, free_port


async def test_addresses_of_ipv6_are_counted_by_network_and_by_site(apis: list[Api]) -> None:
    """One /48 is 65,536 networks: whoever has it has sixteen times the limit of one, and not that many times."""

    async def ask_from(address: str) -> httpx.Response:
        return await post(apis[0], ASK, **{"X-Forwarded-For": address})

    same = [await ask_from(f"2001:db8:1:1::{number:x}") for number in range(10)]
    assert [answer.status_code for answer in same] == [200] * 9 + [429]
    assert (await ask_from("2001:db8:1:2::1")).status_code == 200
    others = [await ask_from(f"2001:db8:1:{number:x}::1") for number in range(3, 3 + 9 * 16)]
    let_in = 9 * 16 - 10
    assert [answer.status_code for answer in others] == [200] * let_in + [429] * 10
    assert refusal(others[-1])["details"]["limit"] == 9 * 16
    assert (await ask_from("2001:db8:2:1::1")).status_code == 200, "another site"
    assert (await ask_from("::ffff:203.0.113.40")).status_code == 200


async def test_guessed_tokens_are_counted_by_both_processes_and_who_has_one_goes_on(apis: list[Api]) -> None:
    await put(anonymous_calls_per_minute=1000)
    here = {"X-Forwarded-For": "203.0.113.41"}
    try:
        for api in apis:
            await in_force(api, 1000)
        token = await a_token()
        answers = [await post(apis[n % 2], ASK, f"tdg_wrong-{n}", **here) for n in range(62)]
        assert [answer.status_code for answer in answers] == [200] * 60 + [429] * 2
        for answer in answers[-2:]:
            assert refusal(answer)["details"]["reason"] == "too_many_wrong_tokens"
        for api in apis:
            assert (await post(api, ASK, token, **here)).status_code == 200
            assert (await post(api, ASK, **here)).status_code == 200, "signing in goes on, too"
            with pytest.raises(ConnectionClosed) as caught:
                async with socket_of(api, "tdg_wrong", additional_headers=here):
                    pass
            assert caught.value.rcvd is not None
            assert caught.value.rcvd.code == 4429
    finally:
        await put(**LIMITS)
        for api in apis:
            await in_force(api, LIMITS["anonymous_calls_per_minute"])


async def test_all_who_hold_the_admin_token_share_one_bucket(apis: list[Api], environment: dict[str, str]) -> None:
    """Wherever they are; who shows a wrong one is a stranger."""
    froms = [{"X-Forwarded-For": f"203.0.113.{number}"} for number in range(50, 61)]
    admin = {"X-Admin-Token": environment["ADMIN_TOKEN"]}
    answers = [await post(apis[n % 2], ASK, **admin, **each) for n, each in enumerate(froms)]
    assert [standing(answer) for answer in answers] == [(10, left) for left in range(9, -1, -1)] + [(10, 0)]
    assert refusal(answers[-1])["details"]["reason"] == "too_many_queries"
    wrong = {**froms[0], "X-Admin-Token": "an-admin-token-that-nobody-has"}
    assert standing(await post(apis[0], ASK, **wrong)) == (9, 8)


async def test_whom_nobody_trusts_says_nothing_about_addresses(environment: dict[str, str], apis: list[Api]) -> None:
    """Only a proxy that is named does; and of what it was told by others, nothing."""
    for trusted, counted in (("203.0.113.1", [8, 7, 6]), ("127.0.0.1", [8, 8, 7])):
        await forget()
        port = free_port()
        given = {"RATE_LIMITS": "on", "API_PORT": str(port), "FORWARDED_ALLOW_IPS": trusted}
        with Program.api({**environment, **given, "PUBLIC_URL": f"http://127.0.0.1:{port}"}) as program:
            api = Api(f"http://127.0.0.1:{port}", program)
            await in_force(api, LIMITS["anonymous_calls_per_minute"])
            await forget()
            froms = ("203.0.113.70", "203.0.113.71", "203.0.113.72, 203.0.113.71")
            answers = [await post(api, ASK, **{"X-Forwarded-For": each}) for each in froms]
            await api.close()
        assert [standing(answer)[1] for answer in answers] == counted, trusted
