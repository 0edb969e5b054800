"""What people do in a session's chats: they write, react, edit, take back; and what is written on the phone itself."""

from dataclasses import dataclass, replace

from simulator.inbound import InboundError
from simulator.people import digits, wa_id_of
from simulator.waha.notes import Note
from simulator.waha.server import Waha
from simulator.waha.sessions import Session
from simulator.wire import Json, is_object

_KNOWN = (
    "from", "text", "type", "name", "lid", "hidden", "id", "reply_to", "message_id", "emoji", "media", "media_id",
    "latitude", "longitude", "title", "vcards", "from_me", "timestamp",
)  # fmt: skip
KINDS = (
    "text",
    "image",
    "video",
    "audio",
    "voice",
    "document",
    "sticker",
    "location",
    "vcard",
    "reaction",
    "edit",
    "revoke",
    "typing",
    "recording",
    "paused",
)
_PRESENCES = KINDS[-3:]
_WORDS = ("from", "text", "name", "lid", "id", "reply_to", "message_id", "emoji", "title", "media_id")


@dataclass(slots=True, frozen=True)
class _Writer:
    chat: str
    name: str


def write(waha: Waha, session: Session, asked: object) -> str:
    """Obey the control API's words for what somebody does; the id of the message, or InboundError."""
    if not is_object(asked):
        raise InboundError("What somebody writes is an object, or a list of objects.")
    unknown = set(asked) - set(_KNOWN)
    if unknown:
        raise InboundError(f"Unknown: {', '.join(sorted(unknown))}. Known: {', '.join(_KNOWN)}.")
    for word in _WORDS:
        if not isinstance(asked.get(word, ""), str):
            raise InboundError(f"{word} must be a string.")
    kind = str(asked.get("type", "text"))
    if kind not in KINDS:
        raise InboundError(f"type is one of {', '.join(KINDS)}.")
    writer, now = _writer(waha, asked), waha.clock.now()
    if kind in ("reaction", "edit", "revoke"):
        return _change(waha, session, writer, kind, asked, now)
    if kind in _PRESENCES:
        return _presence(waha, session, writer, kind)
    note = _note(waha, writer, kind, asked, now)
    waha.tell_message(session, note)
    return note.whole_id


def _writer(waha: Waha, asked: Json) -> _Writer:
    phone, lid = wa_id_of(digits(str(asked.get("from", ""))), waha.settings), str(asked.get("lid", ""))
    name = str(asked.get("name", ""))
    if lid and not lid.endswith("@lid"):
        raise InboundError("lid is …@lid.")
    if not phone and not lid:
        raise InboundError("from is needed, or lid.")
    if asked.get("hidden") is True and phone:
        return _Writer(waha.hidden(phone), name)
    return _Writer(lid or waha.chat_of(phone), name)


def _note(waha: Waha, writer: _Writer, kind: str, asked: Json, now: float) -> Note:
    extra: Json = {}
    media = asked.get("media")
    if asked.get("media_id"):
        held = waha.media.get(str(asked["media_id"]))
        if held is None:
            raise InboundError(f"There is no media {asked['media_id']}.")
        media = waha.file(held)
    if kind == "text" and not asked.get("text"):
        raise InboundError("text must be a string that is not empty.")
    if media is not None and not is_object(media):
        raise InboundError("media is an object of url, mimetype and filename, or left out.")
    if kind == "location":
        extra["location"] = {
            "latitude": str(asked.get("latitude", 0)),
            "longitude": str(asked.get("longitude", 0)),
            "name": asked.get("title", ""),
            "address": "",
        }
    if kind == "vcard":
        extra["vCards"] = asked.get("vcards", [])
    reply_to = asked.get("reply_to", "")
    return Note(
        id=str(asked.get("id") or waha.new_id()),
        chat=writer.chat,
        from_me=asked.get("from_me") is True,
        timestamp=int(asked.get("timestamp", now)),
        body=str(asked.get("text", "")),
        kind=kind,
        media=media,
        source="app",
        reply_to={"id": str(reply_to).rpartition("_")[2]} if reply_to else None,
        name=writer.name,
        extra=extra,
    )


def _presence(waha: Waha, session: Session, writer: _Writer, kind: str) -> str:
    """They begin or stop to type, which is told in chats alone that the client has asked for."""
    if writer.chat in session.watched:
        told = {"participant": writer.chat, "lastKnownPresence": kind, "lastSeen": None}
        waha.hooks.emit(session, "presence.update", {"id": writer.chat, "presences": [told]})
    return ""


def _change(waha: Waha, session: Session, writer: _Writer, kind: str, asked: Json, now: float) -> str:
    """A reaction, an edit or a revocation of `message_id`, whole or its last part."""
    named = str(asked.get("message_id", ""))
    target = session.notes.get(named.rpartition("_")[2])
    if not named:
        raise InboundError("message_id is needed.")
    note = Note(waha.new_id(), writer.chat, False, int(now), str(asked.get("text", "")), kind, name=writer.name)
    told = waha.payload(session, note)
    waha.used(session)
    whole = target.whole_id if target else named
    shown = replace(note, body=str(asked.get("emoji", ""))) if kind == "reaction" else note
    waha.note_change(session, shown, whole)
    if kind == "reaction":
        told["timestamp"] = round(now, 3)
        told["reaction"] = {"text": asked.get("emoji", ""), "messageId": whole}
        for unwanted in ("body", "hasMedia", "media", "ack", "ackName", "replyTo"):
            del told[unwanted]
        waha.hooks.emit(session, "message.reaction", told)
    elif kind == "edit":
        if target is not None:
            target.body = note.body
        waha.hooks.emit(session, "message.edited", {**told, "editedMessageId": named.rpartition("_")[2]})
    else:
        before = waha.payload(session, target) if target else None
        revoked = {"before": before, "after": told, "revokedMessageId": named.rpartition("_")[2]}
        waha.hooks.emit(session, "message.revoked", revoked)
    return note.whole_id
