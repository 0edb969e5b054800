"""Work on the database from the command line: connected, and with failures told as sentences."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar
from urllib.parse import urlsplit

import asyncpg

from db.core.connect import connected
from db.core.settings import get_settings
from domain.core.errors import Refusal, Refusals
from tidings.running import join
from tidings.trouble import Trouble

T = TypeVar("T")


def work(task: Callable[[], Awaitable[T]], *, models: bool = True) -> T:
    """Run it against DATABASE_URL, or the database of a running `tidings up`; with `models`, they may be used."""

    async def within() -> T:
        if not models:
            return await task()
        async with connected(application="tidings command"):
            return await task()

    join()
    if not get_settings().database_url:
        raise Trouble("there is no database: start `tidings up` first, or set DATABASE_URL")
    try:
        return asyncio.run(within())
    except Refusal as refusal:
        raise Trouble(f"{refusal.field}: {refusal}" if refusal.field else str(refusal)) from refusal
    except Refusals as several:
        raise Trouble("; ".join(f"{refusal.field}: {refusal}" for refusal in several.refusals)) from several
    except (OSError, asyncpg.PostgresConnectionError, asyncpg.InvalidAuthorizationSpecificationError) as error:
        raise Trouble(f"PostgreSQL at {place(get_settings().database_url)} cannot be used: {error}") from error
    except asyncpg.UndefinedTableError as error:
        raise Trouble("the database is not set up: run `tidings migrate`") from error


def place(url: str) -> str:
    """Host and port of an address, without its password."""
    parts = urlsplit(url)
    return f"{parts.hostname or 'a socket'}:{parts.port}" if parts.port else parts.hostname or "a socket"
