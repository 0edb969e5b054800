"""The run of a campaign: begun once, its audience frozen once, and completed once."""

import asyncio

import pytest

from db.campaigns import Campaign, CampaignStatus, run
from db.core import connect
from db.core.transaction import transaction
from db.messages import Priority
from domain.campaigns import running
from domain.messages import dispatch
from tests import factories
from tests.crowds import crowd, members
from tests.domain.campaigns.surroundings import (
    a_campaign,
    a_template,
    arrive,
    begun,
    events_of,
    leave,
    messages_of,
    recipients_of,
    refused,
    running_one,
    standing,
    states,
    stats,
    step,
)
from tests.domain.messages.surroundings import a_sender

RUNNING, PAUSED, STOPPED, COMPLETED = (
    CampaignStatus.RUNNING,
    CampaignStatus.PAUSED,
    CampaignStatus.STOPPED,
    CampaignStatus.COMPLETED,
)


async def test_everyone_is_queued_one_message_or_left_out_with_a_reason() -> None:
    group, sender = await crowd(3, opted_out=2, without_phone=1), await a_sender()
    campaign = await running_one(sender, group=group)
    people = await members(group)
    assert await recipients_of(campaign) == dict(
        zip(people, [None, None, None, "OPTED_OUT", "OPTED_OUT", "NO_PHONE_NUMBER"], strict=True)
    )
    queued = await messages_of(campaign)
    assert [row["contact_id"] for row in queued] == people[:3]
    for row in queued:
        assert (row["sender_id"], row["template_id"], row["schedule_id"]) == (sender, campaign.template_id, None)
        assert (row["direction"], row["author"], row["type"], row["purpose"], row["priority"], row["state"]) == (
            "OUTBOUND", "SYSTEM", "TEMPLATE", "UTILITY", Priority.LOW, "QUEUED",
        )  # fmt: skip
    assert (campaign.status, campaign.recipients, campaign.excluded) == (RUNNING, 3, 3)
    assert campaign.started_at is not None
    assert (await stats(campaign)).pending == 3
    assert await events_of(campaign) == ["RUNNING"]


async def test_of_several_starts_at_once_one_comes_through() -> None:
    campaign = await a_campaign()

    async def begin() -> list[int]:
        async with transaction():
            return await running.begin([campaign.id])

    answers = await asyncio.gather(*(begin() for _ in range(5)))
    assert sorted(answers) == [[], [], [], [], [campaign.id]]
    assert await events_of(campaign) == ["RUNNING"]


async def test_several_fan_outs_at_once_queue_everyone_once() -> None:
    group = await crowd(500, opted_out=20)
    campaign = await begun(group=group)
    await asyncio.gather(*(running.fan_out(campaign.id, chunk=30) for _ in range(5)))
    await running.fan_out(campaign.id)
    assert [row["contact_id"] for row in await messages_of(campaign)] == (await members(group))[:500]
    frozen = await Campaign.get(id=campaign.id)
    assert (frozen.recipients, frozen.excluded) == (500, 20)
    assert len(await recipients_of(campaign)) == 520


async def test_a_freezing_that_was_cut_goes_on_where_it_stopped_and_waits_while_paused() -> None:
    group = await crowd(25, opted_out=5)
    campaign = await begun(group=group)
    for _ in range(2):
        async with transaction():
            fanning = await run.lock_fanning(campaign.id)
            assert fanning is not None
            assert (await run.fan_out(fanning, 7))[1] is False
    assert (await stats(campaign)).recipients == 14
    assert await step("pause", campaign)
    await running.fan_out(campaign.id, chunk=7)
    assert len(await recipients_of(campaign)) == 14
    assert await step("resume", campaign)
    await running.fan_out(campaign.id, chunk=7)
    assert list(await recipients_of(campaign)) == await members(group)
    assert (await stats(campaign)).recipients == 25


async def test_a_campaign_is_completed_once_when_its_last_message_is_done() -> None:
    campaign = await running_one()
    left = await leave(campaign)
    await arrive(left[:2], "read", "delivered")
    await running.complete_all()
    assert (await standing(campaign))[0] is RUNNING
    await dispatch.settle([(left[2], refused(131026))])
    await asyncio.gather(*(running.complete_all() for _ in range(4)))
    assert await standing(campaign) == (COMPLETED, None)
    assert (await Campaign.get(id=campaign.id)).ended_at is not None
    assert await events_of(campaign) == ["RUNNING", "COMPLETED"]
    told = await stats(campaign)
    assert (told.recipients, told.pending, told.sent, told.delivered, told.read, told.failed) == (3, 0, 2, 2, 1, 1)


