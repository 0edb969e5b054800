"""What health asks of WhatsApp, how often, and how long it waits."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from db.core import connect, doorbell, heartbeat
from db.core.redis import shared_redis
from db.senders import Sender
from domain import health, senders
from domain.core.access import ANONYMOUS, SYSTEM, Viewer
from domain.core.cache import Cached
from domain.health import HealthStatus, integrations, standing
from domain.health.parts import ExternalHealth
from domain.health.problems import Kind
from domain.providers.base import Account
from domain.providers.cloud_numbers import calls_left
from tests import factories
from tests.databases import database_of_its_own
from tests.domain.standings import forget
from tests.factories import unique
from tests.running import Simulator


async def a_default() -> Sender:
    """A sender of the Cloud API that stands for all."""
    return await senders.update(SYSTEM, (await factories.sender()).id, is_default=True)


async def anew() -> ExternalHealth:
    """What WhatsApp says now, whatever anyone was told within the last minute."""
    await forget()
    return await health.ask_whatsapp()


async def test_whatsapp_is_asked_through_the_default_sender(simulator: Simulator) -> None:
    default = await a_default()
    well = await anew()
    assert (well.status, well.fault) == (HealthStatus.HEALTHY, None)
    assert well.response_time_ms is not None
    simulator.configure(number_refusals={default.phone_number_id: 190})
    try:
        blocked = await anew()
    finally:
        simulator.configure(number_refusals={})
    assert blocked == ExternalHealth(HealthStatus.DEGRADED, fault="WhatsApp has blocked the default sender.")


async def test_the_calls_that_are_left_are_told(simulator: Simulator) -> None:
    await a_default()
    assert (await anew()).rate_limit_remaining is None
    simulator.configure(app_usage=28)
    try:
        assert (await anew()).rate_limit_remaining == 144
    finally:
        simulator.configure(app_usage=0)


@pytest.mark.parametrize(
    ("usage", "left"),
    [('{"call_count":100}', 0), ('{"call_count":117}', 0), ('{"call_count":0.5}', 199), ("{}", None), ("busy", None)],
)
def test_a_share_of_calls_is_read_as_it_comes(usage: str, left: int | None) -> None:
    assert calls_left(usage) == left


async def test_whatsapp_that_is_away_degrades_and_no_more(simulator: Simulator) -> None:
    await a_default()
    simulator.program.stop()
    try:
        away = await health.ask_whatsapp()
    finally:
        simulator.program.start()
    assert away == ExternalHealth(HealthStatus.DEGRADED, fault="WhatsApp does not answer.")


async def test_tasks_of_workers_that_are_online_and_those_that_wait_are_counted(
    database: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heartbeat, "_WORKERS", unique("workers"))
    monkeypatch.setattr(doorbell, "QUEUE", unique("queue"))
    for name, tasks in (("busy:1", ["dispatch", "ingest"]), ("lost:1", ["deliver"])):
        await heartbeat.beat(name, tasks=tasks, processed=7, started="", failed={})
    await shared_redis().pexpire(f"{heartbeat._WORKERS}:lost:1", 40_000)  # pyright: ignore[reportPrivateUsage]
    await shared_redis().rpush(f"tidings:{doorbell.QUEUE}", "one", "two", "three")
    await asyncio.sleep(health.KEPT_SECONDS + 0.1)
    of_workers, of_redis = await health.workers(SYSTEM), await health.redis(SYSTEM)
    assert (of_workers.count, of_workers.active_tasks, of_workers.queued_tasks) == (1, 2, 3)
    assert of_redis.queue_depth == 3
    assert of_redis.used_memory_mb == pytest.approx((await shared_redis().info())["used_memory"] / 2**20, abs=5)


async def test_jobs_that_fail_again_and_again_are_told_by_name(database: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeat, "_WORKERS", unique("workers"))
    for name, failed in (("one:1", {"dispatch": 2, "plan": 2}), ("other:1", {"dispatch": 1})):
        await heartbeat.beat(name, tasks=[], processed=7, started="", failed=failed)
    await asyncio.sleep(health.KEPT_SECONDS + 0.1)
    words = "Jobs of workers fail by a fault of ours, in the last minute: dispatch 3 times."
    found = await health.check(SYSTEM)
    assert (found.found[Kind.JOBS_FAIL], found.status is HealthStatus.HEALTHY) == (words, False)
    await heartbeat.farewell("other:1")
    await asyncio.sleep(health.KEPT_SECONDS + 0.1)
    assert (await health.check(SYSTEM)).found[Kind.JOBS_FAIL] is None, "two failures are made up for"


async def test_a_token_that_another_secret_key_has_sealed_is_a_fault_and_no_error(database: None) -> None:
    words = "The access token of the default sender cannot be read: SECRET_KEY is not what it was."
    async with database_of_its_own():
        default = await a_default()
        await connect.execute("UPDATE sender SET access_token = '\\x00' WHERE id = $1", default.id)
        assert await health.ask_whatsapp() == ExternalHealth(HealthStatus.DEGRADED, fault=words)
        assert not await integrations.whatsapp_answers()


async def test_what_whatsapp_says_of_a_number_is_not_told_to_anyone(simulator: Simulator) -> None:
    await a_default()
    simulator.configure(expired_tokens=["*"])
    try:
        refused = await health.ask_whatsapp()
    finally:
        simulator.configure(expired_tokens=[])
    assert refused == ExternalHealth(
        HealthStatus.DEGRADED, fault="WhatsApp refuses the default sender, with error 190."
    )


async def test_health_is_the_same_for_all_who_ask_within_a_second() -> None:
    found = await asyncio.gather(*(health.check(ANONYMOUS) for _ in range(50)))
    assert len({whole.timestamp for whole in found}) == 1


@pytest.mark.parametrize("part", [health.database, health.redis, health.workers])
async def test_a_part_of_it_is_asked_once_a_second_however_many_want_it(
    part: Callable[[Viewer], Awaitable[object]],
) -> None:
    found = await asyncio.gather(*(part(SYSTEM) for _ in range(50)))
    assert len({id(answer) for answer in found}) == 1
    await asyncio.sleep(health.KEPT_SECONDS + 0.1)
    assert await part(SYSTEM) is not found[0]


async def test_an_answer_is_kept_and_shared() -> None:
    asked = 0

    async def ask() -> int:
        nonlocal asked
        asked += 1
        await asyncio.sleep(0.01)
        return asked

    kept = Cached(ask, 0.2)
    assert set(await asyncio.gather(*(kept.get() for _ in range(10)))) == {1}
    assert await kept.get() == 1
    await asyncio.sleep(0.25)
    assert await kept.get() == 2


async def test_a_slow_answer_is_not_waited_for_and_is_there_for_the_next() -> None:
    answered = asyncio.Event()

    async def ask() -> str:
        await answered.wait()
        return "answer"

    kept = Cached(ask, 10, patience=0.05, late="late")
    assert await kept.get() == "late"
    answered.set()
    await asyncio.sleep(0.05)
    assert await kept.get() == "answer"


async def test_a_database_that_hangs_is_no_fault_of_a_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """What it has spent is asked of PostgreSQL, and that takes as long as anybody waits."""

    async def hang() -> int:
        await asyncio.Event().wait()
        return 0

    monkeypatch.setattr(health.models, "tokens_today", hang)
    monkeypatch.setattr(health._language_model, "_asked", None)
    found = await health._language_model.get()
    monkeypatch.setattr(health._language_model, "_asked", None)
    assert (found.status, found.fault, found.tokens_used_today) == (HealthStatus.HEALTHY, None, None)


async def test_of_many_processes_one_asks_and_all_know_it_for_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """An account has 200 calls an hour, and each API that anyone asks for health would spend 60 of them."""
    asked = 0

    async def ask(account: Account) -> tuple[str | None, int | None]:
        nonlocal asked
        asked += 1
        await asyncio.sleep(0.3)
        return "WhatsApp does not answer.", 7

    monkeypatch.setattr(standing, "standing_of", ask)
    account = Account(1, factories.unique(), "a-token")
    key = f"tidings:standing:{factories.unique()}"
    found = await asyncio.gather(*(standing._of_all(key, account) for _ in range(8)))
    assert asked == 1
    assert {each.fault for each, _ in found} == {"WhatsApp does not answer."}
    assert all(58 < seconds <= 60 for _, seconds in found)
    await shared_redis().pexpire(key, 5_000)
    assert (await standing._of_all(key, account))[1] <= 5, "what others found is no younger for being told"
    await shared_redis().delete(key)
    await standing._of_all(key, account)
    assert asked == 2


async def test_without_redis_each_asks_for_itself_and_no_oftener(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = 0

    async def ask(account: Account) -> tuple[str | None, int | None]:
        nonlocal asked
        asked += 1
        return None, None

    monkeypatch.setattr(standing, "standing_of", ask)
    monkeypatch.setattr(standing, "shared_redis", lambda: Away())
    one, other = (Account(1, factories.unique(), "a-token") for _ in range(2))
    for _ in range(5):
        assert (await standing.of(one)).fault is None
    assert asked == 1
    await standing.of(other)
    assert asked == 2


class Away:
    """A Redis that hangs."""

    async def get(self, key: str) -> bytes:
        await asyncio.Event().wait()
        return b""
