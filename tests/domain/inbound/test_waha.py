"""What WAHA posts, read and taken up: messages, acks, reactions, edits, deletions and states of sessions."""

import asyncio
import json
import time
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from db.contacts import Contact, ContactIdentity
from db.core import connect
from db.inbound import InboundPost
from db.messages import Message, MessageType
from db.senders import Sender, SenderProvider, SenderStatus
from domain import inbound
from domain.inbound import waha
from domain.inbound.envelope import Envelope, Written
from tests import factories
from tests.domain.inbound.posts import sent
from tests.factories import phone, unique

NOW = int(time.time()) - 60
RECEIVED = datetime.now(UTC)


async def a_sender(**given: Any) -> Sender:
    return await Sender.create(
        **{
            "phone_number": phone(),
            "provider": SenderProvider.WAHA,
            "status": SenderStatus.CONNECTED,
            "session_name": unique("s"),
            **given,
        }
    )


def event(kind: str, payload: Any, session: str = "clinic", **given: Any) -> dict[str, Any]:
    me = {"id": "351910000333@c.us", "pushName": "Clinic"}
    return {"id": unique("evt"), "timestamp": NOW * 1000, "event": kind, "session": session, "me": me,
            "engine": "NOWEB", "payload": payload, **given}  # fmt: skip


def message(chat: str = "351910000111@c.us", body: str = "ola", *, own: bool = False, **given: Any) -> dict[str, Any]:
    me = "351910000333@c.us"
    return {
        "id": f"{'true' if own else 'false'}_{chat}_{unique('3EB0').replace('-', '')}",
        "timestamp": NOW,
        "from": me if own else chat,
        "to": chat if own else me,
        "fromMe": own,
        "source": "app",
        "body": body,
        "hasMedia": False,
        "media": None,
        "ack": 1,
        "replyTo": None,
        **given,
    }


def read(kind: str, payload: Any, **given: Any) -> Envelope:
    return waha.read(json.dumps(event(kind, payload, **given)).encode(), RECEIVED)


def one(payload: Any) -> Written:
    envelope = read("message.any", payload)
    assert envelope.errors == []
    [written] = envelope.messages
    return written


async def take_up(sender: Sender, *events: tuple[str, Any]) -> list[InboundPost]:
    rows = [
        await InboundPost.create(
            provider=SenderProvider.WAHA, body=orjson.dumps(event(kind, payload, str(sender.session_name)))
        )
        for kind, payload in events
    ]
    async with asyncio.timeout(20):
        while await InboundPost.filter(id__in=[row.id for row in rows], done_at=None).exists():
            await inbound.drain()
    return [await InboundPost.get(id=row.id) for row in rows]


def name_of(sender: Sender, payload: dict[str, Any]) -> str:
    return f"{sender.session_name}:{payload['id'].split('_')[2]}"


# ---------------------------------------------------------------------------
# Reading
# ---------------------------------------------------------------------------


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


# ---------------------------------------------------------------------------
# Taking up
# ---------------------------------------------------------------------------


async def test_a_message_told_twice_is_kept_once() -> None:
    sender, number = await a_sender(), phone()
    payload = message(f"{number[1:]}@c.us", "olá", _data={"pushName": "Rita"})
    await take_up(sender, ("message", payload), ("message.any", payload))
    await take_up(sender, ("message.any", payload))
    [kept] = await Message.filter(sender_id=sender.id)
    assert (kept.direction, kept.address, kept.content) == ("INBOUND", number, "olá")
    assert kept.provider_message_id == name_of(sender, payload)
    assert (await Contact.get(id=kept.contact_id)).name == "Rita"
    assert (await Sender.get(id=sender.id)).last_active_at is not None


async def test_two_numbers_of_ours_that_write_to_each_other_both_have_the_message() -> None:
    one, other = await a_sender(), await a_sender()
    number = phone()
    payload = message(f"{number[1:]}@c.us")
    await take_up(one, ("message.any", payload))
    await take_up(other, ("message.any", payload))
    assert await Message.filter(sender_id=one.id).count() == await Message.filter(sender_id=other.id).count() == 1


async def test_what_a_person_of_ours_writes_on_the_phone_is_an_echo() -> None:
    sender, number = await a_sender(), phone()
    await take_up(sender, ("message.any", message(f"{number[1:]}@c.us", "from the phone", own=True)))
    [echo] = await Message.filter(sender_id=sender.id)
    assert (echo.direction, echo.author, echo.state, echo.address) == ("OUTBOUND", "OPERATOR", "SENT", number)


