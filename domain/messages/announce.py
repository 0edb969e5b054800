"""What is told of messages as they move."""

from collections.abc import Iterable
from typing import Any

import orjson
from asyncpg import Record

from db.events import EventType, record_all

_EVENT_OF = {
    "SENT": EventType.MESSAGE_SENT,
    "DELIVERED": EventType.MESSAGE_DELIVERED,
    "READ": EventType.MESSAGE_READ,
    "FAILED": EventType.MESSAGE_FAILED,
    "CANCELLED": EventType.MESSAGE_CANCELLED,
    "UNCONFIRMED": EventType.MESSAGE_UNCONFIRMED,
}


def event(kind: EventType, row: Record, error: str | None = None) -> tuple[Any, ...]:
    data = orjson.dumps({"error": error}).decode() if error else None
    return (kind, None, "Message", row["id"], row["sender_id"], row["contact_id"], row["schedule_id"], row["id"], data)


def announce(moved: Iterable[Record]) -> None:
    """Records an event for each row that came to a state that is told of."""
    told = [(row, _EVENT_OF[row["state"]]) for row in moved if row["state"] in _EVENT_OF]
    if told:
        record_all(event(kind, row, row.get("error_message")) for row, kind in told)
