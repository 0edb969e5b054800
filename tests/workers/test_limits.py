"""What a sender keeps to as it sends: a pace that WhatsApp sets, an hour, a day of its portfolio."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio
from redis.exceptions import ConnectionError as RedisAway

from db.core import connect, pace
from db.core.settings import get_settings
from db.core.transaction import transaction
from db.messages import reach
from db.messages.reach import Portfolio
from db.senders import Sender
from domain import senders, settings
from domain.core.access import SYSTEM
from domain.messages import dispatch
from domain.providers.reactions import of_code
from domain.senders import faults
from tests import factories
from tests.databases import database_of_its_own
from tests.domain.messages.surroundings import a_contact, a_message, state_of
from tests.factories import unique
from tests.running import Simulator
from workers import messages

TOO_FAST = of_code(130429, "Too fast")


@pytest_asyncio.fixture(autouse=True, scope="module", loop_scope="session")
async def apart(database: None) -> AsyncIterator[None]:
    """Where no worker meddles; with ids far from those of other tests, whose pace is in the same Redis."""
    async with database_of_its_own():
        await connect.execute(f"ALTER SEQUENCE sender_id_seq RESTART WITH {time.time_ns() // 1000}")
        yield


async def a_sender(**given: object) -> Sender:
    """Of a portfolio of its own."""
    return await factories.sender(business_account_id=unique("waba"), **given)


async def rate(sender: Sender) -> float:
    found = await senders.departing(sender.id)
    assert found is not None
    return found.pace.rate


async def slow(sender: Sender) -> None:
    async with transaction():
        await faults.slow(sender.id, TOO_FAST, "WhatsApp answered 130429 at 14:02 UTC")


async def states(*ids: int) -> list[str]:
    return [await state_of(id) for id in ids]


async def test_the_rate_is_what_whatsapp_says_of_the_number(monkeypatch: pytest.MonkeyPatch) -> None:
    sender = await a_sender()
    assert await rate(sender) == 1000, "as SEND_RATE has it"
    monkeypatch.setattr(get_settings(), "send_rate", None)
    assert await rate(sender) == 80
    await connect.execute("UPDATE sender SET messages_per_second = 20 WHERE id = $1", sender.id)
    assert await rate(sender) == 20


async def test_a_sender_that_was_too_fast_halves_its_rate_and_doubles_it_step_by_step(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(get_settings(), "send_rate", None)
    sender = await a_sender()

    async def pass_time(seconds: int) -> None:
        await connect.execute(
            "UPDATE sender SET slowed_until = slowed_until - make_interval(secs => $2),"
            " last_error_at = last_error_at - make_interval(secs => $2) WHERE id = $1",
            sender.id,
            float(seconds),
        )

    await slow(sender)
    assert await rate(sender) == 40
    await slow(sender)
    assert await rate(sender) == 40, "what had left before is refused for some seconds more"
    await pass_time(6)
    await slow(sender)
    assert await rate(sender) == 20
    await pass_time(61)
    assert await rate(sender) == 40
    await pass_time(60)
    assert await rate(sender) == 80
    for _ in range(10):
        await slow(sender)
        await pass_time(6)
    assert await rate(sender) == 80 / 2**faults.MOST_HALVINGS


async def test_a_number_that_whatsapp_finds_too_fast_is_slower_in_the_next_run(simulator: Simulator) -> None:
    sender = await a_sender()
    ids = [await a_message(sender.id) for _ in range(30)]
    simulator.post("faults", kind="refuse", phone_number_id=sender.phone_number_id, code=130429)
    await messages.dispatch(sender.id)
    assert await rate(sender) == 500
    assert "CLAIMED" not in await states(*ids)
    [told] = await senders.pacing(SYSTEM, [sender.id])
    assert (told.state, told.messages_per_second) == ("SLOWED", 500)
    assert told.reason.startswith("WhatsApp answered 130429 at ")
    assert "; back to 1000 a second by " in told.reason


async def test_what_is_claimed_goes_back_at_once_when_redis_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its lease would hold it for fifteen seconds."""
    sender = await a_sender()
    ids = [await a_message(sender.id) for _ in range(400)]

    async def reserve(*_: object) -> float:
        raise RedisAway("away")

    with monkeypatch.context() as patch:
        patch.setattr(messages, "reserve", reserve)
        with pytest.raises(RedisAway):
            await messages.dispatch(sender.id)
    assert set(await states(*ids)) == {"QUEUED"}
    assert await connect.value("SELECT max(due_at) <= now() FROM message WHERE id = ANY($1)", ids)


