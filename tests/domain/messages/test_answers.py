"""What a send was answered, and what becomes of the message."""

import pytest

from db.core import connect
from db.messages import dispatch as rows
from domain.messages import dispatch
from domain.providers.base import Accepted, InDoubt, NotSent, Outcome, Refused
from domain.providers.reactions import of_code
from tests.domain.messages.surroundings import FAULT, a_message, a_sender, events_of, in_flight, leave, state_of
from tests.factories import unique


@pytest.mark.parametrize(
    ("outcome", "state", "events"),
    [
        (Accepted("wamid.X"), "SENT", ["SENT"]),
        (Refused(FAULT), "FAILED", ["FAILED"]),
        (Refused(of_code(2, "Later")), "QUEUED", []),
        (Refused(of_code(131056, "Pair")), "QUEUED", []),
        (Refused(of_code(130429, "Too fast")), "QUEUED", []),
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
    again = Refused(of_code(131000, "Something went wrong"))
    for _ in range(dispatch.MOST_ATTEMPTS):
        await connect.execute("UPDATE message SET due_at = now() WHERE id = $1", message)
        await dispatch.settle([(departure, again) for departure in await leave(sender)])
    assert await state_of(message) == "FAILED"
    assert await events_of(message) == ["FAILED"]


async def test_a_limit_of_whatsapps_fails_nobody_however_long_it_lasts() -> None:
    sender = await a_sender()
    message = await a_message(sender)
    slow = Refused(of_code(130429, "Too fast"))
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
    expired = Refused(of_code(190, "Token expired"))
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
