"""What a monitoring system reads, in Prometheus' text form.

Each process tells what it counts itself: an API at /metrics, a worker at METRICS_PORT. What all processes share an API
adds: it is asked of PostgreSQL and Redis as it is read, in few statements and bounded in time, and is the same wherever
it is read (max, not sum). What could not be found out is missing.
"""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any

from prometheus_client import CollectorRegistry, Metric, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from db.core import connect, doorbell
from db.core.heartbeat import heartbeats
from db.core.settings import get_settings
from db.messages import Priority
from db.webhooks import backlogs
from domain import VERSION
from domain.core import traffic
from domain.core.access import SYSTEM, Viewer
from domain.core.ids import global_id
from domain.health import Health, bounded, check, check_operator
from domain.health.problems import events_behind
from domain.health.system import MOST_COUNTED, queues

_OF_ALL = f"""
SELECT (SELECT count(*) FROM (SELECT FROM inbound_post WHERE done_at IS NULL LIMIT {MOST_COUNTED}) AS p) AS posts,
       (SELECT extract(epoch FROM now() - created_at)::float8 FROM inbound_post WHERE done_at IS NULL
        ORDER BY id LIMIT 1) AS posts_wait,
       (SELECT count(*) FROM inbound_post
        WHERE errors IS NOT NULL AND created_at > now() - interval '1 hour') AS posts_faulty
"""

_EVENTS = "SELECT greatest((SELECT trimmed_to FROM event_log), (SELECT max(number) FROM event))"

_OF_SENDERS = """
SELECT phone_number, provider, status, paused_until > now() AS resting,
       extract(epoch FROM now() - unheard_since)::float8 AS silent
FROM sender WHERE deleted_at IS NULL ORDER BY id
"""

_UNDER_WAY = f"""
SELECT state, count(*) AS messages FROM (
  SELECT state FROM message WHERE lease_until IS NOT NULL LIMIT {MOST_COUNTED}) AS m GROUP BY state
"""

_STATES = ("CLAIMED", "IN_FLIGHT", "UNKNOWN")


async def metrics(viewer: Viewer) -> bytes:
    """All figures, for a caller at one of HEALTH_ADDRESSES, or with a token of scope ADMIN. Raises Refusal."""
    check_operator(viewer)
    # Whoever holds the log of events holds back no figures but its own.
    health, of_database, of_log, of_lag, of_redis = await asyncio.gather(
        check(SYSTEM), bounded(_database, []), bounded(_events, []), bounded(_event_lag, []), bounded(_redis, [])
    )
    about = _gauge("info", "Which version runs, and where.", ["version", "environment"])
    about.add_metric([VERSION, get_settings().environment], 1)
    registry = CollectorRegistry()
    registry.register(_Found([about, _problems(health), *of_database, *of_log, *of_lag, *of_redis]))
    return generate_latest(registry)


class _Found(Collector):
    """What was found for one reading, after what this process counts."""

    def __init__(self, found: Sequence[Metric]) -> None:
        self._found = found

    def collect(self) -> Iterable[Metric]:
        yield from OWN.collect()
        yield from self._found


class _Pool(Collector):
    """This process's pool, in an API as in a worker."""

    def collect(self) -> Iterable[Metric]:
        size, idle, used = connect.pool_figures()
        found = _gauge("database_connections", "This process's connections to PostgreSQL.", ["state"])
        for state, count in (("limit", size), ("idle", idle), ("used", used)):
            found.add_metric([state], count)
        yield found


traffic.REGISTRY.register(_Pool())
OWN = traffic.REGISTRY
"""What this process counts itself."""


def _gauge(name: str, words: str, labels: Sequence[str] = ()) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"tidings_{name}", words, labels=labels)


def _single(name: str, words: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"tidings_{name}", words, value=value)


def _problems(health: Health) -> Metric:
    found = _gauge("problem", "Whether something is not well, as health tells it in words.", ["problem"])
    for kind, words in health.found.items():
        found.add_metric([kind.value], words is not None)
    return found


