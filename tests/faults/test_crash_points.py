"""kill -9 of each process at each named point of the way of a message: none is lost, none is sent twice.

PostgreSQL itself holds whoever comes to a point, by a deferred trigger that waits for a lock of ours in the midst of
COMMIT; or the simulator does, with its answer. Nothing in the product knows of these points.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import NamedTuple

import asyncpg
import pytest

from db.core.connect import TRANSIENT
from tests.faults.conftest import Installation
from tests.faults.test_postgres import answers

PEOPLE = 20
KEY = 20_250
WAITING = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = $1 AND NOT granted"
UNDER_WAY = f"SELECT backend_xid::text AS id FROM pg_stat_activity WHERE pid IN ({WAITING})"
BECAME = "SELECT DISTINCT pg_xact_status(id::xid8) AS status FROM unnest($1::text[]) AS id"


class Point(NamedTuple):
    """Where somebody is held: on which change of which table, or by the simulator, which answers nothing."""

    table: str = ""
    change: str = "UPDATE"
    when: str = "true"
    fault: str = ""
    """How the simulator treats these people's messages."""
    code: int = 131000
    by_api: bool = False
    """It is the API that comes to it, else the worker."""
    killed_at: str = ""
    """Whoever comes to it finds what a worker left that was killed there."""
    silent: bool = False
    """WhatsApp says nothing of these messages, and only what it says of later ones leads to it."""


POINTS = {
    "the schedule is begun": Point("schedule", when="OLD.status = 'PENDING' AND NEW.status = 'PROCESSING'"),
    "the audience is written": Point("message", "INSERT", "NEW.schedule_id IS NOT NULL"),
    "messages are claimed": Point("message", when="OLD.state = 'QUEUED' AND NEW.state = 'CLAIMED'"),
    "claims are given back": Point(
        "message", when="OLD.state = 'CLAIMED' AND NEW.state = 'QUEUED'", killed_at="messages are claimed"
    ),
    "they are committed to leave": Point("message", when="OLD.state = 'CLAIMED' AND NEW.state = 'IN_FLIGHT'"),
    "they are posted": Point(fault="cut_before_accept"),
    "they are accepted": Point(fault="cut_after_accept"),
    "flights are given up": Point(
        "message", when="OLD.state = 'IN_FLIGHT' AND NEW.state = 'UNKNOWN'", killed_at="they are committed to leave"
    ),
    "doubts are written down": Point(
        "message", when="OLD.state = 'IN_FLIGHT' AND NEW.state = 'UNKNOWN'", fault="bad_gateway_after_accept"
    ),
    "doubts are decided": Point(
        "message", when="OLD.state = 'UNKNOWN' AND NEW.state = 'QUEUED'", fault="bad_gateway", silent=True
    ),
    "they are put off": Point(
        "message", when="OLD.state = 'IN_FLIGHT' AND NEW.state = 'QUEUED'", fault="refuse", code=131016
    ),
    "refusals are written down": Point(
        "message", when="OLD.state = 'IN_FLIGHT' AND NEW.state = 'FAILED'", fault="refuse", code=131026
    ),
    "their answers are written down": Point("message", when="OLD.state = 'IN_FLIGHT' AND NEW.state = 'SENT'"),
    "that is told in the log": Point("event", "INSERT", "NEW.type = 'MESSAGE_SENT'"),
    "receipts are kept": Point("inbound_post", "INSERT", by_api=True),
    "receipts are taken up": Point("message", when="OLD.state = 'SENT' AND NEW.state = 'DELIVERED'"),
    "the schedule is completed": Point("schedule", when="NEW.status = 'SENT' AND OLD.status <> 'SENT'"),
}
"""The way of a message, in its order."""


@dataclass
class Held:
    installation: Installation
    point: Point
    connection: "asyncpg.Connection[asyncpg.Record]"

    async def reached(self) -> None:
        end = asyncio.get_running_loop().time() + 60
        while not await self._come():
            assert asyncio.get_running_loop().time() < end, "nobody came to this point"
            await asyncio.sleep(0.02)

    async def _come(self) -> bool:
        if self.point.table:
            return bool(await self.connection.fetch(WAITING, KEY))
        simulator = self.installation.simulator
        if self.point.fault == "cut_after_accept":
            return simulator.get("health")["accepted"] > 1
        return sum(fault["count"] for fault in simulator.get("faults")["faults"]) < PEOPLE

    async def under_way(self) -> list[str]:
        """The transactions that are held."""
        return [row["id"] for row in await self.connection.fetch(UNDER_WAY, KEY)] if self.point.table else []

    async def let_go(self, *, kept: bool) -> None:
        """What was under way is committed, although nobody hears of it any more, or undone."""
        if not self.point.table:
            self.installation.simulator.forget_faults()
            return
        try:
            if not kept:
                await self.connection.fetch(f"SELECT pg_terminate_backend(pid) FROM ({WAITING}) AS waiting", KEY)
            await self.connection.execute("SELECT pg_advisory_unlock_all()")
        except TRANSIENT:
            # PostgreSQL was what was killed, and with it every lock.
            self.connection.terminate()


