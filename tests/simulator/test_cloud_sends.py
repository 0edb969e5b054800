"""Sends: what is accepted, what is refused in the reply, what fails later (A2-A5, B1, B2)."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.simulator.conftest import Rig, Started

NUMBER = "209900112233445"
ALICE, BOB = "+351910000111", "+351910000222"


async def test_send_is_accepted_at_once_and_told_later(rig: Rig) -> None:
    status, reply = await rig.post(ALICE, biz_opaque_callback_data="m:1")
    assert status == 200
    assert reply["contacts"] == [{"input": ALICE, "wa_id": "351910000111"}]
    assert "message_status" not in reply["messages"][0]
    wamid = reply["messages"][0]["id"]
    await rig.endpoint.until(lambda: rig.endpoint.words(wamid) == ["sent", "delivered", "read"])
    sent, delivered, read = rig.endpoint.statuses()
    assert {each["biz_opaque_callback_data"] for each in (sent, delivered, read)} == {"m:1"}
    assert {each["recipient_id"] for each in (sent, delivered, read)} == {"351910000111"}
    assert isinstance(sent["timestamp"], str)
    assert "pricing" in sent
    assert "pricing" in delivered
    assert "pricing" not in read
    [value] = {str(change["value"]["contacts"]) for change in rig.endpoint.changes()}
    assert "profile" not in value


async def test_delays_are_kept(start: Started) -> None:
    rig = await start(sent_delay=0.1, delivered_delay=0.3, read_share=0.0)
    began = asyncio.get_running_loop().time()
    wamid = await rig.send(ALICE)
    await rig.endpoint.until(lambda: rig.endpoint.words(wamid) == ["sent", "delivered"])
    sent, delivered = (at - began for at in rig.endpoint.at)
    assert 0.1 <= sent < 0.28
    assert 0.3 <= delivered < 0.6


async def test_wa_id_differs_in_mexico_and_brazil(rig: Rig) -> None:
    for phone, wa_id in (("+525512345678", "5215512345678"), ("+55 (11) 91234-5678", "551112345678")):
        _, reply = await rig.post(phone)
        assert reply["contacts"] == [{"input": phone, "wa_id": wa_id}]
        await rig.endpoint.until(lambda wa_id=wa_id: wa_id in [s.get("recipient_id") for s in rig.endpoint.statuses()])
    await rig.hear("+525512345678")
    await rig.endpoint.until(rig.endpoint.messages)
    assert rig.endpoint.messages()[0]["from"] == "5215512345678"


async def test_person_known_by_user_id_alone(rig: Rig) -> None:
    bsuid = "PT.40817263554433221100"
    await rig.hear("", bsuid=bsuid, name="Rita", username="@rita")
    [message] = await rig.endpoint.until(rig.endpoint.messages)
    assert "from" not in message
    assert message["from_user_id"] == bsuid
    [contact] = rig.endpoint.changes()[0]["value"]["contacts"]
    assert contact == {"profile": {"name": "Rita", "username": "@rita"}, "user_id": bsuid}
    body = {"messaging_product": "whatsapp", "recipient": bsuid, "type": "text", "text": {"body": "hello"}}
    status, reply = await rig.call("POST", f"{NUMBER}/messages", body)
    assert (status, reply["contacts"]) == (200, [{"input": bsuid, "user_id": bsuid}])
    statuses = await rig.endpoint.until(rig.endpoint.statuses)
    assert statuses[0]["recipient_user_id"] == bsuid
    assert "recipient_id" not in statuses[0]


async def test_user_id_of_a_phone_leads_back_to_it(rig: Rig) -> None:
    await rig.send(ALICE)
    user_id = (await rig.endpoint.until(rig.endpoint.statuses))[0]["recipient_user_id"]
    body = {"messaging_product": "whatsapp", "recipient": user_id, "type": "text", "text": {"body": "hello"}}
    status, reply = await rig.call("POST", f"{NUMBER}/messages", body)
    assert (status, reply["contacts"]) == (200, [{"input": user_id, "user_id": user_id}])
    assert {row["wa_id"] for row in await rig.ledger()} == {"351910000111"}


async def test_user_id_given_with_a_phone_is_that_person(rig: Rig) -> None:
    await rig.hear(ALICE, bsuid="PT.777")
    body = {"messaging_product": "whatsapp", "recipient": "PT.777", "type": "text", "text": {"body": "hello"}}
    await rig.call("POST", f"{NUMBER}/messages", body)
    assert [row["wa_id"] for row in await rig.ledger()] == ["351910000111"]
    statuses = await rig.endpoint.until(rig.endpoint.statuses)
    assert statuses[0]["recipient_user_id"] == "PT.777"


async def test_user_id_in_to_is_accepted_and_lost(rig: Rig) -> None:
    lost = await rig.send("PT.40817263554433221100")
    told = await rig.send(ALICE)
    await rig.endpoint.until(lambda: "read" in rig.endpoint.words(told))
    assert rig.endpoint.words(lost) == []
    assert [row["outcome"] for row in await rig.ledger()] == ["lost", "read"]


async def test_same_post_twice_is_two_messages(rig: Rig) -> None:
    first, second = [await rig.send(ALICE, biz_opaque_callback_data="same") for _ in range(2)]
    assert first != second
    await rig.endpoint.until(lambda: rig.endpoint.words(first) and rig.endpoint.words(second))
    counts = await rig.control("GET", "ledger/summary", callback_data="same")
    assert (counts["accepted"], counts["distinct_recipients"], counts["max_per_recipient"]) == (2, 1, 2)


async def test_number_not_on_whatsapp_fails_later(start: Started) -> None:
    rig = await start(not_on_whatsapp=("+351911111111",))
    for to in ("+351910000000", "+351911111111"):
        wamid = await rig.send(to)
        await rig.endpoint.until(lambda wamid=wamid: rig.endpoint.words(wamid) == ["failed"])
    failed = rig.endpoint.statuses()[-1]
    assert [each["code"] for each in failed["errors"]] == [131026]
    assert "recipient_user_id" not in failed
    assert rig.endpoint.changes()[-1]["value"]["contacts"] == [{"wa_id": "351911111111"}]


async def test_window_closed_until_they_write(start: Started) -> None:
    rig = await start(window=True, window_seconds=0.6)
    early = await rig.send(ALICE)
    await rig.endpoint.until(lambda: rig.endpoint.words(early) == ["failed"])
    assert rig.endpoint.statuses()[0]["errors"][0]["code"] == 131047
    await rig.hear(ALICE)
    inside = await rig.send(ALICE)
    other = await rig.send(BOB)
    await rig.endpoint.until(lambda: "read" in rig.endpoint.words(inside) and rig.endpoint.words(other) == ["failed"])
    await asyncio.sleep(0.6)
    late = await rig.send(ALICE)
    await rig.endpoint.until(lambda: rig.endpoint.words(late) == ["failed"])


async def test_throughput_of_a_number(start: Started) -> None:
    rig = await start(throughput=5)
    codes = [(await rig.post(f"+3519100001{n:02d}"))[1].get("error", {}).get("code") for n in range(8)]
    assert codes[:5] == [None] * 5
    assert codes[5:] == [130429] * 3
    assert (await rig.post(ALICE, number="another"))[0] == 200
    await asyncio.sleep(0.25)
    assert (await rig.post(ALICE))[0] == 200


async def test_pair_limit_holds_back_one_person(start: Started) -> None:
    rig = await start(pair_interval=0.2, pair_burst=3)
    assert [(await rig.post(ALICE))[0] for _ in range(3)] == [200] * 3
    assert await rig.code(ALICE) == (400, 131056)
    assert (await rig.post(BOB))[0] == 200
    await asyncio.sleep(0.25)
    assert await rig.code(ALICE) == (400, 131056), "the burst was borrowed and is not yet paid back"
    await asyncio.sleep(0.4)
    assert (await rig.post(ALICE))[0] == 200


async def test_shapes_are_checked(rig: Rig) -> None:
    assert await rig.code(ALICE, type="text", text={"body": "x" * 4097}) == (400, 100)
    assert await rig.code(ALICE, type="text", text={}) == (400, 131008)
    assert await rig.code(ALICE, type="text") == (400, 131008)
    assert await rig.code(ALICE, type="telegram", telegram={}) == (400, 131051)
    assert await rig.code("nobody") == (400, 131009)
    assert await rig.code("") == (400, 131008)
    assert await rig.code(ALICE, messaging_product="sms") == (400, 100)
    assert await rig.code(ALICE, biz_opaque_callback_data="x" * 513) == (400, 131009)
    assert await rig.code("15552233445") == (400, 131021)
    bodies: tuple[Any, ...] = ([], "{", None)
    for body in bodies:
        status, reply = await rig.call("POST", f"{NUMBER}/messages", body)
        assert (status, reply["error"]["code"]) == (400, 100)


async def test_other_types_pass(rig: Rig) -> None:
    await rig.send(ALICE, type="image", image={"link": "https://ex.example/a.jpg", "caption": "door"})
    await rig.send(ALICE, type="location", location={"latitude": 1.0, "longitude": 2.0, "name": "Depot"})
    await rig.send(ALICE, type="contacts", contacts=[{"name": {"formatted_name": "R"}}])
    buttons = [{"type": "reply", "reply": {"id": "keep", "title": "Keep"}}]
    asked = {"type": "button", "body": {"text": "Keep?"}, "action": {"buttons": buttons}}
    await rig.send(ALICE, type="interactive", interactive=asked)
    reaction = await rig.send(ALICE, type="reaction", reaction={"message_id": "wamid.x", "emoji": "👍"})
    assert [row["text"] for row in await rig.ledger()] == ["door", "Depot", "", "Keep?", "👍"]
    await rig.endpoint.until(lambda: [s["status"] for s in rig.endpoint.statuses()].count("read") == 4)
    assert rig.endpoint.words(reaction) == ["sent"]


async def test_mark_read_and_typing(rig: Rig) -> None:
    wamid = await rig.hear(ALICE)
    body = {"messaging_product": "whatsapp", "status": "read", "message_id": wamid}
    for typing in ({}, {"typing_indicator": {"type": "text"}}):
        assert await rig.call("POST", f"{NUMBER}/messages", {**body, **typing}) == (200, {"success": True})
    receipts = (await rig.control("GET", "receipts"))["receipts"]
    assert [(each["message_id"], each["typing"]) for each in receipts] == [(wamid, False), (wamid, True)]
    assert await rig.ledger() == []


async def test_token_number_and_maintenance(rig: Rig) -> None:
    status, reply = await rig.call("GET", NUMBER, token="")
    assert (status, reply["error"]["code"]) == (401, 190)
    await rig.change(expired_tokens=["token"], number_refusals={NUMBER: 133010, "77": 131057})
    assert await rig.code(ALICE) == (401, 190)
    await rig.change(expired_tokens=[])
    assert await rig.code(ALICE) == (400, 133010)
    assert await rig.code(ALICE, number="77") == (500, 131057)
    status, reply = await rig.call("GET", NUMBER, fields="status,health_status")
    assert reply["status"] == "DISCONNECTED"
    await rig.change(number_refusals={})
    assert (await rig.post(ALICE))[0] == 200


async def test_error_body_is_metas(rig: Rig) -> None:
    await rig.control("POST", "faults", {"kind": "refuse", "code": 131016})
    status, reply = await rig.post(ALICE)
    assert status == 500
    error = reply["error"]
    assert set(error) == {"message", "type", "code", "error_data", "fbtrace_id"}
    assert error["type"] == "OAuthException"
    assert error["message"] == "(#131016) Service unavailable"
    assert set(error["error_data"]) == {"messaging_product", "details"}


async def test_phone_number_information(rig: Rig) -> None:
    _, number = await rig.call("GET", NUMBER, fields="id,display_phone_number,throughput,quality_rating,status")
    assert number == {
        "id": NUMBER,
        "display_phone_number": "+15552233445",
        "throughput": {"level": "STANDARD"},
        "quality_rating": "GREEN",
        "status": "CONNECTED",
    }
    await rig.change(throughput=1000.0, display_numbers={NUMBER: "447700900123"})
    _, number = await rig.call("GET", NUMBER, fields="display_phone_number,throughput")
    assert number == {"id": NUMBER, "display_phone_number": "+447700900123", "throughput": {"level": "HIGH"}}


async def test_numbers_of_an_account_are_those_used(start: Started) -> None:
    rig = await start(waba_ids={"11": "other"})
    _, listed = await rig.call("GET", "318800221144667/phone_numbers")
    assert listed["data"] == []
    await rig.send(ALICE)
    for waba_id, number in (("318800221144667", NUMBER), ("other", "11")):
        _, listed = await rig.call("GET", f"{waba_id}/phone_numbers")
        assert [each["id"] for each in listed["data"]] == [number]


async def test_unknown_path_answers_in_metas_words(rig: Rig) -> None:
    status, reply = await rig.call("POST", "a/b/c")
    assert (status, reply["error"]["code"]) == (404, 100)
