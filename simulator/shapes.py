"""Whether the content of a send has the shape and keeps the limits of A3."""

from collections.abc import Iterator
from typing import Any

from simulator.errors import CloudError
from simulator.wire import Json, is_array, is_object

MEDIA = ("image", "video", "audio", "document", "sticker")
_CAPTIONED = ("image", "video", "document")
_CAPTION, _BODY, _LIST_BODY, _FOOTER, _HEADER = 1024, 1024, 4096, 60, 60
_CONTACTS = 257


def _bad(details: str) -> CloudError:
    return CloudError(131009, details)


def _length(value: Any, most: int, what: str, *, least: int = 1) -> str:
    if not isinstance(value, str) or not least <= len(value) <= most:
        raise _bad(f"{what} must be a string of {least} to {most} characters.")
    return value


def check(kind: str, content: Json, body: Json) -> None:
    """Raise the CloudError Meta would give, if it would."""
    if kind in MEDIA:
        _media(kind, content)
    elif kind == "interactive":
        _interactive(content)
    elif kind == "location":
        if not all(isinstance(content.get(name), int | float) for name in ("latitude", "longitude")):
            raise CloudError(131008, "location needs latitude and longitude.")
    elif kind == "reaction":
        if not isinstance(content.get("message_id"), str) or not isinstance(content.get("emoji"), str):
            raise CloudError(131008, "reaction needs message_id and emoji.")
        if "context" in body:
            raise CloudError(100, "A reaction cannot carry context.")


def contacts(cards: list[Any]) -> None:
    """The same for the cards of a send."""
    if len(cards) > _CONTACTS:
        raise _bad(f"contacts holds at most {_CONTACTS} cards.")
    for card in cards:
        name = card.get("name") if is_object(card) else None
        if not is_object(name) or not name.get("formatted_name"):
            raise CloudError(131008, "contacts['name']['formatted_name'] is required.")


def _media(kind: str, content: Json) -> None:
    given = [name for name in ("id", "link") if content.get(name)]
    if len(given) != 1 or not isinstance(content[given[0]], str):
        raise CloudError(100, f"{kind} needs an id or a link, and not both.")
    if "caption" in content:
        if kind not in _CAPTIONED:
            raise _bad(f"{kind} has no caption.")
        _length(content["caption"], _CAPTION, f"{kind}['caption']", least=0)


def _interactive(content: Json) -> None:
    kind, action, body = content.get("type"), content.get("action"), content.get("body")
    if not isinstance(kind, str):
        raise CloudError(131008, "interactive['type'] is required.")
    if not is_object(action):
        raise CloudError(131008, "interactive['action'] is required.")
    if is_object(body):
        _length(body.get("text"), _LIST_BODY if kind == "list" else _BODY, "interactive['body']['text']")
    elif kind != "product":
        raise CloudError(131008, "interactive['body'] is required.")
    footer, header = content.get("footer"), content.get("header")
    if is_object(footer):
        _length(footer.get("text"), _FOOTER, "interactive['footer']['text']")
    if is_object(header):
        _header(kind, header)
    match kind:
        case "button":
            _buttons(action.get("buttons"))
        case "list":
            _length(action.get("button"), 20, "interactive['action']['button']")
            _rows(action.get("sections"))
        case "cta_url":
            parameters = action.get("parameters")
            if not is_object(parameters) or not parameters.get("url"):
                raise CloudError(131008, "cta_url needs parameters with display_text and url.")
            _length(parameters.get("display_text"), 20, "display_text")
        case "flow":
            _flow(action.get("parameters"))
        case _:
            pass


def _header(kind: str, header: Json) -> None:
    form = header.get("type")
    if form == "text":
        _length(header.get("text"), _HEADER, "interactive['header']['text']")
    elif kind == "list" or form not in ("image", "video", "document") or not is_object(header.get(form)):
        raise _bad(f"interactive of type {kind} takes no header of type {form}.")


def _buttons(buttons: object) -> None:
    if not is_array(buttons) or not 1 <= len(buttons) <= 3:
        raise _bad("A message has 1 to 3 reply buttons.")
    ids, titles = set[str](), set[str]()
    for button in buttons:
        reply = button.get("reply") if is_object(button) else None
        if not is_object(reply):
            raise _bad("Each button is of type reply, with an id and a title.")
        ids.add(_length(reply.get("id"), 256, "A button's id"))
        titles.add(_length(reply.get("title"), 20, "A button's title"))
    if len(ids) < len(buttons) or len(titles) < len(buttons):
        raise _bad("Buttons have ids and titles of their own.")


def _sections(sections: object) -> Iterator[Json]:
    if not is_array(sections) or not 1 <= len(sections) <= 10:
        raise _bad("A list has 1 to 10 sections.")
    for section in sections:
        if not is_object(section) or not is_array(section.get("rows")):
            raise _bad("A section is an object with rows.")
        if len(sections) > 1 or "title" in section:
            _length(section.get("title"), 24, "A section's title")
        yield section


def _rows(sections: object) -> None:
    rows = [row for section in _sections(sections) for row in section["rows"]]
    if not 1 <= len(rows) <= 10:
        raise _bad("A list has 1 to 10 rows in all its sections together.")
    ids = set[str]()
    for row in rows:
        if not is_object(row):
            raise _bad("A row is an object.")
        ids.add(_length(row.get("id"), 200, "A row's id"))
        _length(row.get("title"), 24, "A row's title")
        _length(row.get("description", ""), 72, "A row's description", least=0)
    if len(ids) < len(rows):
        raise _bad("Rows have ids of their own.")


def _flow(parameters: object) -> None:
    if not is_object(parameters) or not (parameters.get("flow_id") or parameters.get("flow_name")):
        raise CloudError(131008, "flow needs parameters with flow_id or flow_name.")
    _length(parameters.get("flow_cta"), 30, "flow_cta")
    if parameters.get("flow_action_payload") and parameters.get("flow_action", "navigate") != "navigate":
        raise _bad("flow_action_payload goes with navigate only.")
