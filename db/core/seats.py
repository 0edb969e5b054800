"""Seats that all processes share: each is held by a lease in Redis, which ends by itself when its process dies."""

import asyncio
import secrets
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import structlog
from redis.exceptions import RedisError

from db.core.redis import shared_redis
from db.core.window import PATIENCE

LEASE = 30.0
"""Seconds that a seat is held by; it is renewed three times in them."""
TOGETHER = 500
"""Seats that are renewed by one call."""

log = structlog.get_logger()

# Redis' own clock counts, as with windows.
_TAKE = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[1]) then return 0 end
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
"""
_RENEW = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for i, key in ipairs(KEYS) do
  redis.call('ZADD', key, now + ARGV[1], ARGV[i + 1])
  redis.call('PEXPIRE', key, ARGV[1])
end
return 1
"""

_taken = Counter[str]()
"""Seats of each owner in this process: they count alone while Redis is away."""
_held = dict[str, str]()
"""The keys of seats, by their names."""


@dataclass(slots=True)
class Seat:
    """One of so many that an owner has."""

    owner: str | None = None
    name: str = field(default_factory=lambda: secrets.token_hex(8))

    async def take(self, owner: str, most: int, *, lenient: bool = False) -> bool:
        """Gives up the seat that it was, and answers whether it is one of this owner's now.

        While Redis is away this process counts by itself; with `lenient` nobody counts.
        """
        await self.leave()
        if _taken[owner] >= most and not lenient:
            return False
        self.owner = owner
        _taken[owner] += 1
        key = f"tidings:seats:{owner}"
        if await _call(_TAKE, [key], [most, _milliseconds(), self.name]) == 0:
            await self.leave()
            return False
        _held[self.name] = key
        return True

    async def leave(self) -> None:
        if self.owner is None:
            return
        _taken[self.owner] -= 1
        if not _taken[self.owner]:
            del _taken[self.owner]
        self.owner = None
        if (key := _held.pop(self.name, None)) is not None:
            await _call("return redis.call('ZREM', KEYS[1], ARGV[1])", [key], [self.name])


async def renew() -> None:
    """Holds all seats of this process for another lease; as far as it gets while Redis answers."""
    held = list(_held.items())
    for start in range(0, len(held), TOGETHER):
        some = held[start : start + TOGETHER]
        if await _call(_RENEW, [key for _, key in some], [_milliseconds(), *(name for name, _ in some)]) is None:
            # Each would wait for a Redis that does not answer, and the look at rights waits for all of them.
            return


def _milliseconds() -> int:
    return round(LEASE * 1000)


async def _call(script: str, keys: list[str], given: list[Any]) -> int | None:
    """What the script answers; None while Redis is away."""
    redis: Any = shared_redis()
    try:
        async with asyncio.timeout(PATIENCE):
            return await redis.eval(script, len(keys), *keys, *given)
    except (RedisError, OSError) as error:
        log.warning("seats_without_redis", error=repr(error))
        return None
