"""Reactions to errors that take more than one message to see."""

import asyncio

import pytest

from db.core import connect
from domain.inbound import journal
from domain.messages import dispatch, receipts
from domain.providers.base import Refused
from domain.providers.reactions import Reaction, of_code
from tests.domain.messages.surroundings import a_message, leave, status
from tests.factories import unique
from tests.running import Api, Simulator
from tests.workers.reacting import a_case


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
