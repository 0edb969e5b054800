"""What a person settles by hand: the status of a message, and sending once more what is in doubt or failed."""

from collections.abc import Sequence

from db.accounts import Role, Scope
from db.campaigns import tally
from db.core import connect
from db.core.columns import as_row
from db.core.transaction import ring, transaction
from db.events import EventType, record_all
from db.messages import Message, MessageDirection, MessageState, MessageStatus
from domain.core.access import Viewer, allow
from domain.core.errors import Checks, ErrorCode, Refusal, not_found, optional_text
from domain.messages import seen_by
from domain.messages.announce import announce, event

MOST_AGAIN = 1000
"""Messages that are sent again at once."""

_RANK = {MessageStatus.SENT: 1, MessageStatus.DELIVERED: 2, MessageStatus.READ: 3}
_ENDED = (MessageStatus.FAILED, MessageStatus.CANCELLED)

# Conversations are locked before their messages, as where they are read and where people write.
_LOCK_CONVERSATION = """
SELECT FROM message m JOIN conversation c ON c.sender_id = m.sender_id AND c.contact_id = m.contact_id
WHERE m.id = $1 AND m.direction = 'INBOUND' AND c.deleted_at IS NULL FOR UPDATE OF c
"""

_SET = """
UPDATE message
SET state = $2::text, due_at = NULL, lease_until = NULL, updated_at = now(), error_message = $3,
    error_code = NULL, provider_error_code = NULL,
    sent_at = CASE WHEN direction = 'OUTBOUND' AND $2::text <> 'FAILED' THEN coalesce(sent_at, now()) ELSE sent_at END,
    delivered_at = CASE WHEN direction = 'OUTBOUND' AND $2::text IN ('DELIVERED', 'READ')
                   THEN coalesce(delivered_at, now()) ELSE delivered_at END,
    read_at = CASE WHEN $2::text = 'READ' THEN coalesce(read_at, now()) ELSE read_at END
WHERE id = $1 RETURNING *, old.state AS was
"""

# An attempt that is in doubt stays known, so that a late receipt of it settles the message before it goes out again.
# What the bot wrote is what a person wants to say now.
_AGAIN = """
UPDATE message
SET state = 'QUEUED', due_at = now(), lease_until = NULL, updated_at = now(), attempts = least(attempts, 1),
    epoch = NULL,
    attempt_id = CASE WHEN state = 'UNCONFIRMED' THEN attempt_id END,
    provider_message_id = CASE WHEN state = 'UNCONFIRMED' THEN provider_message_id END,
    sent_at = NULL, error_code = NULL, error_message = NULL, provider_error_code = NULL
WHERE id = ANY($1) RETURNING *, old.state AS was
"""


async def _locked(viewer: Viewer, ids: Sequence[int], *, field: str) -> list[Message]:
    """Messages that the caller may see, locked in the order of their ids. Raises NOT_FOUND."""
    where = seen_by(viewer)
    where.add("message.id = ANY({}::bigint[])", list(ids))
    rows = await connect.rows(f"SELECT * FROM message WHERE {where.sql} ORDER BY id FOR UPDATE", *where.values)
    found = [as_row(Message, row) for row in rows]
    if len(found) < len(set(ids)):
        raise not_found("message", field=field)
    return found


@allow(Role.ADMIN, Role.SALES, scope=Scope.CONVERSATIONS)
async def update_status(viewer: Viewer, id: int, *, status: MessageStatus, error_message: str | None = None) -> Message:
    """Moves a message forward: SENT, DELIVERED, READ, or FAILED before delivery; an inbound one to READ.

    Raises NOT_FOUND, VALIDATION_ERROR, INVALID_STATE.
    """
    check = Checks()
    with check():
        if status is not MessageStatus.FAILED and status not in _RANK:
            words = f"Nobody sets {status} by hand: only SENT, DELIVERED, READ or FAILED."
            raise Refusal(ErrorCode.VALIDATION_ERROR, words, field="status", reason="not_by_hand")
    with check():
        error_message = optional_text(error_message, "errorMessage", most=500)
        if error_message is not None and status is not MessageStatus.FAILED:
            words = "Only a message that FAILED has an error."
            raise Refusal(ErrorCode.VALIDATION_ERROR, words, field="errorMessage", reason="not_allowed")
    check.done()
    async with transaction():
        await connect.execute(_LOCK_CONVERSATION, id)
        [message] = await _locked(viewer, [id], field="id")
        if not _forward(message, status):
            words = f"A message that is {message.status} does not become {status}."
            raise Refusal(ErrorCode.INVALID_STATE, words, field="status", reason="not_forward")
        if status is MessageStatus.FAILED and error_message is None:
            error_message = "Somebody said so."
        row = await connect.row(_SET, id, status.value, error_message)
        assert row is not None
        if message.direction is MessageDirection.INBOUND:
            await connect.execute(
                "UPDATE conversation SET unread_count = greatest(0, unread_count - 1), updated_at = now()"
                " WHERE sender_id = $1 AND contact_id = $2 AND deleted_at IS NULL",
                *(message.sender_id, message.contact_id),
            )
        if message.sent_at is None and row["sent_at"] is not None and status is not MessageStatus.SENT:
            record_all([event(EventType.MESSAGE_SENT, row)])
        await announce([row])
        return as_row(Message, row)


def _forward(message: Message, status: MessageStatus) -> bool:
    if message.direction is MessageDirection.INBOUND:
        return message.state is MessageState.RECEIVED and status is MessageStatus.READ
    if status is MessageStatus.FAILED:
        return message.status not in (*_ENDED, MessageStatus.DELIVERED, MessageStatus.READ)
    return message.status not in _ENDED and _RANK[status] > _RANK.get(message.status, 0)


@allow(Role.ADMIN, Role.SALES, scope=Scope.CONVERSATIONS)
async def resend(viewer: Viewer, ids: Sequence[int]) -> list[Message]:
    """Queues messages again that are UNCONFIRMED or FAILED, as they were, all or none, and answers them as asked.

    Raises VALIDATION_ERROR, NOT_FOUND, INVALID_STATE.
    """
    if not 1 <= len(ids) <= MOST_AGAIN:
        words = f"Name 1 to {MOST_AGAIN} messages."
        raise Refusal(ErrorCode.VALIDATION_ERROR, words, field="ids", reason="too_many" if ids else "required")
    async with transaction():
        messages = await _locked(viewer, ids, field="ids")
        for message in messages:
            if message.state not in (MessageState.UNCONFIRMED, MessageState.FAILED):
                words = f"Only messages that are UNCONFIRMED or FAILED are sent again; one is {message.status}."
                raise Refusal(ErrorCode.INVALID_STATE, words, field="ids", reason="not_again")
        rows = await connect.rows(_AGAIN, list(ids))
        await tally.add(rows)
        record_all(event(EventType.MESSAGE_UPDATED, row) for row in sorted(rows, key=lambda row: row["id"]))
        for sender_id in {row["sender_id"] for row in rows}:
            ring("dispatch", sender_id)
    found = {row["id"]: as_row(Message, row) for row in rows}
    return [found[id] for id in dict.fromkeys(ids)]
