"""STOP and START: whole messages, in any case, with any accents and punctuation, and what is answered to them."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from db.contacts import Contact, ContactDuplicate, ContactPhone, OptInStatus
from db.core import connect
from db.messages import Message, MessageState
from db.senders import Sender
from domain import contacts, settings
from domain.contacts.keywords import START, STOP, wants
from domain.core.access import SYSTEM
from tests import factories
from tests.domain.contacts.surroundings import message as outbound
from tests.domain.contacts.surroundings import updates_of
from tests.domain.inbound.posts import NOW, body, change, digits_of, message, received, take_up

REPLIES = {"opt_out_reply": "You will hear no more offers of us.", "opt_in_reply": "Welcome back."}


@pytest.fixture
async def replies() -> AsyncIterator[None]:
    await settings.update(SYSTEM, {"consent": REPLIES})
    yield
    await settings.update(SYSTEM, {"consent": dict.fromkeys(REPLIES)})


async def person(**given: Any) -> tuple[Contact, str]:
    contact = await factories.contact(**given)
    return contact, digits_of((await ContactPhone.get(contact_id=contact.id)).phone_number)


async def status(contact: Contact) -> OptInStatus:
    return (await Contact.get(id=contact.id)).opt_in_status


async def confirmations(contact: Contact) -> list[Message]:
    return await Message.filter(contact_id=contact.id, direction="OUTBOUND", author="SYSTEM").order_by("id")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("STOP", False),
        ("  stop!! ", False),
        ("S.T.O.P.", False),
        ("ＳＴＯＰ", False),
        ("Stop  All", False),
        ("Désabonner", False),
        ("desabonner", False),
        ("NÃO QUERO MAIS MENSAGENS.", False),
        ("Стоп", False),
        ("إلغاء الاشتراك", False),
        ("बंद करें", False),
        ("退订。", False),
        ("수신거부", False),
        ("çIK", None),
        ("Abonelikten çık", False),
        ("START", True),
        ("¡Alta!", True),
        ("stop it please", None),
        ("please stop", None),
        ("cancel", None),
        ("end", None),
        ("Can you stop by?", None),
        ("", None),
        (None, None),
        ("🛑", None),
        ("stop" + " " * 5000, None),
    ],
)
def test_words_count_as_whole_messages(text: str | None, wanted: bool | None) -> None:
    assert wants(text) is wanted


def test_every_word_of_the_lists_counts_and_none_is_in_both() -> None:
    for words, wanted in ((STOP, False), (START, True)):
        for of_one in words.values():
            for word in of_one.split("|"):
                assert wants(word) is wanted, word
                assert wants(f"{word.upper()}!") is wanted, word


def test_settings_add_words_and_go_before_the_lists() -> None:
    assert wants("Basta ya", stop_words=["basta, ya!"]) is False
    assert wants("volver", start_words=["VOLVER"]) is True
    assert wants("start", stop_words=["start"]) is False
    assert wants("stop", start_words=["stop"]) is True


async def test_stop_opts_out_and_cancels_what_waits(sender: Sender) -> None:
    contact, wa_id = await person()
    waiting = await outbound(contact, sender, MessageState.QUEUED)
    post = body(change(sender, messages=[message(wa_id, "Stop.")]))
    await take_up(post, post)
    assert await status(contact) is OptInStatus.OPTED_OUT
    assert (await Message.get(id=waiting.id)).state is MessageState.CANCELLED
    assert await updates_of(contact.id) == [None, None]
    assert await confirmations(contact) == [await Message.get(id=waiting.id)]


async def test_a_button_that_says_stop_is_a_stop(sender: Sender) -> None:
    contact, wa_id = await person()
    button = message(wa_id, type="button", text=None, button={"payload": "x", "text": "Stop promotions"})
    await take_up(body(change(sender, messages=[button])))
    assert await status(contact) is OptInStatus.OPTED_OUT


async def test_a_stop_reaches_duplicates_and_a_start_the_writer_alone(sender: Sender) -> None:
    (contact, wa_id), other = await person(), await factories.contact()
    await ContactDuplicate.create(contact_id=contact.id, other_id=other.id, reason="x")
    await take_up(body(change(sender, messages=[message(wa_id, "stop")])))
    assert [await status(contact), await status(other)] == ["OPTED_OUT", "OPTED_OUT"]
    await take_up(body(change(sender, messages=[message(wa_id, "start", timestamp=str(NOW + 5))])))
    assert [await status(contact), await status(other)] == ["OPTED_IN", "OPTED_OUT"]


@pytest.mark.parametrize("backwards", [False, True])
async def test_the_newest_word_holds_in_any_order(sender: Sender, backwards: bool) -> None:
    contact, wa_id = await person()
    said = [message(wa_id, word, timestamp=str(NOW + n)) for n, word in enumerate(["start", "stop", "START", "stop"])]
    posts = [body(change(sender, messages=[each])) for each in (reversed(said) if backwards else said)]
    await take_up(*posts)
    assert await status(contact) is OptInStatus.OPTED_OUT
    await take_up(*posts)
    assert await status(contact) is OptInStatus.OPTED_OUT


async def test_what_was_said_to_us_since_is_not_undone_by_a_late_stop(sender: Sender) -> None:
    contact, wa_id = await person()
    await contacts.opt_in(SYSTEM, contact.id)
    await take_up(body(change(sender, messages=[message(wa_id, "stop", timestamp=str(NOW - 100))])))
    assert await status(contact) is OptInStatus.OPTED_IN


@pytest.mark.usefixtures("replies")
async def test_it_is_confirmed_once(sender: Sender) -> None:
    contact, wa_id = await person()
    stop = message(wa_id, "stop")
    post = body(change(sender, messages=[stop, message(wa_id, "STOP")]))
    await take_up(post, post)
    [reply] = await confirmations(contact)
    assert (reply.content, reply.type, reply.purpose) == (REPLIES["opt_out_reply"], "TEXT", "UTILITY")
    assert (reply.sender_id, reply.address, reply.reply_to_id) == (
        sender.id,
        f"+{wa_id}",
        (await received(stop["id"])).id,
    )
    await take_up(body(change(sender, messages=[message(wa_id, "start", timestamp=str(NOW + 5))])))
    assert (await confirmations(contact))[1].content == REPLIES["opt_in_reply"]


@pytest.mark.usefixtures("replies")
async def test_nothing_is_confirmed_when_the_window_has_closed(sender: Sender) -> None:
    contact, wa_id = await person()
    at = NOW - int(timedelta(hours=24).total_seconds())
    await connect.execute("UPDATE contact SET opt_in_changed_at = NULL WHERE id = $1", contact.id)
    await take_up(body(change(sender, messages=[message(wa_id, "stop", timestamp=str(at))])))
    assert await status(contact) is OptInStatus.OPTED_OUT
    assert await confirmations(contact) == []


@pytest.mark.usefixtures("replies")
async def test_what_was_told_to_whatsapp_is_not_answered(sender: Sender) -> None:
    contact, wa_id = await person()
    told = {"wa_id": wa_id, "category": "marketing_messages", "value": "stop", "timestamp": NOW}
    await take_up(body({"field": "user_preferences", "value": {"user_preferences": [told]}}))
    assert await status(contact) is OptInStatus.OPTED_OUT
    assert await confirmations(contact) == []


async def test_our_own_stop_in_the_phones_app_is_none(sender: Sender) -> None:
    contact, wa_id = await person()
    echo = {"to": wa_id, "id": message(wa_id)["id"], "timestamp": NOW, "type": "text", "text": {"body": "stop"}}
    await take_up(body(change(sender, message_echoes=[echo]) | {"field": "smb_message_echoes"}))
    assert await status(contact) is OptInStatus.UNKNOWN


@pytest.mark.parametrize("kind", ["image", "video", "document"])
async def test_a_caption_is_the_whole_text_of_a_file(sender: Sender, kind: str) -> None:
    """STOP under a picture stops. START under one may tell of the picture, so that it agrees to nothing."""

    def captioned(words: str, **given: Any) -> dict[str, Any]:
        return message(wa_id, type=kind, text=None, **{kind: {"id": "1", "caption": words}}, **given)

    contact, wa_id = await person()
    await take_up(body(change(sender, messages=[captioned("a stop sign"), captioned("START")])))
    assert await status(contact) is OptInStatus.UNKNOWN
    stop = captioned(" Stop! ", timestamp=str(NOW + 1))
    await take_up(body(change(sender, messages=[stop])))
    assert await status(contact) is OptInStatus.OPTED_OUT
    row = await received(stop["id"])
    assert (row.type, row.content) == (kind.upper(), "Stop!")
    await take_up(body(change(sender, messages=[captioned("start", timestamp=str(NOW + 5))])))
    assert await status(contact) is OptInStatus.OPTED_OUT
