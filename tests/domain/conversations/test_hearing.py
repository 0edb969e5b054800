"""What is said opens conversations, moves their window, and shows in the log."""

from datetime import UTC, datetime, timedelta
from typing import Any

from db.conversations import Conversation
from db.core import connect
from db.core.transaction import transaction
from db.events import EventType, record
from domain import conversations
from domain.conversations import Heard, Spoken
from tests.domain.messages.surroundings import a_contact, a_message, a_sender

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
Pair = tuple[int, int]


async def a_pair() -> Pair:
    return await a_sender(), await a_contact()


async def hear(pair: Pair, *, minutes: float = 0, address: str = "+5511900000001", **given: Any) -> int:
    """Something that the contact wrote; its message."""
    message = await a_message(*pair)
    async with transaction():
        await conversations.heard([Heard(message, *pair, address, NOON + timedelta(minutes=minutes), **given)])
    return message


async def of(pair: Pair) -> Conversation:
    return await Conversation.get(sender_id=pair[0], contact_id=pair[1])


async def events_of(conversation: Conversation) -> list[str]:
    sql = "SELECT type FROM event WHERE conversation_id = $1 ORDER BY number"
    return [row["type"] for row in await connect.rows(sql, conversation.id)]


async def test_the_first_message_opens_a_conversation() -> None:
    pair = await a_pair()
    message = await hear(pair)
    found = await of(pair)
    assert (found.address, found.unread_count, found.last_message_id) == ("+5511900000001", 1, message)
    assert (found.window_expires_at, found.last_message_at) == (NOON + timedelta(hours=24), NOON)
    assert await events_of(found) == ["CONVERSATION_CREATED"]


async def test_later_messages_go_on_with_it() -> None:
    pair = await a_pair()
    await hear(pair)
    message = await hear(pair, minutes=5, address="PT.99")
    found = await of(pair)
    assert (found.address, found.unread_count, found.last_message_id) == ("PT.99", 2, message)
    assert found.window_expires_at == NOON + timedelta(hours=24, minutes=5)
    assert await events_of(found) == ["CONVERSATION_CREATED", "CONVERSATION_UPDATED"]


async def test_a_click_on_an_ad_opens_the_window_for_three_days() -> None:
    pair = await a_pair()
    await hear(pair, from_ad=True)
    await hear(pair, minutes=5)
    assert (await of(pair)).window_expires_at == NOON + timedelta(hours=72)


async def test_what_comes_late_takes_nothing_back() -> None:
    pair = await a_pair()
    message = await hear(pair, minutes=5, address="PT.99")
    await hear(pair)
    found = await of(pair)
    assert (found.last_message_id, found.address, found.unread_count) == (message, "PT.99", 2)
    assert found.window_expires_at == NOON + timedelta(hours=24, minutes=5)


async def test_a_reaction_opens_the_window_alone() -> None:
    pair = await a_pair()
    message = await hear(pair)
    await hear(pair, minutes=5, quiet=True)
    found = await of(pair)
    assert (found.last_message_id, found.unread_count) == (message, 1)
    assert found.window_expires_at == NOON + timedelta(hours=24, minutes=5)


async def test_many_at_once_are_one_change_of_each_conversation() -> None:
    one, other = await a_pair(), await a_pair()
    messages = [(await a_message(*pair), pair) for pair in (one, other, one)]
    async with transaction():
        await conversations.heard(
            [Heard(id, *pair, "+5511900000001", NOON + timedelta(minutes=id)) for id, pair in messages]
        )
    found = await of(one)
    assert (found.unread_count, found.last_message_id) == (2, messages[2][0])
    assert await events_of(found) == ["CONVERSATION_CREATED"]
    assert (await of(other)).unread_count == 1


async def test_a_message_of_the_contact_reopens_what_was_closed_and_one_of_ours_does_not() -> None:
    pair = await a_pair()
    await hear(pair)
    await Conversation.filter(sender_id=pair[0]).update(status="CLOSED", closed_at=NOON)
    async with transaction():
        await conversations.spoke([Spoken(await a_message(*pair), *pair, "+5511900000001", NOON)])
    assert ((await of(pair)).status, (await of(pair)).closed_at) == ("CLOSED", NOON)
    await hear(pair, minutes=1)
    assert ((await of(pair)).status, (await of(pair)).closed_at) == ("ACTIVE", None)


async def test_what_a_person_of_ours_says_raises_the_epoch_and_leaves_the_window() -> None:
    pair = await a_pair()
    await hear(pair)
    message = await a_message(*pair)
    async with transaction():
        await conversations.spoke([Spoken(message, *pair, "+5511900000001", NOON + timedelta(minutes=1))])
    found = await of(pair)
    assert (found.epoch, found.unread_count, found.last_message_id) == (1, 1, message)
    assert found.window_expires_at == NOON + timedelta(hours=24)


async def test_a_person_who_writes_first_opens_a_conversation_without_a_window() -> None:
    pair = await a_pair()
    async with transaction():
        await conversations.spoke([Spoken(await a_message(*pair), *pair, "+5511900000001", NOON)])
    found = await of(pair)
    assert (found.window_expires_at, found.unread_count, found.epoch) == (None, 0, 1)


async def test_events_of_its_messages_are_events_of_the_conversation() -> None:
    pair = await a_pair()
    message = await hear(pair)
    async with transaction():
        for sender in (pair[0], await a_sender()):
            record(EventType.MESSAGE_SENT, "Message", message, sender_id=sender, contact_id=pair[1], message_id=message)
    assert await events_of(await of(pair)) == ["CONVERSATION_CREATED", "MESSAGE_SENT"]
