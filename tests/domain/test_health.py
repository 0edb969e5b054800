"""What health asks of WhatsApp, how often, and how long it waits."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from db.senders import Sender
from domain import health, senders
from domain.core.access import ANONYMOUS, SYSTEM
from domain.core.cache import Cached
from domain.health import ExternalHealth, HealthStatus
from domain.providers.cloud_numbers import calls_left
from tests import factories
from tests.running import Simulator


async def a_default() -> Sender:
    """A sender of the Cloud API that stands for all."""
    return await senders.update(SYSTEM, (await factories.sender()).id, is_default=True)


async def test_whatsapp_is_asked_through_the_default_sender(simulator: Simulator) -> None:
    default = await a_default()
    well = await health.ask_whatsapp()
    assert (well.status, well.fault) == (HealthStatus.HEALTHY, None)
    assert well.response_time_ms is not None
    simulator.configure(number_refusals={default.phone_number_id: 190})
    try:
        blocked = await health.ask_whatsapp()
    finally:
        simulator.configure(number_refusals={})
    assert blocked == ExternalHealth(HealthStatus.DEGRADED, fault="WhatsApp has blocked the default sender.")


async def test_the_calls_that_are_left_are_told(simulator: Simulator) -> None:
    await a_default()
    assert (await health.ask_whatsapp()).rate_limit_remaining is None
    simulator.configure(app_usage=28)
    try:
        assert (await health.ask_whatsapp()).rate_limit_remaining == 144
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
async def test_a_part_of_it_is_asked_once_a_second_however_many_want_it(part: Callable[[], Awaitable[object]]) -> None:
    found = await asyncio.gather(*(part() for _ in range(50)))
    assert len({id(answer) for answer in found}) == 1
    await asyncio.sleep(health.KEPT_SECONDS + 0.1)
    assert await part() is not found[0]


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
