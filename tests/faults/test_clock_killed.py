"""The worker that holds the clock dies in the second in which schedules are due; another takes the clock over."""

import asyncio
import time
from collections.abc import Sequence

import psutil
import pytest

from graph.core.ids import decode
from tests.faults.conftest import Installation
from tests.running import Program

SCHEDULES, PEOPLE = 20, 5


async def leading(installation: Installation, workers: Sequence[Program]) -> Program:
    """The worker whose session holds the clock's lock."""
    sessions = "SELECT client_port FROM pg_stat_activity WHERE application_name = 'tidings clock'"
    await installation.until_rows(sessions, len(workers))
    holding = f"{sessions} AND pid IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted)"
    await installation.until_rows(holding, 1)
    [session] = await installation.fetch(holding)
    for worker in workers:
        assert worker.process is not None
        ours = psutil.Process(worker.process.pid).net_connections("tcp")
        if session["client_port"] in [connection.laddr.port for connection in ours]:
            return worker
    raise AssertionError("somebody else holds the clock")


async def kill_the_clock_at_the_due_second(installation: Installation, template: str, group: str) -> list[str]:
    """Two workers, and schedules over one second, in the middle of which the leader dies; answers the schedules."""
    with installation.workers(2) as workers:
        leader = await leading(installation, workers)
        # Planning takes its time on a busy machine: as long as one of them took, and three times that.
        began = time.time()
        trial = await installation.plan(template, group, ahead=3600)
        due = time.time() + 3 + 3 * SCHEDULES * (time.time() - began)
        await installation.data("mutation ($id: ID!) { cancelSchedule(id: $id) { id } }", id=trial)
        schedules = [
            await installation.plan(template, group, ahead=due + number / SCHEDULES - time.time())
            for number in range(SCHEDULES)
        ]
        assert time.time() < due, "planned too late to be tried"
        await installation.pause()
        await asyncio.sleep(due + 0.5 - time.time())
        leader.kill()
        [killed] = await installation.fetch("SELECT now() AS at")
        leader.start()
        ids = [decode(schedule, "Schedule") for schedule in schedules]
        await installation.until_rows(
            "SELECT 1 FROM schedule WHERE id = ANY($1) AND recipients IS NOT NULL", SCHEDULES, ids, seconds=20
        )
        await installation.resume()
        for schedule in schedules:
            assert (await installation.done(schedule))["sent"] == PEOPLE
    begun = await installation.fetch(
        "SELECT processing_started_at AS at, processing_started_at - send_at AS late FROM schedule WHERE id = ANY($1)",
        ids,
    )
    assert 0 < sum(row["at"] < killed["at"] for row in begun) < SCHEDULES, "none began before the kill, or none after"
    assert max(row["late"].total_seconds() for row in begun) < 5
    fired = await installation.fetch(
        "SELECT schedule_id, count(*) AS times FROM event"
        " WHERE schedule_id = ANY($1) AND type = 'MESSAGE_PROCESSING' GROUP BY 1",
        ids,
    )
    assert sorted((row["schedule_id"], row["times"]) for row in fired) == [(id, 1) for id in sorted(ids)]
    return schedules


@pytest.mark.parametrize(
    "rounds", [1, pytest.param(5, marks=[pytest.mark.soak, pytest.mark.timeout(300)])], ids=["quick", "long"]
)
async def test_6_each_schedule_fires_once(installation: Installation, rounds: int) -> None:
    """The sender is paused while they fire, so that what the dead worker had claimed is not waited for."""
    await installation.sender()
    template, group = await installation.template(), await installation.group(PEOPLE)
    schedules: list[str] = []
    for _ in range(rounds):
        schedules += await kill_the_clock_at_the_due_second(installation, template, group)
    await installation.check_invariant(*schedules)
    assert len(await installation.ledger()) == len(schedules) * PEOPLE
