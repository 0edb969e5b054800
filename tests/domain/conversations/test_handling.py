"""Who answers a conversation: taken over, handed back, escalated, closed, and what the bot was about meanwhile."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from db.accounts import Role, Scope
from db.conversations import BotTurn, Conversation, EscalationReason
from db.core import connect
from db.core.transaction import transaction
from db.messages import Message
from domain import conversations
from domain.conversations import handling
from domain.core.access import SYSTEM, Viewer
from domain.core.errors import ErrorCode
from domain.messages import by_hand, dispatch
from tests import factories
from tests.callers import check_callers, only, refused, token
from tests.domain.conversations.surroundings import a_conversation, an_answer, send, set_bot, the_sender
from tests.domain.messages.surroundings import leave, state_of
from tests.factories import phone


async def operator(role: Role = Role.SALES) -> Viewer:
    return Viewer(user_id=(await factories.user(role=role)).id, role=role)


async def number_of(conversation: int) -> str:
    return (await Conversation.get(id=conversation)).address


async def told(conversation: int) -> list[tuple[str, int | None, Any]]:
    """Events of the conversation itself, since it was opened."""
    sql = "SELECT type, actor_id, data FROM event WHERE subject_type = 'Conversation' AND subject_id = $1"
    rows = await connect.rows(f"{sql} ORDER BY number OFFSET 1", conversation)
    return [(row["type"].removeprefix("CONVERSATION_"), row["actor_id"], row["data"]) for row in rows]


async def state(conversation: int) -> dict[str, Any]:
    """All of a conversation, to see that a refusal has changed nothing."""
    return (await Conversation.filter(id=conversation).values())[0]


async def a_turn(conversation: int) -> None:
    """One that waits; where the bot knows something, hearing has begun it already."""
    due = {"epoch": 0, "due_at": await connect.value("SELECT now()")}
    await BotTurn.update_or_create(due, conversation_id=conversation)


# ---------------------------------------------------------------------------
# Taking over
# ---------------------------------------------------------------------------


@pytest.mark.parametrize("named", ["id", "phone_number"])
async def test_who_takes_over_has_it(named: str) -> None:
    conversation, viewer = await a_conversation(), await operator()
    which = {"id": conversation} if named == "id" else {"phone_number": await number_of(conversation)}
    taken = await conversations.take_over(viewer, which)
    assert (taken.handler, taken.status, taken.assigned_to_id) == ("OPERATOR", "ACTIVE", viewer.user_id)
    assert (taken.epoch, taken.taken_over_at is not None) == (1, True)
    assert await told(conversation) == [("TAKEN_OVER", viewer.user_id, None)]
    before = await state(conversation)
    assert (await conversations.take_over(viewer, which)).updated_at == taken.updated_at
    assert await state(conversation) == before
    assert len(await told(conversation)) == 1


async def test_a_number_in_any_spelling_names_the_latest_conversation_with_it() -> None:
    old, viewer = await a_conversation(ago=timedelta(hours=2)), await operator()
    row, other = await Conversation.get(id=old), await the_sender()
    new = await Conversation.create(
        sender_id=other.id,
        contact_id=row.contact_id,
        address=row.address,
        last_message_at=await connect.value("SELECT now()"),
    )
    for spelled in (
        row.address,
        row.address[1:],
        f"00{row.address[1:]}",
        f"{row.address[1:]}@c.us",
        f" {row.address} ",
    ):
        taken = await conversations.take_over(viewer, {"phone_number": spelled})
        assert taken.id == new.id
    bound = token(Scope.CONVERSATIONS, sender_id=row.sender_id, user_id=viewer.user_id)
    assert (await conversations.take_over(bound, {"phone_number": row.address})).id == old


async def test_a_number_that_a_contact_is_only_known_by_names_them_too() -> None:
    conversation = await a_conversation()
    row = await Conversation.get(id=conversation)
    digits = phone()[1:]
    await connect.execute(
        "INSERT INTO contact_identity (contact_id, type, value) VALUES ($1, 'WA_ID', $2)", row.contact_id, digits
    )
    assert (await conversations.take_over(SYSTEM, {"phone_number": digits})).id == conversation


async def test_what_names_no_conversation() -> None:
    number = phone()
    expected = (ErrorCode.NOT_FOUND, "conversation.phoneNumber", None)
    for verb in (conversations.take_over, conversations.hand_back):
        assert await only(verb(SYSTEM, {"phone_number": number})) == expected
        with pytest.raises(Exception, match=rf"^No conversation found for phone number {number[1:]}\.$"):
            await verb(SYSTEM, {"phone_number": number[1:]})
        assert await only(verb(SYSTEM, {"id": 2**40})) == (ErrorCode.NOT_FOUND, "conversation.id", None)
        for blank in ("", "  "):
            wrong = (ErrorCode.VALIDATION_ERROR, "conversation.phoneNumber", "required")
            assert await only(verb(SYSTEM, {"phone_number": blank})) == wrong
        code, field, _ = await only(verb(SYSTEM, {"phone_number": "0987"}))
        assert (code, field) == (ErrorCode.INVALID_PHONE_NUMBER, "conversation.phoneNumber")


async def test_another_sender_s_token_finds_none() -> None:
    conversation, other = await a_conversation(), await the_sender()
    viewer, before = token(Scope.CONVERSATIONS, sender_id=other.id), await state(conversation)
    for which in ({"id": conversation}, {"phone_number": await number_of(conversation)}):
        for verb in (conversations.take_over, conversations.hand_back):
            assert (await only(verb(viewer, which)))[0] is ErrorCode.NOT_FOUND
    for change in (conversations.close, conversations.reopen, conversations.escalate):
        assert (await only(change(viewer, conversation)))[0] is ErrorCode.NOT_FOUND
    assert await state(conversation) == before


async def test_who_may() -> None:
    people, scope = {Role.ADMIN, Role.SALES}, Scope.CONVERSATIONS
    await check_callers(lambda viewer: conversations.take_over(viewer, {"id": 2**40}), people, scope)
    await check_callers(lambda viewer: conversations.hand_back(viewer, {"id": 2**40}), people, scope)
    await check_callers(lambda viewer: conversations.escalate(viewer, 2**40), people, scope)
    await check_callers(lambda viewer: conversations.close(viewer, 2**40), people, scope)
    await check_callers(lambda viewer: conversations.reopen(viewer, 2**40), people, scope)


async def test_from_another_operator_it_passes_to_the_caller() -> None:
    conversation = await a_conversation()
    one, other = await operator(), await operator()
    await conversations.take_over(one, {"id": conversation})
    taken = await conversations.take_over(other, {"id": conversation})
    assert (taken.handler, taken.assigned_to_id, taken.epoch) == ("OPERATOR", other.user_id, 2)
    assert [event[:2] for event in await told(conversation)] == [
        *(("TAKEN_OVER", one.user_id), ("TAKEN_OVER", other.user_id)),
    ]
    assert (await conversations.hand_back(one, {"id": conversation})).handler == "BOT"


async def test_of_several_at_once_the_last_has_it() -> None:
    conversation = await a_conversation()
    viewers = [await operator() for _ in range(5)]
    await asyncio.gather(*(conversations.take_over(viewer, {"id": conversation}) for viewer in viewers))
    takers = [event[1] for event in await told(conversation) if event[0] == "TAKEN_OVER"]
    assert sorted(takers) == sorted(viewer.user_id for viewer in viewers)
    stored = await Conversation.get(id=conversation)
    assert (stored.assigned_to_id, stored.epoch) == (takers[-1], 5)


async def test_the_product_s_own_token_takes_over_for_nobody() -> None:
    conversation = await a_conversation()
    taken = await conversations.take_over(SYSTEM, {"id": conversation})
    assert (taken.handler, taken.assigned_to_id) == ("OPERATOR", None)
    assert (await conversations.take_over(SYSTEM, {"id": conversation})).epoch == taken.epoch
    viewer = await operator()
    assert (await conversations.take_over(viewer, {"id": conversation})).assigned_to_id == viewer.user_id


async def test_an_escalation_is_settled_by_whoever_takes_over_or_hands_back() -> None:
    viewer, one = await operator(), await operator()
    for verb, handler in ((conversations.take_over, "OPERATOR"), (conversations.hand_back, "BOT")):
        conversation = await a_conversation()
        await conversations.take_over(one, {"id": conversation})
        await conversations.escalate(one, conversation, note="Too hard for me")
        settled = await verb(viewer, {"id": conversation})
        assert (settled.handler, settled.status) == (handler, "ACTIVE")
        assert (settled.escalation_reason, settled.escalation_note) == (None, None)


async def test_a_closed_one_that_is_taken_over_is_open_again() -> None:
    conversation = await a_conversation()
    await conversations.close(SYSTEM, conversation)
    taken = await conversations.take_over(SYSTEM, {"id": conversation})
    assert (taken.status, taken.closed_at) == ("ACTIVE", None)


# ---------------------------------------------------------------------------
# Handing back
# ---------------------------------------------------------------------------


async def test_what_is_handed_back_is_the_bots_and_to_repeat_it_changes_nothing() -> None:
    conversation, viewer = await a_conversation(), await operator()
    assert (await conversations.hand_back(viewer, {"id": conversation})).epoch == 0
    assert await told(conversation) == []
    await conversations.take_over(viewer, {"id": conversation})
    await Conversation.filter(id=conversation).update(misunderstood=1)
    back = await conversations.hand_back(viewer, {"phone_number": await number_of(conversation)})
    assert (back.handler, back.status, back.taken_over_at, back.misunderstood) == ("BOT", "ACTIVE", None, 0)
    assert (back.epoch, back.assigned_to_id) == (2, viewer.user_id)
    assert (await told(conversation))[1:] == [("HANDED_BACK", viewer.user_id, None)]
    await conversations.hand_back(viewer, {"id": conversation})
    assert len(await told(conversation)) == 2


async def test_silence_hands_back_where_the_settings_say_so() -> None:
    viewer = await operator()
    silent, spoken, escalated, without_bot = [await a_conversation(ago=timedelta(hours=2)) for _ in range(4)]
    for conversation in (silent, spoken, escalated, without_bot):
        await conversations.take_over(viewer, {"id": conversation})
        await connect.execute(
            "UPDATE conversation SET taken_over_at = now() - interval '2 hours' WHERE id = $1", conversation
        )
    await send(spoken, {"text": "Just a moment"}, viewer=viewer)
    await conversations.escalate(viewer, escalated)
    row = await Conversation.get(id=without_bot)
    await connect.execute("UPDATE sender SET bot_enabled = false WHERE id = $1", row.sender_id)
    await conversations.hand_back_silent()
    assert (await Conversation.get(id=silent)).handler == "OPERATOR"
    async with set_bot(hand_back_after=3600):
        await conversations.hand_back_silent()
    assert (await Conversation.get(id=silent)).handler == "BOT"
    for conversation in (spoken, escalated, without_bot):
        assert (await Conversation.get(id=conversation)).handler == "OPERATOR"
    assert (await told(silent))[-1] == ("HANDED_BACK", None, None)


# ---------------------------------------------------------------------------
# Escalating, closing, reopening
# ---------------------------------------------------------------------------


async def test_an_escalation_by_hand_has_its_reason_and_note() -> None:
    conversation, viewer = await a_conversation(), await operator()
    escalated = await conversations.escalate(viewer, conversation, note=" Wants a refund ")
    assert (escalated.status, escalated.escalation_reason) == ("ESCALATED", EscalationReason.MANUAL)
    assert (escalated.escalation_note, escalated.handler, escalated.epoch) == ("Wants a refund", "BOT", 1)
    assert await told(conversation) == [("ESCALATED", viewer.user_id, '{"reason": "MANUAL"}')]
    before = await state(conversation)
    again = (ErrorCode.INVALID_STATE, "id", "escalated")
    assert await only(conversations.escalate(viewer, conversation)) == again
    assert await state(conversation) == before


async def test_what_is_wrong_with_an_escalation() -> None:
    conversation = await a_conversation()
    assert await refused(conversations.escalate(SYSTEM, conversation, note="x" * 501)) == [
        (ErrorCode.VALIDATION_ERROR, "note", "too_long")
    ]
    await conversations.close(SYSTEM, conversation)
    before = await state(conversation)
    assert await only(conversations.escalate(SYSTEM, conversation)) == (ErrorCode.INVALID_STATE, "id", "closed")
    assert await state(conversation) == before


async def test_the_bot_escalates_in_its_own_transaction() -> None:
    conversation = await a_conversation()
    async with transaction():
        row = await Conversation.get(id=conversation)
        await conversations.escalate_by_bot(row, EscalationReason.LOW_CONFIDENCE, "x" * 600)
    found = await Conversation.get(id=conversation)
    assert (found.status, found.escalation_reason) == ("ESCALATED", "LOW_CONFIDENCE")
    assert found.escalation_note == "x" * 500
    assert await told(conversation) == [("ESCALATED", None, '{"reason": "LOW_CONFIDENCE"}')]


async def test_closing_leaves_it_to_the_bot_and_reopening_opens_it() -> None:
    conversation, viewer = await a_conversation(), await operator()
    await conversations.take_over(viewer, {"id": conversation})
    await conversations.escalate(viewer, conversation)
    closed = await conversations.close(viewer, conversation)
    assert (closed.status, closed.handler, closed.taken_over_at) == ("CLOSED", "BOT", None)
    assert (closed.closed_at is not None, closed.escalation_reason) == (True, None)
    assert (await conversations.close(viewer, conversation)).epoch == closed.epoch
    opened = await conversations.reopen(viewer, conversation)
    assert (opened.status, opened.closed_at) == ("ACTIVE", None)
    assert await only(conversations.reopen(viewer, conversation)) == (ErrorCode.INVALID_STATE, "id", "not_closed")
    assert [kind for kind, _, _ in await told(conversation)] == ["TAKEN_OVER", "ESCALATED", "CLOSED", "UPDATED"]


# ---------------------------------------------------------------------------
# What the bot was about
# ---------------------------------------------------------------------------

FORBIDDING = {
    "take over": lambda id: conversations.take_over(SYSTEM, {"id": id}),
    "escalate": lambda id: conversations.escalate(SYSTEM, id),
    "close": lambda id: conversations.close(SYSTEM, id),
    "send": lambda id: send(id, {"text": "I am here"}),
}


@pytest.mark.parametrize("how", FORBIDDING)
@pytest.mark.parametrize("reached", ["QUEUED", "CLAIMED"])
async def test_what_forbids_an_answer_ends_the_turn_and_calls_off_what_is_queued(how: str, reached: str) -> None:
    conversation = await a_conversation()
    await a_turn(conversation)
    answer = await an_answer(conversation)
    claimed = await dispatch.claim(answer.sender_id, 10) if reached == "CLAIMED" else []
    await FORBIDDING[how](conversation)
    kept = await Message.get(id=answer.id)
    assert (kept.state, kept.due_at, kept.lease_until) == ("CANCELLED", None, None)
    assert kept.error_message == "A person came first, or the bot is not to answer here any more."
    assert not await BotTurn.filter(conversation_id=conversation).exists()
    assert await connect.value(
        "SELECT count(*) FROM event WHERE message_id = $1 AND type = 'MESSAGE_CANCELLED'", kept.id
    )
    assert await dispatch.depart(claimed) == []


async def test_hand_back_drops_what_was_begun_before_it() -> None:
    conversation = await a_conversation()
    await conversations.escalate(SYSTEM, conversation)
    answer = await an_answer(conversation)
    await conversations.hand_back(SYSTEM, {"id": conversation})
    assert await state_of(answer.id) == "CANCELLED"


@pytest.mark.parametrize(
    "change",
    ["epoch = epoch + 1", "handler = 'OPERATOR'", "status = 'ESCALATED'", "status = 'CLOSED'", "deleted_at = now()"],
)
async def test_the_last_step_refuses_an_answer_that_is_late(change: str) -> None:
    conversation = await a_conversation()
    answer = await an_answer(conversation)
    claimed = await dispatch.claim(answer.sender_id, 10)
    await connect.execute(f"UPDATE conversation SET {change} WHERE id = $1", conversation)
    assert await dispatch.depart(claimed) == []
    kept = await Message.get(id=answer.id)
    assert (kept.state, kept.error_code, kept.due_at) == ("CANCELLED", None, None)
    assert kept.error_message == "A person came first, or the bot is not to answer here any more."


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE sender SET bot_enabled = false FROM conversation v WHERE sender.id = v.sender_id AND v.id = $1",
        "UPDATE message m SET deleted_at = now() FROM conversation v WHERE m.sender_id = v.sender_id AND v.id = $1",
    ],
)
async def test_nothing_of_the_bots_leaves_where_it_was_switched_off_or_hidden(change: str) -> None:
    conversation = await a_conversation()
    answer = await an_answer(conversation)
    claimed = await dispatch.claim(answer.sender_id, 10)
    await connect.execute(change, conversation)
    assert await dispatch.depart(claimed) == []
    assert await state_of(answer.id) == "CANCELLED"


async def test_an_answer_that_is_in_time_leaves_and_other_conversations_lose_nothing() -> None:
    conversation, other = await a_conversation(), await a_conversation()
    answer = await an_answer(conversation)
    await conversations.take_over(SYSTEM, {"id": other})
    assert [departure.id for departure in await leave(answer.sender_id)] == [answer.id]


async def test_what_a_person_sends_once_more_leaves_whoever_wrote_it() -> None:
    conversation = await a_conversation()
    answer = await an_answer(conversation)
    await conversations.take_over(SYSTEM, {"id": conversation})
    await connect.execute("UPDATE message SET state = 'FAILED' WHERE id = $1", answer.id)
    await by_hand.resend(SYSTEM, [answer.id])
    assert [departure.id for departure in await leave(answer.sender_id)] == [answer.id]


async def test_a_fault_in_the_midst_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(ids: list[int]) -> None:
        raise ConnectionError("the database went away")

    conversation = await a_conversation()
    await a_turn(conversation)
    answer, before = await an_answer(conversation), await state(conversation)
    monkeypatch.setattr(handling, "silence", fail)
    for verb in (conversations.take_over, conversations.hand_back):
        with pytest.raises(ConnectionError):
            await verb(SYSTEM, {"id": conversation})
        assert (await state(conversation), await told(conversation)) == (before, [])
        await connect.execute("UPDATE conversation SET status = 'ESCALATED' WHERE id = $1", conversation)
        before = await state(conversation)
    assert await state_of(answer.id) == "QUEUED"
    assert await BotTurn.filter(conversation_id=conversation).exists()


async def test_who_takes_over_waits_for_what_has_left_already() -> None:
    conversation = await a_conversation()
    answer = await an_answer(conversation)
    [departure] = await leave(answer.sender_id)

    async def settle() -> None:
        await asyncio.sleep(0.2)
        await connect.execute("UPDATE message SET state = 'SENT', lease_until = NULL WHERE id = $1", departure.id)

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(settle())
        await conversations.take_over(SYSTEM, {"id": conversation})
        assert await state_of(answer.id) == "SENT"
