"""Campaigns: a message to an audience, from the draft to the last receipt."""

from domain.campaigns.preflight import Preflight, preflight
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
from domain.campaigns.steering import complete, pause, put_stats, resume, start, stop
from domain.campaigns.writing import create, delete, duplicate, update

__all__ = [
    "CampaignOrder",
    "Preflight",
    "by_ids",
    "complete",
    "create",
    "delete",
    "duplicate",
    "fates",
    "find",
    "get",
    "get_recipient",
    "groups_of",
    "pages_of_recipients",
    "pause",
    "preflight",
    "put_stats",
    "recipients_url",
    "resume",
    "senders_of",
    "start",
    "stats",
    "stop",
    "update",
]
