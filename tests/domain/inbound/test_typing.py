"""What WAHA tells of people who type: read, told of at once, and of no stranger."""

import time
from typing import Any

import orjson
import pytest

from db.contacts import Contact
from db.conversations import Conversation
from db.core import connect
from db.inbound import InboundPost
from db.senders import Sender, SenderProvider
from domain import inbound
from domain.inbound.envelope import Envelope
from tests.domain.inbound.waha_posts import NOW, a_sender, event, message, read, take_up
from tests.factories import phone


def presence(chat: str, what: str | None, **given: Any) -> dict[str, Any]:
    return {"id": chat, "presences": [{"participant": chat, "lastKnownPresence": what, "lastSeen": None}], **given}


async def tell(sender: Sender, payload: dict[str, Any], *, ago: float = 0) -> list[str]:
    """Takes a post up, of so many seconds ago; what was not understood of it."""
    whole = event("presence.update", payload, str(sender.session_name))
    whole["timestamp"] = int((time.time() - ago) * 1000)
    post = await InboundPost.create(provider=SenderProvider.WAHA, body=orjson.dumps(whole))
    await inbound.drain()
    return (await InboundPost.get(id=post.id)).errors or []


async def told(sender: Sender) -> list[str]:
    sql = "SELECT data, actor_id FROM event WHERE sender_id = $1 AND type = 'CONVERSATION_TYPING' ORDER BY number"
    rows = await connect.rows(sql, sender.id)
    assert all(row["actor_id"] is None for row in rows)
    return [row["data"] for row in rows]


async def who_wrote(sender: Sender, chat: str) -> Conversation:
    await take_up(sender, ("message.any", message(chat)))
    return await Conversation.get(sender_id=sender.id)


@pytest.mark.parametrize("lid", [False, True])
async def test_who_types_is_told_of_in_the_conversation(lid: bool) -> None:
    sender = await a_sender()
    chat = f"{phone()[1:]}@lid" if lid else f"{phone()[1:]}@c.us"
    conversation = await who_wrote(sender, chat)
    for what in ("typing", "paused", "recording", "online", "offline", None):
        assert await tell(sender, presence(chat, what)) == []
    begins, stops = '{"by": "CONTACT", "typing": true}', '{"by": "CONTACT", "typing": false}'
    assert await told(sender) == [begins, stops, begins]
    after = await Conversation.get(id=conversation.id)
    assert (after.updated_at, after.unread_count) == (conversation.updated_at, 1)


async def test_of_strangers_of_other_senders_and_of_some_while_ago_nothing_is_told() -> None:
    sender, other = await a_sender(), await a_sender()
    chat, stranger = f"{phone()[1:]}@c.us", f"{phone()[1:]}@c.us"
    await who_wrote(sender, chat)
    people = await Contact.all().count()
    await tell(sender, presence(stranger, "typing"))
    await tell(other, presence(chat, "typing"))
    await tell(sender, presence(chat, "typing"), ago=60)
    assert (await told(sender), await told(other)) == ([], [])
    assert await Contact.all().count() == people


@pytest.mark.parametrize("chat", ["120363@g.us", "1@newsletter", "status@broadcast"])
def test_what_is_no_chat_with_a_person_is_passed_over(chat: str) -> None:
    assert read("presence.update", presence(chat, "typing")) == Envelope()


@pytest.mark.parametrize(
    ("payload", "errors"),
    [
        ({}, 1),
        ({"id": 5}, 0),
        (presence("nobody@c.us", "typing"), 1),
        (presence("351910000111@c.us", "flying"), 0),
        ({"id": "351910000111@c.us"}, 0),
        ({"id": "351910000111@c.us", "presences": "typing"}, 0),
        ({"id": "351910000111@c.us", "presences": [7, {"lastKnownPresence": ["typing"]}]}, 0),
    ],
)
def test_what_is_not_understood_changes_nothing(payload: dict[str, Any], errors: int) -> None:
    envelope = read("presence.update", payload)
    assert (envelope.typing, len(envelope.errors)) == ([], errors)


def test_when_it_was_is_told_by_the_post() -> None:
    [typed] = read("presence.update", presence("351910000111@c.us", "typing")).typing
    assert (typed.person.wa_id, int(typed.at.timestamp())) == ("351910000111", NOW)
