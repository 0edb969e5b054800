"""The event log: nothing is missed, nothing comes twice or out of order, and cursors know when it was replaced."""

import asyncio
import random
from contextlib import suppress
from typing import Any

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db import events
from db.core import connect
from db.core.settings import get_settings
from db.core.transaction import Transaction, transaction
from db.events import Event, EventFilter, EventType, read, record
from domain import events as domain_events
from domain.core.access import SYSTEM
from domain.core.errors import ErrorCode, Refusal
from tests.databases import database_of_its_own
from tests.factories import unique


async def say(*subject_ids: int, **more: Any) -> None:
    async with transaction():
        for subject_id in subject_ids:
            record(EventType.CONTACT_UPDATED, "Contact", subject_id, **more)


async def test_readers_miss_nothing_while_many_write(monkeypatch: pytest.MonkeyPatch) -> None:
    append = events._append

    async def slow(current: Transaction) -> None:
        await append(current)
        await asyncio.sleep(random.choice([0, 0, 0.001, 0.01]))

    monkeypatch.setattr(events, "_append", slow)
    writers, each = 20, 50
    start = (await read(0, 0)).head
    contact = random.getrandbits(60)

    # The rest of the pool's ten connections is for readers, or they would be too slow to notice anything.
    crowd = asyncio.Semaphore(7)

    async def write(writer: int) -> int:
        count = 0
        for turn in range(each):
            with suppress(ZeroDivisionError):
                async with crowd, transaction():
                    size = random.choice([1, 1, 2, 5])
                    for part in range(size):
                        data = {"writer": writer, "turn": turn, "part": part}
                        record(EventType.CONTACT_UPDATED, "Contact", writer, contact_id=contact, data=data)
                    await asyncio.sleep(random.choice([0, 0.001, 0.01]))
                    if random.random() < 0.1:
                        raise ZeroDivisionError
                    count += size
        return count

    where = EventFilter(contact_id=contact)
    writing = asyncio.gather(*map(write, range(writers)))
    greedy = [asyncio.create_task(_until(writing, start, where)) for _ in range(3)]
    total = sum(await writing)
    log = (await read(start, 10_000, where)).events
    assert len(log) == total
    for reader in greedy:
        assert [event.number for event in await reader] == [event.number for event in log]
    for writer in range(writers):
        own = [event.data for event in log if event.subject_id == writer]
        assert own == sorted(own, key=lambda data: (data["turn"], data["part"]))  # pyright: ignore[reportOptionalSubscript]


async def _until(writing: "asyncio.Future[list[int]]", after: int, where: EventFilter) -> list[Event]:
    """Reads until the writers are done and nothing is left."""
    seen: list[Event] = []
    while True:
        done = writing.done()
        reading = await read(seen[-1].number if seen else after, random.choice([1, 1000, 1000]), where)
        seen += reading.events
        if done and not reading.events:
            return seen


async def test_a_long_transaction_does_not_hold_readers_up() -> None:
    start = (await read(0, 0)).head
    begun, may_end = asyncio.Event(), asyncio.Event()

    async def long() -> None:
        async with transaction():
            await connect.execute("SELECT pg_current_xact_id()")
            record(EventType.CONTACT_UPDATED, "Contact", 1)
            begun.set()
            await may_end.wait()

    running = asyncio.create_task(long())
    await begun.wait()
    await say(7)
    assert [event.subject_id for event in (await read(start, 10)).events] == [7]
    may_end.set()
    await running
    assert [event.subject_id for event in (await read(start, 10)).events] == [7, 1]


async def test_a_rolled_back_transaction_leaves_nothing() -> None:
    start = (await read(0, 0)).head
    with suppress(ZeroDivisionError):
        async with transaction():
            record(EventType.CONTACT_UPDATED, "Contact", 1)
            raise ZeroDivisionError
    await say(2)
    assert [event.subject_id for event in (await read(start, 10)).events] == [2]


async def test_recording_needs_a_transaction() -> None:
    with pytest.raises(RuntimeError):
        record(EventType.CONTACT_UPDATED, "Contact", 1)


async def test_who_is_numbered_later_commits_later() -> None:
    start = (await read(0, 0)).head

    async def told() -> list[int]:
        """Of these two alone: somebody else's worker may say something meanwhile."""
        return [event.subject_id for event in (await read(start, 100)).events if event.subject_id in (1, 2)]

    first = await asyncpg.connect(get_settings().database_url)
    try:
        await first.execute("BEGIN")
        await first.execute(events._APPEND, ["CONTACT_UPDATED"], [None], ["Contact"], [1], *[[None]] * 5)
        second = asyncio.create_task(say(2))
        await asyncio.wait([second], timeout=0.5)
        assert await told() == []
        await first.execute("COMMIT")
        await second
        assert await told() == [1, 2]
    finally:
        first.terminate()


