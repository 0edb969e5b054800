"""Components of message templates: ours as Meta's Cloud API takes them, and Meta's as ours (wire facts A7).

Placeholders of a URL button are {{1}} there, in either format. A template with numbered ones names those of its text
1, 2 and so on here, that of its header header_1, and those of its buttons button_1 by the button's place.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from db.content import Button, Header, HeaderFormat, MessageButtonType
from db.templates import MessageTemplate, TemplateCategory
from domain.providers import cloud_codes

Json = dict[str, Any]

_PLACEHOLDER = re.compile(r"\{\{\s*([A-Za-z0-9_]+)\s*\}\}")
_OTP_URL = "https://www.whatsapp.com/otp/code/?code=otp{{1}}"
"""What the button of a one-time code leads to, where WhatsApp does not show it."""
RAW = "raw"
"""Key of a button of a kind that is none of ours: as WhatsApp has it."""


# ---------------------------------------------------------------------------
# To WhatsApp
# ---------------------------------------------------------------------------


def to_components(
    template: MessageTemplate, examples: Mapping[str, str] | None = None, *, handle: str | None = None
) -> list[Json]:
    """What WhatsApp is to keep of a template, with an example of each placeholder where these are given.

    `handle` is that of the example of its header, if that is a file.
    """
    if (code := cloud_codes.components_of(template)) is not None:
        return code
    components: list[Json] = []
    if template.header is not None:
        components.append(_header(template.header, template.positional, examples, handle))
    body: Json = {"type": "BODY", "text": _plain(template.content)}
    if examples is not None and (names := _names(template.content)):
        if template.positional:
            ordered = sorted(names, key=lambda name: int(name) if name.isdecimal() else 0)
            body["example"] = {"body_text": [[examples[name] for name in ordered]]}
        else:
            body["example"] = {"body_text_named_params": _named(names, examples)}
    components.append(body)
    if template.footer:
        components.append({"type": "FOOTER", "text": template.footer})
    if template.buttons:
        buttons = [_button(button, examples) for button in template.buttons]
        components.append({"type": "BUTTONS", "buttons": buttons})
    return [*components, *(template.other_components or [])]


def _header(header: Header, positional: bool, examples: Mapping[str, str] | None, handle: str | None) -> Json:
    said: Json = {"type": "HEADER", "format": str(header.get("format"))}
    if header.get("format") != HeaderFormat.TEXT:
        return said | ({"example": {"header_handle": [handle]}} if handle else {})
    text = header.get("text") or ""
    names = _names(text)
    said["text"] = _numbered(text) if positional else _plain(text)
    if examples is not None and names:
        if positional:
            said["example"] = {"header_text": [examples[names[0]]]}
        else:
            said["example"] = {"header_text_named_params": _named(names, examples)}
    return said


def _button(button: Button, examples: Mapping[str, str] | None) -> Json:
    if RAW in button:
        return cast("Json", button[RAW])
    title = button.get("title")
    match button.get("type"):
        case MessageButtonType.URL:
            url = button.get("url") or ""
            said: Json = {"type": "URL", "text": title, "url": _numbered(url)}
            if examples is not None and _names(url):
                said["example"] = [_filled(url, examples)]
            return said
        case MessageButtonType.PHONE:
            return {"type": "PHONE_NUMBER", "text": title, "phone_number": button.get("phone_number")}
        case MessageButtonType.CODE:
            code = _filled(button.get("code") or "", examples or {})
            return {"type": "COPY_CODE", "example": code}
        case MessageButtonType.FLOW:
            said = {"type": "FLOW", "text": title, "flow_id": button.get("flow_id"), "flow_action": "navigate"}
            return said | ({"navigate_screen": button.get("screen")} if button.get("screen") else {})
        case _:
            return {"type": "QUICK_REPLY", "text": title}


def _names(text: str) -> list[str]:
    return list(dict.fromkeys(_PLACEHOLDER.findall(text)))


def _plain(text: str) -> str:
    return _PLACEHOLDER.sub(r"{{\1}}", text)


def _numbered(text: str) -> str:
    """With its only placeholder by the number that WhatsApp wants."""
    return _PLACEHOLDER.sub("{{1}}", text)


def _filled(text: str, values: Mapping[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text)


def _named(names: Sequence[str], examples: Mapping[str, str]) -> list[Json]:
    return [{"param_name": name, "example": examples[name]} for name in names]


# ---------------------------------------------------------------------------
# From WhatsApp
# ---------------------------------------------------------------------------


@dataclass(slots=True)
class Parts:
    """Components of WhatsApp's, as ours."""

    content: str = ""
    header: Header | None = None
    footer: str | None = None
    buttons: list[Button] | None = None
    positional: bool = False
    examples: dict[str, str] = field(default_factory=dict[str, str])
    other_components: list[Json] | None = None
    """Those that are none of ours, such as cards of a carousel: they go back with an edit."""


