"""Workers that are asked to stop, asked twice, or frozen and woken up again."""

import asyncio
import signal

import pytest

from graph.core.ids import decode
from tests.faults import invariant
from tests.faults.conftest import Installation
from tests.faults.invariant import ARRIVED
from tests.running import Program

LONG = [pytest.mark.soak, pytest.mark.timeout(300)]


@pytest.mark.parametrize("waits", [False, pytest.param(True, marks=LONG)], ids=["quick", "long"])
async def test_4_a_worker_frozen_past_its_leases_posts_nothing_twice(installation: Installation, waits: bool) -> None:
    """It wakes up below the grace, with claims that another worker has sent meanwhile and answers that nobody read."""
    installation.simulator.configure(latency=0.3)
    patient = {"SEND_GRACE": "60"}
    with installation.workers(1, **patient) as [frozen]:
        schedule = await installation.schedule(400)
        await installation.under_way(schedule, 50)
        frozen.send(signal.SIGSTOP)
        # A statement that was under way may still be committed; not one that waits for the frozen worker itself, to end
        # a transaction that holds a lock or to read what it is told.
        working = "application_name = 'tidings worker' AND state = 'active'"
        endless = "coalesce(wait_event_type, '') IN ('Lock', 'Client')"
        await installation.until_rows(
            f"SELECT query, wait_event FROM pg_stat_activity WHERE {working} AND NOT {endless}", 0
        )
        held = {row["id"] for row in await installation.in_state(schedule, "CLAIMED", "IN_FLIGHT")}
        claimed = {row["id"]: row["attempt_id"] for row in await installation.in_state(schedule, "CLAIMED")}
        assert held > claimed.keys() > set(), "it held no claims or had nothing in flight, so nothing was tried"
        with Program.worker(installation.environment | patient):
            if not waits:
                # A statement that it has sent by half holds its rows until it times out, after a minute; receipts that
                # waited for them come again after 4 s, or 16.
                await invariant.receipts_are_in(installation, seconds=120)
                await installation.pass_time("CLAIMED", "IN_FLIGHT")
            await installation.until_rows(
                "SELECT 1 FROM message WHERE state IN ('QUEUED', 'CLAIMED', 'IN_FLIGHT')", 0, seconds=120
            )
            again = {row["id"]: row["attempt_id"] for row in await installation.in_state(schedule, *ARRIVED)}
            assert all(again[id] != attempt for id, attempt in claimed.items())
            frozen.send(signal.SIGCONT)
            assert frozen.stop(60) == 0, "what it still did is done"
            await invariant.receipts_are_in(installation, seconds=60)
            # What it had committed to leave, and never posted, is decided after four times the grace without a word.
            await installation.pass_time("UNKNOWN", seconds=240)
            stats = await installation.done(schedule)
    assert (stats["sent"], stats["unconfirmed"]) == (400, 0)
    await installation.check_invariant(schedule)


async def test_a_worker_frozen_before_it_posts_leaves_it_to_whoever_decided(installation: Installation) -> None:
    """It has committed that a message may leave; when it wakes up another one has sent it, long since."""
    with installation.workers(1, SEND_RATE="1") as [frozen]:
        schedule = await installation.schedule(2)
        # One has left, and the other waits for its second.
        await installation.until_accepted(1)
        await installation.until_in_state(schedule, "CLAIMED", 1)
        [waiting] = await installation.in_state(schedule, "CLAIMED")
        async with installation.locked("SELECT 1 FROM message WHERE id = $1 FOR UPDATE", waiting["id"]):
            leaving = "wait_event_type = 'Lock' AND query LIKE '%leaving AS MATERIALIZED%' LIMIT 1"
            await installation.until_rows(f"SELECT 1 FROM pg_stat_activity WHERE {leaving}", 1)
            frozen.send(signal.SIGSTOP)
            stood_still = await installation.fetch("SELECT now() + interval '5 s' AS until")
        await installation.until_in_state(schedule, "IN_FLIGHT", 1)
        with Program.worker(installation.environment):
            await invariant.receipts_are_in(installation, seconds=60)
            await installation.pass_time("IN_FLIGHT")
            assert (await installation.done(schedule))["sent"] == 2
            await installation.until_rows("SELECT 1 WHERE now() > $1", 1, stood_still[0]["until"])
            frozen.send(signal.SIGCONT)
            assert frozen.stop(60) == 0, "what it still did is done"
    await installation.check_invariant(schedule)


@pytest.mark.soak
async def test_a_worker_frozen_while_it_takes_up_posts_keeps_them_from_nobody(installation: Installation) -> None:
    """It holds locks on what WhatsApp told, in a transaction that PostgreSQL ends after a while."""
    installation.simulator.configure(sent_delay=1, delivered_delay=1.2, read_delay=1.4)
    with installation.workers(1) as [frozen]:
        schedule = await installation.schedule(20)
        await installation.under_way(schedule, 20)
        lock = "SELECT 1 FROM message WHERE schedule_id = $1 FOR UPDATE"
        async with installation.locked(lock, decode(schedule, "Schedule")):
            waits = (
                "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                " AND query LIKE '%told AS MATERIALIZED%' LIMIT 1"
            )
            await installation.until_rows(waits, 1)
            frozen.send(signal.SIGSTOP)
        held = (
            "SELECT 1 FROM pg_stat_activity WHERE state = 'idle in transaction'"
            " AND query LIKE '%told AS MATERIALIZED%' LIMIT 1"
        )
        await installation.until_rows(held, 1)
        with Program.worker(installation.environment):
            await invariant.receipts_are_in(installation, seconds=60)
            frozen.send(signal.SIGCONT)
            assert frozen.stop(60) == 0
    await installation.check_invariant(schedule)


async def test_a_worker_that_is_asked_to_stop_leaves_nothing_in_doubt(installation: Installation) -> None:
    """One SIGTERM in the middle of a send: what it had in flight is settled, what it had claimed is sent."""
    installation.simulator.configure(latency=0.1)
    schedule = await installation.schedule(800)
    with installation.workers(1) as [worker]:
        await installation.under_way(schedule, 50)
        assert worker.stop(30) == 0
        left = await installation.in_state(schedule, "CLAIMED", "IN_FLIGHT", "UNKNOWN")
        assert left == []
    assert (await installation.done(schedule))["sent"] == 800
    await installation.check_invariant(schedule)


@pytest.mark.parametrize("times", [1, pytest.param(5, marks=LONG)])
async def test_5_sigterm_twice_during_sends(installation: Installation, times: int) -> None:
    """Two workers are asked twice, again and again: the second time ends them at once."""
    installation.simulator.configure(latency=0.1)
    schedule = await installation.schedule(500 * times)
    for number in range(times):
        with installation.workers(2) as workers:
            await installation.under_way(schedule, 50 + 400 * number)
            for _ in range(2):
                for worker in workers:
                    worker.send(signal.SIGTERM)
                await asyncio.sleep(0.2)
            for worker in workers:
                assert worker.process is not None
                assert worker.process.wait(5) in (0, -signal.SIGTERM)
            if times == 1:
                await installation.pass_time("CLAIMED")
    if times == 1:
        await installation.hurry(schedule)
    async with installation.traffic() as others:
        assert (await installation.done(schedule, seconds=120))["sent"] == 500 * times
    await installation.check_invariant(schedule, *others)
