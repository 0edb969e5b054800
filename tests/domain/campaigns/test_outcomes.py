"""Recipients by their outcome: by an index where they are few, by looking on where they are many, and the same."""

import itertools
from typing import Any

import pytest

from db.campaigns import Campaign, RecipientOutcome, outcomes
from db.core import connect
from db.core.paging import PageRequest
from domain import campaigns, contacts
from domain.core.access import SYSTEM
from tests.crowds import crowd
from tests.domain.campaigns.surroundings import arrive, leave, messages_of, running_one

OUTCOMES = list(RecipientOutcome)


async def of_each_kind() -> Campaign:
    """A campaign that has come to every outcome, with one person each."""
    campaign = await running_one(group=await crowd(8, without_phone=1))
    left = await leave(campaign, 6)
    await arrive(left[:5], "sent", "delivered", "read", "read", "failed")
    *_, called_off, _ = await messages_of(campaign)
    await contacts.delete(SYSTEM, called_off["contact_id"])
    await connect.execute(
        "UPDATE message SET state = 'UNCONFIRMED', lease_until = NULL, error_message = 'No.' WHERE id = $1", left[5].id
    )
    await connect.execute(
        "UPDATE campaign_recipient r SET reply_id = 1 FROM message m WHERE m.id = $1"
        " AND r.campaign_id = m.campaign_id AND r.contact_id = m.contact_id",
        left[3].id,
    )
    for state, count in (("QUEUED", -1), ("UNCONFIRMED", 1), ("REPLIED", 1)):
        sql = "INSERT INTO campaign_tally (campaign_id, state, count) VALUES ($1, $2, $3)"
        await connect.execute(sql, campaign.id, state, count)
    return campaign


async def found(campaign: Campaign, wanted: list[Any]) -> list[int]:
    """The contacts of those who are listed, from front to back and page by page."""
    people, after = list[int](), None
    while True:
        request = PageRequest(first=2, after=after)
        page = (await campaigns.pages_of_recipients(SYSTEM, [campaign.id], request, outcome=wanted))[campaign.id]
        people += [row.contact_id for row in page.rows]
        if not page.has_next:
            assert await page.total() == len(people)
            return people
        after = page.cursor(page.rows[-1])


async def test_everyone_is_found_by_their_outcome_whether_few_or_many(monkeypatch: pytest.MonkeyPatch) -> None:
    campaign = await of_each_kind()
    for few in (outcomes.FEW, 0):
        monkeypatch.setattr(outcomes, "FEW", few)
        each = {outcome: await found(campaign, [outcome]) for outcome in OUTCOMES}
        assert {outcome: len(people) for outcome, people in each.items()} == dict.fromkeys(OUTCOMES, 1)
        for pair in itertools.combinations(OUTCOMES, 2):
            assert await found(campaign, list(pair)) == sorted(each[pair[0]] + each[pair[1]])
        assert await found(campaign, OUTCOMES) == sorted(person for people in each.values() for person in people)


async def test_few_are_found_by_an_index_and_none_without_a_look() -> None:
    """What pages read: contacts from a partial index where there is one; nobody where tallies know of nobody."""
    campaign = await running_one(group=await crowd(3))
    assert await outcomes.among([campaign.id], ["READ"]) == await outcomes.among([campaign.id], ["FAILED"])
    assert await found(campaign, ["READ", "FAILED"]) == []
    await arrive(await leave(campaign, 2), "read", "failed")
    indexed = await outcomes.among([campaign.id], ["FAILED", "EXCLUDED"])
    assert indexed is not None
    assert "error_message IS NOT NULL" in indexed


async def test_every_failure_has_words_by_which_it_is_found() -> None:
    campaign = await of_each_kind()
    silent = "SELECT count(*) FROM message WHERE campaign_id = $1 AND error_message IS NULL AND state = ANY($2)"
    assert await connect.value(silent, campaign.id, ["FAILED", "UNCONFIRMED", "CANCELLED"]) == 0
