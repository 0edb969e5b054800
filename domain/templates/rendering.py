"""Templates as they are sent: filled for a contact, in the shape that WhatsApp takes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from db.content import Button, Header, InteractiveDetails
from db.templates import MessageTemplate
from domain import settings
from domain.core.errors import utf16
from domain.providers import cloud_codes
from domain.providers.base import Content, Interactive, Media, TemplateContent, Text
from domain.providers.cloud_bodies import FLOW_TOKEN
from domain.providers.cloud_components import RAW
from domain.templates.placeholders import compile_template, fill

HEADER = "header"
"""Stands for the file or place of a header among what is missing."""
FILES: Mapping[str, Literal["IMAGE", "VIDEO", "DOCUMENT"]] = {
    "IMAGE": "IMAGE",
    "VIDEO": "VIDEO",
    "DOCUMENT": "DOCUMENT",
}
"""Formats of a header that is a file, each of a kind of that name."""

MOST_CHARACTERS, MOST_CHARACTERS_AROUND = 4096, 1024
"""Of a text, and of one with a file, buttons or a footer; in UTF-16 units, the stricter reading of Meta's limits."""
_MOST = {"header": 60, "url": 2000, "code": 15, "payload": 256}

Json = dict[str, Any]


@dataclass(slots=True)
class Rendered:
    """A template, filled; it may be sent if nothing is missing and nothing grew too long."""

    text: str
    details: InteractiveDetails | None
    """What stands around the text; null where nothing does."""
    content: Content
    missing: list[str] = field(default_factory=list[str])
    too_long: str | None = None
    """Which part is, in words."""

    @property
    def fault(self) -> str | None:
        """Why it cannot be sent, in words."""
        if self.missing == [HEADER]:
            return "The template has no file or place for its header."
        if self.missing:
            return f"Nothing fills {', '.join(f'{{{{{name}}}}}' for name in self.missing)} for this contact."
        return self.too_long


def variables_of(content: str, header: Header | None = None, buttons: Sequence[Button] | None = None) -> list[str]:
    """Names of the placeholders of a template, each once, in the order of reading."""
    found: dict[str, None] = {}

    def seen(text: str) -> str:
        found.update(dict.fromkeys(compile_template(text).variables))
        return text

    seen((header or {}).get("text") or "")
    seen(content)
    for button in buttons or []:
        _button(button, seen)
    return list(found)


def own_text(text: str, header: Header | None = None) -> MessageTemplate:
    """A text that was written for one campaign, as a template that is stored nowhere."""
    return MessageTemplate(title="", content=text, header=header)


def render(
    template: MessageTemplate, own: Mapping[str, str], variables: Mapping[str, Any], *, header: Header | None = None
) -> Rendered:
    """Fills a template from variables, then from a contact's own values. `header` takes the place of its own file or
    place; a placeholder that nothing fills stays, and is told of."""
    values = fill(own, variables)
    missing: dict[str, None] = {}

    def filled(text: str) -> str:
        compiled = compile_template(text)
        missing.update(dict.fromkeys(compiled.missing(values)))
        return compiled.render(values)

    above = _header(template.header, header, filled)
    text = filled(template.content)
    buttons = [_button(button, filled) for button in template.buttons or []]
    details: InteractiveDetails | None = None
    if above or template.footer or buttons:
        details = {
            "kind": "interactive",
            "header": above,
            "footer": template.footer,
            "buttons": buttons,
            "sections": [],
        }
    if above is not None and not _complete(above):
        missing[HEADER] = None
    media = _media(above)
    content = _content(template, values, text, details, media)
    most = MOST_CHARACTERS if template.approval_name else MOST_CHARACTERS_AROUND
    if isinstance(content, Text):
        most = settings.known().limits.max_message_length
    too_long = _too_long(text, most, above, buttons)
    if (
        cloud_codes.components_of(template)
        and utf16(values.get(cloud_codes.VARIABLE, "")) > cloud_codes.MOST_CHARACTERS
    ):
        too_long = f"A one-time code has up to {cloud_codes.MOST_CHARACTERS} characters."
    return Rendered(text, details, content, list(missing), too_long)


def _header(own: Header | None, given: Header | None, filled: Callable[[str], str]) -> Header | None:
    if own is None:
        return None
    if own.get("format") == "TEXT":
        return {**own, "text": filled(own.get("text") or "")}
    given = given or {}
    return {
        **own,
        "media_id": given.get("media_id") or own.get("media_id"),
        "location": given.get("location") or own.get("location"),
    }


