"""Who answers a conversation, the bot or an operator, and whether anybody has to: every change raises its epoch."""

from collections.abc import Mapping
from typing import Any

from db.accounts import Role, Scope
from db.conversations import Conversation, ConversationHandler, ConversationStatus, EscalationReason
from db.core import connect
from db.core.columns import as_row
from db.core.transaction import transaction
from db.events import EventType, record
from domain import settings
from domain.conversations.reading import latest, visible
from domain.conversations.turns import landed, silence
from domain.core.access import Viewer, allow
from domain.core.errors import ErrorCode, Refusal, optional_text
from domain.core.phone import parse_phone

MOST_NOTE = 500
_CHUNK = 100
"""Conversations that go back to the bot in one transaction."""

_BOTS = "handler = 'BOT', taken_over_at = NULL, misunderstood = 0"
_SETTLED = "escalation_reason = NULL, escalation_note = NULL"

_TAKE_OVER = f"""
handler = 'OPERATOR', taken_over_at = now(), misunderstood = 0, assigned_to_id = coalesce($2, assigned_to_id),
status = 'ACTIVE', closed_at = NULL, {_SETTLED}
"""
_HAND_BACK = f"{_BOTS}, status = 'ACTIVE', {_SETTLED}"
_CLOSE = f"{_BOTS}, status = 'CLOSED', closed_at = now(), {_SETTLED}"
_REOPEN = "status = 'ACTIVE', closed_at = NULL"
_ESCALATE = "status = 'ESCALATED', escalation_reason = $2, escalation_note = $3"


@allow(Role.ADMIN, Role.SALES, scope=Scope.CONVERSATIONS)
async def take_over(viewer: Viewer, which: Mapping[str, Any]) -> Conversation:
    """Makes a conversation, {"id"} or {"phone_number"}, the caller's: the bot is silent, whatever it was about.

    To repeat it changes nothing, and from another operator it is taken as well. Raises NOT_FOUND, INVALID_PHONE_NUMBER.
    When it answers nothing of the bot's is on its way any more.
    """
    async with transaction():
        found = await _named(viewer, which)
        if _is_operated(found) and viewer.user_id in (None, found.assigned_to_id):
            return found
        taken = await _change(found, _TAKE_OVER, EventType.CONVERSATION_TAKEN_OVER, viewer, viewer.user_id)
    await landed(taken.id)
    return taken


@allow(Role.ADMIN, Role.SALES, scope=Scope.CONVERSATIONS)
async def hand_back(viewer: Viewer, which: Mapping[str, Any]) -> Conversation:
    """Makes it the bot's, which answers from the next message on; to repeat it changes nothing. Raises as take_over."""
    async with transaction():
        found = await _named(viewer, which)
        if found.handler is ConversationHandler.BOT and found.status is not ConversationStatus.ESCALATED:
            return found
        return await _change(found, _HAND_BACK, EventType.CONVERSATION_HANDED_BACK, viewer)


@allow(Role.ADMIN, Role.SALES, scope=Scope.CONVERSATIONS)
async def escalate(viewer: Viewer, id: int, *, note: str | None = None) -> Conversation:
    """Marks an ACTIVE conversation as one that needs a person. Raises INVALID_STATE for others."""
    note = optional_text(note, "note", most=MOST_NOTE)
    async with transaction():
        found = await visible(viewer, id, lock="FOR UPDATE")
        if found.status is not ConversationStatus.ACTIVE:
            raise _wrong_state(f"The conversation is {found.status.value}.", "id", found.status.value.lower())
        return await _escalate(found, EscalationReason.MANUAL, note, viewer)


async def escalate_by_bot(conversation: Conversation, reason: EscalationReason, note: str | None) -> Conversation:
    """The same by the bot, inside its transaction, in which it has locked the conversation and found it its own."""
    return await _escalate(conversation, reason, note and note[:MOST_NOTE], Viewer())


