"""Conversations: everything said between one of our senders and one person."""

from domain.conversations.attending import Typing, mark_read, show_typing, tell, typed
from domain.conversations.handling import (
    close,
    escalate,
    escalate_by_bot,
    hand_back,
    hand_back_silent,
    reopen,
    take_over,
)
from domain.conversations.hearing import WINDOW, Heard, Spoken, heard, spoke
from domain.conversations.reading import (
    ConversationOrder,
    by_ids,
    find,
    get,
    last_messages,
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
    "Typing",
    "assign",
    "by_ids",
    "close",
    "create",
    "delete",
    "escalate",
    "escalate_by_bot",
    "find",
    "get",
    "hand_back",
    "hand_back_silent",
    "heard",
    "last_messages",
    "mark_read",
    "message_counts",
    "of_messages",
    "pages_of_contacts",
    "present",
    "reopen",
    "send",
    "show_typing",
    "spoke",
    "summaries",
    "take_over",
    "tell",
    "transcripts",
    "typed",
    "update",
]
