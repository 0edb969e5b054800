"""A day of random faults, in minutes: whatever dispatch waits for is made older by PostgreSQL, and so time passes.

WhatsApp's receipts have come before time goes on, as they do in a day: within the grace, which is the usual quarter of
an hour here. What lies in Redis lasts seconds, and does not take part.
"""

import asyncio
import random
import secrets
import signal
from collections import Counter
from collections.abc import Awaitable, Callable

import asyncpg
import pytest

from graph.core.ids import decode
from tests.faults import invariant
from tests.faults.conftest import Installation
from tests.faults.followers import Follower, following, newest
from tests.faults.test_crash_points import restart_postgres
from tests.faults.test_redis import flush

QUARTER, STEP = 900, 300
PEOPLE = 10
AGEING = ("message", "schedule", "sender", "inbound_post", "waiting_status", "intake")
"""Tables of what dispatch and intake wait for."""
COLUMNS = """
SELECT table_name AS of, column_name AS name FROM information_schema.columns
WHERE table_schema = 'public' AND data_type = 'timestamp with time zone' AND table_name = ANY($1)
  -- That somebody is at the door is said again every two seconds, through all that time.
  AND (table_name, column_name) <> ('intake', 'until')
"""
UNDER_WAY = "SELECT 1 FROM message WHERE state IN ('QUEUED', 'CLAIMED', 'IN_FLIGHT', 'UNKNOWN') LIMIT 1"
HELD = "SELECT 1 FROM message WHERE state IN ('CLAIMED', 'IN_FLIGHT') OR state = 'QUEUED' AND due_at <= now() LIMIT 1"


