"""The event log, as a page and live."""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any, ClassVar, TypeAlias

import strawberry
from tortoise.models import Model

from db import events as log
from db.campaigns import CampaignStatus
from db.conversations import EscalationReason
from db.events import EventType
from db.leads import Lead as LeadRow
from db.leads import LeadActivity as LeadActivityRow
from db.messages import MessageAuthor
from db.messages.stats import DeliveryStats as DeliveryStatsRow
from db.senders import SenderStatus
from domain import (
    accounts,
    campaigns,
    contacts,
    conversations,
    files,
    leads,
    messages,
    schedules,
    senders,
    templates,
    webhooks,
)
from domain.core.assignment import Assignment
from domain.events import EventPage, cursor_of, find, start
from graph.accounts import User
from graph.campaigns.types import Campaign
from graph.conversations.types import Conversation
from graph.core.context import ById, Info
from graph.core.enums import describe
from graph.core.fields import arg, column, computed, loaded, query, subscription
from graph.core.inputs import ANY, criteria, optional
from graph.core.live import Tailer
from graph.core.nodes import Node
from graph.core.paging import After, Before, First, Last, Matching, PageInfo, page_request
from graph.leads import Lead, LeadActivity
from graph.messages.types import Message
from graph.schedules import DeliveryStats, Schedule
from graph.senders import Sender

describe(
    EventType,
    "Kind of event.",
    MESSAGE_SCHEDULED="A schedule was created.",
    MESSAGE_PROCESSING="A schedule began to be sent, or goes on after it was held.",
    MESSAGE_HELD="A schedule is held, before it began or in its midst.",
    MESSAGE_SENT="WhatsApp took a message; told again of one that it gave up by a fault of its own and took once more.",
    MESSAGE_DELIVERED="A message arrived on the recipient's phone.",
    MESSAGE_READ="The recipient read a message.",
    MESSAGE_FAILED="A message was given up.",
    MESSAGE_UNCONFIRMED="A message was handed over, but never confirmed.",
    MESSAGE_CANCELLED="A message was called off before it left.",
    MESSAGE_COMPLETED="All messages of a schedule are done.",
    MESSAGE_RECEIVED="A contact wrote to us.",
    MESSAGE_UPDATED="A message was edited, deleted for everyone, reacted to, sent again by hand, or its file arrived.",
    CONVERSATION_CREATED="A conversation was opened.",
    CONVERSATION_UPDATED="A conversation was changed, assigned, read or reopened, or something was said in it.",
    CONVERSATION_ESCALATED="A conversation needs a person.",
    CONVERSATION_TAKEN_OVER="An operator took a conversation over.",
    CONVERSATION_HANDED_BACK="A conversation was handed back to the bot, by a person or after silence.",
    CONVERSATION_CLOSED="A conversation was closed; its transcript is all that was said.",
    CONVERSATION_TYPING="An operator, or where WAHA tells it the contact, began to type, or stopped.",
    CONTACT_UPDATED="A contact was created, changed, merged, or its consent changed.",
    IMPORT_PROGRESS="An import went on or ended.",
    CAMPAIGN_STATUS_CHANGED="A campaign was scheduled, started, paused, resumed, stopped or completed.",
    CAMPAIGN_PROGRESS="A campaign's figures moved; told at most 4 times a second.",
    LEAD_CREATED="A lead was created.",
    LEAD_UPDATED="A lead was changed, assigned, scored, moved to another stage, won, lost or deleted.",
    LEAD_FOLLOW_UP_DUE="The time of a lead's follow-up has come.",
    FILE_UPDATED="A file arrived, is being fetched, or was given up or refused.",
    TEMPLATE_UPDATED="WhatsApp changed a template's status, quality or category.",
    SENDER_STATUS_CHANGED="A sender's session changed its status.",
    SENDER_EXPIRING="A WAHA session runs out in two days at most, and does not answer; told once.",
    SENDER_HEALTH_CHANGED="A sender's quality, limits, pace or last error changed.",
    WEBHOOK_DISABLED="A webhook failed for 5 days and was switched off.",
    WEBHOOK_TEST="Sent to one webhook by testWebhook alone; not in the log.",
)

