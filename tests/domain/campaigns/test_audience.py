"""Whom a campaign reaches: everyone named once, each left out for one reason, and the same before and at the start."""

from typing import Any

import pytest

from db.campaigns import Campaign, ExclusionReason
from db.campaigns.preflight import look
from db.core import connect
from db.templates import TemplateCategory
from domain import contacts
from domain.core.access import SYSTEM
from tests import factories
from tests.crowds import crowd, members
from tests.domain.campaigns.surroundings import (
    a_campaign,
    a_template,
    arrive,
    leave,
    messages_of,
    recipients_of,
    running_one,
    started,
)
from tests.domain.messages.surroundings import a_contact, a_sender
from tests.factories import unique

OWN = {"text": "Hello {{name}}"}
REASONS = ExclusionReason


async def frozen(*senders: int, **given: Any) -> tuple[Campaign, dict[int, str | None]]:
    """A campaign that has begun, and who is left out why; its preflight had said the same."""
    campaign = await a_campaign(*senders, **given)
    told = await look(campaign.id)
    begun = await started(campaign)
    found = await recipients_of(begun)
    assert told.audience == len(found)
    assert told.recipients == list(found.values()).count(None) == begun.recipients
    assert told.exclusions == {
        ExclusionReason(reason): list(found.values()).count(reason) for reason in set(found.values()) - {None}
    }
    return begun, found


async def talk(sender: int, contact: int, *, open: bool = True, address: str = "+351910000111") -> None:
    await connect.execute(
        "INSERT INTO conversation (sender_id, contact_id, address, window_expires_at, last_message_at)"
        " VALUES ($1, $2, $3, now() + $4 * interval '1 hour', now())",
        *(sender, contact, address, 1 if open else -1),
    )


async def test_everyone_named_in_any_way_is_there_once() -> None:
    one, other = await crowd(3), await crowd(2)
    shared = (await members(one))[0]
    await connect.execute("INSERT INTO group_member (group_id, contact_id) VALUES ($1, $2)", other, shared)
    alone = (await factories.contact()).id
    campaign, found = await frozen(
        audience={"group_ids": [one, other], "contact_ids": [alone, shared, (await members(other))[-1]]}
    )
    assert list(found) == sorted({*await members(one), *await members(other), alone})
    assert len(await messages_of(campaign)) == 6


async def test_those_of_an_earlier_campaign_are_chosen_by_how_far_it_came() -> None:
    earlier = await running_one(group=await crowd(5, opted_out=1))
    await arrive(await leave(earlier, 4), "sent", "delivered", "read", "failed")
    people = list(await recipients_of(earlier))
    for outcomes, wanted in (
        (["SENT", "DELIVERED"], people[:2]),
        (["READ"], people[2:3]),
        (["FAILED", "PENDING"], people[3:5]),
        (["EXCLUDED"], people[5:]),
    ):
        campaign = await running_one(audience={"campaign_id": earlier.id, "outcomes": outcomes})
        assert list(await recipients_of(campaign)) == wanted


async def test_who_was_deleted_is_not_there_and_who_was_merged_is_the_one_that_stays() -> None:
    stays, gone = (await factories.contact()).id, await a_contact()
    await connect.execute("UPDATE contact SET deleted_at = now(), merged_into_id = $2 WHERE id = $1", gone, stays)
    deleted = (await factories.contact()).id
    await connect.execute("UPDATE contact SET deleted_at = now() WHERE id = $1", deleted)
    _, found = await frozen(audience={"contact_ids": [gone, deleted]})
    assert found == {stays: None}


async def test_each_is_left_out_for_one_reason() -> None:
    group = await crowd(4, opted_out=1, without_phone=1)
    people = await members(group)
    await connect.execute("UPDATE contact_phone SET on_whatsapp = false WHERE contact_id = $1", people[1])
    await connect.execute(
        "INSERT INTO contact_duplicate (contact_id, other_id, reason) VALUES ($1, $2, ''), ($3, $4, '')",
        *(people[0], people[2], people[1], people[3]),
    )
    _, found = await frozen(group=group)
    assert found == {
        people[0]: None,
        people[1]: REASONS.NOT_ON_WHATSAPP,
        people[2]: REASONS.DUPLICATE_NUMBER,
        people[3]: None,
        people[4]: REASONS.OPTED_OUT,
        people[5]: REASONS.NO_PHONE_NUMBER,
    }


