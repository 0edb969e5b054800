"""How often callers may ask over HTTP, counted together by two processes of the API."""

import asyncio
import itertools
import time
from dataclasses import replace
from urllib.parse import urlsplit

import httpx

from db.accounts import Scope
from db.audit import AuditEntry
from domain import accounts
from domain.core.access import Viewer
from domain.rates import LISTS_PER_HOUR
from graph.core.ids import encode
from tests import factories
from tests.graph.rates.surroundings import (
    ASK,
    CHANGE,
    LIMITS,
    PASSWORD,
    a_token,
    in_force,
    in_force_for_mutations,
    post,
    put,
    refusal,
    standing,
)
from tests.running import Api


async def test_queries_are_counted_by_both_processes_together(apis: list[Api]) -> None:
    token = await a_token()
    answers = [await post(apis[n % 2], ASK, token) for n in range(10)]
    assert [answer.status_code for answer in answers] == [200] * 10
    assert [standing(answer) for answer in answers] == [(10, left) for left in range(9, -1, -1)]
    for answer in answers:
        assert 0 < int(answer.headers["x-ratelimit-reset"]) - time.time() <= 61
        assert "retry-after" not in answer.headers
    for api in apis:
        details = refusal(await post(api, ASK, token))["details"]
        assert (details["limit"], details["remaining"], details["reason"]) == (10, 0, "too_many_queries")
        assert 50 < details["retryAfterSeconds"] <= 60
    assert (await post(apis[0], CHANGE, token)).status_code == 200, "mutations have a bucket of their own"
    assert (await post(apis[0], ASK, await a_token())).status_code == 200, "and so has another token"


async def test_calls_at_the_same_time_get_no_more_than_is_allowed(apis: list[Api]) -> None:
    token = await a_token()
    answers = await asyncio.gather(*(post(apis[n % 2], ASK, token) for n in range(30)))
    assert sorted(answer.status_code for answer in answers) == [200] * 10 + [429] * 20


async def test_each_mutation_of_an_operation_counts(apis: list[Api]) -> None:
    token = await a_token()
    three = (
        'mutation { ...A b: logout(refreshToken: "x") ... { c: logout(refreshToken: "x") } } '
        "fragment A on Mutation { a: updateSettings(input: {}) { version } }"
    )
    fine = "mutation { a: updateSettings(input: {}) { version } b: updateSettings(input: {}) { version } }"
    assert standing(await post(apis[0], fine, token)) == (8, 6)
    assert standing(await post(apis[0], three, token)) == (10, 9), "it takes credentials twice, and counts as a query"
    assert standing(await post(apis[1], fine.replace("b:", "c: updateSettings(input: {}) { version } d:"), token)) == (
        8,
        3,
    )


async def test_an_operation_fits_as_a_whole_or_not_at_all(apis: list[Api]) -> None:
    token = await a_token()
    six = "mutation { " + " ".join(f"a{n}: updateSettings(input: {{}}) {{ version }}" for n in range(6)) + " }"
    assert standing(await post(apis[0], six, token)) == (8, 2)
    details = refusal(await post(apis[0], six, token))["details"]
    assert (details["limit"], details["remaining"], details["reason"]) == (8, 2, "too_many_mutations")
    assert standing(await post(apis[0], CHANGE, token)) == (8, 1), "what was refused has not counted"


async def test_more_mutations_than_ever_fit_are_not_told_to_come_again(apis: list[Api]) -> None:
    token = await a_token()
    nine = "mutation { " + " ".join(f"a{n}: updateSettings(input: {{}}) {{ version }}" for n in range(9)) + " }"
    answer = await post(apis[0], nine, token)
    [error] = answer.json()["errors"]
    details = error["extensions"]["details"]
    assert (error["extensions"]["code"], details["reason"]) == ("COST_LIMIT_EXCEEDED", "too_many_mutations")
    assert (details["limit"], details["count"]) == (8, 9)
    assert "retry-after" not in answer.headers
    assert standing(answer) == (10, 9), "it counts as a query"


