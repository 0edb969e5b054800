"""Health: what monitors and load balancers ask for, and the same in the schema."""

from datetime import datetime
from typing import Any

import orjson
import strawberry
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from db.core.settings import get_settings
from domain import health
from domain.core.access import ANONYMOUS, Viewer
from domain.health import HealthStatus, system
from domain.health import metrics as figures
from graph.core.context import Info
from graph.core.enums import describe
from graph.core.fields import column, query
from graph.core.http import limited
from graph.core.operators import caller_of, for_operators

describe(
    HealthStatus,
    "Whether something is well.",
    HEALTHY="Works.",
    DEGRADED="Works in part.",
    UNHEALTHY="Does not work.",
)


_FOR_ADMIN = "Null when it is not known, and to others than ADMIN."


# ---------------------------------------------------------------------------
# In the schema
# ---------------------------------------------------------------------------


@strawberry.interface(description="Something that the system is or leans on.")
class ServiceHealth:
    status: HealthStatus = column("Whether it is well.")
    response_time_ms: float | None = column(
        "How long it took to answer, in milliseconds; null when it did not. The mean of the last minute's requests for "
        "the API, the age of the latest heartbeat for workers. Null to others than ADMIN, too."
    )

    @classmethod
    def is_type_of(cls, value: Any, _info: Any) -> bool:
        """Each of these types shows what has its name in the domain."""
        return isinstance(value, getattr(health, cls.__name__))


@strawberry.type(description="This server.")
class ApiHealth(ServiceHealth):
    uptime: int | None = column(f"Time since it started, in seconds. {_FOR_ADMIN}")
    requests_per_minute: int | None = column(f"Requests in the last minute. {_FOR_ADMIN}")


@strawberry.type(description="PostgreSQL and this server's pool of connections to it.")
class DatabaseHealth(ServiceHealth):
    engine: str = column("Which database it is.")
    pool_size: int | None = column(f"Connections that the pool may hold. {_FOR_ADMIN}")
    checked_in: int | None = column(f"Connections at rest. {_FOR_ADMIN}")
    checked_out: int | None = column(f"Connections in use. {_FOR_ADMIN}")
    overflow: int = column("Connections over the pool's size; always 0.")


@strawberry.type(description="Redis.")
class RedisHealth(ServiceHealth):
    version: str | None = column(f"Version of Redis, or the one that Valkey is compatible with. {_FOR_ADMIN}")
    connected_clients: int | None = column(f"Connected clients. {_FOR_ADMIN}")
    used_memory_mb: float | None = column(f"Memory in use, in MiB. {_FOR_ADMIN}")
    uptime_days: int | None = column(f"Days since it started. {_FOR_ADMIN}")
    queue_depth: int | None = column(f"Tasks in its queues. {_FOR_ADMIN}")


@strawberry.type(description="A background worker.")
class Worker:
    name: str = column("Its name: host and process id.")
    online: bool = column("Whether its heartbeat is fresh: younger than 6 seconds.")
    current_task: str | None = column("What it has been doing the longest; null when idle.")
    processed: int = column("Tasks done since it started.")


@strawberry.type(description="Background workers, all together.")
class WorkersHealth(ServiceHealth):
    count: int = column("How many there are.")
    active_tasks: int | None = column(f"Tasks being done. {_FOR_ADMIN}")
    queued_tasks: int | None = column(f"Tasks that wait. {_FOR_ADMIN}")
    workers: list[Worker] | None = column(f"Each worker that was heard of in the last minute. {_FOR_ADMIN}")


@strawberry.type(description="An outside service. What is found is kept for a minute. Figures are for ADMIN.")
class ExternalHealth(ServiceHealth):
    rate_limit_remaining: int | None = column(
        "Calls left in its present window: for WhatsApp of the 200 management calls an hour that each account has at "
        "least, for a language model of those of a minute; null when it does not say."
    )
    tokens_used_today: int | None = column("Tokens spent today; null unless it is a language model.")


@strawberry.type(
    description="State of the system and of what it leans on. Unhealthy without its database, Redis or a worker."
)
class Health:
    status: HealthStatus = column("The whole.")
    timestamp: datetime = column("When this was found; at most a second ago.")
    version: str = column("Version of the product.")
    environment: str | None = column("Environment: development, test or production; null to others than ADMIN.")
    problems: list[str] | None = column(
        "What is not well, in words, such as 'No worker runs.'; empty when all is well. Names nobody and no number. "
        "Null to others than ADMIN."
    )
    api: ApiHealth = column("This server.")
    database: DatabaseHealth = column("PostgreSQL.")
    redis: RedisHealth = column("Redis.")
    workers: WorkersHealth = column("Background workers.")
    whatsapp: ExternalHealth = column("WhatsApp, through the default sender; well while there is none.")
    language_model: ExternalHealth = column("The bot's language model; well while none is configured.")


