"""Reading what contacts wrote, and showing them that somebody types."""

from db.accounts import Role, Scope
from db.conversations import Conversation
from db.core import connect
from db.messages import Message
from domain import conversations
from domain.core.access import SYSTEM
from domain.core.errors import ErrorCode
from tests.callers import check_callers, only, token
from tests.domain.conversations.surroundings import a_conversation, heard_in, the_sender
from tests.domain.messages.surroundings import a_message


async def events_of(conversation: int) -> list[str]:
    sql = "SELECT type FROM event WHERE conversation_id = $1 ORDER BY number"
    return [row["type"] for row in await connect.rows(sql, conversation)]


async def test_all_that_was_written_is_read_once() -> None:
    conversation = await a_conversation()
    message = await heard_in(conversation)
    read = await conversations.mark_read(SYSTEM, conversation)
    kept = await Message.get(id=message)
    assert (read.unread_count, kept.state, kept.status) == (0, "READ", "READ")
    assert kept.read_at is not None
    assert await events_of(conversation) == ["CONVERSATION_CREATED", "CONVERSATION_UPDATED"]
    again = await conversations.mark_read(SYSTEM, conversation)
    assert again.updated_at == read.updated_at
    assert await events_of(conversation) == ["CONVERSATION_CREATED", "CONVERSATION_UPDATED"]


async def test_what_others_wrote_stays_unread() -> None:
    sender = await the_sender()
    one, other = await a_conversation(sender.id), await a_conversation(sender.id)
    await conversations.mark_read(SYSTEM, one)
    assert (await Conversation.get(id=other)).unread_count == 1
    assert (await Message.get(id=await heard_in(other))).state == "RECEIVED"


async def test_who_may() -> None:
    people, scope = {Role.ADMIN, Role.SALES}, Scope.CONVERSATIONS
    await check_callers(lambda viewer: conversations.mark_read(viewer, 2**40), people, scope)
    await check_callers(lambda viewer: conversations.show_typing(viewer, 2**40), people, scope)


async def test_a_conversation_of_another_sender_is_not_found_and_stays_unread() -> None:
    conversation, viewer = await a_conversation(), token(Scope.CONVERSATIONS, sender_id=(await the_sender()).id)
    assert (await only(conversations.mark_read(viewer, conversation)))[0] is ErrorCode.NOT_FOUND
    assert (await only(conversations.show_typing(viewer, conversation)))[0] is ErrorCode.NOT_FOUND
    assert (await Conversation.get(id=conversation)).unread_count == 1


async def test_who_types_has_read() -> None:
    conversation = await a_conversation()
    assert (await conversations.show_typing(SYSTEM, conversation)).unread_count == 0


async def test_nobody_types_to_who_never_wrote() -> None:
    conversation = await a_conversation()
    row = await Conversation.get(id=conversation)
    await Message.filter(contact_id=row.contact_id).update(direction="OUTBOUND")
    await a_message(row.sender_id, row.contact_id)
    expected = (ErrorCode.INVALID_STATE, "conversationId", "nothing_to_answer")
    assert await only(conversations.show_typing(SYSTEM, conversation)) == expected
    assert (await Conversation.get(id=conversation)).unread_count == 1


async def test_what_was_deleted_is_neither_read_nor_answered() -> None:
    conversation = await a_conversation()
    row, message = await Conversation.get(id=conversation), await heard_in(conversation)
    await conversations.delete(SYSTEM, conversation)
    opened = await conversations.create(SYSTEM, phone_number=row.address, sender_id=row.sender_id)
    assert opened.contact_id == row.contact_id
    expected = (ErrorCode.INVALID_STATE, "conversationId", "nothing_to_answer")
    assert await only(conversations.show_typing(SYSTEM, opened.id)) == expected
    read = await conversations.mark_read(SYSTEM, opened.id)
    assert read.updated_at == opened.updated_at
    assert (await Message.get(id=message)).state == "RECEIVED"
    assert await events_of(opened.id) == ["CONVERSATION_CREATED"]
