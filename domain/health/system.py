"""Operating figures: what all processes count, minute by minute, and how busy the machine that answers is."""

import asyncio
import time
from collections import Counter
from dataclasses import dataclass

import psutil
import structlog
from asyncpg import Record

from db.accounts import Role, Scope
from db.core import connect
from db.messages import Priority
from domain.bot import turns
from domain.core import traffic
from domain.core.access import Viewer, allow
from domain.health import bounded, problems

log = structlog.get_logger()

KEPT_DAYS = 30
NOTE_SECONDS = 5.0
"""From one writing down of what a process has counted to the next; a process that is killed loses so much."""
MOST_COUNTED = 10_001
"""Rows that are looked at to count a queue: so many means more than 10,000."""

COUNTED = ("requests", "milliseconds", "errors", "sent", "received", "deduplicated")
"""What `traffic.tally` counts, and the table has."""

_NOTE = f"""
INSERT INTO operating_minute AS m (minute, served, {", ".join(COUNTED)})
VALUES (date_trunc('minute', now()), $1, {", ".join(f"${n}" for n in range(2, len(COUNTED) + 2))})
ON CONFLICT (minute) DO UPDATE
SET served = m.served OR excluded.served, {", ".join(f"{name} = m.{name} + excluded.{name}" for name in COUNTED)}
"""

# The minute that runs is counted once it is over.
_SUMS = f"""
SELECT coalesce(sum(requests) FILTER (WHERE hour), 0)::float8 AS requests,
       coalesce(sum(milliseconds) FILTER (WHERE hour), 0)::float8 AS milliseconds,
       coalesce(sum(errors) FILTER (WHERE hour), 0)::float8 AS errors,
       coalesce(sum(sent + received) FILTER (WHERE hour), 0)::float8 AS messages,
       coalesce(sum(sent) FILTER (WHERE minute >= date_trunc('day', now(), 'UTC')), 0)::bigint AS sent_today,
       coalesce(sum(deduplicated), 0)::bigint AS deduplicated,
       count(*) FILTER (WHERE served AND NOT present) AS served,
       coalesce(extract(epoch FROM date_trunc('minute', now()) - min(minute) FILTER (WHERE served))::int / 60, 0)
         AS minutes,
       (SELECT count(*) FROM sender WHERE status = 'CONNECTED' AND deleted_at IS NULL) AS senders
FROM (SELECT *, minute > now() - interval '1 h' AS hour, minute = date_trunc('minute', now()) AS present
      FROM operating_minute WHERE minute >= date_trunc('minute', now()) - interval '{KEPT_DAYS} days') AS m
"""

_MODELS = """
SELECT model, sum(answers)::bigint AS usage_count,
       coalesce(sum(tokens) FILTER (WHERE day = (now() AT TIME ZONE 'UTC')::date), 0)::bigint AS tokens_today,
       coalesce(sum(confidence) / nullif(sum(answers), 0), 0)::float8 AS average_confidence,
       coalesce(sum(milliseconds)::float8 / nullif(sum(calls), 0), 0) AS average_processing_time_ms,
       coalesce(sum(failures)::float8 / nullif(sum(calls), 0), 0) AS error_rate
FROM model_usage GROUP BY model ORDER BY usage_count DESC, model LIMIT 100
"""

_QUEUES = f"""
SELECT s.phone_number, priority, queue.waiting, queue.oldest
FROM sender s, generate_series(1, {len(Priority)}) AS priority, LATERAL (
  SELECT count(*) AS waiting, extract(epoch FROM now() - min(due_at))::float8 AS oldest FROM (
    SELECT due_at FROM message m WHERE m.sender_id = s.id AND m.priority = priority.priority AND m.due_at <= now()
    ORDER BY due_at LIMIT {MOST_COUNTED}) AS head) AS queue
WHERE s.deleted_at IS NULL ORDER BY s.id, priority
"""


@dataclass(frozen=True, slots=True)
class ModelMetrics:
    model: str
    usage_count: int
    tokens_today: int
    average_confidence: float
    average_processing_time_ms: float
    error_rate: float