MESSAGES = frozenset(type for type in EventType if type.startswith("MESSAGE_"))
CONVERSATIONS = frozenset(type for type in EventType if type.startswith("CONVERSATION_"))
CAMPAIGNS = frozenset(type for type in EventType if type.startswith("CAMPAIGN_"))
SENDERS = frozenset(type for type in EventType if type.startswith("SENDER_"))
LEADS = frozenset(type for type in EventType if type.startswith("LEAD_"))
RESOURCES = frozenset(EventType) - MESSAGES - CONVERSATIONS - CAMPAIGNS - SENDERS - LEADS

SUBJECTS: Mapping[str, ById[Model | None]] = {
    "Campaign": campaigns.by_ids,
    "Contact": contacts.by_ids,
    "ContactImport": contacts.imports_by_ids,
    "Conversation": conversations.by_ids,
    "File": files.by_ids,
    "Lead": leads.by_ids,
    "Message": messages.by_ids,
    "MessageTemplate": templates.by_ids,
    "Schedule": schedules.by_ids,
    "Sender": senders.by_ids,
    "Webhook": webhooks.by_ids,
}

tailer = Tailer(
    {
        contacts.by_ids: "contact_id",
        conversations.by_ids: "conversation_id",
        messages.by_ids: "message_id",
        schedules.by_ids: "schedule_id",
        senders.by_ids: "sender_id",
    }
)
"""The one reader of the log in this process, which reads rows that events name once for all its subscriptions."""

Row: TypeAlias = strawberry.Parent[log.Event]


@strawberry.interface(
    description=(
        "Something that happened. What an event says of its own moment stays as it was; the objects it names are given "
        "as they are now."
    )
)
class Event:
    family: ClassVar[frozenset[EventType]] = frozenset(EventType)

    @classmethod
    def is_type_of(cls, value: log.Event, _info: Any) -> bool:
        return value.type in cls.family

    @classmethod
    def resolve_type(cls, value: log.Event, *_: Any) -> str:
        """By its family: what happens to a message is a MessageEvent, save where conversations are asked for."""
        return next(kind.__name__ for kind in cls.__subclasses__() if value.type in kind.family)

    @computed("Its place in the log: give the last one seen to a subscription to go on from there.")
    @staticmethod
    def cursor(row: Row) -> str:
        return cursor_of(row)

    type: EventType = column("What happened.")
    occurred_at: datetime = column("When it happened.")
    actor: User | None = loaded(
        "Who did it; null for contacts, the system, and where the caller may not see users.",
        accounts.by_ids,
        of="actor_id",
    )

    @computed("What it happened to; null when it is gone.", graphql_type=Node | None)
    @staticmethod
    async def subject(info: Info, row: Row) -> Model | None:
        found = await info.context.load(SUBJECTS[row.subject_type], row.subject_id)
        return None if getattr(found, "deleted_at", None) else found


@strawberry.type(description="Something that happened to a message or a schedule.")
class MessageEvent(Event):
    family = MESSAGES

    message: Message | None = loaded(
        "The message; null for MESSAGE_SCHEDULED, PROCESSING, HELD and COMPLETED.", messages.by_ids, of="message_id"
    )
    schedule: Schedule | None = loaded("The schedule, when there is one.", schedules.by_ids, of="schedule_id")

    @computed("Why; only for MESSAGE_FAILED, MESSAGE_UNCONFIRMED and MESSAGE_HELD.")
    @staticmethod
    def error(row: Row) -> str | None:
        return (row.data or {}).get("error")

    @computed("Figures of the schedule at that moment; only for MESSAGE_COMPLETED.", graphql_type=DeliveryStats | None)
    @staticmethod
    def stats(row: Row) -> DeliveryStatsRow | None:
        figures = (row.data or {}).get("stats")
        return None if figures is None else DeliveryStatsRow(**figures)


