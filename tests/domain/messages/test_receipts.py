"""Receipts, in any order and any number of times: a message only ever moves forward."""

import itertools
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from db.core import connect
from domain.messages import dispatch, receipts
from domain.messages.receipts import Status
from domain.providers.base import Accepted, NotSent
from domain.providers.reactions import of_code
from tests.domain.messages.surroundings import (
    FAULT,
    NOW,
    a_message,
    a_sender,
    callback,
    events_of,
    in_flight,
    leave,
    state_of,
    status,
)
from tests.factories import unique


@pytest.mark.parametrize("order", list(itertools.permutations(["sent", "delivered", "read"])))
async def test_receipts_in_any_order_end_the_same_and_never_go_back(order: tuple[str, ...]) -> None:
    departure = await in_flight()
    rank = {"IN_FLIGHT": 0, "SENT": 1, "DELIVERED": 2, "READ": 3}
    seen = 0
    for kind in order:
        for _ in range(2):  # each of them twice
            await receipts.settle_statuses([status(departure, kind, seconds=rank[kind.upper()])])
            now = rank[await state_of(departure.id)]
            assert now >= seen
            seen = now
    assert await state_of(departure.id) == "READ"
    assert sorted(await events_of(departure.id)) == ["DELIVERED", "READ", "SENT"]
    assert (await events_of(departure.id))[0] == "SENT"


async def test_read_implies_delivered_and_sent() -> None:
    departure = await in_flight()
    await receipts.settle_statuses([status(departure, "read", seconds=5)])
    row = await connect.row("SELECT sent_at, delivered_at, read_at FROM message WHERE id = $1", departure.id)
    assert row is not None
    assert set(row.values()) == {NOW + timedelta(seconds=5)}
    assert await events_of(departure.id) == ["SENT", "DELIVERED", "READ"]


async def test_a_batch_tells_the_whole_story_at_once() -> None:
    departure = await in_flight()
    batch = [status(departure, kind, seconds=n) for n, kind in enumerate(["sent", "delivered", "read"])]
    await receipts.settle_statuses([*reversed(batch), *batch])
    row = await connect.row("SELECT state, sent_at, read_at FROM message WHERE id = $1", departure.id)
    assert row is not None
    assert (row["state"], row["sent_at"], row["read_at"]) == ("READ", NOW, NOW + timedelta(seconds=2))


async def test_a_receipt_overtakes_the_answer() -> None:
    departure = await in_flight()
    await receipts.settle_statuses([status(departure, "delivered")])
    await dispatch.settle([(departure, Accepted(f"wamid.{departure.attempt_id.hex}"))])
    assert await state_of(departure.id) == "DELIVERED"
    assert await events_of(departure.id) == ["SENT", "DELIVERED"]


@pytest.mark.parametrize("before", ["IN_FLIGHT", "UNKNOWN", "UNCONFIRMED", "QUEUED", "CLAIMED", "CANCELLED"])
async def test_an_echo_settles_whatever_was_believed(before: str) -> None:
    departure = await in_flight()
    await connect.execute("UPDATE message SET state = $2 WHERE id = $1", departure.id, before)
    await receipts.settle_statuses([status(departure, "sent")])
    assert await state_of(departure.id) == "SENT"
    assert await connect.value("SELECT due_at IS NULL AND lease_until IS NULL FROM message WHERE id = $1", departure.id)
    wamid = await connect.value("SELECT provider_message_id FROM message WHERE id = $1", departure.id)
    assert wamid == f"wamid.{departure.attempt_id.hex}"


async def test_failed_can_follow_sent_but_not_delivered_and_arrival_wins() -> None:
    failing, arrived, odd = await in_flight(), await in_flight(), await in_flight()
    await receipts.settle_statuses([status(failing, "sent"), status(arrived, "delivered")])
    await receipts.settle_statuses([status(d, "failed", error=FAULT) for d in (failing, arrived, odd)])
    assert [await state_of(d.id) for d in (failing, arrived, odd)] == ["FAILED", "DELIVERED", "FAILED"]
    row = await connect.row("SELECT error_code, provider_error_code FROM message WHERE id = $1", failing.id)
    assert row is not None
    assert tuple(row) == ("NOT_ON_WHATSAPP", 131026)
    await receipts.settle_statuses([status(failing, "sent"), status(odd, "read")])
    assert [await state_of(d.id) for d in (failing, odd)] == ["FAILED", "READ"]
    await receipts.settle_statuses([status(failing, "delivered")])
    assert await events_of(failing.id) == ["SENT", "FAILED", "SENT", "DELIVERED"], "it was sent after all"
    # What was read has not failed: its error is in the event alone.
    row = await connect.row("SELECT error_code, error_message, provider_error_code FROM message WHERE id = $1", odd.id)
    assert row is not None
    assert tuple(row) == (None, None, None)