@dataclass(frozen=True, slots=True)
class SystemMetrics:
    """Rates are 0 to 1, percentages and utilizations 0 to 100."""

    uptime: int
    uptime_percentage: float
    average_response_time_ms: float
    error_rate: float
    messages_per_minute: float
    messages_sent_today: int
    active_senders: int
    queue_size: int
    active_buffers: int
    total_buffered: int
    total_deduplicated: int
    models: list[ModelMetrics]
    cpu_utilization: float
    memory_utilization: float
    disk_usage_gb: float | None
    """None while the disk does not answer."""
    network_throughput_mbps: float
    deduplication_cache: str = "postgresql"


@allow(Role.ADMIN, scope=Scope.ADMIN, bound=False)
async def metrics(viewer: Viewer) -> SystemMetrics:
    """Figures of the installation, and of the machine of the server that answers."""
    return await figures()


async def figures() -> SystemMetrics:
    found, models, queued, bot, disk = await asyncio.gather(
        connect.row(_SUMS), connect.rows(_MODELS), queues(), turns.waiting(), bounded(problems.disk.get, None)
    )
    assert found is not None
    requests = found["requests"] or 1
    return SystemMetrics(
        uptime=int(time.monotonic() - traffic.STARTED),
        uptime_percentage=100 * found["served"] / found["minutes"] if found["minutes"] else 100.0,
        average_response_time_ms=found["milliseconds"] / requests,
        error_rate=found["errors"] / requests,
        messages_per_minute=found["messages"] / 60,
        messages_sent_today=found["sent_today"],
        active_senders=found["senders"],
        queue_size=sum(row["waiting"] for row in queued),
        active_buffers=bot.turns,
        total_buffered=bot.gathered,
        total_deduplicated=found["deduplicated"],
        models=[ModelMetrics(**row) for row in models],
        cpu_utilization=_machine.cpu,
        memory_utilization=psutil.virtual_memory().percent,
        disk_usage_gb=None if disk is None else round(disk[1] / 1e9, 2),
        network_throughput_mbps=_machine.network,
    )


async def queues() -> list[Record]:
    """What is due, by sender and priority: how many messages, and for how many seconds the oldest has been."""
    return await connect.rows(_QUEUES)


async def trim() -> None:
    await connect.execute(f"DELETE FROM operating_minute WHERE minute < now() - interval '{KEPT_DAYS} days'")


# ---------------------------------------------------------------------------
# Counting
# ---------------------------------------------------------------------------


class _Machine:
    """What is known of this machine from one look to the next."""

    cpu = 0.0
    network = 0.0
    """Megabits a second, in and out."""

    def __init__(self) -> None:
        self._at, self._bytes = time.monotonic(), self._moved()
        psutil.cpu_percent()

    def look(self) -> None:
        now, moved = time.monotonic(), self._moved()
        self.cpu = psutil.cpu_percent()
        self.network = round(max(0, moved - self._bytes) * 8e-6 / max(now - self._at, 0.001), 3)
        self._at, self._bytes = now, moved

    @staticmethod
    def _moved() -> int:
        found = psutil.net_io_counters()
        return found.bytes_sent + found.bytes_recv


_machine = _Machine()


async def keep_noting(*, serves: bool) -> None:
    """Writes down what this process counts, also as it ends; ends only when cancelled. `serves`: it is an API."""
    try:
        while True:
            await asyncio.sleep(NOTE_SECONDS)
            _machine.look()
            await note(serves=serves)
    finally:
        await note(serves=serves)


async def note(*, serves: bool) -> None:
    """Adds what was counted to the minute that runs; what cannot be written now is added later."""
    counted = Counter(traffic.tally)
    if not counted and not serves:
        return
    traffic.tally.clear()
    try:
        async with asyncio.timeout(NOTE_SECONDS):
            await connect.execute(_NOTE, serves, *(counted[name] for name in COUNTED))
    except Exception as error:  # noqa: BLE001 - what is not written yet is kept, and the next try says what is wrong
        traffic.tally.update(counted)
        log.debug("figures_not_noted", error=repr(error))
