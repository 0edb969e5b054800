"""The connection to PostgreSQL: Tortoise's configuration, its life, and SQL in one's own words."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import asyncpg
from tortoise import Tortoise
from tortoise.connection import get_connection

from db.core.settings import Settings, get_settings

MODELS = [
    "db.accounts",
    "db.analytics",
    "db.audit",
    "db.bot",
    "db.campaigns",
    "db.contacts",
    "db.conversations",
    "db.events",
    "db.files",
    "db.groups",
    "db.health",
    "db.inbound",
    "db.leads",
    "db.messages",
    "db.messages.reach",
    "db.schedules",
    "db.senders",
    "db.settings",
    "db.templates",
    "db.webhooks",
]

TRANSIENT = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # a connection that is cut while a statement is about to go out
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.TooManyConnectionsError,
    OSError,  # TimeoutError and ConnectionError among them
)
"""What a restart of PostgreSQL, a full pool or a deadlock raises: worth another try. Tortoise translates none."""


def tortoise_config(settings: Settings, *, application: str = "tidings", statement_seconds: int = 60) -> dict[str, Any]:
    """Tortoise's configuration for DATABASE_URL; a socket's folder goes into its `host` parameter."""
    url = urlsplit(settings.database_url)
    query = {key: values[0] for key, values in parse_qs(url.query).items()}
    return {
        "connections": {
            "default": {
                "engine": "db.core.engine",
                "credentials": {
                    "user": unquote(url.username or "postgres"),
                    "password": unquote(url.password) if url.password else None,
                    "host": query.get("host") or url.hostname or "127.0.0.1",
                    "port": url.port or int(query.get("port", 5432)),
                    "database": url.path.lstrip("/") or "postgres",
                    "minsize": 1,
                    "maxsize": settings.database_pool,
                    "command_timeout": 60,
                    "application_name": application,
                    "server_settings": {
                        "statement_timeout": f"{statement_seconds}s",
                        "idle_in_transaction_session_timeout": "10s",
                        "jit": "off",
                        "timezone": "UTC",
                    },
                },
            }
        },
        "apps": {"models": {"models": MODELS, "default_connection": "default", "migrations": "db.migrations"}},
        "use_tz": True,
        "timezone": "UTC",
    }


@asynccontextmanager
async def connected(*, application: str = "tidings", statement_seconds: int = 60) -> AsyncGenerator[None]:
    """Everything inside may use the models; the pool belongs to the running event loop."""
    await connect(application=application, statement_seconds=statement_seconds)
    try:
        yield
    finally:
        await disconnect()


async def connect(*, application: str = "tidings", statement_seconds: int = 60) -> None:
    # The fallback lets requests and actors see what another task initialised (tortoise#2244).
    config = tortoise_config(get_settings(), application=application, statement_seconds=statement_seconds)
    await Tortoise.init(config=config, _enable_global_fallback=True)


async def disconnect() -> None:
    await Tortoise.close_connections()


async def open_session(settings: Settings, **options: Any) -> Any:
    """A connection of one's own, outside of the pool and of Tortoise; options as asyncpg.connect takes them."""
    known = tortoise_config(settings)["connections"]["default"]["credentials"]
    driver: Any = asyncpg
    where = {key: known[key] for key in ("user", "password", "host", "port", "database")}
    return await driver.connect(**where, **options)


def pool_figures() -> tuple[int, int, int]:
    """Connections that this process may hold, that are at rest, and that are in use."""
    pool: Any = get_connection("default")._pool  # pyright: ignore[reportAttributeAccessIssue, reportPrivateUsage, reportUnknownMemberType, reportUnknownVariableType]
    if pool is None:
        return get_settings().database_pool, 0, 0
    return pool.get_max_size(), pool.get_idle_size(), pool.get_size() - pool.get_idle_size()


@asynccontextmanager
async def connection() -> AsyncGenerator[Any]:
    """The asyncpg connection of the current transaction, or one of the pool."""
    client: Any = get_connection("default")
    async with client.acquire_connection() as conn:
        yield conn


async def rows(sql: str, *values: Any) -> list[asyncpg.Record]:
    """All rows of a statement, also of UPDATE … RETURNING, which Tortoise's execute_query answers with none."""
    async with connection() as conn:
        return await conn.fetch(sql, *values)


async def row(sql: str, *values: Any) -> asyncpg.Record | None:
    async with connection() as conn:
        return await conn.fetchrow(sql, *values)


async def value(sql: str, *values: Any) -> Any:
    async with connection() as conn:
        return await conn.fetchval(sql, *values)


async def execute(sql: str, *values: Any) -> int:
    """Runs a statement; answers how many rows it touched."""
    async with connection() as conn:
        status: str = await conn.execute(sql, *values)
    last = status.rpartition(" ")[2]
    return int(last) if last.isdigit() else 0
