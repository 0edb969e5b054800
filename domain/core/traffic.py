"""How busy this process is: what it counts for whoever reads its metrics, and what health asks of it."""

import time
from collections import Counter, deque
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Gauge, Histogram, ProcessCollector
from prometheus_client import Counter as Total

from domain.core.errors import ErrorCode

STARTED = time.monotonic()
REGISTRY = CollectorRegistry()
"""All of it. Labels have few values: none is what callers or contacts write."""
ProcessCollector(registry=REGISTRY)

REQUESTS = Histogram(
    "tidings_request_seconds",
    "Requests that this process has answered, by the first part of their path.",
    ["path", "status"],
    registry=REGISTRY,
)
ERRORS = Total("tidings_errors", "Errors that this process has answered, by their code.", ["code"], registry=REGISTRY)
ERRORS.labels(ErrorCode.INTERNAL_ERROR.value)  # from 0 on: of what is not there before its first one no rate is known
SOCKETS = Gauge("tidings_sockets", "Open WebSockets of this process.", registry=REGISTRY)
OPERATIONS = Gauge("tidings_socket_operations", "Operations that run over sockets of this process.", registry=REGISTRY)
SENDS = Total(
    "tidings_sends",
    "Sends of this process by what became of them: accepted, refused, not_sent (no connection), in_doubt (no answer).",
    ["sender", "result"],
    registry=REGISTRY,
)
PROVIDER = Histogram(
    "tidings_provider_seconds",
    "Time that sends of this process took at the provider.",
    ["provider", "result"],
    buckets=(0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20),
    registry=REGISTRY,
)
WEBHOOKS = Histogram(
    "tidings_webhook_lag_seconds",
    "From the arrival of a post of WhatsApp's or WAHA's until this process had taken it up.",
    ["provider"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300),
    registry=REGISTRY,
)
JOBS = Histogram(
    "tidings_job_seconds",
    "Jobs that this process has done: done or failed.",
    ["job", "result"],
    buckets=(0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60),
    registry=REGISTRY,
)
TICKS = Gauge(
    "tidings_tick_failing",
    "Whether the last run of each thing that the clock does failed; 0 where another process keeps the clock.",
    ["tick"],
    registry=REGISTRY,
)
MODELS = Histogram(
    "tidings_model_seconds",
    "Calls of language models by this process: answered or failed.",
    ["model", "result"],
    buckets=(0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 45),
    registry=REGISTRY,
)

_PATHS = frozenset(
    {"", "graphql", "webhook", "webhooks", "v1", "api", "csv", "files", "health", "metrics", "static", "schema.graphql"}
)
"""Others are one to the metrics: whoever asks for anything must not make a series of it."""
REFUSED_SECONDS = 300
"""For how long a webhook that could not be kept is told of: WhatsApp may post the next one minutes later."""
told_to: int | None = None
"""Number of the event up to which this process has told its sockets; None while nobody subscribes."""
tally: Counter[str] = Counter()
"""What is summed over all processes, minute by minute: requests, milliseconds, errors, sent, received and
deduplicated; domain/health/system.py takes it away."""


@dataclass(slots=True)
class _Second:
    at: int
    requests: int = 0
    milliseconds: float = 0.0
    webhooks_refused: int = 0


_seconds: deque[_Second] = deque(maxlen=REFUSED_SECONDS + 1)


def note(milliseconds: float, path: str, status: int, *, failed: bool = False) -> None:
    """Counts a request that has just been answered; failed: by a fault of ours, as 500 is."""
    first = path[1:].partition("/")[0]
    REQUESTS.labels(f"/{first}" if first in _PATHS else "other", f"{status // 100}xx").observe(milliseconds / 1000)
    tally["requests"] += 1
    tally["milliseconds"] += round(milliseconds)
    tally["errors"] += failed or status == 500
    second = _this_second()
    second.requests += 1
    second.milliseconds += milliseconds


def refuse_webhook() -> None:
    """Counts a webhook that was good and could not be kept."""
    _this_second().webhooks_refused += 1


def last_minute() -> tuple[int, float | None]:
    """Requests of the last minute, and their mean time in milliseconds; None without any."""
    recent = _recent(60)
    requests = sum(second.requests for second in recent)
    return requests, sum(second.milliseconds for second in recent) / requests if requests else None


def webhooks_refused() -> int:
    """Webhooks of the last five minutes that were good and could not be kept, so that they must be posted again."""
    return sum(second.webhooks_refused for second in _recent(REFUSED_SECONDS))


def _this_second() -> _Second:
    now = int(time.monotonic())
    if not _seconds or _seconds[-1].at != now:
        _seconds.append(_Second(now))
    return _seconds[-1]


def _recent(seconds: float) -> list[_Second]:
    since = time.monotonic() - seconds
    return [second for second in _seconds if second.at >= since]