async def test_acks_move_our_message_whatever_they_call_its_chat_and_in_any_order() -> None:
    sender = await a_sender()
    id = unique("3EB0").replace("-", "")
    row = await sent(sender, provider_message_id=f"{sender.session_name}:{id}", attempt_id=None)
    ack = {"id": f"true_123@lid_{id}", "from": "a@c.us", "to": "123@lid", "fromMe": True}
    await take_up(sender, ("message.ack", {**ack, "ack": 3}), ("message.ack", {**ack, "ack": 1}))
    read = await Message.get(id=row.id)
    assert (read.state, read.delivered_at is not None) == ("READ", True)
    await take_up(sender, ("message.ack", {**ack, "ack": -1}))
    assert (await Message.get(id=row.id)).state == "READ"


async def test_an_ack_of_minus_one_is_a_failure() -> None:
    sender = await a_sender()
    row = await sent(sender, provider_message_id=f"{sender.session_name}:3EB0F", attempt_id=None)
    ack = {"id": "true_1@c.us_3EB0F", "from": "a@c.us", "to": "351910000111@c.us", "fromMe": True, "ack": -1}
    await take_up(sender, ("message.ack", ack))
    failed = await Message.get(id=row.id)
    assert (failed.state, failed.error_code) == ("FAILED", "WHATSAPP_API_ERROR")


async def test_our_own_send_heard_of_settles_a_doubt() -> None:
    """The answer was lost, the id was ours: the echo of the send says that it left."""
    sender = await a_sender()
    id = unique("3EB0").replace("-", "")
    name = f"{sender.session_name}:{id}"
    lease = await connect.value("SELECT now() + interval '20 s'")
    row = await sent(sender, provider_message_id=name, state="UNKNOWN", sent_at=None, lease_until=lease)
    echo = message(own=True, source="api", id=f"true_351910000111@c.us_{id}")
    await take_up(sender, ("message.any", echo))
    assert (await Message.get(id=row.id)).state == "SENT"
    assert await Message.filter(sender_id=sender.id).count() == 1


async def test_reactions_edits_and_deletions_find_their_message() -> None:
    sender, number = await a_sender(), phone()
    chat = f"{number[1:]}@c.us"
    payload = message(chat, "befor")
    reaction = {**message(chat), "timestamp": NOW + 0.25, "reaction": {"text": "👍", "messageId": payload["id"]}}
    edit = {**message(chat, "before"), "editedMessageId": payload["id"].split("_")[2]}
    await take_up(sender, ("message.reaction", reaction), ("message.edited", edit), ("message.any", payload))
    [kept] = await Message.filter(sender_id=sender.id, type="TEXT")
    assert (kept.content, kept.edited_at is not None) == ("before", True)
    [reacted] = await Message.filter(sender_id=sender.id, type="REACTION")
    assert (reacted.content, reacted.reply_to_id) == ("👍", kept.id)
    revoked = {"before": payload, "after": message(chat, ""), "revokedMessageId": payload["id"].split("_")[2]}
    await take_up(sender, ("message.revoked", revoked))
    assert (await Message.get(id=kept.id)).revoked_at is not None


async def test_who_hides_their_number_is_a_contact_by_their_lid() -> None:
    sender = await a_sender()
    lid = f"{unique()[2:12]}@lid".replace("-", "")
    await take_up(sender, ("message.any", message(lid)), ("message.any", message(lid)))
    rows = await Message.filter(sender_id=sender.id)
    assert len({row.contact_id for row in rows}) == 1
    assert {row.address for row in rows} == {lid}
    assert await ContactIdentity.filter(type="LID", value=lid, contact_id=rows[0].contact_id).exists()
    # Once they are known to be the same, a phone and a LID lead to one contact.
    contact = await factories.contact()
    await ContactIdentity.create(contact_id=contact.id, type="LID", value=f"7{lid}")
    await take_up(sender, ("message.any", message(f"7{lid}")))
    assert await Message.filter(sender_id=sender.id, contact_id=contact.id).exists()


async def test_a_session_that_drops_halts_its_sender() -> None:
    sender = await a_sender()
    [post] = await take_up(sender, ("session.status", {"name": "x", "status": "FAILED", "statuses": []}))
    assert post.errors is None
    assert (await Sender.get(id=sender.id)).status is SenderStatus.FAILED
    sql = "SELECT count(*) FROM event WHERE type = 'SENDER_STATUS_CHANGED' AND sender_id = $1"
    assert await connect.value(sql, sender.id) == 1


async def test_events_of_sessions_that_are_not_ours_change_nothing() -> None:
    stranger = Sender(session_name=unique("stranger"))
    count = await Message.all().count()
    posts = await take_up(
        stranger, ("message.any", message()), ("session.status", {"status": "FAILED"}), ("presence.update", {})
    )
    assert all(post.done_at is not None for post in posts)
    assert await Message.all().count() == count


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
