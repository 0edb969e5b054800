"""What is posted to WAHA for each kind of content (wire facts D3).

WhatsApp Web sends no buttons, lists and templates for others: they become text. The header stands in bold above it, the
footer in italics below, and then a line for what may be chosen: replies and rows of lists are numbered, links, phones
and codes stand after their label. A file of the header carries all of it as its caption. Forms (flows) have no words.
"""

import mimetypes
from typing import Any, assert_never

from db.content import Button, Card, InteractiveDetails, Location
from domain.core.errors import ErrorCode, Refusal
from domain.providers.base import (
    Cards,
    Content,
    Emoji,
    Interactive,
    Media,
    Outgoing,
    Place,
    TemplateContent,
    Text,
)

Json = dict[str, Any]

_FILES = {"IMAGE": "sendImage", "VIDEO": "sendVideo", "VOICE": "sendVoice", "STICKER": "sendImage"}
_TYPES = {
    "IMAGE": "image/jpeg",
    "VIDEO": "video/mp4",
    "AUDIO": "audio/mpeg",
    "VOICE": "audio/ogg; codecs=opus",
    "DOCUMENT": "application/octet-stream",
    "STICKER": "image/webp",
}
"""What a file is taken for whose name does not say."""


def chat_of(address: str) -> str:
    """The chat with somebody: digits@c.us for a phone; ids of WAHA's own stay. Raises Refusal for a BSUID."""
    if "@" in address:
        return address
    if address.startswith("+"):
        return f"{address[1:]}@c.us"
    raise Refusal(ErrorCode.VALIDATION_ERROR, "WAHA reaches nobody by a business-scoped user id; it takes a phone.")


def id_part(whole: str) -> str:
    """What names a message by itself in true_351910000111@c.us_3EB0; acks may name the chat another way."""
    parts = whole.split("_")
    return parts[2] if len(parts) >= 3 and parts[0] in ("true", "false") else whole


def key(session: str, whole: str) -> str:
    """What we call a message: two numbers of ours that write to each other have it under the same id."""
    return f"{session}:{id_part(whole)}"


def whole_id(key: str, chat: str, *, own: bool) -> str:
    """What WAHA calls a message that we call so."""
    return f"{'true' if own else 'false'}_{chat}_{key.rpartition(':')[2]}"


def request(session: str, message: Outgoing) -> tuple[str, str, Json]:
    """Method, path and body of a send. Raises Refusal VALIDATION_ERROR for what WAHA cannot send."""
    chat = chat_of(message.to)
    if isinstance(message.content, Emoji):
        target = whole_id(message.content.message_id, chat, own=message.quotes_own)
        body: Json = {"session": session, "messageId": target, "reaction": message.content.emoji or ""}
        return "PUT", "/api/reaction", body
    verb, content = _content(message.content)
    body = {"session": session, "chatId": chat, **content}
    if message.reply_to is not None:
        body["reply_to"] = whole_id(message.reply_to, chat, own=message.quotes_own)
    if message.id is not None:
        body["id"] = message.id
    return "POST", f"/api/{verb}", body


def words_of(content: Content) -> str:
    """The text that a message shows, by which it is found again in a chat."""
    match content:
        case Text(body):
            return body
        case Media(caption=caption):
            return caption or ""
        case Interactive(text, details):
            return rendered(text, details)
        case TemplateContent(text=text, details=details):
            return rendered(text, details)
        case Place() | Cards() | Emoji():
            return ""
        case _:
            assert_never(content)


def _content(content: Content) -> tuple[str, Json]:
    match content:
        case Text(body):
            return "sendText", {"text": body, "linkPreview": True}
        case Media():
            return _file(content, content.caption)
        case Interactive(media=media) | TemplateContent(media=media):
            words = words_of(content)
            return _file(media, words) if media else ("sendText", {"text": words, "linkPreview": True})
        case Place(location):
            return "sendLocation", _place(location)
        case Cards(cards):
            return "sendContactVcard", {"contacts": [{"vcard": _vcard(card)} for card in cards]}
        case Emoji():
            raise AssertionError("a reaction is a request of its own")
        case _:
            assert_never(content)


def _file(media: Media, caption: str | None) -> tuple[str, Json]:
    """WAHA fetches the link itself."""
    named = media.filename or (media.link or "").partition("?")[0]
    file: Json = {"mimetype": mimetypes.guess_type(named)[0] or _TYPES[media.kind], "url": media.link}
    if media.filename:
        file["filename"] = media.filename
    body: Json = {"file": file}
    if media.kind == "VOICE":
        return "sendVoice", body | {"convert": False}
    if caption:
        body["caption"] = caption
    return _FILES.get(media.kind, "sendFile"), body


def rendered(text: str, details: InteractiveDetails | None) -> str:
    """Header, text, footer and what may be chosen, as the head of this module says."""
    if details is None:
        return text
    header, footer = details["header"], details["footer"]
    parts = [f"*{header.get('text')}*"] if header is not None and header.get("text") else []
    parts.append(text)
    if footer:
        parts.append(f"_{footer}_")
    number = 0
    lines: list[str] = []
    for button in details["buttons"]:
        if button.get("type") == "REPLY":
            number += 1
            lines.append(f"{number}. {button.get('title')}")
        elif button.get("type") != "LIST":
            lines.append(_line(button))
    for section in details["sections"]:
        if title := section.get("title"):
            lines.append(title)
        for row in section.get("rows", []):
            number += 1
            about = f" – {row.get('description')}" if row.get("description") else ""
            lines.append(f"{number}. {row.get('title')}{about}")
    return "\n\n".join([*parts, "\n".join(lines)] if lines else parts)


def _line(button: Button) -> str:
    value = button.get("url") or button.get("phone_number") or button.get("code")
    if button.get("type") == "FLOW" or value is None:
        raise Refusal(ErrorCode.VALIDATION_ERROR, "WAHA sends no forms: only the Cloud API has them.")
    return f"{button.get('title')}: {value}" if button.get("title") else value


def _place(location: Location) -> Json:
    title = ", ".join(part for part in (location.get("name"), location.get("address")) if part)
    return {"latitude": location.get("latitude"), "longitude": location.get("longitude"), "title": title or None}


def _vcard(card: Card) -> str:
    lines = ["BEGIN:VCARD", "VERSION:3.0", f"FN:{_plain(card['name'])}", f"N:;{_plain(card['name'])};;;"]
    if card["company"]:
        lines.append(f"ORG:{_plain(card['company'])};")
    lines += [f"TEL;type=CELL;waid={number.removeprefix('+')}:{number}" for number in card["phone_numbers"]]
    lines += [f"EMAIL:{_plain(address)}" for address in card["emails"]]
    return "\n".join([*lines, "END:VCARD"])


def _plain(text: str) -> str:
    """A value of a vCard: what means something in one is escaped (RFC 2426)."""
    for sign, written in (("\\", "\\\\"), ("\n", "\\n"), (",", "\\,"), (";", "\\;")):
        text = text.replace(sign, written)
    return text
