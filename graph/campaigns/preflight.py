"""What a campaign would do, as it is shown."""

from datetime import datetime

import strawberry

from db import campaigns as rows
from db.campaigns import ExclusionReason
from domain import campaigns
from graph.campaigns.types import Campaign
from graph.contacts.privacy import Tally
from graph.core.fields import column, computed
from graph.templates.types import MessagePreview, preview_of


@strawberry.type(description="How many are left out for a reason.")
class ExclusionTally:
    reason: ExclusionReason = column("The reason.")
    count: int = column("How many.")


@strawberry.type(description="What a campaign would do if it started now.")
class CampaignPreflight:
    id: strawberry.ID = column(
        "Give it to startCampaign to start exactly this; the same as long as audience and template are."
    )
    audience: int = column("People in the audience.")
    recipients: int = column("Those who would be sent a message.")
    exclusions: list[ExclusionTally] = column("Those who would not, by reason; only reasons that occur.")
    missing_variables: list[Tally] = column(
        "Contacts that lack a value, by placeholder, and header where its file is missing; their messages would fail. "
        "An API token that is bound to a sender is told of contacts that it sees."
    )
    closed_countries: list[Tally] = column(
        "Recipients in countries that WhatsApp does not let their sender write to (SenderHealth.closedCountries), by "
        "country (ISO 3166-1 alpha-2); their messages would fail."
    )
    finishes_at: datetime | None = column(
        "When the last message would leave under the senders' present limits; null when they may not send at all."
    )
    pacing: str = column("Why it would take that long, in words.")
    problems: list[str] = column(
        "What stands against starting, in words, such as a template that is paused; empty when it may start."
    )
    created_at: datetime = column("When this was found.")

    @computed("The campaign.", graphql_type=Campaign)
    @staticmethod
    def campaign(row: strawberry.Parent[campaigns.Preflight]) -> rows.Campaign:
        return row.campaign

    @computed("The message as up to 5 different recipients would get it.", size=5)
    @staticmethod
    def samples(row: strawberry.Parent[campaigns.Preflight]) -> list[MessagePreview]:
        return [preview_of(contact, rendered) for contact, rendered in row.samples]
