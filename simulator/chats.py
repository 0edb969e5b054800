"""What was said lately, chat by chat, for the page and for people who answer. The truth is in the ledger."""

from collections import OrderedDict, deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from simulator import codes
from simulator.ledger import Message
from simulator.sends import Send
from simulator.templates import Template
from simulator.wire import Json, is_array, is_object

_CHATS, _ENTRIES = 200, 100
_TYPING = 25.0
"""Seconds for which somebody sees that the business types, unless it says something before (A4)."""
_HEADERS = ("image", "video", "document")


@dataclass(slots=True)
class Entry:
    """Something one of the two said. What we sent is looked at when it is shown, not before."""

    id: str
    at: float
    mine: bool
    """By the business."""
    kind: str
    text: str
    message: Message | None = None
    send: Send | None = None
    template: Template | None = None
    media: Json = field(default_factory=dict[str, object])
    reply_to: str = ""
    reactions: dict[str, str] = field(default_factory=dict[str, str])
    """By who reacted: business, person."""
    edited: bool = False
    revoked: bool = False
    read: bool = False
    """By the business, where somebody else said it."""

    def shown(self) -> Json:
        """The entry for the page."""
        media = self.media or (_media(self.send) if self.send else {})
        return {
            "id": self.id,
            "at": self.at,
            "mine": self.mine,
            "kind": self.kind,
            "text": self.text,
            "header": _header_text(self.send, self.template) if self.send else "",
            "footer": _footer(self.send, self.template) if self.send else "",
            "buttons": buttons_of(self.send, self.template) if self.send else [],
            "media": media or None,
            "reply_to": self.reply_to or None,
            "reactions": list(self.reactions.values()),
            "edited": self.edited,
            "revoked": self.revoked,
            "read": self.read,
            "status": self.message.outcome if self.message else None,
            "error": (self.message.error or None) if self.message else None,
        }


def _object(value: object) -> Json:
    return value if is_object(value) else {}


def _media(send: Send) -> Json:
    kind, media = send.media
    if send.type == "interactive" and is_object(send.content.get("header")):
        header: Json = send.content["header"]
        kind = str(header.get("type")) if header.get("type") in _HEADERS else ""
        media = _object(header.get(kind)) if kind else {}
    return (
        {"kind": kind, "id": media.get("id"), "link": media.get("link"), "filename": media.get("filename")}
        if kind
        else {}
    )


def _header_text(send: Send, template: Template | None) -> str:
    header: Json = template.parts.get("HEADER", {}) if template else send.content.get("header") or {}
    return str(header.get("text", "")) if is_object(header) else ""


def _footer(send: Send, template: Template | None) -> str:
    footer: Json = template.parts.get("FOOTER", {}) if template else send.content.get("footer") or {}
    return str(footer.get("text", "")) if is_object(footer) else ""


def buttons_of(send: Send, template: Template | None) -> list[Json]:
    """What somebody can press: each with `kind`, `id` and `title`."""
    if template is not None:
        return list(_template_buttons(send, template))
    action = send.content.get("action") if send.type == "interactive" else None
    if not is_object(action):
        return []
    match send.content.get("type"):
        case "button":
            replies = [each["reply"] for each in action["buttons"]]
            return [{"kind": "button_reply", "id": each["id"], "title": each["title"]} for each in replies]
        case "list":
            rows = [row for section in action["sections"] for row in section["rows"]]
            return [{"kind": "list_reply", **row} for row in rows]
        case "cta_url":
            parameters = action["parameters"]
            return [{"kind": "url", "id": parameters["url"], "title": parameters["display_text"]}]
        case "flow":
            parameters = action["parameters"]
            return [{"kind": "flow", "id": str(parameters.get("flow_token", "")), "title": parameters["flow_cta"]}]
        case _:
            return []


def _template_buttons(send: Send, template: Template) -> Iterable[Json]:
    values: dict[str, Json] = {}
    components = send.content.get("components")
    for component in components if is_array(components) else []:
        given = component.get("parameters")
        values[str(component.get("index", ""))] = _object(given[0]) if is_array(given) and given else {}
    for place, button in enumerate(template.parts.get("BUTTONS", {}).get("buttons", [])):
        title, value = str(button.get("text", "")), values.get(str(place), {})
        match button.get("type"):
            case "QUICK_REPLY":
                yield {"kind": "button", "id": str(value.get("payload") or title), "title": title}
            case "FLOW":
                token = _object(value.get("action")).get("flow_token", "")
                yield {"kind": "flow", "id": str(token), "title": title}
            case "PHONE_NUMBER":
                yield {"kind": "url", "id": f"tel:{button.get('phone_number', '')}", "title": title}
            case "COPY_CODE":
                yield {"kind": "code", "id": str(value.get("coupon_code", "")), "title": title or "Copy code"}
            case _:
                # Its only placeholder stands at its end.
                url, variable, _ = str(button.get("url", "")).partition("{{")
                if template.category == codes.CATEGORY:
                    yield {"kind": "code", "id": str(value.get("text", "")), "title": title}
                    continue
                yield {"kind": "url", "id": f"{url}{value.get('text', '')}" if variable else url, "title": title}


