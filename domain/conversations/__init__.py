"""Conversations: everything said between one of our senders and one person."""

from domain.conversations.attending import mark_read, show_typing, tell
from domain.conversations.hearing import WINDOW, Heard, Spoken, heard, spoke
from domain.conversations.reading import (
    ConversationOrder,
    by_ids,
    find,
    get,
    message_counts,
    of_messages,
    pages_of_contacts,
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
    "mark_read",
    "message_counts",
    "of_messages",
    "pages_of_contacts",
    "send",
    "show_typing",
    "spoke",
    "tell",
]
