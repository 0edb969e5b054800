"""Chats as the page sees them, and what somebody does in one: alike for both providers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.simulator.conftest import Rig

NUMBER, ALICE = "209900112233445", "351910000111"


async def entries(rig: Rig, number: str) -> list[dict[str, Any]]:
    return (await rig.control("GET", f"chats/{number}/{ALICE}"))["entries"]


async def test_a_conversation_by_the_cloud_api(rig: Rig) -> None:
    where = f"chats/{NUMBER}/{ALICE}"
    heard = (await rig.control("POST", where, {"text": "ola"}))["id"]
    buttons = [{"type": "reply", "reply": {"id": "keep", "title": "Keep"}}]
    asked = {"type": "button", "body": {"text": "Keep?"}, "footer": {"text": "Clinic"}, "action": {"buttons": buttons}}
    wamid = await rig.send(f"+{ALICE}", type="interactive", interactive=asked, context={"message_id": heard})
    await rig.send(f"+{ALICE}", type="reaction", reaction={"message_id": heard, "emoji": "👍"})
    await rig.endpoint.until(lambda: "read" in rig.endpoint.words(wamid))
    first, second = await entries(rig, NUMBER)
    assert (first["text"], first["mine"], first["reactions"]) == ("ola", False, ["👍"])
    assert (second["text"], second["footer"], second["status"], second["reply_to"]) == (
        "Keep?",
        "Clinic",
        "read",
        heard,
    )
    assert second["buttons"] == [{"kind": "button_reply", "id": "keep", "title": "Keep"}]
    await rig.control("POST", where, {"press": second["buttons"][0], "message_id": wamid})
    await rig.control("POST", where, {"react": "🙏", "message_id": wamid})
    await rig.control("POST", where, {"edit": "olá", "message_id": heard})
    picture = (await rig.control("POST", where, {"picture": True, "text": "door"}))["id"]
    await rig.control("POST", where, {"revoke": True, "message_id": picture})
    first, second, pressed, sent = await entries(rig, NUMBER)
    assert (first["text"], first["edited"]) == ("olá", True)
    assert second["reactions"] == ["🙏"]
    assert (pressed["text"], pressed["kind"]) == ("Keep", "interactive")
    assert (sent["kind"], sent["text"], sent["revoked"]) == ("image", "door", True)
    async with rig.http.get(f"{rig.url}/_simulator/media/{sent['media']['id']}") as response:
        assert (response.status, response.content_type) == (200, "image/png")
    await rig.endpoint.until(lambda: len(rig.endpoint.messages()) == 6)
    kinds = [each["type"] for each in rig.endpoint.messages()]
    assert sorted(kinds) == sorted(["text", "interactive", "reaction", "edit", "image", "revoke"])
    [listed] = (await rig.control("GET", "chats"))["chats"]
    assert (listed["number"], listed["person"], listed["provider"]) == (NUMBER, ALICE, "Cloud API")
    assert listed["name"]


async def test_buttons_of_a_template_lead_where_they_say(rig: Rig) -> None:
    buttons = [
        {"type": "QUICK_REPLY", "text": "Keep"},
        {"type": "URL", "text": "Directions", "url": "https://clinic.example/{{1}}", "example": ["lisbon"]},
        {"type": "PHONE_NUMBER", "text": "Call", "phone_number": "+351910000333"},
    ]
    body = {"type": "BODY", "text": "Keep Friday?"}
    await rig.template("keep", "", components=[body, {"type": "BUTTONS", "buttons": buttons}])
    place = {"type": "button", "sub_type": "url", "index": "1", "parameters": [{"type": "text", "text": "porto"}]}
    template = {"name": "keep", "language": {"code": "en"}, "components": [place]}
    await rig.send(f"+{ALICE}", type="template", template=template)
    [entry] = await entries(rig, NUMBER)
    assert entry["buttons"] == [
        {"kind": "button", "id": "Keep", "title": "Keep"},
        {"kind": "url", "id": "https://clinic.example/porto", "title": "Directions"},
        {"kind": "url", "id": "tel:+351910000333", "title": "Call"},
    ]


async def test_a_conversation_by_waha(rig: Rig) -> None:
    await rig.session()
    where = f"chats/clinic/{ALICE}"
    heard = (await rig.control("POST", where, {"text": "ola"}))["id"]
    _, answer = await rig.text(reply_to=heard)
    mine = f"true_{ALICE}@c.us_{answer['key']['id']}"
    reaction = {"session": "clinic", "messageId": heard, "reaction": "👍"}
    await rig.waha("PUT", "reaction", reaction)
    await rig.control("POST", where, {"react": "🙏", "message_id": mine})
    await rig.control("POST", where, {"edit": "olá", "message_id": heard})
    await rig.control("POST", where, {"picture": True})
    await rig.control("POST", where, {"stop_marketing": True})
    await rig.endpoint.until(lambda: 3 in rig.endpoint.acks(answer["key"]["id"]))
    first, second, picture, stop = await entries(rig, "clinic")
    assert (first["text"], first["edited"], first["reactions"]) == ("olá", True, ["👍"])
    assert (second["text"], second["mine"], second["status"], second["reactions"]) == ("Ola", True, "read", ["🙏"])
    assert (picture["kind"], picture["media"]["id"].isdecimal(), stop["text"]) == ("image", True, "STOP")
    shown = await rig.control("GET", "chats")
    assert [each["provider"] for each in shown["chats"]] == ["WAHA"]
    assert [each["name"] for each in shown["sessions"]] == ["clinic"]


async def test_a_campaign_does_not_push_out_those_who_wrote(rig: Rig) -> None:
    await rig.change(throughput=0.0)
    await rig.control("POST", f"chats/{NUMBER}/{ALICE}", {"text": "ola"})
    for n in range(220):
        await rig.send(f"+3519101{n:05d}")
    assert [each["text"] for each in await entries(rig, NUMBER)] == ["ola"]
    assert (await rig.control("GET", f"chats/{NUMBER}/351910100000"))["entries"] == []


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({}, "text is needed"),
        ({"react": "x"}, "message_id is needed"),
        ({"media_id": "1"}, "no such media"),
        ({"a": 1}, "Unknown"),
    ],
)
async def test_what_cannot_be_done_is_refused(rig: Rig, asked: dict[str, Any], says: str) -> None:
    assert says in (await rig.control("POST", f"chats/{NUMBER}/{ALICE}", asked, expect=400))["error"]


async def test_a_sessions_code_as_a_picture(rig: Rig) -> None:
    await rig.waha("POST", "sessions", {"name": "clinic"})
    await rig.status("clinic", "SCAN_QR_CODE")
    async with rig.http.get(f"{rig.url}/_simulator/waha/clinic/code.png") as response:
        assert (response.status, response.content_type) == (200, "image/png")
    await rig.control("POST", "waha/clinic/scan")
    async with rig.http.get(f"{rig.url}/_simulator/waha/clinic/code.png") as response:
        assert response.status == 404


async def typing(rig: Rig, number: str) -> bool:
    return (await rig.control("GET", f"chats/{number}/{ALICE}"))["typing"]


async def test_the_business_reads_and_types(rig: Rig) -> None:
    where = f"chats/{NUMBER}/{ALICE}"
    ids = [(await rig.control("POST", where, {"text": text}))["id"] for text in ("a", "b", "c")]
    assert [each["read"] for each in await entries(rig, NUMBER)] == [False, False, False]
    read = {"messaging_product": "whatsapp", "status": "read", "message_id": ids[1]}
    assert (await rig.call("POST", f"{NUMBER}/messages", read))[0] == 200
    assert [each["read"] for each in await entries(rig, NUMBER)] == [True, True, False], "and what came before"
    assert not await typing(rig, NUMBER)
    types = {**read, "message_id": ids[2], "typing_indicator": {"type": "text"}}
    await rig.call("POST", f"{NUMBER}/messages", types)
    assert [each["read"] for each in await entries(rig, NUMBER)] == [True, True, True]
    assert await typing(rig, NUMBER)
    await rig.send(f"+{ALICE}", type="text", text={"body": "hello"})
    assert not await typing(rig, NUMBER), "it has said what it typed"
    await rig.call("POST", f"{NUMBER}/messages", types)
    await rig.control("POST", "clock", {"jump": 26})
    assert not await typing(rig, NUMBER)


async def test_a_session_of_waha_reads_and_types(rig: Rig) -> None:
    await rig.session("clinic")
    await rig.control("POST", f"chats/clinic/{ALICE}", {"text": "ola"})
    there = {"session": "clinic", "chatId": f"{ALICE}@c.us"}
    await rig.waha("POST", "startTyping", there)
    assert await typing(rig, "clinic")
    await rig.waha("POST", "stopTyping", there)
    assert not await typing(rig, "clinic")
    assert [each["read"] for each in await entries(rig, "clinic")] == [False]
    await rig.waha("POST", "sendSeen", there)
    assert [each["read"] for each in await entries(rig, "clinic")] == [True]
