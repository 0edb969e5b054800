"""Messages whose answer was lost: settled by their receipts, or by the silence after them."""

from datetime import timedelta

import pytest

from db.core import connect
from db.inbound import takes_in
from domain.messages import dispatch, receipts
from domain.messages.dispatch import Departure
from domain.providers.base import InDoubt
from tests.domain.messages.surroundings import events_of, in_flight, state_of, status


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


async def taking_in(*, since: float, until: float = 0) -> None:
    """Posts have been taken in from so many seconds ago until so many seconds ago."""
    await takes_in()
    await connect.execute(
        "UPDATE intake SET since = now() - $1::interval, until = now() - $2::interval",
        timedelta(seconds=since),
        timedelta(seconds=until),
    )


@pytest.fixture(autouse=True)
async def _always_taking_in() -> None:
    await taking_in(since=1000)


@pytest.mark.parametrize(
    ("since", "watermark", "state"),
    [
        # Sent 60 s ago, 24 s before anyone listened: until 12 s ago WhatsApp may have been on its way to tell us again.
        (36, 9, "UNKNOWN"),
        (36, 7, "QUEUED"),
        (36, None, "UNKNOWN"),
        # 21 s before anyone listened: 18 s of silence.
        (39, None, "UNCONFIRMED"),
        (39, 19, "UNCONFIRMED"),
        (39, 17, "QUEUED"),
    ],
)
async def test_time_in_which_nobody_listened_is_no_silence(since: float, watermark: float | None, state: str) -> None:
    """Afterwards WhatsApp tells of what is new, and only later again of what it could not tell."""
    departure = await in_doubt("UTILITY", age=60, watermark=watermark)
    await taking_in(since=since)
    await dispatch.decide_doubts()
    assert await state_of(departure.id) == state


async def test_nothing_is_decided_while_nobody_listens() -> None:
    departure = await in_doubt("UTILITY", age=60, watermark=50)
    await taking_in(since=1000, until=11)
    await dispatch.decide_doubts()
    assert await state_of(departure.id) == "UNKNOWN"


@pytest.mark.parametrize(("silent", "since"), [(9, 1000), (11, 0)])
async def test_a_short_break_is_none(silent: float, since: float) -> None:
    """An API process that is started anew tells by itself for how long nobody listened."""
    await taking_in(since=1000, until=silent)
    await takes_in()
    found = await connect.value("SELECT extract(epoch FROM now() - since)::float8 FROM intake")
    assert found == pytest.approx(since, abs=5)


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
        ("UTILITY", 17, 18, "UNCONFIRMED"),
        ("UTILITY", 17, 16.95, "UNCONFIRMED"),  # it may be from before the POST came to its end
        ("UTILITY", 15, 13, "UNKNOWN"),  # the last of a send: receipts came after it, but none passes it by the grace
        ("UTILITY", 17, 15, "QUEUED"),
        ("MARKETING", 17, 15, "UNCONFIRMED"),
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


async def test_unread_posts_are_no_silence() -> None:
    """The workers took up no posts for more than four times the grace: the journal may hold every receipt."""
    departure = await in_doubt("UTILITY", age=60, watermark=61)
    post = await connect.value(
        "INSERT INTO inbound_post (body, created_at) VALUES ('', now() - interval '50 s') RETURNING id"
    )
    await dispatch.decide_doubts()
    assert await state_of(departure.id) == "UNKNOWN"
    await connect.execute("UPDATE inbound_post SET done_at = now() WHERE id = $1", post)
    await dispatch.decide_doubts()
    assert await state_of(departure.id) == "UNCONFIRMED"


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
