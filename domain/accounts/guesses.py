"""Guessed API tokens: each would cost the database a look, so they are counted by address before it is asked."""

import asyncio
import math
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

from db.core import connect
from db.core.settings import get_settings
from db.core.window import Window, give_back
from domain.core import rates
from domain.core.errors import Refusal

FROM_HERE = 60
"""Wrong API tokens from one address, in a minute."""
READ_EVERY = 2.0
"""Seconds between two looks at which tokens there are, while an address is over its limit."""
_KIND = "wrong tokens"
_DIGESTS = "SELECT digest FROM api_token"

_known = set[str]()
"""Digests of tokens that there are, as far as this process has heard. Whether they hold the database says each time."""
_read_at = 0.0
_reading = asyncio.Lock()
_looks = WeakValueDictionary[str, asyncio.Event]()
"""By digest: the end of a look at the database for a token that nobody has shown here before."""


@asynccontextmanager
async def look(address: str, digest: str) -> AsyncGenerator[None]:
    """Counts a token that nobody has shown here before, around the look at the database for it, which says `right` or
    `wrong`. Raises Refusal RATE_LIMIT_EXCEEDED for one that there is not, where an address has shown too many of those:
    what is behind the same address and has a token goes on, also with many calls at once.
    """
    if (first := _looks.get(digest)) is not None:
        await first.wait()
    if digest in _known or not get_settings().rate_limits:
        yield
        return
    _looks[digest] = ended = asyncio.Event()
    try:
        await _admit(address, digest)
        yield
    finally:
        ended.set()


async def _admit(address: str, digest: str) -> None:
    try:
        rates.recall(_caller(address), _KIND)
        await rates.admit(*_windows(address))
    except Refusal as refusal:
        await _read()
        if digest not in _known:
            # A new token is found by the next reading.
            seconds = min(refusal.details["retryAfterSeconds"], math.ceil(READ_EVERY))
            raise rates.busy(_KIND, FROM_HERE, seconds=seconds) from None


async def right(address: str, digest: str) -> None:
    """What has been found was no guess."""
    if digest not in _known and get_settings().rate_limits:
        _known.add(digest)
        await give_back(_windows(address))


def wrong(digest: str) -> None:
    """What is no more is a guess from now on."""
    _known.discard(digest)


async def _read() -> None:
    """Which tokens there are: once for all who ask, however many do."""
    global _read_at
    async with _reading:
        if time.monotonic() - _read_at < READ_EVERY:
            return
        rows = await connect.rows(_DIGESTS)
        _known.clear()
        _known.update(row["digest"] for row in rows)
        _read_at = time.monotonic()


def _caller(address: str) -> str:
    return f"address:{rates.network(address)}"


def _windows(address: str) -> list[Window]:
    return rates.with_site(address, [Window(_caller(address), _KIND, FROM_HERE, 60)])