@strawberry.type(description="Operating figures of a language model, from all days.")
class ModelMetrics:
    model: str = column("The model.")
    usage_count: int = column("Answers that it wrote.")
    tokens_today: int = column("Tokens spent since midnight UTC, in and out.")
    average_confidence: float = column("How sure it was on average, 0 to 1; 0 without an answer.")
    average_processing_time_ms: float = column("How long a call took on average, in milliseconds.")
    error_rate: float = column("Share of its calls that failed, 0 to 1.")


@strawberry.type(
    description=(
        "Operating figures of the system: of all servers and workers together, as they write them down every 5 "
        "seconds, and of the machine of the server that answers."
    )
)
class SystemMetrics:
    uptime: int = column("Time since the server that answers started, in seconds.")
    uptime_percentage: float = column(
        "Share of the last 30 days in which a server was there, by the minute, 0 to 100; since the first one started "
        "where that is less."
    )
    average_response_time_ms: float = column("Mean time to answer a request, in milliseconds, over the last hour.")
    error_rate: float = column("Share of requests that ended in INTERNAL_ERROR, over the last hour, 0 to 1.")
    messages_per_minute: float = column("Messages sent and received each minute, over the last hour.")
    messages_sent_today: int = column("Messages that WhatsApp took since midnight UTC.")
    active_senders: int = column("Senders that are CONNECTED.")
    queue_size: int = column(
        "Messages that are due and wait to be sent; of each sender and priority 10001 are counted at most."
    )
    active_buffers: int = column("Conversations in which the bot gathers messages, or makes an answer.")
    total_buffered: int = column("Messages that were gathered so, since the database was made.")
    deduplication_cache: str = column("Where ids of seen messages are kept: postgresql, in a unique index.")
    total_deduplicated: int = column("Repeated inbound messages that were dropped, in the last 30 days.")
    models: list[ModelMetrics] = strawberry.field(
        description="Each language model, most used first; at most 100.", metadata={"size": 100}
    )
    cpu_utilization: float = column("Processor in use over the last 5 seconds, 0 to 100.")
    memory_utilization: float = column("Memory in use, 0 to 100.")
    disk_usage_gb: float | None = column(
        "What is in use of the disk of DATA_DIR, in GB; null while the disk does not answer."
    )
    network_throughput_mbps: float = column("Network traffic over the last 5 seconds, in and out, in Mbit/s.")


@strawberry.type
class HealthQuery:
    @query(
        health.check,
        description=(
            "State of the system, for anyone. Figures, names and words of what is not well are for ADMIN, tokens of "
            "scope ADMIN, and callers at an address that the server lists."
        ),
        graphql_type=Health,
    )
    @staticmethod
    async def health(info: Info) -> health.Health:
        return await health.check(info.context.viewer)

    @query(system.metrics, description="Operating figures of the system.", graphql_type=SystemMetrics, cost=10)
    @staticmethod
    async def system_metrics(info: Info) -> system.SystemMetrics:
        return await system.metrics(info.context.viewer)


# ---------------------------------------------------------------------------
# For monitors
# ---------------------------------------------------------------------------


async def whole(_: Request) -> Response:
    """Open to all; says little."""
    found = await health.check(ANONYMOUS)
    return _answer(
        found.status,
        {
            **_head(found),
            "checks": {
                "database": _connected(found.database),
                "redis": _connected(found.redis),
                "workers": f"{found.workers.count} workers active" if found.workers.count else "no workers detected",
            },
        },
    )


async def alive(_: Request) -> Response:
    """Whether this process answers at all, for whoever starts it anew when it does not. Nothing is asked."""
    return _answer(HealthStatus.HEALTHY, {})


async def ready(_: Request) -> Response:
    """Whether this server is to get requests and webhooks: 503 while it cannot keep them."""
    return _answer((await health.database(ANONYMOUS)).status, {})


async def database(request: Request) -> Response:
    found = await health.database(await caller_of(request))
    pool = {
        "size": found.pool_size,
        "checked_in": found.checked_in,
        "checked_out": found.checked_out,
        "overflow": found.overflow,
    }
    return _answer(
        found.status,
        {"database": found.engine, "connection_pool": pool, "response_time_ms": found.response_time_ms},
    )


async def redis(request: Request) -> Response:
    found = await health.redis(await caller_of(request))
    return _answer(
        found.status,
        {
            "redis_version": found.version,
            "connected_clients": found.connected_clients,
            "used_memory": _megabytes(found),
            "uptime_days": found.uptime_days,
            "queue_depth": found.queue_depth,
            "response_time_ms": found.response_time_ms,
        },
    )


