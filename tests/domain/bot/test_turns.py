"""Turns of the bot: claimed by one, ended once, whoever comes between, dies or comes late."""

import asyncio
import random
import time
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from db.core import connect
from db.messages import Message
from domain import conversations
from domain.bot import answering, turns
from domain.core.access import SYSTEM
from tests.domain.bot.knowing import forget_everything, taught
from tests.domain.bot.model import answering as answer
from tests.domain.bot.model import model
from tests.domain.bot.talking import FACT, QUESTION, Person, generation_of
from tests.domain.bot.test_answering import set_to
from tests.statements import statements


@pytest_asyncio.fixture(autouse=True, scope="module", loop_scope="session")
async def knowledge(_apart: None) -> AsyncIterator[None]:
    await forget_everything()
    await taught("returns.txt", FACT)
    yield
    await forget_everything()


async def test_where_nobody_waits_nothing_is_due() -> None:
    await connect.execute("DELETE FROM bot_turn")
    assert await turns.next_due() is None
    assert not await turns.any_due()


async def test_what_waits_and_what_was_gathered_are_counted() -> None:
    before = await turns.waiting()
    person, operated = await Person.new(), await Person.new()
    for _ in range(3):
        await person.writes()
    await operated.writes()
    await conversations.take_over(SYSTEM, {"id": await operated.id()})
    await operated.writes()
    meanwhile = await turns.waiting()
    assert (meanwhile.turns - before.turns, meanwhile.gathered - before.gathered) == (1, 4)
    await person.is_answered()
    assert await turns.waiting() == turns.Waiting(before.turns, before.gathered + 4)


async def test_a_turn_waits_for_silence() -> None:
    person = await Person.new()
    await person.writes()
    mine = [turn for turn in await turns.claim(1000) if turn.contact_id == person.contact]
    assert mine == []
    wait = await turns.next_due()
    assert wait is None or wait <= turns.SOON
    await person.falls_silent()
    assert await turns.any_due()
    assert await turns.next_due() == 0


async def test_an_answer_is_begun_before_it_is_due_and_said_when_it_is() -> None:
    person = await Person.new()
    async with set_to(bot={"debounce": 1.0}):
        assert await turns.ahead() == 0.5
        await person.writes()
        assert [turn for turn in await turns.claim(1000, ahead=0.5) if turn.contact_id == person.contact] == []
        [turn] = [turn for turn in await turns.claim(1000, ahead=1.0) if turn.contact_id == person.contact]
        begun = time.monotonic()
        assert 0.5 < turn.due - begun <= 1
        await answering.answer([turn])
    [answer] = await person.answers()
    assert time.monotonic() >= turn.due
    assert answer.content == FACT.strip()
    # The wait is no work.
    assert (await generation_of(answer)).processing_ms < (turn.due - begun) * 1000


async def test_what_comes_while_an_answer_waits_for_its_time_makes_it_void() -> None:
    person = await Person.new()
    async with set_to(bot={"debounce": 0.5}):
        await person.writes("Hello")
        [turn] = [turn for turn in await turns.claim(1000, ahead=0.5) if turn.contact_id == person.contact]
        answered = asyncio.create_task(answering.answer([turn]))
        await person.writes()
        await answered
        assert await person.answers() == []
    await person.is_answered()
    assert await person.answer() == FACT.strip()


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


async def test_more_that_comes_meanwhile_makes_the_answer_void_and_the_turn_goes_on() -> None:
    person = await Person.new()
    await person.writes("Hello")
    turn = await person.claimed()
    await person.writes(QUESTION)
    await answering.answer([turn])
    assert await person.answers() == []
    left = await person.turn()
    assert left is not None
    assert (len(left.message_ids), left.lease_until, left.attempts) == (2, None, 0)
    await person.is_answered()
    assert await person.answer() == FACT.strip()


async def test_who_never_falls_silent_is_answered_and_what_came_meanwhile_is_a_turn_of_its_own() -> None:
    person = await Person.new()
    await person.writes()
    turn = await person.claimed()
    late = await person.writes("Is there a fee?")
    sql = "UPDATE bot_turn SET since = now() - interval '1 hour' WHERE conversation_id = $1"
    await connect.execute(sql, await person.id())
    await answering.answer([turn])
    assert await person.answer() == FACT.strip()
    left = await person.turn()
    assert left is not None
    assert (left.message_ids, left.lease_until) == ([late], None)


@pytest.mark.parametrize(
    "how", ["takes over", "sends", "closes", "escalates", "deletes", "switches off", "waits a day"]
)
async def test_what_comes_between_forbids_the_answer(how: str) -> None:
    person = await Person.new()
    await person.writes()
    turn = await person.claimed()
    id = await person.id()
    match how:
        case "takes over":
            await conversations.take_over(SYSTEM, {"id": id})
        case "sends":
            await conversations.send(SYSTEM, to={"id": id}, message={"text": "Good morning"})
        case "closes":
            await conversations.close(SYSTEM, id)
        case "escalates":
            await conversations.escalate(SYSTEM, id)
        case "deletes":
            await connect.execute("UPDATE conversation SET deleted_at = now() WHERE id = $1", id)
        case "switches off":
            await connect.execute("UPDATE sender SET bot_enabled = false WHERE id = $1", person.sender)
        case _:
            await connect.execute("UPDATE conversation SET window_expires_at = now() WHERE id = $1", id)
    await answering.answer([turn])
    assert await person.answers() == []
    assert await connect.value("SELECT count(*) FROM bot_turn WHERE conversation_id = $1", id) == 0


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


async def test_making_answers_costs_as_many_statements_for_many_as_for_one() -> None:
    async def cost(count: int) -> int:
        people = [await Person.new() for _ in range(count)]
        for person in people:
            await person.writes()
        taken = [await person.claimed() for person in people]
        with statements() as found:
            await answering.answer(taken)
        return len(found)

    async with set_to(bot={"debounce": 1.0}):
        assert await cost(1) == await cost(7)


async def test_ending_turns_costs_as_many_statements_for_one_as_for_many() -> None:
    async def cost(count: int) -> int:
        people = [await Person.new() for _ in range(count)]
        for person in people:
            await person.writes()
        taken = [await person.claimed() for person in people]
        with statements() as found:
            await turns.settle([(turn, turns.Reply("Yes.", 0.9)) for turn in taken])
        return len(found)

    async with set_to(bot={"debounce": 1.0}):
        assert await cost(2) == await cost(9)
