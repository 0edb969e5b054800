"""How busy this server is: requests of the last minute, second by second."""

import time
from collections import deque
from dataclasses import dataclass

STARTED = time.monotonic()


@dataclass(slots=True)
class _Second:
    at: int
    requests: int = 0
    milliseconds: float = 0.0


_seconds: deque[_Second] = deque(maxlen=61)


def note(milliseconds: float) -> None:
    """Counts a request that has just been answered."""
    now = int(time.monotonic())
    if not _seconds or _seconds[-1].at != now:
        _seconds.append(_Second(now))
    _seconds[-1].requests += 1
    _seconds[-1].milliseconds += milliseconds


def last_minute() -> tuple[int, float | None]:
    """Requests of the last minute, and their mean time in milliseconds; None without any."""
    since = time.monotonic() - 60
    recent = [second for second in _seconds if second.at >= since]
    requests = sum(second.requests for second in recent)
    return requests, sum(second.milliseconds for second in recent) / requests if requests else None
