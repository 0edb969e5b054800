"""What is sent, made of what was given: checked by its kind, with its file and its template, for one place."""

from collections.abc import Mapping
from typing import Any

from db.contacts import Contact
from db.content import Header, HeaderFormat
from db.messages import MessageType
from db.templates import MessageTemplate, TemplateCategory, TemplateStatus
from domain import files, settings, templates
from domain.conversations.places import Place
from domain.core.access import Viewer
from domain.core.errors import Checks, ErrorCode, Refusal, optional_text, utf16
from domain.messages import content
from domain.messages.content import Draft
from domain.providers.base import Content, Interactive, Media
from domain.templates.placeholders import check_variables, own_values
from domain.templates.rendering import render

Given = Mapping[str, Any]

_CAPTIONED = (MessageType.IMAGE, MessageType.VIDEO, MessageType.DOCUMENT)
_FILES = (*_CAPTIONED, MessageType.AUDIO, MessageType.VOICE, MessageType.STICKER)
_TEMPLATE = "message.template.templateId"


async def compose(viewer: Viewer, place: Place | None, message: Given, check: Checks) -> Draft | None:
    """The message as it is stored; None where something of it is at fault, or it has no place to go to."""
    match {kind: given for kind, given in message.items() if given is not None}:
        case {"text": str(said)}:
            most = (await settings.current()).limits.max_message_length
            return content.check_text(said, "message.text", most=most)
        case {"media": given}:
            return await _media(viewer, place, given, check)
        case {"interactive": given}:
            above = await _file_above(viewer, place, given.get("header"), "message.interactive.header")
            return content.check_interactive(given, check, "message.interactive", above)
        case {"location": given}:
            return content.check_location(given, check, "message.location")
        case {"contacts": cards}:
            return content.check_cards(cards, check, "message.contacts")
        case {"reaction": given}:
            return content.check_reaction(given.get("emoji"), "message.reaction.emoji")
        case {"template": given}:
            return await _template(viewer, place, given, check)
        case _:
            raise _wrong("Say what to send.", "message", "required")


# ---------------------------------------------------------------------------
# Files
# ---------------------------------------------------------------------------


async def _media(viewer: Viewer, place: Place | None, given: Given, check: Checks) -> Draft | None:
    """A file, with a caption or without; its type is found in the file where it is not given."""
    kind, caption, draft = given.get("type"), None, None
    with check():
        if kind is not None and kind not in _FILES:
            raise _wrong(f"A message of type {kind} carries no file.", "message.media.type", "not_a_file")
    with check():
        caption = optional_text(given.get("caption"), "message.media.caption", most=1024, length=utf16)
    with check():
        if place is not None and (kind is None or kind in _FILES):
            file, kind = await files.to_send(
                viewer,
                given["file"],
                sender_id=place.sender.id,
                conversation_id=place.conversation_id,
                type=kind,
                field="message.media.file",
            )
            if caption is not None and kind not in _CAPTIONED:
                words = "Only pictures, films and documents have a caption."
                raise _wrong(words, "message.media.caption", "not_allowed")
            draft = Draft(kind, caption, media_id=file.id)
    return draft


async def _file_above(viewer: Viewer, place: Place | None, header: Given | None, field: str) -> Header | None:
    """A header that is a file: a picture, a film, or any other as a document."""
    media = (header or {}).get("media")
    if media is None or place is None:
        return None
    file, kind = await files.to_send(
        viewer,
        media,
        sender_id=place.sender.id,
        conversation_id=place.conversation_id,
        field=f"{field}.media",
    )
    if kind not in _CAPTIONED:
        raise _wrong("A header is a picture, a film or a document.", f"{field}.media", "not_taken")
    return Header(format=HeaderFormat(kind.value), media_id=file.id)


# ---------------------------------------------------------------------------
# Templates
# ---------------------------------------------------------------------------


async def _template(viewer: Viewer, place: Place | None, given: Given, check: Checks) -> Draft | None:
    """A template for this contact. It is filled as it leaves, and looked at now, so that what lacks is told at once."""
    variables, header, before = dict[str, Any](), None, len(check.refusals)
    template = await _sendable(viewer, place, given["template_id"], check)
    with check():
        variables = check_variables(given.get("variables"), field="message.template.variables")
    with check():
        header = await _own_header(viewer, place, template, given.get("header"))
    if template is None or place is None or len(check.refusals) > before:
        return None
    contact = await Contact.get(id=place.contact_id)
    number = place.address if place.address.startswith("+") else None
    rendered = render(template, own_values(contact, number), variables, header=header)
    if rendered.fault is not None:
        raise Refusal(
            ErrorCode.VALIDATION_ERROR,
            rendered.fault,
            field="message.template.variables",
            reason="missing" if rendered.missing else "too_long",
            **({"missing": rendered.missing} if rendered.missing else {}),
        )
    kind = MessageType.TEMPLATE if template.approval_name is not None else _type_of(rendered.content)
    return Draft(kind, rendered.text, rendered.details, None, template.id, variables, template.category)


def _type_of(said: Content) -> MessageType:
    """What a text of ours is, with what stands around it."""
    match said:
        case Interactive():
            return MessageType.INTERACTIVE
        case Media(kind=kind):
            return MessageType(kind)
        case _:
            return MessageType.TEXT


async def _sendable(viewer: Viewer, place: Place | None, id: int, check: Checks) -> MessageTemplate | None:
    with check():
        template = await templates.visible(viewer, id, field=_TEMPLATE)
        if place is not None and template.approval_name is not None:
            _check_approved(template, place)
        return template
    return None


def _check_approved(template: MessageTemplate, place: Place) -> None:
    """An approved template is sent by numbers of its account alone, and while it is approved."""
    if template.business_account_id != place.sender.business_account_id:
        words = "Only senders of the template's account may send it; WAHA takes templates without approval."
        raise _wrong(words, _TEMPLATE, "other_account")
    if template.approval_status is not TemplateStatus.APPROVED:
        status = template.approval_status.value
        words = f"The template is {status} at WhatsApp."
        raise Refusal(ErrorCode.TEMPLATE_UNAVAILABLE, words, field=_TEMPLATE, reason=status.lower())
    if template.category is TemplateCategory.AUTHENTICATION and not place.address.startswith("+"):
        words = "WhatsApp sends one-time codes to phone numbers alone, and this conversation has none."
        raise _wrong(words, "to", "no_phone_number")


async def _own_header(
    viewer: Viewer, place: Place | None, template: MessageTemplate | None, given: Given | None
) -> Header | None:
    """The file or place that stands in a template's header in this message."""
    if given is None or template is None:
        return None
    field = "message.template.header"
    wanted = (template.header or {}).get("format", HeaderFormat.TEXT)
    if wanted == HeaderFormat.LOCATION and given.get("location") is not None:
        check = Checks()
        location = content.check_place(given["location"], check, f"{field}.location")
        check.done()
        return Header(format=HeaderFormat.LOCATION, location=location)
    above = await _file_above(viewer, place, given, field)
    if given.get("media") is None or wanted in (HeaderFormat.TEXT, HeaderFormat.LOCATION):
        raise _wrong("The header of this template takes something else, or nothing.", field, "wrong_format")
    if above is not None and above.get("format") != wanted:
        raise _wrong(f"The header of this template is a file of kind {wanted}.", f"{field}.media", "wrong_format")
    return above


def _wrong(message: str, field: str, reason: str) -> Refusal:
    return Refusal(ErrorCode.VALIDATION_ERROR, message, field=field, reason=reason)
