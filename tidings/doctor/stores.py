"""Checks of PostgreSQL and of Redis or Valkey."""

import asyncio
import pkgutil
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import redis

import db.migrations
from db.core.connect import open_session
from db.core.redis import make_redis
from db.core.settings import Settings
from domain.core.errors import AwayError
from domain.files import storage
from domain.health.problems import Kind
from tidings.database import place
from tidings.doctor.finding import Finding

OLDEST = 18
"""PostgreSQL's version that everything is tested on."""
CONNECT_SECONDS = 5.0
BUCKET_SECONDS = 20.0


async def check_postgres(settings: Settings) -> AsyncIterator[Finding]:
    where = place(settings.database_url)
    try:
        connection = await open_session(settings, timeout=CONNECT_SECONDS)
    except asyncpg.InvalidAuthorizationSpecificationError as error:
        yield Finding(
            f"PostgreSQL at {where} refuses us: {error}", "Mend user and password in DATABASE_URL.", Kind.DATABASE_AWAY
        )
        return
    except asyncpg.InvalidCatalogNameError as error:
        yield Finding(
            f"PostgreSQL at {where}: {error}",
            "Create the database, or mend its name in DATABASE_URL.",
            Kind.DATABASE_AWAY,
        )
        return
    except (OSError, asyncpg.PostgresError) as error:
        yield Finding(
            f"PostgreSQL at {where} does not answer: {str(error) or f'no connection in {CONNECT_SECONDS:g} s'}",
            "Start it, or mend DATABASE_URL; a firewall may stand between.",
            Kind.DATABASE_AWAY,
        )
        return
    try:
        yield await _version(connection, where)
        yield await _migrations(connection)
        yield await _letters(connection)
        if settings.openai_embedding_model:
            yield await _vectors(connection)
    finally:
        await connection.close()


async def check_bucket(settings: Settings) -> AsyncIterator[Finding]:
    """Tries the bucket out, where files lie in one."""
    if not settings.s3_bucket:
        return
    where = f"The bucket {settings.s3_bucket} at {settings.aws_endpoint_url or f'Amazon ({settings.aws_region})'}"
    try:
        async with asyncio.timeout(BUCKET_SECONDS):
            await storage.check(writing=True)
    except (AwayError, TimeoutError) as error:
        yield Finding(
            f"{where} cannot be used: {error or f'no answer in {BUCKET_SECONDS:g} s'}",
            "Mend S3_BUCKET, AWS_ENDPOINT_URL, AWS_REGION and the keys; docs/files.md says what they must be allowed.",
        )
    else:
        yield Finding(f"{where} keeps the files, and can be read and written.")


async def _version(connection: Any, where: str) -> Finding:
    version: str = (await connection.fetchval("SHOW server_version")).split()[0]
    if int(version.split(".")[0]) < OLDEST:
        return Finding(f"PostgreSQL at {where} is version {version}.", f"Upgrade it to {OLDEST} or later.")
    return Finding(f"PostgreSQL {version} answers at {where}.")


async def _letters(connection: Any) -> Finding:
    letters = await connection.fetchval("SELECT datctype FROM pg_database WHERE datname = current_database()")
    if letters in ("C", "POSIX"):
        return Finding(
            f"The database knows no letters but ASCII (LC_CTYPE is {letters}): searches for others read everything.",
            "Restore a dump of it into one that was created with LC_CTYPE 'C.UTF-8'.",
        )
    return Finding(f"The database knows letters as {letters} does.")


async def _vectors(connection: Any) -> Finding:
    if await connection.fetchval("SELECT to_regclass('passage_embedding') IS NULL"):
        return Finding(
            "OPENAI_EMBEDDING_MODEL is set, but PostgreSQL has no pgvector: the bot finds passages by words alone.",
            "Install pgvector there, have a superuser run CREATE EXTENSION vector, and run `tidings migrate`.",
        )
    return Finding("The database keeps embeddings.")


async def _migrations(connection: Any) -> Finding:
    files = {module.name for module in pkgutil.iter_modules(db.migrations.__path__)}
    try:
        applied = {row["name"] for row in await connection.fetch("SELECT name FROM tortoise_migrations")}
    except asyncpg.UndefinedTableError:
        return Finding("The database is empty.", "Run `tidings migrate`.")
    if pending := sorted(files - applied):
        return Finding(f"The database lacks migrations: {', '.join(pending)}.", "Run `tidings migrate`.")
    if unknown := sorted(applied - files):
        return Finding(
            f"The database is newer than this program: it has {', '.join(unknown)}.", "Upgrade this program."
        )
    return Finding("The database is up to date.")


async def check_redis(settings: Settings) -> AsyncIterator[Finding]:
    where = place(settings.redis_url)
    client: Any = make_redis(retries=0)
    try:
        memory, stored = await client.info("memory"), await client.info("persistence")
        saves = await _saves(client)
    except redis.AuthenticationError as error:
        yield Finding(f"Redis at {where} refuses us: {error}", "Mend the password in REDIS_URL.", Kind.REDIS_AWAY)
        return
    except (redis.RedisError, OSError) as error:
        yield Finding(f"Redis at {where} does not answer: {error}", "Start it, or mend REDIS_URL.", Kind.REDIS_AWAY)
        return
    finally:
        await client.aclose()
    policy = memory["maxmemory_policy"]
    if policy != "noeviction":
        yield Finding(
            f"Redis at {where} forgets what it likes when memory is short (maxmemory-policy {policy}).",
            "Set maxmemory-policy to noeviction; rings and limits must not vanish.",
        )
    if not stored["aof_enabled"] and not saves:
        yield Finding(f"Redis at {where} forgets everything when it restarts.", "Set appendonly to yes.")
    if policy == "noeviction" and (stored["aof_enabled"] or saves):
        yield Finding(f"Redis answers at {where}, evicts nothing and keeps what it holds.")


async def _saves(client: Any) -> bool:
    """Whether snapshots are made; a provider may forbid to ask, and then is trusted."""
    try:
        return bool((await client.config_get("save")).get("save"))
    except redis.ResponseError:
        return True
