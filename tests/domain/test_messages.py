"""The life of a message that leaves: every transition, and every one that must not be."""

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from db import messages as rows
from db.core import connect
from domain.core.errors import ErrorCode
from domain.core.secrets import stamp
from domain.messages import dispatch, receipts
from domain.messages.dispatch import Departure
from domain.messages.receipts import Status
from domain.providers.base import (
    Accepted,
    InDoubt,
    NotSent,
    Outcome,
    ProviderError,
    Reaction,
    Refused,
)
from tests.factories import phone, unique

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


async def a_sender(**given: Any) -> int:
    sender = await connect.value(
        "INSERT INTO sender (phone_number, provider, status, is_default, phone_number_id)"
        " VALUES ($1, 'CLOUD_API', 'CONNECTED', false, '1065') RETURNING id",
        phone(),
    )
    for column, value in given.items():
        await connect.execute(f"UPDATE sender SET {column} = $2 WHERE id = $1", sender, value)
    return sender


async def a_contact(**given: Any) -> int:
    contact = await connect.value(
        "INSERT INTO contact (name, opt_in_status) VALUES ('Rita', 'UNKNOWN') RETURNING id",
    )
    for column, value in given.items():
        await connect.execute(f"UPDATE contact SET {column} = $2 WHERE id = $1", contact, value)
    return contact


async def a_message(sender: int, contact: int | None = None, *, content: str | None = "Hello", **given: Any) -> int:
    message = await connect.value(
        "INSERT INTO message (sender_id, contact_id, direction, author, type, purpose, priority, state, address,"
        " content, attempts, due_at)"
        " VALUES ($1, $2, 'OUTBOUND', 'SYSTEM', 'TEXT', 'UTILITY', 2, 'QUEUED', $3, $4, 0, now()) RETURNING id",
        sender,
        contact or await a_contact(),
        phone(),
        content,
    )
    for column, value in given.items():
        await connect.execute(f"UPDATE message SET {column} = $2 WHERE id = $1", message, value)
    return message


async def leave(sender: int) -> list[Departure]:
    """Claims what is due and commits it to leave."""
    return await dispatch.depart(await dispatch.claim(sender, 100))


async def state_of(message: int) -> str:
    return await connect.value("SELECT state FROM message WHERE id = $1", message)


async def events_of(message: int) -> list[str]:
    found = await connect.rows("SELECT type FROM event WHERE message_id = $1 ORDER BY number", message)
    return [row["type"].removeprefix("MESSAGE_") for row in found]


def callback(message: int, attempt: UUID) -> str:
    named = f"{message}.{attempt.hex}"
    return f"{named}.{stamp(named)}"


async def in_flight(**given: Any) -> Departure:
    """One message that has just left."""
    sender = await a_sender()
    await a_message(sender, **given)
    return (await leave(sender))[0]


def status(departure: Departure, kind: Any, *, seconds: float = 0, **given: Any) -> Status:
    values: dict[str, Any] = {"callback": callback(departure.id, departure.attempt_id), **given}
    wamid = f"wamid.{departure.attempt_id.hex}"
    return Status(wamid, kind, NOW + timedelta(seconds=seconds), **values)


FAULT = ProviderError(131026, ErrorCode.NOT_ON_WHATSAPP, "Message undeliverable")


# ---------------------------------------------------------------------------
# Claiming and leaving
# ---------------------------------------------------------------------------


async def test_urgent_first_then_the_oldest_and_nobody_twice() -> None:
    sender = await a_sender()
    low, first, second = [await a_message(sender, priority=n) for n in (1, 2, 2)]
    urgent = await a_message(sender, priority=4)
    later = await a_message(sender, due_at=datetime.now(UTC) + timedelta(hours=1))
    claimed = [departure.id for departure in await dispatch.claim(sender, 3)]
    assert claimed == [urgent, first, second]
    assert [departure.id for departure in await dispatch.claim(sender, 3)] == [low]
    assert await state_of(later) == "QUEUED"


async def test_a_template_is_filled_for_the_contact_and_what_is_missing_fails_that_message_alone() -> None:
    sender = await a_sender()
    template = await connect.value(
        "INSERT INTO message_template (title, content) VALUES ($1, 'Hi {{ name }} of {{company}}') RETURNING id",
        unique(),
    )
    full = await a_message(sender, await a_contact(name="Ana", company="Sol"), template_id=template)
    lacking = await a_message(sender, await a_contact(name="Rui"), template_id=template)
    by_id = {departure.id: departure for departure in await dispatch.claim(sender, 10)}
    outgoing, refusal = by_id[full].outgoing, by_id[lacking].refusal
    assert outgoing is not None
    assert outgoing.text == "Hi Ana of Sol"
    assert refusal is not None
    assert (refusal.code, "{{company}}" in refusal.message) == (ErrorCode.VALIDATION_ERROR, True)
    await dispatch.settle([(by_id[lacking], Refused(refusal))])
    assert await state_of(lacking) == "FAILED"
    assert await connect.value("SELECT attempts FROM message WHERE id = $1", lacking) == 0