@allow(Role.ADMIN, Role.SALES, scope=Scope.CONVERSATIONS)
async def close(viewer: Viewer, id: int) -> Conversation:
    """Closes it and leaves it to the bot; to repeat it changes nothing. What the contact writes reopens it."""
    async with transaction():
        found = await visible(viewer, id, lock="FOR UPDATE")
        if found.status is ConversationStatus.CLOSED:
            return found
        return await _change(found, _CLOSE, EventType.CONVERSATION_CLOSED, viewer)


@allow(Role.ADMIN, Role.SALES, scope=Scope.CONVERSATIONS)
async def reopen(viewer: Viewer, id: int) -> Conversation:
    """Reopens a CLOSED conversation. Raises INVALID_STATE for others."""
    async with transaction():
        found = await visible(viewer, id, lock="FOR UPDATE")
        if found.status is not ConversationStatus.CLOSED:
            raise _wrong_state("Only a CLOSED conversation is reopened.", "id", "not_closed")
        return await _change(found, _REOPEN, EventType.CONVERSATION_UPDATED, viewer)


_SILENT = f"""
SELECT v.* FROM conversation v JOIN sender s ON s.id = v.sender_id AND s.bot_enabled
WHERE v.handler = 'OPERATOR' AND v.status = 'ACTIVE' AND v.deleted_at IS NULL
  AND greatest(v.taken_over_at, v.last_message_at) < now() - make_interval(secs => $1)
ORDER BY v.id LIMIT {_CHUNK} FOR UPDATE OF v SKIP LOCKED
"""


async def hand_back_silent() -> None:
    """Hands back what operators and contacts have been silent in for as long as the settings say."""
    seconds = (await settings.current()).bot.hand_back_after
    full = seconds is not None
    while full:
        async with transaction():
            found = [as_row(Conversation, row) for row in await connect.rows(_SILENT, float(seconds or 0))]
            for conversation in found:
                await _change(conversation, _HAND_BACK, EventType.CONVERSATION_HANDED_BACK, Viewer())
        full = len(found) == _CHUNK


async def _named(viewer: Viewer, which: Mapping[str, Any]) -> Conversation:
    """The conversation that is named, of a phone number the latest one with it; locked."""
    if which.get("id") is not None:
        return await visible(viewer, which["id"], field="conversation.id", lock="FOR UPDATE")
    given, field = str(which["phone_number"]).strip(), "conversation.phoneNumber"
    if not given:
        raise Refusal(ErrorCode.VALIDATION_ERROR, "Phone number is required.", field=field, reason="required")
    number = parse_phone(given, field=field)
    id = await latest(viewer, number)
    if id is None:
        raise Refusal(ErrorCode.NOT_FOUND, f"No conversation found for phone number {given}.", field=field)
    return await visible(viewer, id, field=field, lock="FOR UPDATE")


def _is_operated(conversation: Conversation) -> bool:
    """An ESCALATED one waits for a person, whoever has it."""
    return (
        conversation.handler is ConversationHandler.OPERATOR and conversation.status is not ConversationStatus.ESCALATED
    )


async def _escalate(found: Conversation, reason: EscalationReason, note: str | None, viewer: Viewer) -> Conversation:
    data = {"reason": reason.value}
    return await _change(found, _ESCALATE, EventType.CONVERSATION_ESCALATED, viewer, reason, note, data=data)


async def _change(
    conversation: Conversation,
    values: str,
    event: EventType,
    viewer: Viewer,
    *given: object,
    data: dict[str, Any] | None = None,
) -> Conversation:
    """Writes a conversation that is locked, and tells of it; whatever the bot was about is called off."""
    row = await connect.row(
        f"UPDATE conversation SET {values}, epoch = epoch + 1, updated_at = now() WHERE id = $1 RETURNING *",
        conversation.id,
        *given,
    )
    assert row is not None
    await silence([conversation.id])
    record(
        event,
        "Conversation",
        conversation.id,
        actor_id=viewer.user_id,
        sender_id=conversation.sender_id,
        contact_id=conversation.contact_id,
        data=data,
    )
    return as_row(Conversation, row)


def _wrong_state(message: str, field: str, reason: str) -> Refusal:
    return Refusal(ErrorCode.INVALID_STATE, message, field=field, reason=reason)
