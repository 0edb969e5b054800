"""Schedules that are held in their midst: nothing leaves, nothing burns, and they go on by themselves or by hand."""

import asyncio
from typing import Any

import pytest

from db.core import connect
from db.core.transaction import transaction
from db.schedules import Schedule, ScheduleStatus, hold
from db.templates import MessageTemplate, TemplateStatus
from domain import schedules
from domain.core.access import SYSTEM
from domain.core.errors import ErrorCode, Refusal
from domain.health import problems
from domain.health.problems import Kind
from domain.messages import dispatch
from domain.templates.approval import apply_category, apply_status
from tests.crowds import crowd, members
from tests.databases import database_of_its_own
from tests.domain.messages.surroundings import a_sender
from tests.factories import unique
from tests.plans import approved_template, due_now, events_of, messages_of, plan

HELD, PROCESSING = ScheduleStatus.HELD, ScheduleStatus.PROCESSING


async def running(count: int = 3) -> tuple[Schedule, MessageTemplate]:
    """A schedule of an approved template in its midst, whose sender no worker sends for."""
    account = unique("waba")
    template, sender_id = await approved_template(account), await a_sender(business_account_id=account)
    schedule = await plan(group_id=await crowd(count), template_id=template.id, sender_id=sender_id)
    await schedules.send_now(SYSTEM, schedule.id)
    await schedules.fan_out(schedule.id)
    return schedule, template


async def now(schedule: Schedule) -> tuple[ScheduleStatus, str | None]:
    found = await Schedule.get(id=schedule.id)
    return found.outcome, found.error_message


async def states(schedule: Schedule) -> list[str]:
    return [row["state"] for row in await messages_of(schedule)]


async def test_a_paused_template_holds_what_is_queued_and_lets_it_go_once_it_is_approved() -> None:
    schedule, template = await running()
    begun = await Schedule.get(id=schedule.id)
    await apply_status("PAUSED", approval_id=template.approval_id)
    # Nothing is claimed from then on, before the clock has come by.
    assert await dispatch.claim(schedule.sender_id, 10) == []
    assert await schedules.start_due() is not None
    assert await now(schedule) == (HELD, "The template is PAUSED at WhatsApp.")
    # WhatsApp has told more of it since.
    reason = "FIRST_PAUSE: The template was rated low."
    await apply_status("PAUSED", approval_id=template.approval_id, reason=reason)
    await schedules.start_due()
    assert await now(schedule) == (HELD, f"The template is PAUSED at WhatsApp: {reason}")
    await schedules.complete_all()
    assert await states(schedule) == ["QUEUED"] * 3, "they wait, and do not burn"
    (figures,) = await schedules.stats(SYSTEM, [schedule.id])
    assert figures is not None
    assert (figures.recipients, figures.pending, figures.failed) == (3, 3, 0)
    await apply_status("APPROVED", approval_id=template.approval_id)
    await schedules.start_due()
    await schedules.fan_out(schedule.id)
    assert await now(schedule) == (PROCESSING, None)
    assert (await Schedule.get(id=schedule.id)).processing_started_at == begun.processing_started_at
    assert len(await dispatch.claim(schedule.sender_id, 10)) == 3
    assert await events_of(schedule) == [
        "MESSAGE_SCHEDULED", "MESSAGE_PROCESSING", "MESSAGE_HELD", "MESSAGE_PROCESSING",
    ]  # fmt: skip
    told = "SELECT data ->> 'error' FROM event WHERE type = 'MESSAGE_HELD' AND schedule_id = $1"
    assert await connect.value(told, schedule.id) == "The template is PAUSED at WhatsApp."


@pytest.mark.parametrize("word", ["PAUSED", "DISABLED", "DELETED", "REJECTED", "LOCKED"])
async def test_what_was_claimed_does_not_leave_any_more(word: str) -> None:
    schedule, template = await running()
    claimed = await dispatch.claim(schedule.sender_id, 10)
    assert len(claimed) == 3
    await apply_status(word, approval_id=template.approval_id)
    assert await dispatch.depart(claimed) == []
    assert await states(schedule) == ["QUEUED"] * 3
    assert await dispatch.claim(schedule.sender_id, 10) == []


async def test_marketing_waits_for_somebody_who_agrees_to_it() -> None:
    schedule, template = await running()
    await connect.execute("UPDATE message_template SET category = 'UTILITY' WHERE id = $1", template.id)
    opted_out = (await members((await Schedule.get(id=schedule.id)).group_id))[0]
    await connect.execute("UPDATE contact SET opt_in_status = 'OPTED_OUT' WHERE id = $1", opted_out)
    claimed = await dispatch.claim(schedule.sender_id, 1)
    await apply_category("MARKETING", approval_id=template.approval_id)
    assert await dispatch.depart(claimed) == []
    assert await dispatch.claim(schedule.sender_id, 10) == []
    for _ in range(2):
        assert schedule.id not in await schedules.start_due()
        status, why = await now(schedule)
        assert (status, "MARKETING" in (why or "")) == (HELD, True)
    await schedules.send_now(SYSTEM, schedule.id)
    await schedules.fan_out(schedule.id)
    assert await now(schedule) == (PROCESSING, None)
    assert {row["purpose"] for row in await messages_of(schedule)} == {"MARKETING"}
    # Who wants no marketing gets none, though it was no marketing when it was queued.
    leaving = await dispatch.depart(await dispatch.claim(schedule.sender_id, 10))
    assert len(leaving) == 2
    assert sorted(await states(schedule)) == ["CANCELLED", "IN_FLIGHT", "IN_FLIGHT"]


