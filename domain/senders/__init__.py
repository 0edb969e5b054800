"""Senders: the numbers that messages leave from. Exactly one of them is the default, as long as there are any."""

from domain.senders.reading import SenderOrder, account, by_ids, choose, default_sender, find, get, visible
from domain.senders.writing import SenderChanges, connect_sender, create, delete, disconnect_sender, update

__all__ = [
    "SenderChanges",
    "SenderOrder",
    "account",
    "by_ids",
    "choose",
    "connect_sender",
    "create",
    "default_sender",
    "delete",
    "disconnect_sender",
    "find",
    "get",
    "update",
    "visible",
]