async def test_a_slow_sender_claims_no_more_than_has_its_place_soon(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(get_settings(), "send_rate", 4.0)
    for module in (pace, messages):
        monkeypatch.setattr(module, "PATIENCE", 0.5)
    sender = await a_sender()
    ids = [await a_message(sender.id) for _ in range(8)]
    claimed: list[int] = []
    real = dispatch.claim

    async def claim(*args: object, **given: object) -> object:
        found = await real(*args, **given)  # pyright: ignore[reportArgumentType]
        claimed.append(len(found))
        return found

    monkeypatch.setattr(dispatch, "claim", claim)
    begun = time.monotonic()
    await messages.dispatch(sender.id)
    places = (time.monotonic() - begun + pace.PATIENCE) * 4.0
    assert 1 <= sum(claimed) <= places + 1
    found = await states(*ids)
    assert set(found) == {"QUEUED", "SENT"}
    assert 1 <= found.count("SENT") <= sum(claimed)


async def test_an_hours_messages_leave_and_the_rest_waits(simulator: Simulator) -> None:
    sender = await a_sender()
    ids = [await a_message(sender.id) for _ in range(5)]
    await settings.update(SYSTEM, {"limits": {"messages_per_hour": 3}})
    try:
        await messages.dispatch(sender.id)
        assert sorted(await states(*ids)) == ["QUEUED"] * 2 + ["SENT"] * 3
        [told] = await senders.pacing(SYSTEM, [sender.id])
        assert (told.state, told.remaining_this_hour, told.messages_per_second) == ("PAUSED", 0, 0)
        assert told.reason == "All 3 messages of this hour have left; more as their minutes pass."
    finally:
        await settings.update(SYSTEM, {"limits": {"messages_per_hour": None}})


async def test_people_over_the_portfolios_limit_wait_and_answers_leave(simulator: Simulator) -> None:
    first = await a_sender()
    second = await factories.sender(business_account_id=first.business_account_id)
    account = first.business_account_id
    await connect.execute("UPDATE sender SET messaging_limit = 3 WHERE business_account_id = $1", account)
    known, answered = await a_contact(), await a_contact()
    ids = [await a_message(first.id, known), await a_message(first.id, known), await a_message(first.id)]
    await messages.dispatch(first.id)
    assert await states(*ids) == ["SENT", "SENT", "SENT"], "two people, three messages"

    others = [await a_message(second.id) for _ in range(3)]
    again = await a_message(second.id, known)
    await messages.dispatch(second.id)
    assert sorted(await states(*others)) == ["QUEUED", "QUEUED", "SENT"]
    assert await state_of(again) == "SENT", "who was written to today is counted once"

    await connect.execute(
        "INSERT INTO conversation (sender_id, contact_id, address, window_expires_at, tags, metadata)"
        " VALUES ($1, $2, '+1', now() + interval '1 h', '{}', '{}')",
        second.id,
        answered,
    )
    answer = await a_message(second.id, answered)
    await messages.dispatch(second.id)
    assert await state_of(answer) == "SENT"
    assert sorted(await states(*others)) == ["QUEUED", "QUEUED", "SENT"]
    [told] = await senders.pacing(SYSTEM, [second.id])
    assert told.state == "SLOWED"
    assert "limit of 3 people outside a service window in 24 hours is reached" in told.reason
    assert told.until is not None
    assert timedelta(hours=23) < told.until - datetime.now(UTC) <= timedelta(hours=24)

    await connect.execute(
        "UPDATE portfolio_reach SET reached_at = reached_at - interval '25 h' WHERE portfolio_id = $1", account
    )
    async with asyncio.timeout(10):
        # It is taken for full for a second more.
        while await states(*others) != ["SENT"] * 3:
            await messages.dispatch(second.id)
            await asyncio.sleep(0.05)
    await reach.trim()
    assert account is not None
    assert not await reach.full(Portfolio(account, 3))
