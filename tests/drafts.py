"""Campaigns at every stage, for tests of what happens to them."""

from typing import Any

from db.campaigns import Campaign, CampaignStatus
from domain import campaigns
from domain.core.access import SYSTEM, Viewer
from tests.plans import stopped_sender


async def draft(viewer: Viewer = SYSTEM, **given: Any) -> Campaign:
    """A campaign with a text of its own, from a sender that no worker sends for, unless `given` says otherwise."""
    if "template_id" not in given:
        given.setdefault("content", "Hello {{name}}")
    if "sender_ids" not in given:
        given["sender_ids"] = [await stopped_sender()]
    return await campaigns.create(viewer, **given)


async def put_into(campaign: Campaign, status: CampaignStatus) -> None:
    """Puts a campaign into a status, without the way there."""
    await Campaign.filter(id=campaign.id).update(status=status)


def columns(campaign: Campaign) -> dict[str, Any]:
    """All that is stored of it."""
    return dict(campaign)
