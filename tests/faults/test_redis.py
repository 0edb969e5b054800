"""Redis is emptied, killed, frozen: rings are late, and nothing is lost. Numbers as in the list of faults."""

import asyncio
import signal
import time
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import psutil
import pytest
import redis

from tests.factories import phone
from tests.faults.conftest import Installation
from tests.faults.followers import MESSAGES, Follower, following, newest

RESUMED_SECONDS = 15
QUICK_SECONDS = 2.0
"""What a change by the API may take while Redis is away. Whoever waits for Redis waits for two seconds at least."""
CREATE = "mutation ($input: CreateContactInput!) { createContact(input: $input) { id } }"
LONG = [pytest.mark.soak, pytest.mark.timeout(300)]
Figure = Callable[[str, object], None]
"""Notes what a test has measured, for the table."""


def flush(installation: Installation) -> None:
    with redis.Redis.from_url(installation.services.redis_url) as client:
        client.flushall()


async def resumed(installation: Installation, schedule: str) -> float:
    """Seconds until the next message is sent."""
    began, before = time.monotonic(), (await installation.stats(schedule))["sent"]
    while (await installation.stats(schedule))["sent"] == before:
        assert time.monotonic() - began < RESUMED_SECONDS, f"still {before} sent"
        await asyncio.sleep(0.05)
    return time.monotonic() - began


async def test_7_redis_is_emptied(installation: Installation) -> None:
    """Every ring is lost: the clock rings again."""
    schedule = await installation.schedule(400)
    await installation.under_way(schedule, 50)
    flush(installation)
    await resumed(installation, schedule)
    assert (await installation.done(schedule, seconds=30))["sent"] == 400
    await installation.check_invariant(schedule)


async def test_7_redis_is_emptied_while_no_worker_is_there(installation: Installation) -> None:
    """A worker that comes back finds no ring and sends all the same, long before leases end: the clock rings."""
    schedule = await installation.schedule(800)
    await installation.under_way(schedule, 50)
    await installation.kill_worker()
    assert await installation.in_state(schedule, "QUEUED"), "nothing was left to send"
    flush(installation)
    installation.worker.start()
    await resumed(installation, schedule)
    await installation.pass_time("CLAIMED")
    await installation.hurry(schedule)
    async with installation.traffic() as others:
        assert (await installation.done(schedule))["sent"] == 800
    await installation.check_invariant(schedule, *others)


@pytest.mark.soak
async def test_7_redis_is_emptied_again_and_again(installation: Installation, record_property: Figure) -> None:
    schedule = await installation.schedule(4000)
    await installation.under_way(schedule, 100)
    took: list[float] = []
    while (await installation.stats(schedule))["pending"] > 500:
        flush(installation)
        took.append(await resumed(installation, schedule))
        await asyncio.sleep(0.5)
    assert (await installation.done(schedule, seconds=60))["sent"] == 4000
    assert len(took) >= 3
    await installation.check_invariant(schedule)
    record_property("emptied", len(took))
    record_property("resumed after, at most", f"{max(took):.1f} s")


@contextmanager
def down(installation: Installation) -> Generator[None]:
    """Redis is dead meanwhile."""
    installation.services.valkey.kill()
    try:
        yield
    finally:
        installation.services.valkey.start()


@contextmanager
def frozen(installation: Installation) -> Generator[None]:
    """Redis takes connections and answers nothing meanwhile."""
    process = psutil.Process(installation.services.valkey.pid)
    process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        process.send_signal(signal.SIGCONT)


async def without_redis(
    installation: Installation,
    outage: Callable[[Installation], AbstractContextManager[None]],
    people: int,
    seconds: float,
    figure: Figure,
) -> None:
    """In the midst of a send: changes are quick, sockets are told of them meanwhile, and sending goes on after."""
    installation.simulator.configure(latency=0.1)
    schedule = await installation.schedule(people)
    start, waits = await newest(installation), list[float]()
    followers = [
        Follower(installation, start),
        Follower(installation, start, MESSAGES, scheduleId=schedule),
        Follower(installation, start, types=["CONTACT_UPDATED"]),
    ]
    late = Follower(installation, start)
    async with following(followers):
        await installation.under_way(schedule, people // 5)
        with outage(installation):
            end = time.monotonic() + seconds
            async with following([late]):
                while time.monotonic() < end:
                    began = time.monotonic()
                    await installation.data(CREATE, input={"name": "Rita", "phoneNumber": phone()})
                    waits.append(time.monotonic() - began)
                    await asyncio.sleep(0.1)
                for follower in (followers[2], late):  # Redis is still away.
                    await follower.check(10)
            assert (await installation.stats(schedule))["pending"] > 0, "nothing was left to send"
        worker = installation.worker.process
        assert worker is not None
        ended = worker.poll() is not None
        if ended:  # As a supervisor does.
            installation.worker.start()
        took = await resumed(installation, schedule)
        assert (await installation.done(schedule))["sent"] == people
        await installation.check_invariant(schedule)
        for follower in followers:
            await follower.check()
    assert [follower.connected for follower in followers] == [1] * len(followers), "no socket was lost"
    assert max(waits) < QUICK_SECONDS
    figure(f"slowest of {len(waits)} changes", f"{max(waits):.2f} s")
    figure("resumed after", f"{took:.1f} s")
    figure("the worker", "ended and was started" if ended else "lived")


@contextmanager
def full(installation: Installation) -> Generator[None]:
    """Redis has no memory left meanwhile: it answers reads, and refuses whatever writes."""
    with redis.Redis.from_url(installation.services.redis_url) as client:
        client.config_set("maxmemory-policy", "noeviction")
        client.config_set("maxmemory", "1")
        try:
            yield
        finally:
            client.config_set("maxmemory", "0")


async def test_9_redis_is_frozen(installation: Installation, record_property: Figure) -> None:
    await without_redis(installation, frozen, 300, 3, record_property)


def lost_rings(installation: Installation) -> list[str]:
    """What the log says of rings that nobody heard."""
    lines = Path(installation.environment["LOG_FILE"]).read_text().splitlines()
    return [line for line in lines if "doorbell_failed" in line]


@pytest.mark.parametrize(("people", "seconds"), [(300, 3), pytest.param(1000, 15, marks=LONG)], ids=["quick", "long"])
async def test_10_redis_has_no_memory_left(
    installation: Installation, record_property: Figure, people: int, seconds: float
) -> None:
    """Whoever rings is refused, and says so in the log; the clock makes up for it when there is memory again."""
    before = len(lost_rings(installation))
    await without_redis(installation, full, people, seconds, record_property)
    said = lost_rings(installation)[before:]
    assert any("OutOfMemoryError" in line for line in said), "rings were lost and nobody said so"
    record_property("lost rings in the log", len(said))


@pytest.mark.soak
@pytest.mark.timeout(300)
async def test_8_redis_is_down_for_thirty_seconds(installation: Installation, record_property: Figure) -> None:
    await without_redis(installation, down, 1000, 30, record_property)


@pytest.mark.soak
@pytest.mark.timeout(300)
async def test_9_redis_is_frozen_for_fifteen_seconds(installation: Installation, record_property: Figure) -> None:
    await without_redis(installation, frozen, 1000, 15, record_property)
