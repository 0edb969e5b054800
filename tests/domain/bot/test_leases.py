"""Turns of the bot that are held: claimed by one, ended once, whoever comes between, dies, fails or comes late."""

import asyncio
import contextvars
import random
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from aiohttp import web

from db.core import connect
from db.core.transaction import transaction
from db.messages import Message
from domain import conversations
from domain.bot import answering, turns
from domain.core.access import SYSTEM
from tests.domain.bot.knowing import forget_everything, taught
from tests.domain.bot.model import answering as answer
from tests.domain.bot.model import model
from tests.domain.bot.talking import FACT, Person


@pytest_asyncio.fixture(autouse=True, scope="module", loop_scope="session")
async def knowledge(_apart: None) -> AsyncIterator[None]:
    await forget_everything()
    await taught("returns.txt", FACT)
    yield
    await forget_everything()


async def test_a_claimed_turn_is_nobody_elses_until_its_lease_runs_out() -> None:
    person = await Person.new()
    await person.writes()
    first = await person.claimed()
    assert [turn for turn in await turns.claim(1000) if turn.contact_id == person.contact] == []
    await connect.execute("UPDATE bot_turn SET lease_until = now() WHERE conversation_id = $1", await person.id())
    second = await person.claimed()
    assert (first.attempts, second.attempts) == (1, 2)
    # Whoever was believed dead comes late: the other one answers.
    await answering.answer([first])
    assert await person.answers() == []
    await answering.answer([second])
    assert await person.answer() == FACT.strip()
    await answering.answer([first, second])
    assert await person.answer() == FACT.strip()


async def test_whoever_slept_through_a_whole_turn_touches_no_later_one() -> None:
    person = await Person.new()
    await person.writes()
    asleep = await person.claimed()
    await person.writes()
    await answering.answer([asleep])
    # The turn counts its claims anew from here on, as the next one does.
    await person.is_answered()
    await person.writes("Is there a fee?")
    other = await person.claimed()
    assert other.attempts == asleep.attempts
    sql = "UPDATE bot_turn SET since = now() - interval '1 hour' WHERE conversation_id = $1"
    await connect.execute(sql, await person.id())
    await answering.answer([asleep])
    assert len(await person.answers()) == 1
    left = await person.turn()
    assert left is not None
    assert (left.message_ids, left.attempts) == (other.message_ids, other.attempts)


async def test_two_who_end_the_same_turn_at_once_send_one_answer() -> None:
    person = await Person.new()
    await person.writes()
    turn = await person.claimed()
    await asyncio.gather(*(answering.answer([turn]) for _ in range(5)))
    assert await person.answer() == FACT.strip()


async def test_a_turn_that_fails_is_tried_again_and_at_last_calls_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    person, other = await Person.new(), await Person.new()
    await person.writes("poison")
    await other.writes()
    search = answering.search_all

    async def fails(asked: list[tuple[str, int | None]], **given: int) -> object:
        if any("poison" in question for question, _ in asked):
            raise RuntimeError("This passage cannot be read.")
        return await search(asked, **given)

    monkeypatch.setattr(answering, "search_all", fails)
    await answering.answer([await person.claimed(), await other.claimed()])
    # Its neighbour is answered all the same.
    assert await other.answer() == FACT.strip()
    for _ in range(turns.MOST_ATTEMPTS):
        left = await person.turn()
        assert left is not None
        assert left.lease_until is not None
        await connect.execute("UPDATE bot_turn SET lease_until = now() WHERE conversation_id = $1", await person.id())
        await person.is_answered()
    conversation = await person.conversation()
    assert (conversation.status, conversation.escalation_reason) == ("ESCALATED", "LOW_CONFIDENCE")


async def test_one_that_cannot_be_ended_keeps_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    person, other = await Person.new(), await Person.new()
    for each in (person, other):
        await each.writes()
    settle = turns.settle

    async def fails(answers: list[tuple[turns.Turn, turns.Verdict]]) -> None:
        if any(turn.contact_id == person.contact for turn, _ in answers):
            raise RuntimeError("This cannot be written.")
        await settle(answers)

    monkeypatch.setattr(turns, "settle", fails)
    await answering.answer([await person.claimed(), await other.claimed()])
    assert await other.answer() == FACT.strip()
    assert (await person.answers(), (await person.turn()) is not None) == ([], True)


async def test_a_worker_that_stops_gives_its_turns_back() -> None:
    person = await Person.new()

    async def never() -> None:
        await asyncio.sleep(3600)

    async with model(never) as asked:
        await person.writes()
        task = asyncio.create_task(answering.answer([await person.claimed()]))
        async with asyncio.timeout(10):
            while not asked.asked:  # noqa: ASYNC110 - nothing tells of it
                await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    left = await person.turn()
    assert left is not None
    assert await connect.value("SELECT $1::timestamptz <= now()", left.lease_until)


async def test_an_answer_that_takes_its_time_is_void_once_a_person_has_written() -> None:
    """The race that matters with a model: an operator answers while it thinks."""
    person = await Person.new()
    go = asyncio.Event()

    async def slowly() -> object:
        await go.wait()
        return answer()

    async with model(slowly) as asked:
        await person.writes()
        task = asyncio.create_task(answering.answer([await person.claimed()]))
        async with asyncio.timeout(10):
            while not asked.asked:  # noqa: ASYNC110 - nothing tells of it
                await asyncio.sleep(0.01)
        await conversations.send(SYSTEM, to={"id": await person.id()}, message={"text": "I am on it."})
        go.set()
        await task
    assert await person.answers() == []


