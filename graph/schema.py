"""The schema: every room's queries, mutations and subscriptions in one."""

import strawberry
from strawberry.tools import merge_types

from graph.accounts import AccountsMutation, AccountsQuery
from graph.analytics import AnalyticsQuery
from graph.audit import AuditQuery
from graph.bot import BotQuery
from graph.campaigns.roots import CampaignsMutation, CampaignsQuery
from graph.contacts.privacy import PrivacyMutation
from graph.contacts.roots import ContactsMutation, ContactsQuery
from graph.conversations.handling import HandlingMutation
from graph.conversations.roots import ConversationsMutation, ConversationsQuery
from graph.core.nodes import NodeQuery
from graph.core.schema import Schema
from graph.events import ConversationEvent, EventsQuery, EventsSubscription, LeadEvent, ResourceEvent
from graph.files import FilesMutation, FilesQuery
from graph.groups import GroupsMutation, GroupsQuery
from graph.health import HealthQuery
from graph.leads import LeadsMutation, LeadsQuery
from graph.messages.roots import MessagesQuery
from graph.messages.sending import MessagesMutation
from graph.schedules import SchedulesMutation, SchedulesQuery
from graph.senders import SendersMutation, SendersQuery
from graph.settings import SettingsMutation, SettingsQuery
from graph.templates import TemplatesMutation, TemplatesQuery
from graph.webhooks import WebhooksMutation, WebhooksQuery

QUERIES: tuple[type, ...] = (
    HealthQuery,
    NodeQuery,
    AccountsQuery,
    AuditQuery,
    SendersQuery,
    SettingsQuery,
    ContactsQuery,
    GroupsQuery,
    TemplatesQuery,
    SchedulesQuery,
    CampaignsQuery,
    ConversationsQuery,
    LeadsQuery,
    MessagesQuery,
    BotQuery,
    FilesQuery,
    EventsQuery,
    AnalyticsQuery,
    WebhooksQuery,
)
MUTATIONS: tuple[type, ...] = (
    AccountsMutation,
    SendersMutation,
    SettingsMutation,
    ContactsMutation,
    PrivacyMutation,
    GroupsMutation,
    TemplatesMutation,
    SchedulesMutation,
    CampaignsMutation,
    FilesMutation,
    ConversationsMutation,
    HandlingMutation,
    LeadsMutation,
    MessagesMutation,
    WebhooksMutation,
)
SUBSCRIPTIONS: tuple[type, ...] = (EventsSubscription,)
TYPES: tuple[type, ...] = (ResourceEvent, ConversationEvent, LeadEvent)
"""What only an interface leads to."""


def merged(name: str, parts: tuple[type, ...], description: str) -> type:
    """One root type of the parts."""
    return strawberry.type(merge_types(name, parts), name=name, description=description)


def build() -> Schema:
    """The schema of all rooms."""
    return Schema(
        merged("Query", QUERIES, "Everything that can be read."),
        merged(
            "Mutation",
            MUTATIONS,
            "Everything that can be changed; the mutations of an operation run one after another.",
        ),
        merged(
            "Subscription",
            SUBSCRIPTIONS,
            "Events as they happen, from a durable log. Without after, a subscription begins with the next event; with "
            "it, it first gives every matching event since that cursor, in order and without a gap, and then goes on "
            "live. Cursors are the log's own: one seen in any of these fields or in Query.events resumes any other. "
            "One older than the log is CURSOR_EXPIRED.",
        ),
        TYPES,
    )


schema = build()
