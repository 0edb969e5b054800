"""Leadership: one process at a time, by a session-level advisory lock on a connection of its own."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from db.core import connect
from db.core.settings import get_settings

LOST = (*connect.TRANSIENT, asyncpg.PostgresError)
"""What `leadership` and `stay` raise when the lead is lost, or nobody can have it: the database is away."""

APPLICATION = "tidings clock"
"""What PostgreSQL knows the leader's session as: a lock of the same number that others hold is no clock."""
_LOCK = 0x7469_636B
_ASK_EVERY = 1.0
_SESSION = {
    # A leader that is frozen, or whose machine is gone, loses its session and so the lock.
    "idle_session_timeout": "5s",
    "tcp_keepalives_idle": "2",
    "tcp_keepalives_interval": "1",
    "tcp_keepalives_count": "3",
}


@asynccontextmanager
async def leadership() -> AsyncGenerator[Any]:
    """Waits until this process leads; gives the connection that holds the lock. Who leads must `stay` meanwhile.

    It asks once a second and does not wait inside PostgreSQL: a waiting statement would hold back vacuum everywhere.
    """
    session = await connect.open_session(
        get_settings(), timeout=5, command_timeout=5, server_settings={"application_name": APPLICATION, **_SESSION}
    )
    try:
        while not await session.fetchval("SELECT pg_try_advisory_lock($1)", _LOCK):  # noqa: ASYNC110 - another process
            await asyncio.sleep(_ASK_EVERY)
        yield session
    finally:
        session.terminate()


async def stay(session: Any) -> None:
    """Keeps the session awake; raises when it was lost, and with it the lead."""
    while True:
        await asyncio.sleep(_ASK_EVERY)
        await session.execute("SELECT 1")


async def has_leader() -> bool:
    """Whether any process leads."""
    return await connect.value(
        "SELECT EXISTS (SELECT FROM pg_locks JOIN pg_stat_activity USING (pid)"
        " WHERE locktype = 'advisory' AND granted AND classid = 0 AND objid = $1 AND application_name = $2"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))",
        _LOCK,
        APPLICATION,
    )