@strawberry.type(description="Something that happened to a conversation or to one of its messages.")
class ConversationEvent(Event):
    family = CONVERSATIONS

    @classmethod
    def is_type_of(cls, value: log.Event, _info: Any) -> bool:
        return value.conversation_id is not None and value.type in CONVERSATIONS | MESSAGES

    conversation: Conversation = loaded("The conversation.", conversations.by_ids, of="conversation_id")
    message: Message | None = loaded(
        "The message that it is about; null for CONVERSATION_...", messages.by_ids, of="message_id"
    )

    @computed("Why; only for CONVERSATION_ESCALATED.")
    @staticmethod
    def escalation_reason(row: Row) -> EscalationReason | None:
        reason = (row.data or {}).get("reason")
        return None if reason is None else EscalationReason(reason)

    @computed("Whether they began or stopped; only for CONVERSATION_TYPING. Ends by itself after 25 seconds.")
    @staticmethod
    def typing(row: Row) -> bool | None:
        return (row.data or {}).get("typing")

    @computed("Who types, CONTACT or OPERATOR; only for CONVERSATION_TYPING.")
    @staticmethod
    def typist(row: Row) -> MessageAuthor | None:
        author = (row.data or {}).get("by")
        return None if author is None else MessageAuthor(author)


@strawberry.type(description="Something that happened to a campaign.")
class CampaignEvent(Event):
    family = CAMPAIGNS

    campaign: Campaign = loaded("The campaign.", campaigns.by_ids, of="campaign_id")

    @computed("Its status at that moment.")
    @staticmethod
    def status(row: Row) -> CampaignStatus:
        return CampaignStatus((row.data or {})["status"])

    @computed("Its figures at that moment.", graphql_type=DeliveryStats)
    @staticmethod
    def stats(row: Row) -> DeliveryStatsRow:
        return DeliveryStatsRow(**(row.data or {})["stats"])


@strawberry.type(description="Something that happened to a lead.")
class LeadEvent(Event):
    family = LEADS

    @computed("The lead.", graphql_type=Lead)
    @staticmethod
    async def lead(info: Info, row: Row) -> LeadRow | None:
        return await info.context.load(leads.by_ids, row.subject_id)

    @computed(
        "The entry of its trail; null for LEAD_FOLLOW_UP_DUE, and once the lead is deleted.",
        graphql_type=LeadActivity | None,
    )
    @staticmethod
    async def activity(info: Info, row: Row) -> LeadActivityRow | None:
        return await info.context.load(leads.activities_by_ids, (row.data or {}).get("activity_id"))


@strawberry.type(description="Something that happened to a sender.")
class SenderEvent(Event):
    family = SENDERS

    sender: Sender = loaded("The sender.", senders.by_ids, of="sender_id")

    @computed("Its status at that moment.")
    @staticmethod
    def status(row: Row) -> SenderStatus:
        return SenderStatus((row.data or {})["status"])


@strawberry.type(
    description="Something that happened to a contact, an import, a file, a template or a webhook: see subject."
)
class ResourceEvent(Event):
    family = RESOURCES


@strawberry.type(description="One of a page of events.")
class EventEdge:
    @computed("Its place in the log; the event's own cursor.")
    @staticmethod
    def cursor(row: Row) -> str:
        return cursor_of(row)

    @computed("The event.", graphql_type=Event)
    @staticmethod
    def node(row: Row) -> log.Event:
        return row


@strawberry.type(description="Events of the log, a page of them. There is no totalCount: the log is too long to count.")
class EventConnection:
    @computed("The page.", graphql_type=list[EventEdge])
    @staticmethod
    def edges(page: strawberry.Parent[EventPage]) -> list[log.Event]:
        return page.rows

    @computed("Where the page stands.", graphql_type=PageInfo)
    @staticmethod
    def page_info(page: strawberry.Parent[EventPage]) -> EventPage:
        return page