async def _database() -> list[Metric]:
    whole: Any = await connect.row(_OF_ALL)
    under_way = {row["state"]: row["messages"] for row in await connect.rows(_UNDER_WAY)}
    moving = _gauge("messages_under_way", "Messages that are being sent, or in doubt (UNKNOWN).", ["state"])
    for state in _STATES:
        moving.add_metric([state], under_way.get(state, 0))
    return [
        _single("journal_posts", f"Webhooks that wait to be taken up; counted to {MOST_COUNTED}.", whole["posts"]),
        _single("journal_oldest_seconds", "Age of the oldest of them.", whole["posts_wait"] or 0),
        _single("journal_faulty_posts", "Posts of the last hour not understood, in part.", whole["posts_faulty"]),
        moving,
        *await _senders(),
        *await _webhooks(),
        *await _queues(),
    ]


async def _events() -> list[Metric]:
    return [CounterMetricFamily("tidings_events", "Entries of the event log.", value=await connect.value(_EVENTS))]


async def _event_lag() -> list[Metric]:
    words = "For how long the oldest event waits to be told to sockets of this process."
    return [_single("event_lag_seconds", words, await events_behind())]


async def _senders() -> list[Metric]:
    up = _gauge("sender_up", "Whether a sender may send now: CONNECTED, and not at rest.", ["sender", "provider"])
    silent = _gauge("sender_silent_seconds", "Since a sender's first send that no status came after.", ["sender"])
    for row in await connect.rows(_OF_SENDERS):
        up.add_metric([row["phone_number"], row["provider"]], row["status"] == "CONNECTED" and not row["resting"])
        silent.add_metric([row["phone_number"]], row["silent"] or 0)
    return [up, silent]


async def _webhooks() -> list[Metric]:
    """Of those that are switched on, by their ids: URLs hold tokens."""
    events = _gauge("webhook_events_waiting", "Events on their way to an outgoing webhook.", ["webhook"])
    late = _gauge("webhook_late_seconds", "For how long the oldest event waits for an outgoing webhook.", ["webhook"])
    for one in await backlogs():
        if one.active:
            id = global_id("Webhook", one.webhook_id)
            events.add_metric([id], one.events)
            late.add_metric([id], one.late)
    return [events, late]


async def _queues() -> list[Metric]:
    """Depth and age of what is due, by sender and by priority."""
    by_sender, by_priority = dict[str, list[tuple[int, float]]](), dict[str, list[tuple[int, float]]]()
    for priority in Priority:
        by_priority[priority.name] = []
    for row in await queues():
        figures = (row["waiting"], max(0.0, row["oldest"] or 0))
        by_sender.setdefault(row["phone_number"], []).append(figures)
        by_priority[Priority(row["priority"]).name].append(figures)
    found: list[Metric] = []
    for name, label, found_by in (("sender_queue", "sender", by_sender), ("queue", "priority", by_priority)):
        words = f"Due messages by {label}; of each queue {MOST_COUNTED} are counted at most."
        depth = _gauge(f"{name}_messages", words, [label])
        age = _gauge(f"{name}_oldest_seconds", f"For how long the oldest due message has waited, by {label}.", [label])
        for value, figures in found_by.items():
            depth.add_metric([value], sum(waiting for waiting, _ in figures))
            age.add_metric([value], max((oldest for _, oldest in figures), default=0))
        found += [depth, age]
    return found


async def _redis() -> list[Metric]:
    beats = await heartbeats()
    workers = _gauge("workers", "Workers heard of in the last minute: within 6 s (online), or not (lost).", ["state"])
    workers.add_metric(["online"], sum(beat.online for beat in beats))
    workers.add_metric(["lost"], sum(not beat.online for beat in beats))
    return [workers, _single("tasks_waiting", "Rings that no worker has taken yet.", await doorbell.waiting())]
