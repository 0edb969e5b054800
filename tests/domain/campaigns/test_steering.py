"""Starting, holding, letting go on and ending by hand: from where each may be done, and what it is refused for."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from db.accounts import Role
from db.campaigns import Campaign, CampaignStatus
from db.contacts import Contact, JobStatus
from db.core import connect
from db.files import File
from db.messages.stats import DeliveryStats
from db.senders import Sender, SenderStatus
from db.templates import MessageTemplate, TemplateCategory, TemplateStatus
from domain import campaigns, contacts, senders, templates
from domain.campaigns import running
from domain.core.access import SYSTEM, Viewer
from domain.core.errors import ErrorCode, Refusal
from tests import factories
from tests.callers import only, refused
from tests.crowds import crowd, members
from tests.domain.campaigns.surroundings import (
    a_campaign,
    a_template,
    arrive,
    changes_nothing,
    events_of,
    leave,
    messages_of,
    recipients_of,
    running_one,
    stats,
)
from tests.domain.messages.surroundings import a_sender
from tests.drafts import draft, put_into
from tests.factories import unique

INVALID, STATE, EXPIRED = ErrorCode.VALIDATION_ERROR, ErrorCode.INVALID_STATE, ErrorCode.SESSION_EXPIRED
ALL = list(CampaignStatus)
DRAFT, SCHEDULED, RUNNING, PAUSED, STOPPED, COMPLETED = ALL


def soon(**span: float) -> datetime:
    return datetime.now(UTC) + timedelta(**(span or {"hours": 1}))


# ---------------------------------------------------------------------------
# From where
# ---------------------------------------------------------------------------

Step = Callable[..., Awaitable[Campaign]]
STEPS: list[tuple[Step, set[CampaignStatus], CampaignStatus]] = [
    (campaigns.start, {DRAFT, SCHEDULED}, RUNNING),
    (campaigns.pause, {RUNNING}, PAUSED),
    (campaigns.resume, {PAUSED}, RUNNING),
    (campaigns.stop, {SCHEDULED, RUNNING, PAUSED}, STOPPED),
    (campaigns.complete, {RUNNING, PAUSED}, COMPLETED),
]


@pytest.mark.parametrize("status", ALL)
@pytest.mark.parametrize(("step", "allowed", "to"), STEPS, ids=[step[0].__name__ for step in STEPS])
async def test_each_step_leads_from_where_it_may(
    step: Step, allowed: set[CampaignStatus], to: CampaignStatus, status: CampaignStatus
) -> None:
    user, campaign = await factories.user(), await a_campaign()
    viewer = Viewer(user_id=user.id, role=Role.ADMIN)
    await put_into(campaign, status)
    if status not in allowed:
        return await changes_nothing(campaign, step(viewer, campaign.id), STATE, None)
    moved = await step(viewer, campaign.id)
    assert (moved.status, await events_of(campaign)) == (to, [to])
    actor = await connect.value(
        "SELECT actor_id FROM event WHERE campaign_id = $1 AND subject_type = 'Campaign'", campaign.id
    )
    assert actor == user.id
    assert (moved.ended_at is not None) == (to in (STOPPED, COMPLETED))
    return None


async def test_a_refusal_says_where_the_campaign_stands() -> None:
    campaign = await a_campaign()
    with pytest.raises(Refusal) as caught:
        await campaigns.pause(SYSTEM, campaign.id)
    assert caught.value.details == {"status": "DRAFT"}
    assert caught.value.message == "This needs a campaign that is RUNNING; this one is DRAFT."


@pytest.mark.parametrize(
    "step", [campaigns.start, campaigns.pause, campaigns.resume, campaigns.stop, campaigns.complete]
)
async def test_what_is_not_there_cannot_be_steered(step: Step) -> None:
    campaign = await a_campaign()
    await campaigns.delete(SYSTEM, campaign.id)
    assert (await only(step(SYSTEM, campaign.id)))[:2] == (ErrorCode.NOT_FOUND, "id")


# ---------------------------------------------------------------------------
# Starting
# ---------------------------------------------------------------------------


async def test_a_start_sends_to_the_audience_and_says_who_was_left_out() -> None:
    group = await crowd(3, opted_out=1, without_phone=1)
    campaign = await a_campaign(group=group, template_id=(await a_template(category=TemplateCategory.MARKETING)).id)
    begun = await campaigns.start(SYSTEM, campaign.id)
    assert begun.started_at is not None
    await running.fan_out(campaign.id)
    assert await stats(campaign) == DeliveryStats(3, 2, 3, 0, 0, 0, 0, 0, 0, 0)
    assert list((await recipients_of(campaign)).values()) == [None, None, None, "OPTED_OUT", "NO_PHONE_NUMBER"]


async def test_of_two_starts_at_the_same_moment_one_wins_and_nobody_is_written_to_twice() -> None:
    campaign = await a_campaign()
    answers = await asyncio.gather(*(campaigns.start(SYSTEM, campaign.id) for _ in range(4)), return_exceptions=True)
    assert sum(isinstance(answer, Campaign) for answer in answers) == 1
    assert {answer.code for answer in answers if isinstance(answer, Refusal)} == {STATE}
    await asyncio.gather(*(running.fan_out(campaign.id) for _ in range(3)))
    assert (len(await messages_of(campaign)), await events_of(campaign)) == (3, ["RUNNING"])


async def test_a_campaign_waits_for_its_time_and_may_be_given_another() -> None:
    campaign = await a_campaign()
    at = soon()
    waits = await campaigns.start(SYSTEM, campaign.id, at=at)
    assert (waits.status, waits.scheduled_at, waits.started_at) == (SCHEDULED, at, None)
    later = soon(days=364)
    assert (await campaigns.start(SYSTEM, campaign.id, at=later)).scheduled_at == later
    assert campaign.id not in await running.start_due()
    await connect.execute("UPDATE campaign SET scheduled_at = now() WHERE id = $1", campaign.id)
    assert campaign.id in await running.start_due()
    assert await events_of(campaign) == ["SCHEDULED", "SCHEDULED", "RUNNING"]


async def test_a_scheduled_one_may_start_now() -> None:
    campaign = await a_campaign()
    await campaigns.start(SYSTEM, campaign.id, at=soon())
    assert (await campaigns.start(SYSTEM, campaign.id)).status is RUNNING


@pytest.mark.parametrize(("span", "reason"), [({"seconds": -2}, "past"), ({"days": 367}, "too_late")])
async def test_a_time_is_neither_past_nor_over_a_year_ahead(span: dict[str, float], reason: str) -> None:
    campaign = await a_campaign()
    await changes_nothing(campaign, campaigns.start(SYSTEM, campaign.id, at=soon(**span)), INVALID, reason)


async def test_nobody_in_the_audience_is_a_refusal_now_and_later() -> None:
    for audience in ({}, {"group_ids": [await crowd(0)]}):
        campaign = await a_campaign(audience=audience)
        await changes_nothing(campaign, campaigns.start(SYSTEM, campaign.id), INVALID, "empty_audience")
        await changes_nothing(campaign, campaigns.start(SYSTEM, campaign.id, at=soon()), INVALID, "empty_audience")


async def test_an_audience_that_is_left_out_whole_is_a_refusal_that_says_why() -> None:
    campaign = await a_campaign(group=await crowd(0, without_phone=2))
    await changes_nothing(campaign, campaigns.start(SYSTEM, campaign.id), INVALID, "all_excluded")
    with pytest.raises(Refusal) as caught:
        await campaigns.start(SYSTEM, campaign.id)
    assert caught.value.message == "Everyone in the audience is left out: 2 NO_PHONE_NUMBER."
    assert (await campaigns.start(SYSTEM, campaign.id, at=soon())).status is SCHEDULED


async def test_groups_that_overlap_reach_each_once() -> None:
    group = await crowd(3)
    other = await factories.group(*[await Contact.get(id=id) for id in (await members(group))[:2]])
    people = {"group_ids": [group, other.id], "contact_ids": await members(group)}
    campaign = await a_campaign(audience=people)
    await campaigns.start(SYSTEM, campaign.id)
    await running.fan_out(campaign.id)
    assert len(await messages_of(campaign)) == 3


@pytest.mark.parametrize("status", [each for each in TemplateStatus if each is not TemplateStatus.APPROVED])
async def test_a_template_that_may_not_be_sent_is_not_started_with(status: TemplateStatus) -> None:
    campaign = await a_campaign(template_id=(await a_template(approval_status=status)).id)
    attempt = campaigns.start(SYSTEM, campaign.id)
    await changes_nothing(campaign, attempt, ErrorCode.TEMPLATE_UNAVAILABLE, status.value.lower())
    assert (await campaigns.start(SYSTEM, campaign.id, at=soon())).status is SCHEDULED


async def test_a_template_that_was_deleted_is_not_started_with() -> None:
    template = await factories.template()
    campaign = await draft(template_id=template.id, audience={"group_ids": [await crowd(1)]})
    await templates.delete(SYSTEM, template.id)
    for at in (None, soon()):
        attempt = campaigns.start(SYSTEM, campaign.id, at=at)
        await changes_nothing(campaign, attempt, ErrorCode.TEMPLATE_UNAVAILABLE, "deleted")


async def test_a_start_agrees_to_what_whatsapp_takes_the_template_for_by_now() -> None:
    template = await a_template()
    campaign = await a_campaign(template_id=template.id)
    await MessageTemplate.filter(id=template.id).update(category=TemplateCategory.MARKETING)
    begun = await campaigns.start(SYSTEM, campaign.id)
    assert (begun.status, begun.category) == (RUNNING, TemplateCategory.MARKETING)


@pytest.mark.parametrize("status", [each for each in SenderStatus if each is not SenderStatus.CONNECTED])
async def test_without_a_session_nothing_starts(status: SenderStatus) -> None:
    sender = await a_sender(name="Shop")
    campaign = await a_campaign(sender)
    await Sender.filter(id=sender).update(status=status)
    await changes_nothing(campaign, campaigns.start(SYSTEM, campaign.id), EXPIRED, "not_connected")
    with pytest.raises(Refusal) as caught:
        await campaigns.start(SYSTEM, campaign.id)
    assert caught.value.message == f"No sender of the campaign is connected: Shop is {status}."
    assert (await campaigns.start(SYSTEM, campaign.id, at=soon())).status is SCHEDULED


async def test_one_connected_sender_of_a_pool_is_enough() -> None:
    gone, there = await a_sender(), await a_sender()
    await senders.disconnect_sender(SYSTEM, gone)
    campaign = await a_campaign(gone, there)
    assert (await campaigns.start(SYSTEM, campaign.id)).status is RUNNING


async def test_senders_that_moved_to_another_account_are_told_of() -> None:
    account = unique("waba")
    sender = await a_sender(business_account_id=account)
    template = await a_template(business_account_id=account)
    campaign = await a_campaign(sender, template_id=template.id)
    await Sender.filter(id=sender).update(business_account_id=unique("waba"))
    await changes_nothing(campaign, campaigns.start(SYSTEM, campaign.id), INVALID, "other_account")


async def test_what_would_expire_before_it_starts_does_not_start() -> None:
    campaign = await a_campaign(expires_at=soon())
    await changes_nothing(campaign, campaigns.start(SYSTEM, campaign.id, at=soon(hours=2)), INVALID, "past")
    await Campaign.filter(id=campaign.id).update(expires_at=soon(seconds=-1))
    await changes_nothing(campaign, campaigns.start(SYSTEM, campaign.id), INVALID, "past")


@pytest.mark.parametrize("what", [{"status": JobStatus.FAILED}, {"deleted_at": datetime.now(UTC)}])
async def test_a_file_that_is_gone_is_told_of(what: dict[str, Any]) -> None:
    file = await File.create(name="f", mime_type="image/png", status=JobStatus.COMPLETED)
    campaign = await draft(media={"file_id": file.id}, audience={"group_ids": [await crowd(1)]})
    await File.filter(id=file.id).update(**what)
    await changes_nothing(campaign, campaigns.start(SYSTEM, campaign.id), INVALID, "no_bytes")


async def test_one_call_sends_to_a_list_of_numbers() -> None:
    template = await a_template()
    own = await a_sender(business_account_id=template.business_account_id)
    numbers = [factories.phone() for _ in range(3)]
    campaign = await campaigns.create(
        SYSTEM,
        template_id=template.id,
        sender_ids=[own],
        audience={"phone_numbers": [*numbers, numbers[0]]},
        start=True,
    )
    assert campaign.status is RUNNING
    await running.fan_out(campaign.id)
    assert sorted(row["address"] for row in await messages_of(campaign)) == sorted(numbers)
    assert (await events_of(campaign)) == ["RUNNING"]


async def test_nothing_is_kept_of_a_start_that_is_refused() -> None:
    template = await a_template(approval_status=TemplateStatus.PAUSED)
    own, number = await a_sender(business_account_id=template.business_account_id), factories.phone()
    before = await Campaign.all().count()
    given = {"template_id": template.id, "sender_ids": [own], "start": True}
    attempt = campaigns.create(SYSTEM, audience={"phone_numbers": [number]}, **given)
    assert await only(attempt) == (ErrorCode.TEMPLATE_UNAVAILABLE, "templateId", "paused")
    told = await refused(campaigns.create(SYSTEM, **given))
    assert [each[1] for each in told] == ["audience", "templateId"]
    await MessageTemplate.filter(id=template.id).update(approval_status=TemplateStatus.APPROVED)
    assert await only(campaigns.create(SYSTEM, **given)) == (INVALID, "audience", "empty_audience")
    await senders.disconnect_sender(SYSTEM, own)
    attempt = campaigns.create(SYSTEM, audience={"phone_numbers": [number]}, **given)
    assert await only(attempt) == (EXPIRED, "senderIds", "not_connected")
    assert (await Campaign.all().count(), await Contact.filter(name=number).count()) == (before, 0)


# ---------------------------------------------------------------------------
# Going on
# ---------------------------------------------------------------------------


async def test_what_is_paused_goes_on_where_it_stopped() -> None:
    campaign = await running_one()
    left = await leave(campaign, 1)
    await arrive(left, "delivered")
    assert (await campaigns.pause(SYSTEM, campaign.id)).by_hand is True
    assert await leave(campaign) == []
    await campaigns.resume(SYSTEM, campaign.id)
    await running.fan_out(campaign.id)
    rest = await leave(campaign)
    assert (len(rest), {each.id for each in rest} & {each.id for each in left}) == (2, set())


async def test_nothing_goes_on_without_template_or_session() -> None:
    template = await a_template()
    sender = await a_sender(business_account_id=template.business_account_id)
    campaign = await running_one(sender, template_id=template.id)
    await campaigns.pause(SYSTEM, campaign.id)
    told = await events_of(campaign)
    await MessageTemplate.filter(id=template.id).update(approval_status=TemplateStatus.DISABLED)
    assert (await only(campaigns.resume(SYSTEM, campaign.id)))[:2] == (ErrorCode.TEMPLATE_UNAVAILABLE, "id")
    await MessageTemplate.filter(id=template.id).update(approval_status=TemplateStatus.APPROVED)
    await senders.disconnect_sender(SYSTEM, sender)
    assert (await only(campaigns.resume(SYSTEM, campaign.id)))[:2] == (EXPIRED, "id")
    stands = await Campaign.get(id=campaign.id)
    assert (stands.status, stands.by_hand, await events_of(campaign)) == (PAUSED, True, told)


# ---------------------------------------------------------------------------
# Figures
# ---------------------------------------------------------------------------


async def test_figures_read_as_they_were_put_and_later_receipts_count_on_from_there() -> None:
    campaign = await running_one()
    departures = await leave(campaign)
    await arrive(departures[:1], "read")
    assert await stats(campaign) == DeliveryStats(3, 0, 2, 1, 1, 1, 0, 0, 0, 0)
    await campaigns.put_stats(SYSTEM, campaign.id, sent=100, delivered=90, read=None)
    assert await stats(campaign) == DeliveryStats(102, 0, 2, 100, 90, 1, 0, 0, 0, 0)
    await arrive(departures[1:2], "delivered")
    assert await stats(campaign) == DeliveryStats(102, 0, 1, 101, 91, 1, 0, 0, 0, 0)
    await campaigns.put_stats(SYSTEM, campaign.id, sent=0, failed=4, replies=3)
    assert await stats(campaign) == DeliveryStats(5, 0, 1, 0, 91, 1, 4, 0, 0, 3)
    await arrive(departures[2:], "failed")
    assert await stats(campaign) == DeliveryStats(5, 0, 0, 0, 91, 1, 5, 0, 0, 3)


async def test_figures_that_were_put_are_told_and_their_shares_stay_shares() -> None:
    user, campaign = await factories.user(), await a_campaign()
    await campaigns.put_stats(Viewer(user_id=user.id, role=Role.ADMIN), campaign.id, sent=1, delivered=5, replies=9)
    found = await stats(campaign)
    assert (found.recipients, found.delivery_rate, found.reply_rate, found.progress) == (1, 1.0, 1.0, 1.0)
    told = await connect.row("SELECT * FROM event WHERE campaign_id = $1 AND type = 'CAMPAIGN_PROGRESS'", campaign.id)
    assert told is not None
    assert told["actor_id"] == user.id


@pytest.mark.parametrize("figure", ["sent", "delivered", "read", "failed", "replies"])
async def test_no_figure_is_negative_and_nothing_is_put_where_one_is(figure: str) -> None:
    campaign = await a_campaign()
    other = "read" if figure == "sent" else "sent"
    given: Any = {figure: -1, other: 5}
    attempt = campaigns.put_stats(SYSTEM, campaign.id, **given)
    assert await only(attempt) == (INVALID, figure, "out_of_range")
    assert (await Campaign.get(id=campaign.id)).corrections == {}


async def test_contacts_that_were_deleted_since_are_no_part_of_the_audience() -> None:
    contact = await factories.contact()
    campaign = await a_campaign(audience={"contact_ids": [contact.id]})
    await contacts.delete(SYSTEM, contact.id)
    await changes_nothing(campaign, campaigns.start(SYSTEM, campaign.id), INVALID, "empty_audience")
