"""Health: whether the system and what it leans on are well, found out side by side and bounded in time."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar

import asyncpg
import structlog
from redis.exceptions import RedisError
from tortoise.exceptions import BaseORMException

from db.accounts import Role, Scope
from db.core import connect, doorbell, leader
from db.core.heartbeat import heartbeats
from db.core.redis import shared_redis
from db.core.settings import get_settings
from db.senders import SenderProvider
from domain import VERSION, senders, settings
from domain.bot import endpoint, models
from domain.core import traffic
from domain.core.access import Access, Viewer, public
from domain.core.cache import Cached
from domain.core.errors import Refusal
from domain.providers import waha_sessions
from domain.providers.cloud_numbers import standing_of

log = structlog.get_logger()

PROBE_SECONDS = 2.0
OUTSIDE_KEPT_SECONDS = 60.0
"""Outside services are asked at most so often, so that health checks cost no quota."""
KEPT_SECONDS = 1.0
"""Anyone may ask for health, however often."""
JOURNAL_SECONDS = 30
"""Age of the oldest post in the journal that is worth a word."""
QUEUE_SECONDS = 60
"""The same of a queue that nothing holds back: pauses and limits are no fault."""
SILENT_SECONDS = 900
"""Seconds from a send to its first status: mostly one, so that this means that WhatsApp does not reach us."""

_FAULTS = (*connect.TRANSIENT, asyncpg.PostgresError, BaseORMException, RedisError)

S = TypeVar("S")


class HealthStatus(StrEnum):
    HEALTHY = "HEALTHY"
    DEGRADED = "DEGRADED"
    UNHEALTHY = "UNHEALTHY"


@dataclass(frozen=True, slots=True)
class ServiceHealth:
    """Something that the system is or leans on; times in milliseconds."""

    status: HealthStatus = HealthStatus.UNHEALTHY
    response_time_ms: float | None = None


@dataclass(frozen=True, slots=True)
class ApiHealth(ServiceHealth):
    uptime: int = 0
    requests_per_minute: int = 0


@dataclass(frozen=True, slots=True)
class DatabaseHealth(ServiceHealth):
    engine: str = "postgresql"
    pool_size: int = 0
    checked_in: int = 0
    checked_out: int = 0
    overflow: int = 0


@dataclass(frozen=True, slots=True)
class RedisHealth(ServiceHealth):
    version: str | None = None
    connected_clients: int = 0
    used_memory_mb: float = 0
    uptime_days: int = 0
    queue_depth: int = 0


@dataclass(frozen=True, slots=True)
class Worker:
    name: str
    online: bool
    current_task: str | None
    processed: int


@dataclass(frozen=True, slots=True)
class WorkersHealth(ServiceHealth):
    count: int = 0
    active_tasks: int = 0
    queued_tasks: int = 0
    workers: list[Worker] = field(default_factory=list[Worker])


@dataclass(frozen=True, slots=True)
class ExternalHealth(ServiceHealth):
    rate_limit_remaining: int | None = None
    tokens_used_today: int | None = None
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Health:
    """The whole. Unhealthy without its database, Redis or a worker; degraded while anything else is not well."""

    status: HealthStatus
    timestamp: datetime
    version: str
    environment: str
    problems: list[str]
    api: ApiHealth
    database: DatabaseHealth
    redis: RedisHealth
    workers: WorkersHealth
    whatsapp: ExternalHealth
    language_model: ExternalHealth


@public
async def check(viewer: Viewer) -> Health:
    """All of it, at most a second old."""
    return await _checked.get()


async def detailed(viewer: Viewer) -> Health:
    """The same, for operators: a caller at one of HEALTH_ADDRESSES, or with a token of scope ADMIN. Raises Refusal."""
    check_operator(viewer)
    return await _checked.get()


def check_operator(viewer: Viewer) -> None:
    """Raises Refusal unless the caller is at one of HEALTH_ADDRESSES, or has a token of scope ADMIN."""
    if not is_near(viewer):
        Access(frozenset({Role.ADMIN}), Scope.ADMIN).check(viewer)


def is_near(viewer: Viewer) -> bool:
    """Whether the caller is at one of HEALTH_ADDRESSES."""
    return viewer.ip_address in (get_settings().health_addresses or ())


async def _ask_database() -> DatabaseHealth:
    size, idle, used = connect.pool_figures()
    figures = DatabaseHealth(pool_size=size, checked_in=idle, checked_out=used)

    async def ask() -> DatabaseHealth:
        started = time.perf_counter()
        await connect.value("SELECT 1")
        return replace(figures, status=HealthStatus.HEALTHY, response_time_ms=_since(started))

    return await bounded(ask, figures)


async def _ask_redis() -> RedisHealth:
    async def ask() -> RedisHealth:
        started = time.perf_counter()
        told: dict[str, Any] = await shared_redis().info()  # pyright: ignore[reportUnknownMemberType]
        return RedisHealth(
            status=HealthStatus.HEALTHY,
            response_time_ms=_since(started),
            version=str(told["redis_version"]),
            connected_clients=told["connected_clients"],
            used_memory_mb=round(told["used_memory"] / 2**20, 1),
            uptime_days=told["uptime_in_days"],
            queue_depth=await doorbell.waiting(),
        )

    return await bounded(ask, RedisHealth())


async def _ask_workers() -> WorkersHealth:
    """As their heartbeats in Redis tell; unhealthy without any."""

    async def ask() -> WorkersHealth:
        beats, queued = await heartbeats(), await doorbell.waiting()
        online = [beat for beat in beats if beat.online]
        return WorkersHealth(
            status=HealthStatus.HEALTHY if online else HealthStatus.UNHEALTHY,
            response_time_ms=min((beat.age for beat in beats), default=0) * 1000 if beats else None,
            count=len(online),
            active_tasks=sum(len(beat.tasks) for beat in online),
            queued_tasks=queued,
            workers=[Worker(b.name, b.online, b.tasks[0] if b.tasks else None, b.processed) for b in beats],
        )

    return await bounded(ask, WorkersHealth())


def api() -> ApiHealth:
    requests, mean = traffic.last_minute()
    return ApiHealth(HealthStatus.HEALTHY, mean, int(time.monotonic() - traffic.STARTED), requests)


async def _whole() -> Health:
    of_database, of_redis, of_workers, of_whatsapp, of_model, words = await asyncio.gather(
        _ask_database(),
        _ask_redis(),
        _ask_workers(),
        _whatsapp.get(),
        _language_model.get(),
        bounded(_problems, []),
    )
    problems = [
        *(["PostgreSQL does not answer."] if of_database.status is not HealthStatus.HEALTHY else []),
        *(["Redis does not answer."] if of_redis.status is not HealthStatus.HEALTHY else []),
        *(["No worker runs."] if of_workers.status is not HealthStatus.HEALTHY else []),
        *[service.fault for service in (of_whatsapp, of_model) if service.fault],
        *words,
    ]
    needed = (of_database, of_redis, of_workers)
    if any(service.status is HealthStatus.UNHEALTHY for service in needed):
        status = HealthStatus.UNHEALTHY
    else:
        status = HealthStatus.DEGRADED if problems else HealthStatus.HEALTHY
    return Health(
        status=status,
        timestamp=datetime.now(UTC),
        version=VERSION,
        environment=get_settings().environment,
        problems=problems,
        api=api(),
        database=of_database,
        redis=of_redis,
        workers=of_workers,
        whatsapp=of_whatsapp,
        language_model=of_model,
    )


async def _problems() -> list[str]:
    """What goes wrong slowly, as the database shows it; no names and numbers, since anyone may read it."""
    found = await connect.row(
        """
        SELECT (SELECT count(*) FROM (SELECT FROM inbound_post WHERE done_at IS NULL LIMIT 100000) AS p) AS posts,
               (SELECT extract(epoch FROM now() - created_at)::int FROM inbound_post WHERE done_at IS NULL
                ORDER BY id LIMIT 1) AS posts_wait,
               (SELECT count(*) FROM inbound_post
                WHERE errors IS NOT NULL AND created_at > now() - interval '1 hour') AS posts_faulty,
               of_senders.*,
               (SELECT max(extract(epoch FROM now() - head.due_at))::int FROM (
                  SELECT s.*, head.due_at FROM sender s,
                    LATERAL (SELECT due_at FROM message m WHERE m.sender_id = s.id AND m.due_at <= now()
                             ORDER BY priority DESC, due_at, id LIMIT 1) AS head
                  WHERE s.status = 'CONNECTED' AND s.deleted_at IS NULL
                    AND (s.paused_until IS NULL OR s.paused_until <= now()) AND s.provider = 'CLOUD_API'
                    AND head.due_at < now() - $2::interval
                    AND NOT EXISTS (SELECT FROM message m WHERE m.lease_until IS NOT NULL AND m.sender_id = s.id)
                  OFFSET 0) AS head
                -- Counted for those alone that would be worth a word.
                WHERE head.messaging_limit IS NULL OR head.messaging_limit > (
                  SELECT count(*) FROM portfolio_reach r WHERE r.reached_at > now() - interval '24 h'
                    AND r.portfolio_id = coalesce(head.portfolio_id, head.business_account_id, 'sender ' || head.id))
               ) AS queue_waits
        FROM (
          SELECT count(*) FILTER (WHERE status = 'FAILED') AS failed,
                 count(*) FILTER (WHERE status = 'EXPIRED') AS expired,
                 count(*) FILTER (WHERE status = 'CONNECTED' AND paused_until > now()) AS resting,
                 count(*) FILTER (WHERE status = 'CONNECTED' AND unheard_since < now() - $1::interval) AS silent
          FROM sender WHERE deleted_at IS NULL
        ) AS of_senders
        """,
        timedelta(seconds=SILENT_SECONDS),
        timedelta(seconds=QUEUE_SECONDS),
    )
    assert found is not None
    words: list[str] = []
    if (found["posts_wait"] or 0) > JOURNAL_SECONDS:
        words.append(f"The inbound journal grows: {found['posts']} wait, the oldest {found['posts_wait']} s.")
    if found["posts_faulty"]:
        words.append(
            f"Posts of the last hour that were not understood, in whole or in part: {found['posts_faulty']}; "
            "they are kept in inbound_post, with the reasons."
        )
    if not await leader.has_leader():
        words.append("No clock runs: schedules do not start, and lost rings are not made up for.")
    hourly = (await settings.current()).limits.messages_per_hour is not None
    if found["queue_waits"] and not hourly:
        words.append(f"Queued messages do not leave: the oldest waits {found['queue_waits']} s.")
    of_senders = {
        "failed": "Senders that WhatsApp refuses",
        "expired": "Senders whose sign-in has expired",
        "resting": "Senders that WhatsApp lets rest",
        "silent": f"Senders that send and hear of nothing for {SILENT_SECONDS // 60} minutes",
    }
    words += [f"{what}: {found[name]}." for name, what in of_senders.items() if found[name]]
    return words


async def ask_whatsapp() -> ExternalHealth:
    """WhatsApp, through the default sender."""
    try:
        account = await senders.account((await senders.default_sender()).id)
    except (Refusal, *_FAULTS):
        account = None
    if account is None:
        # With no sender in use nothing is asked of WhatsApp, and nothing is wrong with it.
        return ExternalHealth(HealthStatus.HEALTHY)
    started = time.perf_counter()
    waha = account.provider is SenderProvider.WAHA
    if waha:
        fault, left = await waha_sessions.fault_of(account.session), None
    else:
        fault, left = await standing_of(account)
    if fault is not None:
        return ExternalHealth(HealthStatus.DEGRADED, rate_limit_remaining=left, fault=fault)
    return ExternalHealth(HealthStatus.HEALTHY, _since(started), left)


async def ask_language_model() -> ExternalHealth:
    """The endpoint of the language model; well while none is configured."""
    tokens, limits = await asyncio.gather(
        bounded(models.tokens_today, None), bounded(endpoint.limits, endpoint.Limits())
    )
    told = await endpoint.standing() if endpoint.is_set() else endpoint.Standing()
    status = HealthStatus.DEGRADED if told.fault else HealthStatus.HEALTHY
    return ExternalHealth(status, told.milliseconds, limits.left, tokens, told.fault)


_checked = Cached(_whole, KEPT_SECONDS)
database = Cached(_ask_database, KEPT_SECONDS).get
"""PostgreSQL, and this process's pool of connections to it."""
redis = Cached(_ask_redis, KEPT_SECONDS).get
workers = Cached(_ask_workers, KEPT_SECONDS).get
_whatsapp = Cached(
    ask_whatsapp,
    OUTSIDE_KEPT_SECONDS,
    patience=PROBE_SECONDS,
    late=ExternalHealth(HealthStatus.DEGRADED, fault=f"WhatsApp does not answer within {PROBE_SECONDS:g} s."),
)
_language_model = Cached(
    ask_language_model,
    OUTSIDE_KEPT_SECONDS,
    patience=PROBE_SECONDS,
    late=ExternalHealth(HealthStatus.DEGRADED, fault=endpoint.SILENT),
)


async def bounded(probe: Callable[[], Coroutine[Any, Any, S]], otherwise: S) -> S:
    """What a probe finds, within two seconds; else what is said without it."""
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            return await probe()
    except _FAULTS as error:
        log.warning("probe_failed", probe=probe.__qualname__, error=repr(error))
        return otherwise


def _since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 2)
