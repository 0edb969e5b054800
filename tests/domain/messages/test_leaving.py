"""Messages that leave: in which order, filled for whom, and what keeps them back at the last step."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from db.core import connect
from db.messages import dispatch as rows
from domain import contacts
from domain.core.access import SYSTEM
from domain.core.errors import ErrorCode
from domain.messages import dispatch
from domain.providers.base import Accepted, Refused, Text
from tests.domain.messages.surroundings import NOW, a_contact, a_message, a_sender, leave, state_of
from tests.factories import unique


async def test_urgent_first_then_the_oldest_and_nobody_twice() -> None:
    sender = await a_sender()
    low, first, second = [await a_message(sender, priority=n) for n in (1, 2, 2)]
    urgent = await a_message(sender, priority=4)
    later = await a_message(sender, due_at=datetime.now(UTC) + timedelta(hours=1))
    claimed = [departure.id for departure in await dispatch.claim(sender, 3)]
    assert claimed == [urgent, first, second]
    assert [departure.id for departure in await dispatch.claim(sender, 3)] == [low]
    assert await state_of(later) == "QUEUED"


@pytest.mark.parametrize("how", ["given back", "lease"])
async def test_what_comes_back_keeps_its_place(how: str) -> None:
    sender = await a_sender()
    ids = [await a_message(sender, created_at=datetime.now(UTC) - timedelta(minutes=9 - n)) for n in range(4)]
    early = await dispatch.claim(sender, 2)
    if how == "lease":
        await connect.execute("UPDATE message SET lease_until = now() WHERE id = ANY($1)", ids[:2])
        await dispatch.expire_leases()
    else:
        await dispatch.give_back(early)
    assert [departure.id for departure in await dispatch.claim(sender, 3)] == ids[:3]


async def test_a_template_is_filled_for_the_contact_and_what_is_missing_fails_that_message_alone() -> None:
    sender = await a_sender()
    template = await connect.value(
        "INSERT INTO message_template (title, content) VALUES ($1, 'Hi {{ name }} of {{company}}') RETURNING id",
        unique(),
    )
    full = await a_message(sender, await a_contact(name="Ana", company="Sol"), template_id=template)
    lacking = await a_message(sender, await a_contact(name="Rui"), template_id=template)
    by_id = {departure.id: departure for departure in await dispatch.claim(sender, 10)}
    outgoing, refused = by_id[full].outgoing, by_id[lacking].outcome
    assert outgoing is not None
    assert outgoing.content == Text("Hi Ana of Sol")
    assert isinstance(refused, Refused)
    assert (refused.error.code, "{{company}}" in refused.error.message) == (ErrorCode.VALIDATION_ERROR, True)
    await dispatch.settle([(by_id[lacking], refused)])
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
    assert by_id[short].outcome is None
    assert by_id[long].outcome is not None


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


async def test_an_id_that_another_message_has_leaves_nobody_in_doubt() -> None:
    sender = await a_sender()
    taken, name = await a_message(sender, state="SENT", due_at=None), unique("wamid")
    await connect.execute("UPDATE message SET provider_message_id = $2 WHERE id = $1", taken, name)
    first, second = [await a_message(sender) for _ in range(2)]
    one, other = await leave(sender)
    await dispatch.settle([(one, Accepted(name)), (other, Accepted(unique("wamid")))])
    assert (await state_of(first), await state_of(second)) == ("SENT", "SENT")


async def test_an_opt_out_that_meets_a_departure_stops_it_or_comes_after_it() -> None:
    """Whichever is first: what was not committed to leave is cancelled, and nothing is left between the two."""
    ends: list[tuple[bool, str]] = []
    for _ in range(30):
        sender, contact = await a_sender(), await a_contact()
        message = await a_message(sender, contact, purpose="MARKETING")
        claimed = await dispatch.claim(sender, 10)
        left, _ = await asyncio.gather(dispatch.depart(claimed), contacts.opt_out(SYSTEM, contact))
        ends.append((bool(left), await state_of(message)))
    assert set(ends) <= {(True, "IN_FLIGHT"), (False, "CANCELLED")}
