"""Turns of the bot: what begins one, what goes into it, and what ends it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from db.conversations import BotTurn, Conversation
from db.core import connect
from db.core.settings import get_settings
from db.core.transaction import transaction
from domain import conversations
from domain.conversations import Heard, Spoken
from domain.core.access import SYSTEM
from tests.domain.bot.knowing import forget_everything, taught
from tests.domain.conversations.surroundings import set_bot
from tests.domain.messages.surroundings import a_contact, a_message, a_sender
from tests.statements import statements

Pair = tuple[int, int]


@pytest.fixture(autouse=True)
def _knows(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bot could answer, by a model."""
    monkeypatch.setattr(get_settings(), "openai_model", "a-model")


async def a_pair() -> Pair:
    return await a_sender(), await a_contact()


def heard(pair: Pair, message: int, *, seconds: float = 0, **given: Any) -> Heard:
    return Heard(message, *pair, "+5511900000001", datetime.now(UTC) + timedelta(seconds=seconds), **given)


async def hear(pair: Pair, *, times: int = 1, seconds: float = 0, **given: Any) -> None:
    messages = [await a_message(*pair, direction="INBOUND", author="CONTACT", due_at=None) for _ in range(times)]
    async with transaction():
        await conversations.heard([heard(pair, message, seconds=seconds, **given) for message in messages])


async def speak(pair: Pair, *, seconds: float = 0) -> None:
    """As the echo of the phone's app."""
    message = await a_message(*pair, author="OPERATOR", due_at=None)
    at = datetime.now(UTC) + timedelta(seconds=seconds)
    async with transaction():
        await conversations.spoke([Spoken(message, *pair, "+5511900000001", at)])


async def of(pair: Pair) -> Conversation:
    return await Conversation.get(sender_id=pair[0], contact_id=pair[1])


async def turn_of(pair: Pair) -> BotTurn | None:
    return await BotTurn.get_or_none(conversation_id=(await of(pair)).id)


async def test_what_a_contact_writes_begins_a_turn_that_is_due_after_silence() -> None:
    pair = await a_pair()
    await hear(pair)
    turn = await turn_of(pair)
    assert turn is not None
    assert (len(turn.message_ids), turn.epoch, turn.due_at - turn.since) == (1, 0, timedelta(seconds=2))


async def test_more_of_it_goes_into_the_turn_and_puts_it_off_but_not_for_ever() -> None:
    pair = await a_pair()
    async with set_bot(debounce=1.0):
        await hear(pair, times=2)
        conversation = (await of(pair)).id
        for age, due in ((0.5, 1.5), (3.0, 4.0), (4.5, 5.0)):
            await connect.execute(
                "UPDATE bot_turn SET since = now() - make_interval(secs => $2), due_at = now()"
                " WHERE conversation_id = $1",
                conversation,
                age,
            )
            await hear(pair)
            turn = await turn_of(pair)
            assert turn is not None
            assert abs((turn.due_at - turn.since).total_seconds() - due) < 0.2
        assert turn.message_ids == sorted(turn.message_ids)
        assert len(set(turn.message_ids)) == 5


async def test_a_turn_that_is_late_is_not_put_off() -> None:
    pair = await a_pair()
    await hear(pair)
    conversation = (await of(pair)).id
    await connect.execute(
        "UPDATE bot_turn SET since = now() - interval '1 hour', due_at = now() - interval '50 minutes'"
        " WHERE conversation_id = $1",
        conversation,
    )
    await hear(pair)
    turn = await turn_of(pair)
    assert turn is not None
    assert turn.due_at < datetime.now(UTC) - timedelta(minutes=49)


@pytest.mark.parametrize("given", [{"quiet": True}, {"asks": False}])
async def test_what_cannot_be_answered_begins_none(given: dict[str, Any]) -> None:
    pair = await a_pair()
    await hear(pair, **given)
    assert await turn_of(pair) is None


