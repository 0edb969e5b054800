"""What stands around the text of a template: header, footer and buttons, within the limits of WhatsApp.

Lengths are in UTF-16 units. Limits of what WhatsApp is to approve are in part A7 of the wire facts, those of an
interactive message in A3.
"""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from db.content import Button, Header, HeaderFormat, Location, MessageButtonType
from domain.core.errors import Checks, ErrorCode, Refusal, optional_text, text, utf16
from domain.core.phone import parse_phone
from domain.templates.placeholders import compile_template, variables_in

Given = Mapping[str, Any]

REPLY, URL, PHONE = MessageButtonType.REPLY, MessageButtonType.URL, MessageButtonType.PHONE
CODE, FLOW, LIST = MessageButtonType.CODE, MessageButtonType.FLOW, MessageButtonType.LIST

MOST_CHARACTERS, MOST_CHARACTERS_APPROVED = 5000, 1024
"""Of a content: a plain text of ours, and one that WhatsApp is to approve or that something stands around."""
_MOST_BUTTONS, _MOST_REPLIES = 10, 3
_MOST_OF = {URL: 2, PHONE: 1, CODE: 1, FLOW: 1}


def wrong(message: str, field: str, reason: str, **details: Any) -> Refusal:
    return Refusal(ErrorCode.VALIDATION_ERROR, message, field=field, reason=reason, **details)


def check_content(value: str, *, approval: bool, surrounded: bool) -> str:
    """A text; one that WhatsApp is to approve has no placeholder at its start or end (its error 2388299)."""
    most = MOST_CHARACTERS_APPROVED if approval or surrounded else MOST_CHARACTERS
    content = text(value, "content", most=most, length=utf16)
    if approval:
        pieces = compile_template(content).pieces
        if len(pieces) > 1 and not (pieces[0].strip() and pieces[-1].strip()):
            raise wrong("A placeholder must be neither first nor last.", "content", "placeholder_at_edge")
    return content


def check_footer(value: str | None) -> str | None:
    footer = optional_text(value, "footer", most=60, length=utf16)
    if variables_in(footer):
        raise wrong("A footer has no placeholders.", "footer", "placeholder")
    return footer


def check_header(given: Given | None, check: Checks, *, approval: bool) -> Header | None:
    """A text with one placeholder at the most, a file (by the id of a File of ours), or a place."""
    if given is None:
        return None
    if given.get("text") is not None:
        words = text(given["text"], "header.text", most=60, length=utf16)
        if len(variables_in(words)) > 1:
            raise wrong("A header has one placeholder at the most.", "header.text", "too_many_placeholders")
        return Header(format=HeaderFormat.TEXT, text=words)
    if (place := given.get("location")) is not None:
        if not approval:
            raise wrong("A place stands above approved templates only.", "header.location", "approval_only")
        return Header(format=HeaderFormat.LOCATION, location=_place(place, check))
    return Header(format=HeaderFormat.DOCUMENT)  # until it is known what the file is (headers.py)


def _place(given: Given, check: Checks) -> Location:
    place = Location()
    for key, most in (("latitude", 90), ("longitude", 180)):
        with check():
            if not math.isfinite(given[key]) or abs(given[key]) > most:
                raise wrong(f"Degrees go from -{most} to {most}.", f"header.location.{key}", "out_of_range")
            place[key] = float(given[key])
    for key in ("name", "address"):
        with check():
            place[key] = optional_text(given.get(key), f"header.location.{key}", most=1000)
    return place


def check_buttons(given: Sequence[Given] | None, check: Checks, *, approval: bool) -> list[Button] | None:
    if not given:
        return None
    types = [MessageButtonType(button["type"]) for button in given]
    with check():
        _check_set(types, approval)
    return [_button(button, check, f"buttons[{place}]", approval) for place, button in enumerate(given)]


def _check_set(types: Sequence[MessageButtonType], approval: bool) -> None:
    most = _MOST_BUTTONS if approval else _MOST_REPLIES
    if len(types) > most:
        raise wrong(f"There are at most {most} buttons.", "buttons", "too_many")
    if approval:
        for kind, count in Counter(types).items():
            if count > _MOST_OF.get(kind, _MOST_BUTTONS):
                raise wrong(f"There are at most {_MOST_OF[kind]} buttons of type {kind}.", "buttons", "too_many")
    elif len(types) > 1 and set(types) != {REPLY}:
        raise wrong("Without approval there are up to three REPLY buttons, or one URL or FLOW.", "buttons", "mixed")


