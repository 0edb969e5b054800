"""What is said of a campaign before it starts is what it then does."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from db.accounts import Scope
from db.campaigns import Campaign, CampaignStatus, ExclusionReason
from db.contacts import Contact
from db.core import connect
from db.core.pace import Pace
from db.core.settings import get_settings
from db.files import File
from db.templates import MessageTemplate, TemplateCategory, TemplateStatus
from domain import campaigns, groups, senders, templates
from domain.campaigns import running
from domain.campaigns.outlook import Quiet
from domain.campaigns.preflight import ExclusionTally, Preflight, Tally
from domain.core.access import SYSTEM
from domain.core.errors import ErrorCode, Refusal
from domain.senders import PacingState, SenderPacing
from tests import factories
from tests.callers import only, token
from tests.crowds import crowd, members
from tests.domain.campaigns.surroundings import a_campaign, a_template, changes_nothing, messages_of, recipients_of
from tests.domain.messages.surroundings import a_message, a_sender
from tests.drafts import columns, draft, put_into
from tests.statements import statements


async def look(campaign: Campaign) -> Preflight:
    return await campaigns.preflight(SYSTEM, campaign.id)


async def opened(campaign: Campaign, *contacts: int) -> None:
    """Has these people written to the sender within the day."""
    [sender] = await Campaign.raw(f"SELECT sender_id AS id FROM campaign_sender WHERE campaign_id = {campaign.id}")
    for contact in contacts:
        await connect.execute(
            "INSERT INTO conversation (sender_id, contact_id, address, window_expires_at, last_message_at)"
            " VALUES ($1, $2, '+1', now() + interval '1 hour', now())",
            *(sender.id, contact),
        )


# ---------------------------------------------------------------------------
# To whom
# ---------------------------------------------------------------------------


async def test_it_counts_whom_the_campaign_then_reaches_and_sends_nothing() -> None:
    template = await a_template(category=TemplateCategory.MARKETING)
    group = await crowd(4, opted_out=2, without_phone=1)
    *_, unknown = (await members(group))[:4]
    await connect.execute("UPDATE contact_phone SET on_whatsapp = false WHERE contact_id = $1", unknown)
    campaign = await a_campaign(template_id=template.id, group=group)
    before = columns(await Campaign.get(id=campaign.id))
    found = await look(campaign)
    assert (found.audience, found.recipients) == (7, 3)
    assert found.exclusions == [
        ExclusionTally(ExclusionReason.NOT_ON_WHATSAPP, 1),
        ExclusionTally(ExclusionReason.NO_PHONE_NUMBER, 1),
        ExclusionTally(ExclusionReason.OPTED_OUT, 2),
    ]
    assert (columns(await Campaign.get(id=campaign.id)), await recipients_of(campaign)) == (before, {})
    assert (found.problems, found.campaign.id) == ([], campaign.id)
    await campaigns.start(SYSTEM, campaign.id, preflight_id=found.id)
    await running.fan_out(campaign.id)
    reasons = [reason for reason in (await recipients_of(campaign)).values() if reason]
    assert len(await messages_of(campaign)) == found.recipients
    assert sorted(reasons) == sorted(each.reason for each in found.exclusions for _ in range(each.count))


async def test_the_same_look_gives_the_same_id() -> None:
    campaign = await a_campaign()
    one, other = await look(campaign), await look(campaign)
    assert (one.id == other.id, one.created_at < other.created_at) == (True, True)
    assert (await look(await a_campaign(template_id=campaign.template_id, audience=campaign.audience))).id != one.id


async def test_a_text_of_ours_reaches_whoever_has_an_open_window() -> None:
    group = await crowd(3)
    campaign = await a_campaign(text="Hello {{name}}", group=group)
    one, *_ = await members(group)
    await opened(campaign, one)
    found = await look(campaign)
    assert (found.recipients, found.exclusions) == (1, [ExclusionTally(ExclusionReason.WINDOW_CLOSED, 2)])
    assert [contact.id for contact, _ in found.samples] == [one]


async def test_what_a_number_may_send_to_new_people_in_a_day_is_kept_to() -> None:
    sender = await a_sender(messaging_limit=2)
    found = await look(await a_campaign(sender, group=await crowd(5)))
    assert (found.recipients, found.exclusions) == (2, [ExclusionTally(ExclusionReason.OVER_SENDER_LIMIT, 3)])


@pytest.mark.parametrize("status", [each for each in CampaignStatus if each not in ("DRAFT", "SCHEDULED")])
async def test_only_what_has_not_begun_is_looked_at(status: CampaignStatus) -> None:
    campaign = await a_campaign()
    await put_into(campaign, status)
    assert (await only(campaigns.preflight(SYSTEM, campaign.id)))[:2] == (ErrorCode.INVALID_STATE, "id")


async def test_it_takes_as_many_statements_for_two_people_as_for_two_hundred() -> None:
    counted: list[int] = []
    for people in (2, 200):
        campaign = await a_campaign(group=await crowd(people))
        with statements() as found:
            await look(campaign)
        counted.append(len(found))
    assert counted[0] == counted[1]


# ---------------------------------------------------------------------------
# In which words
# ---------------------------------------------------------------------------


async def test_samples_are_what_is_sent() -> None:
    template = await a_template(content="Hello {{first_name}} of {{company}}, {{code}} {{hello}}")
    group = await crowd(7)
    variables = {"code": 7, "hello": "Hi {{first_name}}", "company": "Acme"}
    campaign = await a_campaign(template_id=template.id, group=group, variables=variables)
    found = await look(campaign)
    assert [contact.id for contact, _ in found.samples] == (await members(group))[:5]
    assert found.samples[0][1].text == "Hello P1 of Acme, 7 Hi P1"
    assert found.missing_variables == []


async def test_who_lacks_a_value_is_counted_by_placeholder() -> None:
    content = "{{first_name}} {{email}} {{city}} {{hello}} {{nothing}} {{both}} {{code}}"
    template, group = await a_template(content=content), await crowd(4, opted_out=1)
    one, two, three, four, _ = await members(group)
    await Contact.filter(id=one).update(email="a@example.com", company="Acme", attributes={"city": "Lisbon"})
    await Contact.filter(id=two).update(email="", attributes={"city": ""})
    await Contact.filter(id=three).update(first_name=None)
    await Contact.filter(id=four).update(company="Acme", attributes={"city": True})
    variables = {"hello": "Hi {{first_name}}", "nothing": "", "both": "{{first_name}} {{company}}", "code": 7}
    campaign = await a_campaign(template_id=template.id, group=group, variables=variables)
    await MessageTemplate.filter(id=template.id).update(category=TemplateCategory.MARKETING)
    found = await look(campaign)
    assert (found.recipients, len(found.samples)) == (4, 4)
    assert {each.key: each.count for each in found.missing_variables} == {
        "first_name": 1,
        "email": 3,
        "city": 2,
        "hello": 1,
        "nothing": 4,
        "both": 2,
    }
    for name in ("first_name", "email", "city", "hello", "nothing", "both"):
        lacking = sum(name in rendered.missing for _, rendered in found.samples)
        assert Tally(name, lacking) in found.missing_variables


async def test_a_bound_token_is_told_what_those_lack_whom_it_sees_and_nothing_of_others() -> None:
    template = await a_template(content="{{email}} {{diagnosis}} {{first_name}}")
    sender = await a_sender(business_account_id=template.business_account_id)
    group = await crowd(3)
    seen, *unseen = await members(group)
    await a_message(sender, seen, state="DELIVERED", due_at=None)
    campaign = await a_campaign(sender, template_id=template.id, group=group)
    bound = token(Scope.READ, Scope.CAMPAIGNS, sender_id=sender)
    before = await campaigns.preflight(bound, campaign.id)
    assert before.missing_variables == [Tally("email", 1), Tally("diagnosis", 1)]
    assert [contact.id for contact, _ in before.samples] == [seen]
    await Contact.filter(id__in=unseen).update(email="a@example.com", attributes={"diagnosis": "x"}, first_name=None)
    after = await campaigns.preflight(bound, campaign.id)
    assert after == replace(before, created_at=after.created_at, finishes_at=after.finishes_at)
    assert Tally("first_name", 2) in (await look(campaign)).missing_variables
    await Contact.filter(id=seen).update(email="b@example.com")
    assert (await campaigns.preflight(bound, campaign.id)).missing_variables == [Tally("diagnosis", 1)]


async def test_a_header_without_its_file_is_missing_for_all_until_there_is_one() -> None:
    template = await a_template(header={"format": "IMAGE"})
    campaign = await a_campaign(template_id=template.id)
    assert Tally("header", 3) in (await look(campaign)).missing_variables
    file = await File.create(name="f", mime_type="image/png", status="COMPLETED")
    await Campaign.filter(id=campaign.id).update(media_id=file.id, media_type="IMAGE")
    found = await look(campaign)
    assert [each.key for each in found.missing_variables] == []
    details = found.samples[0][1].details
    assert details is not None
    assert (details["header"] or {}).get("media_id") == file.id


async def test_samples_go_by_those_who_are_left_out() -> None:
    group = await crowd(1, opted_out=3, without_phone=3)
    people = await members(group)
    await connect.execute("UPDATE contact SET opt_in_status = 'OPTED_OUT' WHERE id = ANY($1)", people[:3])
    await connect.execute("UPDATE contact SET opt_in_status = 'UNKNOWN' WHERE id = ANY($1)", people[3:4])
    found = await look(await a_campaign(group=group))
    assert [contact.id for contact, _ in found.samples] == people[3:4]


# ---------------------------------------------------------------------------
# Until when
# ---------------------------------------------------------------------------


def seconds_until(found: Preflight) -> float:
    assert found.finishes_at is not None
    return (found.finishes_at - found.created_at).total_seconds()


async def test_it_takes_as_long_as_the_sender_needs_for_all_that_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    sender = await a_sender(name="Shop", messages_per_second=10)
    monkeypatch.setattr(get_settings(), "send_rate", None)
    for _ in range(5):
        await a_message(sender)
    found = await look(await a_campaign(sender, group=await crowd(20)))
    assert seconds_until(found) == pytest.approx(2.5)
    assert found.pacing == "20 from Shop at 10 a second, behind 5 that wait already: As fast as it may: 10 a second."


async def test_a_pool_is_done_when_its_slowest_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(get_settings(), "send_rate", None)
    fast = await a_sender(name="Fast", messages_per_second=10)
    slow = await a_sender(name="Slow", messages_per_second=2)
    found = await look(await a_campaign(fast, slow, group=await crowd(10)))
    assert "5 from Fast at 10 a second" in found.pacing
    assert "5 from Slow at 2 a second" in found.pacing
    assert seconds_until(found) == pytest.approx(2.5)


async def test_while_nobody_may_send_there_is_no_end_and_a_problem() -> None:
    sender = await a_sender(name="Shop")
    await senders.disconnect_sender(SYSTEM, sender)
    found = await look(await a_campaign(sender))
    assert found.finishes_at is None
    assert "The sender is STOPPED" in found.pacing
    assert found.problems == ["No sender of the campaign is connected: Shop is STOPPED."]


async def test_problems_are_what_a_start_is_refused_for() -> None:
    template = await a_template(approval_status=TemplateStatus.PAUSED)
    campaign = await a_campaign(template_id=template.id, audience={})
    found = await look(campaign)
    assert found.problems == ["There is nobody in the audience.", "The template is PAUSED at WhatsApp."]
    assert (found.finishes_at, found.pacing, found.samples) == (None, "Nobody would be sent anything.", [])
    plain = await factories.template()
    other = await draft(template_id=plain.id, audience={"group_ids": [await crowd(1)]})
    await templates.delete(SYSTEM, plain.id)
    assert "The template was deleted." in (await look(other)).problems


def paced(**given: Any) -> SenderPacing:
    pace = Pace(1, **{"rate": 2.0, **given.pop("pace", {})})
    values = {"state": PacingState.NORMAL, "until": None, "remaining_this_hour": None, **given}
    return SenderPacing(1, reason="", messages_per_second=2.0, pace=pace, **values)


NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        (paced(), 50),
        (paced(pace={"delay": 3}), 300),
        (paced(pace={"per_hour": 1000}, remaining_this_hour=1000), 50),
        (paced(pace={"per_hour": 10}, remaining_this_hour=50), 18_000),
        (paced(pace={"per_hour": 10}, remaining_this_hour=0, state=PacingState.PAUSED), 36_000),
        (paced(state=PacingState.PAUSED, until=NOW + timedelta(seconds=30)), 80),
        (paced(state=PacingState.PAUSED), None),
    ],
)
def test_a_hundred_messages_take_a_sender_so_long(told: SenderPacing, seconds: float | None) -> None:
    assert told.seconds(100, NOW) == seconds


@pytest.mark.parametrize(
    ("begins", "seconds", "zone", "ends"),
    [
        ("12:00", 3600, None, "22T13:00"),
        ("20:00", 3600, None, "22T21:00"),
        ("20:00", 3601, None, "23T08:00:01"),
        ("22:00", 60, None, "23T08:01"),
        ("03:00", 60, None, "22T08:01"),
        ("12:00", 13 * 3600, None, "23T12:00"),
        ("12:00", 26 * 3600 + 60, None, "24T12:01"),
        ("12:00", 9 * 3600 + 60, None, "23T08:01"),
        ("12:00", 60, "Asia/Tokyo", "22T23:01"),
        ("12:00", 60, "America/New_York", "22T13:01"),
    ],
)
def test_quiet_hours_do_not_count(begins: str, seconds: float, zone: str | None, ends: str) -> None:
    begin = datetime.fromisoformat(f"2026-11-22T{begins}+00:00")
    quiet = Quiet(time(21, tzinfo=UTC), time(8, tzinfo=UTC))
    assert quiet.after(begin, seconds, zone) == datetime.fromisoformat(f"2026-11-{ends}+00:00")


async def test_quiet_hours_put_the_end_off_and_say_so() -> None:
    now = await connect.value("SELECT now()")
    start, end = ((now + timedelta(hours=hours)).replace(second=0, microsecond=0) for hours in (-1, 3))
    campaign = await a_campaign(quiet_from=start.timetz(), quiet_until=end.timetz())
    found = await look(campaign)
    assert found.finishes_at is not None
    assert end <= found.finishes_at < end + timedelta(seconds=5)
    assert f"No message leaves from {start:%H:%M} to {end:%H:%M} in the zone of its recipient." in found.pacing


# ---------------------------------------------------------------------------
# The preflight that was accepted
# ---------------------------------------------------------------------------


async def outdated(campaign: Campaign, accepted: str) -> None:
    attempt = campaigns.start(SYSTEM, campaign.id, preflight_id=accepted)
    await changes_nothing(campaign, attempt, ErrorCode.PREFLIGHT_OUTDATED, None)
    with pytest.raises(Refusal) as caught:
        await campaigns.start(SYSTEM, campaign.id, preflight_id=accepted)
    assert caught.value.field == "preflightId"
    new = caught.value.details["preflightId"]
    assert new == (await campaigns.preflight(SYSTEM, campaign.id)).id != accepted


async def test_what_was_accepted_is_started_while_it_stands() -> None:
    campaign = await a_campaign()
    accepted = (await campaigns.preflight(SYSTEM, campaign.id)).id
    await campaigns.update(SYSTEM, campaign.id, name="Another name")
    later = datetime.now(UTC) + timedelta(hours=1)
    assert (
        await campaigns.start(SYSTEM, campaign.id, at=later, preflight_id=accepted)
    ).status is CampaignStatus.SCHEDULED
    assert (await campaigns.start(SYSTEM, campaign.id, preflight_id=accepted)).status is CampaignStatus.RUNNING


async def test_an_id_that_never_was_one_is_outdated() -> None:
    await outdated(await a_campaign(), "nonsense")


async def test_an_audience_that_moved_is_outdated() -> None:
    group = await crowd(3)
    campaign = await a_campaign(group=group)
    one, *_ = await members(group)

    async def accepted() -> str:
        return (await campaigns.preflight(SYSTEM, campaign.id)).id

    before = await accepted()
    joined = await factories.contact()
    await groups.update(SYSTEM, group, contact_ids=[*await members(group), joined.id])
    await outdated(campaign, before)
    before = await accepted()
    await groups.update(SYSTEM, group, contact_ids=[*(await members(group))[1:], (await factories.contact()).id])
    await outdated(campaign, before)
    before = await accepted()
    await Contact.filter(id=joined.id).update(opt_in_status="OPTED_OUT")
    await outdated(campaign, before)
    assert one not in await members(group)


async def test_a_message_that_changed_is_outdated() -> None:
    template = await factories.template("Hello {{name}}")
    campaign = await draft(template_id=template.id, audience={"group_ids": [await crowd(2)]})
    before = (await campaigns.preflight(SYSTEM, campaign.id)).id
    await templates.update(SYSTEM, template.id, content="Goodbye {{name}}")
    await outdated(campaign, before)
    before = (await campaigns.preflight(SYSTEM, campaign.id)).id
    await campaigns.update(SYSTEM, campaign.id, variables={"name": "you"})
    await outdated(campaign, before)
    before = (await campaigns.preflight(SYSTEM, campaign.id)).id
    await campaigns.update(SYSTEM, campaign.id, content="Hello {{name}}")
    await outdated(campaign, before)
