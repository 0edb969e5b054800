"""Workers whose clocks are minutes off, in a zone whose summer time begins just then: PostgreSQL's clock counts."""

import asyncio
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest

from graph.core.ids import decode
from tests.faults.conftest import Installation
from tests.faults.test_clock_killed import leading
from tests.running import Program

SKEW = 300
PEOPLE = 3


def summer_begins(at: datetime) -> str:
    """A zone, as POSIX writes it, an hour ahead of itself from this second of the year on."""
    # From the standard time, which is that of Greenwich here; the day of the year counts no 29th of February.
    day = at.timetuple().tm_yday - (at.year % 4 == 0 and at.month > 2)
    return f"AAA0BBB,J{day}/{at:%H:%M:%S},J{max(1, day - 1)}"


@pytest.mark.parametrize("count", [10, pytest.param(60, marks=pytest.mark.soak)], ids=["quick", "long"])
async def test_22_clocks_five_minutes_off_and_summer_time_begins(
    installation: Installation, record_property: Callable[[str, object], None], count: int
) -> None:
    """Schedules are due on both sides of that second; each worker leads for a while, and each fires once, in time."""
    await installation.sender()
    template, group = await installation.template(), await installation.group(PEOPLE)
    change = datetime.now(UTC) + timedelta(seconds=12 + count / 2)
    installation.worker.stop()
    try:
        with ExitStack() as running:
            environment = installation.environment | {"TZ": summer_begins(change)}
            workers = [
                running.enter_context(Program(["tests.faults.skewed", str(skew)], environment).running())
                for skew in (-SKEW, SKEW)
            ]
            first = await leading(installation, workers)
            schedules: list[str] = []
            for number in range(count):
                ahead = (change - datetime.now(UTC)).total_seconds() - 2 + 4 * number / count
                schedules.append(await installation.plan(template, group, ahead=ahead))
            assert datetime.now(UTC) < change - timedelta(seconds=2), "planned too late to be tried"
            await asyncio.sleep((change - datetime.now(UTC)).total_seconds())
            # Whose clock was slow leads no more, or the other way round.
            first.kill()
            for schedule in schedules:
                assert (await installation.done(schedule))["sent"] == PEOPLE
    finally:
        installation.worker.start()
    rows = await installation.fetch(
        "SELECT s.id, extract(epoch FROM processing_started_at - send_at)::float8 AS late,"
        " (SELECT count(*) FROM event e WHERE e.schedule_id = s.id AND e.type = 'MESSAGE_PROCESSING') AS fired"
        " FROM schedule s WHERE id = ANY($1)",
        [decode(schedule, "Schedule") for schedule in schedules],
    )
    assert {row["fired"] for row in rows} == {1}
    assert all(0 <= row["late"] < 5 for row in rows), "one fired early, or after somebody's wrong clock"
    record_property("schedules", count)
    record_property("latest", f"{max(row['late'] for row in rows):.2f} s after its time")
    await installation.check_invariant(*schedules)