async def test_a_text_that_grew_too_long_fails() -> None:
    sender = await a_sender()
    template = await connect.value(
        "INSERT INTO message_template (title, content) VALUES ($1, $2) RETURNING id", unique(), "😀" * 2047 + "{{name}}"
    )
    short = await a_message(sender, await a_contact(name="ab"), template_id=template)
    long = await a_message(sender, await a_contact(name="abc"), template_id=template)
    by_id = {departure.id: departure for departure in await dispatch.claim(sender, 10)}
    assert by_id[short].refusal is None
    assert by_id[long].refusal is not None


@pytest.mark.parametrize(
    ("forbidden_by", "state"),
    [
        ("UPDATE contact SET opt_in_status = 'OPTED_OUT' WHERE id = $1", "CANCELLED"),
        ("UPDATE contact SET deleted_at = now() WHERE id = $1", "CANCELLED"),
        (
            "UPDATE sender SET status = 'STOPPED' WHERE id = (SELECT sender_id FROM message WHERE contact_id = $1)",
            "QUEUED",
        ),
        (
            "UPDATE sender SET paused_until = now() + interval '1 hour'"
            " WHERE id = (SELECT sender_id FROM message WHERE contact_id = $1)",
            "QUEUED",
        ),
        ("UPDATE message SET state = 'CANCELLED', lease_until = NULL WHERE contact_id = $1", "CANCELLED"),
    ],
)
async def test_what_was_forbidden_after_the_claim_does_not_leave(forbidden_by: str, state: str) -> None:
    sender, contact = await a_sender(), await a_contact()
    message = await a_message(sender, contact, purpose="MARKETING")
    claimed = await dispatch.claim(sender, 10)
    await connect.execute(forbidden_by, contact)
    assert await dispatch.depart(claimed) == []
    assert await state_of(message) == state
    assert await connect.value("SELECT attempts FROM message WHERE id = $1", message) == 0


async def test_what_may_leave_does_so_when_the_others_cannot_be_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(ids: list[int], attempts: list[UUID]) -> list[Any]:
        raise ConnectionError("the database went away")

    monkeypatch.setattr(rows, "release", fail)
    sender = await a_sender()
    good, gone = await a_message(sender), await a_message(sender, await a_contact(deleted_at=NOW))
    assert [departure.id for departure in await leave(sender)] == [good]
    assert await state_of(gone) == "CLAIMED"


@pytest.mark.parametrize(
    ("contact", "code", "word"),
    [({"deleted_at": NOW}, "NOT_FOUND", "deleted"), ({"opt_in_status": "OPTED_OUT"}, "OPTED_OUT", "opted out")],
)
async def test_a_message_that_is_cancelled_at_the_last_step_says_why(
    contact: dict[str, Any], code: str, word: str
) -> None:
    sender = await a_sender()
    message = await a_message(sender, await a_contact(**contact), purpose="MARKETING")
    assert await leave(sender) == []
    row = await connect.row("SELECT state, error_code, error_message FROM message WHERE id = $1", message)
    assert row is not None
    assert (row["state"], row["error_code"], word in row["error_message"]) == ("CANCELLED", code, True)


async def test_an_opt_out_of_marketing_does_not_stop_other_messages() -> None:
    sender = await a_sender()
    await a_message(sender, await a_contact(opt_in_status="OPTED_OUT"), purpose="UTILITY")
    assert len(await leave(sender)) == 1


async def test_a_claim_that_ran_out_cannot_leave_even_when_someone_else_claimed_it() -> None:
    sender = await a_sender()
    message = await a_message(sender)
    frozen = await dispatch.claim(sender, 10)
    await connect.execute("UPDATE message SET lease_until = now() - interval '1 s' WHERE id = $1", message)
    await dispatch.expire_leases()
    assert await state_of(message) == "QUEUED"
    other = await dispatch.claim(sender, 10)
    assert await dispatch.depart(frozen) == []
    assert len(await dispatch.depart(other)) == 1


