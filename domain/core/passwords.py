"""Passwords: argon2id, off the event loop."""

import asyncio
import secrets
from base64 import b64encode
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from domain.core import rates
from domain.core.errors import ErrorCode, Refusal

LEAST, MOST = 8, 128
P = ParamSpec("P")
R = TypeVar("R")

_hasher = PasswordHasher()
# Each computation takes 64 MiB and four lanes of its own: two at a time, however many sign in at once.
_threads = ThreadPoolExecutor(2, "argon2")
MOST_WAITING = 50
"""Computations that are under way or wait for it: a second or two. More are refused, and nobody waits for minutes."""
MOST_OF_ONE = 20
"""Of them for sign-ins from one address, or one site of IPv6: others come in meanwhile."""
_waiting = 0
_from = Counter[str]()
"""How many of them are for sign-ins from where."""


def check_password(password: str | None, field: str) -> str:
    """The password, if it may be chosen; spaces count. Raises Refusal, which never repeats it."""
    if password is None or not LEAST <= len(password) <= MOST:
        reason = "required" if not password else "too_short" if len(password) < LEAST else "too_long"
        raise Refusal(
            ErrorCode.VALIDATION_ERROR, f"A password has {LEAST} to {MOST} characters.", field=field, reason=reason
        )
    if not password.isprintable():
        raise Refusal(
            ErrorCode.VALIDATION_ERROR, "Control characters are not allowed.", field=field, reason="invalid_characters"
        )
    return password


async def hash_password(password: str) -> str:
    """The hash to store, in PHC format. Raises RATE_LIMIT_EXCEEDED where too many wait."""
    return await _in_turn(_hasher.hash, password)


def no_password() -> str:
    """What is stored where nobody has a password: random bytes in the place of a hash, which no password gives.

    It is made at once, and a password is compared with it for as long as with any other.
    """
    salt, hashed = (
        b64encode(secrets.token_bytes(size)).decode().rstrip("=") for size in (_hasher.salt_len, _hasher.hash_len)
    )
    costs = f"m={_hasher.memory_cost},t={_hasher.time_cost},p={_hasher.parallelism}"
    return f"$argon2id$v=19${costs}${salt}${hashed}"


_NOBODYS = no_password()


async def is_password(password: str, stored: str | None, *, address: str = "") -> bool:
    """Whether the password is the one stored; where nobody is stored it takes as long, and is not.

    Raises RATE_LIMIT_EXCEEDED where too many wait, also of those from this address.
    """
    if not address:
        return await _in_turn(_verify, stored or _NOBODYS, password)
    place = rates.site(address) or rates.network(address)
    if _from[place] >= MOST_OF_ONE:
        raise rates.busy("passwords", MOST_OF_ONE)
    _from[place] += 1
    try:
        return await _in_turn(_verify, stored or _NOBODYS, password)
    finally:
        _from[place] -= 1
        if not _from[place]:
            del _from[place]


async def _in_turn(compute: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    global _waiting
    if _waiting >= MOST_WAITING:
        raise rates.busy("passwords", MOST_WAITING)
    _waiting += 1
    try:
        return await asyncio.get_running_loop().run_in_executor(_threads, partial(compute, *args, **kwargs))
    finally:
        _waiting -= 1


def _verify(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, password)
    except (Argon2Error, InvalidHashError, UnicodeEncodeError):
        return False