def _complete(header: Header) -> bool:
    match header.get("format"):
        case "TEXT":
            return True
        case "LOCATION":
            return header.get("location") is not None
        case _:
            return header.get("media_id") is not None


def _media(header: Header | None) -> Media | None:
    kind = FILES.get((header or {}).get("format") or "")
    return None if header is None or kind is None else Media(kind, file_id=header.get("media_id"))


def _button(button: Button, filled: Callable[[str], str]) -> Button:
    said: Json = {name: value for name, value in button.items() if value is not None and name != RAW}
    for name in ("url", "code", "payload"):
        if name in said:
            said[name] = filled(said[name])
    if "data" in said:
        said["data"] = _deep(said["data"], filled)
    return cast("Button", said)


def _deep(value: Any, filled: Callable[[str], str]) -> Any:
    """All texts in an object, filled."""
    match value:
        case str():
            return filled(value)
        case dict():
            return {name: _deep(each, filled) for name, each in cast("Json", value).items()}
        case list():
            return [_deep(each, filled) for each in cast("list[Any]", value)]
        case _:
            return value


def _too_long(text: str, most: int, header: Header | None, buttons: list[Button]) -> str | None:
    parts = [("text", text, most), ("header", (header or {}).get("text") or "", _MOST["header"])]
    for place, button in enumerate(buttons, 1):
        parts += [
            (f"{name} of button {place}", cast("str", button.get(name)), _MOST[name])
            for name in ("url", "code", "payload")
            if button.get(name)
        ]
    for what, said, limit in parts:
        if utf16(said) > limit:
            return f"The {what} has over {limit} characters once it is filled in."
    return None


def _content(
    template: MessageTemplate,
    values: Mapping[str, str],
    text: str,
    details: InteractiveDetails | None,
    media: Media | None,
) -> Content:
    """A text of ours with something around it is an interactive message, or a file with a caption."""
    if template.approval_name:
        return TemplateContent(
            template.approval_name,
            template.language or "",
            template.category,
            _components(template, values, details),
            text,
            details,
            media,
        )
    if details is None:
        return Text(text)
    if media is not None and not details["buttons"]:
        return Media(media.kind, file_id=media.file_id, caption=text)
    return Interactive(text, details, media)


def _components(template: MessageTemplate, values: Mapping[str, str], details: InteractiveDetails | None) -> list[Json]:
    """Parameters of a send (A3): by name, or in order; those of buttons have no names."""

    def parameters(text: str) -> list[Json]:
        names = compile_template(text).variables
        if template.positional:
            return [{"type": "text", "text": values.get(name, "")} for name in sorted(names, key=_place)]
        return [{"type": "text", "parameter_name": name, "text": values.get(name, "")} for name in names]

    components: list[Json] = []
    if found := parameters((template.header or {}).get("text") or ""):
        components.append({"type": "header", "parameters": found})
    if details and details["header"] and (place := details["header"].get("location")):
        location = {name: value for name, value in place.items() if value is not None}
        components.append({"type": "header", "parameters": [{"type": "location", "location": location}]})
    if found := parameters(template.content):
        components.append({"type": "body", "parameters": found})
    for index, (button, said) in enumerate(
        zip(template.buttons or [], details["buttons"] if details else [], strict=True)
    ):
        if parameter := _button_parameter(button, said, values):
            kind, given = parameter
            components.append({"type": "button", "sub_type": kind, "index": str(index), "parameters": [given]})
    return components


def _place(name: str) -> int:
    """Of a numbered placeholder among the parameters."""
    return int(name) if name.isdecimal() else 0


def _button_parameter(button: Button, said: Button, values: Mapping[str, str]) -> tuple[str, Json] | None:
    """What a button carries in this message; nothing where it carries the same in all of them."""
    match button.get("type"):
        case "URL" if names := compile_template(button.get("url") or "").variables:
            return "url", {"type": "text", "text": values.get(names[0], "")}
        case "REPLY" if said.get("payload"):
            return "quick_reply", {"type": "payload", "payload": said.get("payload")}
        case "CODE":
            return "copy_code", {"type": "coupon_code", "coupon_code": said.get("code")}
        case "FLOW":
            data = {"flow_action_data": said.get("data")} if said.get("data") else {}
            return "flow", {"type": "action", "action": {"flow_token": said.get("payload") or FLOW_TOKEN, **data}}
        case _:
            return None