async def test_a_twin_in_a_later_chunk_is_left_out_too() -> None:
    from_before, after = (await factories.contact()).id, (await factories.contact()).id
    await connect.execute(
        "INSERT INTO contact_duplicate (contact_id, other_id, reason) VALUES ($1, $2, '')", from_before, after
    )
    campaign = await a_campaign(audience={"contact_ids": [from_before, after]})
    await started(campaign, chunk=1)
    assert await recipients_of(campaign) == {from_before: None, after: REASONS.DUPLICATE_NUMBER}


async def test_a_text_of_ours_reaches_those_whose_window_is_open() -> None:
    sender, group = await a_sender(), await crowd(3)
    people = await members(group)
    await talk(sender, people[0])
    await talk(sender, people[1], open=False)
    _, found = await frozen(sender, group=group, **OWN)
    assert found == {people[0]: None, people[1]: REASONS.WINDOW_CLOSED, people[2]: REASONS.WINDOW_CLOSED}
    _, found = await frozen(await a_sender(provider="WAHA"), group=group, **OWN)
    assert set(found.values()) == {None}
    _, found = await frozen(sender, group=group)
    assert set(found.values()) == {None}, "WhatsApp takes an approved template from anybody at any time"


async def test_who_has_no_number_is_reached_where_they_wrote_from() -> None:
    sender, contact = await a_sender(), await a_contact()
    await talk(sender, contact, address="BR.1234567890")
    campaign, found = await frozen(sender, audience={"contact_ids": [contact]})
    assert found == {contact: None}
    assert [row["address"] for row in await messages_of(campaign)] == ["BR.1234567890"]


async def test_no_more_new_people_than_the_portfolio_may_write_to_in_a_day() -> None:
    portfolio = unique("portfolio")
    limited = {"portfolio_id": portfolio, "messaging_limit": 5}
    sender, sibling = await a_sender(**limited), await a_sender(**limited)
    group = await crowd(6)
    people = await members(group)
    reach = (
        "INSERT INTO portfolio_reach (portfolio_id, contact_id, reached_at) SELECT $1, $2, now() - $3 * interval '1 h'"
    )
    # One has been reached today, and one whom nobody asks; yesterday's do not count. One writes with us now.
    for contact, hours in ((people[0], 1), (await a_contact(), 2), (people[1], 30)):
        await connect.execute(reach, portfolio, contact, hours)
    await talk(sender, people[2])
    campaign = await a_campaign(sender, group=group)
    assert (await look(campaign.id)).exclusions == {REASONS.OVER_SENDER_LIMIT: 1}
    # What waits at a sibling takes a place, too.
    await running_one(sibling, group=await crowd(1))
    _, found = await frozen(sender, group=group)
    assert found == dict(
        zip(people, [None, None, None, None, REASONS.OVER_SENDER_LIMIT, REASONS.OVER_SENDER_LIMIT], strict=True)
    )


async def test_the_fingerprint_is_of_who_is_sent_what() -> None:
    group = await crowd(3, opted_out=1)
    campaign = await a_campaign(group=group)
    first = await look(campaign.id)
    assert first == await look(campaign.id)
    seen = {first.fingerprint}
    newcomer = (await factories.contact()).id
    for change in (
        f"INSERT INTO group_member (group_id, contact_id) VALUES ({group}, {newcomer})",
        f"UPDATE contact SET opt_in_status = 'OPTED_OUT' WHERE id = {newcomer}",
        f"UPDATE contact_phone SET phone_number = '{factories.phone()}' WHERE contact_id = {(await members(group))[0]}",
        f"DELETE FROM group_member WHERE group_id = {group} AND contact_id = {(await members(group))[1]}",
    ):
        await connect.execute(change)
        seen.add((await look(campaign.id)).fingerprint)
    assert len(seen) == 5


@pytest.mark.parametrize("given", [{}, {"group_ids": []}, {"contact_ids": []}])
async def test_an_audience_of_nobody_is_empty(given: Any) -> None:
    told = await look((await a_campaign(audience=given)).id)
    assert (told.audience, told.recipients, told.exclusions) == (0, 0, {})


async def test_a_template_of_another_purpose_is_not_sent_to_who_declined_that() -> None:
    contact = (await factories.contact()).id
    await contacts.opt_out(SYSTEM, contact, purpose=TemplateCategory.UTILITY)
    _, found = await frozen(audience={"contact_ids": [contact]})
    assert found == {contact: REASONS.OPTED_OUT}
    marketing = await a_template(category="MARKETING")
    _, found = await frozen(audience={"contact_ids": [contact]}, template_id=marketing.id)
    assert found == {contact: None}