async def test_mutations_have_an_hour_too(apis: list[Api]) -> None:
    token = await a_token()
    await put(rate_limit_per_minute=100)
    try:
        await in_force_for_mutations(apis, 12)
        assert standing(await post(apis[0], CHANGE, token)) == (12, 11)
        for left in range(10, -1, -1):
            assert standing(await post(apis[0], CHANGE, token)) == (12, left)
        details = refusal(await post(apis[0], CHANGE, token))["details"]
        assert details["limit"] == 12
        assert 3500 < details["retryAfterSeconds"] <= 3600
    finally:
        await put(**LIMITS)
        await in_force_for_mutations(apis, LIMITS["rate_limit_per_minute"])


async def test_a_person_is_counted_once_over_all_sessions(apis: list[Api]) -> None:
    user = await factories.user(password=PASSWORD)
    tokens = [await apis[0].sign_in(user.email, PASSWORD) for _ in range(2)]
    assert standing(await post(apis[0], ASK, tokens[0])) == (10, 9)
    assert standing(await post(apis[1], ASK, tokens[1])) == (10, 8)
    assert standing(await post(apis[1], ASK, await factories.api_token(user, *Scope))) == (10, 9), (
        "their token is apart"
    )


async def test_all_tokens_of_a_user_have_five_times_the_limit_of_one(apis: list[Api]) -> None:
    user = await factories.user()
    tokens = [await factories.api_token(user, *Scope) for _ in range(6)]
    told = [(await post(apis[n % 2], ASK, token)).status_code for token in tokens for n in range(10)]
    assert told == [200] * 50 + [429] * 10
    assert refusal(await post(apis[0], ASK, await factories.api_token(user, *Scope)))["details"]["limit"] == 50
    assert (await post(apis[0], ASK, await apis[0].sign_in(user.email, PASSWORD))).status_code == 200
    assert (await post(apis[0], ASK, await a_token())).status_code == 200, "and another user's go on"


async def test_who_uses_up_an_address_signs_nobody_out_who_shares_it(apis: list[Api]) -> None:
    user = await factories.user()
    here = Viewer(ip_address="127.0.0.1")
    pair = await accounts.login(here, email=user.email, password=PASSWORD)

    def renews(token: str, *, more: str = "", after: str = "") -> str:
        return f'mutation {{ refreshTokens(refreshToken: "{token}") {{ refreshToken {more} user {{ id }} }} {after} }}'

    told = [(await post(apis[n % 2], ASK)).status_code for n in range(10)]
    assert told == [200] * 9 + [429]
    for document in (
        CHANGE,
        renews(pair.refresh_token, after='b: logout(refreshToken: "no such")'),
        renews(pair.refresh_token, after="__typename"),
        renews(pair.refresh_token, more=" ".join(["accessToken"] * 100)),
        renews(pair.refresh_token).replace("{ refresh", "{ ...A } fragment A on Mutation { refresh", 1),
        # Nobody has made these up but the caller, also where one of ours stands beside.
        renews("x" * 43),
        renews(f"{pair.refresh_token[:-1]}{'x' if pair.refresh_token[-1] != 'x' else 'y'}"),
        renews("x" * 43).replace("mutation", f'mutation ($unused: String = "{pair.refresh_token}")'),
        'mutation { logout(refreshToken: "no such") ...refreshTokens }',
    ):
        assert (await post(apis[0], document)).status_code == 429, document
    for api in apis:
        answer = await post(api, renews(pair.refresh_token))
        assert (answer.status_code, standing(answer)) == (200, (9, 0))
        renewed = answer.json()["data"]["refreshTokens"]["refreshToken"]
        wrong = (await post(api, renews(pair.refresh_token))).json()["errors"]
        assert [error["extensions"]["code"] for error in wrong] == ["AUTHENTICATION_ERROR"]
        pair = replace(pair, refresh_token=renewed)


async def test_callers_without_credentials_are_counted_by_address(apis: list[Api]) -> None:
    """What asks for nothing, what is no request, and what shows a wrong token."""
    api = apis[0]
    answers = [
        await post(api, ASK),
        await post(api, ASK, "tdg_wrong"),
        await post(apis[1], "{ syntax"),
        await post(api, "{ unknown }"),
        await api.http.post("/graphql", content=b"{", headers={"content-type": "application/json"}),
        await api.http.post("/graphql", content=b"x", headers={"content-type": "text/plain"}),
        await api.http.post("/graphql", json={"query": ASK}, headers={"accept": "text/html"}),
        await api.http.post("/graphql", json={"query": ""}),
        await api.http.get("/graphql", params={"query": CHANGE}),
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 400, 415, 406, 400, 405]
    assert [standing(answer) for answer in answers] == [(9, left) for left in range(8, -1, -1)]
    for answer in (await post(api, ASK), await post(apis[1], "{ syntax"), await post(api, CHANGE)):
        assert refusal(answer)["details"]["reason"] == "too_many_calls"
    refused = await api.http.post("/graphql", content=b"{", headers={"content-type": "application/json"})
    assert refusal(refused)["details"]["limit"] == 9
    assert (await post(api, ASK, await a_token())).status_code == 200


