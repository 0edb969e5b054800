"""Schedules: planning, calling off and putting away, and who wins at the same moment."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from db.accounts import Role
from db.core import connect
from db.messages.stats import DeliveryStats
from db.schedules import Schedule, ScheduleStatus
from db.senders import Sender
from db.templates import TemplateStatus
from domain import groups, schedules, senders, templates
from domain.core.access import SYSTEM, Viewer
from domain.core.errors import ErrorCode, Refusal, Refusals
from tests import factories
from tests.crowds import crowd
from tests.databases import database_of_its_own
from tests.factories import unique
from tests.plans import SOON, approved_template, events_of, into, plan, stopped_sender

# ---------------------------------------------------------------------------
# Creating
# ---------------------------------------------------------------------------


async def test_a_schedule_waits_as_it_was_planned_and_is_announced() -> None:
    user = await factories.user(role=Role.MARKETER)
    send_at = datetime.now(UTC) + SOON
    variables = {"code": "7", "n": 3, "greeting": "Hi {{first_name}}"}
    schedule = await plan(Viewer(user_id=user.id, role=Role.MARKETER), send_at=send_at, variables=variables)
    stored = await schedules.get(SYSTEM, schedule.id)
    assert (stored.status, stored.send_at, stored.variables) == (ScheduleStatus.PENDING, send_at, variables)
    assert (stored.created_by_id, stored.task_id, stored.processing_time) == (user.id, None, None)
    assert await events_of(schedule) == ["MESSAGE_SCHEDULED"]


async def test_the_default_sender_sends_where_none_is_named() -> None:
    default = await factories.sender(is_default=True)
    schedule = await schedules.create(
        SYSTEM,
        template_id=(await factories.template()).id,
        group_id=await crowd(1),
        send_at=datetime.now(UTC) + SOON,
    )
    assert (schedule.sender_id, schedule.variables) == (default.id, {})


async def test_without_any_sender_nothing_is_planned(database: None) -> None:
    async with database_of_its_own():
        template, group_id = await factories.template(), await crowd(1)
        with pytest.raises(Refusal) as caught:
            await plan(template_id=template.id, group_id=group_id, sender_id=None)
        assert (caught.value.field, caught.value.details["reason"]) == ("senderId", "no_sender")
        assert await Schedule.all().count() == 0


async def test_what_is_wrong_is_told_field_by_field_and_nothing_is_planned() -> None:
    before = await Schedule.all().count()
    with pytest.raises(Refusals) as caught:
        await schedules.create(
            SYSTEM,
            template_id=0,
            group_id=0,
            sender_id=987654321,
            send_at=datetime.now(UTC) - timedelta(minutes=1),
            variables={"a": []},
        )
    assert {refusal.field: refusal.code for refusal in caught.value.refusals} == {
        "templateId": ErrorCode.NOT_FOUND,
        "groupId": ErrorCode.NOT_FOUND,
        "senderId": ErrorCode.NOT_FOUND,
        "sendAt": ErrorCode.VALIDATION_ERROR,
        "variables": ErrorCode.VALIDATION_ERROR,
    }
    assert await Schedule.all().count() == before


async def test_what_was_deleted_cannot_be_scheduled() -> None:
    template, group, sender = await factories.template(), await factories.group(await factories.contact()), None
    await templates.delete(SYSTEM, template.id)
    with pytest.raises(Refusal) as caught:
        await plan(template_id=template.id)
    assert (caught.value.code, caught.value.field) == (ErrorCode.NOT_FOUND, "templateId")
    await groups.delete(SYSTEM, group.id)
    with pytest.raises(Refusal) as caught:
        await plan(group_id=group.id)
    assert (caught.value.code, caught.value.field) == (ErrorCode.NOT_FOUND, "groupId")
    sender = await factories.sender()
    await senders.delete(SYSTEM, sender.id)
    with pytest.raises(Refusal) as caught:
        await plan(sender_id=sender.id)
    assert (caught.value.code, caught.value.field) == (ErrorCode.NOT_FOUND, "senderId")


async def test_a_group_needs_members_but_they_need_not_want_messages() -> None:
    with pytest.raises(Refusal) as caught:
        await plan(group_id=await crowd(0))
    assert (caught.value.code, caught.value.field) == (ErrorCode.VALIDATION_ERROR, "groupId")
    assert (await plan(group_id=await crowd(0, opted_out=1))).status is ScheduleStatus.PENDING


async def test_the_past_is_refused_by_a_second() -> None:
    assert (await plan(send_at=datetime.now(UTC))).status is ScheduleStatus.PENDING
    with pytest.raises(Refusal) as caught:
        await plan(send_at=datetime.now(UTC) - timedelta(seconds=2))
    assert (caught.value.field, caught.value.details["reason"]) == ("sendAt", "past")


async def test_an_approved_template_needs_a_sender_of_its_account() -> None:
    account = unique("waba")
    template = await approved_template(account)
    with pytest.raises(Refusal) as caught:
        await plan(template_id=template.id)
    assert (caught.value.field, caught.value.details["reason"]) == ("senderId", "other_account")
    own = await stopped_sender(business_account_id=account)
    assert (await plan(template_id=template.id, sender_id=own)).sender_id == own


async def test_the_same_template_group_and_time_is_planned_once() -> None:
    template, group = await factories.template(), await crowd(1)
    same: dict[str, Any] = {
        "template_id": template.id, "group_id": group, "send_at": datetime.now(UTC) + SOON,
        "sender_id": await stopped_sender(),
    }  # fmt: skip
    answers = await asyncio.gather(*(plan(**same) for _ in range(6)), return_exceptions=True)
    made = [answer for answer in answers if isinstance(answer, Schedule)]
    refusals = [(answer.code, answer.field) for answer in answers if isinstance(answer, Refusal)]
    assert (len(made), refusals) == (1, [(ErrorCode.SCHEDULING_CONFLICT, "sendAt")] * 5)
    for status in (ScheduleStatus.HELD, ScheduleStatus.PROCESSING):
        await into(made[0], status)
        with pytest.raises(Refusal):
            await plan(**same)
    await into(made[0], ScheduleStatus.CANCELLED)
    assert (await plan(**same)).id > made[0].id


@pytest.mark.parametrize("what", ["template", "sender"])
async def test_what_is_deleted_while_it_is_scheduled_is_one_or_the_other(what: str) -> None:
    for _ in range(5):
        template, sender = await factories.template(), await factories.sender()
        deletion = templates.delete(SYSTEM, template.id) if what == "template" else senders.delete(SYSTEM, sender.id)
        planned, deleted = await asyncio.gather(
            plan(template_id=template.id, sender_id=sender.id), deletion, return_exceptions=True
        )
        assert isinstance(planned, Refusal) != isinstance(deleted, Refusal)
        if isinstance(planned, Refusal):
            assert planned.code is ErrorCode.NOT_FOUND
        else:
            assert isinstance(deleted, Refusal)
            assert deleted.code is ErrorCode.INVALID_STATE


# ---------------------------------------------------------------------------
# Changing
# ---------------------------------------------------------------------------

ALL = list(ScheduleStatus)
WAITING = {ScheduleStatus.PENDING, ScheduleStatus.HELD}
FINISHED = {ScheduleStatus.SENT, ScheduleStatus.FAILED, ScheduleStatus.CANCELLED}


async def changes_nothing(schedule: Schedule, attempt: Any) -> None:
    before = await Schedule.get(id=schedule.id)
    with pytest.raises(Refusal) as caught:
        await attempt
    assert caught.value.code is ErrorCode.INVALID_STATE
    assert caught.value.details["status"] == before.status.value
    assert dict(await Schedule.get(id=schedule.id)) == dict(before)


@pytest.mark.parametrize("status", ALL)
async def test_only_what_waits_is_cancelled(status: ScheduleStatus) -> None:
    user = await factories.user()
    viewer = Viewer(user_id=user.id, role=Role.ADMIN)
    schedule = await plan(group_id=await crowd(2, opted_out=1))
    await into(schedule, status)
    if status not in WAITING:
        return await changes_nothing(schedule, schedules.cancel(viewer, schedule.id))
    cancelled = await schedules.cancel(viewer, schedule.id)
    assert (cancelled.status, cancelled.cancelled_by_id) == (ScheduleStatus.CANCELLED, user.id)
    assert cancelled.cancelled_at is not None
    assert cancelled.updated_at > schedule.updated_at
    assert await schedules.stats(SYSTEM, [schedule.id]) == [DeliveryStats(2, 1, 0, 0, 0, 0, 0, 0, 2, 0)]
    return None


@pytest.mark.parametrize("status", ALL)
async def test_only_what_waits_is_sent_now(status: ScheduleStatus) -> None:
    schedule = await plan()
    await into(schedule, status)
    if status not in WAITING:
        return await changes_nothing(schedule, schedules.send_now(SYSTEM, schedule.id))
    begun = await schedules.send_now(SYSTEM, schedule.id)
    assert begun.status is ScheduleStatus.PROCESSING
    assert begun.task_id is not None
    assert begun.processing_started_at is not None
    assert begun.send_at == schedule.send_at
    assert (await events_of(schedule))[:2] == ["MESSAGE_SCHEDULED", "MESSAGE_PROCESSING"]
    await connect.execute("UPDATE schedule SET send_at = now() WHERE id = $1", schedule.id)
    assert schedule.id not in await schedules.start_due()
    assert (await Schedule.get(id=schedule.id)).task_id == begun.task_id
    return None


async def test_from_a_session_that_has_expired_nothing_is_sent_now() -> None:
    schedule = await plan()
    await Sender.filter(id=schedule.sender_id).update(provider="WAHA", status="EXPIRED")
    with pytest.raises(Refusal) as caught:
        await schedules.send_now(SYSTEM, schedule.id)
    assert (caught.value.code, caught.value.field) == (ErrorCode.SESSION_EXPIRED, "id")
    assert (await Schedule.get(id=schedule.id)).status is ScheduleStatus.PENDING


@pytest.mark.parametrize("status", ALL)
async def test_only_what_is_finished_is_put_away(status: ScheduleStatus) -> None:
    schedule = await plan()
    await into(schedule, status)
    if status not in FINISHED:
        return await changes_nothing(schedule, schedules.archive(SYSTEM, schedule.id))
    archived = await schedules.archive(SYSTEM, schedule.id)
    assert (archived.status, archived.outcome) == (ScheduleStatus.ARCHIVED, status)
    assert archived.archived_at is not None
    return None


@pytest.mark.parametrize("status", ALL)
async def test_only_what_was_cancelled_or_failed_is_deleted(status: ScheduleStatus) -> None:
    schedule = await plan()
    await into(schedule, status)
    if status not in FINISHED - {ScheduleStatus.SENT}:
        return await changes_nothing(schedule, schedules.delete(SYSTEM, schedule.id))
    assert await schedules.delete(SYSTEM, schedule.id) == schedule.id
    with pytest.raises(Refusal) as caught:
        await schedules.get(SYSTEM, schedule.id)
    assert caught.value.code is ErrorCode.NOT_FOUND
    assert await schedules.by_ids(SYSTEM, [schedule.id]) == [None]
    return None


@pytest.mark.parametrize("status", [status for status in TemplateStatus if status is not TemplateStatus.APPROVED])
async def test_a_template_that_may_not_be_sent_is_not_sent_now(status: TemplateStatus) -> None:
    account = unique("waba")
    template = await approved_template(account, status)
    schedule = await plan(template_id=template.id, sender_id=await stopped_sender(business_account_id=account))
    with pytest.raises(Refusal) as caught:
        await schedules.send_now(SYSTEM, schedule.id)
    assert caught.value.code is ErrorCode.TEMPLATE_UNAVAILABLE
    assert (await schedules.get(SYSTEM, schedule.id)).status is ScheduleStatus.PENDING


async def test_cancelling_and_starting_at_once_is_settled_in_the_database() -> None:
    outcomes: set[ScheduleStatus] = set()
    for turn in range(12):
        schedule = await plan()
        await connect.execute("UPDATE schedule SET send_at = now() WHERE id = $1", schedule.id)
        attempts: list[Any] = [schedules.cancel(SYSTEM, schedule.id), schedules.start_due()]
        if turn % 3 == 0:
            attempts.append(schedules.send_now(SYSTEM, schedule.id))
        answers = await asyncio.gather(*(attempts if turn % 2 else attempts[::-1]), return_exceptions=True)
        assert not [answer for answer in answers if isinstance(answer, Exception) and not isinstance(answer, Refusal)]
        ended = await Schedule.get(id=schedule.id)
        announced = await events_of(schedule)
        if ended.status is ScheduleStatus.CANCELLED:
            assert (ended.task_id, announced) == (None, ["MESSAGE_SCHEDULED"])
        else:
            assert announced[:2] == ["MESSAGE_SCHEDULED", "MESSAGE_PROCESSING"]
            assert ended.cancelled_at is None
        outcomes.add(ended.status)
    assert ScheduleStatus.PENDING not in outcomes
