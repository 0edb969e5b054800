"""Messages that we sent through WAHA and hear of again, from engines that do not say that it was through the API."""

import time
from typing import Any

import orjson
import pytest

from db.contacts import ContactPhone
from db.conversations import Conversation
from db.core import connect
from db.messages import Message
from db.senders import Sender
from domain.messages import dispatch
from domain.messages.dispatch import Departure
from domain.providers.base import Accepted, InDoubt
from tests import factories
from tests.domain.inbound.posts import events_of, sent
from tests.domain.inbound.waha_posts import NOW, a_sender, message, name_of, take_up
from tests.factories import phone, unique


async def under_way(sender: Sender, state: str = "IN_FLIGHT", **given: Any) -> tuple[Message, str]:
    """A message whose send has no answer yet, and the chat it went to."""
    number = phone()
    contact = await factories.contact(phone_number=number)
    lease = await connect.value("SELECT now() + interval '20 s'") if state in ("IN_FLIGHT", "UNKNOWN") else None
    values = {"content": "Hello", "provider_message_id": None, "sent_at": None, **given}
    row = await sent(sender, contact_id=contact.id, address=number, state=state, lease_until=lease, **values)
    return row, f"{number[1:]}@c.us"


def echo(chat: str, body: str = "Hello", **given: Any) -> dict[str, Any]:
    payload = message(chat, body, own=True, **{"timestamp": int(time.time()), **given})
    del payload["source"]
    return payload


async def check_left(sender: Sender, row: Message, payload: dict[str, Any]) -> None:
    """It stands once, has left under this id, and is no person's word."""
    left = await Message.get(id=row.id)
    assert (left.state, left.provider_message_id) == ("SENT", name_of(sender, payload))
    assert await Message.filter(sender_id=sender.id, contact_id=row.contact_id).count() == 1
    assert await events_of(left) == ["MESSAGE_SENT"]
    assert not await Conversation.filter(sender_id=sender.id, contact_id=row.contact_id, epoch__gt=0).exists()


@pytest.mark.parametrize("state", ["IN_FLIGHT", "UNKNOWN", "UNCONFIRMED"])
@pytest.mark.parametrize("source", [None, "app", "web"])
async def test_one_whose_id_is_known_has_left(state: str, source: str | None) -> None:
    sender = await a_sender()
    id = unique("3EB0").replace("-", "")
    row, chat = await under_way(sender, state, provider_message_id=f"{sender.session_name}:{id}")
    payload = echo(chat, "whatever it says", id=f"true_{chat}_{id}") | ({"source": source} if source else {})
    await take_up(sender, ("message.any", payload), ("message.any", payload))
    await check_left(sender, row, payload)


@pytest.mark.parametrize("state", ["IN_FLIGHT", "UNKNOWN", "UNCONFIRMED", "QUEUED"])
async def test_one_whose_id_is_not_known_yet_is_found_by_what_it_says(state: str) -> None:
    """Engines that choose the id tell it with their answer, and the echo may come before that, or without any."""
    sender = await a_sender()
    row, chat = await under_way(sender, state)
    payload = echo(chat)
    await take_up(sender, ("message.any", payload))
    await check_left(sender, row, payload)
    # The answer comes after all, and says the same.
    assert row.attempt_id is not None
    departure = Departure(row.id, row.attempt_id, 1, None)
    await dispatch.settle([(departure, Accepted(name_of(sender, payload)))])
    await take_up(sender, ("message.any", payload))
    await check_left(sender, row, payload)


async def test_an_answer_that_never_comes_makes_no_second_send() -> None:
    sender = await a_sender()
    row, chat = await under_way(sender)
    assert row.attempt_id is not None
    await dispatch.settle([(Departure(row.id, row.attempt_id, 1, None), InDoubt("HTTP 201 without an id"))])
    assert (await Message.get(id=row.id)).state == "UNKNOWN"
    payload = echo(chat)
    await take_up(sender, ("message.any", payload))
    await check_left(sender, row, payload)


BUTTONS = {
    "kind": "interactive",
    "header": {"format": "TEXT", "text": "Visit"},
    "footer": "Clinic",
    "buttons": [{"type": "REPLY", "title": "Keep"}],
    "sections": [],
}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"type": "IMAGE", "media_id": 1, "content": "See"}, {"body": "See", "hasMedia": True}),
        ({"type": "DOCUMENT", "media_id": 1, "content": None}, {"body": "", "hasMedia": True}),
        (
            {"type": "INTERACTIVE", "content": "Friday?", "details": BUTTONS},
            {"body": "*Visit*\n\nFriday?\n\n_Clinic_\n\n1. Keep"},
        ),
        ({"type": "TEMPLATE", "content": "Dear Rita", "details": None}, {"body": "Dear Rita"}),
        (
            {
                "type": "LOCATION",
                "content": "Depot",
                "details": {"kind": "location", "latitude": 1.5, "longitude": 2.5},
            },
            {"body": "", "location": {"latitude": 1.5, "longitude": 2.5}},
        ),
    ],
    ids=["image", "document", "buttons", "template", "place"],
)
async def test_each_kind_is_found_by_what_it_says(given: dict[str, Any], said: dict[str, Any]) -> None:
    sender = await a_sender()
    row, chat = await under_way(sender, **given)
    payload = echo(chat, **said)
    await take_up(sender, ("message.any", payload))
    await check_left(sender, row, payload)


async def test_what_a_person_of_ours_writes_meanwhile_is_theirs() -> None:
    sender = await a_sender()
    row, chat = await under_way(sender)
    other = echo(f"{phone()[1:]}@c.us")
    earlier = echo(chat, timestamp=NOW - 3600)
    told = [echo(chat, "On my way"), echo(chat, hasMedia=True), other, earlier]
    await take_up(sender, *(("message.any", payload) for payload in told))
    assert (await Message.get(id=row.id)).provider_message_id is None
    rows = await Message.filter(sender_id=sender.id, author="OPERATOR")
    assert {each.provider_message_id for each in rows} == {name_of(sender, payload) for payload in told}


async def test_the_same_words_twice_are_two_messages() -> None:
    sender = await a_sender()
    row, chat = await under_way(sender)
    contact = await ContactPhone.get(contact_id=row.contact_id)
    same = {"contact_id": row.contact_id, "address": contact.phone_number, "content": "Hello", "state": "IN_FLIGHT"}
    lease = await connect.value("SELECT now() + interval '20 s'")
    other = await sent(sender, provider_message_id=None, sent_at=None, lease_until=lease, **same)
    payloads = [echo(chat), echo(chat), echo(chat)]
    await take_up(sender, *(("message.any", payload) for payload in payloads))
    rows = await Message.filter(sender_id=sender.id).order_by("id")
    assert [(each.id, each.author) for each in rows[:2]] == [(row.id, "SYSTEM"), (other.id, "SYSTEM")]
    assert [each.provider_message_id for each in rows] == [name_of(sender, payload) for payload in payloads]
    assert rows[2].author == "OPERATOR"


def test_what_is_posted_has_no_source() -> None:
    assert b"source" not in orjson.dumps(echo("351910000111@c.us"))
