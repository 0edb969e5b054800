"""kill -9 of each process, in each phase of a campaign: everyone has one message, or a row that says why not."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import pytest

from db.core.connect import TRANSIENT
from graph.core.ids import decode
from tests.faults.conftest import Installation
from tests.faults.invariant import ARRIVED
from tests.faults.test_campaign_killed import FREEZING, RECIPIENTS
from tests.faults.test_postgres import answers
from tests.running import Program

PEOPLE, PACE = 1500, 20
"""Over a minute of sending: longer than all phases together take from the first message on, on a busy machine too."""

Kill = Callable[[Installation, Program], Awaitable[None]]


async def worker(installation: Installation, program: Program) -> None:
    program.kill()
    await installation.until_rows("SELECT 1 FROM pg_stat_activity WHERE application_name = 'tidings worker'", 0)
    program.start()


async def api(installation: Installation, program: Program) -> None:
    with installation.without_api():
        pass


async def postgres(installation: Installation, program: Program) -> None:
    installation.services.postgres.kill()
    installation.services.postgres.start()
    async with asyncio.timeout(20):
        while not await answers(installation):
            assert program.process is not None
            await asyncio.sleep(0.1)


async def valkey(installation: Installation, program: Program) -> None:
    installation.services.valkey.kill()
    installation.services.valkey.start()


@asynccontextmanager
async def in_the_midst_of_a_chunk(installation: Installation) -> AsyncIterator[None]:
    """The audience is being frozen and nothing of it is committed yet; PostgreSQL's death ends that, too."""
    with suppress(*TRANSIENT):
        async with installation.locked("LOCK TABLE campaign_recipient IN SHARE MODE"):
            yield


@pytest.mark.timeout(400)
@pytest.mark.parametrize(
    "kill",
    [postgres, *(pytest.param(kill, marks=pytest.mark.soak) for kill in (worker, valkey, api))],
    ids=lambda kill: kill.__name__,
)
async def test_whatever_is_killed_in_whatever_phase(installation: Installation, kill: Kill) -> None:
    """Frozen, sent, paused, resumed, stopped: each with a kill in its midst."""
    installation.simulator.configure(latency=0.05, latency_jitter=0.05)
    campaign = await installation.campaign(PEOPLE, start=False)
    number = decode(campaign, "Campaign")

    async def sent() -> int:
        return len(await installation.in_state(campaign, *ARRIVED))

    async def until_more_is_sent() -> None:
        await installation.pass_time("CLAIMED")
        before = await sent()
        async with asyncio.timeout(40):
            while await sent() < before + 20:  # noqa: ASYNC110 - nothing tells when
                await asyncio.sleep(0.05)

    with installation.workers(1, SEND_RATE=str(PACE)) as [program]:
        async with in_the_midst_of_a_chunk(installation):
            await installation.step("start", campaign)
            await installation.until_rows(FREEZING, 1)
            await kill(installation, program)
        await until_more_is_sent()
        await kill(installation, program)
        await until_more_is_sent()
        for step in ("pause", "resume"):
            await installation.step(step, campaign)
            await kill(installation, program)
        await until_more_is_sent()
        assert await sent() < PEOPLE, "nothing is left to stop"
        await installation.step("stop", campaign)
        await kill(installation, program)
        await installation.pass_time("CLAIMED")
        await installation.hurry(campaign)
        await installation.check_invariant(campaign)
    assert len(await installation.fetch(RECIPIENTS, number)) == PEOPLE
    stats = await installation.stats(campaign)
    assert (stats["status"], stats["recipients"]) == ("STOPPED", PEOPLE)
    assert stats["cancelled"] > 0
    assert stats["sent"] + stats["cancelled"] + stats["unconfirmed"] == PEOPLE
