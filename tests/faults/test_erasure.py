"""People are erased while a campaign runs and workers die: nothing reaches them any more, nothing is left of them."""

import asyncio
import random
from pathlib import Path

from tests.domain.contacts.surroundings import traces
from tests.faults.conftest import Installation
from tests.faults.test_forbidden import LEAVING, check_forbidden, forbid, kills

ERASE = "mutation ($id: ID!) { eraseContact(id: $id) { id } }"
DONE = "SELECT FROM privacy_receipt WHERE status = 'COMPLETED'"


async def test_who_is_erased_while_waiting_gets_nothing_and_is_forgotten(installation: Installation) -> None:
    installation.simulator.configure(latency=0.1, latency_jitter=0.1)
    campaign = await installation.campaign(800, category="UTILITY")
    await installation.under_way(campaign, 50)
    rows = await installation.in_state(campaign, "QUEUED", "CLAIMED", *LEAVING)
    contacts = sorted(row["contact_id"] for row in rows)
    chosen = {*random.sample(contacts, 10), *contacts[-10:]}
    numbers = [row["address"] for row in rows if row["contact_id"] in chosen]
    async with kills(installation) as killed:
        seen = {contact: await forbid(installation, ERASE, contact) for contact in chosen}
        await asyncio.sleep(2)
    assert killed
    await installation.hurry(campaign)
    async with installation.traffic() as others:
        stats = await installation.done(campaign, seconds=120)
    assert stats["sent"] + stats["cancelled"] == 800
    await check_forbidden(installation, seen)
    await installation.check_invariant(campaign, *others)
    await installation.until_rows(DONE, len(chosen), seconds=90)
    folder = Path(installation.environment["DATA_DIR"])
    assert await traces(*(number[1:] for number in numbers), rows=installation.fetch, folder=folder) == []
