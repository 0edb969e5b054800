"""Transactions that are cancelled, at whatever point, give their connection back (stock Tortoise leaks it)."""

import asyncio
import random

from db.core import connect
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
