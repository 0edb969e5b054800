"""What may not be sent any more: pause, cancel and opt-out hold while the worker dies again and again."""

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from graph.core.ids import decode, encode
from tests.faults.conftest import Installation

IN_FLIGHT = 100
LONG = [pytest.mark.soak, pytest.mark.timeout(300)]
OPT_OUT = "mutation ($id: ID!) { optOutContact(id: $id) { id } }"
DELETE = "mutation ($id: ID!) { deleteContact(id: $id) }"
LEAVING = ("IN_FLIGHT", "UNKNOWN")


@asynccontextmanager
async def kills(installation: Installation) -> AsyncIterator[list[None]]:
    """Every second the worker is killed -9 and started again; answers a list that grows with the kills."""
    killed: list[None] = []
    enough = asyncio.Event()

    async def go_on() -> None:
        while not (await asyncio.wait([waiting], timeout=1))[0]:
            await installation.kill_worker()
            await installation.pass_time("CLAIMED")
            installation.worker.start()
            killed.append(None)

    async with asyncio.TaskGroup() as tasks:
        waiting = tasks.create_task(enough.wait())
        tasks.create_task(go_on())
        yield killed
        enough.set()


async def accepted_since(installation: Installation, moment: float) -> set[int]:
    """Messages that WhatsApp accepted since then."""
    ledger = await installation.ledger()
    return {int(row["callback_data"].partition(".")[0]) for row in ledger if row["accepted_at"] > moment}


@pytest.mark.parametrize("pauses", [1, pytest.param(5, marks=LONG)])
async def test_25_a_pause_holds_through_kills(installation: Installation, pauses: int) -> None:
    """Workers die before it and after. Once it is committed nothing arrives but what was in flight or departing at that
    moment, one batch at most."""
    installation.simulator.configure(latency=0.1, latency_jitter=0.1)
    schedule = await installation.schedule(500 * pauses)
    for number in range(pauses):
        async with kills(installation) as killed:
            await installation.under_way(schedule, 400 * number + 50)
            await installation.pause()
            moment, before = time.time(), len(killed)
            await asyncio.sleep(4)
        assert len(killed) > before
        late = await accepted_since(installation, moment)
        await installation.resume()
        assert len(late) <= IN_FLIGHT, f"{len(late)} messages left after the pause"
    if pauses == 1:
        await installation.hurry(schedule)
    async with installation.traffic() as others:
        assert (await installation.done(schedule, seconds=120))["sent"] == 500 * pauses
    await installation.check_invariant(schedule, *others)


async def forbid(installation: Installation, mutation: str, contact: int) -> tuple[str, float]:
    """Where the contact's message stands once the mutation is committed, and when that was seen."""
    await installation.data(mutation, id=encode("Contact", contact))
    [row] = await installation.fetch("SELECT state FROM message WHERE contact_id = $1", contact)
    return row["state"], time.time()


async def check_forbidden(installation: Installation, seen: dict[int, tuple[str, float]]) -> None:
    """Nothing left for these contacts but what was in flight when it was forbidden."""
    accepted = {int(row["callback_data"].partition(".")[0]): row["accepted_at"] for row in await installation.ledger()}
    late = 0
    for row in await installation.fetch(
        "SELECT id, contact_id, state FROM message WHERE contact_id = ANY($1)", list(seen)
    ):
        state, moment = seen[row["contact_id"]]
        assert state not in ("QUEUED", "CLAIMED"), "it was forbidden and still waits"
        if state == "CANCELLED":
            assert (row["state"], accepted.get(row["id"])) == ("CANCELLED", None)
        elif accepted.get(row["id"], 0) > moment:
            assert state in LEAVING
            late += 1
    assert late <= IN_FLIGHT
    states = [state for state, _ in seen.values()]
    assert "CANCELLED" in states, "none was still waiting, so nothing was tried"


@pytest.mark.parametrize(
    ("mutation", "category", "people"),
    [
        (OPT_OUT, "MARKETING", 400),
        pytest.param(OPT_OUT, "MARKETING", 4000, marks=LONG),
        pytest.param(DELETE, "UTILITY", 4000, marks=LONG),
    ],
    ids=["opt-out", "opt-out long", "deletion long"],
)
async def test_25_contacts_are_forbidden_during_kills(
    installation: Installation, mutation: str, category: str, people: int
) -> None:
    """Who opted out of marketing, or was deleted, gets nothing more: neither from a queue, nor from a doubt."""
    installation.simulator.configure(latency=0.1, latency_jitter=0.1, bad_gateway_share=0.05)
    schedule = await installation.schedule(people, category=category)
    await installation.under_way(schedule, 50)
    rows = await installation.in_state(schedule, "QUEUED", "CLAIMED", *LEAVING)
    contacts = sorted(row["contact_id"] for row in rows)
    chosen = {*random.sample(contacts, 20), *contacts[-len(contacts) // 10 :]}
    seen: dict[int, tuple[str, float]] = {}
    async with kills(installation) as killed:
        for contact in chosen:
            seen[contact] = await forbid(installation, mutation, contact)
        await asyncio.sleep(1)
    assert killed
    await installation.pass_time("CLAIMED")
    async with installation.traffic() as others:
        if people < 1000:
            await installation.hurry(schedule)
        stats = await installation.done(schedule, seconds=150)
    assert stats["sent"] + stats["unconfirmed"] + stats["cancelled"] == people
    await check_forbidden(installation, seen)
    await installation.check_invariant(schedule, *others)


async def test_25_a_schedule_is_called_off_at_its_second_while_the_worker_dies(installation: Installation) -> None:
    """Either it begins and everyone gets it, or it is called off and nobody does."""
    await installation.sender()
    template, group = await installation.template(), await installation.group(5)
    due = time.time() + 2
    schedules = [await installation.plan(template, group, ahead=due + n / 20 - time.time()) for n in range(20)]
    await asyncio.sleep(due + 0.3 - time.time())
    cancel = "mutation ($id: ID!) { cancelSchedule(id: $id) { id } }"
    begun: list[str] = []
    for number, schedule in enumerate(schedules):
        if number == 3:
            await installation.kill_worker()
            installation.worker.start()
        if "errors" in await installation.api.gql(cancel, {"id": schedule}):
            begun.append(schedule)
    assert 0 < len(begun) < len(schedules), "all began, or none did"
    await installation.pass_time("CLAIMED")
    for schedule in begun:
        await installation.hurry(schedule)
        assert (await installation.done(schedule))["sent"] == 5
    await installation.check_invariant(*begun)
    assert len(await installation.ledger()) == 5 * len(begun)
    off = [decode(schedule, "Schedule") for schedule in schedules if schedule not in begun]
    assert not await installation.fetch("SELECT 1 FROM message WHERE schedule_id = ANY($1)", off)
