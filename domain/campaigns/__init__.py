"""Campaigns: a message to an audience, from the draft to the last receipt."""

from domain.campaigns.reading import (
    CampaignOrder,
    by_ids,
    find,
    get,
    groups_of,
    senders_of,
    stats,
)
from domain.campaigns.results import fates, get_recipient, pages_of_recipients, recipients_url
from domain.campaigns.writing import create, delete, duplicate, update

__all__ = [
    "CampaignOrder",
    "by_ids",
    "create",
    "delete",
    "duplicate",
    "fates",
    "find",
    "get",
    "get_recipient",
    "groups_of",
    "pages_of_recipients",
    "recipients_url",
    "senders_of",
    "stats",
    "update",
]
