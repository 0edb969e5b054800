"""Leads: chances of a sale, from the first word to the deal. A token bound to a sender sees those of its contacts."""

from domain.leads.reading import (
    LeadOrder,
    activities_by_ids,
    by_ids,
    find,
    get,
    get_activity,
    pages_of_activities,
    pages_of_contacts,
)
from domain.leads.stages import assign, close_lost, convert, follow_up, mark_contacted, move, score, tell_due
from domain.leads.writing import create, delete, update

__all__ = [
    "LeadOrder",
    "activities_by_ids",
    "assign",
    "by_ids",
    "close_lost",
    "convert",
    "create",
    "delete",
    "find",
    "follow_up",
    "get",
    "get_activity",
    "mark_contacted",
    "move",
    "pages_of_activities",
    "pages_of_contacts",
    "score",
    "tell_due",
    "update",
]
