"""Codes to scan and to type, as the simulator's WAHA shows them."""

import base64
from datetime import UTC, datetime, timedelta

import pytest

from db.accounts import Role
from db.senders import SenderStatus
from domain import senders
from domain.core.access import SYSTEM, Viewer
from domain.core.errors import ErrorCode
from domain.providers import waha_sessions
from domain.senders import sessions
from tests import factories
from tests.callers import only
from tests.running import Simulator
from tests.waha import becomes, connected_from, drive, make, scanned

MARKETER = Viewer(role=Role.MARKETER)


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
