"""Workers killed while a language model writes an answer, and while a person takes over from it."""

import asyncio
import random
import secrets
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
import pytest_asyncio
from aiohttp import web

from domain.conversations.hearing import MOST_DEBOUNCES
from domain.settings import READ_SECONDS
from tests.domain.bot.model import Model, answering, serving
from tests.domain.bot.talking import QUESTION
from tests.faults import invariant
from tests.faults.conftest import Installation

NUMBER = "106540352242922"
DEBOUNCE = 1.0
"""Longer than the posts of a burst may lie apart on a busy machine."""
TAKE_OVER = "mutation ($p: PhoneNumber!) { takeOverConversation(conversation: { phoneNumber: $p }) { handler } }"
SETTINGS = "mutation ($i: SettingsInput!) { updateSettings(input: $i) { version } }"
LEFT = """
SELECT 1 FROM inbound_post WHERE done_at IS NULL UNION ALL SELECT 1 FROM bot_turn
UNION ALL SELECT 1 FROM message WHERE author = 'BOT' AND (due_at IS NOT NULL OR lease_until IS NOT NULL)
"""


@dataclass
class Slow:
    """A model that takes its time: so long, or until it is let go."""

    pause: tuple[float, float] = (0.0, 0.0)
    held: bool = False
    go: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self) -> web.Response:
        if self.held:
            await self.go.wait()
        await asyncio.sleep(random.uniform(*self.pause))
        return answering()

    def hold(self) -> None:
        self.held, self.go = True, asyncio.Event()

    def let_go(self) -> None:
        self.held = False
        self.go.set()


@dataclass
class Bot:
    installation: Installation
    model: Model
    slow: Slow

    async def asked(self, count: int) -> None:
        """Waits until so many answers are being written."""
        async with asyncio.timeout(60):
            while len(self.model.asked) < count:  # noqa: ASYNC110 - nothing tells of it
                await asyncio.sleep(0.02)

    async def kill(self) -> None:
        """The worker dies, and another one comes; nobody waits for the leases of the dead one."""
        await self.installation.kill_worker()
        await self.revive()

    async def revive(self) -> None:
        """Another worker comes in place of the dead one, whose leases run out, and no others."""
        await self.installation.fetch("UPDATE bot_turn SET lease_until = now() WHERE lease_until IS NOT NULL")
        await self.installation.pass_time("CLAIMED")
        flying = [
            row["id"] for row in await self.installation.fetch("SELECT id FROM message WHERE state = 'IN_FLIGHT'")
        ]
        self.installation.worker.start()
        # A receipt that is on its way would be as late as the lease is made old.
        await invariant.receipts_are_in(self.installation, seconds=60)
        await self.installation.pass_time("IN_FLIGHT", ids=flying)

    async def come_to_rest(self) -> None:
        await self.installation.until_rows(LEFT, 0, seconds=120)

    async def heard(self, people: list[str]) -> dict[str, list[float]]:
        """When each of them was told something."""
        told = await self.told(people)
        return {person: [row["accepted_at"] for row in rows] for person, rows in told.items()}

    async def told(self, people: list[str]) -> dict[str, list[dict[str, Any]]]:
        """What WhatsApp accepted for each of them."""
        rows: dict[str, list[dict[str, Any]]] = {person: [] for person in people}
        for row in await self.installation.ledger():
            if (number := f"+{row['to'].removeprefix('+')}") in rows:
                rows[number].append(row)
        return rows

    async def explained(self, people: list[str]) -> list[str]:
        """Of what came to these people: one message accepted twice, or two answers, each to what?"""
        return [
            *(str(row) for rows in (await self.told(people)).values() for row in rows),
            *(
                str(dict(row))
                for row in await self.installation.fetch(
                    "SELECT id, address, state, attempts, author, correlation_id, created_at, sent_at FROM message"
                    " WHERE address = ANY($1) ORDER BY address, id",
                    people,
                )
            ),
            # Which of what they wrote was there, and taken up, before the first answer?
            *(
                str(dict(row))
                for row in await self.installation.fetch(
                    "SELECT p.id, p.created_at, p.done_at, p.tries FROM inbound_post p, unnest($1::bytea[])"
                    " AS n(number) WHERE position(number IN p.body) > 0 ORDER BY p.id",
                    [person[1:].encode() for person in people],
                )
            ),
        ]

    async def each_is_answered_once(self, people: list[str]) -> None:
        said = "SELECT 1 FROM message WHERE direction = 'INBOUND' AND content = $1 AND address = ANY($2)"
        await self.installation.until_rows(said, len(people), QUESTION, people)
        await self.come_to_rest()
        wrong = [person for person, times in (await self.heard(people)).items() if len(times) != 1]
        assert not wrong, "\n".join(await self.explained(wrong))


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def bot(installation: Installation) -> AsyncIterator[Bot]:
    """The usual installation, with a model, and nobody who counts mutations."""
    slow = Slow()
    async with serving(slow) as model:
        environment = installation.worker.environment
        environment |= {"OPENAI_BASE_URL": model.url, "OPENAI_API_KEY": "a-key", "OPENAI_MODEL": "large"}
        installation.api.program.environment["RATE_LIMITS"] = "off"
        for program in (installation.api.program, installation.worker):
            program.stop()
            program.start()
        await installation.sender()
        await installation.data(SETTINGS, i={"bot": {"debounce": DEBOUNCE}})
        await asyncio.sleep(READ_SECONDS + 0.5)
        yield Bot(installation, model, slow)


