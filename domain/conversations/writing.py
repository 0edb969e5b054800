"""Opening, changing, assigning and deleting conversations.

Users are locked before conversations, and conversations before their messages.
"""

from collections.abc import Sequence
from typing import Any, TypedDict, Unpack

from tortoise.expressions import RawSQL

from db.accounts import Role, Scope
from db.conversations import Conversation
from db.core import connect
from db.core.transaction import transaction
from db.events import EventType, record
from db.messages import Priority
from domain import accounts, audit, files, senders, settings
from domain.contacts.details import check_tags
from domain.conversations import places
from domain.conversations.hearing import Heard, heard
from domain.conversations.places import Place
from domain.conversations.reading import visible
from domain.core.access import Viewer, allow
from domain.core.errors import Checks, ErrorCode, Refusal, optional_text
from domain.core.objects import check_object
from domain.core.phone import parse_phone
from domain.core.unique import unique

ANSWERING = (Role.ADMIN, Role.SALES)
"""Who may have conversations as their work."""
_PAIR = "conversation_pair"
_THERE = "This sender has a conversation with the number already."

_RECEIVE = """
INSERT INTO message (sender_id, contact_id, address, content, type, direction, author, state, attempts, purpose,
                     priority)
VALUES ($1, $2, $3, $4, 'TEXT', 'INBOUND', 'CONTACT', 'RECEIVED', 0, 'UTILITY', 2) RETURNING id, created_at
"""
_CALL_OFF = """
WITH waiting AS MATERIALIZED (
  SELECT id FROM message
  WHERE contact_id = $1 AND sender_id = $2 AND state IN ('QUEUED', 'CLAIMED') AND schedule_id IS NULL
    AND campaign_id IS NULL
  ORDER BY id FOR UPDATE
)
UPDATE message m SET state = 'CANCELLED', due_at = NULL, lease_until = NULL, error_code = 'NOT_FOUND',
  error_message = 'The conversation was deleted.', updated_at = now()
FROM waiting WHERE m.id = waiting.id RETURNING m.id
"""
# What a schedule or campaign has yet to send belongs to what comes after.
_HIDE = """
WITH gone AS MATERIALIZED (
  SELECT id FROM message WHERE contact_id = $1 AND sender_id = $2 AND deleted_at IS NULL AND due_at IS NULL
  ORDER BY id FOR UPDATE
)
UPDATE message m SET deleted_at = now() FROM gone WHERE m.id = gone.id
"""


@allow(*ANSWERING, scope=Scope.CONVERSATIONS)
async def create(
    viewer: Viewer,
    *,
    phone_number: str,
    sender_id: int | None = None,
    assigned_to_id: int | None = None,
    initial_message: str | None = None,
    priority: Priority = Priority.NORMAL,
    tags: Sequence[str] | None = None,
    metadata: Any = None,
) -> Conversation:
    """Opens a conversation; what the contact said first is taken up as if it had come in.

    Raises VALIDATION_ERROR, INVALID_PHONE_NUMBER, NOT_FOUND, DUPLICATE_RESOURCE.
    """
    check = Checks()
    number, sender, said, labels = "", None, None, list[str]()
    with check():
        number = parse_phone(phone_number, field="phoneNumber")
    with check():
        sender = await senders.choose(viewer, sender_id)
    with check():
        most = (await settings.current()).limits.max_message_length
        said = optional_text(initial_message, "initialMessage", most=most)
    with check():
        labels = check_tags(tags or ())
    with check():
        metadata = check_object(metadata, "metadata")
    async with transaction():
        with check():
            if assigned_to_id is not None:
                await accounts.assignee(viewer, assigned_to_id, ANSWERING, field="assignedToId")
        check.done()
        assert sender is not None
        place = await places.of_number(viewer, number, sender, field="phoneNumber")
        if place.conversation_id is not None:
            raise Refusal(ErrorCode.DUPLICATE_RESOURCE, _THERE, field="phoneNumber", reason="already_exists")
        opened = Conversation(
            sender_id=sender.id,
            contact_id=place.contact_id,
            address=place.address,
            priority=priority,
            tags=labels,
            metadata=metadata or {},
            assigned_to_id=assigned_to_id,
        )
        with unique(_PAIR, _THERE, field="phoneNumber"):
            await opened.save()
        _tell(viewer, opened, EventType.CONVERSATION_CREATED)
        if said is not None:
            await _receive(place, said)
        return await Conversation.get(id=opened.id)


