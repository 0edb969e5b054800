"""Sessions of WAHA senders, at the simulator's WAHA."""

import asyncio
import base64
import contextvars
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from db.accounts import Role, Scope
from db.core import connect
from db.core.settings import get_settings
from db.core.transaction import transaction
from db.senders import Sender, SenderProvider, SenderStatus
from domain import health, senders
from domain.core.access import SYSTEM, Viewer
from domain.core.errors import ErrorCode
from domain.health import HealthStatus
from domain.providers import waha_sessions
from domain.senders import SessionNews, sessions
from tests import factories
from tests.callers import check_attempts, each_caller, only, refused
from tests.factories import phone
from tests.running import Simulator, free_port
from tests.waha import becomes, connected, drive, make, scanned, there

MARKETER = Viewer(role=Role.MARKETER)


@pytest.fixture(autouse=True)
def _waha(simulator: Simulator) -> None:
    simulator.configure(waha_start=0.05, waha_patience=0.3)


async def events_of(sender: Sender, type: str = "SENDER_STATUS_CHANGED") -> list[str]:
    rows = await connect.rows(
        "SELECT data->>'status' AS status FROM event WHERE type = $2 AND subject_id = $1 AND sender_id = $1"
        " ORDER BY number",
        sender.id,
        type,
    )
    return [row["status"] for row in rows]


# ---------------------------------------------------------------------------
# From a number to a connected session, and back
# ---------------------------------------------------------------------------


async def test_a_new_sender_is_scanned_and_connected(simulator: Simulator) -> None:
    sender = await make(name="Shop")
    assert (sender.status, sender.active, sender.expires_at) == (SenderStatus.STARTING, False, None)
    session = there(simulator)[f"tidings-{sender.phone_number[1:]}"]
    [hook] = session["config"]["webhooks"]
    assert hook["url"] == f"{get_settings().public_url}/webhooks/waha"
    assert hook["hmac"] == {"key": "a-key-of-webhooks"}
    assert "message.any" in hook["events"]
    assert "message" not in hook["events"]
    waiting = await becomes(sender, SenderStatus.WAITING_FOR_SCAN)
    assert waiting.requires_auth
    assert await senders.account(sender.id) is None
    sender = await connected_from(simulator, waiting)
    assert sender.last_active_at is not None
    assert sender.expires_at == sender.last_active_at + timedelta(days=14)
    account = await senders.account(sender.id)
    assert account is not None
    assert account.session == sender.session_name
    found = await events_of(sender)
    assert [each for each in found if each != "SCANNED"] == ["STARTING", "WAITING_FOR_SCAN", "CONNECTED"]


async def connected_from(simulator: Simulator, sender: Sender) -> Sender:
    drive(simulator, sender, "scan", phone=sender.phone_number)
    return await becomes(sender, SenderStatus.CONNECTED)


async def test_between_scan_and_connection_it_is_scanned(simulator: Simulator) -> None:
    sender = await becomes(await make(), SenderStatus.WAITING_FOR_SCAN)
    simulator.configure(waha_start=2)
    drive(simulator, sender, "scan", phone=sender.phone_number)
    assert not (await becomes(sender, SenderStatus.SCANNED)).requires_auth


async def test_what_only_the_cloud_api_has_is_refused_and_nothing_is_made(simulator: Simulator) -> None:
    before, sessions_before = await Sender.all().count(), len(there(simulator))
    found = await refused(make(phone_number_id="1", business_account_id="2", access_token="3", name="n" * 101))
    assert sorted(str(field) for _, field, _ in found) == ["accessToken", "businessAccountId", "name", "phoneNumberId"]
    assert (await Sender.all().count(), len(there(simulator))) == (before, sessions_before)
    sender = await make()
    assert await only(senders.update(SYSTEM, sender.id, access_token="x")) == (
        ErrorCode.VALIDATION_ERROR, "accessToken", "not_applicable",
    )  # fmt: skip
    assert (await senders.update(SYSTEM, sender.id, name="Named")).name == "Named"


