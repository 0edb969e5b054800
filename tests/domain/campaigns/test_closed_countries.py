"""How many of an audience are in countries that are closed to their sender."""

import sys

import pytest

from db.campaigns import Campaign
from db.core import connect
from domain import campaigns
from domain.campaigns.preflight import Preflight, Tally
from domain.core.access import SYSTEM
from domain.core.phone import country_of
from tests.crowds import crowd, members
from tests.domain.campaigns.surroundings import a_campaign
from tests.domain.messages.surroundings import a_sender


async def look(campaign: Campaign) -> Preflight:
    return await campaigns.preflight(SYSTEM, campaign.id)


async def test_recipients_in_countries_that_are_closed_to_their_sender_are_told() -> None:
    sender, group = await a_sender(), await crowd(5, opted_out=1)
    people = await members(group)
    for contact, begins in zip(people, ("+1202555", "+1416555", "+35191234", "+35191234", "+44791112"), strict=False):
        number = f"{begins}{contact % 10_000:04d}"
        await connect.execute("UPDATE contact_phone SET phone_number = $2 WHERE contact_id = $1", contact, number)
    await connect.execute("UPDATE contact SET opt_in_status = 'OPTED_OUT' WHERE id = $1", people[3])
    campaign = await a_campaign(sender, group=group)
    assert (await look(campaign)).closed_countries == []
    await connect.execute("UPDATE sender SET closed_countries = '{US,PT}' WHERE id = $1", sender)
    found = await look(campaign)
    # Canada shares the code of the United States, and who is left out anyway would not be written to.
    assert found.closed_countries == [Tally("PT", 1), Tally("US", 1)]
    assert found.id == (await look(campaign)).id
    free, taken = await a_sender(), await a_campaign(sender, group=group)
    await connect.execute("UPDATE campaign_sender SET sender_id = $2 WHERE campaign_id = $1", taken.id, free)
    assert (await look(taken)).closed_countries == []


async def test_what_is_parsed_to_tell_of_closed_countries_does_not_grow_with_the_audience(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sender, group = await a_sender(), await crowd(40)
    for place, contact in enumerate(await members(group)):
        number = f"+1{'416' if place % 2 else '202'}55{place * 99_999 // 40:05d}"
        await connect.execute("UPDATE contact_phone SET phone_number = $2 WHERE contact_id = $1", contact, number)
    await connect.execute("UPDATE sender SET closed_countries = '{US,CA}' WHERE id = $1", sender)
    parsed = list[str]()
    module = sys.modules[Preflight.__module__]
    monkeypatch.setattr(module, "country_of", lambda address: parsed.append(address) or country_of(address))
    found = await look(await a_campaign(sender, group=group))
    assert found.closed_countries == [Tally("CA", 20), Tally("US", 20)]
    assert len(parsed) <= 4
