"""Health: whether the system and what it leans on are well, found out side by side and bounded in time."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import UTC, datetime
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
from domain import VERSION, senders
from domain.bot import endpoint, models
from domain.core import traffic
from domain.core.access import Access, Viewer, public
from domain.core.cache import Cached
from domain.core.errors import AwayError, Refusal
from domain.core.secrets import SecretError
from domain.files import storage
from domain.health import problems, standing
from domain.health.parts import (
    ApiHealth,
    DatabaseHealth,
    ExternalHealth,
    Health,
    HealthStatus,
    RedisHealth,
    ServiceHealth,
    Worker,
    WorkersHealth,
)
from domain.health.problems import DOWN, Found, Kind

log = structlog.get_logger()

PROBE_SECONDS = 2.0
OUTSIDE_KEPT_SECONDS = 60.0
"""Outside services are asked at most so often, so that health checks cost no quota."""
WHATSAPP_KEPT_SECONDS = 5.0
"""The same of the question how WhatsApp is, which all processes share the answer to."""
FILES_KEPT_SECONDS = 15.0
"""The bucket of files is asked at most so often: each question has a price."""
KEPT_SECONDS = 1.0
"""Anyone may ask for health, however often."""
WATCH_SECONDS = 5.0
"""From one look of a server at itself to the next; what is not well twice in a row is written into its log."""

_FAULTS = (*connect.TRANSIENT, asyncpg.PostgresError, BaseORMException, RedisError)
_OPERATORS = Access(frozenset({Role.ADMIN}), Scope.ADMIN)

S = TypeVar("S")
Part = TypeVar("Part", Health, DatabaseHealth, RedisHealth, WorkersHealth)


@public
async def check(viewer: Viewer) -> Health:
    """All of it, at most a second old; to others than operators states alone."""
    return _told(viewer, await _checked.get())


@public
async def database(viewer: Viewer) -> DatabaseHealth:
    """PostgreSQL, and this process's pool of connections to it."""
    return _told(viewer, await _database.get())


@public
async def redis(viewer: Viewer) -> RedisHealth:
    return _told(viewer, await _redis.get())


@public
async def workers(viewer: Viewer) -> WorkersHealth:
    return _told(viewer, await _workers.get())


async def detailed(viewer: Viewer) -> Health:
    """All of it, for operators. Raises Refusal."""
    check_operator(viewer)
    return await _checked.get()


def check_operator(viewer: Viewer) -> None:
    """Raises Refusal unless the caller is at one of HEALTH_ADDRESSES, or has a token of scope ADMIN."""
    if not is_near(viewer):
        _OPERATORS.check(viewer)


def is_near(viewer: Viewer) -> bool:
    """Whether the caller is at one of HEALTH_ADDRESSES."""
    return viewer.ip_address in (get_settings().health_addresses or ())


def _told(viewer: Viewer, found: Part) -> Part:
    """As much of it as a caller may see."""
    try:
        check_operator(viewer)
    except Refusal:
        return found.bare
    return found


async def _ask_database() -> DatabaseHealth:
    """Degraded where it answers, and all connections of this process are in use."""

    async def ask() -> DatabaseHealth:
        started = time.perf_counter()
        try:
            async with asyncio.timeout(PROBE_SECONDS / 2):
                await connect.value("SELECT 1")
        except TimeoutError:
            if _pool().checked_out != _pool().pool_size:
                raise
            try:
                connection = await connect.open_session(get_settings(), timeout=PROBE_SECONDS / 2)
            except asyncpg.TooManyConnectionsError:
                return replace(_pool(), status=HealthStatus.DEGRADED)
            try:
                await connection.fetchval("SELECT 1")
            finally:
                connection.terminate()
            return replace(_pool(), status=HealthStatus.DEGRADED)
        return replace(_pool(), status=HealthStatus.HEALTHY, response_time_ms=_since(started))

    return await bounded(ask, _pool())


def _pool() -> DatabaseHealth:
    size, idle, used = connect.pool_figures()
    return DatabaseHealth(pool_size=size, checked_in=idle, checked_out=used)


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
            failed=sum((Counter(beat.failed) for beat in online), Counter[str]()),
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
        _looked(problems.in_database),
        _looked(problems.of_events),
        bounded(problems.of_disk, problems.NO_DISK),
    )
    found: dict[Kind, str | None] = {
        Kind.DATABASE_AWAY: None if _answers(of_database) else "PostgreSQL does not answer.",
        Kind.DATABASE_BUSY: None,
        Kind.REDIS_AWAY: None if _answers(of_redis) else "Redis does not answer.",
    }
    if _answers(of_redis):
        # Else nobody knows, and what was told before is not over.
        found[Kind.NO_WORKER] = None if _answers(of_workers) else "No worker runs."
        found.update(problems.of_jobs(of_workers.failed))
    for part in (problems.of_webhooks(), *rest):
        found.update(part)
    if not _answers(of_database):
        del found[Kind.DATABASE_BUSY]
    elif of_database.status is HealthStatus.DEGRADED:
        found[Kind.DATABASE_BUSY] = "All connections of this server to PostgreSQL are in use."
    return of_database, of_redis, of_workers, found


