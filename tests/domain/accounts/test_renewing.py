"""Refresh tokens that are made up, or shown again and again: nobody asks the database for them."""

import secrets
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from pydantic import SecretStr

from db.accounts import UserSession
from db.audit import AuditEntry
from db.core import connect, window
from db.core.settings import get_settings
from domain import accounts
from domain.accounts import attempts
from domain.core.access import ANONYMOUS
from domain.core.errors import ErrorCode
from domain.core.tokens import digest, may_be_refresh, new_refresh, new_secret, quotes_refresh, session_of
from graph.core.operation import may_renew
from tests import factories
from tests.callers import only
from tests.statements import statements

BAD = (ErrorCode.AUTHENTICATION_ERROR, "refreshToken", None)
TOO_MANY = (ErrorCode.RATE_LIMIT_EXCEEDED, None, "too_many_renewals")


@pytest_asyncio.fixture(autouse=True, loop_scope="session")
async def _limits(database: None, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    monkeypatch.setattr(get_settings(), "rate_limits", True)
    monkeypatch.setattr(window, "_ask_again", 0.0)
    yield


async def test_a_token_names_its_session_and_nobody_else_makes_one_that_does() -> None:
    token = new_refresh(12)
    assert session_of(token) == 12
    session, secret, seal = token.split(".")
    for other in (
        f"13.{secret}.{seal}",
        f"{session}.{new_secret()}.{seal}",
        f"{session}.{secret}.{seal[:-1]}",
        f"{session}.{secret}.{'é' * 16}",
        f"{session}.{secret}.",
        f"0{token}",
        f"{token}\n",
        f" {token}",
        secret,
        "",
        "\ud800",
        "." * 100,
    ):
        assert session_of(other) is None, other


async def test_what_has_not_the_shape_of_a_token_costs_no_look_at_the_database() -> None:
    for junk in ("", "x", "a.b.c", "x" * 64, "1." + "x" * 43, "9" * 30 + "." + "x" * 43 + "." + "y" * 16, "\ud800"):
        assert not may_be_refresh(junk)
        with statements() as asked:
            assert await only(accounts.refresh_tokens(ANONYMOUS, refresh_token=junk)) == BAD, junk
        assert asked == []


async def test_a_session_is_counted_before_the_database_is_asked_whatever_is_shown_of_it() -> None:
    user = await factories.user()
    pair = await accounts.login(ANONYMOUS, email=user.email, password=factories.PASSWORD)
    await accounts.logout(ANONYMOUS, refresh_token=pair.refresh_token)
    for _ in range(attempts.RENEWALS):
        assert await only(accounts.refresh_tokens(ANONYMOUS, refresh_token=pair.refresh_token)) == BAD
    with statements() as asked:
        for _ in range(3):
            assert await only(accounts.refresh_tokens(ANONYMOUS, refresh_token=pair.refresh_token)) == TOO_MANY
    assert len([text for text in asked if "refresh_token" in text]) == 1, "looked at once a minute, for a thief's sake"


async def test_a_thief_who_renews_all_the_time_is_found_out_all_the_same() -> None:
    user = await factories.user()
    pair = await accounts.login(ANONYMOUS, email=user.email, password=factories.PASSWORD)
    thief = pair
    for _ in range(attempts.RENEWALS):
        thief = await accounts.refresh_tokens(ANONYMOUS, refresh_token=thief.refresh_token)
    # Two tabs of one browser may show the same token within ten seconds: this was later.
    await connect.execute(
        "UPDATE refresh_token SET spent_at = spent_at - interval '1 min' WHERE digest = $1", digest(pair.refresh_token)
    )
    assert await only(accounts.refresh_tokens(ANONYMOUS, refresh_token=pair.refresh_token)) == TOO_MANY
    session = await UserSession.get(id=session_of(thief.refresh_token))
    assert session.ended_at is not None
    assert await AuditEntry.filter(action="refreshTokenReused", subject_id=session.id).count() == 1


async def test_tokens_of_an_older_release_and_of_a_key_that_is_gone_still_renew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    user = await factories.user()
    pair = await accounts.login(ANONYMOUS, email=user.email, password=factories.PASSWORD)
    older = new_secret()
    await connect.execute(
        "UPDATE refresh_token SET digest = $1 WHERE digest = $2", digest(older), digest(pair.refresh_token)
    )
    renewed = await accounts.refresh_tokens(ANONYMOUS, refresh_token=older)
    assert session_of(renewed.refresh_token) == session_of(pair.refresh_token)
    key = get_settings().secret_key
    monkeypatch.setattr(get_settings(), "secret_key", SecretStr(secrets.token_hex(32)))
    assert session_of(renewed.refresh_token) is None
    again = await accounts.refresh_tokens(ANONYMOUS, refresh_token=renewed.refresh_token)
    assert again.user.id == user.id
    monkeypatch.setattr(get_settings(), "secret_keys_old", [key])
    assert session_of(renewed.refresh_token) is not None, "an old key that is kept is known"


async def test_only_what_quotes_a_token_of_ours_may_renew_beyond_the_limits() -> None:
    token, document = new_refresh(1), "mutation ($t: String!) { refreshTokens(refreshToken: $t) { accessToken } }"
    made_up = f"1.{new_secret()}.{new_secret()[:16]}"
    assert quotes_refresh(f'x "{token}" y')
    assert may_renew(document, {"t": token})
    assert may_renew(document.replace("$t)", f'"{token}")'), None)
    for query, variables in (
        (document, None),
        (document, {}),
        (document, {"t": made_up}),
        (document, {"t": 1, "u": [token]}),
        (document, {"t": "x" * 1000 + token}),
        (document, dict.fromkeys("abcd", "x") | {"t": token}),
        (document + " " * 1000, {"t": token}),
        (document.replace("$t)", f'"{made_up}")'), None),
        ("{ me { id } }", {"t": token}),
    ):
        assert not may_renew(query, variables), (query, variables)
