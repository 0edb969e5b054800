"""What a message of the Cloud API says: type, text, file, and what its type carries besides (wire facts C4)."""

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

import orjson

from db.messages import MessageType
from domain.inbound.envelope import Media, Said
from domain.inbound.wire import MOST_CHARACTERS, Json, called, json_array, json_object, kept, number, word
from domain.providers.reactions import interpret


def read(message: Json) -> Said:
    """Reads a message; what it does not understand is kept raw, as UNSUPPORTED, and errors are kept with it."""
    kind = word(message.get("type"), 64) or next((name for name in _KINDS if name in message), "unknown")
    read_kind = _KINDS.get(kind)
    said = (read_kind(message) if read_kind else None) or _raw(kind, message)
    errors = json_array(message.get("errors"))
    if not errors:
        return said
    error = interpret(json_object(errors[0]))
    return Said(said.type, said.content, said.details, said.media, error)


def target(message: Json) -> str | None:
    """The id of the message that a reaction is to."""
    return word(json_object(message.get("reaction")).get("message_id"), 255) if "reaction" in message else None


def _raw(kind: str, message: Json) -> Said:
    what = word(json_object(message.get("unsupported")).get("type"), 64)
    words = (
        f"A message that WhatsApp does not pass on{f' ({what})' if what else ''}"
        if kind == "unsupported"
        else f"A message of type {kind}"
    )
    return Said(MessageType.UNSUPPORTED, words, {"kind": "unsupported", "word": what or kind, "raw": kept(message)})


def _text(message: Json) -> Said | None:
    body = word(json_object(message.get("text")).get("body"), MOST_CHARACTERS)
    return Said(MessageType.TEXT, body) if body else None


def _media(kind: str, type: MessageType) -> Callable[[Json], Said]:
    def read(message: Json) -> Said:
        body = json_object(message.get(kind))
        voice = kind == "audio" and bool(body.get("voice"))
        media = Media(
            id=word(body.get("id"), 255),
            url=word(body.get("url"), 4096),
            mime_type=word(body.get("mime_type"), 127),
            sha256=word(body.get("sha256"), 128),
            filename=called(body.get("filename"), 255),
        )
        return Said(
            MessageType.VOICE if voice else type,
            word(body.get("caption"), MOST_CHARACTERS),
            media=media if media.id or media.url else None,
        )

    return read


def _location(message: Json) -> Said | None:
    place = json_object(message.get("location"))
    latitude, longitude = number(place.get("latitude")), number(place.get("longitude"))
    if latitude is None or longitude is None or abs(latitude) > 90 or abs(longitude) > 180:
        return None
    name, address = word(place.get("name"), 255), word(place.get("address"), 512)
    words = ", ".join(part for part in (name, address, f"{latitude}, {longitude}") if part)
    details = {"kind": "location", "latitude": latitude, "longitude": longitude, "name": name, "address": address}
    return Said(MessageType.LOCATION, words, details)


def _contacts(message: Json) -> Said | None:
    cards = [card for given in json_array(message.get("contacts")) if (card := _card(json_object(given)))]
    if not cards:
        return None
    words = ", ".join(card["name"] for card in cards)
    return Said(MessageType.CONTACTS, words[:MOST_CHARACTERS], {"kind": "contacts", "cards": cards})


def _card(given: Json) -> dict[str, Any] | None:
    """A contact card; without any name it goes by its first number, and without one it is none."""
    named = json_object(given.get("name"))
    phones = [json_object(phone) for phone in json_array(given.get("phones"))]
    emails = [word(json_object(email).get("email"), 254) for email in json_array(given.get("emails"))]
    numbers = [word(phone.get("phone"), 64) or word(phone.get("wa_id"), 64) for phone in phones]
    phone_numbers = [number for number in numbers if number]
    name = word(named.get("formatted_name"), 255) or word(named.get("first_name"), 255)
    if not name and not phone_numbers:
        return None
    return {
        "name": name or phone_numbers[0],
        "phone_numbers": phone_numbers,
        "emails": [email for email in emails if email],
        "company": word(json_object(given.get("org")).get("company"), 255),
    }


