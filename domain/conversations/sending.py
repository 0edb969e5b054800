"""Sending as a person: everything that WhatsApp would refuse is refused before it is stored."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from db.accounts import Role, Scope
from db.contacts import Contact, OptInStatus
from db.core.paging import PageRequest
from db.core.transaction import transaction
from db.events import EventType, record
from db.messages import Message, MessageAuthor, MessageType, Priority
from db.templates import MessageTemplate, TemplateCategory, TemplateStatus
from domain import settings, templates
from domain.conversations import places
from domain.conversations.hearing import Spoken, spoke
from domain.conversations.places import Place
from domain.core.access import Viewer, allow
from domain.core.errors import Checks, ErrorCode, Refusal, not_found, optional_text
from domain.core.objects import check_object
from domain.messages import content
from domain.messages.content import Draft
from domain.messages.queueing import queue, same
from domain.templates import MessageTemplateOrder
from domain.templates.placeholders import check_variables, own_values
from domain.templates.rendering import render

OLDEST_TO_REACT_TO = timedelta(days=30)
"""WhatsApp accepts a reaction to an older message, and then fails it (A3)."""
MOST_OFFERED = 20
"""Templates that are named to one who may send nothing else."""


@allow(Role.ADMIN, Role.SALES, scope=Scope.CONVERSATIONS)
async def send(
    viewer: Viewer,
    *,
    to: Mapping[str, Any],
    message: Mapping[str, Any],
    sender_id: int | None = None,
    reply_to_id: int | None = None,
    priority: Priority = Priority.NORMAL,
    correlation_id: str | None = None,
    metadata: Any = None,
) -> Message:
    """Queues a message of a person. Under a correlation id that the conversation knows it gives the first one back.

    Raises VALIDATION_ERROR, INVALID_PHONE_NUMBER, NOT_FOUND, WINDOW_CLOSED (with templates that would do),
    TEMPLATE_UNAVAILABLE, OPTED_OUT, NOT_ON_WHATSAPP.
    """
    given = (to, message, sender_id, reply_to_id, priority, correlation_id, metadata)
    try:
        return await _send(viewer, *given)
    except Refusal as refusal:
        # Somebody has made a contact of the number since we looked.
        if refusal.code is not ErrorCode.DUPLICATE_RESOURCE:
            raise
    return await _send(viewer, *given)


async def _send(
    viewer: Viewer,
    to: Mapping[str, Any],
    message: Mapping[str, Any],
    sender_id: int | None,
    reply_to_id: int | None,
    priority: Priority,
    correlation_id: str | None,
    metadata: Any,
) -> Message:
    check = Checks()
    place, replied, draft = None, None, None
    with check():
        correlation_id = optional_text(correlation_id, "correlationId", most=255)
    with check():
        metadata = check_object(metadata, "metadata")
    async with transaction():
        with check():
            place = await places.find(viewer, to, sender_id)
        with check():
            replied = await _replied(place, message, reply_to_id)
        template = await _template(viewer, place, message, check)
        with check():
            draft = await _draft(place, message, template, check)
        check.done()
        assert place is not None
        assert draft is not None
        if (known := await same(place.sender.id, place.contact_id, correlation_id)) is not None:
            return known
        purpose = (template and template.category) or TemplateCategory.UTILITY
        await _need_reach(viewer, place, draft, purpose)
        queued = await queue(
            draft,
            sender_id=place.sender.id,
            contact_id=place.contact_id,
            address=place.address,
            author=MessageAuthor.OPERATOR,
            purpose=purpose,
            operator_id=viewer.user_id,
            reply_to_id=replied.id if replied else None,
            priority=priority,
            correlation_id=correlation_id,
            metadata=metadata,
        )
        if queued is None:
            found = await same(place.sender.id, place.contact_id, correlation_id)
            assert found is not None
            return found
        reaction = draft.type is MessageType.REACTION
        said = Spoken(queued.id, queued.sender_id, queued.contact_id, place.address, queued.created_at, reaction)
        await spoke([said], actor_id=viewer.user_id)
        if replied is not None and reaction:
            _tell_of_reaction(replied, actor_id=viewer.user_id)
    return queued


async def _replied(place: Place | None, message: Mapping[str, Any], reply_to_id: int | None) -> Message | None:
    """The message that this one quotes or reacts to, which must be of the same conversation."""
    reaction = message.get("reaction")
    if reaction is not None and reply_to_id is not None:
        raise _wrong("A reaction names its message itself.", "replyToId", "not_allowed")
    id = reaction["message_id"] if reaction is not None else reply_to_id
    field = "message.reaction.messageId" if reaction is not None else "replyToId"
    if id is None or place is None:
        return None
    found = await Message.get_or_none(id=id, sender_id=place.sender.id, contact_id=place.contact_id)
    if found is None:
        raise not_found("message of this conversation", field=field)
    if found.type is MessageType.REACTION:
        raise _wrong("This is a reaction itself.", field, "a_reaction")
    if reaction is not None and found.provider_message_id is None:
        raise _wrong("WhatsApp does not have this message yet.", field, "not_sent")
    if reaction is not None and found.created_at < datetime.now(UTC) - OLDEST_TO_REACT_TO:
        raise _wrong("This message is over 30 days old.", field, "too_old")
    return found


async def _template(
    viewer: Viewer, place: Place | None, message: Mapping[str, Any], check: Checks
) -> MessageTemplate | None:
    """The template that is to be sent, which this sender may send."""
    if message.get("template") is None:
        return None
    field = "message.template.templateId"
    with check():
        template = await templates.visible(viewer, message["template"]["template_id"], field=field)
        if template.approval_name is not None and place is not None:
            if template.business_account_id != place.sender.business_account_id:
                words = "The template belongs to another WhatsApp Business account than the sender."
                raise _wrong(words, field, "other_account")
            if template.approval_status is not TemplateStatus.APPROVED:
                status = template.approval_status.value
                raise Refusal(
                    ErrorCode.TEMPLATE_UNAVAILABLE,
                    f"The template is {status} at WhatsApp.",
                    field=field,
                    reason=status.lower(),
                )
        return template
    return None


async def _draft(
    place: Place | None, message: Mapping[str, Any], template: MessageTemplate | None, check: Checks
) -> Draft | None:
    """The message as it is stored; None where something of it is at fault, or it has no place."""
    match {kind: given for kind, given in message.items() if given is not None}:
        case {"text": str(said)}:
            most = (await settings.current()).limits.max_message_length
            return content.check_text(said, "message.text", most=most)
        case {"interactive": given}:
            return content.check_interactive(given, check, "message.interactive")
        case {"location": given}:
            return content.check_location(given, check, "message.location")
        case {"contacts": cards}:
            return content.check_cards(cards, check, "message.contacts")
        case {"reaction": given}:
            return content.check_reaction(given.get("emoji"), "message.reaction.emoji")
        case {"template": given}:
            variables = check_variables(given.get("variables"), field="message.template.variables")
            return await _filled(place, template, variables) if place and template else None
        case _:
            raise _wrong("Say what to send.", "message", "required")


async def _filled(place: Place, template: MessageTemplate, variables: dict[str, Any]) -> Draft:
    """A template for this contact: filled as it is sent, it is looked at now, so that what lacks is told at once."""
    contact = await Contact.get(id=place.contact_id)
    number = place.address if place.address.startswith("+") else None
    rendered = render(template, own_values(contact, number), variables)
    if rendered.fault is not None:
        raise Refusal(
            ErrorCode.VALIDATION_ERROR,
            rendered.fault,
            field="message.template.variables",
            reason="missing" if rendered.missing else "too_long",
            **({"missing": rendered.missing} if rendered.missing else {}),
        )
    kind = MessageType.TEMPLATE if template.approval_name is not None else MessageType.TEXT
    return Draft(kind, rendered.text, rendered.details, template_id=template.id, variables=variables)


async def _need_reach(viewer: Viewer, place: Place, draft: Draft, purpose: TemplateCategory) -> None:
    """What the state of the person forbids."""
    if place.on_whatsapp is False:
        words = "This number is not on WhatsApp, as far as we know."
        raise Refusal(ErrorCode.NOT_ON_WHATSAPP, words, field="to", reason="not_on_whatsapp")
    if purpose is TemplateCategory.MARKETING:
        contact = await Contact.get(id=place.contact_id)
        if contact.opt_in_status is OptInStatus.OPTED_OUT:
            words = "The contact opted out of marketing messages, and this template is one."
            raise Refusal(ErrorCode.OPTED_OUT, words, field="message.template.templateId", reason="opted_out")
    if not place.window_open and draft.type is not MessageType.TEMPLATE:
        would_do = await templates.find(
            viewer,
            sender_id=place.sender.id,
            status=[TemplateStatus.APPROVED],
            order=MessageTemplateOrder.UPDATED_AT,
            page=PageRequest(first=MOST_OFFERED),
        )
        raise Refusal(
            ErrorCode.WINDOW_CLOSED,
            "The contact has not written within 24 hours: WhatsApp takes nothing but approved templates.",
            field="message",
            reason="window_closed",
            templates=would_do.rows,
        )


def _tell_of_reaction(message: Message, *, actor_id: int | None) -> None:
    record(
        EventType.MESSAGE_UPDATED,
        "Message",
        message.id,
        actor_id=actor_id,
        sender_id=message.sender_id,
        contact_id=message.contact_id,
        schedule_id=message.schedule_id,
        message_id=message.id,
    )


def _wrong(message: str, field: str, reason: str) -> Refusal:
    return Refusal(ErrorCode.VALIDATION_ERROR, message, field=field, reason=reason)
