"""Attempts to sign in: limited by account and address, before the password is looked at, and written down."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio

from db.accounts import Role
from db.audit import AuditEntry
from db.core import window
from db.core.redis import shared_redis
from db.core.settings import get_settings
from domain import accounts
from domain.accounts import attempts, sign_in
from domain.core import passwords
from domain.core.access import Viewer
from domain.core.errors import ErrorCode, Refusal
from tests import factories
from tests.callers import only

RIGHT, WRONG = "correct-horse-battery", "incorrect-horse"
REFUSED = (ErrorCode.RATE_LIMIT_EXCEEDED, None, "too_many_sign_in_attempts")
FAILED = (ErrorCode.AUTHENTICATION_ERROR, None, None)


@pytest_asyncio.fixture(autouse=True, loop_scope="session")
async def hashed(database: None, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[list[str]]:
    """Passwords that were looked at."""
    monkeypatch.setattr(get_settings(), "rate_limits", True)
    monkeypatch.setattr(window, "_ask_again", 0.0)
    found: list[str] = []
    look = sign_in.is_password

    async def looked(password: str, stored: str | None, *, address: str) -> bool:
        found.append(password)
        return await look(password, stored, address=address)

    monkeypatch.setattr(sign_in, "is_password", looked)
    yield found


def somewhere() -> Viewer:
    return Viewer(ip_address=f"10.{'.'.join(str(byte) for byte in secrets.token_bytes(3))}")


async def attempt(viewer: Viewer, email: str, password: str = WRONG) -> tuple[ErrorCode, str | None, str | None]:
    return await only(accounts.login(viewer, email=email, password=password))


async def test_after_ten_wrong_passwords_not_even_the_right_one_is_looked_at(hashed: list[str]) -> None:
    user, here = await factories.user(password=RIGHT), somewhere()
    for _ in range(attempts.FROM_HERE):
        assert await attempt(here, user.email) == FAILED
    with pytest.raises(Refusal) as caught:
        await accounts.login(here, email=f" {user.email.upper()} ", password=RIGHT)
    assert caught.value.code is ErrorCode.RATE_LIMIT_EXCEEDED
    assert 890 < caught.value.details["retryAfterSeconds"] <= 900
    assert hashed == [WRONG] * attempts.FROM_HERE
    elsewhere = await accounts.login(somewhere(), email=user.email, password=RIGHT)
    assert elsewhere.user.id == user.id, "who is elsewhere gets in"
    other = await factories.user(password=RIGHT)
    assert (await accounts.login(here, email=other.email, password=RIGHT)).user.id == other.id, "and so does another"


async def test_a_hundred_attempts_at_once_are_ten(hashed: list[str]) -> None:
    user, here = await factories.user(password=RIGHT), somewhere()
    told = await asyncio.gather(*(attempt(here, user.email) for _ in range(40)))
    assert sorted(told, key=str) == sorted([FAILED] * 10 + [REFUSED] * 30, key=str)
    assert len(hashed) == 10


async def test_who_knows_the_password_may_sign_in_as_often_as_they_like() -> None:
    user, here = await factories.user(password=RIGHT), somewhere()
    for _ in range(attempts.FROM_HERE - 1):
        await attempt(here, user.email)
    for _ in range(5):
        await accounts.login(here, email=user.email, password=RIGHT)
    assert await attempt(here, user.email) == FAILED, "what was wrong still counts"
    assert await attempt(here, user.email) == REFUSED


async def test_an_account_is_limited_wherever_they_come_from(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "FROM_ANYWHERE", 3)
    email = f"{secrets.token_hex(6)}@example.com"
    told = [await attempt(somewhere(), email) for _ in range(5)]
    assert told == [FAILED] * 3 + [REFUSED] * 2, "and nobody learns that there is no such account"


async def test_no_spelling_of_an_email_that_the_database_takes_for_it_has_attempts_of_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(attempts, "FROM_ANYWHERE", 3)
    name = secrets.token_hex(6)
    spelt = [
        f"{name}{letters}@example.com" for letters in ("kim", "KIM", "\u212aim", "k\u0130m", "k\u0131m", "\uff4bim")
    ]
    told = [await attempt(somewhere(), email) for email in spelt]
    assert told == [FAILED] * 3 + [REFUSED] * 3


async def test_an_address_is_limited_whomever_it_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "FOR_ANYONE", 3)
    network = secrets.token_hex(2)
    told = [
        await attempt(Viewer(ip_address=f"2001:db8:{network}::{number}"), f"{secrets.token_hex(6)}@example.com")
        for number in range(5)
    ]
    assert told == [FAILED] * 3 + [REFUSED] * 2, "who has one address of IPv6 has 2^64 of them"


async def test_being_kept_out_is_written_down_once() -> None:
    here, email = somewhere(), f"{secrets.token_hex(6)}@example.com"
    for _ in range(attempts.FROM_HERE + 5):
        await attempt(here, email)
    entry = await AuditEntry.get(action="signInRefused", ip_address=here.ip_address)
    assert entry.changes == {"reason": [None, "too_many_sign_in_attempts"]}
    assert email not in str(dict(entry))


async def test_whoever_tries_another_email_each_time_writes_no_more_than_that(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "FOR_ANYONE", 2)
    here = somewhere()
    for _ in range(7):
        await attempt(here, f"{secrets.token_hex(6)}@example.com")
    found = await AuditEntry.filter(ip_address=here.ip_address).order_by("id").values_list("action", flat=True)
    assert found == ["signInFailed"] * 2 + ["signInRefused"]


async def test_no_email_is_kept_in_redis() -> None:
    here, name = somewhere(), secrets.token_hex(6)
    await attempt(here, f"{name}@example.com")
    keys = [key.decode() async for key in shared_redis().scan_iter("tidings:calls:*")]
    assert any(here.ip_address in key for key in keys)
    assert not any(name in key for key in keys)


async def test_attempts_are_counted_while_redis_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(window, "_run", away)
    here, email = somewhere(), f"{secrets.token_hex(6)}@example.com"
    told = [await attempt(here, email) for _ in range(attempts.FROM_HERE + 1)]
    assert told == [FAILED] * attempts.FROM_HERE + [REFUSED]


async def test_the_current_password_is_guessed_ten_times_by_whatever_many_sessions_and_signs_nobody_out() -> None:
    user = await factories.user(role=Role.SALES, password=RIGHT)
    changes: list[Any] = [{"password": "another-password"}, {"email": f"{secrets.token_hex(6)}@example.com"}]

    async def guess(number: int, password: str = WRONG) -> tuple[ErrorCode, str | None, str | None]:
        """In another session, from another address each time."""
        me = replace(somewhere(), user_id=user.id, role=user.role, session_id=number + 1)
        return await only(accounts.update_user(me, user.id, **changes[number % 2], current_password=password))

    wrong = (ErrorCode.VALIDATION_ERROR, "currentPassword", "incorrect")
    told = [await guess(number) for number in range(attempts.OF_ONES_OWN)]
    assert told == [wrong] * attempts.OF_ONES_OWN == [wrong] * 10
    kept_out = (ErrorCode.RATE_LIMIT_EXCEEDED, None, "too_many_current_passwords")
    assert [await guess(number, RIGHT) for number in range(2)] == [kept_out] * 2, "not even the right one is looked at"
    pair = await accounts.login(somewhere(), email=user.email, password=RIGHT)
    assert pair.user.id == user.id, "who owns the account signs in all the same, and ends the sessions of others"
    entries = await AuditEntry.filter(action="signInFailed", subject_type="User", subject_id=user.id)
    assert len(entries) == attempts.OF_ONES_OWN
    assert {entry.actor_id for entry in entries} == {user.id}
    assert entries[0].changes == {"reason": [None, "currentPassword"]}
    other = await factories.user(role=Role.SALES, password=RIGHT)
    me = replace(somewhere(), user_id=other.id, role=other.role)
    await accounts.update_user(me, other.id, password=RIGHT, current_password=RIGHT)


async def test_who_signs_in_wrong_keeps_nobody_from_a_new_password() -> None:
    user, here = await factories.user(role=Role.SALES, password=RIGHT), somewhere()
    for _ in range(attempts.FROM_HERE + 1):
        await attempt(here, user.email)
    me = replace(here, user_id=user.id, role=user.role)
    await accounts.update_user(me, user.id, password="another-password", current_password=RIGHT)


async def test_the_right_current_password_is_no_attempt() -> None:
    user, here = await factories.user(role=Role.SALES, password=RIGHT), somewhere()
    me = replace(here, user_id=user.id, role=user.role)
    for _ in range(attempts.OF_ONES_OWN + 1):
        await accounts.update_user(me, user.id, password=RIGHT, current_password=RIGHT)


async def test_a_session_is_renewed_ten_times_a_minute_and_what_is_refused_is_not_spent() -> None:
    user, here = await factories.user(password=RIGHT), somewhere()
    first = pair = await accounts.login(here, email=user.email, password=RIGHT)
    for _ in range(attempts.RENEWALS):
        # From elsewhere each time: it is the session that counts.
        pair = await accounts.refresh_tokens(somewhere(), refresh_token=pair.refresh_token)
    told = await only(accounts.refresh_tokens(somewhere(), refresh_token=pair.refresh_token))
    assert told == (ErrorCode.RATE_LIMIT_EXCEEDED, None, "too_many_renewals")
    other = await accounts.login(here, email=user.email, password=RIGHT)
    await accounts.refresh_tokens(here, refresh_token=other.refresh_token)
    session = (await accounts.authenticate(first.access_token)).session_id
    async for key in shared_redis().scan_iter(f"tidings:calls:*session:{session}*"):
        await shared_redis().delete(key)
    assert (await accounts.refresh_tokens(here, refresh_token=pair.refresh_token)).user.id == user.id


async def test_an_attempt_that_nobody_looked_at_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    user, here = await factories.user(password=RIGHT), somewhere()
    with monkeypatch.context() as patch:
        patch.setattr(passwords, "MOST_WAITING", 0)
        for _ in range(attempts.FROM_HERE + 1):
            told = await attempt(here, user.email, RIGHT)
            assert told == (ErrorCode.RATE_LIMIT_EXCEEDED, None, "too_many_passwords")
    assert (await accounts.login(here, email=user.email, password=RIGHT)).user.id == user.id
