"""Senders: the numbers that messages leave from. Exactly one of them is the default, as long as there are any."""

from domain.senders import health
from domain.senders.pacing import (
    STANDARD,
    Departing,
    PacingState,
    SenderPacing,
    departing,
    finishes_at,
    pacing,
    queued,
    reached,
)
from domain.senders.reading import SenderOrder, account, by_ids, choose, default_sender, find, get, visible
from domain.senders.sessions import (
    QrCode,
    SessionNews,
    expire,
    hear,
    ping,
    poll,
    qr_code,
    request_pairing_code,
    ring_silent,
)
from domain.senders.writing import SenderChanges, connect_sender, create, delete, disconnect_sender, update

__all__ = [
    "STANDARD",
    "Departing",
    "PacingState",
    "QrCode",
    "SenderChanges",
    "SenderOrder",
    "SenderPacing",
    "SessionNews",
    "account",
    "by_ids",
    "choose",
    "connect_sender",
    "create",
    "default_sender",
    "delete",
    "departing",
    "disconnect_sender",
    "expire",
    "find",
    "finishes_at",
    "get",
    "health",
    "hear",
    "pacing",
    "ping",
    "poll",
    "qr_code",
    "queued",
    "reached",
    "request_pairing_code",
    "ring_silent",
    "update",
    "visible",
]
