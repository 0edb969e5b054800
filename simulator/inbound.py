"""People who write to us: the inbound half of the field `messages` (C4)."""

from dataclasses import dataclass

from simulator.people import digits
from simulator.wire import Json, is_object


class InboundError(ValueError):
    """An inbound message that nobody could have written."""


@dataclass(slots=True, frozen=True)
class Inbound:
    """A message somebody writes. `sender` is empty for a person whose phone is hidden (A9)."""

    phone_number_id: str
    sender: str
    bsuid: str
    name: str
    username: str
    type: str
    content: Json
    context: Json
    referral: Json
    id: str
    timestamp: int
    """0: now."""


_WORDS = ("phone_number_id", "from", "bsuid", "name", "username", "id")
_KNOWN = (*_WORDS, "text", "type", "content", "context", "referral", "timestamp")


def read_inbound(asked: object) -> Inbound:
    """The control API's words for an inbound message; InboundError says what is wrong with them."""
    if not is_object(asked):
        raise InboundError("An inbound message is an object, or a list of objects.")
    unknown = set(asked) - set(_KNOWN)
    if unknown:
        raise InboundError(f"Unknown: {', '.join(sorted(unknown))}. Known: {', '.join(_KNOWN)}.")
    kind = str(asked.get("type", "text"))
    content = asked.get("content")
    if content is None and kind == "text":
        content = {"body": asked.get("text", "")}
        if not isinstance(content["body"], str) or not content["body"]:
            raise InboundError("text must be a string that is not empty.")
    parts: Json = {"content": content, "context": asked.get("context"), "referral": asked.get("referral")}
    for name, value in parts.items():
        if value is not None and not is_object(value):
            raise InboundError(f"{name} must be an object.")
        parts[name] = value or {}
    words: Json = {name: asked.get(name, "") for name in _WORDS}
    for name, value in words.items():
        if not isinstance(value, str):
            raise InboundError(f"{name} must be a string.")
    if not words["phone_number_id"] or not (words["from"] or words["bsuid"]):
        raise InboundError("phone_number_id is needed, and from or bsuid.")
    at = asked.get("timestamp", 0)
    if not isinstance(at, int | float):
        raise InboundError("timestamp is a number of seconds.")
    sender = digits(words.pop("from"))
    return Inbound(**words, sender=sender, type=kind, **parts, timestamp=int(at))


def message_json(inbound: Inbound, wa_id: str, bsuid: str) -> Json:
    """The element of `messages`; without a phone there is no `from` (A9)."""
    body: Json = {"from": wa_id} if wa_id else {}
    if bsuid:
        body["from_user_id"] = bsuid
    body |= {"id": inbound.id, "timestamp": str(inbound.timestamp), "type": inbound.type}
    if inbound.content:
        body[inbound.type] = inbound.content
    if inbound.context:
        body["context"] = inbound.context
    if inbound.referral:
        body["referral"] = inbound.referral
    return body


def contact_json(inbound: Inbound, wa_id: str, bsuid: str) -> Json:
    """The element of `contacts` beside it."""
    profile = {"name": inbound.name} if inbound.name else {}
    if inbound.username:
        profile["username"] = inbound.username
    contact: Json = {"profile": profile} if profile else {}
    if wa_id:
        contact["wa_id"] = wa_id
    if bsuid:
        contact["user_id"] = bsuid
    return contact


def said(kind: str, content: Json) -> str:
    """What a person would read of a message."""
    match kind:
        case "interactive":
            inner = content.get(str(content.get("type")), {})
            return str(inner.get("title") or inner.get("body", "")) if is_object(inner) else ""
        case "button":
            return str(content.get("text", ""))
        case "reaction":
            return str(content.get("emoji", ""))
        case "edit":
            message = content.get("message")
            inner: object = message.get(str(message.get("type"))) if is_object(message) else None
            return str(inner.get("body") or inner.get("caption", "")) if is_object(inner) else ""
        case _:
            return str(content.get("body") or content.get("caption") or content.get("name") or "")
