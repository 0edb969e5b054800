"""Putting messages of people and programs into the queue; schedules put theirs there by the thousand."""

from typing import Any

import orjson

from db.core import connect
from db.core.columns import as_row
from db.core.transaction import ring
from db.messages import Message, MessageAuthor, Priority
from db.templates import TemplateCategory
from domain.core.errors import ErrorCode, Refusal
from domain.messages.content import Draft

_QUEUE = """
INSERT INTO message (sender_id, contact_id, address, type, content, details, media_id, template_id, variables, purpose,
                     author, operator_id, reply_to_id, priority, correlation_id, metadata,
                     direction, state, attempts, due_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, 'OUTBOUND', 'QUEUED', 0, now())
ON CONFLICT (sender_id, contact_id, correlation_id) WHERE correlation_id IS NOT NULL DO NOTHING
RETURNING *
"""


async def queue(
    draft: Draft,
    *,
    sender_id: int,
    contact_id: int,
    address: str,
    author: MessageAuthor,
    purpose: TemplateCategory,
    operator_id: int | None = None,
    reply_to_id: int | None = None,
    priority: Priority = Priority.NORMAL,
    correlation_id: str | None = None,
    metadata: dict[str, Any] | None = None,
) -> Message | None:
    """Queues a message inside the caller's transaction; None where there is one of this correlation id already."""
    found = await connect.row(
        _QUEUE,
        *(sender_id, contact_id, address, draft.type, draft.content, _json(draft.details), draft.media_id),
        *(draft.template_id, _json(draft.variables), purpose, author, operator_id, reply_to_id, priority),
        *(correlation_id, _json(metadata)),
    )
    if found is None:
        return None
    ring("dispatch", sender_id)
    return as_row(Message, found)


def _json(value: Any) -> str | None:
    return None if value is None else orjson.dumps(value).decode()


async def same(sender_id: int, contact_id: int, correlation_id: str | None) -> Message | None:
    """The message that was queued under this correlation id before, if any. Raises DUPLICATE_RESOURCE for one that went
    with its conversation: it is nobody's to see, and not to be sent twice either."""
    if correlation_id is None:
        return None
    found = await Message.get_or_none(sender_id=sender_id, contact_id=contact_id, correlation_id=correlation_id)
    if found is not None and found.deleted_at is not None:
        words = "The message of this correlation id was deleted with its conversation."
        raise Refusal(ErrorCode.DUPLICATE_RESOURCE, words, field="correlationId", reason="deleted")
    return found
