"""What of posts must be in the database, however they were mangled: whatever is as the wire facts have it."""

import json
import re
from collections.abc import Iterable
from typing import Any

from tests.faults.shapes import NUMBER, OBJECT
from tests.faults.waha_shapes import SESSION

RANK = {"SENT": 1, "FAILED": 2, "DELIVERED": 3, "READ": 4}
"""How far a message of ours has come; one that arrived has not failed."""
_STATUSES = {"sent": "SENT", "delivered": "DELIVERED", "read": "READ", "played": "READ", "failed": "FAILED"}
_ACKS = {-1: "FAILED", 1: "SENT", 2: "DELIVERED", 3: "READ", 4: "READ"}
_CHAT = re.compile(r"[0-9]{10,15}@(c\.us|s\.whatsapp\.net|lid)")
_WHOLE = re.compile(r"(true|false)_[^_]+_([^_]+)")

Told = tuple[str, str]
"""What the provider calls a message, and the state that it tells of."""


def _json(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _objects(value: Any, key: str) -> list[dict[str, Any]]:
    """The objects in a list of an object, whatever else it may be."""
    found = value.get(key) if isinstance(value, dict) else None
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


# ---------------------------------------------------------------------------
# The Cloud API
# ---------------------------------------------------------------------------


def _values(body: bytes) -> list[dict[str, Any]]:
    """What is told of our number."""
    envelope = _json(body)
    if envelope.get("object", OBJECT) != OBJECT:
        return []
    changes = [change for entry in _objects(envelope, "entry") for change in _objects(entry, "changes")]
    return [
        change["value"]
        for change in changes
        if change.get("field", "messages") in ("messages", "smb_message_echoes")
        and isinstance(value := change.get("value"), dict)
        and isinstance(metadata := value.get("metadata"), dict)
        and metadata.get("phone_number_id") == NUMBER
    ]


def cloud_messages(body: bytes) -> set[str]:
    """Messages to us, from somebody, and of a kind that is a row of its own."""
    return {
        message["id"]
        for value in _values(body)
        for key, names in (("messages", ("from", "from_user_id")), ("message_echoes", ("to",)))
        for message in _objects(value, key)
        if str(message.get("id")).startswith("wamid.")
        and any(re.fullmatch(r"[0-9]{10,15}|PT\..+", str(message.get(name))) for name in names)
        and message.get("type") not in ("edit", "revoke")
    }


def cloud_statuses(body: bytes) -> list[Told]:
    return [
        (status["id"], _STATUSES[status["status"]])
        for value in _values(body)
        for status in _objects(value, "statuses")
        if isinstance(status.get("id"), str) and isinstance(status.get("status"), str) and status["status"] in _STATUSES
    ]


# ---------------------------------------------------------------------------
# WAHA
# ---------------------------------------------------------------------------


def _event(body: bytes, *kinds: str) -> dict[str, Any] | None:
    """The payload of an event of these kinds, if it is of a chat with one person."""
    event = _json(body)
    payload = event.get("payload")
    if event.get("session") != SESSION or event.get("event") not in kinds or not isinstance(payload, dict):
        return None
    chat = payload.get("to" if payload.get("fromMe") is True else "from")
    return payload if isinstance(chat, str) and _CHAT.fullmatch(chat) else None


def _name(whole: Any) -> list[str]:
    found = _WHOLE.fullmatch(whole) if isinstance(whole, str) else None
    return [f"{SESSION}:{found[2]}"] if found else []


def _sent_through_the_api(payload: dict[str, Any]) -> bool:
    return payload.get("fromMe") is True and payload.get("source") == "api"


def waha_messages(body: bytes) -> set[str]:
    payload = _event(body, "message", "message.any", "message.reaction")
    if payload is None or _sent_through_the_api(payload):
        return set()
    reaction = payload.get("reaction")
    if _event(body, "message.reaction") and not (isinstance(reaction, dict) and _name(reaction.get("messageId"))):
        return set()
    return set(_name(payload.get("id")))


def waha_statuses(body: bytes) -> list[Told]:
    if (payload := _event(body, "message", "message.any")) is not None and payload.get("fromMe") is True:
        return [(name, "SENT") for name in _name(payload.get("id"))]
    payload = _event(body, "message.ack")
    if payload is None or payload.get("fromMe") is False or type(payload.get("ack")) is not int:
        return []
    return [(name, _ACKS[payload["ack"]]) for name in _name(payload.get("id")) if payload["ack"] in _ACKS]


READERS = {"whatsapp": (cloud_messages, cloud_statuses), "waha": (waha_messages, waha_statuses)}
"""By the last part of the path that it is posted to."""


def of(posted: Iterable[tuple[str, bytes]]) -> tuple[set[str], dict[str, str]]:
    """All messages that must be rows, and how far each one that a status names must have come, were it ours."""
    messages, states = set[str](), dict[str, str]()
    for path, body in posted:
        read_messages, read_statuses = READERS[path]
        messages |= read_messages(body)
        for name, state in read_statuses(body):
            states[name] = max(state, states.get(name, state), key=RANK.__getitem__)
    return messages, states
