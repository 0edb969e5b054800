"""WAHA's sends: what each engine answers, ids given beforehand, acks, look-ups (D3, F 25)."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

if TYPE_CHECKING:
    from tests.simulator.conftest import Rig, Started

ALICE = "351910000111@c.us"


def found_id(answer: dict[str, Any]) -> str:
    """The id where D3 says to look for it."""
    given = answer.get("id")
    if isinstance(given, str):
        return given
    return given["_serialized"] if given else answer["key"]["id"]


@pytest.mark.parametrize("engine", ["NOWEB", "GOWS", "WEBJS"])
async def test_each_engine_answers_in_its_shape(rig: Rig, engine: str) -> None:
    await rig.session()
    await rig.control("POST", "waha/clinic/engine", {"engine": engine})
    status, answer = await rig.text()
    assert status == 201
    message_id = found_id(answer).rpartition("_")[2]
    assert message_id.startswith("3EB0")
    match engine:
        case "NOWEB":
            assert answer["key"] == {"remoteJid": "351910000111@s.whatsapp.net", "fromMe": True, "id": message_id}
            assert answer["messageTimestamp"].isdecimal()
        case "GOWS":
            assert answer["id"] == f"true_{ALICE}_{message_id}"
        case _:
            assert answer["id"]["_serialized"] == f"true_{ALICE}_{message_id}"
    await rig.endpoint.until(lambda: set(rig.endpoint.acks(message_id)) == {1, 2, 3})
    ends = {(told["from"], told["to"]) for told in rig.endpoint.told("message.ack")}
    assert ends == ({("351910000333@c.us", ALICE)} if engine == "WEBJS" else {(ALICE, None)})
    [row] = await rig.ledger()
    assert (row["wamid"], row["text"], row["wa_id"], row["outcome"]) == (message_id, "Ola", "351910000111", "read")


async def test_an_empty_reply(rig: Rig) -> None:
    await rig.session()
    await rig.control("POST", "faults", {"kind": "empty"})
    assert await rig.text() == (201, None)
    await rig.change(waha_empty_share=1.0)
    assert await rig.text() == (201, None)
    assert len(await rig.ledger()) == 2


async def test_ids_given_beforehand_are_kept(rig: Rig) -> None:
    await rig.session()
    _, given = await rig.waha("GET", "clinic/new-message-id")
    _, answer = await rig.text(id=given["id"])
    assert answer["key"]["id"] == given["id"]
    await rig.text(id=given["id"])
    assert [row["wamid"] for row in await rig.ledger()] == [given["id"]] * 2
    await rig.change(waha_swallow_repeats=True)
    await rig.text(id=given["id"])
    assert len(await rig.ledger()) == 2
    await rig.control("POST", "waha/clinic/engine", {"engine": "WEBJS"})
    assert (await rig.waha("GET", "clinic/new-message-id"))[0] == 501


async def test_every_kind_is_sent(rig: Rig) -> None:
    await rig.session()
    data = base64.b64encode(b"%PDF").decode()
    sends: list[tuple[str, dict[str, Any]]] = [
        ("sendImage", {"file": {"mimetype": "image/png", "url": "https://ex.example/a.png"}, "caption": "door"}),
        ("sendFile", {"file": {"mimetype": "application/pdf", "filename": "i.pdf", "data": data}}),
        ("sendVoice", {"file": {"mimetype": "audio/ogg; codecs=opus", "data": data}, "convert": False}),
        ("sendVideo", {"file": {"mimetype": "video/mp4", "data": data}}),
        ("sendLocation", {"latitude": 41.15, "longitude": -8.61, "title": "Depot"}),
        ("sendContactVcard", {"contacts": [{"fullName": "Rita", "phoneNumber": "+351910000111"}]}),
    ]
    for path, more in sends:
        assert (await rig.waha("POST", path, {"session": "clinic", "chatId": ALICE, **more}))[0] == 201, path
    kinds = [row["type"] for row in await rig.ledger()]
    assert kinds == ["image", "document", "voice", "video", "location", "vcard"]
    _, answer = await rig.text(reply_to="false_351910000111@c.us_3EB0AA")
    _, shown = await rig.waha("GET", f"clinic/chats/{ALICE}/messages/true_{ALICE}_{answer['key']['id']}")
    assert shown["replyTo"] == {"id": "3EB0AA"}
    reaction = {"session": "clinic", "messageId": f"false_{ALICE}_3EB0AA", "reaction": "👍"}
    assert (await rig.waha("PUT", "reaction", reaction))[0] == 201
    for path in ("sendSeen", "startTyping", "stopTyping"):
        assert await rig.waha("POST", path, {"session": "clinic", "chatId": ALICE}) == (201, {"result": True})
    assert len((await rig.control("GET", "receipts"))["receipts"]) == 2


async def test_a_picture_named_by_link_is_fetched_and_shown(rig: Rig) -> None:
    await rig.session()
    async with rig.http.post(f"{rig.url}/_simulator/media", params={"mime_type": "image/png"}, data=b"PNG") as response:
        held = (await response.json())["id"]
    link = f"{rig.url}/_simulator/media/{held}"
    file = {"mimetype": "image/png", "url": link}
    assert (await rig.waha("POST", "sendImage", {"session": "clinic", "chatId": ALICE, "file": file}))[0] == 201
    [entry] = (await rig.control("GET", "chats/clinic/351910000111"))["entries"]
    assert entry["media"]["link"] is None
    async with rig.http.get(f"{rig.url}/_simulator/media/{entry['media']['id']}") as response:
        assert await response.read() == b"PNG"
    file["url"] = f"{rig.url}/_simulator/media/none"
    assert (await rig.waha("POST", "sendImage", {"session": "clinic", "chatId": ALICE, "file": file}))[0] == 500


async def test_voice_is_played(rig: Rig) -> None:
    await rig.session()
    file = {"mimetype": "audio/ogg; codecs=opus", "data": base64.b64encode(b"Ogg").decode()}
    _, answer = await rig.waha("POST", "sendVoice", {"session": "clinic", "chatId": ALICE, "file": file})
    await rig.endpoint.until(lambda: 4 in rig.endpoint.acks(answer["key"]["id"]))


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("sendText", {"session": "clinic", "chatId": ALICE}),
        ("sendText", {"session": "clinic", "text": "x"}),
        ("sendImage", {"session": "clinic", "chatId": ALICE}),
        ("sendImage", {"session": "clinic", "chatId": ALICE, "file": {"mimetype": "image/png", "data": "#"}}),
        ("sendLocation", {"session": "clinic", "chatId": ALICE}),
        ("sendContactVcard", {"session": "clinic", "chatId": ALICE, "contacts": []}),
        ("sessions", {"config": "x"}),
    ],
)
async def test_bad_bodies_get_400(rig: Rig, path: str, body: dict[str, Any]) -> None:
    await rig.session()
    status, said = await rig.waha("POST", path, body)
    assert (status, said["statusCode"], said["error"]) == (400, 400, "Bad Request")
    assert said["message"]
    assert await rig.ledger() == []


async def test_check_exists_knows_the_chat_that_reaches_them(rig: Rig) -> None:
    await rig.session()

    async def asked(phone: str) -> Any:
        return (await rig.waha("GET", "contacts/check-exists", session="clinic", phone=phone))[1]

    assert await asked("5511912345678") == {"numberExists": True, "chatId": "551112345678@c.us"}
    assert await asked("+525512345678") == {"numberExists": True, "chatId": "5215512345678@c.us"}
    assert await asked("351910000000") == {"numberExists": False}
    _, reached = await rig.text("551112345678@c.us")
    _, missed = await rig.text("5511912345678@c.us")
    await rig.endpoint.until(lambda: 3 in rig.endpoint.acks(reached["key"]["id"]))
    await rig.endpoint.until(lambda: rig.endpoint.acks(missed["key"]["id"]))
    assert rig.endpoint.acks(missed["key"]["id"]) in ([-1], [1])


@pytest.mark.parametrize(("share", "acks"), [(1.0, [-1]), (0.0, [1])])
async def test_somebody_not_on_whatsapp(start: Started, share: float, acks: list[int]) -> None:
    rig = await start(waha_error_acks_share=share)
    await rig.session()
    status, answer = await rig.text("351910000000@c.us")
    assert status == 201
    await rig.endpoint.until(lambda: rig.endpoint.acks(answer["key"]["id"]) == acks)
    _, other = await rig.text()
    await rig.endpoint.until(lambda: 3 in rig.endpoint.acks(other["key"]["id"]))
    assert rig.endpoint.acks(answer["key"]["id"]) == acks, "nothing follows"


async def test_lost_acks(start: Started) -> None:
    rig = await start(waha_lost_acks_share=0.5)
    await rig.session()
    ids = [(await rig.text(f"3519100001{n:02d}@c.us"))[1]["key"]["id"] for n in range(30)]
    await rig.endpoint.until(lambda: sum(3 in rig.endpoint.acks(each) for each in ids) > 5)
    assert any(3 not in rig.endpoint.acks(each) or 2 not in rig.endpoint.acks(each) for each in ids)
    assert {row["outcome"] for row in await rig.ledger()} <= {"accepted", "sent", "delivered", "read"}


async def test_lids_lead_to_phones_and_back(start: Started) -> None:
    rig = await start(waha_lid_share=1.0, waha_lid_acks_share=1.0)
    await rig.session()
    await rig.write(**{"from": "351910000111", "text": "ola"})
    [heard] = await rig.endpoint.until(lambda: rig.endpoint.told("message"))
    lid = heard["from"]
    assert lid.endswith("@lid")
    assert (await rig.waha("GET", f"clinic/lids/{lid}"))[1] == {"lid": lid, "pn": ALICE}
    assert (await rig.waha("GET", "clinic/lids/pn/351910000111"))[1] == {"lid": lid, "pn": ALICE}
    _, answer = await rig.text()
    await rig.endpoint.until(lambda: 1 in rig.endpoint.acks(answer["key"]["id"]))
    assert {(ack["from"], ack["to"]) for ack in rig.endpoint.told("message.ack")} == {(lid, None)}
    await rig.text(lid)
    assert {row["wa_id"] for row in await rig.ledger()} == {"351910000111"}
    await rig.write(**{"from": "351910000222", "text": "ola", "hidden": True})
    await rig.endpoint.until(lambda: len(rig.endpoint.told("message")) == 2)
    hidden = rig.endpoint.told("message")[1]["from"]
    assert (await rig.waha("GET", f"clinic/lids/{hidden}"))[1] == {"lid": hidden, "pn": None}


async def test_history(rig: Rig) -> None:
    await rig.session()
    _, answer = await rig.text()
    heard = await rig.write(**{"from": "351910000111", "text": "ola", "name": "Rita"})
    _, messages = await rig.waha("GET", f"clinic/chats/{ALICE}/messages", limit="5")
    assert [each["id"] for each in messages] == [heard, f"true_{ALICE}_{answer['key']['id']}"]
    _, older = await rig.waha("GET", f"clinic/chats/{ALICE}/messages", limit="5", offset="1")
    assert [each["fromMe"] for each in older] == [True]
    assert (await rig.waha("GET", f"clinic/chats/{ALICE}/messages/3EB0NONE"))[0] == 404


async def test_faults_befall_sends_here_too(rig: Rig) -> None:
    await rig.session()
    await rig.control("POST", "faults", {"kind": "cut_after_accept"})
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await rig.text(id="3EB0MINE")
    await rig.endpoint.until(lambda: 3 in rig.endpoint.acks("3EB0MINE"))
    await rig.control("POST", "faults", {"kind": "refuse", "code": 1})
    status, said = await rig.text()
    assert (status, said["statusCode"]) == (500, 500)
    assert set(said) == {"statusCode", "timestamp", "exception", "request", "version"}
    await rig.control("POST", "faults", {"kind": "status_first"})
    _, answer = await rig.text()
    assert rig.endpoint.acks(answer["key"]["id"]) == [1]
    await rig.control("POST", "faults", {"kind": "silent"})
    _, silent = await rig.text()
    _, told = await rig.text()
    await rig.endpoint.until(lambda: 3 in rig.endpoint.acks(told["key"]["id"]))
    assert rig.endpoint.acks(silent["key"]["id"]) == []
