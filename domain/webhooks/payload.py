"""What is posted of an event: {"event", "timestamp", "data"}, made once and the same at every try."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import orjson

from db.core import connect
from db.events import Event, EventType
from domain.conversations import transcripts
from domain.core.access import SYSTEM
from domain.core.ids import global_id
from domain.events import cursor_of

_IDS = {
    "schedule_id": "Schedule",
    "campaign_id": "Campaign",
    "conversation_id": "Conversation",
    "sender_id": "Sender",
    "actor_id": "User",
}
_SAID = "SELECT id, provider_message_id, sent_at, type, content FROM message WHERE id = ANY($1::bigint[])"


async def bodies(events: Sequence[Event]) -> list[str]:
    """Of each event its body, as JSON."""
    ids = [event.message_id for event in events if event.message_id is not None]
    messages = {row["id"]: row for row in await connect.rows(_SAID, ids)} if ids else {}
    closed = [event.subject_id for event in events if event.type is EventType.CONVERSATION_CLOSED]
    spoken = dict(zip(closed, await transcripts(SYSTEM, closed), strict=True)) if closed else {}
    made: list[str] = []
    for event in events:
        data = _data(event)
        if (message := messages.get(event.message_id or 0)) is not None:
            data |= {"message_id": message["provider_message_id"], "sent_at": _iso(message["sent_at"])}
            if event.type is EventType.MESSAGE_RECEIVED:
                data |= {"type": message["type"], "content": message["content"]}
        if event.type is EventType.CONVERSATION_CLOSED:
            data["transcript"] = spoken[event.subject_id]
        made.append(body(event.type, event.occurred_at, data))
    return made


def body(type: EventType, at: datetime, data: dict[str, Any]) -> str:
    """MESSAGE_SENT is message.sent."""
    value = {"event": type.lower().replace("_", ".", 1), "timestamp": _iso(at), "data": data}
    return orjson.dumps(value).decode()


def _data(event: Event) -> dict[str, Any]:
    data: dict[str, Any] = {name: _id(kind, getattr(event, name)) for name, kind in _IDS.items()}
    # The seeds call whom a message goes to its recipient.
    person = "recipient_id" if event.message_id is not None else "contact_id"
    data[person] = _id("Contact", event.contact_id)
    data |= {"subject_id": _id(event.subject_type, event.subject_id), "cursor": cursor_of(event)}
    told = dict(event.data or {})
    if "activity_id" in told:
        told["activity_id"] = _id("LeadActivity", told["activity_id"])
    return data | told


def _id(kind: str, id: int | None) -> str | None:
    return None if id is None else global_id(kind, id)


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")
