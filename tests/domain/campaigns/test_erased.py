"""Who is erased while an audience is being frozen is not written down once more."""

import asyncio

from db.campaigns import Campaign, run
from db.contacts import JobStatus, PrivacyReceipt
from db.core import connect
from db.core.transaction import transaction
from domain import contacts
from domain.campaigns import running
from domain.contacts import privacy
from domain.core.access import SYSTEM
from tests.crowds import crowd, members
from tests.domain.campaigns.surroundings import begun, messages_of, states


async def test_a_chunk_that_had_begun_before_leaves_no_number() -> None:
    group = await crowd(3)
    person = (await members(group))[1]
    campaign = await begun(group=group)
    frozen, enough = asyncio.Event(), asyncio.Event()

    async def freeze() -> None:
        async with transaction():
            fanning = await run.lock_fanning(campaign.id)
            assert fanning is not None
            await run.fan_out(fanning, 20)
            frozen.set()
            await enough.wait()

    freezing = asyncio.create_task(freeze())
    await frozen.wait()
    receipt = await contacts.erase(SYSTEM, person)
    await privacy.run_receipt(receipt.id)
    enough.set()
    await freezing
    await privacy.run_receipt(receipt.id)
    assert (await PrivacyReceipt.get(id=receipt.id)).status is JobStatus.COMPLETED
    await running.fan_out(campaign.id)
    assert [row["address"] for row in await messages_of(campaign) if row["contact_id"] == person] == [None]
    told = "SELECT address FROM campaign_recipient WHERE campaign_id = $1 AND contact_id = $2"
    assert await connect.value(told, campaign.id, person) is None
    assert (await Campaign.get(id=campaign.id)).recipients == 3
    assert await states(campaign) == ["QUEUED"] * 3
