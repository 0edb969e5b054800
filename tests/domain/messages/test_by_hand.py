"""Statuses set by hand, and messages that are sent once more."""

from datetime import UTC, datetime
from typing import Any

import pytest

from db.accounts import Role, Scope
from db.conversations import Conversation
from db.core import connect
from db.messages import Message, MessageStatus
from domain import conversations
from domain.core.access import SYSTEM
from domain.core.errors import ErrorCode
from domain.messages import by_hand
from domain.messages.receipts import settle_statuses
from tests.callers import check_callers, only, token
from tests.domain.conversations.surroundings import a_conversation, heard_in
from tests.domain.messages.surroundings import a_message, a_sender, events_of, in_flight, leave, state_of, status


async def set_to(message: int, status: MessageStatus, error: str | None = None) -> Message:
    return await by_hand.update_status(SYSTEM, message, status=status, error_message=error)


async def test_who_may() -> None:
    people, scope = {Role.ADMIN, Role.SALES}, Scope.CONVERSATIONS
    await check_callers(lambda viewer: by_hand.update_status(viewer, 2**40, status=MessageStatus.SENT), people, scope)
    await check_callers(lambda viewer: by_hand.resend(viewer, [2**40]), people, scope)


@pytest.mark.parametrize(
    ("state", "wanted"),
    [
        ("QUEUED", "SENT"),
        ("UNCONFIRMED", "SENT"),
        ("IN_FLIGHT", "DELIVERED"),
        ("SENT", "DELIVERED"),
        ("SENT", "READ"),
        ("DELIVERED", "READ"),
        ("QUEUED", "FAILED"),
        ("SENT", "FAILED"),
    ],
)
async def test_forward_it_goes(state: str, wanted: str) -> None:
    taken = datetime.now(UTC) if state in ("SENT", "DELIVERED") else None
    message = await a_message(await a_sender(), state=state, sent_at=taken)
    words = "No such house." if wanted == "FAILED" else None
    kept = await set_to(message, MessageStatus(wanted), words)
    assert (kept.state, kept.due_at, kept.lease_until, kept.error_message) == (wanted, None, None, words)
    assert (kept.sent_at is None, kept.read_at is None) == (state == "QUEUED" and wanted == "FAILED", wanted != "READ")
    assert await events_of(message) == (["SENT", wanted] if state == "IN_FLIGHT" else [wanted])


@pytest.mark.parametrize(
    ("state", "wanted"),
    [
        ("DELIVERED", "SENT"),
        ("READ", "READ"),
        ("FAILED", "SENT"),
        ("CANCELLED", "READ"),
        ("DELIVERED", "FAILED"),
        ("READ", "FAILED"),
    ],
)
async def test_and_never_back(state: str, wanted: str) -> None:
    message = await a_message(await a_sender(), state=state, due_at=None)
    expected = (ErrorCode.INVALID_STATE, "status", "not_forward")
    assert await only(set_to(message, MessageStatus(wanted))) == expected
    assert (await state_of(message), await events_of(message)) == (state, [])


@pytest.mark.parametrize("wanted", ["QUEUED", "SENDING", "UNCONFIRMED", "CANCELLED", "RECEIVED"])
async def test_what_nobody_sets(wanted: str) -> None:
    message = await a_message(await a_sender())
    assert await only(set_to(message, MessageStatus(wanted))) == (
        ErrorCode.VALIDATION_ERROR,
        "status",
        "not_by_hand",
    )


@pytest.mark.parametrize(("error", "reason"), [("x" * 501, "too_long"), ("x", "not_allowed")])
async def test_an_error_is_for_failures_and_of_a_length(error: str, reason: str) -> None:
    message = await a_message(await a_sender())
    wanted = MessageStatus.FAILED if reason == "too_long" else MessageStatus.SENT
    assert await only(set_to(message, wanted, error)) == (ErrorCode.VALIDATION_ERROR, "errorMessage", reason)
    assert await state_of(message) == "QUEUED"


