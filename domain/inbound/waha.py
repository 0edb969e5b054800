"""Reads what WAHA posts, as far as it concerns us (wire facts D4). One event a post; any key may be missing.

Groups, channels and status updates are not ours to answer: they are passed over.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from db.messages import MessageType
from domain.core.errors import ErrorCode
from domain.inbound.envelope import (
    Amended,
    Envelope,
    Media,
    Number,
    Person,
    Said,
    Told,
    Typed,
    UnreadableError,
    Written,
)
from domain.inbound.wire import (
    MOST_CHARACTERS,
    Json,
    called,
    digits,
    json_array,
    json_object,
    kept,
    number,
    parse,
    word,
)
from domain.messages.receipts import Status
from domain.providers.reactions import ProviderError
from domain.providers.waha_bodies import key
from domain.providers.waha_sessions import digits_of
from domain.senders import SessionNews

_ACKS: dict[int, Literal["sent", "delivered", "read", "failed"]] = {
    -1: "failed",
    1: "sent",
    2: "delivered",
    3: "read",
    4: "read",
}
"""0 says that it waits in the gateway."""
_NOT_TAKEN = ProviderError(
    None, ErrorCode.WHATSAPP_API_ERROR, "WhatsApp did not take the message; its number may not be on WhatsApp."
)
_PHONES, _LIDS = ("c.us", "s.whatsapp.net"), ("lid",)
_TYPING = {"typing": True, "recording": True, "paused": False}
"""Whether they type, by what WAHA calls their presence; online and offline say nothing of it."""


def read(body: bytes, received: datetime) -> Envelope:
    """Reads a body; never raises. Times are those WAHA gives, and none is later than when we received it."""
    envelope = Envelope()
    try:
        whole = parse(body)
    except (ValueError, RecursionError) as error:
        envelope.errors.append(f"The body is not JSON: {error}"[:500])
        return envelope
    event = json_object(whole)
    session = word(event.get("session"), 64)
    if session is None:
        envelope.errors.append("The body names no session.")
        return envelope
    with envelope.alone(word(event.get("event"), 64) or "event"):
        _Reader(envelope, received, session, event).read()
    return envelope


@dataclass(slots=True)
class _Reader:
    envelope: Envelope
    received: datetime
    session: str
    event: Json

    def read(self) -> None:
        payload = json_object(self.event.get("payload"))
        match self.event.get("event"):
            case "session.status":
                self._status(payload)
            case "message.ack":
                self._ack(payload)
            case "message" | "message.any":
                self._message(payload)
            case "message.reaction":
                self._reaction(payload)
            case "message.edited":
                self._edited(payload)
            case "presence.update":
                self._presence(payload)
            case "message.revoked":
                self._revoked(payload)
            case _:
                pass

    @property
    def _number(self) -> Number:
        return Number(session=self.session)

    def _told(self, seconds: Any) -> datetime | None:
        """When it happened: seconds, of reactions fractional ones; else when it was posted, in milliseconds."""
        for given, unit in ((seconds, 1), (self.event.get("timestamp"), 1000)):
            at = number(float(given) if isinstance(given, str) and given.isdecimal() else given)
            if at is not None and 0 < at / unit < 10**10:
                return datetime.fromtimestamp(at / unit, UTC)
        return None

    def _at(self, seconds: Any) -> datetime:
        """The same by our clock: when we received it at the latest, and where it is not told."""
        return min(self._told(seconds) or self.received, self.received)

    def _as_told(self, seconds: Any, what: str) -> datetime:
        """The same by WAHA's clock: what is held against what was told before would else be newer each time it comes.

        Raises UnreadableError where it is not told, or more than an hour ahead of ours.
        """
        at = self._told(seconds)
        if at is None or at > self.received + timedelta(hours=1):
            raise UnreadableError(f"{what} without a time")
        return at

    def _key(self, id: Any, what: str) -> str:
        """Of a message; some engines give an object in place of its id."""
        whole = word(id if isinstance(id, str) else json_object(id).get("_serialized"), 190)
        if whole is None:
            raise UnreadableError(f"{what} without an id")
        return key(self.session, whole)

    def _status(self, payload: Json) -> None:
        status = word(payload.get("status"), 64)
        if status is None:
            raise UnreadableError("a session without a status")
        times = [each.get("timestamp") for each in map(json_object, json_array(payload.get("statuses")))]
        latest = number(times[-1]) if times else None
        at = self._as_told(latest / 1000 if latest is not None else None, "a session's status")
        self.envelope.sessions.append(SessionNews(self.session, status, digits_of(self.event.get("me")), at))

    def _ack(self, payload: Json) -> None:
        if payload.get("fromMe") is False or _chat(payload) is None:
            return
        ack = payload.get("ack")
        if not isinstance(ack, int) or isinstance(ack, bool):
            raise UnreadableError("an ack that is no number")
        if (kind := _ACKS.get(ack)) is not None:
            error = _NOT_TAKEN if kind == "failed" else None
            name = self._key(payload.get("id"), "an ack")
            self.envelope.statuses.append(Told(self._number, Status(name, kind, self._at(None), error=error)))

    def _presence(self, payload: Json) -> None:
        if (chat := word(payload.get("id"), 160)) is None:
            raise UnreadableError("a presence of nobody")
        if chat.partition("@")[2] not in (*_PHONES, *_LIDS):
            return
        for told in map(json_object, json_array(payload.get("presences"))):
            if (typing := _TYPING.get(word(told.get("lastKnownPresence"), 64) or "")) is not None:
                self.envelope.typing.append(Typed(self._number, _person(chat, {}), typing, self._at(None)))

    def _message(self, payload: Json) -> None:
        if (chat := _chat(payload)) is None:
            return
        name, at, own = self._key(payload.get("id"), "a message"), self._at(payload.get("timestamp")), _is_own(payload)
        if own and payload.get("source") == "api":
            # Our own send, heard of from the other side: it has left.
            self.envelope.statuses.append(Told(self._number, Status(name, "sent", at)))
            return
        replied = word(json_object(payload.get("replyTo")).get("id"), 190)
        self.envelope.messages.append(
            Written(
                number=self._number,
                person=_person(chat, payload),
                provider_message_id=name,
                at=at,
                said=_said(payload),
                reply_to=key(self.session, replied) if replied else None,
                echo=own,
            )
        )

    def _reaction(self, payload: Json) -> None:
        chat, reaction = _chat(payload), json_object(payload.get("reaction"))
        if chat is None or (_is_own(payload) and payload.get("source") == "api"):
            return
        self.envelope.messages.append(
            Written(
                number=self._number,
                person=_person(chat, payload),
                provider_message_id=self._key(payload.get("id"), "a reaction"),
                at=self._at(payload.get("timestamp")),
                said=Said(MessageType.REACTION, word(reaction.get("text"), 64)),
                reply_to=self._key(reaction.get("messageId"), "what is reacted to"),
                echo=_is_own(payload),
            )
        )

    def _edited(self, payload: Json) -> None:
        if (chat := _chat(payload)) is None:
            return
        name = self._key(payload.get("editedMessageId"), "an edited message")
        self._amended(name, chat, payload, Said(MessageType.TEXT, word(payload.get("body"), MOST_CHARACTERS)))

    def _revoked(self, payload: Json) -> None:
        before, after = json_object(payload.get("before")), json_object(payload.get("after"))
        if (chat := _chat(after or before)) is not None:
            id = payload.get("revokedMessageId") or before.get("id") or after.get("id")
            self._amended(self._key(id, "a deleted message"), chat, after or before, None)

    def _amended(self, name: str, chat: str, payload: Json, said: Said | None) -> None:
        at = self._as_told(payload.get("timestamp"), "an edit or deletion")
        author = None if _is_own(payload) else _person(chat, payload)
        self.envelope.amendments.append(Amended(self._number, name, at, said, author))


# ---------------------------------------------------------------------------
# People
# ---------------------------------------------------------------------------


def _is_own(payload: Json) -> bool:
    return payload.get("fromMe") is True


def _chat(payload: Json) -> str | None:
    """The chat with one person; None of any other. Raises UnreadableError where none is named.

    Of what is ours WEBJS tells us as `from` and the chat as `to`. NOWEB and GOWS tell the chat as `from`, and as `to`
    nothing; of a group one is the group, and the other may be a member.
    """
    told = (word(payload.get(name), 160) for name in (("to", "from") if _is_own(payload) else ("from",)))
    named = [name for name in told if name is not None]
    if not named:
        raise UnreadableError("a message of nobody")
    kinds = [name.partition("@")[2] for name in named]
    people = (*_PHONES, *_LIDS)
    return named[0] if kinds[0] in people and all(kind in (*people, "") for kind in kinds) else None


def _person(chat: str, payload: Json) -> Person:
    """Who is at the other end: by phone, or by a LID, which is none; engines may know the phone behind it."""
    data = json_object(payload.get("_data"))
    info = json_object(data.get("Info"))
    names = (data.get("notifyName"), data.get("pushName"), info.get("PushName"))
    name = None if _is_own(payload) else next(filter(None, (called(each, 201) for each in names)), None)
    if chat.endswith("@lid"):
        told = json_object(data.get("key"))
        hints = (told.get("remoteJidAlt"), told.get("senderPn"), info.get("SenderAlt"))
        return Person(lid=chat, wa_id=next((found for each in hints if (found := _digits(each))), None), name=name)
    wa_id = _digits(chat)
    if wa_id is None:
        raise UnreadableError("a chat that is no phone")
    return Person(wa_id=wa_id, name=name)


def _digits(chat: Any) -> str | None:
    return digits(digits_of({"id": chat}))


# ---------------------------------------------------------------------------
# What they say
# ---------------------------------------------------------------------------


def _said(payload: Json) -> Said:
    text = word(payload.get("body"), MOST_CHARACTERS)
    if payload.get("hasMedia") is True:
        return _file(payload, text)
    if place := json_object(payload.get("location")):
        return _place(place, text) or _unsupported(payload)
    if cards := [_card(each) for each in json_array(payload.get("vCards"))]:
        named = [card for card in cards if card is not None]
        words = ", ".join(card["name"] for card in named)[:MOST_CHARACTERS]
        return (
            Said(MessageType.CONTACTS, words, {"kind": "contacts", "cards": named}) if named else _unsupported(payload)
        )
    return Said(MessageType.TEXT, text) if text else _unsupported(payload)


def _unsupported(payload: Json) -> Said:
    raw = kept({name: value for name, value in payload.items() if name != "_data"})
    kind = _hint(payload) or "unknown"
    return Said(MessageType.UNSUPPORTED, f"A message of type {kind}", {"kind": "unsupported", "word": kind, "raw": raw})


_BY_HINT = {
    "image": MessageType.IMAGE,
    "video": MessageType.VIDEO,
    "gif": MessageType.VIDEO,
    "ptv": MessageType.VIDEO,
    "audio": MessageType.AUDIO,
    "ptt": MessageType.VOICE,
    "sticker": MessageType.STICKER,
    "document": MessageType.DOCUMENT,
}


def _hint(payload: Json) -> str | None:
    """What the engine itself calls the kind of a message: WEBJS in a word, NOWEB by the name of its part."""
    data = json_object(payload.get("_data"))
    if kind := word(data.get("type"), 64):
        return kind
    parts = json_object(data.get("message")) or json_object(data.get("Message"))
    named = next((part for part in parts if part.endswith("Message")), None)
    if named == "audioMessage" and json_object(parts[named]).get("ptt"):
        return "ptt"
    return word(named.removesuffix("Message"), 64) if named else None


def _file(payload: Json, caption: str | None) -> Said:
    """A file, which may be announced without being there."""
    told = json_object(payload.get("media"))
    media = Media(
        url=word(told.get("url"), 4096),
        mime_type=word(told.get("mimetype"), 127),
        filename=called(told.get("filename"), 255),
    )
    error = word(told.get("error"), 500) or (None if told else "WAHA passes the file on to nobody.")
    fault = ProviderError(None, ErrorCode.WHATSAPP_API_ERROR, error) if error else None
    return Said(_kind(payload, media.mime_type or ""), caption, media=media if media.url else None, error=fault)


def _kind(payload: Json, mime_type: str) -> MessageType:
    if (kind := _BY_HINT.get(_hint(payload) or "")) is not None:
        return kind
    match mime_type.partition(";")[0].partition("/"):
        case ("image", _, "webp"):
            return MessageType.STICKER
        case ("image", _, _):
            return MessageType.IMAGE
        case ("video", _, _):
            return MessageType.VIDEO
        case ("audio", _, "ogg"):
            return MessageType.VOICE
        case ("audio", _, _):
            return MessageType.AUDIO
        case _:
            return MessageType.DOCUMENT


def _place(given: Json, text: str | None) -> Said | None:
    latitude, longitude = _degrees(given.get("latitude"), 90), _degrees(given.get("longitude"), 180)
    if latitude is None or longitude is None:
        return None
    name = word(given.get("name") or given.get("title") or given.get("description"), 255)
    address = word(given.get("address"), 512)
    words = ", ".join(part for part in (name, address) if part) or text or f"{latitude}, {longitude}"
    details = {"kind": "location", "latitude": latitude, "longitude": longitude, "name": name, "address": address}
    return Said(MessageType.LOCATION, words, details)


def _degrees(given: Any, most: float) -> float | None:
    """Of a number or a text, as engines differ."""
    try:
        degrees = number(float(given) if isinstance(given, str) else given)
    except ValueError:
        return None
    return degrees if degrees is not None and abs(degrees) <= most else None


_LINE = re.compile(r"^(?:item\d+\.)?(FN|TEL|EMAIL|ORG)(?:;[^:\n]*)?:(.*)$", re.IGNORECASE | re.MULTILINE)


def _card(given: Any) -> dict[str, Any] | None:
    """A contact card out of a vCard; without a name and without a number it is none."""
    text = word(given if isinstance(given, str) else json_object(given).get("vcard"), MOST_CHARACTERS)
    found: dict[str, list[str]] = {"FN": [], "TEL": [], "EMAIL": [], "ORG": []}
    for line in _LINE.finditer(text or ""):
        value = re.sub(r"\\([\\,;])", r"\1", line[2].strip().rstrip(";"))[:255]
        if value:
            found[line[1].upper()].append(value)
    names, companies = [*found["FN"], *found["TEL"]], found["ORG"]
    if not names:
        return None
    company = companies[0] if companies else None
    return {"name": names[0], "phone_numbers": found["TEL"], "emails": found["EMAIL"], "company": company}
