"""What can be asked of campaigns, and done to them."""

from datetime import datetime
from typing import Annotated, TypeAlias

import strawberry

from db import campaigns as rows
from db.campaigns import CampaignStatus, CampaignType
from domain import campaigns
from domain.campaigns import CampaignOrder
from graph.campaigns.inputs import CampaignStatsInput, CreateCampaignInput, UpdateCampaignInput
from graph.campaigns.preflight import CampaignPreflight
from graph.campaigns.types import Campaign
from graph.core.context import Info
from graph.core.fields import arg, mutation, query
from graph.core.ids import decode
from graph.core.inputs import DateTimeRange, given, optional, whole
from graph.core.paging import (
    Connection,
    listing,
)

CampaignId: TypeAlias = Annotated[strawberry.ID, arg("The campaign.")]


@strawberry.input(description="Which campaigns.")
class CampaignFilter:
    search: str | None = optional("Part of the name or description, up to 200 characters; case does not matter.")
    type: list[CampaignType] | None = optional("Of one of these types.")
    status: list[CampaignStatus] | None = optional("With one of these statuses.")
    sender_id: strawberry.ID | None = optional("That may leave from this sender.", of="Sender")
    created_at: DateTimeRange | None = optional("Created then.")


@strawberry.type
class CampaignsQuery:
    @query(
        campaigns.preflight,
        description=(
            "Who would be sent what, who would not and why, and how long it would take, if the campaign started now; "
            "nothing is sent."
        ),
        graphql_type=CampaignPreflight,
        cost=200,
    )
    async def campaign_preflight(
        self, info: Info, id: Annotated[strawberry.ID, arg("A campaign that is DRAFT or SCHEDULED.")]
    ) -> campaigns.Preflight:
        return await campaigns.preflight(info.context.viewer, decode(id, "Campaign"))

    @query(
        campaigns.get, description="A campaign; null with NOT_FOUND when there is none.", graphql_type=Campaign | None
    )
    async def campaign(self, info: Info, id: CampaignId) -> rows.Campaign:
        return await campaigns.get(info.context.viewer, decode(id, "Campaign"))

    campaigns: Connection[Campaign] = listing(
        campaigns.find, filter=CampaignFilter, by=CampaignOrder.CREATED_AT, description="Campaigns."
    )


@strawberry.type
class CampaignsMutation:
    @mutation(
        campaigns.create,
        description="Creates a campaign as a DRAFT, or starts it at once when the input says so.",
        graphql_type=Campaign,
    )
    async def create_campaign(
        self, info: Info, input: Annotated[CreateCampaignInput, arg("The new campaign.")]
    ) -> rows.Campaign:
        return await campaigns.create(info.context.viewer, **whole(input))

    @mutation(
        campaigns.update,
        description="Changes a campaign: name and description at any time, the rest only while DRAFT.",
        graphql_type=Campaign,
    )
    async def update_campaign(
        self, info: Info, id: CampaignId, input: Annotated[UpdateCampaignInput, arg("What to change.")]
    ) -> rows.Campaign:
        return await campaigns.update(info.context.viewer, decode(id, "Campaign"), **whole(input))

    @mutation(
        campaigns.delete,
        description=(
            "Deletes a campaign; not one that is SCHEDULED, RUNNING or PAUSED. Its messages stay in their "
            "conversations."
        ),
    )
    async def delete_campaign(self, info: Info, id: CampaignId) -> strawberry.ID:
        await campaigns.delete(info.context.viewer, decode(id, "Campaign"))
        return id

    @mutation(
        campaigns.start,
        description=(
            "Starts a DRAFT or SCHEDULED campaign, now or at a time: freezes its audience and queues one message for "
            "each recipient. A second start changes nothing and is INVALID_STATE. This also agrees to what WhatsApp "
            "takes the template for by now."
        ),
        graphql_type=Campaign,
    )
    async def start_campaign(
        self,
        info: Info,
        id: CampaignId,
        at: Annotated[
            datetime | None,
            arg("When to start, at most a year ahead; now when left out. Until then the campaign is SCHEDULED."),
        ] = None,
        preflight_id: Annotated[
            strawberry.ID | None,
            arg(
                "The preflight that is accepted; PREFLIGHT_OUTDATED when audience or template have changed since, with "
                "the new one's id in extensions.details.preflightId."
            ),
        ] = None,
    ) -> rows.Campaign:
        number = decode(id, "Campaign")
        return await campaigns.start(info.context.viewer, number, at=at, preflight_id=preflight_id)

    @mutation(campaigns.pause, description="Holds a RUNNING campaign: queued messages wait.", graphql_type=Campaign)
    async def pause_campaign(self, info: Info, id: CampaignId) -> rows.Campaign:
        return await campaigns.pause(info.context.viewer, decode(id, "Campaign"))

    @mutation(
        campaigns.resume,
        description=(
            "Lets a PAUSED campaign go on where it stopped. This also agrees to what WhatsApp takes the template for "
            "by now."
        ),
        graphql_type=Campaign,
    )
    async def resume_campaign(self, info: Info, id: CampaignId) -> rows.Campaign:
        return await campaigns.resume(info.context.viewer, decode(id, "Campaign"))

    @mutation(
        campaigns.stop,
        description="Ends a SCHEDULED, RUNNING or PAUSED campaign for good and cancels its queued messages.",
        graphql_type=Campaign,
    )
    async def stop_campaign(self, info: Info, id: CampaignId) -> rows.Campaign:
        return await campaigns.stop(info.context.viewer, decode(id, "Campaign"))

    @mutation(
        campaigns.complete,
        description="Marks a RUNNING or PAUSED campaign complete by hand and cancels its queued messages.",
        graphql_type=Campaign,
    )
    async def complete_campaign(self, info: Info, id: CampaignId) -> rows.Campaign:
        return await campaigns.complete(info.context.viewer, decode(id, "Campaign"))

    @mutation(
        campaigns.put_stats,
        description="Corrects a campaign's figures by hand; later receipts count on from there.",
        graphql_type=Campaign,
    )
    async def update_campaign_stats(
        self,
        info: Info,
        id: CampaignId,
        input: Annotated[CampaignStatsInput, arg("The figures as they should read.")],
    ) -> rows.Campaign:
        return await campaigns.put_stats(info.context.viewer, decode(id, "Campaign"), **given(input))

    @mutation(
        campaigns.duplicate,
        description="Copies a campaign into a new DRAFT, without its figures and the time at which it ends.",
        graphql_type=Campaign,
    )
    async def duplicate_campaign(
        self,
        info: Info,
        id: CampaignId,
        name: Annotated[str | None, arg("Name of the copy, 1 to 255 characters; 'Copy of ...' when left out.")] = None,
    ) -> rows.Campaign:
        return await campaigns.duplicate(info.context.viewer, decode(id, "Campaign"), name=name)