async def test_bursts_that_race_with_answers_have_one_answer_each() -> None:
    """People write on and on while several workers answer: each message is answered once, in one of the answers."""
    people = [await Person.new() for _ in range(12)]
    chance = random.Random(6)

    async def talk(person: Person) -> None:
        for _ in range(6):
            await person.writes()
            await asyncio.sleep(chance.uniform(0, 0.05))

    async def work() -> None:
        while writing or await connect.value("SELECT EXISTS (SELECT FROM bot_turn)"):
            await connect.execute(
                "UPDATE bot_turn SET due_at = now() WHERE conversation_id IN ("
                " SELECT conversation_id FROM bot_turn WHERE due_at > now() FOR UPDATE SKIP LOCKED)"
            )
            await answering.answer(await turns.claim(5))
            await asyncio.sleep(chance.uniform(0, 0.02))

    await connect.execute("DELETE FROM bot_turn")
    writing = True
    async with asyncio.TaskGroup() as group:
        for _ in range(3):
            group.create_task(work())
        await asyncio.gather(*map(talk, people))
        writing = False
    for person in people:
        answered = [each.correlation_id for each in await person.answers()]
        last = await Message.filter(contact_id=person.contact, author="CONTACT").order_by("-id").first()
        assert last is not None
        assert len(answered) == len(set(answered))
        assert answered[-1] == f"bot:{await person.id()}:{last.id}"
        assert len(answered) <= 6


async def test_a_turn_stays_claimed_for_as_long_as_a_model_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    """And no longer: a killed worker's is free again within seconds."""
    person, go = await Person.new(), asyncio.Event()

    async def slow() -> web.Response:
        await go.wait()
        return answer("Thirty days.")

    monkeypatch.setattr(answering, "_RENEW_SECONDS", 0.05)
    left = "SELECT extract(epoch FROM lease_until - now())::float8 FROM bot_turn WHERE conversation_id = $1"
    async with model(slow):
        await person.writes()
        turn = await person.claimed()
        assert 10 < await connect.value(left, turn.conversation_id) <= turns.LEASE
        answered = asyncio.create_task(answering.answer([turn]))
        await connect.execute("UPDATE bot_turn SET lease_until = now() + interval '1 s'")
        async with asyncio.timeout(10):
            while await connect.value(left, turn.conversation_id) < 5:  # noqa: ASYNC110 - nothing tells when
                await asyncio.sleep(0.01)
        go.set()
        await answered
    assert await person.answer() == "Thirty days."
    assert await person.turn() is None


async def test_a_turn_that_is_given_up_midway_asks_nobody_any_more() -> None:
    person, asked = await Person.new(), asyncio.Event()

    async def never() -> web.Response:
        asked.set()
        await asyncio.sleep(3600)
        return answer()

    async with model(never):
        await person.writes()
        answered = asyncio.create_task(answering.answer([await person.claimed()]))
        async with asyncio.timeout(10):
            await asked.wait()
        answered.cancel()
        with pytest.raises(asyncio.CancelledError):
            await answered
        assert not [task for task in asyncio.all_tasks() if "_verdicts" in repr(task)]
    turn = await person.turn()
    assert turn is not None
    assert turn.lease_until is not None
    assert turn.lease_until <= await connect.value("SELECT now()")


async def test_a_renewal_that_fails_costs_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    person, go, failed = await Person.new(), asyncio.Event(), asyncio.Event()
    give_back = turns.give_back

    async def fails(taken: list[turns.Turn], **given: float) -> int:
        if not failed.is_set():
            failed.set()
            raise ConnectionError("The database is away.")
        go.set()
        return await give_back(taken, **given)

    async def slow() -> web.Response:
        await go.wait()
        return answer("Thirty days.")

    monkeypatch.setattr(answering, "_RENEW_SECONDS", 0.05)
    monkeypatch.setattr(turns, "give_back", fails)
    async with model(slow) as asked:
        await person.writes()
        await answering.answer([await person.claimed()])
        assert len(asked.asked) == 1
    assert failed.is_set()
    assert await person.answer() == "Thirty days."


async def test_what_fails_while_the_database_is_away_ends_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise the run of the process would end, and every other call with it."""
    person = await Person.new()

    async def fails(*_: object, **given: float) -> int:
        raise ConnectionError("The database is away.")

    with monkeypatch.context() as patch:
        patch.setattr(turns, "settle", fails)
        patch.setattr(turns, "give_back", fails)
        await person.writes()
        await answering.answer([await person.claimed()])
    assert (await person.answers(), (await person.turn()) is not None) == ([], True)


@pytest.mark.parametrize("how", ["taken over by a worker", "ended by a person"])
async def test_a_turn_that_is_lost_is_asked_of_a_model_no_longer(how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    person, asked = await Person.new(), asyncio.Event()

    async def never() -> web.Response:
        asked.set()
        await asyncio.sleep(3600)
        return answer()

    monkeypatch.setattr(answering, "_RENEW_SECONDS", 0.05)
    async with model(never):
        await person.writes()
        answered = asyncio.create_task(answering.answer([await person.claimed()]))
        async with asyncio.timeout(10):
            await asked.wait()
            if how == "ended by a person":
                await conversations.take_over(SYSTEM, {"id": await person.id()})
            else:
                await connect.execute("UPDATE bot_turn SET lease_until = now() + interval '1 hour', attempts = 2")
            await answered
    left = await person.turn()
    assert await person.answers() == []
    assert (left and left.attempts) == (None if how == "ended by a person" else 2)


async def test_a_turn_in_other_hands_for_a_moment_is_not_lost() -> None:
    person = await Person.new()
    await person.writes()
    turn = await person.claimed()
    async with transaction():
        await connect.execute("SELECT FROM bot_turn WHERE conversation_id = $1 FOR UPDATE", turn.conversation_id)
        assert await asyncio.create_task(turns.give_back([turn]), context=contextvars.Context()) == 1
