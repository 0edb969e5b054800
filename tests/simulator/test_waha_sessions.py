"""WAHA's sessions: linked by scanning, their codes, what drops them (D1, D2, F 25)."""

from __future__ import annotations

import base64
import struct
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.simulator.conftest import Rig, Started


async def jump(rig: Rig, seconds: float) -> None:
    await rig.control("POST", "clock", {"jump": seconds})


async def test_a_session_is_created_scanned_and_works(rig: Rig) -> None:
    await rig.session()
    _, shown = await rig.waha("GET", "sessions/clinic")
    assert shown["me"]["id"] == "351910000333@c.us"
    assert shown["me"]["lid"].endswith("@lid")
    assert shown["config"]["metadata"] == {"tenant": "t7"}
    assert (await rig.waha("GET", "sessions/clinic/me"))[1] == shown["me"]
    await rig.endpoint.until(lambda: len(rig.endpoint.told("session.status")) == 4)
    last = max(rig.endpoint.told("session.status"), key=lambda told: len(told["statuses"]))
    path = ["STARTING", "SCAN_QR_CODE", "STARTING", "WORKING"]
    assert [each["status"] for each in last["statuses"]] == path
    assert last["name"] == "clinic"
    assert (await rig.waha("POST", "sessions", {"name": "clinic"}))[0] == 422


async def test_a_click_scans_with_the_phone_that_the_session_is_named_after(rig: Rig) -> None:
    await rig.waha("POST", "sessions", {"name": "shop-447400123457"})
    await rig.status("shop-447400123457", "SCAN_QR_CODE")
    await rig.control("POST", "waha/shop-447400123457/scan", {})
    await rig.status("shop-447400123457", "WORKING")
    assert (await rig.waha("GET", "sessions/shop-447400123457/me"))[1]["id"] == "447400123457@c.us"


async def test_a_wrong_key_opens_nothing(rig: Rig) -> None:
    for key in ("", "wrong"):
        assert await rig.waha("GET", "sessions", key=key) == (401, {"message": "Unauthorized", "statusCode": 401})


async def test_stopped_sessions_are_listed_on_request(rig: Rig) -> None:
    assert (await rig.waha("POST", "sessions", {"name": "a", "start": False}))[1]["status"] == "STOPPED"
    await rig.waha("POST", "sessions", {"name": "b"})
    assert [each["name"] for each in (await rig.waha("GET", "sessions"))[1]] == ["b"]
    assert [each["name"] for each in (await rig.waha("GET", "sessions", all="true"))[1]] == ["a", "b"]
    status, said = await rig.waha("GET", "sessions/none")
    assert (status, said["statusCode"]) == (404, 404)
    for _ in range(2):
        assert (await rig.waha("DELETE", "sessions/a"))[0] == 200
    assert [each["name"] for each in (await rig.waha("GET", "sessions", all="true"))[1]] == ["b"]


async def test_a_link_survives_restarts_and_ends_with_a_logout(rig: Rig) -> None:
    await rig.session()
    for verb in ("stop", "stop", "start", "start"):
        assert (await rig.waha("POST", f"sessions/clinic/{verb}"))[0] == 201
    await rig.status("clinic", "WORKING")
    await rig.waha("POST", "sessions/clinic/restart")
    await rig.status("clinic", "WORKING")
    _, shown = await rig.waha("PUT", "sessions/clinic", {"config": {"metadata": {}}})
    assert shown["config"] == {"metadata": {}}
    await rig.status("clinic", "WORKING")
    await rig.waha("POST", "sessions/clinic/logout")
    assert (await rig.status("clinic", "SCAN_QR_CODE"))["me"] is None
    assert (await rig.waha("GET", "sessions/clinic/me"))[1] is None


async def test_a_code_is_a_picture_three_ways(rig: Rig) -> None:
    await rig.waha("POST", "sessions", {"name": "clinic"})
    await rig.status("clinic", "SCAN_QR_CODE")
    headers = {"X-Api-Key": "simulator-key"}
    async with rig.http.get(f"{rig.url}/api/clinic/auth/qr", headers=headers) as response:
        assert response.content_type == "image/png"
        picture = await response.read()
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", picture[16:24])
    assert width == height > 200
    headers["Accept"] = "application/json"
    async with rig.http.get(f"{rig.url}/api/clinic/auth/qr", headers=headers) as response:
        shown = await response.json()
    assert (shown["mimetype"], base64.b64decode(shown["data"])) == ("image/png", picture)
    _, raw = await rig.waha("GET", "clinic/auth/qr", format="raw")
    assert raw["value"].startswith("2@")
    status, said = await rig.waha("POST", "clinic/auth/request-code", {"phoneNumber": "351910000333"})
    assert (status, len(said["code"]), said["code"][4]) == (201, 9, "-")


