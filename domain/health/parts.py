"""What health says of the system and of what it leans on: to operators all of it, to anyone else states alone."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Self

from domain.health.problems import Found


class HealthStatus(StrEnum):
    HEALTHY = "HEALTHY"
    DEGRADED = "DEGRADED"
    UNHEALTHY = "UNHEALTHY"


@dataclass(frozen=True, slots=True)
class ServiceHealth:
    """Something that the system is or leans on; times in milliseconds. What is not known, or not told, is None."""

    status: HealthStatus = HealthStatus.UNHEALTHY
    response_time_ms: float | None = None

    @property
    def bare(self) -> Self:
        """Its state alone."""
        return type(self)(self.status)


@dataclass(frozen=True, slots=True)
class ApiHealth(ServiceHealth):
    uptime: int | None = None
    requests_per_minute: int | None = None


@dataclass(frozen=True, slots=True)
class DatabaseHealth(ServiceHealth):
    engine: str = "postgresql"
    pool_size: int | None = None
    checked_in: int | None = None
    checked_out: int | None = None
    overflow: int = 0


@dataclass(frozen=True, slots=True)
class RedisHealth(ServiceHealth):
    version: str | None = None
    connected_clients: int | None = None
    used_memory_mb: float | None = None
    uptime_days: int | None = None
    queue_depth: int | None = None


@dataclass(frozen=True, slots=True)
class Worker:
    name: str
    online: bool
    current_task: str | None
    processed: int


@dataclass(frozen=True, slots=True)
class WorkersHealth(ServiceHealth):
    count: int = 0
    """Told to anyone: `GET /health` has said "2 workers active" as long as there is one."""
    active_tasks: int | None = None
    queued_tasks: int | None = None
    workers: list[Worker] | None = None
    failed: Mapping[str, int] | None = None
    """Jobs that have failed within the last minute by a fault of ours, by name."""

    @property
    def bare(self) -> Self:
        return type(self)(self.status, count=self.count)


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
    environment: str | None
    found: Found
    problems: list[str] | None
    """What is not well, in words."""
    api: ApiHealth
    database: DatabaseHealth
    redis: RedisHealth
    workers: WorkersHealth
    whatsapp: ExternalHealth
    language_model: ExternalHealth

    @property
    def bare(self) -> Self:
        """States alone, and the version, which `GET /health` has always told."""
        return replace(
            self,
            environment=None,
            found={},
            problems=None,
            api=self.api.bare,
            database=self.database.bare,
            redis=self.redis.bare,
            workers=self.workers.bare,
            whatsapp=self.whatsapp.bare,
            language_model=self.language_model.bare,
        )