async def test_a_writer_that_freezes_before_its_commit_holds_others_up_for_two_seconds_only() -> None:
    frozen = await asyncpg.connect(get_settings().database_url)
    try:
        await frozen.execute("BEGIN")
        nothing: list[list[Any]] = [
            ["CONTACT_UPDATED"],
            [None],
            ["Contact"],
            [1],
            [None],
            [None],
            [None],
            [None],
            [None],
        ]
        await frozen.execute(events._APPEND, *nothing)
        async with asyncio.timeout(5):
            await say(2)
    finally:
        frozen.terminate()


NOBODYS = (2**60 + 1, 2**60 + 2)
"""Of nothing that other tests make."""
IDS = st.none() | st.sampled_from(NOBODYS)
TYPES = st.sampled_from([EventType.MESSAGE_SENT, EventType.MESSAGE_READ, EventType.CONTACT_UPDATED])


async def test_a_filter_means_the_same_in_memory_and_in_sql() -> None:
    start = (await read(0, 0)).head
    random_ids = [None, *NOBODYS]
    async with transaction():
        for _ in range(300):
            record(
                random.choice([EventType.MESSAGE_SENT, EventType.MESSAGE_READ, EventType.CONTACT_UPDATED]),
                random.choice(["Message", "Contact", "Conversation"]),
                random.choice(NOBODYS),
                sender_id=random.choice(random_ids),
                contact_id=random.choice(random_ids),
                schedule_id=random.choice(random_ids),
            )
    # What others add from here on is not looked at.
    end = (await read(0, 0)).head + 1
    log = (await read(start, 1000, before=end)).events
    assert len(log) >= 300
    for where in _filters():
        found = (await read(start, 1000, where, before=end)).events
        assert [event.number for event in found] == [event.number for event in log if where.matches(event)], where


def _filters() -> list[EventFilter]:
    found: list[EventFilter] = []

    @settings(suppress_health_check=[HealthCheck.too_slow])
    @given(
        st.builds(
            EventFilter,
            types=st.none() | st.frozensets(TYPES),
            sender_id=IDS,
            contact_id=IDS,
            schedule_id=IDS,
            conversation_id=IDS,
            subject_id=IDS,
            subject_type=st.sampled_from([None, "Message", "Contact", "Conversation"]),
        )
    )
    def collect(where: EventFilter) -> None:
        found.append(where)

    collect()
    return found


async def test_the_epoch_changes_with_a_copy_and_with_a_table_made_anew() -> None:
    here = (await read(0, 0)).epoch
    assert (await read(0, 0)).epoch == here
    async with database_of_its_own() as original:
        first = (await read(0, 0)).epoch
        async with database_of_its_own(template=original):
            copied = (await read(0, 0)).epoch
            with pytest.raises(Refusal) as refused:
                await domain_events.start(SYSTEM, EventFilter(), domain_events.encode(domain_events.Place(first, 0)))
            assert refused.value.code is ErrorCode.CURSOR_EXPIRED
            await connect.execute("ALTER TABLE event RENAME TO event_before")
            await connect.execute("CREATE TABLE event (LIKE event_before INCLUDING ALL)")
            anew = (await read(0, 0)).epoch
        assert (await read(0, 0)).epoch == first
    assert len({here, first, copied, anew}) == 4


async def test_an_ordinary_role_may_read_the_epoch() -> None:
    role = unique("role").replace("-", "_")
    async with transaction():
        await connect.execute(f"CREATE ROLE {role}")
        await connect.execute(f"GRANT SELECT ON event, event_log TO {role}")
        await connect.execute(f"SET LOCAL ROLE {role}")
        assert len((await read(0, 0)).epoch) == 8
        await connect.execute("RESET ROLE")
        await connect.execute(f"DROP OWNED BY {role}")
        await connect.execute(f"DROP ROLE {role}")


async def test_trimming_deletes_from_the_end_and_remembers_exactly_how_far() -> None:
    async with database_of_its_own():
        await say(*range(1, 21))
        await connect.execute("UPDATE event SET occurred_at = now() - interval '8 days' WHERE number <= 12")
        # A clock was set back: an old time behind a new one must not tear a hole.
        await connect.execute("UPDATE event SET occurred_at = now() - interval '8 days' WHERE number = 15")
        assert await events.trim(7, batch=5) == 12
        reading = await read(0, 100)
        assert (reading.trimmed_to, reading.head) == (12, 20)
        assert [event.number for event in reading.events] == list(range(13, 21))
        assert await events.trim(7) == 0
        await connect.execute("UPDATE event SET occurred_at = now() - interval '8 days'")
        assert await events.trim(7, batch=3) == 8
        reading = await read(20, 10)
        assert (reading.trimmed_to, reading.head, reading.events) == (20, 20, [])
        await say(21)
        assert [event.number for event in (await read(20, 10)).events] == [21]
