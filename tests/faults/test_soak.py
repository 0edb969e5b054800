"""Faults that take long: `make soak`. Numbers are those of the list of faults in docs/reliability.md."""

import asyncio
import signal
import time

import pytest

from tests.factories import unique
from tests.faults.conftest import Installation

pytestmark = [pytest.mark.soak, pytest.mark.timeout(400)]


async def test_1_kill_a_worker_every_two_seconds(installation: Installation) -> None:
    """2,000 sends while the worker dies again and again."""
    installation.simulator.configure(latency=0.02)
    schedule = await installation.schedule(2000)
    kills = 0
    while (await installation.stats(schedule))["pending"] and kills < 30:
        await asyncio.sleep(2)
        installation.worker.kill()
        installation.worker.start()
        kills += 1
    stats = await installation.done(schedule, seconds=120)
    assert stats["sent"] == 2000
    assert kills >= 3
    await installation.check_invariant(schedule)


async def test_4_a_worker_frozen_past_its_lease(installation: Installation) -> None:
    """It wakes up and finds that its claims are gone: no second POST."""
    schedule = await installation.schedule(1000)
    await installation.under_way(schedule, 100)
    installation.worker.send(signal.SIGSTOP)
    frozen = installation.worker.process
    installation.worker.start()
    stats = await installation.done(schedule, seconds=120)
    assert frozen is not None
    frozen.send_signal(signal.SIGCONT)
    await asyncio.sleep(5)
    frozen.terminate()
    frozen.wait(20)
    assert stats["sent"] == 1000
    await installation.check_invariant(schedule)


async def test_5_sigterm_twice(installation: Installation) -> None:
    schedule = await installation.schedule(1000)
    await installation.under_way(schedule, 100)
    installation.worker.send(signal.SIGTERM)
    await asyncio.sleep(0.3)
    installation.worker.send(signal.SIGTERM)
    started = time.monotonic()
    assert installation.worker.process is not None
    installation.worker.process.wait(30)
    assert time.monotonic() - started < 30
    installation.worker.start()
    assert (await installation.done(schedule, seconds=120))["sent"] == 1000
    await installation.check_invariant(schedule)


async def test_8_redis_is_down_for_ten_seconds(installation: Installation) -> None:
    """The API still takes changes meanwhile, and sending goes on after."""
    schedule = await installation.schedule(1000)
    await installation.under_way(schedule, 100)
    installation.services.valkey.kill()
    await asyncio.sleep(1)
    await installation.data("mutation ($n: String!) { createGroup(input: { name: $n }) { id } }", n=unique())
    await asyncio.sleep(9)
    installation.services.valkey.start()
    assert (await installation.done(schedule, seconds=120))["sent"] == 1000
    await installation.check_invariant(schedule)


async def test_11_12_postgres_is_killed_and_recovers(installation: Installation) -> None:
    """kill -9 of PostgreSQL in the middle: no acceptance that was committed is forgotten, pools come back."""
    schedule = await installation.schedule(1000)
    await installation.under_way(schedule, 100)
    installation.services.postgres.kill()
    await asyncio.sleep(2)
    installation.services.postgres.start()
    await asyncio.sleep(3)
    assert (await installation.done(schedule, seconds=120))["sent"] == 1000
    await installation.check_invariant(schedule)
