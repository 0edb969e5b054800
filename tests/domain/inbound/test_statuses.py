"""Statuses of our messages, in any order: those that find their message, and those that wait for it."""

from datetime import UTC, datetime, timedelta

from db.core import connect
from db.inbound import WaitingStatus
from db.messages import Message, MessageState
from db.senders import Sender
from domain import inbound
from domain.core.secrets import stamp
from tests.domain.inbound.posts import NOW, body, change, events_of, sent, status, take_up, wamid
from tests.factories import unique


async def test_statuses_move_a_message_forward_in_any_order(sender: Sender) -> None:
    row = await sent(sender)
    await take_up(
        body(change(sender, statuses=[status(row, "read", NOW + 3)])),
        body(change(sender, statuses=[status(row, "sent", NOW + 1), status(row, "delivered", NOW + 2)])),
        body(change(sender, statuses=[status(row, "read", NOW + 3), status(row, "delivered", NOW + 2)])),
    )
    row = await Message.get(id=row.id)
    assert row.state is MessageState.READ
    assert row.read_at == datetime.fromtimestamp(NOW + 3, UTC)
    assert (await events_of(row)).count("MESSAGE_READ") == 1
    sender = await Sender.get(id=sender.id)
    assert sender.status_watermark == datetime.fromtimestamp(NOW + 3, UTC)
    assert sender.last_active_at is not None


async def test_the_watermark_never_falls_nor_runs_ahead(sender: Sender) -> None:
    row = await sent(sender)
    await take_up(body(change(sender, statuses=[status(row, "sent", NOW)])))
    await take_up(body(change(sender, statuses=[status(row, "delivered", NOW - 500)])))
    assert (await Sender.get(id=sender.id)).status_watermark == datetime.fromtimestamp(NOW, UTC)
    await take_up(body(change(sender, statuses=[status(row, "read", NOW + 10**6)])))
    watermark = (await Sender.get(id=sender.id)).status_watermark
    assert watermark is not None
    assert watermark <= datetime.now(UTC) + timedelta(seconds=1)


async def test_played_is_read_and_a_failure_keeps_its_error(sender: Sender) -> None:
    voice, lost = await sent(sender), await sent(sender)
    error = {"code": 131026, "title": "Message undeliverable", "error_data": {"details": "Not on WhatsApp."}}
    await take_up(
        body(change(sender, statuses=[status(voice, "played")])),
        body(change(sender, contacts=[{"wa_id": "1"}], statuses=[status(lost, "failed", errors=[error])])),
    )
    assert (await Message.get(id=voice.id)).state is MessageState.READ
    lost = await Message.get(id=lost.id)
    assert (lost.state, lost.provider_error_code, lost.error_code) == (MessageState.FAILED, 131026, "NOT_ON_WHATSAPP")
    assert lost.error_message == "Not on WhatsApp."


async def test_statuses_ahead_of_their_message_wait_for_it(sender: Sender) -> None:
    id = wamid()
    error = {"code": 131047, "message": "Re-engagement message"}
    other = wamid()
    await take_up(
        body(change(sender, statuses=[status(id, "delivered"), status(id, "sent")])),
        body(change(sender, statuses=[status(other, "failed", errors=[error])])),
    )
    assert await WaitingStatus.filter(provider_message_id=id).count() == 2
    row = await sent(sender, provider_message_id=id)
    failed = await sent(sender, provider_message_id=other)
    await inbound.take_up_waiting()
    assert (await Message.get(id=row.id)).state is MessageState.DELIVERED
    failed = await Message.get(id=failed.id)
    assert (failed.state, failed.error_code, failed.provider_error_code) == ("FAILED", "WINDOW_CLOSED", 131047)
    assert await WaitingStatus.filter(provider_message_id__in=[id, other]).count() == 0


async def test_statuses_that_wait_in_vain_are_dropped_after_a_day(sender: Sender) -> None:
    id = wamid()
    await take_up(body(change(sender, statuses=[status(id, "read")])))
    await inbound.take_up_waiting()
    assert await WaitingStatus.filter(provider_message_id=id).count() == 1
    sql = "UPDATE waiting_status SET created_at = now() - interval '25 h' WHERE provider_message_id = $1"
    await connect.execute(sql, id)
    await inbound.take_up_waiting()
    assert await WaitingStatus.filter(provider_message_id=id).count() == 0


async def test_statuses_of_another_number_of_the_account_do_not_wait(sender: Sender) -> None:
    id = wamid()
    other = change(None, metadata={"phone_number_id": unique()}, statuses=[status(id, "sent")])
    await take_up(body(other))
    assert await WaitingStatus.filter(provider_message_id=id).count() == 0


async def test_statuses_of_another_program_do_not_wait(sender: Sender) -> None:
    """WhatsApp tells every program that is subscribed to an account of all its messages."""
    id = wamid()
    await take_up(body(change(sender, statuses=[status(id, "sent", biz_opaque_callback_data="not ours")])))
    assert await WaitingStatus.filter(provider_message_id=id).count() == 0


async def test_the_callback_finds_a_message_whose_answer_was_lost(sender: Sender) -> None:
    row = await sent(sender, state="UNKNOWN", provider_message_id=None, sent_at=None)
    assert row.attempt_id is not None
    id = wamid()
    named = f"{row.id}.{row.attempt_id.hex}"
    callback = f"{named}.{stamp(named)}"
    await take_up(body(change(sender, statuses=[status(id, "delivered", biz_opaque_callback_data=callback)])))
    row = await Message.get(id=row.id)
    assert (row.state, row.provider_message_id) == (MessageState.DELIVERED, id)


async def test_a_status_without_a_time_waits_once_however_often_it_is_posted(sender: Sender) -> None:
    post = body(change(sender, statuses=[status(id := wamid(), "delivered", timestamp="soon")]))
    await take_up(post)
    await take_up(post)
    assert await connect.value("SELECT count(*) FROM waiting_status WHERE provider_message_id = $1", id) == 1
