"""What an inbound message says, as a type and a line of text (wire facts C4)."""

from collections.abc import Callable, Mapping

from db.messages import MessageType
from domain.inbound.wire import Json, json_array, json_object, word

MOST_CHARACTERS = 65_536
"""Of what is kept of one message; WhatsApp's own limit for texts is 4,096."""

Said = tuple[MessageType, str]


def describe(message: Json) -> Said:
    """The type and text of a message; media without a caption, and what has no text, are named in words."""
    kind = word(message.get("type"), 64) or next((name for name in _KINDS if name in message), "unknown")
    read = _KINDS.get(kind)
    if read is None:
        return MessageType.UNSUPPORTED, f"A message of type {kind}"
    type, content = read(message)
    return type, word(content, MOST_CHARACTERS) or f"A message of type {kind}"


def _text(message: Json) -> Said:
    return MessageType.TEXT, word(json_object(message.get("text")).get("body"), MOST_CHARACTERS) or ""


def _media(kind: str, type: MessageType, words: str) -> Callable[[Json], Said]:
    def read(message: Json) -> Said:
        media = json_object(message.get(kind))
        said = word(media.get("caption"), MOST_CHARACTERS) or word(media.get("filename"), 255)
        return type, said or words

    return read


def _audio(message: Json) -> Said:
    if json_object(message.get("audio")).get("voice"):
        return MessageType.VOICE, "Voice message"
    return MessageType.AUDIO, "Audio"


def _location(message: Json) -> Said:
    place = json_object(message.get("location"))
    parts = [word(place.get("name"), 255), word(place.get("address"), 512)]
    latitude, longitude = place.get("latitude"), place.get("longitude")
    if isinstance(latitude, int | float) and isinstance(longitude, int | float):
        parts.append(f"{latitude}, {longitude}")
    return MessageType.LOCATION, ", ".join(part for part in parts if part) or "Location"


def _contacts(message: Json) -> Said:
    cards = [json_object(json_object(card).get("name")) for card in json_array(message.get("contacts"))]
    names = [word(name.get("formatted_name"), 255) or word(name.get("first_name"), 255) for name in cards]
    return MessageType.CONTACTS, ", ".join(name for name in names if name) or "Contacts"


def _interactive(message: Json) -> Said:
    reply = json_object(message.get("interactive"))
    chosen = json_object(reply.get("button_reply")) or json_object(reply.get("list_reply"))
    said = word(chosen.get("title"), 255) or word(json_object(reply.get("nfm_reply")).get("body"), MOST_CHARACTERS)
    return MessageType.INTERACTIVE_REPLY, said or f"A reply of type {word(reply.get('type'), 64) or 'unknown'}"


def _button(message: Json) -> Said:
    button = json_object(message.get("button"))
    return MessageType.INTERACTIVE_REPLY, word(button.get("text"), 255) or word(button.get("payload"), 255) or "Button"


def _reaction(message: Json) -> Said:
    emoji = word(json_object(message.get("reaction")).get("emoji"), 64)
    return MessageType.REACTION, emoji or "Reaction taken back"


def _order(message: Json) -> Said:
    order = json_object(message.get("order"))
    count = len(json_array(order.get("product_items")))
    return MessageType.ORDER, word(order.get("text"), MOST_CHARACTERS) or f"Order of {count} products"


def _system(message: Json) -> Said:
    return MessageType.SYSTEM, word(json_object(message.get("system")).get("body"), MOST_CHARACTERS) or "System message"


def _unsupported(message: Json) -> Said:
    what = word(json_object(message.get("unsupported")).get("type"), 64)
    return MessageType.UNSUPPORTED, f"A message that WhatsApp does not pass on{f' ({what})' if what else ''}"


_KINDS: Mapping[str, Callable[[Json], Said]] = {
    "text": _text,
    "image": _media("image", MessageType.IMAGE, "Image"),
    "video": _media("video", MessageType.VIDEO, "Video"),
    "document": _media("document", MessageType.DOCUMENT, "Document"),
    "sticker": _media("sticker", MessageType.STICKER, "Sticker"),
    "audio": _audio,
    "location": _location,
    "contacts": _contacts,
    "interactive": _interactive,
    "button": _button,
    "reaction": _reaction,
    "order": _order,
    "system": _system,
    "unsupported": _unsupported,
}
