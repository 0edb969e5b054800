"""What campaigns need stays until they are done, and what they send stays as it was."""

import asyncio
from typing import Any

import pytest

from db.campaigns import CampaignStatus
from db.files import File
from db.groups import Group
from db.templates import MessageTemplate
from domain import campaigns, files, groups, templates
from domain.core.access import SYSTEM
from domain.core.errors import ErrorCode, Refusal
from tests import factories
from tests.callers import only
from tests.crowds import crowd
from tests.domain.campaigns.surroundings import a_campaign
from tests.drafts import draft, put_into

TO_BE_SENT = (CampaignStatus.SCHEDULED, CampaignStatus.RUNNING, CampaignStatus.PAUSED)
STATE = ErrorCode.INVALID_STATE


@pytest.mark.parametrize("status", list(CampaignStatus))
async def test_template_group_and_file_stay_while_a_campaign_needs_them(status: CampaignStatus) -> None:
    picture = await File.create(name="f", mime_type="image/png", status="COMPLETED")
    template, group = await factories.template(), await crowd(1)
    for made in (
        await draft(template_id=template.id, audience={"group_ids": [group]}),
        await draft(media={"file_id": picture.id}),
    ):
        await put_into(made, status)
    deletions = [templates.delete(SYSTEM, template.id), groups.delete(SYSTEM, group), files.delete(SYSTEM, picture.id)]
    for deletion in deletions:
        if status in TO_BE_SENT:
            assert (await only(deletion))[:2] == (STATE, "id")
        else:
            await deletion
    gone = [await Group.get(id=group), await MessageTemplate.get(id=template.id), await File.get(id=picture.id)]
    assert [row.deleted_at is None for row in gone] == [status in TO_BE_SENT] * 3


@pytest.mark.parametrize("status", list(CampaignStatus))
async def test_a_text_of_ours_stays_as_it_was_at_the_start(status: CampaignStatus) -> None:
    template = await factories.template("Before")
    await put_into(await draft(template_id=template.id), status)
    await templates.update(SYSTEM, template.id, title="Another title")
    change = templates.update(SYSTEM, template.id, content="After")
    if status in (CampaignStatus.RUNNING, CampaignStatus.PAUSED):
        assert await only(change) == (STATE, "id", "in_use")
        assert (await MessageTemplate.get(id=template.id)).content == "Before"
    else:
        assert (await change).content == "After"


@pytest.mark.parametrize("what", ["template", "group"])
async def test_what_is_deleted_while_a_campaign_starts_is_one_or_the_other(what: str) -> None:
    for _ in range(5):
        campaign = await a_campaign()
        [group] = campaign.audience["group_ids"]
        assert campaign.template_id is not None
        await MessageTemplate.filter(id=campaign.template_id).update(
            approval_name=None, approval_status=None, category=None
        )
        deletion: Any = templates.delete(SYSTEM, campaign.template_id) if what == "template" else None
        started, deleted = await asyncio.gather(
            campaigns.start(SYSTEM, campaign.id, at=(await Group.get(id=group)).created_at.replace(year=2027)),
            deletion or groups.delete(SYSTEM, group),
            return_exceptions=True,
        )
        assert isinstance(started, Refusal) != isinstance(deleted, Refusal), (started, deleted)
