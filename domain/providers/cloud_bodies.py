"""Bodies of the Cloud API's sends, for each kind of content (wire facts A2, A3)."""

from typing import Any, assert_never

from db.content import Button, Card, Location, Section
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

CAPTIONED = ("IMAGE", "VIDEO", "DOCUMENT")
"""Kinds of file that may carry a caption."""
FLOW_TOKEN = "unused"
"""What WhatsApp's own examples give where nothing is to come back with a form's answers."""


def body(message: Outgoing) -> Json:
    """The request's body. A phone goes into `to` with its plus, a BSUID into `recipient`, never crosswise."""
    kind, content = _content(message.content)
    common: Json = {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        ("to" if message.to.startswith("+") else "recipient"): message.to,
        "biz_opaque_callback_data": message.callback,
        "type": kind,
        kind: content,
    }
    # A reaction names its message itself; it cannot quote one.
    if message.reply_to is not None and kind != "reaction":
        common["context"] = {"message_id": message.reply_to}
    return common


def _content(content: Content) -> tuple[str, Json | list[Json]]:
    match content:
        case Text(text):
            return "text", {"body": text, "preview_url": True}
        case Media():
            return _kind(content), _file(content)
        case Interactive(details={"buttons": []}):
            return "text", {"body": _as_text(content), "preview_url": True}
        case Interactive():
            return "interactive", _interactive(content)
        case TemplateContent():
            return "template", _template(content)
        case Place(location):
            return "location", _location(location)
        case Cards(cards):
            return "contacts", [_card(card) for card in cards]
        case Emoji(message_id, emoji):
            return "reaction", {"message_id": message_id, "emoji": emoji or ""}
        case _:
            assert_never(content)


def _kind(media: Media) -> str:
    return "audio" if media.kind == "VOICE" else media.kind.lower()


def _file(media: Media) -> Json:
    """By the provider's id, else by a link; a voice is an audio that says so."""
    file: Json = {"id": media.id} if media.id is not None else {"link": media.link}
    if media.caption and media.kind in CAPTIONED:
        file["caption"] = media.caption
    if media.filename and media.kind == "DOCUMENT":
        file["filename"] = media.filename
    if media.kind == "VOICE":
        file["voice"] = True
    return file


def _location(location: Location) -> Json:
    return {name: value for name, value in location.items() if name != "kind" and value is not None}


def _as_text(content: Interactive) -> str:
    """Header, text and footer in one: WhatsApp has no message with these and nothing to choose."""
    header = content.details["header"] or {}
    parts = (header.get("text"), content.text, content.details["footer"])
    return "\n\n".join(part for part in parts if part)


def _interactive(content: Interactive) -> Json:
    details = content.details
    kind, action = _action(details["buttons"], details["sections"])
    said: Json = {"type": kind, "body": {"text": content.text}, "action": action}
    header = details["header"]
    if content.media is not None:
        said["header"] = {"type": _kind(content.media), _kind(content.media): _file(content.media)}
    elif header is not None and header.get("text"):
        said["header"] = {"type": "text", "text": header.get("text")}
    if details["footer"]:
        said["footer"] = {"text": details["footer"]}
    return said


def _action(buttons: list[Button], sections: list[Section]) -> tuple[str, Json]:
    """What there is to choose: up to three replies, or one list, link or form."""
    [first, *_] = buttons
    title = first.get("title", "")
    match first.get("type"):
        case "LIST":
            return "list", {"button": title, "sections": [_section(section) for section in sections]}
        case "URL":
            return "cta_url", {"name": "cta_url", "parameters": {"display_text": title, "url": first.get("url")}}
        case "FLOW":
            return "flow", {"name": "flow", "parameters": _flow(first)}
        case _:
            return "button", {
                "buttons": [
                    {"type": "reply", "reply": {"id": each.get("payload"), "title": each.get("title")}}
                    for each in buttons
                ]
            }


def _section(section: Section) -> Json:
    rows: list[Json] = []
    for row in section.get("rows", []):
        about = {"description": row.get("description")} if row.get("description") else {}
        rows.append({"id": row.get("payload"), "title": row.get("title"), **about})
    return {**({"title": section.get("title")} if section.get("title") else {}), "rows": rows}


def _flow(button: Button) -> Json:
    parameters: Json = {
        "flow_message_version": "3",
        "flow_id": button.get("flow_id"),
        "flow_cta": button.get("title"),
        "flow_token": button.get("payload") or FLOW_TOKEN,
        "mode": "published",
    }
    if screen := button.get("screen"):
        given = {"data": button.get("data")} if button.get("data") else {}
        parameters |= {"flow_action": "navigate", "flow_action_payload": {"screen": screen, **given}}
    return parameters


def _template(content: TemplateContent) -> Json:
    components = list(content.components)
    if content.media is not None:
        kind = _kind(content.media)
        components.insert(0, {"type": "header", "parameters": [{"type": kind, kind: _file(content.media)}]})
    return {
        "name": content.name,
        "language": {"code": content.language},
        **({"components": components} if components else {}),
    }


def _card(card: Card) -> Json:
    """first_name or another part must be there besides the formatted name."""
    said: Json = {"name": {"formatted_name": card["name"], "first_name": card["name"]}}
    if card["phone_numbers"]:
        said["phones"] = [{"phone": number, "type": "WORK"} for number in card["phone_numbers"]]
    if card["emails"]:
        said["emails"] = [{"email": email, "type": "WORK"} for email in card["emails"]]
    if card["company"]:
        said["org"] = {"company": card["company"]}
    return said