# ---------------------------------------------------------------------------
# What became of it
# ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outcome", "state", "events"),
    [
        (Accepted("wamid.X"), "SENT", ["SENT"]),
        (Refused(FAULT), "FAILED", ["FAILED"]),
        (Refused(ProviderError(2, ErrorCode.WHATSAPP_API_ERROR, "Later", Reaction.RETRY)), "QUEUED", []),
        (Refused(ProviderError(131056, ErrorCode.WHATSAPP_API_ERROR, "Pair", Reaction.DELAY_CONTACT)), "QUEUED", []),
        (Refused(ProviderError(130429, ErrorCode.WHATSAPP_API_ERROR, "Too fast", Reaction.SLOW)), "QUEUED", []),
        (NotSent("refused"), "QUEUED", []),
        (InDoubt("timeout"), "UNKNOWN", []),
    ],
)
async def test_outcomes(outcome: Outcome, state: str, events: list[str]) -> None:
    departure = await in_flight()
    if isinstance(outcome, Accepted):
        outcome = Accepted(unique("wamid"))
    await dispatch.settle([(departure, outcome)])
    assert await state_of(departure.id) == state
    assert await events_of(departure.id) == events
    row = await connect.row("SELECT due_at, lease_until FROM message WHERE id = $1", departure.id)
    assert row is not None
    assert (row["due_at"] is not None) == (state == "QUEUED")
    assert (row["lease_until"] is not None) == (state == "UNKNOWN")


async def test_tries_come_to_an_end() -> None:
    sender = await a_sender()
    message = await a_message(sender)
    again = Refused(ProviderError(131000, ErrorCode.WHATSAPP_API_ERROR, "Something went wrong", Reaction.RETRY))
    for _ in range(dispatch.MOST_ATTEMPTS):
        await connect.execute("UPDATE message SET due_at = now() WHERE id = $1", message)
        await dispatch.settle([(departure, again) for departure in await leave(sender)])
    assert await state_of(message) == "FAILED"
    assert await events_of(message) == ["FAILED"]


async def test_a_limit_of_whatsapps_fails_nobody_however_long_it_lasts() -> None:
    sender = await a_sender()
    message = await a_message(sender)
    slow = Refused(ProviderError(130429, ErrorCode.WHATSAPP_API_ERROR, "Too fast", Reaction.SLOW))
    for _ in range(dispatch.MOST_ATTEMPTS + 2):
        await connect.execute("UPDATE message SET due_at = now() WHERE id = $1", message)
        await dispatch.settle([(departure, slow) for departure in await leave(sender)])
    assert await state_of(message) == "QUEUED"


async def test_a_day_without_a_connection_is_only_a_day_later() -> None:
    sender = await a_sender()
    message = await a_message(sender, attempts=32767)
    await dispatch.settle([(departure, NotSent("refused")) for departure in await leave(sender)])
    due = await connect.value("SELECT due_at < now() + interval '61 s' FROM message WHERE id = $1", message)
    assert (await state_of(message), due) == ("QUEUED", True)


async def test_a_sender_that_whatsapp_refuses_stops_and_its_queue_waits() -> None:
    sender = await a_sender()
    message = await a_message(sender)
    expired = Refused(ProviderError(190, ErrorCode.WHATSAPP_API_ERROR, "Token expired", Reaction.PAUSE_SENDER))
    await dispatch.settle([(departure, expired) for departure in await leave(sender)])
    found = await connect.row("SELECT status, error_message FROM sender WHERE id = $1", sender)
    assert found is not None
    assert (found["status"], found["error_message"]) == ("EXPIRED", "Token expired")
    assert await state_of(message) == "QUEUED"
    assert sender not in await rows.waiting_senders()


async def test_a_late_answer_settles_doubt_and_a_row_that_waits_again() -> None:
    """The worker was frozen past its lease; then the answer came, before anyone sent again."""
    doubtful = await in_flight()
    await connect.execute("UPDATE message SET lease_until = now() - interval '1 s' WHERE id = $1", doubtful.id)
    await dispatch.expire_leases()
    assert await state_of(doubtful.id) == "UNKNOWN"
    await dispatch.settle([(doubtful, Accepted(unique("wamid")))])
    assert await state_of(doubtful.id) == "SENT"

    queued = await in_flight()
    await dispatch.settle([(queued, NotSent("refused"))])
    await dispatch.settle([(queued, Accepted(unique("wamid")))])
    assert await state_of(queued.id) == "SENT"


async def test_a_late_refusal_of_an_old_attempt_changes_nothing() -> None:
    first = await in_flight()
    await dispatch.settle([(first, NotSent("refused"))])
    sender = await connect.value("SELECT sender_id FROM message WHERE id = $1", first.id)
    await connect.execute("UPDATE message SET due_at = now() WHERE id = $1", first.id)
    second = (await leave(sender))[0]
    await dispatch.settle([(first, Refused(FAULT))])
    assert await state_of(first.id) == "IN_FLIGHT"
    await dispatch.settle([(second, Accepted(unique("wamid")))])
    assert await state_of(first.id) == "SENT"


