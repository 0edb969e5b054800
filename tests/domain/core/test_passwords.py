"""Passwords: how they are stored, that nobody's is nobody's, and that few are looked at at a time."""

import asyncio
import threading
from collections.abc import Iterator

import pytest
from argon2 import extract_parameters
from argon2.low_level import Type

from domain.core import passwords
from domain.core.errors import ErrorCode, Refusal
from domain.core.passwords import hash_password, is_password, no_password
from tests.callers import only

PASSWORD = "correct-horse-battery"
BUSY = (ErrorCode.RATE_LIMIT_EXCEEDED, None, "too_many_passwords")


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Until this is set nobody's password is looked at."""
    let_go = threading.Event()

    def verify(stored: str, password: str) -> bool:
        return let_go.wait(20)

    monkeypatch.setattr(passwords, "_verify", verify)
    yield let_go
    let_go.set()


async def test_hashes_are_argon2id_of_64_mib_and_three_passes() -> None:
    """The second recommendation of RFC 9106, section 4."""
    found = extract_parameters(await hash_password(PASSWORD))
    assert (found.type, found.version) == (Type.ID, 19)
    assert (found.memory_cost, found.time_cost, found.parallelism) == (65536, 3, 4)
    assert (found.salt_len, found.hash_len) == (16, 32)


async def test_where_nobody_has_a_password_none_fits_and_it_takes_as_long() -> None:
    nobodys = no_password()
    assert extract_parameters(nobodys) == extract_parameters(await hash_password(PASSWORD))
    assert nobodys != no_password()
    for password in (PASSWORD, "", nobodys):
        assert not await is_password(password, nobodys)
        assert not await is_password(password, None)
    assert await is_password(PASSWORD, await hash_password(PASSWORD))


async def test_more_than_fifty_at_once_are_refused_and_not_kept_waiting(held: threading.Event) -> None:
    waiting = [asyncio.ensure_future(is_password(PASSWORD, None)) for _ in range(passwords.MOST_WAITING)]
    await asyncio.sleep(0)
    async with asyncio.timeout(1):
        assert await only(is_password(PASSWORD, None)) == BUSY
        with pytest.raises(Refusal) as caught:
            await hash_password(PASSWORD)
    assert caught.value.details["retryAfterSeconds"] == 5
    assert caught.value.details["resetTime"].endswith("Z")
    held.set()
    assert await asyncio.gather(*waiting) == [True] * passwords.MOST_WAITING
    assert await is_password(PASSWORD, None), "and then there is room again"


async def test_who_gives_up_leaves_room(held: threading.Event) -> None:
    waiting = [asyncio.ensure_future(is_password(PASSWORD, None)) for _ in range(passwords.MOST_WAITING)]
    await asyncio.sleep(0)
    for one in waiting:
        one.cancel()
    ended = await asyncio.gather(*waiting, return_exceptions=True)
    assert all(isinstance(end, asyncio.CancelledError) for end in ended)
    held.set()
    assert await is_password(PASSWORD, None)


async def test_one_site_does_not_take_all_places(held: threading.Event) -> None:
    """Of IPv6 all networks of a /48 count as one."""
    waiting = [
        asyncio.ensure_future(is_password(PASSWORD, None, address=f"2001:db8:7:{number:x}::1"))
        for number in range(passwords.MOST_OF_ONE)
    ]
    await asyncio.sleep(0)
    assert await only(is_password(PASSWORD, None, address="2001:db8:7:ffff::1")) == BUSY
    others = [asyncio.ensure_future(is_password(PASSWORD, None, address=f"203.0.113.{number}")) for number in range(5)]
    await asyncio.sleep(0)
    assert not any(other.done() for other in others)
    held.set()
    assert await asyncio.gather(*waiting, *others) == [True] * (passwords.MOST_OF_ONE + 5)
    assert await is_password(PASSWORD, None, address="2001:db8:7::1"), "and then there is room again"