@pytest.mark.parametrize("change", ["handler = 'OPERATOR'", "status = 'ESCALATED'"])
async def test_where_the_bot_is_silent_none_begins(change: str) -> None:
    pair = await a_pair()
    await hear(pair, quiet=True)
    await connect.execute(f"UPDATE conversation SET {change} WHERE contact_id = $1", pair[1])
    await hear(pair)
    assert await turn_of(pair) is None


async def test_a_sender_without_the_bot_has_none() -> None:
    pair = await a_sender(bot_enabled=False), await a_contact()
    await hear(pair)
    assert await turn_of(pair) is None


async def test_a_bot_that_knows_nothing_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    pair = await a_pair()
    monkeypatch.setattr(get_settings(), "openai_model", "")
    await forget_everything()
    await hear(pair)
    assert await turn_of(pair) is None


async def test_what_it_knows_for_one_conversation_makes_it_answer_there_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(get_settings(), "openai_model", "")
    await forget_everything()
    one, other = await a_pair(), await a_pair()
    for pair in (one, other):
        await hear(pair)
    file = await taught("own.txt", "Your order 77 is red.", conversation_id=(await of(one)).id)
    for pair in (one, other):
        await hear(pair)
    assert [await turn_of(pair) is not None for pair in (one, other)] == [True, False]
    await connect.execute("DELETE FROM bot_turn")
    await connect.execute("UPDATE file SET deleted_at = now() WHERE id = $1", file.id)
    await hear(one)
    assert await turn_of(one) is None


async def test_what_reopens_a_conversation_is_answered() -> None:
    pair = await a_pair()
    await hear(pair, quiet=True)
    await conversations.close(SYSTEM, (await of(pair)).id)
    await hear(pair)
    turn = await turn_of(pair)
    assert turn is not None
    assert turn.epoch == (await of(pair)).epoch == 1


async def test_what_is_handed_back_is_answered_from_the_next_message_on() -> None:
    pair = await a_pair()
    await hear(pair)
    which = {"id": (await of(pair)).id}
    await conversations.take_over(SYSTEM, which)
    await hear(pair)
    await conversations.hand_back(SYSTEM, which)
    assert await turn_of(pair) is None
    await hear(pair)
    turn = await turn_of(pair)
    assert turn is not None
    assert (turn.epoch, len(turn.message_ids)) == (2, 1)


async def test_what_a_person_of_ours_writes_ends_the_turn_and_the_next_word_begins_another() -> None:
    pair = await a_pair()
    await hear(pair)
    await speak(pair, seconds=1)
    assert await turn_of(pair) is None
    await hear(pair, seconds=2)
    turn = await turn_of(pair)
    assert turn is not None
    assert (turn.epoch, len(turn.message_ids)) == (1, 1)


async def test_what_comes_late_and_is_answered_by_a_person_already_begins_none() -> None:
    pair = await a_pair()
    await speak(pair, seconds=1)
    await hear(pair)
    assert await turn_of(pair) is None


async def test_what_comes_late_is_answered_where_only_the_bot_has_written_since() -> None:
    pair = await a_pair()
    await hear(pair, quiet=True)
    await connect.execute(
        "UPDATE conversation SET last_message_id = $2, last_message_at = now() + interval '5 s' WHERE contact_id = $1",
        pair[1],
        await a_message(*pair, author="BOT"),
    )
    await hear(pair)
    assert await turn_of(pair) is not None


async def test_many_conversations_take_no_more_statements_than_one() -> None:
    counts = list[int]()
    for pairs in ([await a_pair()], [await a_pair() for _ in range(20)]):
        messages = [heard(pair, await a_message(*pair)) for pair in pairs]
        with statements() as found:
            async with transaction():
                await conversations.heard(messages)
        counts.append(len(found))
        assert await BotTurn.filter(conversation_id__in=[(await of(pair)).id for pair in pairs]).count() == len(pairs)
    assert counts[0] == counts[1]
