"""What people of ours write in the phone's app: outbound messages, and a human's word in the conversation."""

from datetime import UTC, datetime
from typing import Any

from db.contacts import ContactPhone
from db.conversations import Conversation
from db.messages import Message, MessageState
from db.senders import Sender
from tests import factories
from tests.domain.inbound.posts import (
    NOW,
    body,
    change,
    digits_of,
    events_of,
    message,
    received,
    status,
    take_up,
    wamid,
)


def echoes(sender: Sender, *told: dict[str, Any]) -> dict[str, Any]:
    return change(sender, message_echoes=list(told)) | {"field": "smb_message_echoes"}


def echo(to: str, text: str = "on my way", **given: Any) -> dict[str, Any]:
    given = {"id": wamid(), "timestamp": NOW, "type": "text", "text": {"body": text}, **given}
    return {"from": "447700900123", "to": to, **{key: value for key, value in given.items() if value is not None}}


async def test_an_echo_is_an_operators_message_without_an_operator(sender: Sender) -> None:
    contact = await factories.contact()
    phone = await ContactPhone.get(contact_id=contact.id)
    told = echo(digits_of(phone.phone_number))
    post = body(echoes(sender, told))
    await take_up(post, post)
    row = await received(told["id"])
    assert (row.direction, row.author, row.operator_id, row.state) == ("OUTBOUND", "OPERATOR", None, "SENT")
    assert (row.contact_id, row.sender_id, row.content) == (contact.id, sender.id, "on my way")
    assert row.created_at == row.sent_at == datetime.fromtimestamp(NOW, UTC)
    assert await events_of(row) == ["MESSAGE_SENT"]
    await take_up(body(change(sender, statuses=[status(row, "delivered", NOW + 1)])))
    assert (await Message.get(id=row.id)).state is MessageState.DELIVERED


async def test_an_echo_counts_as_a_humans_word(sender: Sender) -> None:
    wa_id = digits_of(factories.phone())
    asked, told = message(wa_id, "where are you?"), echo(f"+{wa_id}")
    await take_up(body(change(sender, messages=[asked])))
    row = await received(asked["id"])
    before = await Conversation.get(sender_id=sender.id, contact_id=row.contact_id)
    await take_up(body(echoes(sender, told)), body(echoes(sender, told)))
    after = await Conversation.get(id=before.id)
    assert (before.epoch, after.epoch) == (0, 1)
    assert after.last_message_id == (await received(told["id"])).id
    assert after.window_expires_at == before.window_expires_at
    assert after.unread_count == 1


async def test_a_reaction_from_the_phone_counts_as_one_from_here_does(sender: Sender) -> None:
    """Whoever has answered with a thumb wants no bot to answer after it."""
    wa_id = digits_of(factories.phone())
    asked = message(wa_id, "where are you?")
    await take_up(body(change(sender, messages=[asked])))
    liked = echo(wa_id, type="reaction", text=None, reaction={"message_id": asked["id"], "emoji": "👍"})
    await take_up(body(echoes(sender, liked)))
    row = await received(asked["id"])
    conversation = await Conversation.get(sender_id=sender.id, contact_id=row.contact_id)
    assert (conversation.epoch, conversation.last_message_id, conversation.unread_count) == (1, row.id, 1)


async def test_an_echo_to_a_stranger_makes_the_contact(sender: Sender) -> None:
    number, bsuid = factories.phone(), f"PT.{factories.unique()[2:]}"
    told = [echo(number), echo(bsuid)]
    [post] = await take_up(body(echoes(sender, *told)))
    assert post.errors is None
    rows = [await received(each["id"]) for each in told]
    assert [row.address for row in rows] == [number, bsuid]
    assert (await ContactPhone.get(phone_number=number)).contact_id == rows[0].contact_id


async def test_an_echoed_edit_and_reaction_are_ours(sender: Sender) -> None:
    wa_id = digits_of(factories.phone())
    asked, told = message(wa_id), echo(wa_id, "at noon")
    later = {"original_message_id": told["id"], "message": {"type": "text", "text": {"body": "at one"}}}
    foreign = message(wa_id, type="edit", text=None, edit=later | {"message": {"type": "text", "text": {"body": "no"}}})
    liked = echo(wa_id, type="reaction", text=None, reaction={"message_id": asked["id"], "emoji": "👍"})
    await take_up(
        body(change(sender, messages=[asked, foreign])),
        body(echoes(sender, told, echo(wa_id, type="edit", text=None, edit=later), liked)),
    )
    assert (await received(told["id"])).content == "at one"
    row = await received(liked["id"])
    assert (row.direction, row.content) == ("OUTBOUND", "👍")
    assert row.reply_to_id == (await received(asked["id"])).id
    conversation = await Conversation.get(sender_id=sender.id, contact_id=row.contact_id)
    assert conversation.last_message_id != row.id


async def test_what_a_person_wrote_on_the_phone_is_not_sent_once_more_by_us(sender: Sender) -> None:
    """A fault of WhatsApp's (131000) makes us repeat what we sent; this we did not send."""
    told = echo(digits_of(factories.phone()))
    await take_up(body(echoes(sender, told)))
    failed = status(await received(told["id"]), "failed", NOW + 1, errors=[{"code": 131000, "title": "Unknown"}])
    await take_up(body(change(sender, statuses=[failed])))
    row = await received(told["id"])
    assert (row.state, row.due_at) == (MessageState.FAILED, None)
