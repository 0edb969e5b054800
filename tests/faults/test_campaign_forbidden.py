"""What may not be sent any more of a campaign: pause, stop, opt-out and deletion hold from their commit on."""

import asyncio
import random
import time

import pytest

from graph.core.ids import decode
from tests.faults.conftest import Installation
from tests.faults.test_forbidden import (
    DELETE,
    IN_FLIGHT,
    LEAVING,
    OPT_OUT,
    accepted_since,
    check_forbidden,
    forbid,
    kills,
)


async def test_a_pause_holds_through_kills_and_goes_on_where_it_was(installation: Installation) -> None:
    installation.simulator.configure(latency=0.1, latency_jitter=0.1)
    campaign = await installation.campaign(600)
    await installation.under_way(campaign, 50)
    await installation.step("pause", campaign)
    moment = time.time()
    async with kills(installation) as killed:
        await asyncio.sleep(3)
    assert killed
    late = await accepted_since(installation, moment)
    assert len(late) <= IN_FLIGHT, f"{len(late)} messages left after the pause"
    paused = await installation.stats(campaign)
    assert (paused["status"], paused["cancelled"]) == ("PAUSED", 0)
    await installation.step("resume", campaign)
    await installation.hurry(campaign)
    async with installation.traffic() as others:
        assert (await installation.done(campaign, seconds=120))["sent"] == 600
    await installation.check_invariant(campaign, *others)


async def test_a_pause_in_the_midst_of_the_freezing_sends_nothing(installation: Installation) -> None:
    """The campaign's row is locked while a chunk is frozen: a pause comes before it, or after."""
    campaign = await installation.campaign(1000, start=False)
    await installation.step("start", campaign)
    await installation.step("pause", campaign)
    moment = time.time()
    await asyncio.sleep(1)
    assert len(await accepted_since(installation, moment)) <= IN_FLIGHT
    for _ in range(5):
        await installation.step("resume", campaign)
        await installation.step("pause", campaign)
    await installation.step("resume", campaign)
    assert (await installation.done(campaign))["sent"] == 1000
    assert len(await installation.ledger()) == 1000
    await installation.check_invariant(campaign)


async def test_after_a_stop_nothing_leaves_but_what_was_in_flight(installation: Installation) -> None:
    installation.simulator.configure(latency=0.1, latency_jitter=0.1)
    campaign = await installation.campaign(1500)
    await installation.under_way(campaign, 50)
    await installation.step("stop", campaign)
    moment = time.time()
    await installation.check_invariant(campaign)
    late = await accepted_since(installation, moment)
    assert len(late) <= IN_FLIGHT, f"{len(late)} messages left after the stop"
    stats = await installation.stats(campaign)
    assert stats["sent"] + stats["cancelled"] == 1500
    assert len(await installation.ledger()) == stats["sent"]
    assert stats["cancelled"] > 0


@pytest.mark.parametrize(
    ("mutation", "category"), [(OPT_OUT, "MARKETING"), (DELETE, "UTILITY")], ids=["opt-out", "deletion"]
)
async def test_contacts_are_forbidden_while_they_wait(installation: Installation, mutation: str, category: str) -> None:
    installation.simulator.configure(latency=0.1, latency_jitter=0.1)
    campaign = await installation.campaign(800, category=category)
    await installation.under_way(campaign, 50)
    rows = await installation.in_state(campaign, "QUEUED", "CLAIMED", *LEAVING)
    contacts = sorted(row["contact_id"] for row in rows)
    chosen = {*random.sample(contacts, 10), *contacts[-10:]}
    seen = {contact: await forbid(installation, mutation, contact) for contact in chosen}
    stats = await installation.done(campaign)
    assert stats["sent"] + stats["cancelled"] == 800
    await check_forbidden(installation, seen)
    await installation.check_invariant(campaign)


async def test_what_has_expired_is_sent_no_more(installation: Installation) -> None:
    installation.simulator.configure(latency=0.1)
    campaign = await installation.campaign(1500)
    await installation.under_way(campaign, 50)
    await installation.fetch("UPDATE campaign SET expires_at = now() WHERE id = $1", decode(campaign, "Campaign"))
    moment = time.time()
    stats = await installation.done(campaign)
    assert stats["status"] == "COMPLETED"
    assert stats["cancelled"] > 0
    assert len(await accepted_since(installation, moment)) <= IN_FLIGHT
    codes = {row["error_code"] for row in await installation.in_state(campaign, "CANCELLED")}
    assert codes == {"MESSAGE_EXPIRED"}
    await installation.check_invariant(campaign)
