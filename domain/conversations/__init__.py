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
    present,
)
from domain.conversations.sending import send
from domain.conversations.summary import Summary, summaries, transcripts
from domain.conversations.writing import assign, create, delete, update

__all__ = [
    "WINDOW",
    "ConversationOrder",
    "Heard",
    "Spoken",
    "Summary",
    "assign",
    "by_ids",
    "create",
    "delete",
    "find",
    "get",
    "heard",
    "mark_read",
    "message_counts",
    "of_messages",
    "pages_of_contacts",
    "present",
    "send",
    "show_typing",
    "spoke",
    "summaries",
    "tell",
    "transcripts",
    "update",
]
