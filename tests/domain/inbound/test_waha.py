"""What WAHA posts, read: messages, acks, reactions, edits, deletions and states of sessions."""

import time
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from db.messages import MessageType
from domain.inbound import waha
from domain.inbound.envelope import Envelope
from tests.domain.inbound.waha_posts import NOW, RECEIVED, event, message, one, read


def test_a_text() -> None:
    written = one(message(replyTo={"id": "3EB0AA", "body": "before"}, _data={"notifyName": "Rita"}))
    assert (written.person.wa_id, written.person.lid, written.person.name) == ("351910000111", None, "Rita")
    assert (written.said.type, written.said.content, written.echo) == (MessageType.TEXT, "ola", False)
    assert written.at == datetime.fromtimestamp(NOW, UTC)
    assert written.number.session == "clinic"
    assert written.reply_to == "clinic:3EB0AA"
    assert written.provider_message_id.startswith("clinic:3EB0")


@pytest.mark.parametrize("chat", ["1203@g.us", "1203@newsletter", "status@broadcast"])
def test_what_is_no_chat_with_a_person_is_passed_over(chat: str) -> None:
    for kind, payload in (
        ("message.any", message(chat)),
        ("message.ack", {**message(chat, own=True), "ack": 2}),
        ("message.reaction", message(chat, reaction={"text": "x", "messageId": "true_x_1"})),
        ("message.edited", message(chat, editedMessageId="1")),
        ("message.revoked", {"before": None, "after": message(chat), "revokedMessageId": "1"}),
    ):
        assert read(kind, payload) == Envelope()


ME, ALICE = "351910000333@c.us", "351910000111@c.us"


@pytest.mark.parametrize(
    ("ends", "chat"),
    [
        ({"from": ME, "to": ALICE}, ALICE),
        # NOWEB leaves `to` out, GOWS has null in it.
        ({"from": ALICE}, ALICE),
        ({"from": ALICE, "to": None}, ALICE),
        ({"from": "me", "to": ALICE}, ALICE),
        ({"from": "1203@g.us", "to": ME, "participant": ME}, None),
        ({"from": ME, "to": "1203@g.us"}, None),
        ({"from": "1203@g.us", "to": "1203@g.us", "participant": ME}, None),
    ],
)
def test_the_chat_of_what_is_ours_whichever_engine_tells_of_it(ends: Any, chat: str | None) -> None:
    own = {name: value for name, value in message(own=True).items() if name not in ("from", "to")} | ends
    assert [each.person.wa_id for each in read("message.any", own).messages] == (
        [chat.partition("@")[0]] if chat else []
    )
    acked = read("message.ack", {**own, "ack": 3})
    assert [told.status.status for told in acked.statuses] == (["read"] if chat else [])
    assert acked.errors == []


@pytest.mark.parametrize(
    ("data", "wa_id"),
    [
        ({}, None),
        ({"key": {"remoteJidAlt": "351910000111@s.whatsapp.net"}}, "351910000111"),
        ({"Info": {"SenderAlt": "351910000111:7@s.whatsapp.net", "PushName": "Rita"}}, "351910000111"),
        ({"key": {"senderPn": "99@lid"}}, None),
    ],
)
def test_people_behind_a_lid(data: Any, wa_id: str | None) -> None:
    written = one(message("123456789012345@lid", _data=data))
    assert (written.person.lid, written.person.wa_id) == ("123456789012345@lid", wa_id)
    assert written.person.address == (f"+{wa_id}" if wa_id else "123456789012345@lid")


@pytest.mark.parametrize(
    ("given", "type"),
    [
        ({"mimetype": "image/jpeg"}, MessageType.IMAGE),
        ({"mimetype": "image/webp"}, MessageType.STICKER),
        ({"mimetype": "video/mp4"}, MessageType.VIDEO),
        ({"mimetype": "audio/ogg; codecs=opus"}, MessageType.VOICE),
        ({"mimetype": "audio/mpeg"}, MessageType.AUDIO),
        ({"mimetype": "application/pdf", "filename": "i.pdf"}, MessageType.DOCUMENT),
        ({}, MessageType.DOCUMENT),
    ],
)
def test_files_with_their_url(given: Any, type: MessageType) -> None:
    media = {"url": "http://waha:3000/api/files/1", "filename": None, "error": None, **given}
    said = one(message(body="see", hasMedia=True, media=media)).said
    assert (said.type, said.content, said.error) == (type, "see", None)
    assert said.media is not None
    assert (said.media.url, said.media.mime_type, said.media.filename) == (
        media["url"], given.get("mimetype"), given.get("filename"),
    )  # fmt: skip


def test_a_file_that_is_not_there_is_told_with_what_is_known() -> None:
    said = one(message(body="", hasMedia=True, media=None, _data={"type": "ptt"})).said
    assert (said.type, said.media) == (MessageType.VOICE, None)
    assert said.error is not None
    failed = {"url": None, "mimetype": "image/png", "error": "Timeout"}
    said = one(message(body="", hasMedia=True, media=failed, _data={"message": {"imageMessage": {}}})).said
    assert (said.type, said.error and said.error.message) == (MessageType.IMAGE, "Timeout")


