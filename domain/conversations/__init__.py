"""Conversations: everything said between one of our senders and one person."""

from domain.conversations.hearing import WINDOW, Heard, Spoken, heard, spoke
from domain.conversations.reading import (
    ConversationOrder,
    by_ids,
    find,
    get,
    message_counts,
    of_messages,
)
from domain.conversations.sending import send

__all__ = [
    "WINDOW",
    "ConversationOrder",
    "Heard",
    "Spoken",
    "by_ids",
    "find",
    "get",
    "heard",
    "message_counts",
    "of_messages",
    "send",
    "spoke",
]
