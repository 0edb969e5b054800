"""The pace of senders, shared by all workers: a line of places in Redis for each, reserved a chunk at a time."""

import random
from dataclasses import dataclass

from db.core.redis import shared_redis

PATIENCE = 5.0
"""Seconds for which a place is reserved ahead, at most: far less than a claim holds (15 s)."""
TURN = 30.0
"""Seconds after which a sender makes room for another one that waits to be sent from, where changing takes a pause."""
JITTER = 0.25
"""Share of a pause by which it is shorter or longer, by chance: a machine's rhythm is not a person's."""


@dataclass(frozen=True, slots=True)
class Pace:
    """What a sender keeps to. Pauses are in seconds."""

    sender_id: int
    rate: float
    """Messages a second."""
    delay: float = 0
    """Between two messages."""
    switch_delay: float = 0
    """After a message of another sender that has such a pause."""
    per_hour: int | None = None

    @property
    def mean(self) -> float:
        """Messages a second with their pauses."""
        return min(self.rate, 1 / self.delay) if self.delay else self.rate


# A chunk takes the time that it needs at the sender's rate; the next begins where it ends. The hour is sixty minutes in
# a hash. Whose turn it is among senders that pause between each other stands in another: one that is asked for in vain
# says so, and gets its turn when the present one has lasted. Redis' own clock counts.
_HOUR = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local minute = math.floor(time[1] / 60)
local function hour()
  local sent, all = 0, redis.call('HGETALL', KEYS[2])
  for i = 1, #all, 2 do
    if tonumber(all[i]) <= minute - 60 then redis.call('HDEL', KEYS[2], all[i]) else sent = sent + all[i + 1] end
  end
  return sent
end
local start = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now)
"""

_LOOK = _HOUR + "return {start - now, hour()}"

_TAKEN = (
    _HOUR
    + """
local most = tonumber(ARGV[1])
local switch = tonumber(ARGV[2])
local last = switch > 0 and redis.call('HGET', KEYS[3], 'last') or '0'
local full = most >= 0 and hour() >= most
if full or redis.call('EXISTS', KEYS[1]) == 1 or now - last < 60000000 + switch then return 1 end
return 0
"""
)

_RESERVE = (
    _HOUR
    + """
local me, messages, takes, patience, most = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])
local switch, turn = tonumber(ARGV[6]), tonumber(ARGV[7])
if most >= 0 and hour() + messages > most then return -1 end
if switch > 0 then
  local held = redis.call('HMGET', KEYS[3], 'holder', 'since', 'last', 'wanted', 'asked')
  if held[1] and held[1] ~= me then
    start = math.max(start, held[3] + switch)
    if start - now > patience then
      redis.call('HSET', KEYS[3], 'wanted', me, 'asked', string.format('%.0f', now))
      return -1
    end
  elseif held[4] and held[4] ~= me and now - held[5] < 5000000 and now - held[2] > turn then
    return -1
  end
  if held[1] ~= me then redis.call('HSET', KEYS[3], 'holder', me, 'since', string.format('%.0f', start)) end
  if held[4] == me then redis.call('HDEL', KEYS[3], 'wanted', 'asked') end
end
if start - now > patience then return -1 end
if switch > 0 then redis.call('HSET', KEYS[3], 'last', string.format('%.0f', start)) end
local free = start + takes
redis.call('SET', KEYS[1], string.format('%.0f', free), 'PX', string.format('%.0f', (free - now) / 1000 + 60000))
if most >= 0 then
  redis.call('HINCRBY', KEYS[2], minute, messages)
  redis.call('EXPIRE', KEYS[2], 3700)
end
return start - now
"""
)


def _keys(sender_id: int) -> tuple[str, str, str]:
    return f"tidings:pace:{sender_id}", f"tidings:hour:{sender_id}", "tidings:turn"


async def reserve(pace: Pace, messages: int) -> float | None:
    """Takes the next places for so many messages: seconds until the first; None, and none are taken, if not soon."""
    pause = pace.delay * random.uniform(1 - JITTER, 1 + JITTER)
    values = (
        pace.sender_id,
        messages,
        _micro(messages * max(1 / pace.rate, pause)),
        _micro(PATIENCE),
        -1 if pace.per_hour is None else pace.per_hour,
        _micro(pace.switch_delay * random.uniform(1 - JITTER, 1 + JITTER)),
        _micro(TURN),
    )
    wait: int = await shared_redis().eval(_RESERVE, 3, *_keys(pace.sender_id), *map(str, values))
    return None if wait < 0 else wait / 1_000_000


async def look(pace: Pace) -> tuple[float, int | None]:
    """Seconds until the next place is free, and how many messages are left in the present hour; None: no end."""
    wait, sent = await shared_redis().eval(_LOOK, 2, *_keys(pace.sender_id)[:2])
    return wait / 1_000_000, None if pace.per_hour is None else max(0, pace.per_hour - sent)


async def holds_back(pace: Pace) -> bool:
    """Whether a sender that has not sent may wait for its pace: it, or one that it takes turns with, has taken a place
    within the last minute and its pause, or its hour is full."""
    per_hour = -1 if pace.per_hour is None else pace.per_hour
    values = (str(per_hour), str(_micro(pace.switch_delay * (1 + JITTER))))
    return bool(await shared_redis().eval(_TAKEN, 3, *_keys(pace.sender_id), *values))


def _micro(seconds: float) -> int:
    return int(seconds * 1_000_000)
