"""Reading a send: is its shape right, to whom does it go (A2, A3)."""

from dataclasses import dataclass

from simulator.errors import CloudError
from simulator.people import digits, is_bsuid, wa_id_of
from simulator.settings import Settings
from simulator.shapes import MEDIA, check, contacts
from simulator.wire import Json, is_array, is_object

_NAMES = ("text", "template", *MEDIA, "location", "contacts", "interactive", "reaction")
# To themselves: a ledger of a million messages then holds each name once, not a million copies out of JSON.
_TYPES = {name: name for name in _NAMES}
_TEXT_LIMIT = 4096
_CALLBACK_LIMIT = 512


@dataclass(slots=True, frozen=True)
class Send:
    """A send of the right shape."""

    to: str
    person: str
    """The wa_id, or the BSUID the message was addressed to."""
    by_bsuid: bool
    lost: bool
    """Addressed to a BSUID in `to`: accepted, and then it goes to nobody (A2)."""
    type: str
    content: Json
    """Of contacts: `cards`."""
    text: str
    callback_data: str
    reply_to: str
    media: tuple[str, Json]
    """What kind of file it carries, itself or in a template's header, and which; empty where there is none."""


def _media(kind: str, content: Json) -> tuple[str, Json]:
    if kind in MEDIA:
        return kind, content
    components = content.get("components") if kind == "template" else None
    for component in components if is_array(components) else []:
        if is_object(component) and str(component.get("type", "")).lower() == "header":
            parameters = component.get("parameters")
            for parameter in parameters if is_array(parameters) else []:
                named = parameter.get("type") if is_object(parameter) else None
                if named in MEDIA and is_object(parameter.get(named)):
                    return named, parameter[named]
    return "", {}


def _text(content: Json, kind: str) -> str:
    """What a person would read, for the ledger; refuses a text that is missing or too long."""
    if kind == "text":
        body = content.get("body")
        if not isinstance(body, str) or not body:
            raise CloudError(131008, "The parameter text['body'] is required.")
        if len(body) > _TEXT_LIMIT:
            raise CloudError(100, f"Param text['body'] must be at most {_TEXT_LIMIT} characters long.")
        return body
    if kind == "interactive":
        inner = content.get("body")
        return str(inner.get("text", "")) if is_object(inner) else ""
    if kind == "location":
        words = [str(content[name]) for name in ("name", "address") if content.get(name)]
        return ", ".join(words or [str(content["latitude"]), str(content["longitude"])])
    return str(content.get("caption") or content.get("emoji") or content.get("name") or "")


def _recipient(body: Json, settings: Settings) -> tuple[str, str, bool, bool]:
    """(as written, person, by BSUID, lost); `to` wins over `recipient` (A2)."""
    to, recipient = body.get("to"), body.get("recipient")
    if isinstance(to, str) and to:
        if is_bsuid(to):
            return to, digits(to.partition(".")[2]), False, True
        phone = digits(to)
        if not phone:
            raise CloudError(131009, "Parameter 'to' is not a phone number.")
        return to, wa_id_of(phone, settings), False, False
    if isinstance(recipient, str) and recipient:
        if not is_bsuid(recipient):
            raise CloudError(131009, "Parameter 'recipient' is not a business-scoped user id.")
        return recipient, recipient, True, False
    raise CloudError(131008, "The parameter to is required.")


def read(body: Json, settings: Settings) -> Send:
    """The send in `body`, or the CloudError Meta would give."""
    if body.get("messaging_product") != "whatsapp":
        raise CloudError(100, "(#100) The parameter messaging_product is required and must be whatsapp.")
    kind = _TYPES.get(str(body.get("type", "text")))
    if kind is None:
        raise CloudError(131051, f"Message type {body['type']!r} is not supported.")
    content = body.get(kind)
    if not (is_array(content) if kind == "contacts" else is_object(content)) or not content:
        raise CloudError(131008, f"The parameter {kind} is required.")
    callback_data = body.get("biz_opaque_callback_data", "")
    if not isinstance(callback_data, str) or len(callback_data) > _CALLBACK_LIMIT:
        raise CloudError(131009, f"biz_opaque_callback_data is a string of at most {_CALLBACK_LIMIT} characters.")
    if is_object(content):
        check(kind, content, body)
    else:
        contacts(content)
    to, person, by_bsuid, lost = _recipient(body, settings)
    context = body.get("context")
    reply_to = str(context.get("message_id", "")) if is_object(context) else ""
    shaped: Json = content if is_object(content) else {"cards": content}
    return Send(
        to, person, by_bsuid, lost, kind, shaped, _text(shaped, kind), callback_data, reply_to, _media(kind, shaped)
    )