@pytest.fixture(autouse=True)
def unhurried(bot: Bot) -> None:
    bot.slow.let_go()
    bot.slow.pause = (0.0, 0.0)
    bot.model.asked.clear()


def guests(count: int) -> list[str]:
    first = secrets.randbelow(10**7 - count)
    return [f"+35193{first + n:07d}" for n in range(count)]


async def write(bot: Bot, people: list[str], *texts: str) -> None:
    """Everybody writes a burst, and all of it is posted twice."""
    url = f"{bot.installation.simulator.url}/_simulator"
    async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
        for text in texts:
            said = [{"phone_number_id": NUMBER, "from": person[1:], "text": text} for person in people]
            assert (await client.post(f"{url}/inbound", json=said)).status_code < 300
        assert (await client.post(f"{url}/webhooks/replay", json={"which": "all"})).status_code < 300


async def test_a_worker_killed_while_a_model_writes_loses_and_doubles_nothing(bot: Bot) -> None:
    people = guests(20)
    bot.slow.hold()
    await write(bot, people, "Hello", QUESTION)
    await bot.asked(len(people))
    await bot.kill()
    bot.slow.let_go()
    await bot.each_is_answered_once(people)
    # The new worker has asked for all of them again.
    assert len(bot.model.asked) >= 2 * len(people)


async def test_what_comes_while_no_worker_lives_is_answered_with_what_came_before(bot: Bot) -> None:
    """However long that is: whoever comes takes up what was posted before it answers."""
    people = guests(20)
    bot.slow.hold()
    await write(bot, people, "Hello")
    await bot.asked(len(people))
    await bot.installation.kill_worker()
    await write(bot, people, "I have a question", QUESTION)
    late = "SELECT 1 FROM bot_turn WHERE since < now() - $1 * interval '1 s'"
    await bot.installation.until_rows(late, len(people), (MOST_DEBOUNCES + 1) * DEBOUNCE)
    bot.slow.let_go()
    await bot.revive()
    await bot.each_is_answered_once(people)


@pytest.mark.soak
@pytest.mark.timeout(900)
@pytest.mark.parametrize("rounds", [2, 20])
async def test_workers_killed_at_any_moment_of_an_answer(bot: Bot, rounds: int) -> None:
    bot.slow.pause = (0.0, 1.0)
    for _ in range(rounds):
        people = guests(30)
        await write(bot, people, "Hello", "I have a question", QUESTION)
        for _ in range(2):
            await asyncio.sleep(random.uniform(0.2, DEBOUNCE + 1.5))
            await bot.kill()
        await bot.each_is_answered_once(people)


