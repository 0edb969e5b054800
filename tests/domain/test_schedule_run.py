"""The run of a schedule: started when due, spread over its recipients once, and ended once."""

import asyncio
from typing import Any

import orjson
import pytest

from db.core import connect
from db.messages import MessageState, Priority
from db.messages.stats import DeliveryStats
from db.schedules import Schedule, ScheduleStatus, run
from db.templates import TemplateStatus
from domain import schedules
from domain.core.access import SYSTEM
from domain.templates.approval import apply_status
from tests import factories
from tests.crowds import crowd, members
from tests.factories import unique
from tests.plans import approved_template, begun, due_now, fanned_out, messages_of, plan, settle, stopped_sender
from tests.statements import statements


async def completed(schedule: Schedule) -> list[dict[str, Any]]:
    """The figures of every MESSAGE_COMPLETED of a schedule."""
    found = await connect.rows(
        "SELECT data FROM event WHERE type = 'MESSAGE_COMPLETED' AND subject_id = $1", schedule.id
    )
    return [orjson.loads(row["data"])["stats"] for row in found]


async def stats(schedule: Schedule) -> DeliveryStats:
    (found,) = await schedules.stats(SYSTEM, [schedule.id])
    assert found is not None
    return found


# ---------------------------------------------------------------------------
# Starting
# ---------------------------------------------------------------------------


async def test_what_is_due_begins_once_and_the_rest_waits() -> None:
    due, later = await plan(group_id=await crowd(1)), await plan(group_id=await crowd(1))
    await due_now(due)
    answers = await asyncio.gather(*(schedules.start_due() for _ in range(4)))
    assert sum(due.id in answer for answer in answers) <= 1
    started = await Schedule.get(id=due.id)
    assert started.outcome is not ScheduleStatus.PENDING
    assert started.task_id is not None
    assert started.processing_started_at is not None
    assert (
        await connect.value("SELECT count(*) FROM event WHERE type = 'MESSAGE_PROCESSING' AND subject_id = $1", due.id)
        == 1
    )
    assert (await Schedule.get(id=later.id)).status is ScheduleStatus.PENDING


async def test_a_thousand_that_are_due_at_once_begin_together() -> None:
    """Within a second, says benchmarks/schedules.py: in as many statements as a few of them take."""
    template, sender, group = await factories.template(), await stopped_sender(), await crowd(1)
    await connect.execute(
        "INSERT INTO schedule (template_id, group_id, sender_id, variables, status, send_at, excluded, fanned_out_to)"
        " SELECT $1, $2, $3, '{}', 'PENDING', now() - n * interval '1 us', 0, 0 FROM generate_series(1, 1000) AS n",
        *(template.id, group, sender),
    )
    with statements() as asked:
        while await schedules.start_due():
            pass
    assert len(asked) < 20
    tasks = await connect.value(
        "SELECT count(DISTINCT task_id) FROM schedule WHERE template_id = $1 AND status <> 'PENDING'", template.id
    )
    assert tasks == 1000
    await connect.execute("UPDATE schedule SET status = 'CANCELLED' WHERE template_id = $1", template.id)


async def test_a_schedule_is_held_while_its_template_may_not_be_sent_and_goes_on_by_itself() -> None:
    account = unique("waba")
    template = await approved_template(account, TemplateStatus.PENDING)
    schedule = await plan(
        group_id=await crowd(2), template_id=template.id, sender_id=await stopped_sender(business_account_id=account)
    )
    await due_now(schedule)
    for status in ("PENDING", "PAUSED"):
        await apply_status(status, approval_id=template.approval_id)
        await schedules.start_due()
        held = await schedules.get(SYSTEM, schedule.id)
        assert (held.status, held.task_id) == (ScheduleStatus.HELD, None)
        assert held.error_message == f"The template is {status} at WhatsApp."
    await schedules.start_due()
    assert (await schedules.get(SYSTEM, schedule.id)).updated_at == held.updated_at
    assert await messages_of(schedule) == []
    await apply_status("APPROVED", approval_id=template.approval_id)
    await schedules.start_due()
    await schedules.fan_out(schedule.id)
    going = await schedules.get(SYSTEM, schedule.id)
    assert (going.status, going.error_message) == (ScheduleStatus.PROCESSING, None)
    assert {(row["type"], row["purpose"]) for row in await messages_of(schedule)} == {("TEMPLATE", "UTILITY")}


