"""Transactions that are cancelled, at whatever point, give their connection back (stock Tortoise leaks it).

And where none is left, nobody waits for one without end.
"""

import asyncio
import random
from contextlib import AsyncExitStack
from typing import Any

import asyncpg
import pytest
from asyncpg.pool import Pool
from tortoise.transactions import in_transaction

from db.core import connect, engine
from db.core.transaction import transaction


async def work(seconds: float) -> None:
    async with transaction():
        await connect.execute("SELECT pg_sleep($1)", seconds)


async def test_four_hundred_cancellations_leak_no_connection() -> None:
    """Most fall into the begin of a transaction, where the leak was; the rest into its statement or its end."""
    dice = random.Random(7)
    for _ in range(20):
        tasks = [asyncio.create_task(work(dice.choice([0, 0.001, 0.01]))) for _ in range(20)]
        for task in tasks:
            await asyncio.sleep(dice.choice([0, 0, 0.0005, 0.002]))
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    size, _, used = connect.pool_figures()
    assert used == 0
    # All of the pool can be had at once, and none is stuck in a transaction of one that was cancelled.
    async with asyncio.timeout(10):
        await asyncio.gather(*(work(0.05) for _ in range(size * 3)))
    stuck = await connect.value(
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'tidings tests'"
        " AND state LIKE 'idle in transaction%' AND pid <> pg_backend_pid()"
    )
    assert stuck == 0


async def test_a_connection_that_cannot_be_given_back_ends_its_transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    """As when PostgreSQL restarts in the midst of it: the same task may begin another one at once."""
    release = Pool.release

    async def fails(pool: Pool, connection: Any) -> None:
        await release(pool, connection)
        raise asyncpg.InterfaceError("the connection was cut")

    with monkeypatch.context() as cut:
        cut.setattr(Pool, "release", fails)
        with pytest.raises(asyncpg.InterfaceError, match="was cut"):
            await work(0)
    await work(0)


async def test_a_transaction_that_ends_in_another_task_gives_its_connection_back() -> None:
    """As an abandoned generator does: the event loop ends it in a task of its own, where its token is worth nothing."""
    abandoned = in_transaction()
    await asyncio.create_task(abandoned.__aenter__())
    with pytest.raises(ValueError, match="different Context"):
        await abandoned.__aexit__(None, None, None)
    assert connect.pool_figures()[2] == 0


async def test_an_exhausted_pool_is_an_error_and_not_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "ACQUIRE_TIMEOUT", 0.1)
    size, _, _ = connect.pool_figures()
    async with AsyncExitStack() as held, asyncio.timeout(10):
        for _ in range(size):
            await held.enter_async_context(connect.connection())
        with pytest.raises(TimeoutError):
            await connect.value("SELECT 1")
        with pytest.raises(TimeoutError):
            await work(0)
    assert await connect.value("SELECT 1") == 1
