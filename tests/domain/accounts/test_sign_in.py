"""Signing in and out, and what tokens are worth afterwards."""

import asyncio
import base64
import hmac
import time
from collections.abc import Callable
from contextvars import Context
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from db.accounts import RefreshToken, Role, Scope, User, UserSession
from db.core import connect
from db.core.settings import get_settings
from db.core.transaction import transaction
from domain import accounts
from domain.accounts import AuthTokens
from domain.accounts import sign_in as signing_in
from domain.core import tokens
from domain.core.access import ANONYMOUS, SYSTEM, Viewer
from domain.core.errors import ErrorCode, Refusal
from domain.core.secrets import key_id
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
    claims = jwt.decode(pair.access_token, tokens.keys()[key_id()], algorithms=["HS256"]).claims
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
    # By turns, so that a busy machine is as busy for both.
    rounds = [(await seconds(user.email), await seconds("nobody@example.com")) for _ in range(8)]
    wrong, unknown = map(min, zip(*rounds, strict=True))
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


async def test_a_session_ends_however_often_it_was_renewed(monkeypatch: pytest.MonkeyPatch) -> None:
    async def left() -> timedelta:
        found = await connect.row("SELECT created_at, expires_at FROM user_session WHERE id = $1", session)
        assert found is not None
        return found["expires_at"] - found["created_at"]

    pair = await sign_in()
    session = (await accounts.authenticate(pair.access_token)).session_id
    assert await left() == timedelta(days=30)
    for age, days in ((50, 80), (80, 90), (89, 90)):
        await connect.execute(
            f"UPDATE user_session SET created_at = now() - interval '{age} days' WHERE id = $1", session
        )
        pair = await refresh(pair)
        assert abs(await left() - timedelta(days=days)) < timedelta(seconds=10)
    await connect.execute(
        "UPDATE user_session SET created_at = created_at - interval '1 day', expires_at = expires_at - interval '1 day'"
        " WHERE id = $1",
        session,
    )
    assert await only(refresh(pair)) == BAD_REFRESH
    assert await only(accounts.authenticate(pair.access_token)) == BAD_TOKEN
    monkeypatch.setattr(get_settings(), "session_days", 7)
    session = (await accounts.authenticate((await sign_in()).access_token)).session_id
    assert await left() == timedelta(days=7), "not even the first time is it longer"


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


async def test_of_many_calls_at_once_one_notes_the_last_use() -> None:
    """Those that come while it is being noted have read the old time, and wait for the row."""
    user = await factories.user()
    pair = await sign_in(user)
    secret = await factories.api_token(user, Scope.READ)
    await connect.execute("UPDATE user_session SET last_used_at = now() - interval '61 s' WHERE user_id = $1", user.id)
    asked = [pair.access_token] * 3 + [secret] * 3
    async with transaction():
        await connect.execute(
            "UPDATE user_session SET last_used_at = now(), ip_address = '1.1.1.1' WHERE user_id = $1", user.id
        )
        await connect.execute("UPDATE api_token SET last_used_at = now() WHERE user_id = $1", user.id)
        noted = await connect.value("SELECT last_used_at FROM api_token WHERE user_id = $1", user.id)
        calls = [
            asyncio.create_task(accounts.authenticate(token, ip_address="2.2.2.2"), context=Context())
            for token in asked
        ]
        async with asyncio.timeout(10):
            while await connect.value("SELECT count(*) FROM pg_locks WHERE NOT granted") < len(asked):  # noqa: ASYNC110 - nothing tells when
                await asyncio.sleep(0.02)
    assert {(await call).user_id for call in calls} == {user.id}
    assert (await UserSession.get(user_id=user.id)).ip_address == "1.1.1.1"
    assert await connect.value("SELECT last_used_at FROM api_token WHERE user_id = $1", user.id) == noted


async def test_a_user_has_at_most_fifty_live_sessions() -> None:
    user = await factories.user(role=Role.SALES)
    now = datetime.now(UTC)
    for n in range(accounts.MOST_SESSIONS):
        await UserSession.create(
            user=user, ip_address="", last_used_at=now - timedelta(hours=n), expires_at=now + timedelta(days=1)
        )
    [full] = await accounts.sessions_of(SYSTEM, [user.id])
    pair = await sign_in(user)
    [after] = await accounts.sessions_of(SYSTEM, [user.id])
    newest = (await accounts.authenticate(pair.access_token)).session_id
    assert [session.id for session in after] == [newest, *[session.id for session in full[:-1]]]
    assert len(after) == accounts.MOST_SESSIONS == 50


