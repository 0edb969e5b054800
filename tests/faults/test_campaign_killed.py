"""Whatever dies in whatever phase of a campaign: everyone has one message, or a row that says why not."""

import asyncio

from graph.core.ids import decode
from tests.faults.conftest import Installation
from tests.faults.test_worker_killed import FAULTY, Kills

RECIPIENTS = "SELECT 1 FROM campaign_recipient WHERE campaign_id = $1"
FREEZING = (
    "SELECT 1 FROM pg_stat_activity WHERE application_name = 'tidings worker' AND wait_event_type = 'Lock'"
    " AND query LIKE '%page AS MATERIALIZED%' LIMIT 1"
)


async def test_killed_in_the_midst_of_the_freezing(installation: Installation) -> None:
    """A chunk that was not committed is as if it had never been, and is frozen by the next worker."""
    campaign = await installation.campaign(300, start=False)
    for step in ("start", "resume"):
        async with installation.locked("LOCK TABLE campaign_recipient IN SHARE MODE"):
            await installation.step(step, campaign)
            await installation.until_rows(FREEZING, 1)
            installation.worker.kill()
        await installation.kill_worker()
        await installation.until_rows(RECIPIENTS, 0, decode(campaign, "Campaign"))
        if step == "start":
            await installation.step("pause", campaign)
        installation.worker.start()
    stats = await installation.done(campaign)
    assert (stats["recipients"], stats["sent"]) == (300, 300)
    await installation.check_invariant(campaign)


async def test_killed_while_it_is_sent(installation: Installation) -> None:
    installation.simulator.configure(**FAULTY)
    campaign = await installation.campaign(500)
    kills = Kills(installation, campaign)
    for sent in (50, 200):
        await installation.under_way(campaign, sent)
        await kills.kill()
        await installation.pass_time("CLAIMED")
        installation.worker.start()
    assert sum(kills.doubts) > 0, "nothing was in flight at any kill, so nothing was tried"
    await installation.hurry(campaign)
    stats = await installation.done(campaign)
    assert (stats["sent"], stats["failed"], stats["unconfirmed"]) == (500, 0, 0)
    await installation.check_invariant(campaign)


async def test_killed_while_the_rest_is_cancelled(installation: Installation) -> None:
    """A stop that was committed holds, whoever cancels the rest."""
    installation.simulator.configure(latency=0.1)
    campaign = await installation.campaign(600)
    await installation.under_way(campaign, 50)
    last = "SELECT id FROM message WHERE campaign_id = $1 ORDER BY id DESC LIMIT 1 FOR UPDATE"
    cancelling = (
        "SELECT 1 FROM pg_stat_activity WHERE application_name = 'tidings worker' AND wait_event_type = 'Lock'"
        " AND query LIKE '%rest AS MATERIALIZED%' LIMIT 1"
    )
    async with installation.locked(last, decode(campaign, "Campaign")):
        await installation.step("stop", campaign)
        await installation.until_rows(cancelling, 1)
        installation.worker.kill()
    await installation.kill_worker()
    await installation.pass_time("CLAIMED")
    installation.worker.start()
    await installation.hurry(campaign)
    await installation.check_invariant(campaign)
    stats = await installation.stats(campaign)
    assert stats["status"] == "STOPPED"
    assert stats["cancelled"] > 0
    assert stats["sent"] + stats["cancelled"] + stats["unconfirmed"] == stats["recipients"] == 600


async def test_the_api_is_killed_while_it_is_sent(installation: Installation) -> None:
    """Nobody looks on meanwhile, and WhatsApp tells of its receipts later."""
    campaign = await installation.campaign(400)
    await installation.under_way(campaign, 20)
    with installation.without_api():
        await asyncio.sleep(1)
    stats = await installation.done(campaign)
    assert (stats["sent"], stats["failed"]) == (400, 0)
    await installation.check_invariant(campaign)


async def test_two_start_it_at_the_same_moment(installation: Installation) -> None:
    """One of them comes through, and nobody gets a message for each."""
    campaign = await installation.campaign(100, start=False)
    start = "mutation ($id: ID!) { startCampaign(id: $id) { id } }"
    answers = await asyncio.gather(*(installation.api.gql(start, {"id": campaign}) for _ in range(8)))
    refused = [answer["errors"][0]["extensions"]["code"] for answer in answers if "errors" in answer]
    assert refused == ["INVALID_STATE"] * 7
    assert (await installation.done(campaign))["sent"] == 100
    assert len(await installation.ledger()) == 100
    await installation.check_invariant(campaign)