async def test_a_failure_of_an_older_attempt_does_not_fail_the_newer_one() -> None:
    old = await in_flight()
    await dispatch.settle([(old, NotSent("refused"))])
    sender = await connect.value("SELECT sender_id FROM message WHERE id = $1", old.id)
    await connect.execute("UPDATE message SET due_at = now() WHERE id = $1", old.id)
    await leave(sender)
    await receipts.settle_statuses([status(old, "failed", error=FAULT)])
    assert await state_of(old.id) == "IN_FLIGHT"


async def test_a_failure_of_an_older_attempt_does_not_fail_what_was_sent_since() -> None:
    old = await in_flight()
    await dispatch.settle([(old, NotSent("refused"))])
    sender = await connect.value("SELECT sender_id FROM message WHERE id = $1", old.id)
    await connect.execute("UPDATE message SET due_at = now() WHERE id = $1", old.id)
    newer = (await leave(sender))[0]
    await dispatch.settle([(newer, Accepted(unique("wamid")))])
    await receipts.settle_statuses([status(old, "failed", error=FAULT)])
    assert await state_of(old.id) == "SENT"
    await receipts.settle_statuses([status(newer, "failed", error=FAULT)])
    assert await state_of(old.id) == "FAILED"


async def test_the_attempt_that_was_accepted_is_the_one_that_can_fail() -> None:
    """A late receipt shows that the first attempt had arrived, while the next was claimed already."""
    first = await in_flight()
    await dispatch.settle([(first, NotSent("refused"))])
    sender = await connect.value("SELECT sender_id FROM message WHERE id = $1", first.id)
    await connect.execute("UPDATE message SET due_at = now() WHERE id = $1", first.id)
    claimed = await dispatch.claim(sender, 1)
    await receipts.settle_statuses([status(first, "sent")])
    assert await dispatch.depart(claimed) == []
    await receipts.settle_statuses([status(first, "failed", error=FAULT)])
    assert await state_of(first.id) == "FAILED"


async def test_a_sender_that_whatsapp_refuses_by_a_receipt_stops_as_well() -> None:
    """131042 comes after a 200: without payment every message of the queue would be accepted, and fail."""
    departure, unmoved = await in_flight(), await in_flight()
    unpaid = of_code(131042, "Payment issue")
    await receipts.settle_statuses([status(unmoved, "delivered")])
    await receipts.settle_statuses([status(one, "failed", error=unpaid) for one in (departure, unmoved)])
    sql = "SELECT s.status, s.error_message FROM sender s JOIN message m ON m.sender_id = s.id WHERE m.id = $1"
    assert [tuple(await connect.row(sql, one.id) or ()) for one in (departure, unmoved)] == [
        ("FAILED", "Payment issue"),
        ("CONNECTED", None),
    ]


async def test_statuses_without_our_callback_go_by_whatsapps_id_or_wait() -> None:
    departure = await in_flight()
    known = f"wamid.{departure.attempt_id.hex}"
    early = Status(known, "delivered", NOW)
    assert await receipts.settle_statuses([early]) == [early]
    await dispatch.settle([(departure, Accepted(known))])
    assert await receipts.settle_statuses([early]) == []
    assert await state_of(departure.id) == "DELIVERED"


@pytest.mark.parametrize(
    "forge",
    [
        lambda message, attempt: f"{message}.{attempt.hex}",
        lambda message, attempt: f"{message}.{attempt.hex}.000000000000",
        lambda message, attempt: "somebody else's data",
        lambda message, attempt: "",
    ],
)
async def test_a_callback_of_another_installation_touches_nothing(forge: Any) -> None:
    departure = await in_flight()
    foreign = Status(unique("wamid"), "read", NOW, callback=forge(departure.id, departure.attempt_id))
    assert await receipts.settle_statuses([foreign]) == [foreign]
    assert await state_of(departure.id) == "IN_FLIGHT"


async def test_a_message_that_never_left_believes_no_receipt() -> None:
    sender = await a_sender()
    message = await a_message(sender)
    await receipts.settle_statuses([Status(unique("wamid"), "read", NOW, callback=callback(message, uuid4()))])
    assert await state_of(message) == "QUEUED"
