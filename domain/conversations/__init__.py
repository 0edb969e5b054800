"""Conversations: everything said between one of our senders and one person."""

from db.conversations import Conversation
from domain.conversations.hearing import Heard, Spoken, heard, spoke
from domain.core.access import Viewer, allow
from domain.core.errors import not_found

__all__ = ["Heard", "Spoken", "by_ids", "get", "heard", "spoke"]


@allow()
async def get(viewer: Viewer, id: int) -> Conversation:
    found = (await by_ids(viewer, [id]))[0]
    if found is None:
        raise not_found("conversation")
    return found


@allow()
async def by_ids(viewer: Viewer, ids: list[int]) -> list[Conversation | None]:
    """Conversations that messages and events name; a token bound to a sender sees that sender's."""
    found = {row.id: row for row in await Conversation.filter(id__in=ids, deleted_at=None)}
    seen = {id: row for id, row in found.items() if viewer.sender_id in (None, row.sender_id)}
    return [seen.get(id) for id in ids]
