"""What the bot makes of what a contact says, without a language model."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest
import pytest_asyncio

from db.bot import Generation
from db.core import connect
from db.messages import Message
from domain import conversations, settings
from domain.bot import languages, turns
from domain.core.access import SYSTEM
from tests.domain.bot.knowing import forget_everything, taught
from tests.domain.bot.talking import FACT, Person, generation_of
from tests.domain.messages.surroundings import a_message


@pytest_asyncio.fixture(autouse=True, scope="module", loop_scope="session")
async def knowledge(_apart: None) -> AsyncIterator[None]:
    await forget_everything()
    await taught("returns.txt", FACT)
    yield
    await forget_everything()


@asynccontextmanager
async def set_to(**sections: Mapping[str, Any]) -> AsyncIterator[None]:
    """Settings, for a while."""
    await settings.update(SYSTEM, sections)
    try:
        yield
    finally:
        await settings.update(SYSTEM, {name: dict.fromkeys(values) for name, values in sections.items()})


async def test_the_best_passage_is_the_answer_and_names_its_source() -> None:
    person = await Person.new()
    assert await person.asks() == FACT.strip()
    [answer] = await person.answers()
    conversation = await person.conversation()
    assert (answer.direction, answer.state, answer.purpose, answer.type) == ("OUTBOUND", "QUEUED", "UTILITY", "TEXT")
    assert (answer.epoch, answer.address) == (conversation.epoch, person.address)
    assert (conversation.last_message_id, conversation.misunderstood, conversation.unread_count) == (answer.id, 0, 1)
    made = await generation_of(answer)
    assert (made.model, made.tokens) == (None, 0)
    assert 0.5 <= made.confidence <= 1
    assert 0 <= made.processing_ms < 5000
    assert [source["passage"] for source in made.sources] == [FACT.strip()]
    assert made.sources[0]["score"] == made.confidence
    assert await person.turn() is None


async def test_several_messages_have_one_answer() -> None:
    person = await Person.new()
    for text in ("Hello", "I have a question", "May I return", "shoes?"):
        await person.writes(text)
    await person.is_answered()
    assert await person.answer() == FACT.strip()


async def test_what_is_not_understood_is_asked_for_once_more_and_then_a_person_is_called() -> None:
    person = await Person.new()
    assert await person.asks("Quelle heure est-il maintenant ?") == languages.rephrase("fr", "en")
    assert (await person.conversation()).misunderstood == 1
    assert await person.asks("Il fait beau aujourd'hui") is None
    conversation = await person.conversation()
    assert (conversation.status, conversation.escalation_reason) == ("ESCALATED", "MISUNDERSTOOD")
    assert await person.turn() is None


async def test_an_answer_in_between_forgives_a_misunderstanding() -> None:
    person = await Person.new()
    await person.asks("Quelle heure est-il maintenant ?")
    assert await person.asks() == FACT.strip()
    assert (await person.conversation()).misunderstood == 0


async def test_below_the_threshold_a_person_is_called() -> None:
    person = await Person.new()
    async with set_to(bot={"escalation_threshold": 1.0}):
        assert await person.asks("May I return shoes to the shop in Lisbon with a receipt of yours?") is None
    conversation = await person.conversation()
    assert (conversation.status, conversation.escalation_reason) == ("ESCALATED", "LOW_CONFIDENCE")
    assert "Lisbon" in (conversation.escalation_note or "")


@pytest.mark.parametrize(
    ("text", "reason"),
    [("I want to talk to a human", "REQUESTED"), ("This is the worst service ever, I am furious!!!", "BAD_MOOD")],
)
async def test_a_person_is_called_for_who_asks_for_one_or_is_upset(text: str, reason: str) -> None:
    person = await Person.new()
    assert await person.asks(text) is None
    conversation = await person.conversation()
    assert (conversation.status, conversation.escalation_reason) == ("ESCALATED", reason)
    assert text in (conversation.escalation_note or "")


@pytest.mark.parametrize("text", ["I want to talk to a human", "This is the worst service ever, I am furious!!!"])
async def test_without_automatic_escalation_the_bot_goes_on(text: str) -> None:
    person = await Person.new()
    async with set_to(features={"auto_escalation": False}):
        assert await person.asks(text) == languages.rephrase("en", "en")
        assert await person.asks("Il fait beau aujourd'hui") is None
        conversation = await person.conversation()
        assert (conversation.status, conversation.escalation_reason) == ("ACTIVE", None)
        assert await person.asks() == FACT.strip()


async def answered(person: Person, times: int) -> None:
    """The bot has said so much lately."""
    for _ in range(times):
        epoch = (await person.conversation()).epoch
        await a_message(person.sender, person.contact, author="BOT", epoch=epoch, state="SENT", due_at=None)


async def test_two_bots_do_not_answer_each_other_for_ever() -> None:
    person = await Person.new()
    assert await person.asks() == FACT.strip()
    await answered(person, turns.MOST_ANSWERS - 2)
    assert await person.asks() == FACT.strip()
    assert await person.asks() is None
    conversation = await person.conversation()
    assert (conversation.status, conversation.escalation_reason) == ("ESCALATED", "TOO_MANY_ANSWERS")
    assert "30 times" in (conversation.escalation_note or "")
    await conversations.hand_back(SYSTEM, {"id": conversation.id})
    assert await person.asks() == FACT.strip()


async def test_what_was_answered_before_a_person_wrote_or_an_hour_ago_does_not_count() -> None:
    person, other = await Person.new(), await Person.new()
    for each in (person, other):
        await each.asks()
        await answered(each, turns.MOST_ANSWERS)
    await conversations.send(SYSTEM, to={"id": await person.id()}, message={"text": "Rita here."})
    assert await person.asks() == FACT.strip()
    await connect.execute(
        "UPDATE message SET created_at = now() - interval '61 minutes' WHERE contact_id = $1", other.contact
    )
    assert await other.asks() == FACT.strip()


async def test_without_automatic_escalation_two_bots_fall_silent() -> None:
    person = await Person.new()
    await person.asks()
    await answered(person, turns.MOST_ANSWERS)
    async with set_to(features={"auto_escalation": False}):
        assert await person.asks() is None
    assert ((await person.conversation()).status, await person.turn()) == ("ACTIVE", None)


async def test_without_the_rating_of_moods_nobody_is_upset() -> None:
    text = "This is terrible, I am furious! May I return shoes within thirty days of purchase?"
    upset, person = await Person.new(), await Person.new()
    assert await upset.asks(text) is None
    assert (await upset.conversation()).escalation_reason == "BAD_MOOD"
    async with set_to(features={"sentiment_analysis": False}):
        assert await person.asks(text) == FACT.strip()


async def test_without_looking_things_up_the_bot_knows_nothing() -> None:
    person = await Person.new()
    await person.writes()
    async with set_to(features={"rag_enabled": False}):
        await person.is_answered()
        assert await person.answer() == languages.rephrase("en", "en")


async def test_where_one_language_is_spoken_it_is_that_of_the_settings() -> None:
    person = await Person.new()
    async with set_to(features={"multilingual_support": False}, bot={"language": "pt"}):
        assert await person.asks("Quelle heure est-il maintenant ?") == languages.rephrase("pt", "en")


async def test_a_picture_without_words_is_not_understood_and_one_with_words_is() -> None:
    person = await Person.new()
    assert await person.asks("Image", type="IMAGE") == languages.rephrase("en", "en")
    assert await person.asks("May I return shoes?", type="IMAGE") == FACT.strip()


async def test_what_was_taken_back_is_not_answered() -> None:
    person = await Person.new()
    message = await person.writes()
    await Message.filter(id=message).update(revoked_at=await connect.value("SELECT now()"))
    await person.is_answered()
    assert await person.answers() == []
    assert await person.turn() is None


async def test_an_answer_is_cut_to_what_is_allowed() -> None:
    person = await Person.new()
    async with set_to(limits={"max_message_length": 20}):
        answer = await person.asks()
        assert answer is not None
        assert answer == FACT[:19].rstrip() + "…"


async def test_the_messages_of_an_answer_have_one_generation_each() -> None:
    person = await Person.new()
    await person.asks()
    await person.asks()
    ids = [answer.id for answer in await person.answers()]
    assert await Generation.filter(message_id__in=ids).count() == len(ids) == 2
