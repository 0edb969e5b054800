"""The bot in the whole: somebody writes in the simulator, and hears a passage of the knowledge."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from db.bot import FileReading
from db.contacts import JobStatus
from db.core import connect
from db.senders import Sender
from domain import settings
from domain.core.access import SYSTEM
from tests import factories
from tests.domain.bot.knowing import forget_everything, given_to_read
from tests.domain.bot.talking import FACT, QUESTION
from tests.running import Api, Program, Simulator

DEBOUNCE = 0.5


@pytest_asyncio.fixture(autouse=True, scope="module", loop_scope="session")
async def knowledge(api: Api, worker: Program) -> AsyncIterator[None]:
    """What the bot knows here, and forgets for the other tests of this database."""
    await forget_everything()  # that others had it read
    await settings.update(SYSTEM, {"bot": {"debounce": DEBOUNCE}})
    file = await given_to_read("returns.txt", FACT)
    async with asyncio.timeout(20):
        while not await FileReading.filter(file_id=file.id, status=JobStatus.COMPLETED).exists():  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    # The API and the worker have read the settings by now.
    await asyncio.sleep(settings.READ_SECONDS + 0.5)
    yield
    await forget_everything()
    await settings.update(SYSTEM, {"bot": {"debounce": None}})


class Guest:
    """Somebody who writes in the simulator."""

    def __init__(self, simulator: Simulator, sender: Sender) -> None:
        self.simulator = simulator
        # Of Portugal: the simulator knows people of Brazil by another number than they are written to.
        self.number = f"+35191{secrets.randbelow(10**7):07d}"
        self.chat = f"chats/{sender.phone_number_id}/{self.number[1:]}"

    def writes(self, text: str) -> None:
        self.simulator.post(self.chat, text=text)

    def hears(self) -> list[str]:
        return [entry["text"] for entry in self.simulator.get(self.chat)["entries"] if entry["mine"]]

    async def has_heard(self, count: int, *, seconds: float = 15) -> list[str]:
        end = time.monotonic() + seconds
        while len(found := self.hears()) < count:
            assert time.monotonic() < end, self.simulator.get(self.chat)
            await asyncio.sleep(0.05)
        return found


@pytest.fixture
async def guest(simulator: Simulator) -> Guest:
    return Guest(simulator, await factories.sender(bot_enabled=True))


GENERATION = """query ($n: String!) { conversations(filter: {search: $n}, first: 1) { edges { node {
  status handler messages(first: 1) { edges { node { author content
    generation { model confidenceScore processingTimeMs tokens sources { passage score file { name } } }
  } } } } } } }"""


async def test_a_passage_comes_back_as_the_answer_once(api: Api, guest: Guest) -> None:
    for text in ("Hello", "I have a question:", QUESTION):
        guest.writes(text)
    assert await guest.has_heard(1) == [FACT.strip()]
    answer = await asked(api, guest)
    assert (answer["author"], answer["content"]) == ("BOT", FACT.strip())
    made = answer["generation"]
    assert (made["model"], made["tokens"]) == (None, 0)
    assert made["confidenceScore"] >= 0.5
    assert made["sources"] == [
        {"passage": FACT.strip(), "score": made["confidenceScore"], "file": {"name": "returns.txt"}}
    ]
    guest.writes(QUESTION)
    assert await guest.has_heard(2) == [FACT.strip()] * 2


async def asked(api: Api, guest: Guest) -> dict[str, Any]:
    found = await api.data(GENERATION, n=guest.number[1:])
    return found["conversations"]["edges"][0]["node"]["messages"]["edges"][0]["node"]


async def test_what_contacts_write_is_rated_and_told_its_language(guest: Guest) -> None:
    for text in ("Thank you, this is wonderful!", "May I return these shoes to the shop, please?"):
        guest.writes(text)
    sql = """SELECT m.content, m.sentiment, v.language FROM message m
      JOIN contact_phone p ON p.contact_id = m.contact_id JOIN conversation v ON v.contact_id = m.contact_id
      WHERE p.phone_number = $1 AND m.direction = 'INBOUND' ORDER BY m.id"""
    async with asyncio.timeout(15):
        while True:
            rows = await connect.rows(sql, guest.number)
            if len(rows) == 2 and all(row["sentiment"] is not None and row["language"] for row in rows):
                break
            await asyncio.sleep(0.1)
    assert {row["language"] for row in rows} == {"en"}
    assert rows[0]["sentiment"] > 0.5