async def workers(request: Request) -> Response:
    found = await health.workers(await caller_of(request))
    return _answer(
        found.status,
        {
            "workers": found.count,
            "active_tasks": found.active_tasks,
            "queued_tasks": found.queued_tasks,
            "worker_details": [
                {
                    "name": worker.name,
                    "status": "online" if worker.online else "offline",
                    "current_task": worker.current_task,
                    "processed": worker.processed,
                }
                for worker in found.workers
            ]
            if found.workers is not None
            else None,
        },
    )


async def detailed(viewer: Viewer) -> Response:
    found = await health.detailed(viewer)
    services: dict[str, Any] = {
        "api": {
            "status": _word(found.api.status),
            "uptime": _uptime(found.api.uptime or 0),
            "requests_per_minute": found.api.requests_per_minute,
            "response_time_ms": found.api.response_time_ms,
        },
        "database": {
            "status": _word(found.database.status),
            "connection_pool": f"{found.database.checked_in}/{found.database.pool_size}",
            "connection_pool_size": found.database.pool_size,
            "active_connections": found.database.checked_out,
            "response_time": _milliseconds(found.database),
            "response_time_ms": found.database.response_time_ms,
        },
        "redis": {
            "status": _word(found.redis.status),
            "memory_usage": _megabytes(found.redis),
            "memory_usage_mb": found.redis.used_memory_mb,
            "connected_clients": found.redis.connected_clients,
            "queue_depth": found.redis.queue_depth,
            "response_time_ms": found.redis.response_time_ms,
        },
        "workers": {
            "status": _word(found.workers.status),
            "workers": found.workers.count,
            "active_tasks": found.workers.active_tasks,
            "queued_tasks": found.workers.queued_tasks,
        },
        "whatsapp_api": {
            "status": _word(found.whatsapp.status),
            "response_time_ms": found.whatsapp.response_time_ms,
            "rate_limit_remaining": found.whatsapp.rate_limit_remaining,
        },
        "openai_api": {
            "status": _word(found.language_model.status),
            "response_time_ms": found.language_model.response_time_ms,
            "tokens_used_today": found.language_model.tokens_used_today,
            "rate_limit_remaining": found.language_model.rate_limit_remaining,
        },
    }
    return _answer(
        found.status,
        {
            **_head(found),
            "environment": found.environment,
            "problems": found.problems,
            "kinds": [kind for kind, words in found.found.items() if words is not None],
            "services": services,
        },
    )


async def metrics(viewer: Viewer) -> Response:
    """For a monitoring system, in Prometheus' text form."""
    found = await figures.metrics(viewer)
    return Response(found, headers={"Cache-Control": "no-store", "Content-Type": CONTENT_TYPE_LATEST})


async def stats(_: Viewer) -> Response:
    """What is gathered for the bot and what was dropped as a repetition."""
    found = await system.figures()
    content = {
        "buffer": {"active_buffers": found.active_buffers, "total_buffered": found.total_buffered},
        "deduplication": {
            "cache_type": found.deduplication_cache,
            "total_deduplicated": found.total_deduplicated,
        },
        "environment": get_settings().environment,
    }
    return Response(orjson.dumps(content), media_type="application/json", headers={"Cache-Control": "no-store"})


def _head(found: health.Health) -> dict[str, Any]:
    return {"timestamp": found.timestamp, "version": found.version}


def _answer(status: HealthStatus, content: dict[str, Any]) -> Response:
    code = 503 if status is HealthStatus.UNHEALTHY else 200
    body = orjson.dumps({"status": _word(status), **content}, option=orjson.OPT_UTC_Z)
    return Response(body, code, media_type="application/json", headers={"Cache-Control": "no-store"})


def _word(status: HealthStatus) -> str:
    return status.value.lower()


def _connected(service: health.ServiceHealth) -> str:
    return "disconnected" if service.status is HealthStatus.UNHEALTHY else "connected"


def _milliseconds(service: health.ServiceHealth) -> str | None:
    return None if service.response_time_ms is None else f"{service.response_time_ms:g}ms"


def _megabytes(service: health.RedisHealth) -> str | None:
    return None if service.used_memory_mb is None else f"{service.used_memory_mb:g}MB"


def _uptime(seconds: int) -> str:
    """As in `5d 12h 30m`."""
    minutes = seconds // 60
    return f"{minutes // 1440}d {minutes // 60 % 24}h {minutes % 60}m"


MOST_A_MINUTE = 600
"""Of an address: several monitors may stand behind one. Whether to serve is asked without end."""

routes = [
    Route("/health/live", alive),
    Route("/health/ready", ready),
    *(
        Route(path, limited("checks", MOST_A_MINUTE, tell))
        for path, tell in {
            "/health": whole,
            "/api/v1/health": whole,
            "/health/db": database,
            "/health/redis": redis,
            "/health/workers": workers,
            "/health/celery": workers,
            "/health/detailed": for_operators(detailed),
            "/v1/health": for_operators(detailed),
            "/metrics": for_operators(metrics),
            "/stats": for_operators(stats),
        }.items()
    ),
]