def test_places_and_cards() -> None:
    said = one(message(body="", location={"latitude": "41.15", "longitude": "-8.61", "name": "Depot"})).said
    assert said.details == {
        "kind": "location", "latitude": 41.15, "longitude": -8.61, "name": "Depot", "address": None,
    }  # fmt: skip
    card = "BEGIN:VCARD\nVERSION:3.0\nFN:Sá\\, Rita\nORG:Depot;\nitem1.TEL;waid=351:+351 910\nEMAIL:r@x\nEND:VCARD"
    said = one(message(body="", vCards=[card, "nothing"])).said
    assert (said.type, said.content) == (MessageType.CONTACTS, "Sá, Rita")
    assert said.details is not None
    assert said.details["cards"] == [
        {"name": "Sá, Rita", "phone_numbers": ["+351 910"], "emails": ["r@x"], "company": "Depot"}
    ]


@pytest.mark.parametrize(
    "payload",
    [
        message(body=""),
        message(body="", location={"latitude": "north", "longitude": 1}),
        message(body="", location={"latitude": 91, "longitude": 1}),
        message(body="", vCards=["BEGIN:VCARD"]),
        message(body="", _data={"message": {"pollCreationMessage": {}}}),
    ],
)
def test_what_is_not_understood_is_kept_raw(payload: Any) -> None:
    said = one(payload).said
    assert said.type is MessageType.UNSUPPORTED
    assert said.details is not None
    assert said.details["raw"]["id"] == payload["id"]


@pytest.mark.parametrize(
    "body",
    [
        b"no JSON",
        b"[]",
        b'{"event":"message"}',
        orjson.dumps(event("message", {})),
        orjson.dumps(event("message", message() | {"id": None})),
        orjson.dumps(event("message", message("not-a-phone@c.us"))),
        orjson.dumps(event("message.ack", {**message(own=True), "ack": "DEVICE"})),
        orjson.dumps(event("message.edited", message())),
        orjson.dumps(event("session.status", {"name": "clinic"})),
    ],
)
def test_what_cannot_be_read_is_told(body: bytes) -> None:
    envelope = waha.read(body, RECEIVED)
    assert len(envelope.errors) == 1
    assert envelope.messages == []


@pytest.mark.parametrize("kind", ["presence.update", "engine.event", "call.received", "group.v2.join", "new.word", ""])
def test_other_events_change_nothing(kind: str) -> None:
    assert read(kind, message()) == Envelope()


@pytest.mark.parametrize(
    ("ack", "status"), [(-1, "failed"), (0, None), (1, "sent"), (2, "delivered"), (3, "read"), (4, "read"), (9, None)]
)
def test_acks(ack: int, status: str | None) -> None:
    envelope = read(
        "message.ack", {"id": "true_123@lid_3EB0", "from": "a@c.us", "to": "123@lid", "fromMe": True, "ack": ack}
    )
    assert [(told.status.provider_message_id, told.status.status) for told in envelope.statuses] == (
        [("clinic:3EB0", status)] if status else []
    )
    assert read("message.ack", {"id": "false_123@lid_3EB0", "from": "123@lid", "fromMe": False, "ack": 3}) == Envelope()


def test_times_are_never_later_than_now() -> None:
    assert one(message(timestamp=NOW + 10**6)).at == RECEIVED
    assert one(message(timestamp=None)).at == datetime.fromtimestamp(NOW, UTC)
    assert one(message(timestamp="x")).at == datetime.fromtimestamp(NOW, UTC)


def test_a_session_is_told_with_the_time_of_its_newest_status() -> None:
    statuses = [{"status": "STARTING", "timestamp": 1}, {"status": "WORKING", "timestamp": (NOW - 5) * 1000}]
    [told] = read("session.status", {"name": "clinic", "status": "WORKING", "statuses": statuses}).sessions
    assert (told.session, told.status, told.me) == ("clinic", "WORKING", "351910000333")
    assert told.at == datetime.fromtimestamp(NOW - 5, UTC)


@pytest.mark.parametrize("given", [{"timestamp": 10**400}, {"location": {"latitude": 10**400, "longitude": 1}}])
def test_numbers_beyond_all_bounds_are_none(given: dict[str, Any]) -> None:
    found = read("message.any", message(**given))
    assert found.errors == []
    assert len(found.messages) == 1


def test_a_contact_card_made_to_take_long_does_not() -> None:
    """Anybody can write one; the transaction of what is taken up ends after ten idle seconds, and would begin anew."""
    began = time.perf_counter()
    [found] = read("message.any", message(vCards=["FN;\n" * 16_000])).messages
    assert time.perf_counter() - began < 1
    assert found.said.type is MessageType.UNSUPPORTED


def test_what_an_engine_calls_a_kind_can_be_kept() -> None:
    [found] = read("message.any", message(body="", _data={"message": {"\0\ud800pollMessage": {}}})).messages
    assert found.said.content == "A message of type ?poll"
