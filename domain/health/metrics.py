"""What a monitoring system reads, in Prometheus' text form.

What all processes share is asked of PostgreSQL and Redis as it is read, in few statements and bounded in time; what
a process counts is of the process that answers. Where a part does not answer its figures are missing, and
tidings_part_up says so.
"""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any

from prometheus_client import CollectorRegistry, Metric, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from db.core import connect, doorbell, leader
from db.core.heartbeat import Heartbeat, heartbeats
from db.core.settings import get_settings
from domain import VERSION
from domain.core import traffic
from domain.core.access import Viewer
from domain.health import bounded, check_operator

MOST_COUNTED = 10_001
"""Rows that are looked at to count a queue: so many means more than 10,000."""

_OF_ALL = f"""
SELECT (SELECT count(*) FROM (SELECT FROM inbound_post WHERE done_at IS NULL LIMIT {MOST_COUNTED}) AS p) AS posts,
       (SELECT extract(epoch FROM now() - created_at)::float8 FROM inbound_post WHERE done_at IS NULL
        ORDER BY id LIMIT 1) AS posts_wait,
       (SELECT count(*) FROM inbound_post
        WHERE errors IS NOT NULL AND created_at > now() - interval '1 hour') AS posts_faulty,
       (SELECT greatest((SELECT trimmed_to FROM event_log), (SELECT max(number) FROM event))) AS events
"""

_OF_SENDERS = f"""
SELECT s.phone_number, s.provider, s.status, s.paused_until > now() AS resting, queue.waiting, queue.oldest,
       extract(epoch FROM now() - s.unheard_since)::float8 AS silent
FROM sender s, LATERAL (
  SELECT count(*) AS waiting, extract(epoch FROM now() - min(due_at))::float8 AS oldest FROM (
    SELECT due_at FROM message m WHERE m.sender_id = s.id AND m.due_at <= now()
    ORDER BY priority DESC, due_at LIMIT {MOST_COUNTED}) AS head) AS queue
WHERE s.deleted_at IS NULL ORDER BY s.id
"""

_UNDER_WAY = f"""
SELECT state, count(*) AS messages FROM (
  SELECT state FROM message WHERE lease_until IS NOT NULL LIMIT {MOST_COUNTED}) AS m GROUP BY state
"""

_STATES = ("CLAIMED", "IN_FLIGHT", "UNKNOWN")


async def metrics(viewer: Viewer) -> bytes:
    """All figures, for a caller at one of HEALTH_ADDRESSES, or with a token of scope ADMIN. Raises Refusal."""
    check_operator(viewer)
    of_database, of_redis = await asyncio.gather(bounded(_database, []), bounded(_redis, []))
    up = _gauge("part_up", "Whether a part that figures come from has answered in time.", ["part"])
    up.add_metric(["postgresql"], bool(of_database))
    up.add_metric(["redis"], bool(of_redis))
    about = _gauge("info", "Which version runs, and where.", ["version", "environment"])
    about.add_metric([VERSION, get_settings().environment], 1)
    registry = CollectorRegistry()
    registry.register(_Found([about, up, *of_database, *of_redis, _pool()]))
    return generate_latest(registry)


class _Found(Collector):
    """What was found for one reading, after what this process counts."""

    def __init__(self, found: Sequence[Metric]) -> None:
        self._found = found

    def collect(self) -> Iterable[Metric]:
        yield from traffic.REGISTRY.collect()
        yield from self._found


def _gauge(name: str, words: str, labels: Sequence[str] = ()) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"tidings_{name}", words, labels=labels)


def _single(name: str, words: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"tidings_{name}", words, value=value)


def _pool() -> Metric:
    size, idle, used = connect.pool_figures()
    found = _gauge("database_connections", "This process's connections to PostgreSQL.", ["state"])
    for state, count in (("limit", size), ("idle", idle), ("used", used)):
        found.add_metric([state], count)
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
        CounterMetricFamily("tidings_events", "Entries of the event log.", value=whole["events"]),
        _single("clock_up", "Whether any process runs the clock.", await leader.has_leader()),
        moving,
        *await _senders(),
    ]


async def _senders() -> list[Metric]:
    up = _gauge("sender_up", "Whether a sender may send now: CONNECTED, and not at rest.", ["sender", "provider"])
    waiting = _gauge("sender_queue_messages", f"Due messages of a sender; counted to {MOST_COUNTED}.", ["sender"])
    oldest = _gauge("sender_queue_oldest_seconds", "For how long the oldest of them has been due.", ["sender"])
    silent = _gauge("sender_silent_seconds", "Since a sender's first send that no status came after.", ["sender"])
    for row in await connect.rows(_OF_SENDERS):
        label = [row["phone_number"]]
        up.add_metric([*label, row["provider"]], row["status"] == "CONNECTED" and not row["resting"])
        waiting.add_metric(label, row["waiting"])
        oldest.add_metric(label, max(0, row["oldest"] or 0))
        silent.add_metric(label, row["silent"] or 0)
    return [up, waiting, oldest, silent]


async def _redis() -> list[Metric]:
    tasks = _single("tasks_waiting", "Rings that no worker has taken yet.", await doorbell.waiting())
    return [tasks, *_workers(await heartbeats())]


def _workers(beats: Sequence[Heartbeat]) -> list[Metric]:
    up = _gauge("worker_up", "Whether a worker of the last minute was heard of within 6 s.", ["worker"])
    tasks = CounterMetricFamily("tidings_worker_tasks", "Tasks that a worker has done.", labels=["worker"])
    sends = CounterMetricFamily(
        "tidings_worker_sends",
        "What became of a worker's sends: accepted, refused, not_sent (no connection), in_doubt (no answer).",
        labels=["worker", "outcome"],
    )
    for beat in beats:
        up.add_metric([beat.name], beat.online)
        tasks.add_metric([beat.name], beat.processed)
        for outcome, count in beat.sends.items():
            sends.add_metric([beat.name, outcome], count)
    return [up, tasks, sends]
