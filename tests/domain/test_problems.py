"""Each state that is not well as the database shows it, just before it is worth a word and just after."""

import asyncio
import threading
from collections import deque
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
import pytest_asyncio
from starlette.requests import Request
from structlog.testing import capture_logs

from db.campaigns import Campaign
from db.core import connect, leader, pace
from db.core.leader import leadership
from db.core.pace import Pace
from db.core.redis import shared_redis
from db.core.settings import get_settings
from db.inbound import InboundPost
from db.leads import Lead
from db.senders import SenderProvider
from domain import health, settings, webhooks
from domain.core import traffic
from domain.core.access import SYSTEM
from domain.core.cache import Cached
from domain.health import problems, system
from domain.health.parts import ExternalHealth
from domain.health.problems import DOWN, MENDS, Kind
from domain.senders.pacing import WAHA_PER_HOUR
from graph import inbound as door
from tests import factories
from tests.databases import database_of_its_own
from tests.domain.messages.surroundings import a_contact, a_message, a_sender
from tests.factories import unique
from tests.plans import plan
from tests.receivers import Receiver, hook, say

AWAY = ExternalHealth(health.HealthStatus.DEGRADED, fault="It does not answer.")


@pytest_asyncio.fixture(autouse=True, scope="module", loop_scope="session")
async def apart(database: None) -> AsyncIterator[None]:
    async with database_of_its_own():
        yield


async def words(kind: Kind) -> str | None:
    return (await problems.in_database())[kind]


def test_each_has_its_remedy() -> None:
    assert MENDS.keys() == set(Kind)
    assert set(Kind) > DOWN


@asynccontextmanager
async def set_to(changes: dict[str, dict[str, int | None]]) -> AsyncIterator[None]:
    await settings.update(SYSTEM, changes)
    try:
        yield
    finally:
        usual = {"limits": {"messages_per_hour": None}, "delays": {"sender_switch_delay": 0}}
        await settings.update(SYSTEM, {name: usual[name] for name in changes})


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
    await connect.execute("UPDATE sender SET paused_until = NULL WHERE id = $1", sender.id)
    lease = "UPDATE message SET due_at = NULL, state = $2, lease_until = now() + interval '1 min' WHERE id = $1"
    other = await a_message(sender.id, await a_contact())
    for state, told in (("CLAIMED", False), ("IN_FLIGHT", False), ("UNKNOWN", True)):
        await connect.execute(lease, other, state)
        assert (await words(Kind.QUEUE_STUCK) is not None) is told, state
    await connect.execute(lease.replace("+", "-"), other, "CLAIMED")
    assert await words(Kind.QUEUE_STUCK) is not None, "whoever had claimed it is long gone"
    over = "UPDATE message SET due_at = NULL, lease_until = NULL, state = 'CANCELLED' WHERE sender_id = $1"
    await connect.execute(over, sender.id)


@pytest.mark.parametrize(("provider", "hourly"), [("WAHA", None), ("WAHA", 7), ("CLOUD_API", 7)])
async def test_a_queue_that_waits_for_its_pace_is_not_stuck_and_one_that_does_not_is(
    provider: str, hourly: int | None
) -> None:
    async with database_of_its_own(), set_to({"limits": {"messages_per_hour": hourly}}):
        sender = await a_sender(provider=provider)
        id = await a_message(sender, await a_contact())
        await connect.execute("UPDATE message SET due_at = now() - interval '65 s' WHERE id = $1", id)
        assert await words(Kind.QUEUE_STUCK) is not None
        most = hourly or WAHA_PER_HOUR
        full = Pace(sender, 80, per_hour=most)
        keys = [f"tidings:{name}:{sender}" for name in ("pace", "hour")]
        await shared_redis().delete(*keys)
        await pace.reserve(full, 1)
        assert await words(Kind.QUEUE_STUCK) is None, "it took a place just now"
        await shared_redis().delete(keys[0])
        assert await words(Kind.QUEUE_STUCK) is not None, "none for a minute, and its hour has room"
        await pace.reserve(full, most - 1)
        await shared_redis().delete(keys[0])
        assert await words(Kind.QUEUE_STUCK) is None, "its hour is full"
        await shared_redis().delete(*keys)


