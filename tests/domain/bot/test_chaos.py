"""Everybody at once on the same few conversations: nobody waits for anybody in a circle."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime

import pytest_asyncio

from db.contacts import lock_same
from db.core import connect
from db.core.transaction import transaction
from domain import contacts, conversations
from domain.bot import answering, turns
from domain.conversations import Heard, Spoken
from domain.core.access import SYSTEM
from domain.core.errors import Refusal, Refusals
from domain.messages import dispatch
from domain.providers.base import Accepted
from tests.domain.bot.knowing import forget_everything, taught
from tests.domain.bot.talking import FACT, QUESTION, Person
from tests.domain.messages.surroundings import a_contact, a_message
from tests.factories import unique

SECONDS, MOST_SECONDS = 4.0, 60.0
"""It goes on until everything was done at least once, which on a busy machine takes longer."""


@pytest_asyncio.fixture(autouse=True, scope="module", loop_scope="session")
async def knowledge(_apart: None) -> AsyncIterator[None]:
    await forget_everything()
    await taught("returns.txt", FACT)
    yield
    await forget_everything()


async def test_everybody_at_once() -> None:
    chance = random.Random(6)
    first = await Person.new()
    people = [first, *[Person(first.sender, await a_contact()) for _ in range(3)]]
    done, merging = set[str](), asyncio.Lock()

    async def write(person: Person) -> None:
        message = await a_message(
            person.sender,
            person.contact,
            content=QUESTION,
            direction="INBOUND",
            author="CONTACT",
            state="RECEIVED",
            due_at=None,
        )
        async with transaction():
            await lock_same([person.contact])
            if await connect.value("SELECT deleted_at IS NULL FROM contact WHERE id = $1", person.contact):
                said = Heard(message, person.sender, person.contact, person.address, datetime.now(UTC))
                await conversations.heard([said])

    async def send(person: Person) -> None:
        await _on(person, lambda id: conversations.send(SYSTEM, to={"id": id}, message={"text": "Hello"}))

    async def speak(person: Person) -> None:
        message = await a_message(person.sender, person.contact, author="OPERATOR", due_at=None, state="SENT")
        async with transaction():
            await lock_same([person.contact])
            await conversations.spoke(
                [Spoken(message, person.sender, person.contact, person.address, datetime.now(UTC))]
            )

    async def answer(_: Person) -> None:
        await connect.execute("UPDATE bot_turn SET due_at = now() WHERE due_at > now()")
        await answering.answer(await turns.claim(5))

    async def leave(person: Person) -> None:
        claimed = await dispatch.depart(await dispatch.claim(person.sender, 20))
        await dispatch.settle([(each, Accepted(unique("wamid"))) for each in claimed])

    async def merge(person: Person) -> None:
        # One at a time: of contacts that are gone by then two merges may wait for each other.
        async with merging:
            other = chance.choice([each for each in people if each is not person])
            gone, other.contact = other.contact, await a_contact()
            await contacts.merge(SYSTEM, person.contact, gone)

    doing: dict[str, tuple[int, Callable[[Person], Awaitable[object]]]] = {
        "write": (30, write),
        "send": (5, send),
        "answer": (20, answer),
        "leave": (20, leave),
        "speak": (5, speak),
        "take": (12, lambda p: _on(p, lambda id: conversations.take_over(SYSTEM, {"id": id}))),
        "back": (5, lambda p: _on(p, lambda id: conversations.hand_back(SYSTEM, {"id": id}))),
        "close": (5, lambda p: _on(p, lambda id: conversations.close(SYSTEM, id))),
        "reopen": (3, lambda p: _on(p, lambda id: conversations.reopen(SYSTEM, id))),
        "escalate": (3, lambda p: _on(p, lambda id: conversations.escalate(SYSTEM, id))),
        "read": (25, lambda p: _on(p, lambda id: conversations.mark_read(SYSTEM, id))),
        "delete": (2, lambda p: _on(p, lambda id: conversations.delete(SYSTEM, id))),
        "merge": (12, merge),
    }

    async def _on(person: Person, verb: Callable[[int], Awaitable[object]]) -> None:
        id = await connect.value(
            "SELECT id FROM conversation WHERE sender_id = $1 AND contact_id = $2 AND deleted_at IS NULL",
            person.sender,
            person.contact,
        )
        if id is not None:
            await verb(id)

    names = [name for name, (weight, _) in doing.items() for _ in range(weight)]
    began = time.monotonic()

    async def work() -> None:
        while (lasted := time.monotonic() - began) < SECONDS or (done != set(doing) and lasted < MOST_SECONDS):
            name = chance.choice(names)
            with suppress(Refusal, Refusals):
                await doing[name][1](chance.choice(people))
                done.add(name)

    async with asyncio.TaskGroup() as tasks:
        for _ in range(8):
            tasks.create_task(work())
    assert done == set(doing)
