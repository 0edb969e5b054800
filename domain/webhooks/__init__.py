"""Outgoing webhooks: other systems are told of events by a POST, in order and at least once.

Only ADMIN has to do with them, and no token that is bound to a sender: they tell of all senders.
"""

from domain.webhooks.delivering import deliver, ring_due
from domain.webhooks.reading import (
    by_ids,
    cursors,
    find,
    get,
    get_delivery,
    pages_of_deliveries,
    waiting,
    waiting_since,
)
from domain.webhooks.writing import create, delete, forget, replay, retry, rotate, test, update

__all__ = [
    "by_ids",
    "create",
    "cursors",
    "delete",
    "deliver",
    "find",
    "forget",
    "get",
    "get_delivery",
    "pages_of_deliveries",
    "replay",
    "retry",
    "ring_due",
    "rotate",
    "test",
    "update",
    "waiting",
    "waiting_since",
]
