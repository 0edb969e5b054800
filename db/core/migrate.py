"""Migrations: Tortoise's own, run by one process at a time."""

from typing import Any

import asyncpg
from tortoise import Tortoise
from tortoise.migrations.api import migrate as tortoise_migrate

from db.core.connect import tortoise_config
from db.core.settings import get_settings

_LOCK = 0x7469_6D67


async def migrate(*, target: str | None = None) -> None:
    """Brings the schema up to date, or to a target such as models.0001_initial; safe to repeat, also twice at once.

    Tortoise's executor takes no lock, so the whole run holds an advisory one on a connection of its own.
    """
    config = tortoise_config(get_settings(), application="tidings migrate")
    known = config["connections"]["default"]["credentials"]
    where = {key: known[key] for key in ("user", "password", "host", "port", "database")}
    driver: Any = asyncpg
    lock = await driver.connect(**where)
    try:
        await lock.execute("SELECT pg_advisory_lock($1)", _LOCK)
        await tortoise_migrate(config=config, target=target)
    finally:
        await Tortoise.close_connections()
        await lock.close()
