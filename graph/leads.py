"""Leads: chances of a sale, from the first word to the deal."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, TypeAlias

import strawberry
from strawberry.scalars import JSON

from db import leads as rows
from db.leads import LeadActivityType, LeadStatus
from db.messages import Priority
from domain import accounts, campaigns, contacts, conversations, leads, messages
from domain.core.assignment import Assignment
from domain.leads import LeadOrder
from graph.accounts import User
from graph.campaigns.types import Campaign
from graph.contacts.types import Contact
from graph.conversations.types import Conversation
from graph.core.context import Info
from graph.core.enums import describe
from graph.core.fields import arg, column, computed, loaded, mutation, query
from graph.core.ids import decode, encode
from graph.core.inputs import DateTimeRange, given, optional, required
from graph.core.nodes import Node, node
from graph.core.paging import Connection, listing, paged
from graph.messages.types import Message

describe(
    LeadStatus,
    "Stage of a lead, in the order of the pipeline.",
    NEW="Not spoken to yet.",
    CONTACTED="Spoken to.",
    QUALIFIED="Worth pursuing.",
    PROPOSAL="Has an offer.",
    NEGOTIATION="Discussing terms.",
    WON="Converted.",
    LOST="Closed without a deal.",
)
describe(
    LeadActivityType,
    "What happened to a lead.",
    CREATED="It was created.",
    UPDATED="Its description or figures changed.",
    ASSIGNED="It was given to someone, or to no one.",
    STATUS_CHANGED="It moved to another stage.",
    CONTACTED="The contact was spoken to.",
    FOLLOW_UP_SCHEDULED="A follow-up was planned or cleared.",
    SCORE_CHANGED="Its score changed.",
    CONVERTED="It was won.",
    LOST="It was lost.",
)
describe(
    LeadOrder,
    "What leads are sorted by.",
    CREATED_AT="When they were created.",
    UPDATED_AT="When they were last changed.",
    PRIORITY="Their priority.",
    SCORE="Their score.",
    ESTIMATED_VALUE="Their estimated value.",
    NEXT_FOLLOW_UP_AT="Their next follow-up.",
)

_NAMES = {
    "estimated_value": "estimatedValue",
    "last_contacted_at": "lastContactedAt",
    "next_follow_up_at": "nextFollowUpAt",
    "lost_reason": "lostReason",
    "closed_at": "closedAt",
}
_IDS = {
    "assigned_to_id": ("assignedTo", "User"),
    "campaign_id": ("campaign", "Campaign"),
    "contact_id": ("contact", "Contact"),
}


@node(rows.LeadActivity, get=leads.get_activity, description="Something that happened to a lead.")
class LeadActivity(Node):
    type: LeadActivityType = column("What happened.")
    note: str | None = column("What the user said about it.")
    created_at: datetime = column("When it happened.")
    lead: Annotated["Lead", strawberry.lazy("graph.leads")] = loaded("The lead.", leads.by_ids, of="lead_id")
    user: User | None = loaded(
        "Who did it; null for the system, and where the caller may not see users.", accounts.by_ids, of="user_id"
    )

    @computed(
        "Changed values by the lead's fields, each as [before, after]; of users, campaigns and contacts their ids."
    )
    @staticmethod
    def changes(row: strawberry.Parent[rows.LeadActivity]) -> JSON:
        found: dict[str, Any] = {}
        for name, values in row.changes.items():
            if name in _IDS:
                shown, kind = _IDS[name]
                found[shown] = [None if value is None else encode(kind, value) for value in values]
            else:
                found[_NAMES.get(name, name)] = values
        return JSON(found)


@node(rows.Lead, get=leads.get, description="A chance of a sale.")
class Lead(Node):
    title: str = column("What it is called.")
    description: str | None = column("What it is about.")
    status: LeadStatus = column("Its stage.")
    priority: Priority = column("How urgent it is.")
    source: str | None = column("Where it came from, such as whatsapp_campaign.")
    estimated_value: Decimal | None = column("What it may be worth.")
    probability: int = column("How likely it is, 0 to 100.")
    score: int = column("How good it is, 0 to 100.")
    last_contacted_at: datetime | None = column("When the contact was last spoken to.")
    next_follow_up_at: datetime | None = column("When to speak to them next.")
    lost_reason: str | None = column("Why it was lost.")
    closed_at: datetime | None = column("When it was won or lost.")
    created_at: datetime = column("When it was created.")
    updated_at: datetime = column("When it was last changed.")
    contact: Contact = loaded("With whom.", contacts.by_ids, of="contact_id")
    campaign: Campaign | None = loaded("The campaign that brought it.", campaigns.by_ids, of="campaign_id")
    conversation: Conversation | None = loaded(
        "The conversation it came from or is led in.", conversations.present, of="conversation_id"
    )
    message: Message | None = loaded(
        "The message it began with, such as a reply to a campaign or one with an ad's referral.",
        messages.by_ids,
        of="message_id",
    )
    assigned_to: User | None = loaded(
        "Whose work it is; null where the caller may not see users, too.", accounts.by_ids, of="assigned_to_id"
    )
    overdue: bool = column("Open, and its follow-up is past.")

    activities: Connection[LeadActivity] = paged("What happened to it, newest first.", leads.pages_of_activities)


@strawberry.input(description="Which leads.")
class LeadFilter:
    search: str | None = optional(
        "Part of the title, description or the contact's name or company, up to 200 characters; case does not matter."
    )
    status: list[LeadStatus] | None = optional("With one of these statuses.")
    priority: list[Priority] | None = optional("With one of these priorities.")
    source: list[str] | None = optional("From one of these sources.")
    assignment: Assignment | None = optional("Whose work it is, seen from the caller.")
    assigned_to_id: strawberry.ID | None = optional("Assigned to this user.", of="User")
    contact_id: strawberry.ID | None = optional("With this contact.", of="Contact")
    campaign_id: strawberry.ID | None = optional("Brought by this campaign.", of="Campaign")
    overdue: bool | None = optional("Overdue or not.")
    min_score: int | None = optional("With at least this score, 0 to 100.")
    created_at: DateTimeRange | None = optional("Created then.")


@strawberry.input(description="A new lead.")
class CreateLeadInput:
    contact_id: strawberry.ID = required("With whom.", of="Contact")
    title: str = required("1 to 255 characters.")
    description: str | None = optional("Up to 5000 characters.")
    status: LeadStatus = optional("Its stage, an open one.", default=LeadStatus.NEW)
    priority: Priority = optional("How urgent it is.", default=Priority.NORMAL)
    source: str | None = optional("Up to 100 characters, such as whatsapp_campaign.")
    estimated_value: Decimal | None = optional("Not negative, less than a trillion, with at most two decimals.")
    probability: int = optional("0 to 100.", default=0)
    score: int = optional("0 to 100.", default=0)
    assigned_to_id: strawberry.ID | None = optional("Whose work it is.", of="User")
    campaign_id: strawberry.ID | None = optional("The campaign that brought it.", of="Campaign")
    conversation_id: strawberry.ID | None = optional("The conversation it comes from.", of="Conversation")
    message_id: strawberry.ID | None = optional(
        "The message it begins with; names conversation, campaign and source (the ad, when it has a referral) by "
        "itself where they are left out.",
        of="Message",
    )


@strawberry.input(description="Changes to a lead.")
class UpdateLeadInput:
    title: str | None = optional("1 to 255 characters.")
    description: str | None = optional("Up to 5000 characters.")
    priority: Priority | None = optional("How urgent it is.")
    source: str | None = optional("Up to 100 characters, such as whatsapp_campaign.")
    estimated_value: Decimal | None = optional("Not negative, less than a trillion, with at most two decimals.")
    probability: int | None = optional("0 to 100.")
    campaign_id: strawberry.ID | None = optional("The campaign that brought it.", of="Campaign")


LeadId: TypeAlias = Annotated[strawberry.ID, arg("The lead.")]
LeadIds: TypeAlias = Annotated[list[strawberry.ID], arg("The leads, at most 1000.")]
Note: TypeAlias = Annotated[str | None, arg("What was said, up to 5000 characters.")]


@strawberry.type
class LeadsQuery:
    @query(leads.get, description="A lead; null with NOT_FOUND when there is none.", graphql_type=Lead | None)
    async def lead(self, info: Info, id: LeadId) -> rows.Lead:
        return await leads.get(info.context.viewer, decode(id, "Lead"))

    leads: Connection[Lead] = listing(leads.find, filter=LeadFilter, by=LeadOrder.CREATED_AT, description="Leads.")


@strawberry.type
class LeadsMutation:
    @mutation(leads.create, description="Creates a lead.", graphql_type=Lead)
    async def create_lead(self, info: Info, input: Annotated[CreateLeadInput, arg("The new lead.")]) -> rows.Lead:
        return await leads.create(info.context.viewer, **given(input))

    @mutation(
        leads.update,
        description=(
            "Changes a lead's description and figures; status, assignee, score and follow-up have mutations of their "
            "own."
        ),
        graphql_type=Lead,
    )
    async def update_lead(
        self, info: Info, id: LeadId, input: Annotated[UpdateLeadInput, arg("What to change.")]
    ) -> rows.Lead:
        return await leads.update(info.context.viewer, decode(id, "Lead"), **given(input))

    @mutation(leads.delete, description="Deletes a lead and its activities.")
    async def delete_lead(self, info: Info, id: LeadId) -> strawberry.ID:
        await leads.delete(info.context.viewer, decode(id, "Lead"))
        return id

    @mutation(
        leads.assign,
        description="Gives one or many leads to a user, or to no one; all or none, answered in the order given.",
        graphql_type=list[Lead],
        size=100,
    )
    async def assign_leads(
        self,
        info: Info,
        ids: LeadIds,
        user_id: Annotated[strawberry.ID | None, arg("Whose work they become; null: no one's.")] = None,
    ) -> list[rows.Lead]:
        user = None if user_id is None else decode(user_id, "User", "userId")
        return await leads.assign(info.context.viewer, [decode(id, "Lead", "ids") for id in ids], user)

    @mutation(
        leads.move,
        description=(
            "Moves one or many leads to a status, all or none; WON and LOST also close them, and an open status opens "
            "a closed one again. INVALID_STATE where a closed lead would be closed otherwise."
        ),
        graphql_type=list[Lead],
        size=100,
    )
    async def update_lead_status(
        self, info: Info, ids: LeadIds, status: Annotated[LeadStatus, arg("The new status.")]
    ) -> list[rows.Lead]:
        return await leads.move(info.context.viewer, [decode(id, "Lead", "ids") for id in ids], status)

    @mutation(
        leads.mark_contacted,
        description=(
            "Records that the contact was spoken to; a NEW lead becomes CONTACTED, and a due follow-up is done."
        ),
        graphql_type=Lead,
    )
    async def mark_lead_contacted(self, info: Info, id: LeadId, note: Note = None) -> rows.Lead:
        return await leads.mark_contacted(info.context.viewer, decode(id, "Lead"), note=note)

    @mutation(
        leads.follow_up,
        description=(
            "Plans the next follow-up of an open lead, replacing an earlier plan; LEAD_FOLLOW_UP_DUE tells when it is "
            "time."
        ),
        graphql_type=Lead,
    )
    async def schedule_lead_follow_up(
        self,
        info: Info,
        id: LeadId,
        at: Annotated[datetime | None, arg("When, not in the past; null clears the plan.")] = None,
        note: Annotated[str | None, arg("What for, up to 5000 characters.")] = None,
    ) -> rows.Lead:
        return await leads.follow_up(info.context.viewer, decode(id, "Lead"), at=at, note=note)

    @mutation(leads.score, description="Sets a lead's score.", graphql_type=Lead)
    async def update_lead_score(
        self,
        info: Info,
        id: LeadId,
        score: Annotated[int, arg("0 to 100.")],
        reason: Annotated[str | None, arg("Why, up to 500 characters.")] = None,
    ) -> rows.Lead:
        return await leads.score(info.context.viewer, decode(id, "Lead"), score, reason=reason)

    @mutation(
        leads.convert,
        description="Wins an open lead: status WON, probability 100, and the final value when given.",
        graphql_type=Lead,
    )
    async def convert_lead(
        self,
        info: Info,
        id: LeadId,
        value: Annotated[Decimal | None, arg("Its final value, not negative, with at most two decimals.")] = None,
        note: Annotated[str | None, arg("Up to 5000 characters.")] = None,
    ) -> rows.Lead:
        return await leads.convert(info.context.viewer, decode(id, "Lead"), value=value, note=note)

    @mutation(leads.close_lost, description="Loses an open lead: status LOST and probability 0.", graphql_type=Lead)
    async def close_lead_lost(
        self, info: Info, id: LeadId, reason: Annotated[str | None, arg("Why, up to 500 characters.")] = None
    ) -> rows.Lead:
        return await leads.close_lost(info.context.viewer, decode(id, "Lead"), reason=reason)