async def take_over(bot: Bot, number: str) -> float:
    """When somebody had the conversation."""
    end = time.monotonic() + 20
    while "errors" in (answer := await bot.installation.api.gql(TAKE_OVER, {"p": number})):
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["NOT_FOUND"]
        assert time.monotonic() < end
        await asyncio.sleep(0.01)
    return time.time()


async def nobody_hears_the_bot_after(bot: Bot, taken: dict[str, float]) -> dict[str, list[float]]:
    """At most one answer each, and none after a person had the conversation; nothing is left in between."""
    await bot.come_to_rest()
    times = await bot.heard(list(taken))
    doubled = [number for number, told in times.items() if len(told) > 1]
    assert not doubled, "\n".join(await bot.explained(doubled))
    assert {number: told for number, told in times.items() if told and told[0] > taken[number]} == {}
    rows = await bot.installation.fetch(
        "SELECT m.state, count(*) FROM message m WHERE author = 'BOT' AND address = ANY($1) GROUP BY 1", list(taken)
    )
    assert {row["state"] for row in rows} <= {"SENT", "DELIVERED", "READ", "CANCELLED"}, rows
    operated = "SELECT 1 FROM conversation WHERE address = ANY($1) AND handler = 'OPERATOR' AND deleted_at IS NULL"
    await bot.installation.until_rows(operated, len(taken), list(taken))
    return times


async def test_a_takeover_while_a_model_writes_and_the_worker_dies(bot: Bot) -> None:
    people = guests(10)
    bot.slow.hold()
    await write(bot, people, QUESTION)
    await bot.asked(len(people))
    taken = dict(zip(people, await asyncio.gather(*(take_over(bot, person) for person in people)), strict=True))
    await bot.kill()
    bot.slow.let_go()
    assert set(map(len, (await nobody_hears_the_bot_after(bot, taken)).values())) == {0}


async def test_a_takeover_of_what_is_queued_and_the_worker_dies(bot: Bot) -> None:
    people = guests(10)
    await bot.installation.pause()
    await write(bot, people, QUESTION)
    await bot.installation.until_rows("SELECT 1 FROM message WHERE author = 'BOT' AND state = 'QUEUED'", len(people))
    taken = dict(zip(people, await asyncio.gather(*(take_over(bot, person) for person in people)), strict=True))
    await bot.kill()
    await bot.installation.resume()
    assert set(map(len, (await nobody_hears_the_bot_after(bot, taken)).values())) == {0}


async def test_a_takeover_of_what_is_posted_and_the_worker_dies(bot: Bot) -> None:
    """WhatsApp has taken the answers, and the worker dies before it hears so: they are told of once, and not again."""
    people = guests(10)
    bot.installation.simulator.post("faults", kind="cut_after_accept", count=len(people), seconds=30)
    await write(bot, people, QUESTION)
    await bot.installation.until_accepted(len(people))
    taking = [asyncio.create_task(take_over(bot, person)) for person in people]
    await asyncio.sleep(0.2)
    await bot.kill()
    taken = dict(zip(people, await asyncio.gather(*taking), strict=True))
    assert set(map(len, (await nobody_hears_the_bot_after(bot, taken)).values())) == {1}


@pytest.mark.soak
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("rounds", [2, 25])
async def test_takeovers_and_deaths_at_any_moment(bot: Bot, rounds: int) -> None:
    """Written, queued, posted: wherever an answer is as somebody takes over, and wherever the worker dies."""
    bot.slow.pause = (0.0, 0.5)
    for _ in range(rounds):
        people = guests(20)
        await write(bot, people, "Hello", QUESTION)

        async def one(person: str) -> float:
            await asyncio.sleep(random.uniform(0, DEBOUNCE + 1.5))
            return await take_over(bot, person)

        async def die() -> None:
            await asyncio.sleep(random.uniform(0.2, DEBOUNCE + 1.5))
            await bot.kill()

        dying = asyncio.create_task(die())
        taken = dict(zip(people, await asyncio.gather(*map(one, people)), strict=True))
        await dying
        await nobody_hears_the_bot_after(bot, taken)
