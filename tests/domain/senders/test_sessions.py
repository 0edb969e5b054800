"""Sessions of WAHA senders, at the simulator's WAHA: from a number to a connected session and back."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from db.accounts import Role, Scope
from db.core.settings import get_settings
from db.senders import Sender, SenderStatus
from domain import health, senders
from domain.core.access import SYSTEM, Viewer
from domain.core.errors import ErrorCode
from domain.health import HealthStatus
from domain.providers import waha_sessions
from tests import factories
from tests.callers import check_attempts, each_caller, only, refused
from tests.factories import phone
from tests.running import Simulator, free_port
from tests.waha import becomes, connected, connected_from, drive, events_of, make, there

MARKETER = Viewer(role=Role.MARKETER)


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