async def test_one_of_which_everything_failed_is_completed_with_the_reason() -> None:
    campaign = await running_one()
    await dispatch.settle((each, refused(131026, "Not there.")) for each in await leave(campaign))
    await running.complete_all()
    status, words = await standing(campaign)
    assert status is COMPLETED
    assert (words or "").startswith("No message was sent.")


async def test_with_no_one_left_it_is_completed_at_once() -> None:
    campaign = await running_one(group=await crowd(0, opted_out=2))
    assert await standing(campaign) == (COMPLETED, "There was no one to send to.")


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("pause", [RUNNING]),
        ("resume", [PAUSED]),
        ("stop", [CampaignStatus.SCHEDULED, RUNNING, PAUSED]),
        ("complete", [RUNNING, PAUSED]),
    ],
)
async def test_each_step_is_taken_from_where_it_may_be_and_from_nowhere_else(
    name: str, allowed: list[CampaignStatus]
) -> None:
    campaign = await a_campaign()
    for status in CampaignStatus:
        if name == "resume" and status in (CampaignStatus.DRAFT, CampaignStatus.SCHEDULED):
            continue
        await Campaign.filter(id=campaign.id).update(status=status)
        assert await step(name, campaign) is (status in allowed)


async def test_what_is_queued_is_cancelled_with_a_stop_and_what_left_is_not() -> None:
    campaign = await running_one()
    [left] = await leave(campaign, 1)
    await dispatch.claim((await messages_of(campaign))[0]["sender_id"], 1)
    assert await step("stop", campaign)
    await running.fan_out(campaign.id)
    assert sorted(await states(campaign)) == ["CANCELLED", "CLAIMED", "IN_FLIGHT"]
    claimed = next(row for row in await messages_of(campaign) if row["state"] == "CLAIMED")
    await dispatch._release([claimed["id"]], [claimed["attempt_id"]])
    await arrive([left], "delivered")
    assert sorted(await states(campaign)) == ["CANCELLED", "CANCELLED", "DELIVERED"]
    words = {row["error_message"] for row in await messages_of(campaign) if row["state"] == "CANCELLED"}
    assert words == {"The campaign was ended before it left."}
    told = await stats(campaign)
    assert (told.recipients, told.pending, told.delivered, told.cancelled) == (3, 0, 1, 2)
    assert (await Campaign.get(id=campaign.id)).ended_at is not None
    count = "SELECT count(*) FROM event WHERE type = 'MESSAGE_CANCELLED' AND campaign_id = $1"
    assert await connect.value(count, campaign.id) == 2


async def test_a_stop_in_the_midst_of_the_freezing_leaves_those_out_who_are_not_frozen() -> None:
    campaign = await begun(group=await crowd(25))
    async with transaction():
        fanning = await run.lock_fanning(campaign.id)
        assert fanning is not None
        await run.fan_out(fanning, 10)
    assert await step("stop", campaign)
    await running.fan_out(campaign.id)
    told = await stats(campaign)
    assert (told.recipients, told.pending, told.cancelled) == (10, 0, 10)


async def test_a_campaign_whose_time_has_come_begins_and_another_waits() -> None:
    due = await a_campaign(status=CampaignStatus.SCHEDULED)
    later = await a_campaign(status=CampaignStatus.SCHEDULED)
    await connect.execute("UPDATE campaign SET scheduled_at = now() WHERE id = $1", due.id)
    await connect.execute("UPDATE campaign SET scheduled_at = now() + interval '1 h' WHERE id = $1", later.id)
    answers = await asyncio.gather(*(running.start_due() for _ in range(4)))
    assert sum(due.id in answer for answer in answers) == 1
    assert (await standing(due))[0] is RUNNING
    assert (await standing(later))[0] is CampaignStatus.SCHEDULED


async def test_values_of_the_campaign_win_over_those_of_the_contact() -> None:
    contact = await factories.contact(name="Rita")
    await connect.execute(
        """UPDATE contact SET attributes = '{"plan": "gold", "seats": 3}' WHERE id = $1""", contact.id
    )
    audience = {"contact_ids": [contact.id]}
    text = "Hi {{name}}, {{plan}}, {{seats}}, {{code}}."
    template = await a_template(content=text, approval_name=None, approval_status=None, category=None)
    for sent in ({"text": text}, {"template_id": template.id}):
        campaign = await running_one(
            await a_sender(provider="WAHA"), audience=audience, variables={"code": "X {{name}}", "plan": "blue"}, **sent
        )
        [left] = await leave(campaign)
        assert left.text == "Hi Rita, blue, 3, X Rita."
        assert (await messages_of(campaign))[0]["purpose"] == "MARKETING"