@asynccontextmanager
async def held_at(installation: Installation, point: Point) -> AsyncIterator[Held]:
    connection = await asyncpg.connect(installation.services.database_url)
    if point.fault:
        seconds = 0 if point.table else 60
        installation.simulator.post("faults", kind=point.fault, count=PEOPLE, seconds=seconds, code=point.code)
    if point.table:
        await connection.execute(f"SELECT pg_advisory_lock({KEY})")
        await installation.fetch(
            "CREATE FUNCTION crash_point() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN PERFORM pg_advisory_xact_lock_shared({KEY}); RETURN NULL; END $$"
        )
        await installation.fetch(
            f"CREATE CONSTRAINT TRIGGER crash_point AFTER {point.change} ON {point.table}"
            f" DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ({point.when}) EXECUTE FUNCTION crash_point()"
        )
    try:
        yield Held(installation, point, connection)
    finally:
        connection.terminate()
        if point.table:
            await installation.fetch("DROP FUNCTION crash_point CASCADE")


Restart = Callable[[Installation], Awaitable[None]]


async def restart_worker(installation: Installation) -> None:
    await installation.until_rows("SELECT 1 FROM pg_stat_activity WHERE application_name = 'tidings worker'", 0)
    installation.worker.start()


async def restart_api(installation: Installation) -> None:
    installation.api.program.start()


async def restart_postgres(installation: Installation) -> None:
    installation.services.postgres.start()
    async with asyncio.timeout(20):
        while not await answers(installation):  # noqa: ASYNC110 - nothing tells when
            await asyncio.sleep(0.1)


async def restart_valkey(installation: Installation) -> None:
    installation.services.valkey.start()


VICTIMS: dict[str, tuple[Callable[[Installation], None], Restart]] = {
    "worker": (lambda installation: installation.worker.kill(), restart_worker),
    "api": (lambda installation: installation.api.program.kill(), restart_api),
    "postgres": (lambda installation: installation.services.postgres.kill(), restart_postgres),
    "valkey": (lambda installation: installation.services.valkey.kill(), restart_valkey),
}
QUICK = {
    ("they are committed to leave", "worker", "committed"),
    ("receipts are kept", "api", "undone"),
}


def cases() -> list[object]:
    """Of whoever is killed at a point itself, what it was at is committed or undone; PostgreSQL's death undoes all."""
    made: list[object] = []
    for name, point in POINTS.items():
        for victim in VICTIMS:
            own = victim == ("api" if point.by_api else "worker") and point.table
            for end in ("committed", "undone") if own else ("undone",) if victim == "postgres" else ("committed",):
                marks = [] if (name, victim, end) in QUICK else [pytest.mark.soak]
                made.append(pytest.param(name, victim, end, marks=marks, id=f"{victim}, as {name}, {end}"))
    return made


@pytest.mark.timeout(200)
@pytest.mark.parametrize(("name", "victim", "end"), cases())
async def test_whoever_is_killed_at_whatever_point(
    installation: Installation, name: str, victim: str, end: str
) -> None:
    installation.simulator.configure(latency=0.05, sent_delay=0.3, delivered_delay=0.5, read_delay=0.7)
    if not await installation.fetch("SELECT 1 FROM inbound_post LIMIT 1"):
        # Of a sender of which nothing was ever told, silence proves nothing.
        await installation.done(await installation.schedule(1))
    schedule = await installation.schedule(PEOPLE, ahead=2.5)
    kill, restart = VICTIMS[victim]
    point, more = POINTS[name], list[str]()
    if point.killed_at:
        async with held_at(installation, POINTS[point.killed_at]) as first:
            await first.reached()
            installation.worker.kill()
            await first.let_go(kept=True)
    async with held_at(installation, point) as held:
        if point.killed_at:
            await installation.pass_time("CLAIMED", "IN_FLIGHT")
            await restart_worker(installation)
        if point.silent:
            await installation.until_in_state(schedule, "UNKNOWN", PEOPLE)
            async with installation.traffic() as more:
                await held.reached()
        await held.reached()
        # After a crash PostgreSQL may give the number of one that was undone to another.
        transactions = [] if victim == "postgres" else await held.under_way()
        kill(installation)
        await held.let_go(kept=end == "committed")
        await restart(installation)
        await became(installation, transactions, "committed" if end == "committed" else "aborted")
    installation.simulator.forget_faults()
    await installation.pass_time("CLAIMED")
    await until_written(installation, schedule)
    await installation.hurry(schedule)
    async with installation.traffic() as others:
        stats = await installation.done(schedule, seconds=60)
    refused = stats["failed"] if point.code == 131026 else 0
    assert (stats["sent"] + refused, stats["failed"] - refused, stats["unconfirmed"]) == (PEOPLE, 0, 0)
    assert refused or point.code != 131026 or end == "undone", "nobody was refused"
    await installation.check_invariant(schedule, *more, *others)


async def became(installation: Installation, transactions: list[str], status: str) -> None:
    """All of them ended so, if there were any."""
    found = {"in progress"}
    async with asyncio.timeout(20):
        while "in progress" in found:
            found = {row["status"] for row in await installation.fetch(BECAME, transactions)}
    assert found <= {status}


async def until_written(installation: Installation, schedule: str) -> None:
    """Its audience is written down, by whoever took it over."""
    async with asyncio.timeout(60):
        while (await installation.stats(schedule))["recipients"] < PEOPLE:  # noqa: ASYNC110 - nothing tells when
            await asyncio.sleep(0.1)
