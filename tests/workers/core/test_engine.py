"""Worker processes: rings are heard, failures survive, one clock leads, ends are clean."""

import asyncio
import signal
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from db.core import connect, doorbell, heartbeat
from db.core.redis import shared_redis
from tests.factories import unique
from tests.faults.alerts import Scrapes, read, rules
from tests.running import Program, free_port

pytestmark = pytest.mark.usefixtures("in_their_redis")


@contextmanager
def toys(apart: dict[str, str]) -> Iterator[Program]:
    with Program(["tests.workers.core.toys"], apart).running() as program:
        yield program


async def said(what: str) -> list[str]:
    words: list[bytes] = await shared_redis().lrange(f"toys:{what}", 0, -1)  # pyright: ignore[reportAssignmentType]
    return [word.decode() for word in words]


async def until(true: Callable[[], Awaitable[Any]], seconds: float = 10) -> float:
    """Waits for it; answers how long it took."""
    started = time.monotonic()
    while not await true():
        assert time.monotonic() - started < seconds, "it did not come true in time"
        await asyncio.sleep(0.02)
    return time.monotonic() - started


async def online(count: int) -> bool:
    return sum(beat.online for beat in await heartbeat.heartbeats()) >= count


async def test_a_ring_is_heard_soon_and_many_equal_ones_are_one(apart: dict[str, str]) -> None:
    with toys(apart):
        await until(lambda: online(1))
        word = unique()
        for _ in range(50):
            doorbell.ring("toy_answer", word)
        took = await until(lambda: said("answers"))
        assert took < 1
        await asyncio.sleep(0.5)
        assert await said("answers") == [word]


async def test_a_ring_during_the_run_makes_another_run(apart: dict[str, str]) -> None:
    with toys(apart):
        word = unique()
        doorbell.ring("toy_sleep", word, 0.5)
        await until(lambda: said("begun"))
        doorbell.ring("toy_sleep", word, 0.5)

        async def twice() -> bool:
            return await said("begun") == [word, word]

        await until(twice)


async def test_an_actor_that_fails_costs_nothing_but_its_run(apart: dict[str, str]) -> None:
    with toys(apart) as program:
        for number in range(20):
            doorbell.ring("toy_fail", unique(str(number)))
        word = unique()
        doorbell.ring("toy_answer", word)
        await until(lambda: said("answers"))
        assert await said("answers") == [word]
        assert program.process is not None
        assert program.process.poll() is None
        pid = program.process.pid

        async def told() -> bool:
            beats = await heartbeat.heartbeats()
            [own] = [beat for beat in beats if beat.online and beat.name.endswith(f":{pid}")]
            return own.failed == {"toy_fail": 20}

        await until(told)


async def test_the_heartbeat_says_what_is_done(apart: dict[str, str]) -> None:
    with toys(apart) as program:
        assert program.process is not None
        name = program.process.pid
        doorbell.ring("toy_answer", unique())
        doorbell.ring("toy_sleep", unique(), 4)

        async def busy() -> bool:
            return any(
                beat.name.endswith(f":{name}") and beat.tasks == ["toy_sleep"] and beat.processed == 1
                for beat in await heartbeat.heartbeats()
            )

        await until(busy)
    assert not [beat for beat in await heartbeat.heartbeats() if beat.name.endswith(f":{name}")]


async def test_sigterm_lets_jobs_finish(apart: dict[str, str]) -> None:
    with toys(apart) as program:
        word = unique()
        doorbell.ring("toy_sleep", word, 2.0)
        await until(lambda: said("begun"))
        assert await asyncio.to_thread(program.stop) == 0
        assert await said("done") == [word]
    database = urlsplit(apart["DATABASE_URL"]).path.removeprefix("/")
    assert await connect.value("SELECT count(*) FROM pg_stat_activity WHERE datname = $1", database) == 0


async def test_a_long_job_hears_that_its_thread_is_wanted(apart: dict[str, str]) -> None:
    """By another job, where there is but one thread, and by a stop."""
    with toys(apart | {"WORKER_THREADS": "1"}) as program:
        first, second, word = unique(), unique(), unique()
        doorbell.ring("toy_hold", first)
        await until(lambda: said("begun"))
        await asyncio.sleep(1)
        assert await said("done") == [], "nobody wanted its thread"
        doorbell.ring("toy_answer", word)
        await until(lambda: said("answers"))
        assert await said("done") == [first]
        doorbell.ring("toy_hold", second)
        await until(lambda: begun(2))
        assert await asyncio.to_thread(program.stop, 8) == 0, "its job did not hear of the stop"
        assert await said("done") == [first, second]


