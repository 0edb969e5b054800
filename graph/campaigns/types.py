"""Campaigns as they are shown."""

from datetime import datetime, time
from typing import Annotated

import strawberry
from strawberry.scalars import JSON

from db import campaigns as rows
from db import messages as message_rows
from db.campaigns import CampaignStatus, CampaignType, ExclusionReason, RecipientOutcome
from db.core.paging import Page
from domain import accounts, campaigns, contacts, files, messages, templates
from graph.accounts import User
from graph.campaigns.inputs import CampaignRecipientFilter
from graph.contacts.types import Contact
from graph.core.context import Info
from graph.core.export import CSV_URL
from graph.core.fields import column, computed, loaded, query
from graph.core.nodes import Node, node
from graph.core.paging import Connection, paged
from graph.files import File
from graph.groups import Group
from graph.messages.types import DeliveryStats, Message
from graph.senders import Sender
from graph.templates import MessageTemplate


@strawberry.type(description="Hours of the day without messages; they may run over midnight.")
class QuietHours:
    start: time = column("From this time on.")
    end: time = column("Until this time.")


@node(
    rows.CampaignRecipient,
    get=campaigns.get_recipient,
    description="Someone in the audience of a campaign, and what became of them.",
)
class CampaignRecipient(Node):
    address: str | None = column("The number or chat id written to; null once the contact was erased.")
    exclusion: ExclusionReason | None = column("Why nothing is sent; only for EXCLUDED.")

    campaign: Annotated["Campaign", strawberry.lazy("graph.campaigns.types")] = loaded(
        "The campaign.", campaigns.by_ids, of="campaign_id"
    )
    contact: Contact | None = loaded("Who; null when erased or deleted since.", contacts.present, of="contact_id")
    reply: Message | None = loaded("What they wrote back first.", messages.by_ids, of="reply_id")

    @computed("How far it came.")
    @staticmethod
    async def outcome(info: Info, row: strawberry.Parent[rows.CampaignRecipient]) -> RecipientOutcome:
        return (await info.context.load(campaigns.fates, row.id)).outcome

    @computed(
        "What was sent: its text, status, times and error; null for EXCLUDED.",
        graphql_type=Message | None,
    )
    @staticmethod
    async def message(info: Info, row: strawberry.Parent[rows.CampaignRecipient]) -> message_rows.Message | None:
        fate = await info.context.load(campaigns.fates, row.id)
        return await info.context.load(messages.by_ids, fate.message_id)

    @computed("Not before this instant, because of quiet hours; null otherwise.")
    @staticmethod
    async def not_before(info: Info, row: strawberry.Parent[rows.CampaignRecipient]) -> datetime | None:
        return (await info.context.load(campaigns.fates, row.id)).not_before


@strawberry.type(description="Recipients, a page of them.")
class CampaignRecipientConnection(Connection[CampaignRecipient]):
    @query(campaigns.recipients_url, description=CSV_URL)
    @staticmethod
    async def csv_url(info: Info, page: strawberry.Parent[Page[rows.CampaignRecipient]]) -> str | None:
        return await campaigns.recipients_url(info.context.for_one(), **page.source)


@node(rows.Campaign, get=campaigns.get, description="A message sent to an audience.")
class Campaign(Node):
    name: str = column("What the campaign is called.")
    description: str | None = column("What it is about.")
    type: CampaignType = column("How it reaches its audience.")
    status: CampaignStatus = column("Where it stands.")
    variables: JSON = column("Values for placeholders; they win over the contact's own.")
    expires_at: datetime | None = column("What has not left by then is not sent any more; null: no end.")
    scheduled_at: datetime | None = column("When a SCHEDULED one starts.")
    error_message: str | None = column("Why the system paused it.")
    started_at: datetime | None = column("When it was started.")
    ended_at: datetime | None = column("When it was stopped or completed.")
    created_at: datetime = column("When it was created.")
    updated_at: datetime = column("When it was last changed.")

    template: MessageTemplate | None = loaded(
        "The template it sends; null when its text was written for it.", templates.by_ids, of="template_id"
    )
    media: File | None = loaded(
        "What goes along with the text, or fills the header of a template.", files.by_ids, of="media_id"
    )
    senders: list[Sender] = loaded(
        "The pool of numbers it leaves from. A contact stays with the one it knows; the share of one that is paused "
        "moves to the others.",
        campaigns.senders_of,
    )
    groups: list[Group] = loaded("Groups in the audience.", campaigns.groups_of)
    stats: DeliveryStats = loaded("Recipients, sent, pending, failed, progress and so on.", campaigns.stats)
    created_by: User | None = loaded(
        "Who created it; null when that user is gone.", accounts.by_ids, of="created_by_id"
    )

    @computed("The text, with {{placeholders}}; that of the template when there is one.")
    @staticmethod
    async def content(info: Info, row: strawberry.Parent[rows.Campaign]) -> str:
        template = await info.context.load(templates.by_ids, row.template_id)
        return row.text or "" if template is None else template.content

    @computed("When no message is sent, in each recipient's time zone; null: any time is fine.")
    @staticmethod
    def quiet_hours(row: strawberry.Parent[rows.Campaign]) -> QuietHours | None:
        if row.quiet_from is None or row.quiet_until is None:
            return None
        return QuietHours(start=row.quiet_from, end=row.quiet_until)

    recipients: CampaignRecipientConnection = paged(
        "Everyone in the audience, each number once, with what became of them or why they were left out; frozen at the "
        "start, none before.",
        campaigns.pages_of_recipients,
        filter=CampaignRecipientFilter,
    )