# ---------------------------------------------------------------------------
# Receipts
# ---------------------------------------------------------------------------


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
    unpaid = ProviderError(131042, ErrorCode.WHATSAPP_API_ERROR, "Payment issue", Reaction.PAUSE_SENDER)
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


# ---------------------------------------------------------------------------
# Doubt
# ---------------------------------------------------------------------------


async def in_doubt(purpose: str, *, age: float, watermark: float | None) -> Departure:
    """A message whose answer was lost `age` seconds ago; its sender's receipts have come to `watermark` seconds ago."""
    departure = await in_flight(purpose=purpose)
    await dispatch.settle([(departure, InDoubt("timeout"))])
    await connect.execute(
        "UPDATE message SET lease_until = now() - $2::interval + interval '25 s' WHERE id = $1",
        departure.id,
        timedelta(seconds=age),
    )
    if watermark is not None:
        await connect.execute(
            "UPDATE sender SET status_watermark = now() - $2::interval"
            " WHERE id = (SELECT sender_id FROM message WHERE id = $1)",
            departure.id,
            timedelta(seconds=watermark),
        )
    return departure


@pytest.mark.parametrize(
    ("purpose", "age", "watermark", "state"),
    [
        ("UTILITY", 3, 0, "UNKNOWN"),  # within the grace of 4 s
        ("UTILITY", 8, 5, "UNKNOWN"),  # receipts have not passed it by the grace
        ("UTILITY", 8, 1, "QUEUED"),
        ("MARKETING", 8, 1, "UNCONFIRMED"),
        ("UTILITY", 15, None, "UNKNOWN"),  # silence, but not for long enough
        ("UTILITY", 17, None, "UNCONFIRMED"),
        ("MARKETING", 17, None, "UNCONFIRMED"),
    ],
)
async def test_doubt_is_decided_by_the_senders_receipts(
    purpose: str, age: float, watermark: float | None, state: str
) -> None:
    departure = await in_doubt(purpose, age=age, watermark=watermark)
    await dispatch.decide_doubts()
    assert await state_of(departure.id) == state
    assert await events_of(departure.id) == (["UNCONFIRMED"] if state == "UNCONFIRMED" else [])


async def test_doubt_is_not_decided_while_posts_of_its_time_are_not_taken_up() -> None:
    departure = await in_doubt("UTILITY", age=8, watermark=1)
    post = await connect.value(
        "INSERT INTO inbound_post (body, created_at) VALUES ('', now() - interval '6 s') RETURNING id"
    )
    await dispatch.decide_doubts()
    assert await state_of(departure.id) == "UNKNOWN"
    await connect.execute("UPDATE inbound_post SET done_at = now() WHERE id = $1", post)
    await dispatch.decide_doubts()
    assert await state_of(departure.id) == "QUEUED"


async def test_an_unconfirmed_message_still_hears_of_its_echo() -> None:
    departure = await in_doubt("MARKETING", age=8, watermark=1)
    await dispatch.decide_doubts()
    await receipts.settle_statuses([status(departure, "delivered")])
    assert await state_of(departure.id) == "DELIVERED"
    assert await connect.value("SELECT error_message FROM message WHERE id = $1", departure.id) is None


async def test_a_doubt_that_was_decided_is_not_doubted_anew() -> None:
    """The worker was frozen for longer than the grace, and then its POST timed out."""
    departure = await in_doubt("MARKETING", age=8, watermark=1)
    await dispatch.decide_doubts()
    await dispatch.settle([(departure, InDoubt("timeout"))])
    assert await state_of(departure.id) == "UNCONFIRMED"


async def test_a_silent_sender_does_not_hold_up_the_doubts_of_others() -> None:
    silent = await in_doubt("UTILITY", age=8, watermark=None)
    await connect.execute(
        "INSERT INTO message (sender_id, contact_id, direction, author, type, purpose, priority, state, attempts,"
        " lease_until)"
        " SELECT sender_id, contact_id, direction, author, type, purpose, priority, state, attempts, lease_until"
        " FROM message, generate_series(1, 1000) WHERE id = $1",
        silent.id,
    )
    heard = await in_doubt("UTILITY", age=8, watermark=1)
    await dispatch.decide_doubts()
    assert (await state_of(silent.id), await state_of(heard.id)) == ("UNKNOWN", "QUEUED")
    # The clock of another test's worker need not look at them.
    await connect.execute(
        "DELETE FROM message WHERE sender_id = (SELECT sender_id FROM message WHERE id = $1)", silent.id
    )
