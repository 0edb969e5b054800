"""How busy this process is: requests, those of the last minute second by second, and what became of messages."""

import time
from collections import Counter, deque
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Histogram, ProcessCollector

STARTED = time.monotonic()
REGISTRY = CollectorRegistry()
"""What this process counts, for whoever reads its metrics."""
ProcessCollector(registry=REGISTRY)
_REQUESTS = Histogram(
    "tidings_request_seconds",
    "Requests that this process has answered, by the first part of their path.",
    ["path", "status"],
    registry=REGISTRY,
)
_PATHS = frozenset({"", "graphql", "webhooks", "v1", "api", "files", "health", "metrics", "static", "schema.graphql"})
"""Others are one to the metrics: whoever asks for anything must not make a series of it."""
sends: Counter[str] = Counter()
"""What became of messages that this process has sent, by words."""


@dataclass(slots=True)
class _Second:
    at: int
    requests: int = 0
    milliseconds: float = 0.0


_seconds: deque[_Second] = deque(maxlen=61)


def note(milliseconds: float, path: str, status: int) -> None:
    """Counts a request that has just been answered."""
    first = path[1:].partition("/")[0]
    _REQUESTS.labels(f"/{first}" if first in _PATHS else "other", f"{status // 100}xx").observe(milliseconds / 1000)
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