async def test_who_is_changed_while_signing_in_is_not_signed_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sessions that exist end with the old password; one that is about to begin must not slip through."""
    for change in ({"password": "another-password"}, {"active": False}, None):
        user = await factories.user(role=Role.SALES)

        async def right(
            password: str, stored: str | None, *, address: str, user: User = user, change: Any = change
        ) -> bool:
            await (accounts.update_user(SYSTEM, user.id, **change) if change else accounts.delete_user(SYSTEM, user.id))
            return True

        monkeypatch.setattr(signing_in, "is_password", right)
        assert await only(sign_in(user)) == BAD_TOKEN
        assert not await UserSession.filter(user_id=user.id).exists()


FORGERIES: dict[str, Callable[[dict[str, Any]], tuple[dict[str, Any], dict[str, Any], Any]]] = {
    "of another key": lambda claims: ({"alg": "HS256", "kid": key_id()}, claims, OctKey.generate_key(256)),
    "of an unknown key id": lambda claims: ({"alg": "HS256", "kid": "2"}, claims, tokens.keys()[key_id()]),
    "without a key id": lambda claims: ({"alg": "HS256"}, claims, tokens.keys()[key_id()]),
    "by another algorithm": lambda claims: ({"alg": "HS512", "kid": key_id()}, claims, tokens.keys()[key_id()]),
    "by a public key": lambda claims: ({"alg": "RS256", "kid": key_id()}, claims, RSAKey.generate_key(2048)),
    "of another issuer": lambda claims: _ours({**claims, "iss": "another"}),
    "for another audience": lambda claims: _ours({**claims, "aud": "another"}),
    "of another type": lambda claims: _ours({**claims, "typ": "refresh"}),
    "expired": lambda claims: _ours({**claims, "exp": claims["iat"]}),
    "from the future": lambda claims: _ours({**claims, "iat": claims["exp"] + 60}),
    "from a minute and more ahead": lambda claims: _ours({**claims, "iat": claims["iat"] + 65}),
    "from no time": lambda claims: _ours({**claims, "iat": "now"}),
    "of another user": lambda claims: _ours({**claims, "sub": "1"}),
    "with a subject that is no number": lambda claims: _ours({**claims, "sub": "x"}),
    **{
        f"without {name}": lambda claims, name=name: _ours({key: claims[key] for key in claims if key != name})
        for name in ("iss", "aud", "typ", "sub", "role", "sid", "iat", "exp")
    },
}


def _ours(claims: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any], Any]:
    return {"alg": "HS256", "kid": key_id()}, claims, tokens.keys()[key_id()]


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES.keys())
async def test_forged_access_tokens_are_refused(forge: Callable[..., Any]) -> None:
    pair = await sign_in()
    genuine = jwt.decode(pair.access_token, tokens.keys()[key_id()], algorithms=["HS256"]).claims
    header, claims, key = forge(dict(genuine))
    token = jwt.encode(header, claims, key, algorithms=[header["alg"]])
    assert await only(accounts.authenticate(token)) == BAD_TOKEN


async def test_a_clock_that_is_ahead_signs_nobody_out() -> None:
    """As where the API of another machine has signed the token."""
    user = await factories.user()
    genuine = jwt.decode((await sign_in(user)).access_token, tokens.keys()[key_id()], algorithms=["HS256"]).claims
    header, claims, key = _ours({**genuine, "iat": genuine["iat"] + 50})
    assert (await accounts.authenticate(jwt.encode(header, claims, key))).user_id == user.id


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "tdg_", "tdg_x", "é.ü.ß", "\ud800", "." * 10000])
async def test_garbage_is_no_token(token: str) -> None:
    assert await only(accounts.authenticate(token)) == BAD_TOKEN


async def test_a_public_key_is_no_secret_to_sign_with() -> None:
    """As who has the PEM of a public key would try it on programs that take HMAC by it."""
    header, payload, _ = (await sign_in()).access_token.split(".")
    signed = f"{header}.{payload}".encode()
    for pem in (RSAKey.generate_key(2048).as_pem(private=False), b"", key_id().encode()):
        signature = base64.urlsafe_b64encode(hmac.digest(pem, signed, "sha256")).decode().rstrip("=")
        assert await only(accounts.authenticate(f"{header}.{payload}.{signature}")) == BAD_TOKEN


async def test_unsigned_tokens_and_refresh_tokens_give_no_access() -> None:
    pair = await sign_in()
    header, payload, _ = pair.access_token.split(".")
    unsigned = "eyJhbGciOiJub25lIiwia2lkIjoiMSJ9"
    for token in (f"{unsigned}.{payload}.", f"{header}.{payload}.", pair.refresh_token):
        assert await only(accounts.authenticate(token)) == BAD_TOKEN
