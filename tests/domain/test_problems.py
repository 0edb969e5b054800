"""Each state that is not well as the database shows it, just before it is worth a word and just after."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from db.campaigns import Campaign
from db.core import connect
from db.core.leader import leadership
from db.core.settings import get_settings
from db.leads import Lead
from domain import health
from domain.core import traffic
from domain.health import problems
from domain.health.problems import DOWN, MENDS, Kind
from tests import factories
from tests.databases import database_of_its_own
from tests.domain.messages.surroundings import a_contact, a_message
from tests.factories import unique
from tests.plans import plan


@pytest_asyncio.fixture(autouse=True, scope="module", loop_scope="session")
async def apart(database: None) -> AsyncIterator[None]:
    async with database_of_its_own():
        yield


async def words(kind: Kind) -> str | None:
    return (await problems.in_database())[kind]


def test_each_has_its_remedy() -> None:
    assert MENDS.keys() == set(Kind)
    assert set(Kind) > DOWN


async def test_a_queue_that_nothing_holds_back_must_move() -> None:
    sender = await factories.sender()
    id = await a_message(sender.id, await a_contact())
    for seconds, told in ((55, False), (65, True)):
        await connect.execute(
            "UPDATE message SET due_at = now() - make_interval(secs => $2) WHERE id = $1", id, seconds
        )
        assert (await words(Kind.QUEUE_STUCK) is not None) is told
    await connect.execute("UPDATE sender SET paused_until = now() + interval '1 h' WHERE id = $1", sender.id)
    assert await words(Kind.QUEUE_STUCK) is None
    await connect.execute("UPDATE message SET due_at = NULL, state = 'CANCELLED' WHERE id = $1", id)


WORK = {
    "a schedule": "UPDATE schedule SET send_at = now() - make_interval(secs => $1)",
    "a turn of the bot": "INSERT INTO bot_turn (conversation_id, epoch, due_at, message_ids)"
    " VALUES (1, 0, now() - make_interval(secs => $1), '{}')"
    " ON CONFLICT (conversation_id) DO UPDATE SET due_at = excluded.due_at",
    "a follow-up": "UPDATE lead SET next_follow_up_at = now() - make_interval(secs => $1)",
    "a campaign": "UPDATE campaign SET scheduled_at = now() - make_interval(secs => $1), status = 'SCHEDULED'",
}


@pytest.mark.parametrize("what", WORK)
async def test_what_the_clock_should_have_begun_is_overdue_after_a_minute(what: str) -> None:
    async with database_of_its_own():
        await Lead.create(contact_id=1, title="x")
        await Campaign.create(name="x", variables={})
        sender = await factories.sender()
        await plan(sender_id=sender.id)
        await connect.execute("UPDATE schedule SET send_at = now() + interval '1 h'")
        assert await words(Kind.WORK_OVERDUE) is None
        await connect.execute(WORK[what], 55.0)
        assert await words(Kind.WORK_OVERDUE) is None
        await connect.execute(WORK[what], 75.0)
        found = await words(Kind.WORK_OVERDUE)
        assert found is not None
        assert found.startswith("Scheduled work does not begin: the oldest was due 7")


async def test_a_clock_leads_or_nobody_does() -> None:
    assert await words(Kind.NO_CLOCK) is not None
    async with leadership("test"):
        assert await words(Kind.NO_CLOCK) is None
    async with asyncio.timeout(5):
        while await words(Kind.NO_CLOCK) is None:  # noqa: ASYNC110 - the server notices in its own time
            await asyncio.sleep(0.01)


async def test_events_that_sockets_are_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    async def behind() -> str | None:
        return (await problems.of_events())[Kind.EVENTS_BEHIND]

    await factories.contact()
    head = await connect.value("SELECT max(number) FROM event")
    await connect.execute("UPDATE event SET occurred_at = now() - interval '7 s' WHERE number = $1", head)
    assert await behind() is None, "nobody subscribes"
    monkeypatch.setattr(traffic, "told_to", head)
    assert (await problems.events_behind(), await behind()) == (0, None)
    monkeypatch.setattr(traffic, "told_to", head - 1)
    assert await behind() == "This server tells its sockets of events late: the oldest waits 7 s."


async def test_a_disk_with_less_than_its_reserve(monkeypatch: pytest.MonkeyPatch) -> None:
    assert await problems.of_disk() == {Kind.DISK_NEARLY_FULL: None}
    free = problems.free_bytes(get_settings().data_dir) / 2**30
    monkeypatch.setattr(get_settings(), "disk_reserve_gb", free + 1)
    assert (await problems.of_disk())[Kind.DISK_NEARLY_FULL] is not None


async def test_what_begins_and_ends_is_written_into_the_log_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "WATCH_SECONDS", 0.01)
    found: dict[Kind, str | None] = dict.fromkeys(Kind)
    looks = 0

    async def inside() -> tuple[None, None, None, problems.Found]:
        nonlocal looks
        looks += 1
        return None, None, None, dict(found)

    async def some_looks() -> None:
        enough = looks + 5
        while looks < enough:  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.01)

    monkeypatch.setattr(health, "_inside", inside)
    with capture_logs() as lines:
        watching = asyncio.create_task(health.watch())
        found |= {Kind.NO_WORKER: "No worker runs.", Kind.SENDER_RESTS: unique()}
        await some_looks()
        del found[Kind.NO_WORKER]
        await some_looks()
        found |= {Kind.NO_WORKER: None, Kind.SENDER_RESTS: None}
        await some_looks()
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching
    told = [(line["event"], line["problem"], line["log_level"]) for line in lines]
    assert told == [
        ("problem", "no_worker", "error"),
        ("problem", "sender_rests", "warning"),
        ("problem_over", "no_worker", "warning"),
        ("problem_over", "sender_rests", "warning"),
    ]
