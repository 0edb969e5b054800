"""What is sent once more on purpose, and the alarm where something was sent twice."""

import pytest
from structlog.testing import capture_logs

from db.core import connect
from domain import senders
from domain.core.access import SYSTEM
from domain.messages import dispatch, receipts
from domain.messages.dispatch import Departure
from domain.providers.base import Accepted, InDoubt
from domain.providers.reactions import of_code
from tests.domain.messages.surroundings import FAULT, events_of, in_flight, leave, state_of, status

LATER = of_code(131000, "Something went wrong")


async def leave_again(message: int) -> Departure:
    """The second send of a message that waits for it, whatever its time."""
    sender = await connect.value(
        "UPDATE message SET due_at = now() WHERE id = $1 AND due_at > now() RETURNING sender_id", message
    )
    return (await leave(sender))[0]


async def test_what_went_wrong_at_whatsapp_is_sent_once_more_and_no_oftener() -> None:
    first = await in_flight()
    await dispatch.settle([(first, Accepted(f"wamid.{first.attempt_id.hex}"))])
    for _ in range(2):  # WhatsApp tells it more than once
        await receipts.settle_statuses([status(first, "failed", error=LATER)])
    row = await connect.row(
        "SELECT state, sent_at, provider_error_code, due_at > now() + interval '50 s' AS later FROM message"
        " WHERE id = $1",
        first.id,
    )
    assert row is not None
    assert tuple(row) == ("QUEUED", None, 131000, True)
    second = await leave_again(first.id)
    await receipts.settle_statuses([status(first, "failed", error=LATER)])
    assert await state_of(first.id) == "IN_FLIGHT"
    await dispatch.settle([(second, Accepted(f"wamid.{second.attempt_id.hex}"))])
    await receipts.settle_statuses([status(second, "failed", error=LATER)])
    assert await state_of(first.id) == "FAILED"
    assert await events_of(first.id) == ["SENT", "SENT", "FAILED"]


@pytest.mark.parametrize("late", ["answer", "sent"])
async def test_a_first_send_that_failed_does_not_settle_the_second(late: str) -> None:
    first = await in_flight()
    await receipts.settle_statuses([status(first, "failed", error=LATER)])
    if late == "answer":
        await dispatch.settle([(first, Accepted(f"wamid.{first.attempt_id.hex}"))])
    else:
        await receipts.settle_statuses([status(first, "sent")])
    assert await state_of(first.id) == "QUEUED"
    with capture_logs() as told:
        second = await leave_again(first.id)
        await receipts.settle_statuses([status(second, "sent")])
        await dispatch.settle([(second, Accepted(f"wamid.{second.attempt_id.hex}"))])
    assert await state_of(first.id) == "SENT"
    assert told == []


@pytest.mark.parametrize("order", ["failed first", "deleted first"])
async def test_what_is_to_be_sent_once_more_by_a_sender_that_is_deleted_is_cancelled(order: str) -> None:
    """Its schedule is long done, and so does not keep the sender."""
    first, other = await in_flight(), await in_flight()
    sender = await connect.value("SELECT sender_id FROM message WHERE id = $1", first.id)
    await dispatch.settle([(d, Accepted(f"wamid.{d.attempt_id.hex}")) for d in (first, other)])
    if order == "deleted first":
        await senders.delete(SYSTEM, sender)
    await receipts.settle_statuses([status(d, "failed", error=LATER) for d in (first, other)])
    if order == "failed first":
        await senders.delete(SYSTEM, sender)
    await dispatch.cancel_orphans()
    assert [await state_of(d.id) for d in (first, other)] == ["CANCELLED", "QUEUED"]
    row = await connect.row("SELECT due_at, lease_until, error_code FROM message WHERE id = $1", first.id)
    assert row is not None
    assert tuple(row) == (None, None, "NOT_FOUND")
    assert await events_of(first.id) == ["SENT", "CANCELLED"]


async def test_a_refusal_of_the_message_itself_is_for_good() -> None:
    departure = await in_flight()
    await receipts.settle_statuses([status(departure, "failed", error=FAULT)])
    assert await state_of(departure.id) == "FAILED"


@pytest.mark.parametrize("told_by", ["answer", "receipts", "both at once"])
async def test_two_ids_of_one_message_raise_the_alarm(told_by: str) -> None:
    """An attempt that was given up had arrived all the same, and the next one too."""
    first = await in_flight()
    await dispatch.settle([(first, InDoubt("timeout"))])
    await connect.execute(
        "UPDATE message SET state = 'QUEUED', due_at = now() + interval '1 h', lease_until = NULL WHERE id = $1",
        first.id,
    )
    second = await leave_again(first.id)
    ids = [f"wamid.{attempt.attempt_id.hex}" for attempt in (first, second)]
    with capture_logs() as told:
        match told_by:
            case "answer":
                await receipts.settle_statuses([status(first, "sent")])
                await dispatch.settle([(second, Accepted(ids[1]))])
            case "receipts":
                await dispatch.settle([(second, Accepted(ids[1]))])
                await receipts.settle_statuses([status(first, "sent")])
            case _:
                await receipts.settle_statuses([status(first, "sent"), status(second, "delivered")])
    alarm = {
        "event": "message_sent_twice",
        "log_level": "error",
        "message_id": first.id,
        "provider_message_ids": sorted(ids),
    }
    assert told == [alarm]
