"""Operating figures, summed over processes and minutes, against what is written here by hand."""

import asyncio
import shutil
import time
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import psutil
import pytest
import pytest_asyncio

from db.accounts import Role
from db.core import connect
from db.core.settings import get_settings
from db.health import OperatingMinute
from domain.core import traffic
from domain.core.access import SYSTEM, Viewer
from domain.core.errors import Refusal
from domain.health import system
from domain.health.system import COUNTED, ModelMetrics
from tests import factories
from tests.databases import database_of_its_own
from tests.domain.messages.surroundings import a_contact, a_message

NOW = datetime.now(UTC).replace(second=0, microsecond=0)


@pytest_asyncio.fixture(autouse=True, loop_scope="session")
async def apart(database: None, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    monkeypatch.setattr(traffic, "tally", Counter[str]())
    async with database_of_its_own():
        yield


async def minute(ago: timedelta, *, served: bool = True, **counted: int) -> None:
    await OperatingMinute.create(minute=NOW - ago, served=served, **{**dict.fromkeys(COUNTED, 0), **counted})


async def test_figures_of_the_last_hour_the_day_and_the_month() -> None:
    await minute(timedelta(minutes=10), requests=100, milliseconds=2000, errors=1, sent=50, received=10)
    await minute(timedelta(minutes=20), requests=300, milliseconds=2000, errors=3, sent=30, deduplicated=2)
    await minute(timedelta(minutes=70), requests=999, milliseconds=9, errors=9, sent=7, deduplicated=3)
    await minute(timedelta(days=29), sent=1000)
    await minute(timedelta(days=31), sent=1000, deduplicated=9)
    found = await system.metrics(SYSTEM)
    assert (found.average_response_time_ms, found.error_rate) == (10, 0.01)
    assert found.messages_per_minute == 90 / 60
    assert found.total_deduplicated == 5
    today = NOW.replace(hour=0, minute=0)
    sent = {10: 50, 20: 30, 70: 7}
    assert found.messages_sent_today == sum(n for ago, n in sent.items() if NOW - timedelta(minutes=ago) >= today)


async def test_being_up_is_counted_by_minutes_since_the_first() -> None:
    assert (await system.figures()).uptime_percentage == 100
    for ago in (10, 9, 8, 3, 2, 1):
        await minute(timedelta(minutes=ago))
    await minute(timedelta(minutes=5), served=False, sent=1)
    await minute(timedelta(days=31))
    # As many minutes have passed since the tenth one ago as the clock says, before or after it was asked.
    passed = "SELECT extract(epoch FROM date_trunc('minute', now()) - $1)::int / 60"
    before = await connect.value(passed, NOW - timedelta(minutes=10))
    found = (await system.figures()).uptime_percentage
    after = await connect.value(passed, NOW - timedelta(minutes=10))
    assert found in (600 / before, 600 / after)


async def test_what_processes_count_is_added_up_and_kept_while_it_cannot_be_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    traffic.tally.update(sent=3)
    await system.note(serves=False)
    traffic.note(20.0, "/graphql", 200)
    traffic.note(40.0, "/graphql", 200, failed=True)
    traffic.tally.update(sent=2)
    await system.note(serves=True)
    await system.note(serves=False)
    rows = await OperatingMinute.all()
    assert {sum(getattr(row, name) for row in rows) for name in ("sent",)} == {5}
    assert [sum(getattr(row, name) for row in rows) for name in COUNTED[:3]] == [2, 60, 1]
    assert any(row.served for row in rows)
    assert not traffic.tally
    traffic.tally.update(sent=1)
    with monkeypatch.context() as patch:
        patch.setattr(system, "_NOTE", "SELECT 1 / 0, $1, $2, $3, $4, $5, $6, $7")
        await system.note(serves=True)
    assert traffic.tally == {"sent": 1}
    await system.note(serves=False)
    assert sum(row.sent for row in await OperatingMinute.all()) == 6


async def test_models_by_what_their_calls_came_to() -> None:
    insert = "INSERT INTO model_usage (day, model, calls, failures, answers, tokens, milliseconds, confidence) VALUES "
    await connect.execute(
        insert + "((now() AT TIME ZONE 'UTC')::date, 'a', 10, 4, 6, 900, 20000, 4.5),"
        " ((now() AT TIME ZONE 'UTC')::date - 1, 'a', 10, 1, 9, 100, 10000, 6), "
        " ((now() AT TIME ZONE 'UTC')::date, 'b', 2, 2, 0, 0, 40, 0)"
    )
    assert (await system.figures()).models == [
        ModelMetrics("a", 15, 900, 0.7, 1500, 0.25),
        ModelMetrics("b", 0, 0, 0, 20, 1),
    ]


async def test_senders_queues_and_turns_as_they_are_now() -> None:
    sender, other = await factories.sender(), await factories.sender()
    await connect.execute("UPDATE sender SET status = 'EXPIRED' WHERE id = $1", other.id)
    for _ in range(3):
        await a_message(sender.id, await a_contact())
    await connect.execute("UPDATE message SET due_at = now() + interval '1 h' WHERE id = (SELECT max(id) FROM message)")
    turn = "INSERT INTO bot_turn (conversation_id, epoch, due_at, message_ids) VALUES ($1, 0, now() + $2, '{}')"
    await connect.execute(turn, 1, timedelta(seconds=30))
    await connect.execute(turn, 2, timedelta(seconds=-1))
    await connect.execute("SELECT setval('bot_gathered', 7)")
    found = await system.figures()
    assert (found.active_senders, found.queue_size) == (1, 2)
    assert (found.active_buffers, found.total_buffered) == (2, 7)
    assert found.deduplication_cache == "postgresql"


async def test_the_machine_is_seen_at_work(monkeypatch: pytest.MonkeyPatch) -> None:
    began = time.monotonic()
    monkeypatch.setattr(traffic, "STARTED", began - 100)
    monkeypatch.setattr(system, "NOTE_SECONDS", 0.1)
    at_work = asyncio.gather(system.keep_noting(serves=False), moving_bytes())
    try:
        async with asyncio.timeout(10):
            while (found := await system.figures()).network_throughput_mbps < 10 or found.cpu_utilization < 10:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
    finally:
        at_work.cancel()
        await asyncio.gather(at_work, return_exceptions=True)
    assert 100 <= found.uptime <= 100 + time.monotonic() - began
    assert found.cpu_utilization <= 100
    assert found.memory_utilization == pytest.approx(psutil.virtual_memory().percent, abs=10)
    used = shutil.disk_usage(get_settings().data_dir.parent).used / 1e9
    assert found.disk_usage_gb == pytest.approx(used, abs=1)


async def moving_bytes() -> None:
    """Sends megabytes through this machine's own network until it is cancelled."""

    async def swallow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(2**20):
            continue
        writer.close()

    async with await asyncio.start_server(swallow, "127.0.0.1") as server:
        _, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        try:
            while True:
                writer.write(bytes(2**20))
                await writer.drain()
                await asyncio.sleep(0.001)
        finally:
            writer.close()


async def test_a_month_is_kept() -> None:
    await minute(timedelta(days=29))
    await minute(timedelta(days=31))
    await system.trim()
    assert await OperatingMinute.all().count() == 1


async def test_only_an_admin_who_is_bound_to_no_sender_sees_them() -> None:
    with pytest.raises(Refusal, match="bound to a sender"):
        await system.metrics(Viewer(role=Role.ADMIN, sender_id=1))
