"""Two contacts become one while the bot is about to answer them: nothing that they wrote is left unanswered."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from db.contacts import ContactIdentityType
from db.conversations import BotTurn
from db.core import connect
from db.core.transaction import transaction
from db.messages import Message
from domain import contacts, conversations
from domain.bot import answering
from domain.contacts import Identity, learn
from domain.core.access import SYSTEM
from tests.domain.bot.knowing import forget_everything, taught
from tests.domain.bot.talking import FACT, QUESTION, Person
from tests.domain.messages.surroundings import a_contact, leave, state_of
from tests.statements import statements


@pytest_asyncio.fixture(autouse=True, scope="module", loop_scope="session")
async def knowledge(_apart: None) -> AsyncIterator[None]:
    await forget_everything()
    await taught("returns.txt", FACT)
    yield
    await forget_everything()


async def two() -> tuple[Person, Person]:
    """Two contacts of one sender, who are one person."""
    person = await Person.new()
    return person, Person(person.sender, await a_contact())


async def merge(stays: Person, goes: Person) -> None:
    await contacts.merge(SYSTEM, stays.contact, goes.contact)


async def test_the_turn_of_who_goes_is_answered_to_who_stays() -> None:
    stays, goes = await two()
    await goes.writes()
    await merge(stays, goes)
    await stays.is_answered()
    assert await stays.answer() == FACT.strip()
    assert len(await leave(stays.sender)) == 1


async def test_an_answer_that_is_made_meanwhile_goes_to_who_stays() -> None:
    stays, goes = await two()
    await goes.writes()
    turn = await goes.claimed()
    await merge(stays, goes)
    await answering.answer([turn])
    assert await stays.answer() == FACT.strip()
    assert len(await leave(stays.sender)) == 1


@pytest.mark.parametrize("claimed", [False, True])
async def test_of_two_turns_one_is_left_with_all_that_was_said(claimed: bool) -> None:
    stays, goes = await two()
    said = [await stays.writes("Hello"), await goes.writes()]
    taken = [await stays.claimed(), await goes.claimed()] if claimed else []
    await merge(stays, goes)
    await answering.answer(taken)
    assert await stays.answers() == []
    [left] = await BotTurn.filter(conversation_id__in=[await stays.id(), *(turn.conversation_id for turn in taken)])
    assert (left.message_ids, left.epoch) == (said, (await stays.conversation()).epoch)
    await stays.is_answered()
    assert await stays.answer() == FACT.strip()
    assert len(await leave(stays.sender)) == 1
    assert await stays.turn() is None


@pytest.mark.parametrize("asks", ["stays", "goes"])
@pytest.mark.parametrize("claimed", [False, True])
async def test_the_turn_of_either_is_that_of_both(asks: str, claimed: bool) -> None:
    stays, goes = await two()
    who, other = (stays, goes) if asks == "stays" else (goes, stays)
    await other.asks()
    await who.writes()
    taken = [await who.claimed()] if claimed else []
    await merge(stays, goes)
    await answering.answer(taken)
    if await stays.turn():
        await stays.is_answered()
    assert [each.content for each in await stays.answers()] == [FACT.strip()] * 2


async def test_what_is_queued_for_either_leaves() -> None:
    stays, goes = await two()
    for each in (stays, goes):
        await each.asks()
    # Of another epoch, as of those who have talked with people of ours before.
    for each, epoch in ((stays, 4), (goes, 7)):
        await connect.execute("UPDATE conversation SET epoch = $2 WHERE id = $1", await each.id(), epoch)
        await Message.filter(contact_id=each.contact, author="BOT").update(epoch=epoch)
    await merge(stays, goes)
    answers = await stays.answers()
    assert ({each.epoch for each in answers}, len(await leave(stays.sender))) == ({4}, 2)
    assert None not in [each.correlation_id for each in answers]


async def test_what_was_called_off_does_not_come_to_life() -> None:
    """In doubt as somebody took over, it would be sent again; the other conversation is in that epoch by now."""
    stays, goes = await two()
    await goes.asks()
    [answer] = await goes.answers()
    await Message.filter(id=answer.id).update(state="UNKNOWN", due_at=None, epoch=1)
    await connect.execute("UPDATE conversation SET epoch = 2 WHERE id = $1", await goes.id())
    await stays.writes()
    await merge(stays, goes)
    await Message.filter(id=answer.id).update(state="QUEUED", due_at=answer.due_at)
    assert [departure.id for departure in await leave(stays.sender)] == []
    assert await state_of(answer.id) == "CANCELLED"


async def test_where_a_person_of_ours_has_one_of_them_the_bot_is_silent() -> None:
    stays, goes = await two()
    await stays.asks()
    await leave(stays.sender)
    await goes.writes()
    await conversations.take_over(SYSTEM, {"id": await stays.id()})
    await merge(stays, goes)
    await stays.is_answered()
    assert (len(await stays.answers()), await stays.turn()) == (1, None)


async def test_who_turn_out_to_be_one_are_answered_each_and_once_they_are_merged_together() -> None:
    stays, goes = await two()
    for each in (stays, goes):
        await each.writes("Hello")
    async with transaction():
        await learn([Identity(each.contact, ContactIdentityType.WA_ID, stays.address[1:]) for each in (stays, goes)])
    [[other]] = await contacts.duplicates_of(SYSTEM, [stays.contact])
    assert other.id == goes.contact
    await goes.is_answered()
    assert len(await goes.answers()) == 1
    await stays.writes(QUESTION)
    await merge(stays, goes)
    await stays.is_answered()
    assert [each.content for each in await stays.answers()][1:] == [FACT.strip()]
    assert len(await leave(stays.sender)) == 2


async def test_conversations_are_locked_before_their_messages() -> None:
    """As by whoever takes over or reads: the other way round two would wait for each other."""
    stays, goes = await two()
    await stays.writes()
    await goes.writes()
    with statements() as found:
        await merge(stays, goes)
    locks = [sql for sql in found if "FOR UPDATE" in sql]
    conversations = next(n for n, sql in enumerate(locks) if "FROM conversation" in sql)
    messages = next(n for n, sql in enumerate(locks) if "FROM message" in sql)
    assert conversations < messages
