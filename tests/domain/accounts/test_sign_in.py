"""Signing in and out, and what tokens are worth afterwards."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from db.accounts import RefreshToken, Role, User, UserSession
from db.core import connect
from domain import accounts
from domain.accounts import AuthTokens
from domain.core import tokens
from domain.core.access import ANONYMOUS, SYSTEM, Viewer
from domain.core.errors import ErrorCode, Refusal
from tests import factories
from tests.callers import only

PASSWORD = "correct-horse-battery"
BAD_TOKEN = (ErrorCode.AUTHENTICATION_ERROR, None, None)
BAD_REFRESH = (ErrorCode.AUTHENTICATION_ERROR, "refreshToken", None)
AGENT = "Mozilla/5.0 " + "x" * 400
BROWSER = Viewer(ip_address="203.0.113.9", user_agent=AGENT)


async def sign_in(user: User | None = None) -> AuthTokens:
    user = user or await factories.user(role=Role.MARKETER)
    return await accounts.login(BROWSER, email=user.email, password=PASSWORD)


async def refresh(pair: AuthTokens) -> AuthTokens:
    return await accounts.refresh_tokens(BROWSER, refresh_token=pair.refresh_token)


async def test_login_answers_a_pair_that_works() -> None:
    user = await factories.user(role=Role.SALES)
    pair = await accounts.login(BROWSER, email=f" {user.email.upper()} ", password=PASSWORD)
    assert (pair.token_type, pair.expires_in, pair.user.id) == ("bearer", 3600, user.id)
    viewer = await accounts.authenticate(pair.access_token, ip_address="1.2.3.4")
    assert (viewer.user_id, viewer.role, viewer.scopes, viewer.sender_id) == (user.id, Role.SALES, None, None)
    session = await UserSession.get(id=viewer.session_id)
    assert (session.ip_address, session.user_agent) == ("203.0.113.9", AGENT[:255])
    assert 29 < (session.expires_at - session.created_at).days <= 30
    assert (await User.get(id=user.id)).last_login_at is not None
    claims = jwt.decode(pair.access_token, tokens._keys()["1"], algorithms=["HS256"]).claims
    assert (claims["sub"], claims["role"], claims["exp"] - claims["iat"]) == (str(user.id), "SALES", 3600)


async def test_wrong_email_wrong_password_and_inactive_are_told_alike() -> None:
    user, inactive = await factories.user(), await factories.user()
    await accounts.update_user(SYSTEM, inactive.id, active=False)
    for email, password in (
        (user.email, "wrong-password"),
        ("nobody@example.com", PASSWORD),
        (inactive.email, PASSWORD),
        ("\0", "\ud800"),
    ):
        with pytest.raises(Refusal) as caught:
            await accounts.login(BROWSER, email=email, password=password)
        assert (caught.value.code, caught.value.field) == (ErrorCode.AUTHENTICATION_ERROR, None)
        assert caught.value.message == "The email or the password is wrong."
        assert caught.value.details == {}
    assert not await UserSession.filter(user_id__in=[user.id, inactive.id]).exists()


async def test_an_unknown_email_takes_as_long_as_a_wrong_password() -> None:
    user = await factories.user()

    async def seconds(email: str) -> float:
        started = time.perf_counter()
        await only(accounts.login(BROWSER, email=email, password="wrong-password"))
        return time.perf_counter() - started

    await seconds("nobody@example.com")
    wrong = min([await seconds(user.email) for _ in range(5)])
    unknown = min([await seconds("nobody@example.com") for _ in range(5)])
    assert 0.5 < unknown / wrong < 2


async def test_passwords_are_checked_off_the_event_loop() -> None:
    user = await factories.user()
    turns = 0

    async def turn() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0.001)
            turns += 1

    turning = asyncio.create_task(turn())
    await sign_in(user)
    turning.cancel()
    assert turns > 5


async def test_a_refresh_token_is_good_for_one_use() -> None:
    pair = await sign_in()
    second = await refresh(pair)
    assert second.refresh_token != pair.refresh_token
    assert await only(refresh(pair)) == BAD_REFRESH
    third = await refresh(second)
    assert (await accounts.authenticate(third.access_token)).known
    assert await only(accounts.refresh_tokens(BROWSER, refresh_token="no such token")) == BAD_REFRESH


async def test_of_twenty_at_once_one_gets_a_pair() -> None:
    pair = await sign_in()
    outcomes = await asyncio.gather(*(refresh(pair) for _ in range(20)), return_exceptions=True)
    [second] = [outcome for outcome in outcomes if isinstance(outcome, AuthTokens)]
    assert sum(isinstance(outcome, Refusal) for outcome in outcomes) == 19
    session_id = (await accounts.authenticate(second.access_token)).session_id
    assert await RefreshToken.filter(session_id=session_id).count() == 2


async def test_late_reuse_of_a_spent_token_ends_the_whole_family() -> None:
    pair = await sign_in()
    second = await refresh(pair)
    await connect.execute(
        "UPDATE refresh_token SET spent_at = now() - interval '11 s' WHERE digest = $1",
        tokens.digest(pair.refresh_token),
    )
    assert await only(refresh(pair)) == BAD_REFRESH
    assert await only(refresh(second)) == BAD_REFRESH
    assert await only(accounts.authenticate(second.access_token)) == BAD_TOKEN


async def test_no_token_outlives_its_session_or_its_user() -> None:
    user = await factories.user()
    pair = await sign_in(user)
    await connect.execute("UPDATE user_session SET expires_at = now() WHERE user_id = $1", user.id)
    assert await only(refresh(pair)) == BAD_REFRESH
    assert await only(accounts.authenticate(pair.access_token)) == BAD_TOKEN
    assert await accounts.logout(ANONYMOUS, refresh_token=pair.refresh_token) is False
    pair = await sign_in(user)
    await accounts.update_user(SYSTEM, user.id, active=False)
    await accounts.update_user(SYSTEM, user.id, active=True)
    assert await only(refresh(pair)) == BAD_REFRESH
    assert await only(accounts.authenticate(pair.access_token)) == BAD_TOKEN
    pair = await sign_in(user)
    await accounts.delete_user(SYSTEM, user.id)
    assert await only(refresh(pair)) == BAD_REFRESH
    assert await only(accounts.authenticate(pair.access_token)) == BAD_TOKEN


async def test_logout_ends_the_session_once() -> None:
    pair = await sign_in()
    viewer = await accounts.authenticate(pair.access_token)
    assert await accounts.recheck(viewer) == viewer
    assert await accounts.logout(ANONYMOUS, refresh_token=pair.refresh_token) is True
    assert await accounts.logout(ANONYMOUS, refresh_token=pair.refresh_token) is False
    assert await accounts.logout(ANONYMOUS, refresh_token="no such token") is False
    assert await only(accounts.authenticate(pair.access_token)) == BAD_TOKEN
    assert await accounts.recheck(viewer) is None


async def test_the_role_is_read_anew_each_time() -> None:
    user = await factories.user(role=Role.ADMIN)
    viewer = await accounts.authenticate((await sign_in(user)).access_token)
    await accounts.update_user(SYSTEM, user.id, role=Role.VIEWER)
    rechecked = await accounts.recheck(viewer)
    assert rechecked is not None
    assert rechecked.role is Role.VIEWER
    assert await accounts.recheck(ANONYMOUS) == ANONYMOUS
    assert await accounts.recheck(SYSTEM) == SYSTEM


async def test_the_last_use_of_a_session_is_noted_at_most_once_a_minute() -> None:
    pair = await sign_in()
    viewer = await accounts.authenticate(pair.access_token, ip_address="1.1.1.1", user_agent="one")
    session = await UserSession.get(id=viewer.session_id)
    assert session.ip_address == "203.0.113.9"
    await connect.execute("UPDATE user_session SET last_used_at = now() - interval '61 s' WHERE id = $1", session.id)
    await accounts.authenticate(pair.access_token, ip_address="2.2.2.2", user_agent=None)
    await accounts.authenticate(pair.access_token, ip_address="3.3.3.3", user_agent=None)
    again = await UserSession.get(id=session.id)
    assert (again.ip_address, again.user_agent) == ("2.2.2.2", None)
    assert again.last_used_at > session.last_used_at


FORGERIES: dict[str, Callable[[dict[str, Any]], tuple[dict[str, Any], dict[str, Any], Any]]] = {
    "of another key": lambda claims: ({"alg": "HS256", "kid": "1"}, claims, OctKey.generate_key(256)),
    "of an unknown key id": lambda claims: ({"alg": "HS256", "kid": "2"}, claims, tokens._keys()["1"]),
    "without a key id": lambda claims: ({"alg": "HS256"}, claims, tokens._keys()["1"]),
    "by another algorithm": lambda claims: ({"alg": "HS512", "kid": "1"}, claims, tokens._keys()["1"]),
    "by a public key": lambda claims: ({"alg": "RS256", "kid": "1"}, claims, RSAKey.generate_key(2048)),
    "of another issuer": lambda claims: _ours({**claims, "iss": "another"}),
    "for another audience": lambda claims: _ours({**claims, "aud": "another"}),
    "of another type": lambda claims: _ours({**claims, "typ": "refresh"}),
    "expired": lambda claims: _ours({**claims, "exp": claims["iat"]}),
    "from the future": lambda claims: _ours({**claims, "iat": claims["exp"] + 60}),
    "of another user": lambda claims: _ours({**claims, "sub": "1"}),
    "with a subject that is no number": lambda claims: _ours({**claims, "sub": "x"}),
    **{
        f"without {name}": lambda claims, name=name: _ours({key: claims[key] for key in claims if key != name})
        for name in ("iss", "aud", "typ", "sub", "role", "sid", "iat", "exp")
    },
}


def _ours(claims: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any], Any]:
    return {"alg": "HS256", "kid": "1"}, claims, tokens._keys()["1"]


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES.keys())
async def test_forged_access_tokens_are_refused(forge: Callable[..., Any]) -> None:
    pair = await sign_in()
    genuine = jwt.decode(pair.access_token, tokens._keys()["1"], algorithms=["HS256"]).claims
    header, claims, key = forge(dict(genuine))
    token = jwt.encode(header, claims, key, algorithms=[header["alg"]])
    assert await only(accounts.authenticate(token)) == BAD_TOKEN


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "tdg_", "tdg_x", "é.ü.ß", "\ud800", "." * 10000])
async def test_garbage_is_no_token(token: str) -> None:
    assert await only(accounts.authenticate(token)) == BAD_TOKEN


async def test_unsigned_tokens_and_refresh_tokens_give_no_access() -> None:
    pair = await sign_in()
    header, payload, _ = pair.access_token.split(".")
    unsigned = "eyJhbGciOiJub25lIiwia2lkIjoiMSJ9"
    for token in (f"{unsigned}.{payload}.", f"{header}.{payload}.", pair.refresh_token):
        assert await only(accounts.authenticate(token)) == BAD_TOKEN