async def _receive(place: Place, words: str) -> None:
    """What the contact said, as if it had come in."""
    row = await connect.row(_RECEIVE, place.sender.id, place.contact_id, place.address, words)
    assert row is not None
    record(
        EventType.MESSAGE_RECEIVED,
        "Message",
        row["id"],
        sender_id=place.sender.id,
        contact_id=place.contact_id,
        message_id=row["id"],
    )
    await heard([Heard(row["id"], place.sender.id, place.contact_id, place.address, row["created_at"])])


class ConversationChanges(TypedDict, total=False):
    priority: Priority | None
    tags: list[str] | None
    metadata: Any
    """Merged key by key, a null removes its key; nothing is left of it where this is None."""
    satisfaction_score: int | None


@allow(*ANSWERING, scope=Scope.CONVERSATIONS)
async def update(viewer: Viewer, id: int, **changes: Unpack[ConversationChanges]) -> Conversation:
    """Changes what is given. Raises NOT_FOUND, VALIDATION_ERROR."""
    check, values = Checks(), dict[str, Any]()
    with check():
        if "priority" in changes:
            values["priority"] = changes["priority"]
            if changes["priority"] is None:
                raise _wrong("This cannot be nothing.", "priority", "required")
    with check():
        if "tags" in changes:
            values["tags"] = check_tags(changes["tags"] or ())
    with check():
        if "metadata" in changes:
            values["metadata"] = check_object(changes["metadata"], "metadata")
    with check():
        if "satisfaction_score" in changes:
            values["satisfaction_score"] = score = changes["satisfaction_score"]
            if score is not None and not 1 <= score <= 5:
                raise _wrong("A rating is 1 to 5.", "satisfactionScore", "out_of_range")
    check.done()
    async with transaction():
        conversation = await visible(viewer, id, lock="FOR UPDATE")
        if "metadata" in values:
            own, new = conversation.metadata, values["metadata"]
            kept = {} if new is None else {key: value for key, value in {**own, **new}.items() if value is not None}
            values["metadata"] = check_object(kept, "metadata")
        return await _change(viewer, conversation, values)


@allow(*ANSWERING, scope=Scope.CONVERSATIONS)
async def assign(viewer: Viewer, id: int, user_id: int | None) -> Conversation:
    """Gives a conversation to a user, or to nobody. Raises NOT_FOUND, VALIDATION_ERROR."""
    check, conversation = Checks(), None
    async with transaction():
        with check():
            if user_id is not None:
                await accounts.assignee(viewer, user_id, ANSWERING, field="userId")
        with check():
            conversation = await visible(viewer, id, lock="FOR UPDATE")
        check.done()
        assert conversation is not None
        return await _change(viewer, conversation, {"assigned_to_id": user_id})


async def _change(viewer: Viewer, conversation: Conversation, values: dict[str, Any]) -> Conversation:
    """Writes what is other than before, if anything, and tells of it."""
    changes = {key: value for key, value in values.items() if getattr(conversation, key) != value}
    if not changes:
        return conversation
    await Conversation.filter(id=conversation.id).update(**changes, updated_at=RawSQL("now()"))
    _tell(viewer, conversation)
    return await Conversation.get(id=conversation.id)


@allow(*ANSWERING, scope=Scope.CONVERSATIONS)
async def delete(viewer: Viewer, id: int) -> int:
    """Hides a conversation and its messages for good; its files go, what waits in it is cancelled. Raises NOT_FOUND.

    What the contact writes next opens a new one.
    """
    async with transaction():
        conversation = await visible(viewer, id, lock="FOR UPDATE")
        pair = (conversation.contact_id, conversation.sender_id)
        for row in await connect.rows(_CALL_OFF, *pair):
            record(
                EventType.MESSAGE_CANCELLED,
                "Message",
                row["id"],
                actor_id=viewer.user_id,
                sender_id=conversation.sender_id,
                contact_id=conversation.contact_id,
                message_id=row["id"],
            )
        await connect.execute(_HIDE, *pair)
        await files.delete_of_conversation(id, contact_id=pair[0], sender_id=pair[1])
        await connect.execute("DELETE FROM bot_turn WHERE conversation_id = $1", id)
        await Conversation.filter(id=id).update(deleted_at=RawSQL("now()"), updated_at=RawSQL("now()"))
        await audit.note(viewer, "deleteConversation", subject=("Conversation", id))
        _tell(viewer, conversation)
    return id


def _tell(viewer: Viewer, conversation: Conversation, type: EventType = EventType.CONVERSATION_UPDATED) -> None:
    record(
        type,
        "Conversation",
        conversation.id,
        actor_id=viewer.user_id,
        sender_id=conversation.sender_id,
        contact_id=conversation.contact_id,
    )


def _wrong(message: str, field: str, reason: str) -> Refusal:
    return Refusal(ErrorCode.VALIDATION_ERROR, message, field=field, reason=reason)
