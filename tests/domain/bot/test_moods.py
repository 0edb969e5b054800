"""Moods and languages: what can be told of a text, and that the log's reader tells it of every message, once."""

import pytest

from db.conversations import Conversation
from db.core import connect
from db.core.transaction import transaction
from db.events import EventType, record
from db.messages import Message
from domain.bot import feelings, languages, moods
from tests.domain.bot.talking import Person
from tests.domain.bot.test_answering import set_to


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("where is my order?", "en"),
        ("meu pedido não chegou", "pt"),
        ("¿cuánto cuesta el envío?", "es"),
        ("où est ma commande ?", "fr"),
        ("ich möchte mit einem Mitarbeiter sprechen", "de"),
        ("где мой заказ?", "ru"),
        ("注文はどこですか", "ja"),
        ("我的订单在哪里", "zh"),
        ("안녕하세요", "ko"),
        ("👍", None),
        ("", None),
        ("12345", None),
    ],
)
def test_languages_of_short_texts(text: str, language: str | None) -> None:
    assert languages.detect(text) == language


@pytest.mark.parametrize(
    "text",
    [
        "I want to talk to a human",
        "can I speak with someone please?",
        "HUMAN!!",
        "agent",
        "quero falar com um atendente",
        "Posso falar com uma pessoa?",
        "quiero hablar con una persona",
        "je veux parler à un conseiller",
        "Ich möchte mit einem Mitarbeiter sprechen.",
        "vorrei parlare con un operatore",
        "ik wil een medewerker spreken, kan ik met iemand praten",
        "позовите оператора",
        "أريد التحدث مع موظف",
        "转人工",
        "オペレーターをお願いします",
        "상담원 연결해 주세요",
        "t\u200balk to a hu\u200bman",
    ],
)
def test_who_asks_for_a_person_is_understood(text: str) -> None:
    assert languages.asks_for_person(text)


@pytest.mark.parametrize(
    "text",
    [
        "where is my order?",
        "Is the cleaning agent safe for leather?",
        "quanto custa o frete",
        "Hablan inglés?",
        "what is human resources' phone number in the handbook",
        "",
    ],
)
def test_others_do_not_ask_for_a_person(text: str) -> None:
    assert not languages.asks_for_person(text)


@pytest.mark.parametrize(
    ("text", "language", "least", "most"),
    [
        ("This is the worst service ever, I am furious!!!", "en", -1, -0.7),
        ("Thanks, great help!", "en", 0.6, 1),
        ("where is my order?", "en", 0, 0),
        ("Que péssimo, vocês são ladrões!", "pt", -1, -0.6),
        ("Das ist eine Frechheit!!", "de", -1, -0.5),
        ("C'est scandaleux, je suis furieux", "fr", -1, -0.5),
        ("Estoy furioso, esto es una estafa", "es", -1, -0.6),
        ("Servizio pessimo", "it", -1, -0.5),
        ("não é ruim", "pt", 0.1, 1),
        ("😡", None, -1, -0.5),
        ("👍", None, 0.1, 1),
    ],
)
def test_moods(text: str, language: str | None, least: float, most: float) -> None:
    mood = feelings.rate(text, language)
    assert mood is not None
    assert least <= mood <= most


@pytest.mark.parametrize(("text", "language"), [("это ужасно", "ru"), ("bla", None), ("", None), ("   ", "tr")])
def test_what_cannot_be_told_is_not_told(text: str, language: str | None) -> None:
    assert feelings.rate(text, language) is None


async def received(person: Person, text: str) -> int:
    """What a contact wrote, as the log tells of it."""
    id = await person.writes(text)
    async with transaction():
        record(
            EventType.MESSAGE_RECEIVED, "Message", id, sender_id=person.sender, contact_id=person.contact, message_id=id
        )
    return id


async def all_rated() -> None:
    head = await connect.value("SELECT max(number) FROM event")
    while await connect.value("SELECT coalesce(max(number), -1) FROM event_reader WHERE name = 'moods'") < head:
        await moods.rate_new()


async def test_what_comes_in_is_rated_and_told_its_language() -> None:
    await moods.rate_new()
    person = await Person.new()
    ids = [
        await received(person, text) for text in ("Thank you, this is wonderful!", "Where is the shop, please?", "ok")
    ]
    await all_rated()
    found = [(await Message.get(id=id)).sentiment for id in ids]
    assert found[0] is not None
    assert found[0] > 0.5
    assert (await person.conversation()).language == "en"
    types = await connect.rows(
        "SELECT type FROM event WHERE subject_type = 'Conversation' AND subject_id = $1 ORDER BY number",
        await person.id(),
    )
    assert [row["type"] for row in types][-1] == "CONVERSATION_UPDATED"
    before = len(types)
    await received(person, "And when does it open, please?")
    await all_rated()
    # The language is the same: nothing is told of it again, only of the message that was heard.
    count = await connect.value(
        "SELECT count(*) FROM event WHERE subject_type = 'Conversation' AND subject_id = $1", await person.id()
    )
    assert count == before + 1


async def test_many_are_rated_look_by_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moods, "AT_ONCE", 3)
    await moods.rate_new()
    person = await Person.new()
    ids = [await received(person, "Thank you, this is wonderful!") for _ in range(8)]
    await all_rated()
    assert await Message.filter(id__in=ids, sentiment=None).count() == 0


async def test_off_means_not_rated() -> None:
    await moods.rate_new()
    person = await Person.new()
    async with set_to(features={"sentiment_analysis": False}):
        id = await received(person, "Thank you, this is wonderful!")
        await all_rated()
    await moods.rate_new()
    assert (await Message.get(id=id)).sentiment is None
    assert (await Conversation.get(id=await person.id())).language == "en"


async def test_a_models_rating_stands_against_the_lexicons() -> None:
    person = await Person.new()
    id = await received(person, "Thank you, this is wonderful!")
    await moods.keep([id], [-0.5], instead=True)
    await all_rated()
    assert (await Message.get(id=id)).sentiment == -0.5