def _button(given: Given, check: Checks, field: str, approval: bool) -> Button:
    kind = MessageButtonType(given["type"])
    button = Button(type=kind)
    with check():
        if kind is LIST or (kind in (PHONE, CODE) and not approval):
            words = "A list is not for templates." if kind is LIST else f"{kind} is for approved templates only."
            raise wrong(words, f"{field}.type", "approval_only" if kind is not LIST else "not_in_templates")
    with check():
        button["title"] = text(given["title"], f"{field}.title", most=25 if approval else 20, length=utf16)
        if variables_in(button["title"]):
            raise wrong("What stands on a button has no placeholders.", f"{field}.title", "placeholder")
    with check():
        match kind:
            case MessageButtonType.REPLY:
                payload = optional_text(given.get("payload"), f"{field}.payload", most=256, length=utf16)
                button["payload"] = payload or button.get("title")
            case MessageButtonType.URL:
                button["url"] = _url(given.get("url"), f"{field}.url", approval)
            case MessageButtonType.PHONE:
                button["phone_number"] = parse_phone(given.get("phone_number") or "", field=f"{field}.phoneNumber")
            case MessageButtonType.CODE:
                button["code"] = _code(given.get("code"), f"{field}.code")
            case MessageButtonType.FLOW:
                _form(given, button, check, field)
    return button


def _url(value: str | None, field: str, approval: bool) -> str:
    url = text(value or "", field, most=2000, length=utf16)
    pieces = compile_template(url).pieces
    try:
        parts = urlsplit(pieces[0])
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and not re.search(r"\s", "".join(pieces[::2]))
    except ValueError:
        good = False
    if not good:
        raise wrong("This is not a URL that begins with http:// or https://.", field, "invalid_format")
    if approval and (len(pieces) > 3 or (len(pieces) == 3 and pieces[-1])):
        raise wrong("A URL has one placeholder, at its end.", field, "placeholder_within")
    return url


def _code(value: str | None, field: str) -> str:
    """15 units once it is filled in; how long placeholders themselves are does not matter."""
    code = text(value or "", field, most=256)
    if utf16("".join(compile_template(code).pieces[::2])) > 15:
        raise wrong("A code has up to 15 characters.", field, "too_long")
    return code


def _form(given: Given, button: Button, check: Checks, field: str) -> None:
    with check():
        button["flow_id"] = text(given.get("flow_id") or "", f"{field}.flowId", most=64)
    with check():
        button["payload"] = optional_text(given.get("payload"), f"{field}.payload", most=256, length=utf16)
    with check():
        button["screen"] = optional_text(given.get("screen"), f"{field}.screen", most=128)
    data = given.get("data")
    if data is not None and not isinstance(data, dict):
        raise wrong("This must be an object.", f"{field}.data", "not_an_object")
    button["data"] = data
    if data and not given.get("screen"):
        raise wrong("Data is for a screen, which must be named.", f"{field}.screen", "required")


def check_whole(
    check: Checks, header: Header | None, footer: str | None, buttons: Sequence[Button] | None, *, approval: bool
) -> None:
    """Without approval WhatsApp shows header and footer with buttons alone, and a file else with a caption."""
    if approval or buttons:
        return
    with check():
        if footer is not None or (header is not None and header.get("format") == HeaderFormat.TEXT):
            words = "Without approval, a header of text or a footer needs buttons below it."
            raise wrong(words, "buttons", "required")


def numbered(content: str, header: Header | None, buttons: Sequence[Button] | None) -> bool:
    """Whether the placeholders that WhatsApp sees are numbered: 1, 2 and so on in the text, header_1 and button_1.

    Raises Refusal where they are neither all numbered nor all named.
    """
    names = compile_template(content).variables
    above = variables_in((header or {}).get("text"))
    below = [(place, name) for place, b in enumerate(buttons or [], 1) for name in variables_in(b.get("url"))]
    digits = [name for name in names if name.isdecimal()]
    if not digits:
        # Of a text without placeholders those around it decide.
        around = [*(name == "header_1" for name in above), *(name == f"button_{place}" for place, name in below)]
        return not names and bool(around) and all(around)
    if len(digits) < len(names) or sorted(map(int, digits)) != list(range(1, len(digits) + 1)):
        raise wrong("Placeholders are named, or numbered from 1 without a gap.", "content", "mixed_placeholders")
    if any(name != "header_1" for name in above):
        raise wrong("With numbers in the text this is {{header_1}}.", "header.text", "mixed_placeholders")
    for place, name in below:
        if name != f"button_{place}":
            field = f"buttons[{place - 1}].url"
            raise wrong(f"With numbers in the text this is {{{{button_{place}}}}}.", field, "mixed_placeholders")
    return True
