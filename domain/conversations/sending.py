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
from db.templates import TemplateCategory, TemplateStatus
from domain import senders, templates
from domain.conversations import places
from domain.conversations.composing import compose
from domain.conversations.hearing import Spoken, spoke
from domain.conversations.places import Place
from domain.core.access import Viewer, allow
from domain.core.errors import Checks, ErrorCode, Refusal, not_found, optional_text
from domain.core.objects import check_object
from domain.messages.content import Draft
from domain.messages.queueing import queue, same
from domain.templates import MessageTemplateOrder

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
    TEMPLATE_UNAVAILABLE, SESSION_EXPIRED, OPTED_OUT, NOT_ON_WHATSAPP.
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
    replied, draft, named, correlation_id = None, None, correlation_id, None
    with check():
        correlation_id = optional_text(named, "correlationId", most=255)
    with check():
        metadata = check_object(metadata, "metadata")
    async with transaction():
        place = await _place(viewer, to, sender_id, correlation_id, check)
        if place is not None and not check.refusals:
            known = await same(place.sender.id, place.contact_id, correlation_id)
            if known is not None:
                return known
        with check():
            replied = await _replied(place, message, reply_to_id)
        with check():
            draft = await compose(viewer, place, message, check)
        check.done()
        assert place is not None
        assert draft is not None
        purpose = draft.purpose or TemplateCategory.UTILITY
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


async def _place(
    viewer: Viewer, to: Mapping[str, Any], sender_id: int | None, correlation_id: str | None, check: Checks
) -> Place | None:
    with check():
        return await places.find(viewer, to, sender_id, correlation_id)
    return None


async def _replied(place: Place | None, message: Mapping[str, Any], reply_to_id: int | None) -> Message | None:
    """The message that this one quotes or reacts to, which must be of the same conversation."""
    reaction = message.get("reaction")
    if reaction is not None and reply_to_id is not None:
        raise _wrong("A reaction names its message itself.", "replyToId", "not_allowed")
    id = reaction["message_id"] if reaction is not None else reply_to_id
    field = "message.reaction.messageId" if reaction is not None else "replyToId"
    if id is None or place is None:
        return None
    found = await Message.get_or_none(id=id, sender_id=place.sender.id, contact_id=place.contact_id, deleted_at=None)
    if found is None:
        raise not_found("message of this conversation", field=field)
    if found.type is MessageType.REACTION:
        raise _wrong("This is a reaction itself.", field, "a_reaction")
    if reaction is not None and found.provider_message_id is None:
        raise _wrong("WhatsApp does not have this message yet.", field, "not_sent")
    if reaction is not None and found.created_at < datetime.now(UTC) - OLDEST_TO_REACT_TO:
        raise _wrong("This message is over 30 days old.", field, "too_old")
    return found


async def _need_reach(viewer: Viewer, place: Place, draft: Draft, purpose: TemplateCategory) -> None:
    """What the state of the sender or the person forbids."""
    senders.check_session(place.sender, field="to")
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