async def test_a_hundred_sessions_that_wait_for_their_pace_hide_no_number_that_is_stuck() -> None:
    async with database_of_its_own():
        slow = [await a_sender(provider="WAHA") for _ in range(100)]
        queue = [(sender, "2 h") for sender in slow] + [(await a_sender(), "65 s")]
        for sender, waits in queue:
            id = await a_message(sender, await a_contact())
            await connect.execute("UPDATE message SET due_at = now() - $2::text::interval WHERE id = $1", id, waits)
        for sender in slow:
            await pace.reserve(Pace(sender, 1), 1)
        told = await words(Kind.QUEUE_STUCK)
        await shared_redis().delete(*(f"tidings:pace:{sender}" for sender in slow))
        assert told is not None
        assert 65 <= int(told.rpartition("waits ")[2].partition(" s")[0]) < 100


async def test_a_session_that_waits_for_its_turn_is_not_stuck() -> None:
    async with database_of_its_own(), set_to({"delays": {"sender_switch_delay": 100}}):
        one, other = await a_sender(provider="WAHA"), await a_sender(provider="WAHA")
        id = await a_message(one, await a_contact())
        await connect.execute("UPDATE message SET due_at = now() - interval '65 s' WHERE id = $1", id)
        await shared_redis().delete("tidings:turn")
        assert await words(Kind.QUEUE_STUCK) is not None
        await pace.reserve(Pace(other, 1, switch_delay=100), 1)
        assert await words(Kind.QUEUE_STUCK) is None
        await shared_redis().hincrby("tidings:turn", "last", -90_000_000)
        assert await words(Kind.QUEUE_STUCK) is None, "it pauses for 75 to 125 s"
        await shared_redis().hincrby("tidings:turn", "last", -100_000_000)
        assert await words(Kind.QUEUE_STUCK) is not None, "a minute longer than the longest pause"
        await shared_redis().delete("tidings:turn")


async def test_answers_that_were_lost_and_that_nothing_was_told_of() -> None:
    """One kill leaves a few in doubt, which statuses settle; a provider that answers 502 to all leaves them so."""
    sender = await factories.sender()
    # A lease begins at 25 s.
    doubt = (
        "UPDATE message SET due_at = NULL, state = 'UNKNOWN', lease_until = now() - make_interval(secs => $2)"
        " WHERE id = $1"
    )
    for _ in range(problems.DOUBTS):
        assert await words(Kind.SENDS_IN_DOUBT) is None
        id = await a_message(sender.id, await a_contact())
        await connect.execute(doubt, id, 40)
    assert (await words(Kind.SENDS_IN_DOUBT) or "").endswith(f": {problems.DOUBTS}.")
    await connect.execute(doubt, id, 30)
    assert await words(Kind.SENDS_IN_DOUBT) is None, "that one is 55 s old"
    await connect.execute("UPDATE message SET lease_until = NULL, state = 'SENT' WHERE sender_id = $1", sender.id)


def test_webhooks_that_could_not_be_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    kind = Kind.WEBHOOKS_REFUSED
    monkeypatch.setattr(traffic, "_seconds", deque[traffic._Second](maxlen=traffic.REFUSED_SECONDS + 1))
    for path, status in (("/v1/health", 503), ("/webhooks/whatsapp", 401), ("/webhook", 500), ("/graphql", 500)):
        traffic.note(1, path, status)
    assert problems.of_webhooks() == {kind: None}, "it is counted where it is kept: health is asked there, too"
    for _ in range(2):
        traffic.refuse_webhook()
    assert "could not keep: 2;" in (problems.of_webhooks()[kind] or "")
    for ago, told in ((traffic.REFUSED_SECONDS - 5, True), (10, False)):
        for second in traffic._seconds:
            second.at -= ago
        assert (problems.of_webhooks()[kind] is not None) is told
    assert traffic.last_minute() == (0, None)


