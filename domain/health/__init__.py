"""Health: whether the system and what it leans on are well, found out side by side and bounded in time."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

import asyncpg
import structlog
from redis.exceptions import RedisError
from tortoise.exceptions import BaseORMException

from db.accounts import Role, Scope
from db.core import connect, doorbell
from db.core.heartbeat import heartbeats
from db.core.redis import shared_redis
from db.core.settings import get_settings
from db.senders import SenderProvider
from domain import VERSION, senders
from domain.bot import endpoint, models
from domain.core import traffic
from domain.core.access import Access, Viewer, public
from domain.core.cache import Cached
from domain.core.errors import AwayError, Refusal
from domain.files import storage
from domain.health import problems
from domain.health.problems import DOWN, Found, Kind
from domain.providers import waha_sessions
from domain.providers.cloud_numbers import standing_of

log = structlog.get_logger()

PROBE_SECONDS = 2.0
OUTSIDE_KEPT_SECONDS = 60.0
"""Outside services are asked at most so often, so that health checks cost no quota."""
FILES_KEPT_SECONDS = 15.0
"""The bucket of files is asked at most so often: each question has a price."""
KEPT_SECONDS = 1.0
"""Anyone may ask for health, however often."""
WATCH_SECONDS = 5.0
"""From one look of a server at itself to the next; what is not well twice in a row is written into its log."""

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
    found: Found
    api: ApiHealth
    database: DatabaseHealth
    redis: RedisHealth
    workers: WorkersHealth
    whatsapp: ExternalHealth
    language_model: ExternalHealth

    @property
    def problems(self) -> list[str]:
        """What is not well, in words."""
        return [words for words in self.found.values() if words is not None]


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


async def _inside() -> tuple[DatabaseHealth, RedisHealth, WorkersHealth, Found]:
    """The parts of the installation, without anything outside of it."""
    of_database, of_redis, of_workers, *rest = await asyncio.gather(
        _ask_database(),
        _ask_redis(),
        _ask_workers(),
        bounded(problems.in_database, {}),
        bounded(problems.of_events, {}),
        bounded(problems.of_disk, {}),
    )
    found: dict[Kind, str | None] = {
        Kind.DATABASE_AWAY: None if _is_well(of_database) else "PostgreSQL does not answer.",
        Kind.REDIS_AWAY: None if _is_well(of_redis) else "Redis does not answer.",
        # Without Redis nobody knows.
        Kind.NO_WORKER: "No worker runs." if _is_well(of_redis) and not _is_well(of_workers) else None,
    }
    for part in rest:
        found.update(part)
    return of_database, of_redis, of_workers, found


async def _whole() -> Health:
    (of_database, of_redis, of_workers, inside), of_whatsapp, of_model, of_files = await asyncio.gather(
        _inside(), _whatsapp.get(), _language_model.get(), _files.get()
    )
    found = {
        **inside,
        Kind.WHATSAPP_AWAY: of_whatsapp.fault,
        Kind.MODEL_AWAY: of_model.fault,
        Kind.FILES_AWAY: of_files or None,
    }
    wrong = {kind for kind, words in found.items() if words is not None}
    status = HealthStatus.UNHEALTHY if wrong & DOWN else HealthStatus.DEGRADED if wrong else HealthStatus.HEALTHY
    return Health(
        status=status,
        timestamp=datetime.now(UTC),
        version=VERSION,
        environment=get_settings().environment,
        found=found,
        api=api(),
        database=of_database,
        redis=of_redis,
        workers=of_workers,
        whatsapp=of_whatsapp,
        language_model=of_model,
    )


def _is_well(service: ServiceHealth) -> bool:
    return service.status is HealthStatus.HEALTHY


async def watch() -> None:
    """Writes into the log what begins to be not well, and what is well again; ends only when cancelled.

    Nothing outside is asked for it: such calls are counted, or paid for.
    """
    told: set[Kind] = set()
    before: set[Kind] = set()
    while True:
        await asyncio.sleep(WATCH_SECONDS)
        try:
            *_, found = await _inside()
        except Exception:
            log.exception("watch_failed")
            continue
        wrong = {kind for kind, words in found.items() if words is not None}
        for kind in sorted(wrong & before - told):
            (log.error if kind in DOWN else log.warning)("problem", problem=kind.value, words=found[kind])
        # What could not be looked at is not over.
        over = (told & found.keys()) - wrong
        for kind in sorted(over):
            log.warning("problem_over", problem=kind.value)
        told, before = (told | (wrong & before)) - over, wrong


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


async def _ask_files() -> str:
    """What is wrong with the bucket of files, if they lie in one."""
    try:
        await storage.check()
    except AwayError as error:
        return str(error)
    return ""


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
_files = Cached(
    _ask_files,
    FILES_KEPT_SECONDS,
    patience=PROBE_SECONDS,
    late=f"The storage of files does not answer within {PROBE_SECONDS:g} s.",
)


async def bounded(probe: Callable[[], Coroutine[Any, Any, S]], otherwise: S) -> S:
    """What a probe finds, within two seconds; else what is said without it."""
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            return await probe()
    except _FAULTS as error:
        # What comes of it is told by `watch`, once an outage.
        log.debug("probe_failed", probe=probe.__qualname__, error=repr(error))
        return otherwise


def _since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 2)
