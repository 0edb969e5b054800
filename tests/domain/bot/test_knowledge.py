"""What the bot knows: files as they are read, and passages as they are found."""

import pytest

from db.contacts import JobStatus
from db.core import connect
from domain import files
from domain.bot.knowledge import indexing
from domain.bot.knowledge.finding import search, search_all
from domain.core.access import SYSTEM
from domain.files import tending
from tests.domain.bot.knowing import forget_everything, given_to_read, passages_of, reading_of, taught
from tests.domain.conversations.surroundings import a_conversation
from tests.domain.files.surroundings import events_of

HOURS = "The shop is open from nine to five on weekdays.\n\nThere is parking behind the house."


@pytest.fixture(autouse=True)
async def _knowing_nothing() -> None:
    await forget_everything()


async def test_a_text_is_read_and_answers() -> None:
    file = await taught("hours.txt", HOURS)
    reading = await reading_of(file)
    assert (reading.status, reading.progress, reading.passages, reading.error_message) == (
        JobStatus.COMPLETED,
        1.0,
        1,
        None,
    )
    assert await passages_of(file) == [HOURS.replace("\n\n", "\n")]
    [found] = await search("When is the shop open?", conversation_id=None)
    assert (found.file_id, found.text, found.score) == (file.id, HOURS.replace("\n\n", "\n"), 1.0)
    assert await search("Ocelots", conversation_id=None) == []


async def test_a_deleted_file_answers_nothing_at_once_and_is_forgotten() -> None:
    file = await taught("hours.txt", HOURS)
    await files.delete(SYSTEM, file.id)
    assert await search("When is the shop open?", conversation_id=None) == []
    await tending.tend()
    assert await passages_of(file) == []


async def test_a_file_that_is_deleted_while_it_waits_is_not_read() -> None:
    file = await given_to_read("hours.txt", HOURS)
    await files.delete(SYSTEM, file.id)
    await indexing.read_file(file.id)
    assert (await reading_of(file)).status is JobStatus.QUEUED
    assert await passages_of(file) == []


async def test_each_step_is_told() -> None:
    file = await taught("hours.txt", HOURS)
    # It came, is read, has passages, is done.
    assert await events_of(file.id) == ["FILE_UPDATED"] * 4


async def test_what_is_read_is_not_read_again() -> None:
    file = await taught("hours.txt", HOURS)
    before = await connect.value("SELECT max(id) FROM passage")
    await indexing.read_file(file.id)
    assert await connect.value("SELECT max(id) FROM passage") == before
    assert (await reading_of(file)).status is JobStatus.COMPLETED


async def test_knowledge_of_a_conversation_is_for_that_one_alone() -> None:
    conversation = await a_conversation()
    file = await taught("own.txt", "Your order 77 is red.", conversation_id=conversation)
    assert [found.file_id for found in await search("order 77", conversation_id=conversation)] == [file.id]
    assert await search("order 77", conversation_id=None) == []
    assert await search("order 77", conversation_id=conversation + 1) == []


async def test_what_others_were_given_weighs_nothing_in_a_question() -> None:
    """Neither how rare a word is, nor which word was meant, hangs on files that must not be known here."""
    await taught("general.txt", "Bicycles are assembled in a week. Delivery of a bicycle costs ten euros.")
    alone = [
        found.score for found in await search("Are bicycles assembled, and the helicopters?", conversation_id=None)
    ]
    conversation = await a_conversation()
    for name in ("a.txt", "b.txt"):
        await taught(name, "Helicopters are assembled, and so are bicycles.", conversation_id=conversation)
    gone = await taught("c.txt", "Helicopters are assembled, and bicycles.")
    await connect.execute("UPDATE file SET deleted_at = now() WHERE id = $1", gone.id)
    question = "Are bicycles assembled, and the helicopters?"
    assert [found.score for found in await search(question, conversation_id=None)] == alone
    assert await search("helicoptres", conversation_id=None) == []
    assert len(await search("helicoptres", conversation_id=conversation)) == 2


async def test_many_questions_at_once_find_what_each_finds_alone() -> None:
    one, other = await a_conversation(), await a_conversation()
    await taught("hours.txt", HOURS)
    await taught("returns.txt", "Returns. Shoes may be returned within thirty days, with the receipt.")
    await taught("devolver.txt", "Os sapatos podem ser devolvidos em trinta dias, com o recibo e a caixa.")
    await taught("order.txt", "Your order 4711 lies in the shop, behind the counter.", conversation_id=one)
    asked = [
        (question, of)
        for question in (
            "When is the shop open?",
            "May I retrun shoes?",
            "Posso devolver os sapatos?",
            "Ocelots",
            "",
            "?!",
        )
        for of in (None, one, other)
    ]
    alone = [await search(question, conversation_id=of) for question, of in asked]
    assert await search_all(asked) == alone
    [mine] = await search_all([("Where does order 4711 lie?", one)], most=1)
    assert mine[0].text.startswith("Your order 4711")
    assert [found.text for [found, *_] in await search_all([("Is the shop open?", of) for of in (one, other)])]
    assert await search_all([]) == []