def _interactive(message: Json) -> Said | None:
    reply = json_object(message.get("interactive"))
    chosen = json_object(reply.get("button_reply")) or json_object(reply.get("list_reply"))
    if title := word(chosen.get("title"), 255):
        return _reply(title, word(chosen.get("id"), 256))
    form = json_object(reply.get("nfm_reply"))
    if not form:
        return None
    answers, token = _answers(form.get("response_json")), None
    if isinstance(answers, dict):
        filled = json_object(answers)
        token = word(filled.pop("flow_token", None), 512)
    return _reply(word(form.get("body"), MOST_CHARACTERS) or word(form.get("name"), 255) or "Form", token, answers)


def _answers(given: Any) -> Any:
    """What was filled in: JSON within a string; kept as that string where it is none."""
    if not isinstance(given, str):
        return kept(given)
    try:
        return kept(orjson.loads(given))
    except (orjson.JSONDecodeError, RecursionError):
        return kept(given)


def _button(message: Json) -> Said | None:
    button = json_object(message.get("button"))
    title, payload = word(button.get("text"), 255), word(button.get("payload"), 256)
    return _reply(title or payload or "Button", payload) if button else None


def _reply(title: str, payload: str | None, answers: Any = None) -> Said:
    details = {"kind": "interactive_reply", "payload": payload, "title": title, "answers": answers}
    return Said(MessageType.INTERACTIVE_REPLY, title, details)


def _reaction(message: Json) -> Said | None:
    """An emoji, or none where it is taken back: '' and absent mean the same."""
    if target(message) is None:
        return None
    return Said(MessageType.REACTION, word(json_object(message.get("reaction")).get("emoji"), 64))


def _order(message: Json) -> Said | None:
    order = json_object(message.get("order"))
    catalog_id = word(order.get("catalog_id"), 255)
    items = [_item(json_object(item)) for item in json_array(order.get("product_items"))]
    if catalog_id is None or not items or None in items:
        return None
    words = word(order.get("text"), MOST_CHARACTERS) or f"Order of {len(items)} products"
    return Said(MessageType.ORDER, words, {"kind": "order", "catalog_id": catalog_id, "items": items})


def _item(given: Json) -> dict[str, Any] | None:
    product_id, currency = word(given.get("product_retailer_id"), 255), word(given.get("currency"), 8)
    quantity, price = number(given.get("quantity")), _price(given.get("item_price"))
    if isinstance(given.get("quantity"), str) and given["quantity"].isascii() and given["quantity"].isdecimal():
        quantity = float(given["quantity"][:12])
    if not product_id or not currency or price is None or quantity is None or not 0 <= quantity < 2**31:
        return None
    return {"product_id": product_id, "quantity": int(quantity), "price": price, "currency": currency}


def _price(given: Any) -> str | None:
    """A price as decimal text, of a number or of a text."""
    try:
        price = Decimal(word(str(given), 32) or "")
    except InvalidOperation:
        return None
    return f"{price:f}" if price.is_finite() and abs(price.adjusted()) < 15 else None


def _system(message: Json) -> Said:
    return Said(MessageType.SYSTEM, word(json_object(message.get("system")).get("body"), MOST_CHARACTERS))


_KINDS: Mapping[str, Callable[[Json], Said | None]] = {
    "text": _text,
    "image": _media("image", MessageType.IMAGE),
    "video": _media("video", MessageType.VIDEO),
    "document": _media("document", MessageType.DOCUMENT),
    "sticker": _media("sticker", MessageType.STICKER),
    "audio": _media("audio", MessageType.AUDIO),
    "location": _location,
    "contacts": _contacts,
    "interactive": _interactive,
    "button": _button,
    "reaction": _reaction,
    "order": _order,
    "system": _system,
}
"""How each kind is read; None of what is not as documented."""
