"""What WAHA says of sessions, and how long they live: fourteen days without a sign of life."""

import asyncio
import contextvars
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from db.core import connect
from db.core.transaction import transaction
from db.senders import Sender, SenderProvider, SenderStatus
from domain import senders
from domain.core.access import SYSTEM
from domain.core.errors import ErrorCode
from domain.senders import SessionNews, sessions
from tests import factories
from tests.callers import only
from tests.factories import phone
from tests.running import Simulator
from tests.waha import becomes, connected, drive, events_of, there


@pytest.mark.parametrize(
    ("was", "told", "is_now"),
    [
        ("STOPPED", "STARTING", "STARTING"),
        ("STARTING", "SCAN_QR_CODE", "WAITING_FOR_SCAN"),
        ("WAITING_FOR_SCAN", "STARTING", "SCANNED"),
        ("SCANNED", "STARTING", "SCANNED"),
        ("WAITING_FOR_SCAN", "PASSKEY_REQUIRED", "SCANNED"),
        ("SCANNED", "PASSKEY_CONFIRMATION_REQUIRED", "SCANNED"),
        ("SCANNED", "WORKING", "CONNECTED"),
        ("STARTING", "WORKING", "CONNECTED"),
        ("CONNECTED", "FAILED", "FAILED"),
        ("CONNECTED", "STOPPED", "STOPPED"),
        ("CONNECTED", "SCAN_QR_CODE", "WAITING_FOR_SCAN"),
        ("CONNECTED", "SOMETHING_NEW", "STARTING"),
        ("CONNECTED", None, "STOPPED"),
        ("EXPIRED", "WORKING", "CONNECTED"),
    ],
)
async def test_each_status_of_waha_is_one_of_ours(was: str, told: str | None, is_now: str) -> None:
    sender = await Sender.create(
        phone_number=phone(), provider=SenderProvider.WAHA, status=was, session_name=factories.unique("s")
    )
    news = SessionNews(str(sender.session_name), told, None, datetime.now(UTC))
    await senders.hear([news])
    await senders.hear([news])
    found = await Sender.get(id=sender.id)
    assert found.status.value == is_now
    assert await events_of(sender) == ([is_now] if was != is_now else [])
    assert (await senders.account(sender.id) is not None) is (is_now == "CONNECTED")


async def test_what_was_said_earlier_does_not_undo_what_was_said_since() -> None:
    sender = await Sender.create(
        phone_number=phone(), provider=SenderProvider.WAHA, status="STARTING", session_name=factories.unique("s")
    )
    now = datetime.now(UTC)

    async def hear(*told: tuple[str, int]) -> str:
        news = [
            SessionNews(str(sender.session_name), status, None, now + timedelta(seconds=seconds))
            for status, seconds in told
        ]
        await senders.hear(news)
        return (await Sender.get(id=sender.id)).status.value

    assert await hear(("WORKING", -10), ("SCAN_QR_CODE", -20)) == "CONNECTED"
    assert await hear(("STARTING", -15)) == "CONNECTED"
    assert await hear(("FAILED", -5)) == "FAILED"
    assert await events_of(sender) == ["WAITING_FOR_SCAN", "CONNECTED", "FAILED"]


async def test_waha_is_asked_while_no_row_is_locked(simulator: Simulator) -> None:
    """Each call is made while another transaction holds the sender's row: one that held it too would wait for ever."""
    sender = await connected(simulator)
    calls: list[Callable[[], Awaitable[object]]] = [
        lambda: senders.disconnect_sender(SYSTEM, sender.id),
        lambda: senders.connect_sender(SYSTEM, sender.id),
        lambda: senders.delete(SYSTEM, sender.id),
    ]
    seen = [{"STOPPED"}, {"WORKING"}, {None}]
    for call, statuses in zip(calls, seen, strict=True):
        async with transaction():
            await connect.execute("SELECT FROM sender WHERE id = $1 FOR UPDATE", sender.id)
            doing = _outside(call)
            async with asyncio.timeout(5):
                await until(simulator, sender, statuses)
            assert not doing.done()
        await doing


async def until(simulator: Simulator, sender: Sender, statuses: set[str | None]) -> None:
    while True:
        session = (await asyncio.to_thread(there, simulator)).get(str(sender.session_name), {})
        if session.get("status") in statuses:
            return
        await asyncio.sleep(0.02)


def _outside(call: Callable[[], Awaitable[object]]) -> "asyncio.Task[object]":
    """A task that has not inherited the transaction."""

    async def run() -> object:
        return await call()

    return asyncio.get_running_loop().create_task(run(), context=contextvars.Context())


async def silent(sender: Sender, days: float) -> None:
    await Sender.filter(id=sender.id).update(last_active_at=datetime.now(UTC) - timedelta(days=days))


async def test_a_silent_session_is_pinged_after_twelve_days(simulator: Simulator) -> None:
    sender, talking = await connected(simulator), await connected(simulator)
    await silent(sender, 12.1)
    await silent(talking, 11.9)
    due = {row["id"] for row in await connect.rows(sessions._SILENT)}
    assert sender.id in due
    assert talking.id not in due
    await senders.ping(sender.id)
    alive = await Sender.get(id=sender.id)
    assert alive.last_active_at is not None
    assert datetime.now(UTC) - alive.last_active_at < timedelta(minutes=1)
    assert sender.id not in {row["id"] for row in await connect.rows(sessions._SILENT)}
    assert await events_of(sender, "SENDER_EXPIRING") == []


async def test_one_that_does_not_answer_is_told_of_once_and_stays(simulator: Simulator) -> None:
    sender = await connected(simulator)
    await silent(sender, 12.1)
    drive(simulator, sender, "drop", status="FAILED")
    await senders.ping(sender.id)
    await senders.ping(sender.id)
    found = await Sender.get(id=sender.id)
    assert found.status is SenderStatus.CONNECTED
    assert sender.id not in {row["id"] for row in await connect.rows(sessions._SILENT)}
    assert await events_of(sender, "SENDER_EXPIRING") == ["CONNECTED"]
    # A new life, and another end of it: told anew.
    await Sender.filter(id=sender.id).update(expiry_told_at=datetime.now(UTC) - timedelta(days=13))
    await senders.ping(sender.id)
    assert await events_of(sender, "SENDER_EXPIRING") == ["CONNECTED", "CONNECTED"]


async def test_a_session_expires_after_fourteen_days_and_is_scanned_anew(simulator: Simulator) -> None:
    sender, younger = await connected(simulator), await connected(simulator)
    await silent(sender, 14.01)
    await silent(younger, 13.99)
    await senders.expire()
    expired = await Sender.get(id=sender.id)
    assert (expired.status, expired.requires_auth) == (SenderStatus.EXPIRED, True)
    assert expired.expires_at is not None
    assert expired.expires_at < datetime.now(UTC)
    assert (await Sender.get(id=younger.id)).status is SenderStatus.CONNECTED
    # That WAHA takes it for working is no sign of life.
    await senders.poll()
    assert (await Sender.get(id=sender.id)).status is SenderStatus.EXPIRED
    assert await events_of(sender) == [*(await events_of(sender))[:-1], "EXPIRED"]
    refusal = await only(senders.request_pairing_code(SYSTEM, sender.id))
    assert refusal == (ErrorCode.SESSION_EXPIRED, "id", "session_expired")
    await senders.connect_sender(SYSTEM, sender.id)
    await becomes(sender, SenderStatus.WAITING_FOR_SCAN)
