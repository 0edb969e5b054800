"""A sender's pace, shared by all workers: places in one line in Redis, reserved a chunk at a time."""

import asyncio

from db.core.redis import shared_redis

# Each chunk takes the time that it needs at the sender's rate; the next begins where it ends. Redis' own clock counts.
_RESERVE = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local free = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now)
redis.call('SET', KEYS[1], string.format('%.0f', free + tonumber(ARGV[1])), 'PX', 60000)
return free - now
"""


async def take(sender_id: int, messages: int, rate: float) -> None:
    """Waits until so many messages may leave, at `rate` a second over all workers; a Redis that is away is an error."""
    if (wait := await reserve(sender_id, messages, rate)) > 0:
        await asyncio.sleep(wait)


async def reserve(sender_id: int, messages: int, rate: float) -> float:
    """Takes the next places, for so many messages; answers the seconds until the first of them."""
    microseconds = int(messages / rate * 1_000_000)
    wait: int = await shared_redis().eval(_RESERVE, 1, f"tidings:pace:{sender_id}", str(microseconds))
    return wait / 1_000_000