async def test_what_was_planned_before_its_template_became_marketing_is_held_at_its_time() -> None:
    account = unique("waba")
    template, sender_id = await approved_template(account), await a_sender(business_account_id=account)
    schedule = await plan(template_id=template.id, sender_id=sender_id)
    await apply_category("MARKETING", approval_id=template.approval_id)
    later = await plan(template_id=template.id, sender_id=sender_id)
    await due_now(schedule, later)
    await schedules.start_due()
    assert (await now(schedule))[0] is HELD
    assert (await now(later))[0] is not HELD, "who plans one now knows what it is"


async def test_what_is_held_by_hand_goes_on_by_hand_alone() -> None:
    schedule, template = await running()
    async with transaction():
        await hold.hold_by_hand(template.id, "WhatsApp wants other parameters.")
    for word in ("PAUSED", "APPROVED"):
        await apply_status(word, approval_id=template.approval_id)
        await schedules.start_due()
        assert await now(schedule) == (HELD, "WhatsApp wants other parameters.")
    assert (await events_of(schedule)).count("MESSAGE_HELD") == 1
    assert await dispatch.claim(schedule.sender_id, 10) == []
    await schedules.send_now(SYSTEM, schedule.id)
    await schedules.fan_out(schedule.id)
    assert len(await dispatch.claim(schedule.sender_id, 10)) == 3


async def test_a_held_one_is_not_sent_by_hand_while_its_template_may_not_be() -> None:
    schedule, template = await running()
    await apply_status("DISABLED", approval_id=template.approval_id)
    await schedules.start_due()
    with pytest.raises(Refusal) as caught:
        await schedules.send_now(SYSTEM, schedule.id)
    assert caught.value.code is ErrorCode.TEMPLATE_UNAVAILABLE
    assert (await now(schedule))[0] is HELD


async def test_what_is_left_of_a_held_one_is_cancelled_with_it() -> None:
    schedule, template = await running()
    (first, *_) = await dispatch.claim(schedule.sender_id, 1)
    await dispatch.depart([first])
    await apply_status("PAUSED", approval_id=template.approval_id)
    await schedules.start_due()
    await dispatch.claim(schedule.sender_id, 1)  # one of the two that are left is parked
    cancelled = await schedules.cancel(SYSTEM, schedule.id)
    assert (cancelled.outcome, cancelled.recipients) == (ScheduleStatus.CANCELLED, 3)
    await schedules.fan_out(schedule.id)
    assert sorted(await states(schedule)) == ["CANCELLED", "CANCELLED", "IN_FLIGHT"]
    told = "SELECT count(*) FROM event WHERE type = 'MESSAGE_CANCELLED' AND schedule_id = $1"
    assert await connect.value(told, schedule.id) == 2
    (figures,) = await schedules.stats(SYSTEM, [schedule.id])
    assert figures is not None
    assert (figures.recipients, figures.pending, figures.cancelled) == (3, 0, 3)


async def test_what_a_dead_worker_left_parked_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    schedule, template = await running()
    await apply_status("PAUSED", approval_id=template.approval_id)
    await schedules.start_due()
    await dispatch.claim(schedule.sender_id, 10)
    rung: list[tuple[Any, ...]] = []
    monkeypatch.setattr(schedules, "ring", lambda *bell: rung.append(bell))
    await schedules.complete_all()
    assert ("fan_out", schedule.id) not in rung, "a held one is left alone"
    await apply_status("APPROVED", approval_id=template.approval_id)
    await schedules.start_due()
    rung.clear()
    await schedules.complete_all()
    assert ("fan_out", schedule.id) in rung


async def test_a_held_schedule_does_not_keep_others_of_its_sender_waiting() -> None:
    schedule, template = await running(1200)
    other = await plan(group_id=await crowd(2), sender_id=schedule.sender_id)
    await schedules.send_now(SYSTEM, other.id)
    await schedules.fan_out(other.id)
    await apply_status("PAUSED", approval_id=template.approval_id)
    claimed = {departure.id for departure in await dispatch.claim(schedule.sender_id, 500)}
    assert claimed == {row["id"] for row in await messages_of(other)}


async def test_parked_messages_are_no_queue_that_stands_still() -> None:
    async with database_of_its_own():
        schedule, template = await running()
        await apply_status("PAUSED", approval_id=template.approval_id)
        await dispatch.claim(schedule.sender_id, 10)
        parked = "SELECT count(*) FROM message WHERE schedule_id = $1 AND due_at = 'infinity'"
        assert await connect.value(parked, schedule.id) == 3
        assert (await problems.in_database())[Kind.QUEUE_STUCK] is None


async def test_pausing_and_starting_at_once_end_as_one_of_the_two() -> None:
    for _ in range(6):
        schedule, template = await running()
        await asyncio.gather(
            apply_status("PAUSED", approval_id=template.approval_id),
            schedules.start_due(),
            dispatch.claim(schedule.sender_id, 10),
            schedules.fan_out(schedule.id),
        )
        await schedules.start_due()
        assert (await now(schedule))[0] is HELD
        assert (await MessageTemplate.get(id=template.id)).approval_status is TemplateStatus.PAUSED
