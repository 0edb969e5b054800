"""Passwords: argon2id, off the event loop."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from domain.core.errors import ErrorCode, Refusal

LEAST, MOST = 8, 128

_hasher = PasswordHasher()
# Each computation takes 64 MiB and four lanes of its own: two at a time, however many sign in at once.
_threads = ThreadPoolExecutor(2, "argon2")


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
    """The hash to store, in PHC format."""
    return await asyncio.get_running_loop().run_in_executor(_threads, _hasher.hash, password)


async def is_password(password: str, stored: str | None) -> bool:
    """Whether the password is the one stored; where nobody is stored it takes as long, and is not."""
    return await asyncio.get_running_loop().run_in_executor(_threads, _verify, stored, password)


@cache
def _nobodys() -> str:
    return _hasher.hash("nobody has this password")


def _verify(stored: str | None, password: str) -> bool:
    try:
        return _hasher.verify(stored or _nobodys(), password) and stored is not None
    except (Argon2Error, InvalidHashError, UnicodeEncodeError):
        return False
