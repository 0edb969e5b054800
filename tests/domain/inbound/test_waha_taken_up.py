"""What WAHA posts, taken up: what becomes of messages, contacts and senders."""

from db.contacts import Contact, ContactIdentity
from db.core import connect
from db.messages import Message
from db.senders import Sender, SenderStatus
from tests import factories
from tests.domain.inbound.posts import sent
from tests.domain.inbound.waha_posts import NOW, a_sender, message, name_of, take_up
from tests.factories import phone, unique


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
