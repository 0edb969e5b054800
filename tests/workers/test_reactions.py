"""Each row of the wire facts' table B2, over HTTP: what becomes of the message, and of all that the error concerns.

What is expected is written down here from the wire facts, not taken from our own table.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from db.conversations import Conversation
from db.core import connect
from db.core.transaction import transaction
from db.schedules import Schedule, ScheduleStatus
from db.senders import Sender
from domain.inbound import journal
from domain.messages import dispatch, receipts
from domain.providers.base import Refused
from domain.providers.reactions import TABLE, Reaction, of_code
from tests import factories
from tests.domain.messages.surroundings import a_message, leave, status
from tests.factories import unique
from tests.running import Api, Simulator
from workers import messages


@dataclass
class Case:
    """A message of a schedule that is being sent, its sender, and another sender of the same account."""

    sender: Sender
    neighbour: Sender
    contact_id: int
    phone: str
    template_id: int
    schedule_id: int
    message_id: int
    code: int

    async def message(self) -> Any:
        return await connect.row("SELECT *, due_at - now() AS wait FROM message WHERE id = $1", self.message_id)

    async def due(self) -> None:
        await connect.execute("UPDATE message SET due_at = now() WHERE id = $1 AND state = 'QUEUED'", self.message_id)

    async def send(self) -> None:
        """Makes the message due, and waits until what WhatsApp has against it is written down."""
        await self.due()
        await messages.dispatch(self.sender.id)
        async with asyncio.timeout(60):
            while (await self.message())["provider_error_code"] != self.code:
                await journal.drain()
                await asyncio.sleep(0.02)

    async def senders(self) -> tuple[Sender, Sender]:
        return await Sender.get(id=self.sender.id), await Sender.get(id=self.neighbour.id)

    async def schedule(self) -> Any:
        return await connect.row("SELECT status, error_message FROM schedule WHERE id = $1", self.schedule_id)

    async def queued(self) -> None:
        found = await self.message()
        assert (found["state"], found["provider_error_code"]) == ("QUEUED", self.code)

    async def failed(self, error: str = "WHATSAPP_API_ERROR") -> None:
        found = await self.message()
        assert (found["state"], found["provider_error_code"], found["error_code"]) == ("FAILED", self.code, error)

    async def window_open(self) -> bool:
        sql = "SELECT window_expires_at > now() FROM conversation WHERE contact_id = $1"
        return await connect.value(sql, self.contact_id)

    async def nothing_else(self, *, window_open: bool = True) -> None:
        """Sender, account, campaign, contact, conversation and number are as they were."""
        assert await self.window_open() is window_open
        for sender in await self.senders():
            assert (sender.status, sender.paused_until, sender.slowed_until) == ("CONNECTED", None, None)
        assert (await self.schedule())["status"] == "PROCESSING"
        assert await connect.value("SELECT opt_in_status FROM contact WHERE id = $1", self.contact_id) == "UNKNOWN"
        assert await connect.value("SELECT on_whatsapp FROM contact_phone WHERE phone_number = $1", self.phone) is None


async def a_case(code: int) -> Case:
    account, phone = unique("waba"), factories.phone()
    sender, neighbour = [await factories.sender(business_account_id=account) for _ in range(2)]
    contact, template = await factories.contact(phone_number=phone), await factories.template("Hello")
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    await Conversation.create(sender_id=sender.id, contact_id=contact.id, address=phone, window_expires_at=tomorrow)
    # In one transaction, with one more message that waits, and none of them due: another worker neither ends the
    # schedule nor sends the message before its fault is there.
    async with transaction():
        schedule = await Schedule.create(
            template_id=template.id,
            group_id=(await factories.group(contact)).id,
            sender_id=sender.id,
            variables={},
            outcome=ScheduleStatus.PROCESSING,
            recipients=2,
            send_at=datetime.now(UTC),
        )
        of_schedule = {"template_id": template.id, "schedule_id": schedule.id, "due_at": tomorrow}
        await a_message(sender.id, **of_schedule)
        message_id = await a_message(sender.id, contact.id, address=phone, purpose="MARKETING", **of_schedule)
    return Case(sender, neighbour, contact.id, phone, template.id, schedule.id, message_id, code)


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
    ((130497,), somebody_is_called),
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
    ((130497,), somebody_is_called),
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


# ---------------------------------------------------------------------------
# What takes more than one message to see
# ---------------------------------------------------------------------------


@pytest.mark.parametrize(("code", "status", "state"), [(132015, "PAUSED", "QUEUED"), (132016, "DISABLED", "FAILED")])
async def test_a_template_that_is_paused_or_disabled_is_so_here_too(
    api: Api, simulator: Simulator, code: int, status: str, state: str
) -> None:
    case = await a_case(code)
    await connect.execute(
        "UPDATE message_template SET approval_id = $2, approval_name = 't', language = 'en', category = 'MARKETING',"
        " approval_status = 'APPROVED', business_account_id = $3 WHERE id = $1",
        case.template_id,
        unique("tpl"),
        case.sender.business_account_id,
    )
    await connect.execute("UPDATE message SET type = 'TEMPLATE' WHERE id = $1", case.message_id)
    await case.due()
    await dispatch.settle([(d, Refused(of_code(code, "No."))) for d in await leave(case.sender.id)])
    assert (await case.message())["state"] == state
    found = await connect.row("SELECT approval_status, reason FROM message_template WHERE id = $1", case.template_id)
    assert found is not None
    assert (found["approval_status"], found["reason"]) == (status, "No.")


async def test_a_message_of_no_campaign_fails_for_its_template(api: Api, simulator: Simulator) -> None:
    case = await a_case(132001)
    await connect.execute("UPDATE message SET schedule_id = NULL WHERE id = $1", case.message_id)
    simulator.post("faults", kind="refuse", phone_number_id=case.sender.phone_number_id, code=132001)
    await case.send()
    await case.failed("TEMPLATE_UNAVAILABLE")


async def test_what_else_waits_for_a_crowded_contact_waits_too(api: Api, simulator: Simulator) -> None:
    case = await a_case(131056)
    other = await a_message(case.sender.id, case.contact_id, attempts=3)
    someone_else = await a_message(case.sender.id)
    await connect.execute("UPDATE message SET attempts = 3 WHERE id = $1", case.message_id)
    await connect.execute(
        "UPDATE message SET due_at = now() + interval '1 s' WHERE id = ANY($1)", [other, someone_else]
    )
    simulator.post("faults", kind="refuse", phone_number_id=case.sender.phone_number_id, code=131056)
    await case.send()
    due = {
        row["id"]: row["wait"].total_seconds()
        for row in await connect.rows(
            "SELECT id, due_at - now() AS wait FROM message WHERE id = ANY($1)", [case.message_id, other, someone_else]
        )
    }
    assert 62 < due[case.message_id] <= 64
    assert due[other] == pytest.approx(due[case.message_id])
    assert due[someone_else] < 2


async def test_a_number_that_is_undeliverable_twice_is_not_on_whatsapp_until_it_writes(
    api: Api, simulator: Simulator
) -> None:
    case = await a_case(131026)
    fault = of_code(131026, "Message undeliverable")

    async def again(*, delivered: bool = False) -> bool | None:
        if await connect.value("SELECT state FROM message WHERE id = $1", case.message_id) != "QUEUED":
            await a_message(case.sender.id, case.contact_id, address=case.phone)
        await case.due()
        [departure] = await leave(case.sender.id)
        kind, error = ("delivered", None) if delivered else ("failed", fault)
        await receipts.settle_statuses([status(departure, kind, error=error)])
        return await connect.value("SELECT on_whatsapp FROM contact_phone WHERE phone_number = $1", case.phone)

    assert await again() is None
    assert await again(delivered=True) is None
    assert await again() is None
    assert await again() is False
    number = case.sender.phone_number_id
    simulator.post("inbound", **{"phone_number_id": number, "from": case.phone.removeprefix("+"), "text": "Hi"})
    async with asyncio.timeout(10):
        while not await connect.value("SELECT on_whatsapp FROM contact_phone WHERE phone_number = $1", case.phone):
            await journal.drain()
            await asyncio.sleep(0.02)


async def test_a_window_that_the_contact_has_opened_since_stays_open(api: Api, simulator: Simulator) -> None:
    case = await a_case(131047)
    await case.due()
    [departure] = await leave(case.sender.id)
    number = case.sender.phone_number_id
    simulator.post("inbound", **{"phone_number_id": number, "from": case.phone.removeprefix("+"), "text": "Hi"})
    async with asyncio.timeout(10):
        while not await connect.value(
            "SELECT count(*) FROM message WHERE contact_id = $1 AND direction = 'INBOUND'", case.contact_id
        ):
            await journal.drain()
            await asyncio.sleep(0.02)
    await dispatch.settle([(departure, Refused(of_code(131047, "Too late.")))])
    await case.failed("WINDOW_CLOSED")
    assert await case.window_open()


async def test_an_upload_that_was_no_good_is_forgotten() -> None:
    case = await a_case(131053)
    file = await connect.value(
        "INSERT INTO file (name, purpose, status) VALUES ('a', 'MEDIA', 'COMPLETED') RETURNING id"
    )
    for sender in (case.sender, case.neighbour):
        await connect.execute(
            "INSERT INTO provider_media (file_id, sender_id, provider_id, expires_at) VALUES ($1, $2, 'x', now())",
            file,
            sender.id,
        )
    await connect.execute("UPDATE message SET media_id = $2 WHERE id = $1", case.message_id, file)
    await case.due()
    [departure] = await leave(case.sender.id)
    await receipts.settle_statuses([status(departure, "failed", error=of_code(131053, "Media upload error"))])
    held = await connect.rows("SELECT sender_id FROM provider_media WHERE file_id = $1", file)
    assert [row["sender_id"] for row in held] == [case.neighbour.id]
    assert (await case.message())["state"] == "QUEUED"


async def test_a_code_in_no_table_is_kept_and_tried_again_where_it_came_with_a_5xx() -> None:
    assert of_code(987654, "?").reaction is Reaction.FAIL
    assert of_code(987654, "?", http_status=400).reaction is Reaction.FAIL
    found = of_code(987654, "?", http_status=500)
    assert (found.reaction, found.provider_code) == (Reaction.RETRY, 987654)
