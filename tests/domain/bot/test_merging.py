"""Two contacts become one while the bot is about to answer either: each question has one answer."""

from collections.abc import AsyncIterator

import pytest_asyncio

from db.conversations import BotTurn
from db.core import connect
from domain import contacts
from domain.bot import answering
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
    """Who stays, and who is the same person."""
    stays = await Person.new()
    return stays, Person(stays.sender, await a_contact())


async def merge(stays: Person, goes: Person) -> None:
    await contacts.merge(SYSTEM, stays.contact, goes.contact)


async def test_what_both_have_asked_is_one_turn() -> None:
    stays, goes = await two()
    said = [await stays.writes("Hello"), await goes.writes(QUESTION)]
    gone = await goes.id()
    await merge(stays, goes)
    turn = await stays.turn()
    assert turn is not None
    assert turn.message_ids == said
    assert not await BotTurn.filter(conversation_id=gone).exists()
    await stays.is_answered()
    assert await stays.answer() == FACT.strip()


async def test_a_question_of_the_duplicate_alone_is_answered_by_whoever_comes_first() -> None:
    stays, goes = await two()
    await stays.writes()
    await stays.is_answered()
    await connect.execute("UPDATE conversation SET epoch = 7 WHERE id = $1", await stays.id())
    await goes.writes()
    late = await goes.claimed()
    await merge(stays, goes)
    await answering.answer([late])
    assert len(await stays.answers()) == 1
    await stays.is_answered()
    assert [each.epoch for each in await stays.answers()] == [0, 7]


async def test_an_answer_that_waits_leaves_and_one_that_is_late_does_not() -> None:
    stays, goes = await two()
    await stays.writes()
    await connect.execute("UPDATE conversation SET epoch = 1 WHERE id = $1", await stays.id())
    for epoch in (1, 3):
        await goes.writes()
        await connect.execute("UPDATE conversation SET epoch = $2 WHERE id = $1", await goes.id(), epoch)
        await connect.execute("UPDATE bot_turn SET epoch = $2 WHERE conversation_id = $1", await goes.id(), epoch)
        await goes.is_answered()
    late, good = await goes.answers()
    await merge(stays, goes)
    assert [departure.id for departure in await leave(stays.sender)] == [good.id]
    assert await state_of(late.id) == "CANCELLED"


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
