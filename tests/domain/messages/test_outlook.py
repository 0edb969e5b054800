"""When a queued message should be with WhatsApp."""

from datetime import UTC, datetime, timedelta

import pytest

from db.core import connect
from db.core.settings import get_settings
from db.messages import Priority
from domain.core.access import SYSTEM
from domain.messages import outlook
from tests.domain.messages.surroundings import a_contact, a_message, a_sender
from tests.statements import statements


async def seconds_of(message: int) -> float | None:
    """From now on, as the database's clock has it."""
    [at] = await outlook.delivery_estimates(SYSTEM, [message])
    return None if at is None else (at - await connect.value("SELECT now()")).total_seconds()


async def a_queue(length: int, *, pace: int = 10, priority: Priority = Priority.NORMAL) -> int:
    """A sender with so many messages that wait since a minute, at so many a second."""
    sender = await a_sender(messages_per_second=pace)
    await more(sender, length, priority)
    return sender


async def more(sender: int, length: int, priority: Priority) -> None:
    await connect.execute(
        "INSERT INTO message (sender_id, contact_id, direction, author, type, purpose, priority, state, attempts,"
        " due_at) SELECT $1, $2, 'OUTBOUND', 'SYSTEM', 'TEXT', 'UTILITY', $3, 'QUEUED', 0, now() - interval '1 min'"
        " FROM generate_series(1, $4::int)",
        *(sender, await a_contact(), priority, length),
    )


@pytest.fixture(autouse=True)
def _told_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests send faster than senders may; what is told of them counts here."""
    monkeypatch.setattr(get_settings(), "send_rate", None)


async def test_it_is_behind_what_is_as_urgent_and_earlier_and_all_that_is_more_urgent() -> None:
    sender = await a_queue(50)
    last = await a_message(sender, priority=Priority.NORMAL)
    await a_message(sender, priority=Priority.NORMAL, due_at=datetime.now(UTC) + timedelta(seconds=1))
    await more(sender, 40, Priority.HIGH)
    await more(sender, 30, Priority.LOW)
    urgent = await a_message(sender, priority=Priority.URGENT)
    assert await seconds_of(last) == pytest.approx(9.2, abs=0.5)
    assert await seconds_of(urgent) == pytest.approx(0.1, abs=0.5)


async def test_not_before_it_is_due() -> None:
    sender = await a_sender(messages_per_second=10)
    later = await a_message(sender, due_at=datetime.now(UTC) + timedelta(minutes=5))
    assert await seconds_of(later) == pytest.approx(300, abs=5)


async def test_nothing_is_foretold_of_what_does_not_wait_is_held_or_cannot_leave() -> None:
    sender = await a_sender(messages_per_second=10)
    gone = await a_sender(status="DISCONNECTED")
    for message in (
        await a_message(sender, state="SENT", due_at=None),
        await a_message(sender, state="CLAIMED", due_at=None),
        await a_message(gone),
    ):
        assert await seconds_of(message) is None
    held = await a_message(sender)
    await connect.execute("UPDATE message SET due_at = 'infinity' WHERE id = $1", held)
    assert await seconds_of(held) is None


async def test_behind_very_many_it_is_the_end_of_the_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outlook, "MOST_COUNTED", 20)
    sender = await a_queue(100)
    await a_message(sender)
    [behind] = await connect.rows("SELECT id FROM message WHERE sender_id = $1 ORDER BY id OFFSET 60 LIMIT 1", sender)
    assert await seconds_of(behind["id"]) == pytest.approx(10.1, abs=0.5)


async def test_of_many_it_costs_no_more_statements() -> None:
    sender = await a_sender(messages_per_second=10)
    several = [await a_message(sender) for _ in range(3)]
    with statements() as one:
        await outlook.delivery_estimates(SYSTEM, several[:1])
    with statements() as all_of_them:
        await outlook.delivery_estimates(SYSTEM, several)
    assert len(one) == len(all_of_them)