async def test_a_number_that_is_registered_starts_no_session(simulator: Simulator) -> None:
    known = await factories.sender()
    assert (await only(make(phone_number=known.phone_number)))[:2] == (ErrorCode.DUPLICATE_RESOURCE, "phoneNumber")
    assert f"tidings-{known.phone_number[1:]}" not in there(simulator)


async def test_the_same_number_at_once_is_one_sender_and_one_session(simulator: Simulator) -> None:
    number = phone()
    answers = await asyncio.gather(*(make(phone_number=number) for _ in range(4)), return_exceptions=True)
    [sender] = [answer for answer in answers if isinstance(answer, Sender)]
    await becomes(sender, SenderStatus.WAITING_FOR_SCAN)


async def test_disconnecting_keeps_the_link_and_logging_out_forgets_it(simulator: Simulator) -> None:
    sender = await connected(simulator)
    stopped = await senders.disconnect_sender(MARKETER, sender.id)
    assert stopped.status is SenderStatus.STOPPED
    assert there(simulator)[str(sender.session_name)]["status"] == "STOPPED"
    await senders.disconnect_sender(MARKETER, sender.id)
    await senders.connect_sender(MARKETER, sender.id)
    await becomes(sender, SenderStatus.CONNECTED)
    gone = await senders.disconnect_sender(MARKETER, sender.id, logout=True)
    assert gone.status is SenderStatus.STOPPED
    assert there(simulator)[str(sender.session_name)]["account"] is None
    await senders.connect_sender(MARKETER, sender.id)
    await becomes(sender, SenderStatus.WAITING_FOR_SCAN)
    assert await events_of(sender) == [
        *("STARTING", "WAITING_FOR_SCAN", *(["SCANNED"] if "SCANNED" in await events_of(sender) else []), "CONNECTED"),
        *("STOPPED", "STARTING", "CONNECTED", "STOPPED", "STARTING", "WAITING_FOR_SCAN"),
    ]


async def test_a_connected_one_is_left_alone_unless_it_is_to_be_restarted(simulator: Simulator) -> None:
    sender = await connected(simulator)
    assert (await senders.connect_sender(MARKETER, sender.id)).status is SenderStatus.CONNECTED
    assert (await senders.connect_sender(MARKETER, sender.id, restart=True)).status is SenderStatus.STARTING
    await becomes(sender, SenderStatus.CONNECTED)


async def test_a_failed_session_is_restarted_by_connecting(simulator: Simulator) -> None:
    sender = await connected(simulator)
    drive(simulator, sender, "drop", status="FAILED")
    failed = await becomes(sender, SenderStatus.FAILED)
    assert "Connect it again" in str(failed.error_message)
    await senders.connect_sender(MARKETER, sender.id)
    assert (await becomes(sender, SenderStatus.CONNECTED)).error_message is None


async def test_a_session_that_waha_forgot_is_created_anew(simulator: Simulator) -> None:
    sender = await connected(simulator)
    await waha_sessions.delete(str(sender.session_name))
    lost = await becomes(sender, SenderStatus.STOPPED)
    assert "does not have this session" in str(lost.error_message)
    await senders.connect_sender(MARKETER, sender.id)
    await becomes(sender, SenderStatus.WAITING_FOR_SCAN)