@pytest.mark.parametrize(("fault", "status"), [(ConnectionError("away"), 503), (ValueError("a fault of ours"), None)])
async def test_a_webhook_that_cannot_be_kept_is_counted(
    monkeypatch: pytest.MonkeyPatch, fault: Exception, status: int | None
) -> None:
    async def keep(body: bytes, provider: SenderProvider) -> None:
        raise fault

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"{}", "more_body": False}

    monkeypatch.setattr(door.inbound, "keep", keep)
    monkeypatch.setattr(traffic, "_seconds", deque[traffic._Second](maxlen=traffic.REFUSED_SECONDS + 1))
    monkeypatch.setattr(door.inbound, "is_genuine", lambda provider, body, signature: True)
    request = Request({"type": "http", "method": "POST", "headers": [(b"x-webhook-hmac", b"0" * 128)]}, receive)
    taking = door._take(request, SenderProvider.WAHA, "x-webhook-hmac")
    if status is None:
        with pytest.raises(ValueError, match="ours"):
            await taking
    else:
        answer = await taking
        assert (answer.status_code, answer.headers["retry-after"]) == (status, "5")
    assert traffic.webhooks_refused() == 1


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
    async with connect.connection() as foreign:
        await foreign.execute("SELECT pg_advisory_lock($1)", leader._LOCK)
        assert await words(Kind.NO_CLOCK) is not None, "somebody else's lock of the same number is no clock"
        await foreign.execute("SELECT pg_advisory_unlock($1)", leader._LOCK)
    async with leadership():
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
    free = problems.bytes_on_disk(get_settings().data_dir)[0] / 2**30
    monkeypatch.setattr(get_settings(), "disk_reserve_gb", free + 1)
    assert (await problems.of_disk())[Kind.DISK_NEARLY_FULL] is not None