async def test_to_read_a_message_lowers_what_is_unread() -> None:
    conversation = await a_conversation()
    message = await heard_in(conversation)
    assert await only(set_to(message, MessageStatus.DELIVERED)) == (ErrorCode.INVALID_STATE, "status", "not_forward")
    assert (await set_to(message, MessageStatus.READ)).state == "READ"
    assert (await Conversation.get(id=conversation)).unread_count == 0


async def test_what_was_sent_by_hand_does_not_leave_again() -> None:
    sender = await a_sender()
    message = await a_message(sender)
    await set_to(message, MessageStatus.SENT)
    assert await leave(sender) == []


# ---------------------------------------------------------------------------
# Once more
# ---------------------------------------------------------------------------


async def test_what_failed_is_sent_again_as_it_was() -> None:
    sender = await a_sender()
    given: dict[str, Any] = {"state": "FAILED", "due_at": None, "error_message": "No.", "attempts": 6}
    first, second = await a_message(sender, **given), await a_message(sender, content="Other", **given)
    again = await by_hand.resend(SYSTEM, [second, first])
    assert [(message.id, message.state, message.error_message) for message in again] == [
        (second, "QUEUED", None),
        (first, "QUEUED", None),
    ]
    assert await events_of(first) == ["UPDATED"]
    assert {departure.id for departure in await leave(sender)} == {first, second}


@pytest.mark.parametrize("state", ["QUEUED", "SENT", "CANCELLED", "UNKNOWN", "RECEIVED"])
async def test_all_or_none(state: str) -> None:
    sender = await a_sender()
    failed = await a_message(sender, state="FAILED", due_at=None)
    other = await a_message(sender, state=state, due_at=None)
    assert await only(by_hand.resend(SYSTEM, [failed, other])) == (ErrorCode.INVALID_STATE, "ids", "not_again")
    assert (await state_of(failed), await state_of(other)) == ("FAILED", state)


async def test_how_many_and_whose() -> None:
    wrong = ErrorCode.VALIDATION_ERROR
    assert await only(by_hand.resend(SYSTEM, [])) == (wrong, "ids", "required")
    assert await only(by_hand.resend(SYSTEM, [1] * 1001)) == (wrong, "ids", "too_many")
    failed = await a_message(await a_sender(), state="FAILED", due_at=None)
    viewer = token(Scope.CONVERSATIONS, sender_id=await a_sender())
    assert await only(by_hand.resend(viewer, [failed])) == (ErrorCode.NOT_FOUND, "ids", None)
    assert await state_of(failed) == "FAILED"


async def test_a_late_receipt_of_what_was_in_doubt_keeps_it_from_leaving_twice() -> None:
    departure = await in_flight()
    await connect.execute("UPDATE message SET state = 'UNCONFIRMED', lease_until = NULL WHERE id = $1", departure.id)
    await by_hand.resend(SYSTEM, [departure.id])
    await settle_statuses([status(departure, "sent")])
    assert await state_of(departure.id) == "SENT"
    sender = await connect.value("SELECT sender_id FROM message WHERE id = $1", departure.id)
    assert await leave(sender) == []


async def test_what_was_deleted_with_its_conversation_is_not_there() -> None:
    conversation = await a_conversation()
    row, message = await Conversation.get(id=conversation), await heard_in(conversation)
    failed = await a_message(row.sender_id, row.contact_id, state="FAILED", due_at=None, author="OPERATOR")
    await conversations.delete(SYSTEM, conversation)
    opened = await conversations.create(
        SYSTEM, phone_number=row.address, sender_id=row.sender_id, initial_message="Hello again"
    )
    assert await only(set_to(message, MessageStatus.READ)) == (ErrorCode.NOT_FOUND, "id", None)
    assert await only(by_hand.resend(SYSTEM, [failed])) == (ErrorCode.NOT_FOUND, "ids", None)
    assert (await Conversation.get(id=opened.id)).unread_count == 1
    assert (await state_of(message), await state_of(failed)) == ("RECEIVED", "FAILED")