@dataclass(slots=True)
class Chat:
    """A number of the business and somebody; `waha` where it is a session's."""

    number: str
    person: str
    waha: bool
    name: str = ""
    entries: deque[Entry] = field(default_factory=lambda: deque[Entry](maxlen=_ENTRIES))
    version: int = 0
    """Grows with all chats: the one that changed last has the highest."""
    typing_until: float = 0.0

    def find(self, message_id: str) -> Entry | None:
        """The entry with this id."""
        return next((each for each in self.entries if each.id == message_id), None)

    def listed(self) -> Json:
        """The chat in the page's list."""
        last = self.entries[-1] if self.entries else None
        return {
            "number": self.number,
            "person": self.person,
            "provider": "WAHA" if self.waha else "Cloud API",
            "name": self.name,
            "version": self.version,
            "last": {"text": last.text or last.kind, "at": last.at, "mine": last.mine} if last else None,
        }


class Chats:
    """The latest chats; those in which somebody wrote are not pushed out by a campaign to thousands who did not."""

    def __init__(self) -> None:
        self._version = 0
        self._written: OrderedDict[tuple[str, str], Chat] = OrderedDict()
        self._silent: OrderedDict[tuple[str, str], Chat] = OrderedDict()

    def get(self, number: str, person: str) -> Chat | None:
        """The chat, if it is remembered."""
        key = number, person
        return self._written.get(key) or self._silent.get(key)

    def all(self) -> list[Chat]:
        """Every chat, the one that changed last first."""
        return sorted((*self._written.values(), *self._silent.values()), key=lambda chat: -chat.version)

    def open(self, number: str, person: str, *, waha: bool, wrote: bool) -> Chat:
        """The chat, made if need be; now the latest of its kind."""
        key = number, person
        chat = self._written.get(key)
        if chat is None:
            chat = self._silent.pop(key, None) or Chat(number, person, waha)
            pool = self._written if wrote else self._silent
            pool[key] = chat
            if len(pool) > _CHATS:
                pool.popitem(last=False)
        else:
            self._written.move_to_end(key)
        return chat

    def read(self, number: str, person: str, message_id: str) -> None:
        """The business has read what somebody wrote, up to this message; all of it where it does not say which."""
        if chat := self.get(number, person):
            for entry in chat.entries:
                entry.read = entry.read or not entry.mine
                if message_id and entry.id == message_id:
                    break

    def types(self, number: str, person: str, now: float) -> None:
        """The business types; or has stopped, where `now` is long ago."""
        if chat := self.get(number, person):
            chat.typing_until = now + _TYPING

    def who_wrote(self, number: str, message_id: str) -> str:
        """Whose message this is; nobody's where it is not remembered."""
        chats = (chat for chat in reversed(self._written.values()) if chat.number == number)
        return next((chat.person for chat in chats if chat.find(message_id)), "")

    def sent(self, number: str, person: str, entry: Entry, *, waha: bool, target: str = "") -> None:
        """The business wrote, or reacted to `target`."""
        chat = self.open(number, person, waha=waha, wrote=False)
        chat.typing_until = 0.0
        if entry.kind == "reaction":
            self._react(chat, target, "business", entry.text)
        else:
            self._add(chat, entry)

    def heard(self, number: str, person: str, entry: Entry, *, waha: bool, name: str, target: str = "") -> None:
        """Somebody wrote, or did something to `target`."""
        chat = self.open(number, person, waha=waha, wrote=True)
        chat.name = name or chat.name
        found = chat.find(target) if target else None
        match entry.kind:
            case "reaction":
                self._react(chat, target, "person", entry.text)
            case "edit" if found is not None:
                found.text, found.edited = entry.text, True
            case "revoke" if found is not None:
                found.revoked = True
            case "edit" | "revoke":
                pass
            case _:
                self._add(chat, entry)
        self._touch(chat)

    def _react(self, chat: Chat, target: str, who: str, emoji: str) -> None:
        found = chat.find(target)
        if found is not None and emoji:
            found.reactions[who] = emoji
        elif found is not None:
            found.reactions.pop(who, None)
        self._touch(chat)

    def _add(self, chat: Chat, entry: Entry) -> None:
        chat.entries.append(entry)
        self._touch(chat)

    def _touch(self, chat: Chat) -> None:
        self._version += 1
        chat.version = self._version
