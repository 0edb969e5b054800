"""What people and programs may send, by kind, checked against WhatsApp's limits (wire facts A3) before it is stored.

Fields are named as the API has them; lengths are in UTF-16 units, as WhatsApp counts.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from db.content import (
    Button,
    Card,
    ContactsDetails,
    Details,
    Header,
    HeaderFormat,
    InteractiveDetails,
    Location,
    LocationDetails,
    MessageButtonType,
    Row,
    Section,
)
from db.messages import MessageType
from db.templates import TemplateCategory
from domain.core.email import parse_email
from domain.core.errors import Checks, ErrorCode, Refusal, optional_text, text, utf16
from domain.core.objects import check_object
from domain.core.phone import parse_phone

Given = Mapping[str, Any]
"""An input: what is null or left out is the same."""

MOST_CARDS = 257
_ONE_OF_ITS_KIND = (MessageButtonType.URL, MessageButtonType.FLOW, MessageButtonType.LIST)
_PICTURE = r"[\u00a9\u00ae\u203c-\u3299\U0001f000-\U0001faff]\ufe0f?[\U0001f3fb-\U0001f3ff]?[\U000e0020-\U000e007f]*"
_EMOJI = re.compile(
    rf"[\U0001f1e6-\U0001f1ff]{{2}}|[0-9#*]\ufe0f?\u20e3|{_PICTURE}(?:\u200d{_PICTURE})*", re.IGNORECASE
)
"""One of them: a flag, a keycap, or a picture, perhaps of several that are joined."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A message that may be sent, as it is stored."""

    type: MessageType
    content: str | None
    details: Details | None = None
    media_id: int | None = None
    template_id: int | None = None
    variables: dict[str, Any] | None = None
    purpose: TemplateCategory | None = None
    """That of an approved template."""


# ---------------------------------------------------------------------------
# Text
# ---------------------------------------------------------------------------


def check_text(value: str, field: str, *, most: int) -> Draft:
    return Draft(MessageType.TEXT, text(value, field, most=most, length=utf16))


# ---------------------------------------------------------------------------
# Buttons, lists, links and forms
# ---------------------------------------------------------------------------


def check_interactive(given: Given, check: Checks, field: str, above: Header | None = None) -> Draft:
    """Text with something to choose: buttons of one type, 1 to 3 REPLY, or one URL, FLOW or LIST.

    `above` is the header where that is a file.
    """
    buttons = _buttons(given["buttons"], check, f"{field}.buttons")
    is_list = any(button["type"] == MessageButtonType.LIST for button in given["buttons"])
    words, header, footer, sections = None, None, None, list[Section]()
    with check():
        words = text(given["text"], f"{field}.text", most=4096 if is_list else 1024, length=utf16)
    with check():
        header = above or _header(given.get("header"), f"{field}.header")
        if is_list and above is not None:
            raise _wrong("Above a list stands text only.", f"{field}.header.media", "text_only")
    with check():
        footer = _optional(given.get("footer"), f"{field}.footer", most=60)
    with check():
        sections = _sections(given.get("sections"), check, f"{field}.sections", wanted=is_list)
    details = InteractiveDetails(kind="interactive", header=header, footer=footer, buttons=buttons, sections=sections)
    return Draft(MessageType.INTERACTIVE, words, details)


def _header(given: Given | None, field: str) -> Header | None:
    if given is None:
        return None
    if given.get("location") is not None:
        raise _wrong("A place stands above templates only.", f"{field}.location", "templates_only")
    if given.get("media") is not None:
        return None
    return Header(format=HeaderFormat.TEXT, text=text(given["text"], f"{field}.text", most=60, length=utf16))


def _buttons(given: Sequence[Given], check: Checks, field: str) -> list[Button]:
    with check():
        _check_set([MessageButtonType(button["type"]) for button in given], field)
    buttons = [_button(button, check, f"{field}[{i}]") for i, button in enumerate(given)]
    for key, words in (("title", "Two buttons have this title."), ("payload", "Two buttons have this payload.")):
        for i in _repeated([str(button.get(key)) if button.get(key) else None for button in buttons]):
            with check():
                raise _wrong(words, f"{field}[{i}].{key}", "repeated")
    return buttons