@strawberry.input(description="Which events. A criterion that an event says nothing about does not match it.")
class EventFilter:
    types: list[EventType] | None = optional("Of one of these types.")
    schedule_id: strawberry.ID | None = optional("Of this schedule.", of="Schedule")
    campaign_id: strawberry.ID | None = optional("Of this campaign.", of="Campaign")
    contact_id: strawberry.ID | None = optional("Of this contact.", of="Contact")
    conversation_id: strawberry.ID | None = optional("Of this conversation.", of="Conversation")
    assignment: Assignment | None = optional(
        "Of conversations, and their messages, that were whose work at that moment, seen from the caller."
    )
    sender_id: strawberry.ID | None = optional("Of this sender.", of="Sender")
    subject_id: strawberry.ID | None = optional(
        "About this object itself, of any type, such as an import, a message or a template.", of=ANY
    )


Since: TypeAlias = Annotated[
    str | None, arg("Cursor of the last event seen: first everything since, then live; only live when left out.")
]


def _where(info: Info, filter: EventFilter | None, family: frozenset[EventType] | None = None) -> log.EventFilter:
    """What the filter asks for, within a family of types."""
    wanted = criteria(filter)
    types = frozenset(wanted.pop("types")) if "types" in wanted else family
    if "subject_id" in wanted:
        wanted["subject_type"], wanted["subject_id"] = wanted["subject_id"]
    match wanted.pop("assignment", None):
        case Assignment.MINE:
            # Whoever is no user has no work.
            wanted["assigned_to_id"] = info.context.viewer.user_id or 0
        case Assignment() as assignment:
            wanted |= {"assigned": assignment is Assignment.ASSIGNED, "in_conversations": True}
        case _:
            pass
    return log.EventFilter(types=types if family is None or types is None else types & family, **wanted)


@strawberry.type
class EventsQuery:
    @query(
        find,
        description=(
            "The log of everything that happened, oldest first; Subscription.events goes on from any of its cursors, "
            "last: 1 gives the newest. CURSOR_EXPIRED when the log no longer reaches back to after."
        ),
        graphql_type=EventConnection,
    )
    async def events(
        self,
        info: Info,
        filter: Matching[EventFilter] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> EventPage:
        return await find(info.context.viewer, _where(info, filter), page_request(first, after, last, before))


@strawberry.type
class EventsSubscription:
    @subscription(start, description="Everything that the caller may see; for integrations.", graphql_type=Event)
    async def events(
        self, info: Info, filter: Matching[EventFilter] = None, after: Since = None
    ) -> AsyncGenerator[log.Event]:
        return await tailer.subscribe(info.context.viewer, _where(info, filter), after)

    @subscription(start, description="Messages and schedules: MESSAGE_...", graphql_type=MessageEvent)
    async def message_events(
        self, info: Info, filter: Matching[EventFilter] = None, after: Since = None
    ) -> AsyncGenerator[log.Event]:
        return await tailer.subscribe(info.context.viewer, _where(info, filter, MESSAGES), after)

    @subscription(
        start,
        description=(
            "Conversations, CONVERSATION_..., and what happens to their messages, MESSAGE_..., as ConversationEvent: "
            "one subscription for an inbox."
        ),
        graphql_type=ConversationEvent,
    )
    async def conversation_events(
        self, info: Info, filter: Matching[EventFilter] = None, after: Since = None
    ) -> AsyncGenerator[log.Event]:
        where = replace(_where(info, filter, CONVERSATIONS | MESSAGES), in_conversations=True)
        return await tailer.subscribe(info.context.viewer, where, after)

    @subscription(
        start,
        description="Campaigns: CAMPAIGN_..., progress at most 4 times a second for each.",
        graphql_type=CampaignEvent,
    )
    async def campaign_events(
        self, info: Info, filter: Matching[EventFilter] = None, after: Since = None
    ) -> AsyncGenerator[log.Event]:
        return await tailer.subscribe(info.context.viewer, _where(info, filter, CAMPAIGNS), after)

    @subscription(start, description="Senders: SENDER_...", graphql_type=SenderEvent)
    async def sender_events(
        self, info: Info, filter: Matching[EventFilter] = None, after: Since = None
    ) -> AsyncGenerator[log.Event]:
        return await tailer.subscribe(info.context.viewer, _where(info, filter, SENDERS), after)
