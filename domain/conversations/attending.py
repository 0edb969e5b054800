"""Attending to what contacts write: it is marked as read, here and at WhatsApp, and either side sees the other type."""

from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from db.accounts import Role, Scope
from db.conversations import Conversation
from db.core import connect
from db.core.columns import as_row
from db.core.transaction import ring, transaction
from db.events import EventType, record
from db.messages import MessageAuthor
from domain import providers, senders
from domain.conversations.reading import visible
from domain.core.access import Viewer, allow
from domain.core.errors import ErrorCode, Refusal

log = structlog.get_logger()

_READ = """
UPDATE message m SET state = 'READ', read_at = now(), updated_at = now()
FROM (
  SELECT id FROM message WHERE contact_id = $1 AND sender_id = $2 AND state = 'RECEIVED' AND deleted_at IS NULL
  ORDER BY id FOR UPDATE) r
WHERE m.id = r.id RETURNING m.id
"""
_LATEST = """
SELECT v.sender_id, v.address, m.provider_message_id FROM conversation v
JOIN message m ON m.contact_id = v.contact_id AND m.sender_id = v.sender_id
WHERE v.id = $1 AND v.deleted_at IS NULL AND m.direction = 'INBOUND' AND m.provider_message_id IS NOT NULL
  AND m.deleted_at IS NULL
ORDER BY m.id DESC LIMIT 1
"""
# By any of their identities, and without making anybody a contact. Where several are called so, all of them type.
_OF_PEOPLE = """
SELECT DISTINCT ON (v.id) v.id, v.sender_id, v.contact_id, t.typing
FROM unnest($1::bigint[], $2::text[], $3::bool[]) WITH ORDINALITY AS t(sender_id, name, typing, n)
JOIN contact_identity i ON i.type IN ('WA_ID', 'LID') AND i.value = t.name
JOIN conversation v ON v.contact_id = i.contact_id AND v.sender_id = t.sender_id AND v.deleted_at IS NULL
ORDER BY v.id, n DESC
"""


@dataclass(frozen=True, slots=True)
class Typing:
    """That somebody types, or does so no more: to which sender, and their wa_id or LID."""

    sender_id: int
    name: str
    typing: bool


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
async def show_typing(viewer: Viewer, id: int, *, typing: bool = True) -> Conversation:
    """Shows the contact, and who looks on, that somebody types or has stopped.

    Who types has read what they wrote, at WhatsApp and here. Raises INVALID_STATE where they never wrote.
    """
    async with transaction():
        conversation = await visible(viewer, id, lock="FOR UPDATE")
        if await connect.row(_LATEST, id) is None:
            words = "The contact has written nothing yet that could be answered."
            raise Refusal(ErrorCode.INVALID_STATE, words, field="conversationId", reason="nothing_to_answer")
        if typing:
            conversation = await _read(viewer, conversation)
            ring("show_typing", id)
        else:
            ring("hide_typing", id)
        _tell_of_typing(
            id,
            conversation.sender_id,
            conversation.contact_id,
            typing,
            by=MessageAuthor.OPERATOR,
            actor_id=viewer.user_id,
        )
    return conversation


async def typed(news: Sequence[Typing]) -> None:
    """Tells of contacts who began to type or stopped, inside the caller's transaction; strangers are none."""
    if news:
        columns = zip(*((each.sender_id, each.name, each.typing) for each in news), strict=True)
        for row in await connect.rows(_OF_PEOPLE, *map(list, columns)):
            _tell_of_typing(row["id"], row["sender_id"], row["contact_id"], row["typing"], by=MessageAuthor.CONTACT)


def _tell_of_typing(
    id: int, sender_id: int, contact_id: int, typing: bool, *, by: MessageAuthor, actor_id: int | None = None
) -> None:
    record(
        EventType.CONVERSATION_TYPING,
        "Conversation",
        id,
        actor_id=actor_id,
        sender_id=sender_id,
        contact_id=contact_id,
        data={"typing": typing, "by": by},
    )


async def tell(id: int, *, typing: bool, read: bool = True) -> None:
    """Tells WhatsApp that a conversation was read up to its latest message, and perhaps that somebody types.

    Not read: only that nobody types any more. What gets lost on the way is not made up for: the next time covers all
    that came before.
    """
    latest = await connect.row(_LATEST, id)
    account = await senders.account(latest["sender_id"]) if latest else None
    if latest is None or account is None:
        return
    provider = providers.of(account)
    try:
        if read:
            await provider.mark_read(latest["provider_message_id"], latest["address"], typing=typing)
        else:
            await provider.stop_typing(latest["address"])
    except Refusal as refusal:
        log.warning("not_told_to_whatsapp", conversation_id=id, reason=refusal.message)