def _check_set(types: Sequence[MessageButtonType], field: str) -> None:
    if not types:
        raise _wrong("At least one button is needed.", field, "required")
    if len(types) > 3:
        raise _wrong("There are at most 3 buttons.", field, "too_many")
    if len(set(types)) > 1:
        raise _wrong("Buttons are all of one type.", field, "mixed")
    if len(types) > 1 and types[0] in _ONE_OF_ITS_KIND:
        raise _wrong(f"There is one button of type {types[0]} only.", field, "too_many")


def _button(given: Given, check: Checks, field: str) -> Button:
    kind = MessageButtonType(given["type"])
    button = Button(type=kind)
    with check():
        button["title"] = text(given["title"], f"{field}.title", most=20, length=utf16)
    match kind:
        case MessageButtonType.REPLY:
            with check():
                payload = given.get("payload") or button.get("title", "")
                button["payload"] = text(payload, f"{field}.payload", most=256, length=utf16) if payload else None
        case MessageButtonType.URL:
            with check():
                button["url"] = _url(given.get("url"), f"{field}.url")
        case MessageButtonType.FLOW:
            _form(given, button, check, field)
        case MessageButtonType.LIST:
            pass
        case MessageButtonType.PHONE | MessageButtonType.CODE:
            with check():
                raise _wrong(f"Buttons of type {kind} are for templates.", f"{field}.type", "templates_only")
    return button


def _form(given: Given, button: Button, check: Checks, field: str) -> None:
    with check():
        button["flow_id"] = text(given.get("flow_id") or "", f"{field}.flowId", most=64)
    with check():
        button["payload"] = _optional(given.get("payload"), f"{field}.payload", most=256)
    with check():
        button["screen"] = _optional(given.get("screen"), f"{field}.screen", most=128)
    with check():
        button["data"] = check_object(given.get("data"), f"{field}.data")
        if button["data"] and not given.get("screen"):
            raise _wrong("Data is for a screen, which must be named.", f"{field}.screen", "required")


def _sections(given: Sequence[Given] | None, check: Checks, field: str, *, wanted: bool) -> list[Section]:
    if not wanted:
        if given:
            raise _wrong("Sections are for a button of type LIST.", field, "not_a_list")
        return []
    if not given:
        raise _wrong("A list has 1 to 10 sections.", field, "required")
    if len(given) > 10:
        raise _wrong("A list has 1 to 10 sections.", field, "too_many")
    if sum(len(section["rows"]) for section in given) > 10:
        raise _wrong("A list has at most 10 rows, in all sections together.", field, "too_many_rows")
    sections = [_section(section, check, f"{field}[{i}]", titled=len(given) > 1) for i, section in enumerate(given)]
    payloads = [(f"{field}[{i}].rows[{j}].payload", row.get("payload")) for i, j, row in _rows(sections)]
    for i in _repeated([payload for _, payload in payloads]):
        with check():
            raise _wrong("Two rows have this payload.", payloads[i][0], "repeated")
    return sections


def _rows(sections: Sequence[Section]) -> list[tuple[int, int, Row]]:
    return [(i, j, row) for i, section in enumerate(sections) for j, row in enumerate(section.get("rows", []))]


def _section(given: Given, check: Checks, field: str, *, titled: bool) -> Section:
    section = Section(title=None, rows=[])
    with check():
        section["title"] = _optional(given.get("title"), f"{field}.title", most=24)
        if titled and section["title"] is None:
            raise _wrong("Where there are several sections, each has a title.", f"{field}.title", "required")
    with check():
        if not given["rows"]:
            raise _wrong("A section has at least one row.", f"{field}.rows", "required")
    section["rows"] = [_row(row, check, f"{field}.rows[{j}]") for j, row in enumerate(given["rows"])]
    return section