# ---------------------------------------------------------------------------
# Fan-out
# ---------------------------------------------------------------------------


async def test_every_member_with_a_number_who_did_not_opt_out_is_queued_one_message() -> None:
    group = await crowd(3, opted_out=2, without_phone=1)
    schedule = await begun(group)
    await schedules.fan_out(schedule.id)
    queued = await messages_of(schedule)
    people = await members(group)
    assert [row["contact_id"] for row in queued] == people[:3]
    phones = {
        row["contact_id"]: row["phone_number"]
        for row in await connect.rows("SELECT * FROM contact_phone WHERE contact_id = ANY($1)", people)
    }
    for row in queued:
        assert row["address"] == phones[row["contact_id"]]
        assert (row["sender_id"], row["template_id"]) == (schedule.sender_id, schedule.template_id)
        assert (row["direction"], row["author"], row["type"], row["purpose"], row["priority"]) == (
            "OUTBOUND", "SYSTEM", "TEXT", "MARKETING", Priority.LOW,
        )  # fmt: skip
        assert (row["state"], row["attempts"], row["content"], row["lease_until"]) == ("QUEUED", 0, None, None)
        assert row["due_at"] is not None
    frozen = await Schedule.get(id=schedule.id)
    assert (frozen.recipients, frozen.excluded) == (3, 3)
    assert frozen.status is ScheduleStatus.PROCESSING


async def test_deleted_contacts_and_deleted_numbers_get_nothing() -> None:
    group = await crowd(4)
    people = await members(group)
    await connect.execute("UPDATE contact SET deleted_at = now() WHERE id = $1", people[0])
    await connect.execute("DELETE FROM contact_phone WHERE contact_id = $1", people[1])
    schedule = await begun(group)
    await schedules.fan_out(schedule.id)
    assert [row["contact_id"] for row in await messages_of(schedule)] == people[2:]
    assert ((await stats(schedule)).recipients, (await stats(schedule)).excluded) == (2, 1)


async def test_a_secondary_number_is_not_written_to() -> None:
    contact = await factories.contact()
    await connect.execute(
        "INSERT INTO contact_phone (contact_id, phone_number, is_primary) VALUES ($1, $2, false)",
        *(contact.id, factories.phone()),
    )
    schedule = await begun((await factories.group(contact)).id)
    await schedules.fan_out(schedule.id)
    assert len(await messages_of(schedule)) == 1


async def test_a_fan_out_that_was_cut_goes_on_where_it_stopped() -> None:
    group = await crowd(25, opted_out=5)
    schedule = await begun(group)
    for _ in range(2):
        assert await run.fan_out(schedule.id, 7) == (schedule.sender_id, False)
    assert len(await messages_of(schedule)) == 14
    assert (await Schedule.get(id=schedule.id)).recipients is None
    assert (await stats(schedule)).recipients == 25
    assert await schedules.complete([schedule.id]) == []
    await schedules.fan_out(schedule.id, chunk=7)
    assert [row["contact_id"] for row in await messages_of(schedule)] == (await members(group))[:25]
    frozen = await Schedule.get(id=schedule.id)
    assert (frozen.recipients, frozen.excluded) == (25, 5)


async def test_several_fan_outs_at_once_queue_everyone_once() -> None:
    group = await crowd(500, opted_out=20)
    schedule = await begun(group)
    await asyncio.gather(*(schedules.fan_out(schedule.id, chunk=30) for _ in range(5)))
    assert [row["contact_id"] for row in await messages_of(schedule)] == (await members(group))[:500]
    frozen = await Schedule.get(id=schedule.id)
    assert (frozen.recipients, frozen.excluded) == (500, 20)
    await schedules.fan_out(schedule.id)
    assert len(await messages_of(schedule)) == 500