async def test_it_is_a_429_in_the_new_media_type_too(apis: list[Api]) -> None:
    for _ in range(9):
        await post(apis[0], ASK)
    answer = await post(apis[0], ASK, accept="application/graphql-response+json")
    refusal(answer)
    assert answer.headers["content-type"].startswith("application/graphql-response+json")


async def test_a_burst_is_cut_in_every_bucket_and_over_in_a_second(apis: list[Api]) -> None:
    await put(calls_per_second=5, queries_per_minute=1000, anonymous_calls_per_minute=1000)
    try:
        await in_force(apis[0], 1000)
        for token in (None, await a_token()):
            async with asyncio.timeout(5):
                while (await post(apis[0], ASK, token)).status_code != 429:
                    pass
            answers = await asyncio.gather(*(post(apis[0], CHANGE, token) for _ in range(12)))
            assert sum(answer.status_code == 200 for answer in answers) < 6
            told = refusal(next(answer for answer in answers if answer.status_code == 429))
            assert told["details"]["limit"] == 5
            assert told["details"]["retryAfterSeconds"] == 1
            await asyncio.sleep(1)
            assert standing(await post(apis[0], ASK, token))[0] == 1000, (
                "a second's window is told of only where it refuses"
            )
    finally:
        await put(**LIMITS)
        for api in apis:
            await in_force(api, LIMITS["anonymous_calls_per_minute"])


async def test_who_was_refused_is_refused_again_before_anything_is_read(apis: list[Api]) -> None:
    """A body that never comes is not waited for."""
    for _ in range(9):
        await post(apis[0], ASK)
    refusal(await post(apis[0], ASK))
    url = urlsplit(apis[0].url)
    reader, writer = await asyncio.open_connection(url.hostname, url.port)
    writer.write(
        b"POST /graphql HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{"
    )
    async with asyncio.timeout(5):
        assert (await reader.readline()).startswith(b"HTTP/1.1 429")
    writer.close()


async def test_lists_by_link_are_counted_by_address(apis: list[Api]) -> None:
    answers = [await apis[n % 2].http.get("/csv/none") for n in range(31)]
    assert [answer.status_code for answer in answers] == [403] * 30 + [429]
    assert refusal(answers[-1])["details"]["reason"] == "too_many_lists"
    assert (await apis[0].http.get("/health/db")).status_code != 429
    assert (await post(apis[0], ASK)).status_code == 200


async def test_links_of_a_caller_are_read_so_often_by_all_who_have_them(apis: list[Api]) -> None:
    user, addresses = await factories.user(), itertools.count()
    given = f'{{ auditEntries(filter: {{ actorId: "{encode("User", user.id)}" }}) {{ csvUrl }} }}'

    async def read(times: int) -> list[httpx.Response]:
        """By a link of a new token, each time from somewhere else."""
        token = await factories.api_token(user, Scope.ADMIN)
        path = urlsplit((await post(apis[0], given, token)).json()["data"]["auditEntries"]["csvUrl"]).path
        froms = [{"X-Forwarded-For": f"2001:db8:0:{next(addresses):x}::1"} for _ in range(times)]
        return [await apis[n % 2].http.get(path, headers=each) for n, each in enumerate(froms)]

    answers = await read(LISTS_PER_HOUR + 1)
    assert [answer.status_code for answer in answers] == [200] * LISTS_PER_HOUR + [429]
    told = refusal(answers[-1])["details"]
    assert (told["reason"], told["limit"]) == ("too_many_lists", LISTS_PER_HOUR)
    assert await AuditEntry.filter(actor_id=user.id, action="csvExport").count() == LISTS_PER_HOUR
    codes = [answer.status_code for _ in range(5) for answer in await read(LISTS_PER_HOUR)]
    assert codes == [200] * 4 * LISTS_PER_HOUR + [429] * LISTS_PER_HOUR, "all tokens have five times the limit of one"
