"""Webhooks in: the journal of what WhatsApp posts to us, and what comes of it."""

from domain.inbound.door import MOST_BYTES, attend, is_genuine, is_signed, is_subscription, keep
from domain.inbound.journal import drain, ring_if_open, take_up_waiting, trim

__all__ = [
    "MOST_BYTES",
    "attend",
    "drain",
    "is_genuine",
    "is_signed",
    "is_subscription",
    "keep",
    "ring_if_open",
    "take_up_waiting",
    "trim",
]
