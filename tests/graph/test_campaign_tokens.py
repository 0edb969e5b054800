"""Tokens that are bound to a sender, and campaigns: those that leave from that sender alone."""

import pytest

from db.accounts import Scope
from db.campaigns import CampaignSender
from db.core import connect
from domain import campaigns
from domain.core.access import SYSTEM
from tests import factories
from tests.callers import token
from tests.domain.campaigns.surroundings import a_campaign
from tests.drafts import draft
from tests.plans import stopped_sender


async def test_a_token_bound_to_a_sender_sees_campaigns_of_that_sender_alone() -> None:
    own, other = await factories.sender(), await factories.sender()
    mine = await draft(sender_ids=[own.id])
    theirs, shared = await draft(sender_ids=[other.id]), await draft(sender_ids=[own.id, other.id])
    bound = token(Scope.READ, Scope.CAMPAIGNS, sender_id=own.id)
    assert (await campaigns.get(bound, mine.id)).id == mine.id
    for hidden in (theirs, shared):
        for attempt in (campaigns.get, campaigns.pause, campaigns.preflight, campaigns.delete, campaigns.start):
            with pytest.raises(Exception, match="no such campaign"):
                await attempt(bound, hidden.id)
    assert [found and found.id for found in await campaigns.by_ids(bound, [mine.id, theirs.id, shared.id])] == [
        mine.id, None, None,
    ]  # fmt: skip
    made = await campaigns.create(bound, content="Hi")
    assert [each.sender_id for each in await CampaignSender.filter(campaign_id=made.id)] == [own.id]
    with pytest.raises(Exception, match="no such sender"):
        await campaigns.create(bound, content="Hi", sender_ids=[other.id])
    with pytest.raises(Exception, match="no such campaign"):
        await campaigns.create(bound, content="Hi", audience={"outcome": {"campaign_id": theirs.id, "outcome": []}})


async def test_events_of_a_campaign_reach_tokens_of_its_only_sender() -> None:
    one, pooled = await a_campaign(), await a_campaign(await stopped_sender(), (await factories.sender()).id)
    for campaign in (one, pooled):
        await campaigns.put_stats(SYSTEM, campaign.id, sent=1)
    found = await connect.rows(
        "SELECT campaign_id, sender_id FROM event WHERE subject_type = 'Campaign' AND subject_id = ANY($1)",
        [one.id, pooled.id],
    )
    [own] = await CampaignSender.filter(campaign_id=one.id)
    assert {row["campaign_id"]: row["sender_id"] for row in found} == {one.id: own.sender_id, pooled.id: None}