async def begun(count: int) -> bool:
    return len(await said("begun")) == count


async def test_a_second_sigterm_ends_it_at_once(apart: dict[str, str]) -> None:
    with toys(apart) as program:
        doorbell.ring("toy_sleep", unique(), 30.0)
        await until(lambda: said("begun"))
        program.send(signal.SIGTERM)
        await asyncio.sleep(0.5)
        assert program.process is not None
        assert program.process.poll() is None
        program.send(signal.SIGTERM)
        assert await asyncio.to_thread(program.process.wait, 5) != 0, "it waits for its job of 30 s"
        assert await said("done") == []


async def test_a_dead_consumer_ends_the_process(apart: dict[str, str]) -> None:
    with toys(apart) as program:
        doorbell.ring("toy_end_thread")
        assert program.process is not None
        assert await asyncio.to_thread(program.process.wait, 20) == 1


async def test_one_clock_leads_and_another_takes_over(apart: dict[str, str]) -> None:
    with toys(apart) as one, toys(apart) as other:
        await until(lambda: online(2))
        await until(lambda: said("ticks"))
        await asyncio.sleep(1)
        pids = {int(pid) for pid in await said("ticks")}
        assert len(pids) == 1, "two clocks ticked at once"
        first, second = (one, other) if one.process and one.process.pid in pids else (other, one)
        first.kill()
        await shared_redis().delete("toys:ticks")
        took = await until(lambda: said("ticks"))
        assert took < 3
        assert second.process is not None
        assert {int(pid) for pid in await said("ticks")} == {second.process.pid}


async def test_a_frozen_leader_loses_the_lead(apart: dict[str, str]) -> None:
    with toys(apart) as one, toys(apart) as other:
        await until(lambda: online(2))
        await until(lambda: said("ticks"))
        pids = {int(pid) for pid in await said("ticks")}
        assert one.process is not None
        frozen = one if one.process.pid in pids else other
        frozen.send(signal.SIGSTOP)
        await asyncio.sleep(0.2)
        await shared_redis().delete("toys:ticks")
        await until(lambda: said("ticks"), seconds=15)
        frozen.send(signal.SIGCONT)
        await asyncio.sleep(2)
        await shared_redis().delete("toys:ticks")
        await asyncio.sleep(1)
        assert len(set(await said("ticks"))) == 1, "the old leader ticks on"


@pytest.mark.timeout(60)
async def test_a_failing_tick_stops_no_other_and_is_told_of(apart: dict[str, str]) -> None:
    port = free_port()
    with toys({**apart, "METRICS_PORT": str(port)}):
        await until(lambda: said("ticks"))
        before = len(await said("ticks"))
        await asyncio.sleep(1)
        assert len(await said("ticks")) - before >= 7
        async with httpx.AsyncClient(trust_env=False) as http:
            text = (await http.get(f"http://127.0.0.1:{port}/metrics")).text
    failing = {
        sample.labels["tick"]: sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == "tidings_tick_failing"
    }
    assert (failing["__main__.tick"], failing["__main__.failing_tick"]) == (0, 1)
    assert failing.keys() >= {"domain.inbound.journal.trim", "domain.health.system.trim"}, "each has a name of its own"
    assert Scrapes([(0.0, read(text))]).holds(rules()["TidingsTicksFail"])


async def test_each_worker_tells_its_figures_at_a_port_of_its_own(apart: dict[str, str]) -> None:
    first = free_port()
    settings = {**apart, "METRICS_PORT": str(first)}

    async def figures(http: httpx.AsyncClient, port: int) -> str:
        with suppress(httpx.TransportError):
            return (await http.get(f"http://127.0.0.1:{port}/metrics")).text
        return ""

    with Program.worker(settings), Program.worker(settings):
        async with httpx.AsyncClient(trust_env=False) as http, asyncio.timeout(30):
            told: list[str] = []
            while len(told) < 2:
                ports = range(first, first + 16)
                told = [text for port in ports if "tidings_job_seconds" in (text := await figures(http, port))]
                await asyncio.sleep(0.1)
    names = {family.name for text in told for family in text_string_to_metric_families(text)}
    assert {"tidings_sends", "tidings_webhook_lag_seconds", "tidings_database_connections"} <= names
    assert "tidings_problem" not in names, "what all share is for the API to tell"