async def _whole() -> Health:
    (of_database, of_redis, of_workers, inside), of_whatsapp, of_model, of_files = await asyncio.gather(
        _inside(), _whatsapp.get(), _language_model.get(), _files.get()
    )
    found = {**inside, **_outside(inside, of_whatsapp, of_model, of_files)}
    wrong = {kind for kind, words in found.items() if words is not None}
    status = HealthStatus.UNHEALTHY if wrong & DOWN else HealthStatus.DEGRADED if wrong else HealthStatus.HEALTHY
    return Health(
        status=status,
        timestamp=datetime.now(UTC),
        version=VERSION,
        environment=get_settings().environment,
        found=found,
        problems=[words for words in found.values() if words is not None],
        api=api(),
        database=of_database,
        redis=of_redis,
        workers=of_workers,
        whatsapp=of_whatsapp,
        language_model=of_model,
    )


def _outside(inside: Found, whatsapp: ExternalHealth | None, model: ExternalHealth | None, files: str | None) -> Found:
    """What is not well of what was asked outside of the installation; None where nobody has."""
    found: dict[Kind, str | None] = {}
    if model is not None:
        found[Kind.MODEL_AWAY] = model.fault
    if files is not None:
        found[Kind.FILES_AWAY] = files or None
    if whatsapp is not None and not (inside.get(Kind.DATABASE_AWAY) or inside.get(Kind.DATABASE_BUSY)):
        # PostgreSQL says which sender WhatsApp is asked through.
        found[Kind.WHATSAPP_AWAY] = whatsapp.fault
    return found


def _answers(service: ServiceHealth) -> bool:
    return service.status is not HealthStatus.UNHEALTHY


async def watch() -> None:
    """Writes into the log what begins to be not well, and what is well again; ends only when cancelled.

    Nothing outside is asked for it, since such calls are counted, or paid for: it says what others were told who asked.
    """
    told: set[Kind] = set()
    before: set[Kind] = set()
    while True:
        await asyncio.sleep(WATCH_SECONDS)
        try:
            *_, inside = await _inside()
        except Exception:
            log.exception("watch_failed")
            continue
        found = {**inside, **_outside(inside, _whatsapp.last, _language_model.last, _files.last)}
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
    except SecretError:
        words = "The access token of the default sender cannot be read: SECRET_KEY is not what it was."
        return ExternalHealth(HealthStatus.DEGRADED, fault=words)
    except (Refusal, *_FAULTS):
        account = None
    if account is None:
        # With no sender in use nothing is asked of WhatsApp, and nothing is wrong with it.
        return ExternalHealth(HealthStatus.HEALTHY)
    found = await standing.of(account)
    if found.fault is not None:
        return ExternalHealth(HealthStatus.DEGRADED, rate_limit_remaining=found.calls_left, fault=found.fault)
    return ExternalHealth(HealthStatus.HEALTHY, found.milliseconds, found.calls_left)


async def ask_language_model() -> ExternalHealth:
    """The endpoint of the language model; well while none is configured."""
    tokens, limits, told = await asyncio.gather(
        bounded(models.tokens_today, None), bounded(endpoint.limits, endpoint.Limits()), _model()
    )
    status = HealthStatus.DEGRADED if told.fault else HealthStatus.HEALTHY
    return ExternalHealth(status, told.milliseconds, limits.left, tokens, told.fault)


async def _model() -> endpoint.Standing:
    return await endpoint.standing() if endpoint.is_set() else endpoint.Standing()


async def _ask_files() -> str:
    """What is wrong with the bucket of files, if they lie in one."""
    try:
        await storage.check()
    except AwayError as error:
        return str(error)
    return ""


_checked = Cached(_whole, KEPT_SECONDS)
_database = Cached(_ask_database, KEPT_SECONDS)
_redis = Cached(_ask_redis, KEPT_SECONDS)
_workers = Cached(_ask_workers, KEPT_SECONDS)
_whatsapp = Cached(
    ask_whatsapp,
    WHATSAPP_KEPT_SECONDS,
    patience=PROBE_SECONDS,
    late=ExternalHealth(HealthStatus.DEGRADED, fault=f"WhatsApp does not answer within {PROBE_SECONDS:g} s."),
)
_language_model = Cached(
    ask_language_model,
    OUTSIDE_KEPT_SECONDS,
    patience=PROBE_SECONDS + 1,  # its own bound comes first: PostgreSQL or Redis may be what is slow
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


async def _looked(probe: Callable[[], Coroutine[Any, Any, Found]]) -> Found:
    """What a look into the tables finds; that it finds nothing, where PostgreSQL answers: nobody knows how they are."""
    blind = "PostgreSQL answers, and not what is asked of its tables: one is locked, or is not as this server knows it."
    return await bounded(probe, {Kind.DATABASE_BUSY: blind})


def _since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 2)