async def test_who_joins_or_leaves_meanwhile_is_written_to_once_at_most() -> None:
    group = await crowd(10)
    schedule = await begun(group)
    await run.fan_out(schedule.id, 5)
    people = await members(group)
    newcomer = await factories.contact()
    await connect.execute("INSERT INTO group_member (group_id, contact_id) VALUES ($1, $2)", group, newcomer.id)
    await connect.execute("DELETE FROM group_member WHERE group_id = $1 AND contact_id = ANY($2)", group, people[:6])
    await schedules.fan_out(schedule.id, chunk=5)
    assert [row["contact_id"] for row in await messages_of(schedule)] == [
        *people[:5], *people[6:], newcomer.id,
    ]  # fmt: skip
    assert (await stats(schedule)).recipients == 10


@pytest.mark.parametrize("status", ["PENDING", "HELD", "CANCELLED", "SENT", "FAILED"])
async def test_only_what_is_being_sent_is_fanned_out(status: str) -> None:
    schedule = await plan(group_id=await crowd(1))
    await connect.execute("UPDATE schedule SET status = $2 WHERE id = $1", schedule.id, status)
    await schedules.fan_out(schedule.id)
    assert await messages_of(schedule) == []


async def test_with_no_one_left_the_schedule_has_failed() -> None:
    schedule = await begun(await crowd(0, opted_out=2, without_phone=1))
    await schedules.fan_out(schedule.id)
    ended = await schedules.get(SYSTEM, schedule.id)
    assert (ended.status, ended.error_message) == (ScheduleStatus.FAILED, "There was no one left to send to.")
    assert ended.sent_at is not None
    assert await completed(schedule) == [
        dict.fromkeys(("recipients", "pending", "sent", "delivered", "read", "failed"), 0)
        | {"excluded": 3, "unconfirmed": 0, "cancelled": 0, "replies": 0}
    ]


# ---------------------------------------------------------------------------
# The end
# ---------------------------------------------------------------------------


async def test_a_schedule_ends_once_when_its_last_message_is_done() -> None:
    schedule = await fanned_out(3)
    await settle(schedule, MessageState.READ, MessageState.FAILED, MessageState.SENT)
    last = (await messages_of(schedule))[2]["id"]
    for open_column in ("due_at", "lease_until"):
        await connect.execute(f"UPDATE message SET {open_column} = now() WHERE id = $1", last)
        assert await schedules.complete([schedule.id]) == []
        await connect.execute(f"UPDATE message SET {open_column} = NULL WHERE id = $1", last)
    assert (await schedules.get(SYSTEM, schedule.id)).status is ScheduleStatus.PROCESSING
    answers = await asyncio.gather(*(schedules.complete([schedule.id]) for _ in range(5)))
    assert sum(schedule.id in answer for answer in answers) <= 1
    ended = await schedules.get(SYSTEM, schedule.id)
    assert (ended.status, ended.error_message) == (ScheduleStatus.SENT, None)
    assert ended.processing_time is not None
    assert ended.processing_time > 0
    (figures,) = await completed(schedule)
    assert (figures["recipients"], figures["sent"], figures["read"], figures["failed"]) == (3, 2, 1, 1)


@pytest.mark.parametrize(
    ("states", "status", "error"),
    [
        ([MessageState.DELIVERED, MessageState.CANCELLED], ScheduleStatus.SENT, None),
        ([MessageState.FAILED, MessageState.FAILED], ScheduleStatus.FAILED, "No message was sent. No such number."),
        ([MessageState.UNCONFIRMED, MessageState.UNCONFIRMED], ScheduleStatus.FAILED, "No message was sent."),
        ([MessageState.CANCELLED, MessageState.FAILED], ScheduleStatus.FAILED, "No message was sent. No such number."),
    ],
)
async def test_one_sent_message_makes_it_sent(
    states: list[MessageState], status: ScheduleStatus, error: str | None
) -> None:
    schedule = await fanned_out(2)
    await settle(schedule, *states)
    await schedules.complete_all()
    ended = await schedules.get(SYSTEM, schedule.id)
    assert (ended.status, ended.error_message) == (status, error)
    assert len(await completed(schedule)) == 1


async def test_what_dead_workers_left_is_rung_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    schedule = await begun(await crowd(1))
    rung: list[tuple[Any, ...]] = []
    monkeypatch.setattr(schedules, "ring", lambda *bell: rung.append(bell))
    await schedules.complete_all()
    assert ("fan_out", schedule.id) in rung
    await schedules.fan_out(schedule.id)
    assert ("dispatch", schedule.sender_id) in rung
