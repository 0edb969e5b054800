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
from domain.campaigns.writing import create, delete, duplicate, update

__all__ = [
    "CampaignOrder",
    "by_ids",
    "create",
    "delete",
    "duplicate",
    "find",
    "get",
    "groups_of",
    "senders_of",
    "stats",
    "update",
]
