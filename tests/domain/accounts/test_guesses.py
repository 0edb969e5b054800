"""Guessed API tokens: so many from an address, and then the database is not asked; who has one goes on all the same."""

import asyncio
import secrets
import time

import pytest

from db.accounts import Scope
from db.core import window
from db.core.redis import make_redis
from db.core.settings import get_settings
from domain import accounts
from domain.accounts import guesses
from domain.core.errors import ErrorCode, Refusal
from domain.core.rates import SITE
from tests import factories
from tests.callers import only
from tests.statements import statements

WRONG = (ErrorCode.AUTHENTICATION_ERROR, None, None)
REFUSED = (ErrorCode.RATE_LIMIT_EXCEEDED, None, "too_many_wrong_tokens")

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(autouse=True)
def _limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(get_settings(), "rate_limits", True)
    monkeypatch.setattr(window, "_ask_again", 0.0)
    monkeypatch.setattr(guesses, "_known", set[str]())
    monkeypatch.setattr(guesses, "READ_EVERY", 60.0)
    monkeypatch.setattr(guesses, "_read_at", -60.0)


def somewhere() -> str:
    return f"10.{'.'.join(str(byte) for byte in secrets.token_bytes(3))}"


async def guess(address: str, token: str | None = None) -> tuple[ErrorCode, str | None, str | None]:
    return await only(accounts.authenticate(token or f"tdg_{secrets.token_urlsafe(32)}", ip_address=address))


async def a_token() -> str:
    return await factories.api_token(await factories.user(), *Scope)


async def use_up(address: str) -> None:
    assert [await guess(address) for _ in range(guesses.FROM_HERE)] == [WRONG] * guesses.FROM_HERE


async def test_beyond_so_many_the_database_is_not_asked_for_any() -> None:
    here = somewhere()
    await use_up(here)
    assert await guess(here) == REFUSED, "it has read once which tokens there are"
    with statements() as asked:
        assert [await guess(here) for _ in range(20)] == [REFUSED] * 20
    assert asked == []
    assert await guess(somewhere()) == WRONG, "others are told as ever"


async def test_who_has_a_token_goes_on_behind_the_same_address(monkeypatch: pytest.MonkeyPatch) -> None:
    here, old = somewhere(), await a_token()
    await accounts.authenticate(old, ip_address=here)
    await use_up(here)
    assert await guess(here) == REFUSED
    assert (await accounts.authenticate(old, ip_address=here)).known
    monkeypatch.setattr(guesses, "READ_EVERY", 0.0)
    assert (await accounts.authenticate(await a_token(), ip_address=here)).known, "one that is new, too"


async def test_right_tokens_are_no_guesses() -> None:
    here = somewhere()
    for _ in range(guesses.FROM_HERE + 5):
        assert (await accounts.authenticate(await a_token(), ip_address=here)).known
    assert await guess(here) == WRONG


async def test_many_first_calls_of_a_token_at_once_are_no_guesses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guesses, "_read_at", time.monotonic())
    here, token = somewhere(), await a_token()
    calls = [accounts.authenticate(token, ip_address=here) for _ in range(guesses.FROM_HERE + 20)]
    assert all(caller.known for caller in await asyncio.gather(*calls))
    wrong = f"tdg_{secrets.token_urlsafe(32)}"
    found = await asyncio.gather(*[guess(here, wrong) for _ in range(guesses.FROM_HERE + 20)])
    assert (found.count(WRONG), found.count(REFUSED)) == (guesses.FROM_HERE, 20)


async def test_who_has_a_new_token_is_told_to_come_again_when_it_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guesses, "READ_EVERY", 2.0)
    here = somewhere()
    await use_up(here)
    for _ in range(2):
        with pytest.raises(Refusal) as caught:
            await accounts.authenticate("tdg_wrong", ip_address=here)
        assert caught.value.details["retryAfterSeconds"] == 2


async def test_a_token_that_was_revoked_is_a_guess() -> None:
    user, here = await factories.user(), somewhere()
    token = await factories.api_token(user, *Scope)
    caller = await accounts.authenticate(token, ip_address=here)
    assert caller.token_id is not None
    await accounts.delete_api_token(caller, caller.token_id)
    found = [await guess(here, token) for _ in range(guesses.FROM_HERE + 3)]
    assert found == [WRONG] * (guesses.FROM_HERE + 1) + [REFUSED] * 2


async def test_networks_of_a_site_have_a_limit_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guesses, "FROM_HERE", 1)
    site = ":".join(["2001", *(secrets.token_hex(2) for _ in range(2))])
    found = [await guess(f"{site}:{number:x}::1") for number in range(SITE + 1)]
    assert found == [WRONG] * SITE + [REFUSED]
    assert await guess("2001:db8:ffff::1") == WRONG


async def test_they_are_counted_while_redis_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = make_redis(timeout=0.2, retries=0)
    nowhere.connection_pool.connection_kwargs["port"] = 1
    monkeypatch.setattr(window, "shared_redis", lambda: nowhere)
    here, token = somewhere(), await a_token()
    await use_up(here)
    assert await guess(here) == REFUSED
    assert (await accounts.authenticate(token, ip_address=here)).known