async def test_a_disk_that_hangs_is_told_of_and_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Threads that wait for it are needed for other things."""
    asked, answers = 0, threading.Event()

    def hang(_: Path) -> tuple[int, int]:
        nonlocal asked
        asked += 1
        answers.wait(30)
        return 2**50, 2**40

    monkeypatch.setattr(problems, "bytes_on_disk", hang)
    monkeypatch.setattr(problems, "disk", Cached(problems._ask_disk, 1.0))
    monkeypatch.setattr(health, "PROBE_SECONDS", 0.05)
    try:
        for _ in range(3):
            assert await health.bounded(problems.of_disk, problems.NO_DISK) == problems.NO_DISK
        assert (await system.figures()).disk_usage_gb is None
        assert asked == 1
    finally:
        answers.set()
    assert await problems.of_disk() == {Kind.DISK_NEARLY_FULL: None}
    monkeypatch.setattr(health, "PROBE_SECONDS", 2.0)
    assert (await system.figures()).disk_usage_gb == round(2**40 / 1e9, 2)


@pytest.mark.parametrize("table", ["message", "event"])
async def test_a_table_that_is_held_is_told_of(monkeypatch: pytest.MonkeyPatch, table: str) -> None:
    """SELECT 1 answers meanwhile, and what cannot be looked at would be well by saying nothing."""
    monkeypatch.setattr(health, "PROBE_SECONDS", 0.5)
    monkeypatch.setattr(traffic, "told_to", 0)
    assert (await health._inside())[-1][Kind.DATABASE_BUSY] is None
    async with connect.connection() as holder, holder.transaction():
        await holder.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        of_database, *_, found = await health._inside()
    assert of_database.status is health.HealthStatus.HEALTHY
    assert (found[Kind.DATABASE_BUSY] or "").startswith("PostgreSQL answers, and not what is asked of its tables")
    assert found[Kind.DATABASE_AWAY] is None
    assert Kind.NO_CLOCK not in found or table == "event"
    assert Kind.WHATSAPP_AWAY not in health._outside(found, AWAY, None, None), "it may be PostgreSQL that is late"
    assert health._outside({}, AWAY, None, None) == {Kind.WHATSAPP_AWAY: "It does not answer."}


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
    for outside in (health._whatsapp, health._language_model, health._files):
        monkeypatch.setattr(outside, "_asked", None)
    with capture_logs() as lines:
        watching = asyncio.create_task(health.watch())
        found |= {Kind.NO_WORKER: "No worker runs.", Kind.SENDER_RESTS: unique()}
        await some_looks()
        del found[Kind.NO_WORKER]
        await some_looks()
        found |= {Kind.NO_WORKER: None, Kind.SENDER_RESTS: None}
        await some_looks()
        # What is outside is told of as soon as anyone has asked.
        for fault in ("The bucket is gone.", ""):
            monkeypatch.setattr(health, "_files", Cached(partial(asyncio.sleep, 0, fault), 60))
            await health._files.get()
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
        ("problem", "files_away", "warning"),
        ("problem_over", "files_away", "warning"),
    ]


async def test_a_post_that_is_tried_again_later_is_no_journal_that_grows() -> None:
    """One may be put off for 23 minutes; ten are more than a few."""
    put_off = "UPDATE inbound_post SET retry_at = now() + interval '1 min' WHERE done_at IS NULL"
    old = datetime.now(UTC) - timedelta(minutes=5)
    for _ in range(problems.POSTS_PUT_OFF - 1):
        post = await InboundPost.create(body=b"{}")
        await InboundPost.filter(id=post.id).update(created_at=old)
    assert await words(Kind.JOURNAL_GROWS) is not None
    await connect.execute(put_off)
    assert await words(Kind.JOURNAL_GROWS) is None
    await InboundPost.create(body=b"{}")
    await connect.execute(put_off)
    assert await words(Kind.JOURNAL_GROWS) is not None
    await connect.execute("UPDATE inbound_post SET done_at = now()")


async def test_a_sender_that_sends_no_more_is_not_silent_for_ever() -> None:
    sender = await factories.sender()
    for days, told in ((6, True), (8, False)):
        ago = "UPDATE sender SET unheard_since = now() - make_interval(days => $2) WHERE id = $1"
        await connect.execute(ago, sender.id, days)
        assert (await words(Kind.SENDER_SILENT) is not None) is told


async def test_a_server_that_is_busy_is_not_without_a_database() -> None:
    """A proxy would take away one busy server after another."""
    async with AsyncExitStack() as stack:
        for _ in range(get_settings().database_pool):
            await stack.enter_async_context(connect.connection())
        busy = await health._ask_database()
        assert (busy.status, busy.checked_out) == (health.HealthStatus.DEGRADED, get_settings().database_pool)
    assert (await health._ask_database()).status is health.HealthStatus.HEALTHY


async def test_a_webhook_is_late_that_was_not_told_for_a_quarter_of_an_hour() -> None:
    """Of what was refused, of what nobody took from the log, and not of what it was switched off for."""
    async with database_of_its_own():
        webhook = await hook(Receiver(url="http://127.0.0.1:1/"))
        old = "UPDATE webhook SET updated_at = now() - interval '1 day'"
        await connect.execute(old)
        await say(1, 2)
        assert await words(Kind.WEBHOOK_BEHIND) is None
        await connect.execute("UPDATE event SET occurred_at = now() - interval '16 min'")
        assert "told late: 1;" in (await words(Kind.WEBHOOK_BEHIND) or "")
        await webhooks.deliver(webhook.id)
        assert await words(Kind.WEBHOOK_BEHIND) is None, "it was tried just now for the first time"
        for minutes, told in ((14, False), (16, True)):
            await connect.execute("UPDATE webhook_delivery SET created_at = now() - make_interval(mins => $1)", minutes)
            assert (await words(Kind.WEBHOOK_BEHIND) is not None) is told
        await webhooks.update(SYSTEM, webhook.id, active=False)
        await connect.execute(old)
        assert await words(Kind.WEBHOOK_BEHIND) is None
        await webhooks.update(SYSTEM, webhook.id, active=True)
        assert await words(Kind.WEBHOOK_BEHIND) is None, "it has just been switched on"
