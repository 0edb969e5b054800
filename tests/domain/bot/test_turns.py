"""Turns of the bot: when they are due, what forbids their answers, and what they cost."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from db.core import connect
from domain import conversations
from domain.bot import answering, turns
from domain.core.access import SYSTEM
from tests.domain.bot.knowing import forget_everything, taught
from tests.domain.bot.talking import FACT, QUESTION, Person, generation_of
from tests.domain.bot.test_answering import set_to
from tests.domain.messages.surroundings import a_message
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


async def test_what_was_posted_before_a_turn_is_due_is_taken_up_before_it_is_answered() -> None:
    """It may belong to the burst. What was tried in vain keeps nobody waiting, nor does what came later."""
    person = await Person.new()
    await person.writes()
    await person.falls_silent()

    async def is_claimed() -> bool:
        await connect.execute("UPDATE bot_turn SET lease_until = NULL WHERE conversation_id = $1", await person.id())
        return person.contact in [turn.contact_id for turn in await turns.claim(1000)]

    posted = "INSERT INTO inbound_post (body, created_at, tries) VALUES ('', now() - $1 * interval '1 s', $2)"
    try:
        await connect.execute(posted, 60, 1)
        assert await is_claimed()
        await connect.execute(posted, 60, 0)
        assert not await is_claimed()
        assert await turns.next_due() == 0
        # Nor where whoever had the turn died after the post.
        left = "UPDATE bot_turn SET due_at = now() - interval '2 min', lease_until = now() WHERE conversation_id = $1"
        await connect.execute(left, await person.id())
        assert person.contact not in [turn.contact_id for turn in await turns.claim(1000)]
        assert await is_claimed()
        await person.falls_silent()
        await connect.execute("UPDATE inbound_post SET done_at = now() WHERE tries = 0 AND done_at IS NULL")
        await connect.execute(posted, 0, 0)
        assert await is_claimed()
    finally:
        await connect.execute("UPDATE inbound_post SET done_at = now() WHERE done_at IS NULL")


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


async def last_of(person: Person) -> int:
    [found] = await conversations.last_messages(SYSTEM, [await person.id()])
    assert found is not None
    return found.id


async def test_an_answer_that_never_left_is_not_the_last_message() -> None:
    person = await Person.new()
    asked = await person.writes()
    assert await last_of(person) == asked
    await person.is_answered()
    [answered] = await person.answers()
    assert await last_of(person) == answered.id
    await conversations.take_over(SYSTEM, {"id": await person.id()})
    await a_message(person.sender, person.contact, state="SENT", due_at=None, schedule_id=2**42)
    assert await last_of(person) == asked
    sent = await conversations.send(SYSTEM, to={"id": await person.id()}, message={"text": "I am here."})
    assert await last_of(person) == sent.id
    other = await Person.new()
    await other.writes()
    with statements() as found:
        both = await conversations.last_messages(SYSTEM, [await person.id(), await other.id()])
    assert [each and each.content for each in both] == ["I am here.", QUESTION]
    assert sum("LATERAL" in sql for sql in found) == 1
