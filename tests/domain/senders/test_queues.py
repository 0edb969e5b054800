"""How many messages wait: counted while they are few, estimated where counting would take as long as they are many."""

import pytest

from db.core import connect
from db.messages import reach
from db.messages.reach import Portfolio
from domain import senders
from domain.core.access import SYSTEM
from tests import factories
from tests.databases import database_of_its_own
from tests.domain.messages.surroundings import a_message
from tests.factories import unique


async def waiting(sender_id: int, messages: int, due: str = "now()") -> None:
    contact = await factories.contact()
    await connect.execute(
        "INSERT INTO message (sender_id, contact_id, direction, author, type, purpose, priority, state, address,"
        f" attempts, due_at) SELECT $1, $2, 'OUTBOUND', 'SYSTEM', 'TEXT', 'UTILITY', 2, 'QUEUED', '+1', 0, {due}"
        " FROM generate_series(1, $3::int)",
        *(sender_id, contact.id, messages),
    )


@pytest.mark.usefixtures("database")
async def test_few_are_counted_and_many_are_estimated() -> None:
    async with database_of_its_own():
        few, many, more = [(await factories.sender()).id for _ in range(3)]
        ids = [few, many, more]
        await waiting(few, 3)
        await waiting(few, 5, "NULL")
        await waiting(few, 7, "'infinity'")
        assert await senders.queued(SYSTEM, ids) == [3, 0, 0], "what has left, and what is held, does not wait"
        await waiting(many, 10_000)
        assert await senders.queued(SYSTEM, ids) == [3, 10_000, 0]
        await waiting(many, 20_000)
        await waiting(more, 15_000)
        await waiting(more, 40_000, "NULL")
        told = await senders.queued(SYSTEM, ids)
        assert told[0] == 3
        assert min(told[1:]) > 10_000, "before PostgreSQL has looked at them, too"
        await connect.execute("ANALYZE message")
        assert await senders.queued(SYSTEM, ids) == [
            3,
            pytest.approx(30_000, rel=0.05),
            pytest.approx(15_000, rel=0.05),
        ]
        assert await senders.queued(SYSTEM, [more]) == [pytest.approx(15_000, rel=0.05)]


@pytest.mark.usefixtures("database")
async def test_a_portfolio_is_counted_once_for_what_is_claimed(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = 0
    count = reach._used

    async def counted(portfolio: Portfolio) -> int:
        nonlocal counts
        counts += 1
        return await count(portfolio)

    monkeypatch.setattr(reach, "_used", counted)
    portfolio, sender = Portfolio(unique("portfolio"), 2), await factories.sender()
    messages = [await a_message(sender.id) for _ in range(3)]
    assert not await reach.full(portfolio)
    assert await reach.admit(messages[:1], portfolio) == set(messages[:1])
    assert (await reach.full(portfolio), counts) == (False, 1)
    assert await reach.admit(messages, portfolio) == set(messages[:2])
    assert (await reach.full(portfolio), counts) == (True, 2), "as it was just found"
    assert not await reach.full(Portfolio(unique("other"), 2))
    monkeypatch.setattr(reach, "FULL_SECONDS", 0)
    assert (await reach.full(portfolio), counts) == (True, 3)
    await connect.execute("DELETE FROM portfolio_reach WHERE portfolio_id = $1", portfolio.id)
    assert (await reach.full(portfolio), counts) == (False, 4)
    assert (await reach.full(portfolio), counts) == (False, 4)