class Day:
    """An installation whose time passes in jumps: its virtual clock is that rows are made older."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self.seconds = 0

    async def go_on(self, seconds: int) -> None:
        """So much time passes. Receipts are in; what is posted meanwhile has its own within the next step."""
        await invariant.receipts_are_in(self.installation, 60)
        columns: dict[str, list[str]] = {}
        for row in await self.installation.fetch(COLUMNS, list(AGEING)):
            columns.setdefault(row["of"], []).append(row["name"])
        for table, names in columns.items():
            changes = ", ".join(f"{name} = {name} - make_interval(secs => $1)" for name in names)
            while True:
                try:
                    await self.installation.fetch(f"UPDATE {table} SET {changes}", seconds)
                    break
                except asyncpg.DeadlockDetectedError:
                    await asyncio.sleep(0.1)
        self.seconds += seconds
        # The clock of the workers looks every second.
        await asyncio.sleep(1.2)

    async def rest_of_quarter(self) -> None:
        end = self.seconds + QUARTER
        while await self.installation.fetch(HELD) and self.seconds < end:
            await self.go_on(30)
        while self.seconds < end:
            await self.go_on(min(STEP, end - self.seconds))


async def kill_worker(installation: Installation) -> None:
    await installation.kill_worker()
    installation.worker.start()


async def kill_api(installation: Installation) -> None:
    with installation.without_api():
        await asyncio.sleep(0.5)


async def freeze_worker(installation: Installation) -> None:
    installation.worker.send(signal.SIGSTOP)
    await asyncio.sleep(2)
    installation.worker.send(signal.SIGCONT)


async def stop_worker(installation: Installation) -> None:
    await asyncio.to_thread(installation.worker.stop, 30)
    installation.worker.start()


async def empty_redis(installation: Installation) -> None:
    flush(installation)


async def kill_redis(installation: Installation) -> None:
    installation.services.valkey.kill()
    installation.services.valkey.start()


async def kill_postgres(installation: Installation) -> None:
    installation.services.postgres.kill()
    await restart_postgres(installation)


async def pause(installation: Installation) -> None:
    await installation.pause()
    await asyncio.sleep(1)
    await installation.resume()


async def restart(installation: Installation) -> None:
    installation.services.postgres.stop()
    await restart_postgres(installation)


def of_whatsapp(kind: str, **given: object) -> Callable[[Installation], Awaitable[None]]:
    async def ask(installation: Installation) -> None:
        installation.simulator.post("faults", kind=kind, count=PEOPLE // 2, **given)

    ask.__name__ = kind
    return ask


FAULTS = (
    *(kill_worker, kill_worker, kill_api, freeze_worker, stop_worker, empty_redis, kill_redis, kill_postgres, restart),
    pause,
    of_whatsapp("cut_before_accept"),
    of_whatsapp("cut_after_accept"),
    of_whatsapp("bad_gateway"),
    of_whatsapp("bad_gateway_after_accept"),
    of_whatsapp("garbled"),
    of_whatsapp("refuse", code=131016),
    of_whatsapp("slow", seconds=2.0),
)


@pytest.mark.timeout(3000)
@pytest.mark.soak
@pytest.mark.parametrize("quarters", [2, 96], ids=["half an hour", "a day"])
async def test_a_day_of_random_faults(
    installation: Installation, record_property: Callable[[str, object], None], quarters: int
) -> None:
    """Each quarter of an hour something is sent and something breaks; in the end everybody has one message, and who
    followed over a socket has seen it all. Doubt is given up of marketing alone."""
    seed = 7 if quarters < 96 else secrets.randbelow(2**32)
    dice, day, happened = random.Random(seed), Day(installation), Counter[str]()
    record_property("throw", seed)
    installation.simulator.configure(latency=0.05, latency_jitter=0.1, shuffle_share=0.2, duplicate_share=0.2)
    with installation.workers(1, SEND_GRACE=str(QUARTER)) as [worker]:
        usual, installation.worker = installation.worker, worker
        try:
            await installation.sender()
            templates = [await installation.template(category) for category in ("UTILITY", "MARKETING")]
            groups = [await installation.group(PEOPLE) for _ in range(4)]
            follower = Follower(installation, await newest(installation))
            async with following([follower]):
                schedules: list[str] = []
                for _ in range(quarters):
                    schedules.append(await installation.plan(dice.choice(templates), dice.choice(groups), ahead=0.5))
                    for fault in dice.sample(FAULTS, 2):
                        await asyncio.sleep(dice.random())
                        await fault(installation)
                        happened[fault.__name__] += 1
                    await day.rest_of_quarter()
                schedules += await evening(day, templates[0], groups[0])
                stats = [await installation.done(schedule) for schedule in schedules]
                await installation.check_invariant(*schedules)
                await follower.check()
        finally:
            installation.worker = usual
    assert sum(one["failed"] for one in stats) == 0
    assert not await installation.fetch(
        "SELECT 1 FROM message WHERE state = 'UNCONFIRMED' AND purpose <> 'MARKETING' AND schedule_id = ANY($1)",
        [decode(schedule, "Schedule") for schedule in schedules],
    )
    record_property("hours", f"{day.seconds / 3600:.1f}")
    record_property("faults", happened.total())
    record_property("sent", sum(one["sent"] for one in stats))
    record_property("unconfirmed, all of marketing", sum(one["unconfirmed"] for one in stats))
    record_property("events followed", len(follower.seen))
    record_property("sockets of the follower", follower.connected)


async def evening(day: Day, template: str, group: str) -> list[str]:
    """Doubts are decided by the receipts of what is sent later, or four times the grace; answers those."""
    installation, last = day.installation, list[str]()
    installation.simulator.forget_faults()
    for _ in range(2):
        last.append(await installation.plan(template, group, ahead=0.2))
        await installation.until_rows("SELECT 1 FROM schedule WHERE status = 'PENDING'", 0)
        await day.rest_of_quarter()
    latest = day.seconds + 12 * QUARTER
    while await installation.fetch(UNDER_WAY):
        assert day.seconds < latest, "something never comes to its end"
        await day.rest_of_quarter()
    return last
