"""Passages found by their meaning, where an endpoint for embeddings is set."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from aiohttp import web

from db.core import connect
from db.core.settings import get_settings
from domain import files
from domain.bot.knowledge import embedding
from domain.bot.knowledge.finding import search
from domain.core.access import SYSTEM
from tests.domain.bot.knowing import forget_everything, taught
from tests.domain.conversations.surroundings import a_conversation
from tests.domain.providers.serving import Handler, garbage, odd_status, request, serving
from tests.embeddings import Endpoint, endpoint, vector

FACTS = [
    "Helmets come in red and blue.",
    "Mudguards are screwed to the frame.",
    "Bells ring when they are turned.",
    "Saddles want leather grease in spring.",
    "Tyres are pumped to four bar.",
    "Chains are oiled every month.",
    "Lamps have a dynamo in the hub.",
    "Locks weigh two kilograms.",
]
FLIGHT = "No airline takes it."
QUESTION = "Can I fly with it?"


@pytest.fixture(autouse=True)
async def _knowing_nothing() -> None:
    await forget_everything()


@pytest_asyncio.fixture(loop_scope="session")
async def meanings(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Endpoint]:
    async with endpoint() as serving:
        monkeypatch.setenv("OPENAI_BASE_URL", serving.url)
        monkeypatch.setenv("OPENAI_API_KEY", "a-key")
        monkeypatch.setenv("OPENAI_EMBEDDING_MODEL", "meanings-1")
        get_settings.cache_clear()
        yield serving
    monkeypatch.undo()
    get_settings.cache_clear()


async def embedded() -> None:
    while await embedding.embed_passages():
        pass


async def kept() -> list[str]:
    """Models of the embeddings of what is known."""
    rows = await connect.rows(
        "SELECT e.model FROM passage_embedding e JOIN passage p ON p.id = e.passage_id JOIN file f ON f.id = p.file_id"
        " WHERE f.deleted_at IS NULL ORDER BY p.id"
    )
    return [row["model"] for row in rows]


async def test_what_is_said_in_other_words_is_found(meanings: Endpoint) -> None:
    for number, fact in enumerate([*FACTS, FLIGHT]):
        await taught(f"{number}.txt", fact)
    assert await search(QUESTION, conversation_id=None) == []
    await embedded()
    assert await kept() == ["meanings-1"] * 9
    assert meanings.keys[-1] == "Bearer a-key"
    found = await search(QUESTION, conversation_id=None)
    assert (found[0].text, found[0].score >= 0.5) == (FLIGHT, True)
    # Words count besides.
    by_words = await search("Do bells ring?", conversation_id=None)
    assert (by_words[0].text, by_words[0].score > 0.75) == (FACTS[2], True)
    # What has nothing to do with it stays below.
    assert (await search("Zebras?", conversation_id=None))[0].score < 0.5


async def test_many_passages_are_asked_for_in_batches_and_each_once(meanings: Endpoint) -> None:
    await taught("a.csv", "a,b\n" + "".join(f"{n},thing {n}\n" for n in range(embedding.BATCH + 10)))
    await asyncio.gather(embedded(), embedded())
    assert await kept() == ["meanings-1"] * (embedding.BATCH + 10)
    asked = len(meanings.asked)
    await embedded()
    assert len(meanings.asked) == asked


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, b""),
        (429, b"{}"),
        (200, b"<html>"),
        (200, b'{"data": []}'),
        (200, b'{"data": [{"index": 0, "embedding": ["x"]}]}'),
        (200, b'{"data": [{"index": 0, "embedding": [1e999]}]}'),
        (200, b'{"data": [{"index": 0, "embedding": [1e300]}]}'),
        (200, b'{"data": [{"index": 0, "embedding": [%s]}]}' % (b"9" * 400)),
        (200, b'{"data": [{"index": 0, "embedding": [0, 0]}]}'),
        (200, b'{"data": [{"index": 0, "embedding": []}]}'),
        (200, b'{"data": [{"index": 0, "embedding": [0.5]}]}'),
        (200, b'{"data": 7}'),
        (200, b"[" * 100_000),
    ],
)
async def test_an_endpoint_that_answers_nonsense_leaves_the_words(meanings: Endpoint, status: int, body: bytes) -> None:
    await taught("a.txt", FACTS[0])
    meanings.answer = web.Response(status=status, body=body)
    await embedding.embed_passages()
    found = await search("Which helmets are blue?", conversation_id=None)
    assert found[0].text == FACTS[0]
    meanings.answer = None
    await embedded()
    assert (await search("Which helmets are blue?", conversation_id=None))[0].text == FACTS[0]


async def test_an_endpoint_that_is_away_or_slow_leaves_the_words(
    meanings: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    await taught("a.txt", FACTS[0])
    await embedded()
    monkeypatch.setattr(embedding, "PATIENCE", 0.2)
    meanings.pause = 1.0
    assert (await search("Which helmets are blue?", conversation_id=None))[0].text == FACTS[0]
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    get_settings.cache_clear()
    assert (await search("Which helmets are blue?", conversation_id=None))[0].text == FACTS[0]
    assert not await embedding.embed_passages()


async def trickle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Each byte comes within any limit on a single one."""
    await request(reader)
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while not writer.is_closing():
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.05)


async def flood(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await request(reader)
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while not writer.is_closing():
        writer.write(b" " * 65_536)
        await writer.drain()


@pytest.mark.parametrize("handler", [trickle, flood, garbage, odd_status])
async def test_an_endpoint_that_never_ends_or_speaks_something_else_leaves_the_words(
    meanings: Endpoint, monkeypatch: pytest.MonkeyPatch, handler: Handler
) -> None:
    await taught("a.txt", FACTS[0])
    await embedded()
    monkeypatch.setattr(embedding, "PATIENCE", 0.5)
    async with serving(handler) as url:
        monkeypatch.setenv("OPENAI_BASE_URL", url)
        get_settings.cache_clear()
        begun = time.monotonic()
        assert (await search("Which helmets are blue?", conversation_id=None))[0].text == FACTS[0]
        assert time.monotonic() - begun < 5


async def test_another_model_asks_for_all_of_them_anew(meanings: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    await taught("a.txt", FACTS[0])
    await embedded()
    monkeypatch.setenv("OPENAI_EMBEDDING_MODEL", "meanings-2")
    get_settings.cache_clear()
    # Until then nothing is compared with vectors of another model.
    assert await search(QUESTION, conversation_id=None) == []
    await embedded()
    assert await kept() == ["meanings-2"]


async def test_meaning_too_keeps_to_what_may_be_known(meanings: Endpoint) -> None:
    conversation = await a_conversation()
    own = await taught("own.txt", FLIGHT, conversation_id=conversation)
    gone = await taught("gone.txt", FLIGHT)
    await embedded()
    await files.delete(SYSTEM, gone.id)
    assert {found.file_id for found in await search(QUESTION, conversation_id=conversation)} == {own.id}
    assert await search(QUESTION, conversation_id=None) == []


async def test_without_pgvector_words_do_alone(meanings: Endpoint) -> None:
    await taught("a.txt", FACTS[0])
    await connect.execute("ALTER TABLE passage_embedding RENAME TO gone")
    try:
        assert not await embedding.embed_passages()
        await embedding.ring_if_missing()
        assert (await search("Which helmets are blue?", conversation_id=None))[0].score > 0.75
    finally:
        await connect.execute("ALTER TABLE gone RENAME TO passage_embedding")


def test_the_stand_in_says_the_same_of_the_same() -> None:
    assert vector("fly") == vector("airline")
    assert vector("helmet") != vector("airline")