async def test_six_codes_then_failed(rig: Rig) -> None:
    await rig.waha("POST", "sessions", {"name": "clinic"})
    await rig.status("clinic", "SCAN_QR_CODE")
    codes = [(await rig.waha("GET", "clinic/auth/qr", format="raw"))[1]["value"]]

    async def changed() -> str:
        while True:
            status, shown = await rig.waha("GET", "clinic/auth/qr", format="raw")
            if status != 200:
                return ""
            if shown["value"] != codes[-1]:
                return shown["value"]

    await jump(rig, 55)
    assert (await rig.waha("GET", "clinic/auth/qr", format="raw"))[1]["value"] == codes[0], "the first holds 60 s"
    for _ in range(5):
        await jump(rig, 15)
        codes.append(await changed())
        await jump(rig, 5)
    assert len(set(codes)) == 6
    await jump(rig, 20)
    assert await changed() == ""
    await rig.status("clinic", "FAILED")
    await rig.waha("POST", "sessions/clinic/restart")
    await rig.status("clinic", "SCAN_QR_CODE")


async def test_a_jump_of_hours_passes_through_every_code(rig: Rig) -> None:
    await rig.session("other")
    webhook = {"url": rig.endpoint_url, "events": ["session.status"]}
    await rig.waha("POST", "sessions", {"name": "clinic", "config": {"webhooks": [webhook]}})
    await rig.status("clinic", "SCAN_QR_CODE")
    await jump(rig, 7200)
    await rig.status("clinic", "FAILED")
    assert (await rig.waha("GET", "sessions/other"))[1]["status"] == "WORKING"


async def test_codes_end_on_demand(rig: Rig) -> None:
    await rig.waha("POST", "sessions", {"name": "clinic"})
    await rig.status("clinic", "SCAN_QR_CODE")
    before = (await rig.waha("GET", "clinic/auth/qr", format="raw"))[1]["value"]
    shown = await rig.control("POST", "waha/clinic/expire")
    assert shown["code"] not in (before, None)
    for _ in range(5):
        shown = await rig.control("POST", "waha/clinic/expire")
    assert (shown["status"], shown["code"]) == ("FAILED", None)
    await rig.control("POST", "waha/clinic/scan", expect=400)


async def test_calls_in_a_wrong_status_wait_and_are_refused(rig: Rig) -> None:
    await rig.waha("POST", "sessions", {"name": "clinic", "start": False})
    status, said = await rig.text()
    assert status == 422
    assert (said["session"], said["status"], said["expected"]) == ("clinic", "STOPPED", ["WORKING"])
    assert said["error"].startswith("Session status is not as expected")
    status, said = await rig.waha("GET", "clinic/auth/qr")
    assert (status, said["expected"]) == (422, ["SCAN_QR_CODE"])
    unknown = {"session": "none", "chatId": "1@c.us", "text": "y"}
    assert (await rig.waha("POST", "sendText", unknown))[0] == 404


async def test_a_call_waits_for_a_session_that_starts(start: Started) -> None:
    rig = await start(waha_patience=3.0)
    await rig.session()
    await rig.change(waha_start=0.2)
    await rig.waha("POST", "sessions/clinic/restart")
    assert (await rig.text())[0] == 201


async def test_sessions_drop_and_come_back(rig: Rig) -> None:
    await rig.session()
    await rig.control("POST", "waha/clinic/drop", {"seconds": 30})
    assert (await rig.text())[0] == 422
    await jump(rig, 31)
    await rig.status("clinic", "WORKING")
    assert (await rig.text())[0] == 201
    await rig.control("POST", "waha/clinic/drop", {"status": "STARTING"})
    assert (await rig.text())[1]["status"] == "STARTING"
    await rig.control("POST", "waha/clinic/drop", {"status": "WORKING"}, expect=400)


async def test_an_unlinked_phone_fails_until_a_logout(rig: Rig) -> None:
    await rig.session()
    await rig.control("POST", "waha/clinic/unlink")
    await rig.waha("POST", "sessions/clinic/restart")
    await rig.status("clinic", "FAILED")
    await rig.waha("POST", "sessions/clinic/logout")
    await rig.status("clinic", "SCAN_QR_CODE")


@pytest.mark.parametrize("used", [True, False])
async def test_a_link_lapses_after_fourteen_days_without_use(rig: Rig, used: bool) -> None:
    await rig.session()
    await jump(rig, 12 * 86_400)
    if used:
        assert (await rig.waha("POST", "clinic/presence", {"presence": "online"}))[0] == 201
    await jump(rig, 3 * 86_400)
    await rig.status("clinic", "WORKING" if used else "FAILED")
    if used:
        await jump(rig, 12 * 86_400)
        await rig.status("clinic", "FAILED")


async def test_control_shows_sessions_and_says_what_is_wrong(rig: Rig) -> None:
    await rig.waha("POST", "sessions", {"name": "clinic"})
    await rig.status("clinic", "SCAN_QR_CODE")
    [shown] = (await rig.control("GET", "waha"))["sessions"]
    assert shown["code"].startswith("2@")
    assert 55 < shown["code_expires"] - (await rig.control("GET", "clock"))["now"] <= 60
    assert "no session" in (await rig.control("POST", "waha/none/scan", expect=400))["error"]
    assert "engine is one of" in (await rig.control("POST", "waha/clinic/engine", {"engine": "X"}, expect=400))["error"]
    assert "There is no sing" in (await rig.control("POST", "waha/clinic/sing", expect=400))["error"]
    await rig.control("POST", "reset")
    assert (await rig.control("GET", "waha"))["sessions"] == []
