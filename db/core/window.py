"""Calls counted over sliding windows: in Redis, so that all processes count together; here while Redis is away.

What Redis has let in is noted here as well. So a process goes on from what it knows when Redis goes away, and nobody
gets a fresh window each time.
"""

import asyncio
import hashlib
import time
from collections import OrderedDict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog
from redis.exceptions import NoScriptError, RedisError

from db.core.redis import shared_redis

PATIENCE = 0.5
"""Seconds that Redis may take: whoever calls waits for it."""
AWAY = 5.0
"""Seconds after a failure in which Redis is not asked again."""
MOST_KEPT = 10_000
"""Windows that are counted here, at most: callers without credentials may have a new address each time. Beyond it goes
the one that was unused for longest, and who is only refused makes none."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Window:
    """At most `limit` calls of a kind in any so many seconds; `calls` are asked for now."""

    caller: str
    kind: str
    limit: int
    seconds: int
    calls: int = 1

    @property
    def key(self) -> str:
        return f"tidings:calls:{self.caller}:{self.kind}:{self.seconds}"


@dataclass(frozen=True, slots=True)
class Count:
    """A window with the calls in it. Times are in seconds."""

    window: Window
    remaining: int
    wait: float
    """Until the calls that were asked for fit; 0 where they do."""
    reset: float
    """Until the oldest call leaves it."""


# The time of each call is kept, newest first, as long as it counts: no border between two windows lets twice the limit
# through, and it is known when the next call fits. All windows take the calls, or none does. Redis' own clock counts.
_TAKE = b"""
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local found, fits = {}, true
for i, key in ipairs(KEYS) do
  local limit, length, calls = tonumber(ARGV[3 * i - 2]), tonumber(ARGV[3 * i - 1]), tonumber(ARGV[3 * i])
  local oldest = redis.call('LINDEX', key, -1)
  while oldest and now - oldest >= length do
    redis.call('RPOP', key)
    oldest = redis.call('LINDEX', key, -1)
  end
  local used, wait = redis.call('LLEN', key), 0
  if calls > limit then
    wait = length
  elseif used + calls > limit then
    wait = redis.call('LINDEX', key, limit - calls) + length - now
  end
  fits = fits and wait == 0
  found[#found + 1] = used
  found[#found + 1] = wait
  found[#found + 1] = oldest and oldest + length - now or length
end
if fits then
  for i, key in ipairs(KEYS) do
    for _ = 1, ARGV[3 * i] do redis.call('LPUSH', key, string.format('%.0f', now)) end
    redis.call('PEXPIRE', key, ARGV[3 * i - 1] / 1000)
  end
end
return found
"""
_SHA = hashlib.sha1(_TAKE, usedforsecurity=False).hexdigest()


@dataclass(slots=True)
class _Here:
    """The same, in this process alone: of what it has let in itself, or Redis for it."""

    times: OrderedDict[str, deque[float]] = field(default_factory=OrderedDict[str, deque[float]])

    def take(self, windows: Sequence[Window]) -> list[Count]:
        now = time.monotonic()
        found = [self._look(window, now) for window in windows]
        if all(wait <= 0 for _, wait, _ in found):
            self.note(windows, now)
        return _counts(windows, found)

    def note(self, windows: Sequence[Window], now: float) -> None:
        for window in windows:
            times = self.times.pop(window.key, deque[float]())
            times.extendleft([now] * window.calls)
            while len(times) > window.limit:
                times.pop()
            self.times[window.key] = times  # behind those that were used before it
        while len(self.times) > MOST_KEPT:
            self.times.popitem(last=False)

    def give_back(self, windows: Sequence[Window]) -> None:
        for window in windows:
            if times := self.times.get(window.key):
                times.popleft()

    def _look(self, window: Window, now: float) -> tuple[int, float, float]:
        times = self.times.get(window.key, deque[float]())
        while times and now - times[-1] >= window.seconds:
            times.pop()
        wait = 0.0
        if window.calls > window.limit:
            wait = window.seconds
        elif len(times) + window.calls > window.limit:
            wait = times[window.limit - window.calls] + window.seconds - now
        return len(times), wait, times[-1] + window.seconds - now if times else window.seconds


_here = _Here()
_ask_again = 0.0
"""When Redis is asked again, by the monotonic clock; 0 while it answers."""
_told = -AWAY
"""When the log was told last that Redis is away: hundreds of callers may find it so in one moment."""


async def take(windows: Sequence[Window], *, lenient: bool = False) -> list[Count] | None:
    """Counts the calls in all windows, if they fit into each of them; else in none.

    While Redis is away this process counts by itself; with `lenient` nobody counts, and None is answered.
    """
    global _ask_again
    began = time.monotonic()
    if began >= _ask_again:
        if _ask_again:
            _ask_again = time.monotonic() + AWAY  # One asks whether Redis is back; the others do not wait for it.
        try:
            async with asyncio.timeout(PATIENCE):
                found = await _run(windows)
        except (RedisError, OSError) as error:
            _tell(error)
            _ask_again = time.monotonic() + AWAY
        else:
            _ask_again = 0.0
            counts = _counts(windows, [(used, wait / 1e6, reset / 1e6) for used, wait, reset in found])
            if all(count.wait <= 0 for count in counts):
                _here.note(windows, began)
            return counts
    return None if lenient else _here.take(windows)


async def give_back(windows: Sequence[Window]) -> None:
    """Takes the newest call of each window back."""
    _here.give_back(windows)
    if _ask_again:
        return
    try:
        async with asyncio.timeout(PATIENCE), shared_redis().pipeline(transaction=False) as pipeline:
            for window in windows:
                pipeline.lpop(window.key)
            await pipeline.execute()
    except (RedisError, OSError) as error:
        _tell(error)


def _tell(error: Exception) -> None:
    global _told
    now = time.monotonic()
    if now - _told >= AWAY:
        _told = now
        log.warning("limits_without_redis", error=repr(error))


async def _run(windows: Sequence[Window]) -> list[tuple[int, int, int]]:
    keys = [window.key for window in windows]
    given = [value for window in windows for value in (window.limit, window.seconds * 1_000_000, window.calls)]
    redis: Any = shared_redis()
    try:
        found = await redis.evalsha(_SHA, len(keys), *keys, *given)
    except NoScriptError:
        found = await redis.eval(_TAKE, len(keys), *keys, *given)
    return list(zip(found[::3], found[1::3], found[2::3], strict=True))


def _counts(windows: Sequence[Window], found: Sequence[tuple[int, float, float]]) -> list[Count]:
    fits = all(wait <= 0 for _, wait, _ in found)
    return [
        Count(window, max(0, window.limit - used - (window.calls if fits else 0)), wait, reset)
        for window, (used, wait, reset) in zip(windows, found, strict=True)
    ]