async def test_a_session_that_posts_elsewhere_is_set_right(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    sender = await connected(simulator)
    await senders.disconnect_sender(MARKETER, sender.id)
    monkeypatch.setattr(get_settings(), "waha_hmac_key", SecretStr("another-key"))
    await senders.connect_sender(MARKETER, sender.id)
    [hook] = there(simulator)[str(sender.session_name)]["config"]["webhooks"]
    assert hook["hmac"] == {"key": "another-key"}


async def test_a_code_that_was_scanned_with_another_phone_is_told(simulator: Simulator) -> None:
    sender = await becomes(await make(), SenderStatus.WAITING_FOR_SCAN)
    other = phone()
    drive(simulator, sender, "scan", phone=other)
    wrong = await becomes(sender, SenderStatus.FAILED)
    assert f"scanned with {other}" in str(wrong.error_message)
    assert await senders.account(sender.id) is None


async def test_a_national_spelling_of_the_number_is_the_number(simulator: Simulator) -> None:
    sender = await becomes(await make(), SenderStatus.WAITING_FOR_SCAN)
    drive(simulator, sender, "scan", phone=sender.phone_number.replace("+55119", "+5511"))
    await becomes(sender, SenderStatus.CONNECTED)


async def test_a_deleted_sender_is_logged_out_and_forgotten_at_waha(simulator: Simulator) -> None:
    sender = await connected(simulator)
    assert await senders.delete(SYSTEM, sender.id) == sender.id
    assert sender.session_name not in there(simulator)
    again = await make(phone_number=sender.phone_number)
    await becomes(again, SenderStatus.WAITING_FOR_SCAN)


# ---------------------------------------------------------------------------
# Codes
# ---------------------------------------------------------------------------


async def test_the_code_is_shown_as_picture_and_text_and_renewed(simulator: Simulator) -> None:
    sender = await becomes(await make(), SenderStatus.WAITING_FOR_SCAN)
    code = await senders.qr_code(Viewer(role=Role.VIEWER), sender.id)
    assert code is not None
    assert base64.b64decode(code.image).startswith(b"\x89PNG")
    assert code.text.startswith("2@")
    assert timedelta(seconds=50) < code.expires_at - datetime.now(UTC) <= timedelta(seconds=60)
    drive(simulator, sender, "expire")
    renewed = await senders.qr_code(SYSTEM, sender.id)
    assert renewed is not None
    assert renewed.text != code.text
    assert renewed.image != code.image
    await connected_from(simulator, sender)
    assert await senders.qr_code(SYSTEM, sender.id) is None
    assert await senders.qr_code(SYSTEM, (await factories.sender()).id) is None


async def test_a_code_that_was_scanned_a_moment_ago_is_none(simulator: Simulator) -> None:
    """The sender still says WAITING_FOR_SCAN, and WAHA knows better (422)."""
    sender = await scanned(simulator)
    assert await senders.qr_code(SYSTEM, sender.id) is None


async def test_a_code_without_a_picture_is_not_asked_for_without_end(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    sender = await becomes(await make(), SenderStatus.WAITING_FOR_SCAN)
    asked: list[str] = []

    async def none(name: str) -> None:
        asked.append(name)
        # Else this would stand still for ever, and not fail.
        assert len(asked) < 100

    monkeypatch.setattr(waha_sessions, "qr_image", none)
    assert await senders.qr_code(SYSTEM, sender.id) is None
    assert len(asked) == sessions.MOST_LOOKS


@pytest.mark.parametrize(("seconds", "ends"), [(0, 60), (59.9, 60), (60, 80), (79.9, 80), (80, 100), (159, 160)])
def test_codes_hold_60_seconds_and_then_20(seconds: float, ends: int) -> None:
    since = datetime(2026, 11, 21, tzinfo=UTC)
    assert sessions.code_ends(since, since + timedelta(seconds=seconds)) == since + timedelta(seconds=ends)


async def test_when_the_codes_have_run_out_the_session_failed_and_connecting_gives_new_ones(
    simulator: Simulator,
) -> None:
    sender = await becomes(await make(), SenderStatus.WAITING_FOR_SCAN)
    for _ in range(6):
        drive(simulator, sender, "expire")
    assert (await becomes(sender, SenderStatus.FAILED)).requires_auth
    await senders.connect_sender(SYSTEM, sender.id)
    await becomes(sender, SenderStatus.WAITING_FOR_SCAN)
    assert await senders.qr_code(SYSTEM, sender.id) is not None


async def test_a_pairing_code_in_place_of_scanning(simulator: Simulator) -> None:
    sender = await becomes(await make(), SenderStatus.WAITING_FOR_SCAN)
    code = await senders.request_pairing_code(MARKETER, sender.id)
    assert len(code) == 9
    assert code[4] == "-"
    drive(simulator, sender, "scan", phone=sender.phone_number)
    # The sender still waits as far as we know; WAHA does not.
    assert (await only(senders.request_pairing_code(MARKETER, sender.id)))[0] is ErrorCode.INVALID_STATE
    await becomes(sender, SenderStatus.CONNECTED)
    assert (await only(senders.request_pairing_code(MARKETER, sender.id)))[0] is ErrorCode.INVALID_STATE
    cloud = await factories.sender()
    assert (await only(senders.request_pairing_code(MARKETER, cloud.id)))[0] is ErrorCode.INVALID_STATE


# ---------------------------------------------------------------------------
# What WAHA says
# ---------------------------------------------------------------------------


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


# ---------------------------------------------------------------------------
# When WAHA does not do what it is asked
# ---------------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["away", "key"])
async def test_nothing_is_half_done_while_waha_is_away_or_refuses_our_key(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    sender = await connected(simulator)
    count = await Sender.all().count()
    before, told = await Sender.get(id=sender.id), await events_of(sender)
    if fault == "away":
        monkeypatch.setattr(get_settings(), "waha_url", f"http://127.0.0.1:{free_port()}")
    else:
        monkeypatch.setattr(get_settings(), "waha_api_key", SecretStr("wrong"))
    attempts = [
        make(),
        senders.connect_sender(SYSTEM, sender.id, restart=True),
        senders.disconnect_sender(SYSTEM, sender.id),
        senders.disconnect_sender(SYSTEM, sender.id, logout=True),
        senders.delete(SYSTEM, sender.id),
    ]
    for attempt in attempts:
        assert (await only(attempt))[0] is ErrorCode.WHATSAPP_API_ERROR
    await senders.poll()
    assert await Sender.all().count() == count
    after = await Sender.get(id=sender.id)
    assert (after.status, after.updated_at, after.deleted_at) == (before.status, before.updated_at, None)
    assert await events_of(sender) == told


async def test_without_a_waha_there_are_no_such_senders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(get_settings(), "waha_url", "")
    assert await only(make()) == (ErrorCode.VALIDATION_ERROR, "provider", "not_configured")


async def test_health_asks_waha_where_the_default_sender_is_one_of_it(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    sender = await becomes(await make(is_default=True), SenderStatus.WAITING_FOR_SCAN)
    drive(simulator, sender, "scan", phone=sender.phone_number)
    await becomes(sender, SenderStatus.CONNECTED)
    assert (await health.ask_whatsapp()).status is HealthStatus.HEALTHY
    monkeypatch.setattr(get_settings(), "waha_url", f"http://127.0.0.1:{free_port()}")
    away = await health.ask_whatsapp()
    assert away.status is HealthStatus.DEGRADED
    assert away.fault == "WAHA does not answer, or refuses to.", "anyone may read it: no host, and no number"


# ---------------------------------------------------------------------------
# Fourteen days
# ---------------------------------------------------------------------------


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
    refusal = await only(senders.request_pairing_code(MARKETER, sender.id))
    assert refusal == (ErrorCode.SESSION_EXPIRED, "id", "session_expired")
    await senders.connect_sender(SYSTEM, sender.id)
    await becomes(sender, SenderStatus.WAITING_FOR_SCAN)


# ---------------------------------------------------------------------------
# Who may
# ---------------------------------------------------------------------------


@each_caller(Scope.SENDERS)
async def test_who_may_do_what(viewer: Viewer, simulator: Simulator) -> None:
    sender = await becomes(await make(), SenderStatus.WAITING_FOR_SCAN)
    scoped = viewer.scopes is None
    changes = viewer.role in (Role.ADMIN, Role.MARKETER) and (scoped or Scope.SENDERS in (viewer.scopes or ()))
    attempts: list[tuple[Any, bool]] = [
        (senders.qr_code(viewer, sender.id), viewer.known and (scoped or Scope.READ in (viewer.scopes or ()))),
        (senders.request_pairing_code(viewer, sender.id), changes),
        (senders.disconnect_sender(viewer, sender.id, logout=True), changes),
    ]
    await check_attempts(viewer, attempts)
    bound = Viewer(role=Role.ADMIN, scopes=frozenset(Scope), sender_id=(await factories.sender()).id)
    for attempt in (senders.qr_code(bound, sender.id), senders.request_pairing_code(bound, sender.id)):
        assert (await only(attempt))[0] is ErrorCode.NOT_FOUND
