"""What is told of messages as they move."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson
import structlog
from asyncpg import Record

from db.campaigns import tally
from db.events import EventType, record_all

log = structlog.get_logger()

_EVENT_OF = {
    "SENT": EventType.MESSAGE_SENT,
    "DELIVERED": EventType.MESSAGE_DELIVERED,
    "READ": EventType.MESSAGE_READ,
    "FAILED": EventType.MESSAGE_FAILED,
    "CANCELLED": EventType.MESSAGE_CANCELLED,
    "UNCONFIRMED": EventType.MESSAGE_UNCONFIRMED,
}

_WITH_REASON = ("FAILED", "UNCONFIRMED")


def event(kind: EventType, row: Record, error: str | None = None) -> tuple[Any, ...]:
    data = orjson.dumps({"error": error}).decode() if error else None
    return (kind, None, "Message", row["id"], row["sender_id"], row["contact_id"], row["schedule_id"], row["id"], data)


async def announce(moved: Sequence[Record]) -> None:
    """Records an event for each row that came to a state that is told of, and counts it where it is of a campaign."""
    await tally.add(moved)
    told = [(row, _EVENT_OF[row["state"]]) for row in moved if row["state"] in _EVENT_OF]
    if told:
        record_all(
            event(kind, row, row["error_message"] if row["state"] in _WITH_REASON else None) for row, kind in told
        )


def check_twice(found: Iterable[Record], told: Mapping[int, set[str]]) -> None:
    """Raises the alarm in the log where WhatsApp has given one message two ids: somebody has it twice."""
    for row in found:
        ids = {*told.get(row["id"], ()), *filter(None, [row["known_as"]])}
        if len(ids) > 1:
            log.error("message_sent_twice", message_id=row["id"], provider_message_ids=sorted(ids))
