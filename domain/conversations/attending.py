"""Attending to what contacts write: it is marked as read, here and at WhatsApp, and they see that somebody types."""

import structlog

from db.accounts import Role, Scope
from db.conversations import Conversation
from db.core import connect
from db.core.columns import as_row
from db.core.transaction import ring, transaction
from db.events import EventType, record
from domain import providers, senders
from domain.conversations.reading import visible
from domain.core.access import Viewer, allow
from domain.core.errors import ErrorCode, Refusal

log = structlog.get_logger()

_READ = """
UPDATE message m SET state = 'READ', read_at = now(), updated_at = now()
FROM (SELECT id FROM message WHERE contact_id = $1 AND sender_id = $2 AND state = 'RECEIVED' ORDER BY id FOR UPDATE) r
WHERE m.id = r.id RETURNING m.id
"""
_LATEST = """
SELECT v.sender_id, v.address, m.provider_message_id FROM conversation v
JOIN message m ON m.contact_id = v.contact_id AND m.sender_id = v.sender_id
WHERE v.id = $1 AND v.deleted_at IS NULL AND m.direction = 'INBOUND' AND m.provider_message_id IS NOT NULL
ORDER BY m.id DESC LIMIT 1
"""


@allow(Role.ADMIN, Role.SALES, scope=Scope.CONVERSATIONS)
async def mark_read(viewer: Viewer, id: int) -> Conversation:
    """Marks all that the contact wrote as read; to repeat it changes nothing, and tells WhatsApp nothing."""
    async with transaction():
        conversation = await visible(viewer, id, lock="FOR UPDATE")
        return await _read(viewer, conversation)


async def _read(viewer: Viewer, conversation: Conversation) -> Conversation:
    read = await connect.rows(_READ, conversation.contact_id, conversation.sender_id)
    if not read and not conversation.unread_count:
        return conversation
    row = await connect.row(
        "UPDATE conversation SET unread_count = 0, updated_at = now() WHERE id = $1 RETURNING *", conversation.id
    )
    assert row is not None
    record(
        EventType.CONVERSATION_UPDATED,
        "Conversation",
        conversation.id,
        actor_id=viewer.user_id,
        sender_id=conversation.sender_id,
        contact_id=conversation.contact_id,
    )
    ring("show_read", conversation.id)
    return as_row(Conversation, row)


@allow(Role.ADMIN, Role.SALES, scope=Scope.CONVERSATIONS)
async def show_typing(viewer: Viewer, id: int) -> Conversation:
    """Shows the contact that somebody types, which marks what they wrote as read, at WhatsApp and here.

    Raises INVALID_STATE where they never wrote.
    """
    async with transaction():
        conversation = await visible(viewer, id, lock="FOR UPDATE")
        if await connect.row(_LATEST, id) is None:
            words = "The contact has written nothing yet that could be answered."
            raise Refusal(ErrorCode.INVALID_STATE, words, field="conversationId", reason="nothing_to_answer")
        conversation = await _read(viewer, conversation)
        ring("show_typing", id)
    return conversation


async def tell(id: int, *, typing: bool) -> None:
    """Tells WhatsApp that a conversation was read up to its latest message, and perhaps that somebody types.

    What gets lost on the way is not made up for: the next time covers all that came before.
    """
    latest = await connect.row(_LATEST, id)
    account = await senders.account(latest["sender_id"]) if latest else None
    if latest is None or account is None:
        return
    try:
        await providers.of(account).mark_read(latest["provider_message_id"], latest["address"], typing=typing)
    except Refusal as refusal:
        log.warning("not_marked_as_read", conversation_id=id, reason=refusal.message)