def _row(given: Given, check: Checks, field: str) -> Row:
    row = Row()
    with check():
        row["payload"] = text(given["payload"], f"{field}.payload", most=200, length=utf16)
    with check():
        row["title"] = text(given["title"], f"{field}.title", most=24, length=utf16)
    with check():
        row["description"] = _optional(given.get("description"), f"{field}.description", most=72)
    return row


def _repeated(values: Sequence[str | None]) -> list[int]:
    """Places of what stood there before."""
    return [i for i, value in enumerate(values) if value is not None and value in values[:i]]


# ---------------------------------------------------------------------------
# Places, cards and reactions
# ---------------------------------------------------------------------------


def check_location(given: Given, check: Checks, field: str) -> Draft:
    location = check_place(given, check, field)
    details = LocationDetails(
        kind="location",
        latitude=given["latitude"],
        longitude=given["longitude"],
        name=location.get("name"),
        address=location.get("address"),
    )
    parts = [location.get("name"), location.get("address"), f"{given['latitude']}, {given['longitude']}"]
    return Draft(MessageType.LOCATION, ", ".join(part for part in parts if part), details)


def check_place(given: Given, check: Checks, field: str) -> Location:
    place = Location()
    for key, most in (("latitude", 90), ("longitude", 180)):
        with check():
            if not math.isfinite(given[key]) or abs(given[key]) > most:
                raise _wrong(f"Degrees go from -{most} to {most}.", f"{field}.{key}", "out_of_range")
            place[key] = float(given[key])
    for key in ("name", "address"):
        with check():
            place[key] = _optional(given.get(key), f"{field}.{key}", most=1000)
    return place


def check_cards(given: Sequence[Given], check: Checks, field: str) -> Draft:
    with check():
        if not 1 <= len(given) <= MOST_CARDS:
            reason = "too_many" if given else "required"
            raise _wrong(f"There are 1 to {MOST_CARDS} cards.", field, reason)
    cards = [_card(card, check, f"{field}[{i}]") for i, card in enumerate(given[:MOST_CARDS])]
    details = ContactsDetails(kind="contacts", cards=cards)
    return Draft(MessageType.CONTACTS, ", ".join(card["name"] for card in cards), details)


def _card(given: Given, check: Checks, field: str) -> Card:
    card = Card(name="", phone_numbers=[], emails=[], company=None)
    with check():
        card["name"] = text(given["name"], f"{field}.name", most=100)
    with check():
        card["company"] = _optional(given.get("company"), f"{field}.company", most=255)
    for i, number in enumerate(_few(given.get("phone_numbers"), check, f"{field}.phoneNumbers")):
        with check():
            card["phone_numbers"].append(parse_phone(number, field=f"{field}.phoneNumbers[{i}]"))
    for i, email in enumerate(_few(given.get("emails"), check, f"{field}.emails")):
        with check():
            card["emails"].append(parse_email(email, f"{field}.emails[{i}]"))
    return card


def _few(values: Sequence[str] | None, check: Checks, field: str) -> Sequence[str]:
    with check():
        if values is not None and len(values) > 20:
            raise _wrong("A card has at most 20 of them.", field, "too_many")
    return (values or ())[:20]


def check_reaction(emoji: str | None, field: str) -> Draft:
    """One emoji; none takes the reaction back."""
    said = None if emoji is None or not emoji.strip() else emoji.strip()
    if said is not None and not _EMOJI.fullmatch(said):
        raise _wrong("This is not one emoji.", field, "not_an_emoji")
    return Draft(MessageType.REACTION, said)


# ---------------------------------------------------------------------------
# Parts
# ---------------------------------------------------------------------------


def _url(value: str | None, field: str) -> str:
    url = text(value or "", field, most=2000)
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and not re.search(r"\s", url)
    except ValueError:
        good = False
    if not good:
        raise _wrong("This is not a URL that begins with http:// or https://.", field, "invalid_format")
    return url


def _optional(value: str | None, field: str, *, most: int) -> str | None:
    return optional_text(value, field, most=most, length=utf16)


def _wrong(message: str, field: str, reason: str) -> Refusal:
    return Refusal(ErrorCode.VALIDATION_ERROR, message, field=field, reason=reason)
