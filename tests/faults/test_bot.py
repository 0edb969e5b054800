"""The bot where things break: crowds with bursts and repeated posts, workers and Redis killed in the middle."""

import asyncio
import random
import secrets
import time
from collections import Counter
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from tests.domain.bot.talking import FACT, QUESTION
from tests.faults.conftest import Installation
from tests.faults.test_redis import down

NUMBER = "106540352242922"
DEBOUNCE = 1.0
UPLOAD = """mutation ($input: CreateUploadInput!) { createUpload(input: $input) { url file { id } } }"""


@pytest_asyncio.fixture(scope="module", loop_scope="session", autouse=True)
async def knowledge(installation: Installation) -> AsyncIterator[None]:
    await installation.sender()
    rules = {"bot": {"debounce": DEBOUNCE}}
    await installation.data("mutation ($i: SettingsInput!) { updateSettings(input: $i) { version } }", i=rules)
    given = {"name": "returns.txt", "sizeBytes": len(FACT), "purpose": "KNOWLEDGE"}
    made = (await installation.data(UPLOAD, input=given))["createUpload"]
    async with httpx.AsyncClient(trust_env=False) as client:
        assert (await client.put(made["url"], content=FACT.encode())).status_code < 300
    await installation.until_rows("SELECT 1 FROM file_reading WHERE status = 'COMPLETED'", 1)
    # Who takes posts up follows the settings by then.
    await asyncio.sleep(3)
    yield


def guests(count: int) -> list[str]:
    """Numbers of Portugal, which the simulator knows people by as they are."""
    first = secrets.randbelow(10**7 - count)
    return [f"+35192{first + n:07d}" for n in range(count)]


async def write(installation: Installation, people: list[str], *, most: int = 5) -> None:
    """Everybody writes a burst at once, and all that was posted is posted again."""
    chance = random.Random(len(people))
    openings = ("Hello", "I have a question", "about shoes")
    texts = [[*openings[: chance.randrange(most - 1)], QUESTION] for _ in people]
    url = f"{installation.simulator.url}/_simulator"
    async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
        # Their first messages, then their second: a burst is not one post.
        for place in range(most):
            said = [
                {"phone_number_id": NUMBER, "from": person[1:], "text": of_one[place]}
                for person, of_one in zip(people, texts, strict=True)
                if place < len(of_one)
            ]
            if said:
                answer = await client.post(f"{url}/inbound", json=said)
                assert answer.status_code < 300, answer.text
        answer = await client.post(f"{url}/webhooks/replay", json={"which": "all"})
        assert answer.status_code < 300


async def taken_up(installation: Installation, people: list[str]) -> None:
    """The last word of each has come in."""
    sql = "SELECT 1 FROM message WHERE direction = 'INBOUND' AND content = $1 AND address = ANY($2)"
    await installation.until_rows(sql, len(people), QUESTION, people)


async def heard(installation: Installation, people: list[str]) -> Counter[str]:
    """How often each of them was answered, by what the simulator has accepted."""
    wanted = set(people)
    return Counter(
        number for each in await installation.ledger() if (number := f"+{str(each['to']).removeprefix('+')}") in wanted
    )


async def each_is_answered_once(installation: Installation, people: list[str], *, seconds: float = 120) -> None:
    await taken_up(installation, people)
    await settled(installation, seconds=seconds)
    assert await heard(installation, people) == Counter(dict.fromkeys(people, 1))


async def settled(installation: Installation, *, seconds: float = 120) -> None:
    """Nothing is left to take up, to answer or to send."""
    left = """SELECT 1 FROM (SELECT 1 FROM inbound_post WHERE done_at IS NULL UNION ALL SELECT 1 FROM bot_turn
      UNION ALL SELECT 1 FROM message WHERE state IN ('QUEUED', 'CLAIMED', 'IN_FLIGHT', 'UNKNOWN')) AS x"""
    end = time.monotonic() + seconds
    while rows := await installation.fetch(left):
        assert time.monotonic() < end, f"{len(rows)} are left"
        await asyncio.sleep(0.1)


@pytest.mark.timeout(300)
async def test_a_crowd_is_answered_once_each(installation: Installation) -> None:
    people = guests(500)
    await write(installation, people)
    await each_is_answered_once(installation, people)


async def test_a_killed_worker_loses_and_doubles_nothing(installation: Installation) -> None:
    people = guests(120)
    await write(installation, people)
    for _ in range(3):
        await asyncio.sleep(0.5)
        await installation.kill_worker()
        installation.worker.start()
        await installation.pass_time("CLAIMED", "IN_FLIGHT")
        await installation.fetch("UPDATE bot_turn SET lease_until = now() WHERE lease_until IS NOT NULL")
    await each_is_answered_once(installation, people)


async def test_a_worker_killed_with_turns_in_its_hands(installation: Installation) -> None:
    """Somebody holds a conversation, so the worker has claimed its turn and cannot end it."""
    people = guests(20)
    await write(installation, people, most=2)
    await installation.until_rows("SELECT 1 FROM bot_turn", len(people))
    async with installation.locked("SELECT id FROM conversation FOR UPDATE"):
        await installation.until_rows("SELECT 1 FROM bot_turn WHERE lease_until IS NULL", 0)
        await installation.kill_worker()
    installation.worker.start()
    await each_is_answered_once(installation, people)


async def test_a_killed_redis_loses_and_doubles_nothing(installation: Installation) -> None:
    people = guests(100)
    await write(installation, people)
    await taken_up(installation, people)
    with down(installation):
        await asyncio.sleep(2 * DEBOUNCE)
    await each_is_answered_once(installation, people)


async def test_two_workers_answer_once(installation: Installation) -> None:
    people = guests(150)
    with installation.workers(2):
        await write(installation, people)
        await each_is_answered_once(installation, people)
