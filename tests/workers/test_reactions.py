"""Each row of the wire facts' table B2, over HTTP: what becomes of the message, and of all that the error concerns.

What is expected is written down here from the wire facts, not taken from our own table.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from db.core import connect
from domain import senders
from domain.core.access import SYSTEM
from domain.providers.reactions import TABLE
from tests.running import Api, Simulator
from tests.workers.reacting import Case, a_case

# ---------------------------------------------------------------------------
# What may be asked for
# ---------------------------------------------------------------------------


async def fails(case: Case) -> None:
    await case.failed()
    await case.nothing_else()


async def window_is_closed(case: Case) -> None:
    """The conversation stood open until then, and says so no more."""
    await case.failed("WINDOW_CLOSED")
    await case.nothing_else(window_open=False)
    assert await connect.value(
        "SELECT count(*) FROM event WHERE type = 'CONVERSATION_UPDATED' AND contact_id = $1", case.contact_id
    )


async def is_tried_again_soon(case: Case) -> None:
    await case.queued()
    assert 0 < (await case.message())["wait"].total_seconds() <= 2
    await case.nothing_else()


def is_tried_again_after(least: float, most: float) -> Callable[[Case], Awaitable[None]]:
    async def check(case: Case) -> None:
        await case.queued()
        assert least <= (await case.message())["wait"].total_seconds() <= most
        await case.nothing_else()

    return check


async def is_sent_once_more(case: Case) -> None:
    """By webhook: after a minute, and its attempt is forgotten."""
    found = await case.message()
    assert (found["state"], found["attempt_id"], found["provider_message_id"]) == ("QUEUED", None, None)
    assert 50 < found["wait"].total_seconds() <= 61


def sender_stops(status: str, *, account: bool = False) -> Callable[[Case], Awaitable[None]]:
    async def check(case: Case) -> None:
        await case.queued()
        await sender_has_stopped(case, status, account=account)

    return check


async def sender_has_stopped(case: Case, status: str = "FAILED", *, account: bool = False) -> None:
    sender, neighbour = await case.senders()
    assert (sender.status, neighbour.status) == (status, status if account else "CONNECTED")
    assert sender.error_message
    assert (sender.last_error_code, sender.last_error) == (case.code, sender.error_message)
    assert await told("SENDER_STATUS_CHANGED", sender.id)


async def message_fails_and_sender_stops(case: Case) -> None:
    await case.failed()
    await sender_has_stopped(case)


async def message_fails_and_account_stops(case: Case) -> None:
    await case.failed()
    await sender_has_stopped(case, account=True)


def sender_rests(hours: float) -> Callable[[Case], Awaitable[None]]:
    async def check(case: Case) -> None:
        sender, neighbour = await case.senders()
        assert (sender.status, neighbour.paused_until, sender.last_error_code) == ("CONNECTED", None, case.code)
        rest = await connect.value("SELECT paused_until - now() FROM sender WHERE id = $1", sender.id)
        assert hours - 0.1 < rest.total_seconds() / 3600 <= hours
        assert await told("SENDER_HEALTH_CHANGED", sender.id)
        assert (await case.message())["provider_error_code"] == case.code

    return check


async def sender_slows(case: Case) -> None:
    await case.queued()
    sender, neighbour = await case.senders()
    assert sender.status == "CONNECTED"
    assert (sender.slowed_until is not None, neighbour.slowed_until) == (True, None)
    assert str(case.code) in (sender.slowed_reason or "")
    assert await told("SENDER_HEALTH_CHANGED", sender.id)


async def account_slows(case: Case) -> None:
    await case.queued()
    assert [sender.slowed_until is not None for sender in await case.senders()] == [True, True]


async def contact_waits(case: Case) -> None:
    await case.queued()
    assert 0 < (await case.message())["wait"].total_seconds() <= 1
    await case.nothing_else()


async def campaign_is_held(case: Case) -> None:
    await case.queued()
    await campaign_waits(case)


async def campaign_waits(case: Case) -> None:
    held = await case.schedule()
    assert held["status"] == "HELD"
    assert str(case.code) in held["error_message"]
    assert [sender.status for sender in await case.senders()] == ["CONNECTED", "CONNECTED"]


async def message_fails_and_campaign_is_held(case: Case) -> None:
    found = await case.message()
    assert (found["state"], found["provider_error_code"]) == ("FAILED", case.code)
    await campaign_waits(case)


async def contact_is_opted_out(case: Case) -> None:
    await case.failed("OPTED_OUT")
    assert await connect.value("SELECT opt_in_status FROM contact WHERE id = $1", case.contact_id) == "OPTED_OUT"


async def number_is_suspected(case: Case) -> None:
    """Once says little: people who can be reached get it too."""
    await case.failed("NOT_ON_WHATSAPP")
    await case.nothing_else()


async def somebody_is_called(case: Case) -> None:
    await case.failed()
    sender, _ = await case.senders()
    assert (sender.status, sender.last_error_code) == ("CONNECTED", case.code)
    assert await told("SENDER_HEALTH_CHANGED", sender.id)


async def country_is_closed(case: Case) -> None:
    """What follows to that country is not posted, and what goes elsewhere is, until somebody connects the sender."""
    await somebody_is_called(case)
    elsewhere = "+351912345678" if not case.phone.startswith("+351") else "+12025550143"
    first, other = await case.another(case.phone), await case.another(elsewhere)
    assert (first["state"], first["provider_error_code"]) == ("FAILED", None)
    assert "130497" in first["error_message"]
    assert other["provider_message_id"] is not None
    await senders.connect_sender(SYSTEM, case.sender.id)
    assert (await case.another(case.phone))["provider_message_id"] is not None


async def told(kind: str, sender_id: int) -> bool:
    sql = "SELECT EXISTS (SELECT FROM event WHERE type = $1 AND subject_type = 'Sender' AND subject_id = $2)"
    return await connect.value(sql, kind, sender_id)


# ---------------------------------------------------------------------------
# The table
# ---------------------------------------------------------------------------

AGAIN, STOPS = is_tried_again_soon, sender_stops("FAILED")

ANSWERED: list[tuple[tuple[int, ...], Callable[[Case], Awaitable[None]]]] = [
    ((0, 190), sender_stops("EXPIRED")),
    ((3, 10, 200, 299), STOPS),
    ((1, 2), AGAIN),
    ((4, 80007), account_slows),
    ((33,), STOPS),
    ((100,), fails),
    ((368, 131031), sender_stops("FAILED", account=True)),
    ((130429,), sender_slows),
    ((130472,), fails),
    ((130497,), country_is_closed),
    ((131000, 131016), AGAIN),
    ((131005,), STOPS),
    ((131008, 131009, 131021), fails),
    ((131026,), number_is_suspected),
    ((131030,), fails),
    ((131037, 131042, 131044, 131045), STOPS),
    ((131047,), window_is_closed),
    ((131048,), sender_rests(6)),
    ((131049,), fails),
    ((131050,), contact_is_opted_out),
    ((131051, 131052), fails),
    ((131053,), AGAIN),
    ((131055,), fails),
    ((131056,), contact_waits),
    ((131057,), is_tried_again_after(60, 300)),
    ((131060, 131062, 131063), fails),
    ((131064,), campaign_is_held),
    ((132000, 132008, 132012), message_fails_and_campaign_is_held),
    ((132001,), campaign_is_held),
    ((132005,), fails),
    ((132007,), campaign_is_held),
    ((132068,), fails),
    ((132069,), is_tried_again_after(3600, 4500)),
    ((133000, 133004), is_tried_again_after(55, 120)),
    ((133005, 133006, 133008, 133009), somebody_is_called),
    ((133010,), STOPS),
    ((133015,), is_tried_again_after(295, 400)),
    ((133016,), sender_rests(72)),
    ((134011,), somebody_is_called),
    ((135000, 137000), fails),
    ((131020, 131041, 131059, 131215), fails),
    ((138000, 139000, 139004, 139100, 139103, 147001, 147005), fails),
    ((987654,), fails),
]

TOLD_LATER: list[tuple[tuple[int, ...], Callable[[Case], Awaitable[None]]]] = [
    ((368, 131031), message_fails_and_account_stops),
    ((130472,), fails),
    ((130497,), country_is_closed),
    ((131000, 131016, 131057, 130429, 131056), is_sent_once_more),
    ((131009,), fails),
    ((131026,), number_is_suspected),
    ((131042, 131044, 131045), message_fails_and_sender_stops),
    ((131047,), window_is_closed),
    ((131048,), sender_rests(6)),
    ((131049,), fails),
    ((131050,), contact_is_opted_out),
    ((131053,), is_sent_once_more),
    ((131064, 132015), message_fails_and_campaign_is_held),
    ((135000, 137000), fails),
    ((987654,), fails),
]


def each(table: list[tuple[tuple[int, ...], Callable[[Case], Awaitable[None]]]]) -> list[Any]:
    return [pytest.param(code, check, id=str(code)) for codes, check in table for code in codes]


@pytest.mark.parametrize(("code", "check"), each(ANSWERED))
async def test_a_refusal_in_the_answer(
    api: Api, simulator: Simulator, code: int, check: Callable[[Case], Awaitable[None]]
) -> None:
    case = await a_case(code)
    simulator.post("faults", kind="refuse", phone_number_id=case.sender.phone_number_id, code=code)
    await case.send()
    await check(case)


@pytest.mark.parametrize(("code", "check"), each(TOLD_LATER))
async def test_a_failure_by_webhook(
    api: Api, simulator: Simulator, code: int, check: Callable[[Case], Awaitable[None]]
) -> None:
    case = await a_case(code)
    simulator.post("faults", kind="fail", phone_number_id=case.sender.phone_number_id, code=code)
    await case.send()
    await check(case)


def test_every_row_of_our_table_is_tried_here() -> None:
    tried = {code for table in (ANSWERED, TOLD_LATER) for codes, _ in table for code in codes} | {132015, 132016}
    assert [row.meaning for row in TABLE if tried.isdisjoint(row.codes)] == []