def from_components(components: Sequence[Any], *, format: str | None, category: TemplateCategory | None) -> Parts:
    """Reads what WhatsApp has of a template; whatever is not as expected is kept as it is."""
    parts = Parts()
    known = [cast("Json", component) for component in components if isinstance(component, dict)]
    if cloud_codes.is_code(known):
        return _read_code(known)
    text = next((_text(component) for component in known if _kind(component) == "BODY"), "")
    parts.positional = format != "NAMED" and (format == "POSITIONAL" or all(map(str.isdecimal, _names(text))))
    parts.positional = parts.positional and bool(format == "POSITIONAL" or _names(text))
    for component in known:
        match _kind(component):
            case "BODY":
                parts.content = text
                parts.examples |= _examples(component, "body_text", _names(text))
            case "HEADER" if component.get("format", "TEXT") in list(HeaderFormat):
                parts.header = _read_header(component, parts)
            case "FOOTER" if "text" in component:
                parts.footer = _text(component)[:60]
            case "BUTTONS" if isinstance(component.get("buttons"), list):
                # Older ones, whose words are their owner's.
                once = category is TemplateCategory.AUTHENTICATION
                parts.buttons = [_read_button(button, place, once) for place, button in _counted(component)]
            case _:
                parts.other_components = [*(parts.other_components or []), component]
    return parts


def _read_code(components: Sequence[Json]) -> Parts:
    """A one-time code: the words that people see, beside what it is asked for by."""
    parts = Parts(positional=True, other_components=cloud_codes.ours(components))
    parts.examples = {cloud_codes.VARIABLE: cloud_codes.EXAMPLE}
    for component in components:
        match _kind(component):
            case "BODY":
                parts.content = cloud_codes.text_of(component)
            case "FOOTER":
                parts.footer = cloud_codes.footer_of(component)
            case "BUTTONS":
                parts.buttons = [_read_button(button, place, True) for place, button in _counted(component)]
            case _:
                pass
    return parts


def _counted(component: Json) -> list[tuple[int, Json]]:
    buttons: Any = component.get("buttons")
    found = cast("list[Any]", buttons) if isinstance(buttons, list) else []
    return [(place, button) for place, button in enumerate(found, 1) if isinstance(button, dict)]


def _kind(component: Json) -> str:
    return str(component.get("type", "")).upper()


def _text(component: Json, key: str = "text") -> str:
    value = component.get(key)
    return value.replace("\0", "") if isinstance(value, str) else ""


def _read_header(component: Json, parts: Parts) -> Header:
    format = HeaderFormat(str(component.get("format", "TEXT")))
    if format is not HeaderFormat.TEXT:
        return Header(format=format)
    text = _text(component)
    if parts.positional:
        text = _PLACEHOLDER.sub("{{header_1}}", text)
    parts.examples |= _examples(component, "header_text", _names(text))
    return Header(format=format, text=text)


def _examples(component: Json, key: str, names: Sequence[str]) -> dict[str, str]:
    """The examples of a text: by name, or in order, where a text's are one list of several."""
    match component.get("example"):
        case {**examples}:
            pass
        case _:
            return {}
    found: dict[str, str] = {}
    for each in _objects(examples.get(f"{key}_named_params")):
        found[str(each.get("param_name"))] = str(each.get("example"))
    values: Any = examples.get(key)
    if isinstance(values, list):
        flat = cast("list[Any]", values)
        first = cast("list[Any]", flat[0]) if flat and isinstance(flat[0], list) else flat
        ordered = sorted(names, key=lambda name: int(name) if name.isdecimal() else 0)
        found |= {name: str(value) for name, value in zip(ordered, first, strict=False)}
    return {name: value for name, value in found.items() if name in names}


def _objects(value: Any) -> list[Json]:
    items = cast("list[Any]", value) if isinstance(value, list) else []
    return [cast("Json", item) for item in items if isinstance(item, dict)]


def _read_button(button: Json, place: int, once: bool) -> Button:
    """A one-time code is the same in text and button, and so has one name."""
    title = _text(button)
    match _kind(button):
        case "QUICK_REPLY":
            return Button(type=MessageButtonType.REPLY, title=title)
        case "URL" | "OTP" as kind:
            url = _text(button, "url") or (_OTP_URL if kind == "OTP" else "")
            name = "1" if once else f"button_{place}"
            named = _PLACEHOLDER.sub(lambda found: f"{{{{{name}}}}}" if found[1] == "1" else found[0], url)
            return Button(type=MessageButtonType.URL, title=title, url=named)
        case "PHONE_NUMBER":
            return Button(type=MessageButtonType.PHONE, title=title, phone_number=_text(button, "phone_number"))
        case "COPY_CODE":
            match button.get("example"):
                case str(code) | [str(code), *_]:
                    return Button(type=MessageButtonType.CODE, title=title, code=code)
                case _:
                    return Button(type=MessageButtonType.CODE, title=title)
        case "FLOW":
            flow_id = button.get("flow_id")
            return Button(
                type=MessageButtonType.FLOW,
                title=title,
                flow_id=None if flow_id is None else str(flow_id),
                screen=_text(button, "navigate_screen") or None,
            )
        case _:
            return _with_raw(Button(type=MessageButtonType.REPLY, title=title), button)


def _with_raw(button: Button, raw: Json) -> Button:
    return cast("Button", {**button, RAW: raw})
