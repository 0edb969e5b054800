"""A person takes over while the bot is about to answer: whoever is first, the bot never speaks after the person."""

import asyncio
import random
import secrets
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio

from domain.settings import READ_SECONDS
from tests.faults.conftest import Installation

FACT = "Returns. You may return shoes within thirty days of purchase, free of charge, with the receipt.\n"
QUESTION = "May I return shoes?"
DEBOUNCE = 0.3
AT_ONCE = 20
TAKE_OVER = "mutation ($p: PhoneNumber!) { takeOverConversation(conversation: { phoneNumber: $p }) { handler } }"
SETTINGS = "mutation ($input: SettingsInput!) { updateSettings(input: $input) { bot { debounce } } }"
UPLOAD = "mutation ($input: CreateUploadInput!) { createUpload(input: $input) { url headers file { id } } }"
INDEXING = "query ($id: ID!) { node(id: $id) { ... on File { indexing { status } } } }"


@dataclass
class Race:
    """A person of ours against the bot, in one conversation."""

    number: str
    taken_at: float
    """When the takeover was answered."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def bot(installation: Installation) -> AsyncIterator[Installation]:
    """The usual installation, where the bot knows something and nobody counts mutations."""
    installation.api.program.stop()
    installation.api.program.environment["RATE_LIMITS"] = "off"
    installation.api.program.start()
    content = FACT.encode()
    given = {"name": "returns.txt", "sizeBytes": len(content), "purpose": "KNOWLEDGE"}
    upload = (await installation.data(UPLOAD, input=given))["createUpload"]
    await installation.api.http.put(upload["url"], content=content, headers=upload["headers"])
    await installation.until(
        INDEXING, lambda found: found["node"]["indexing"]["status"] == "COMPLETED", id=upload["file"]["id"]
    )
    await installation.data(SETTINGS, input={"bot": {"debounce": DEBOUNCE}})
    await installation.sender()
    # API and worker read the settings anew by then.
    await asyncio.sleep(READ_SECONDS + 0.5)
    yield installation


async def race(installation: Installation, after: float) -> Race:
    """Somebody asks, and so many seconds later a person takes over."""
    number = f"35191{secrets.randbelow(10**7):07d}"
    asked = {"phone_number_id": "106540352242922", "from": number, "text": QUESTION}
    await asyncio.to_thread(lambda: installation.simulator.post("inbound", **asked))
    await asyncio.sleep(after)
    end = time.monotonic() + 20
    while "errors" in (answer := await installation.api.gql(TAKE_OVER, {"p": number})):
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["NOT_FOUND"]
        assert time.monotonic() < end
        await asyncio.sleep(0.01)
    return Race(number, time.time())


@pytest.mark.parametrize("races", [60, pytest.param(1000, marks=[pytest.mark.soak, pytest.mark.timeout(600)])])
async def test_the_bot_never_speaks_after_whoever_took_over(bot: Installation, races: int) -> None:
    # Around the moment at which the answer leaves, which an idle machine reaches right after the debounce.
    moments = [random.uniform(0, 4 * DEBOUNCE) for _ in range(races)]
    room = asyncio.Semaphore(AT_ONCE)

    async def run(after: float) -> Race:
        async with room:
            return await race(bot, after)

    done = await asyncio.gather(*map(run, moments))
    await bot.until_rows("SELECT 1 FROM bot_turn", 0)
    await bot.until_rows(
        "SELECT 1 FROM message WHERE author = 'BOT' AND (due_at IS NOT NULL OR lease_until IS NOT NULL)", 0
    )
    accepted: dict[str, list[float]] = {}
    for row in await bot.ledger():
        accepted.setdefault(row["to"].removeprefix("+"), []).append(row["accepted_at"])
    told = {each.number: accepted.get(each.number, []) for each in done}
    assert [number for number, times in told.items() if len(times) > 1] == []
    late = {each.number: told[each.number][0] - each.taken_at for each in done if told[each.number]}
    assert {number: by for number, by in late.items() if by > 0} == {}
    assert 0 < len(late) < races, "all races had the same winner"
    rows = await bot.fetch("SELECT state FROM message WHERE author = 'BOT'")
    assert {row["state"] for row in rows} <= {"SENT", "DELIVERED", "READ", "CANCELLED"}
