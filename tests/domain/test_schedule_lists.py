"""Schedules: finding them, and who may do what."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from db.accounts import Role, Scope
from db.core.paging import PageRequest
from db.schedules import Schedule, ScheduleStatus
from domain import schedules
from domain.core.access import SYSTEM, Viewer
from domain.core.errors import ErrorCode, Refusal
from domain.schedules import ScheduleOrder
from tests import factories
from tests.callers import check_attempts, each_caller
from tests.crowds import crowd
from tests.plans import SOON, events_of, into, plan, stopped_sender


async def test_schedules_are_found_by_what_they_are() -> None:
    template, group, sender = await factories.template(), await crowd(1), await stopped_sender()
    start = datetime.now(UTC) + SOON
    common = {"template_id": template.id, "sender_id": sender}
    first, second, third = [
        await plan(**common, group_id=group, send_at=start + timedelta(minutes=minute)) for minute in (2, 1, 3)
    ]
    other = await plan(**common, send_at=start)
    await into(second, ScheduleStatus.HELD)
    await into(third, ScheduleStatus.ARCHIVED)

    async def found(**filters: Any) -> list[int]:
        page = await schedules.find(SYSTEM, template_id=template.id, page=PageRequest(), **filters)
        assert await page.total() == len(page.rows)
        return [row.id for row in page.rows]

    assert await found() == [other.id, second.id, first.id]
    assert await found(order=ScheduleOrder.SEND_AT, descending=False) == [other.id, second.id, first.id]
    assert await found(order=ScheduleOrder.SEND_AT) == [first.id, second.id, other.id]
    assert await found(status=[ScheduleStatus.ARCHIVED]) == [third.id]
    assert await found(status=[ScheduleStatus.SENT]) == []
    assert await found(status=[ScheduleStatus.HELD, ScheduleStatus.ARCHIVED]) == [third.id, second.id]
    assert await found(status=[]) == []
    assert await found(group_id=group, descending=False) == [first.id, second.id]
    assert await found(sender_id=sender) == [other.id, second.id, first.id]
    assert await found(sender_id=0) == []
    assert await found(send_from=second.send_at, send_before=first.send_at) == [second.id]


async def test_pages_follow_cursors_without_gaps() -> None:
    template, sender, group = await factories.template(), await stopped_sender(), await crowd(1)
    start = datetime.now(UTC) + SOON
    made = [
        await plan(template_id=template.id, sender_id=sender, group_id=group, send_at=start + timedelta(minutes=n))
        for n in range(7)
    ]
    seen: list[int] = []
    after = None
    while True:
        page = await schedules.find(
            SYSTEM, template_id=template.id, order=ScheduleOrder.SEND_AT, page=PageRequest(first=3, after=after)
        )
        seen += [row.id for row in page.rows]
        if not page.has_next:
            break
        after = page.cursor(page.rows[-1])
    assert seen == [schedule.id for schedule in reversed(made)]


async def test_a_token_that_is_bound_to_a_sender_sees_its_schedules_alone() -> None:
    sender = await factories.sender()
    own, other = await plan(sender_id=sender.id), await plan()
    bound = Viewer(role=Role.ADMIN, scopes=frozenset(Scope), sender_id=sender.id)
    assert (await schedules.get(bound, own.id)).id == own.id
    page = await schedules.find(bound, page=PageRequest())
    assert ([row.id for row in page.rows], await page.total()) == ([own.id], 1)
    assert [row and row.id for row in await schedules.by_ids(bound, [other.id, own.id])] == [None, own.id]
    assert (await plan(bound, sender_id=None, group_id=own.group_id)).sender_id == sender.id
    attempts: list[Any] = [
        schedules.get(bound, other.id),
        schedules.cancel(bound, other.id),
        schedules.send_now(bound, other.id),
        schedules.archive(bound, other.id),
        schedules.delete(bound, other.id),
        plan(bound, sender_id=other.sender_id, group_id=own.group_id),
        plan(bound, sender_id=sender.id, group_id=other.group_id),
    ]
    for attempt in attempts:
        with pytest.raises(Refusal) as caught:
            await attempt
        assert caught.value.code is ErrorCode.NOT_FOUND
    assert (await Schedule.get(id=other.id)).status is ScheduleStatus.PENDING


@each_caller(Scope.CAMPAIGNS)
async def test_who_may_do_what(viewer: Viewer) -> None:
    first, second = await plan(), await plan()
    template = await factories.template()
    changes = viewer.role in (Role.ADMIN, Role.MARKETER) and Scope.CAMPAIGNS in (viewer.scopes or Scope)
    attempts: list[tuple[Any, bool]] = [
        (schedules.get(viewer, first.id), viewer.known and Scope.READ in (viewer.scopes or Scope)),
        (plan(viewer, template_id=template.id), changes),
        (schedules.send_now(viewer, second.id), changes),
        (schedules.cancel(viewer, first.id), changes),
        (schedules.archive(viewer, first.id), changes),
    ]
    await check_attempts(viewer, attempts)
    if not changes:
        assert await Schedule.filter(id__in=[first.id, second.id], outcome=ScheduleStatus.PENDING).count() == 2
        assert not await Schedule.filter(template_id=template.id).exists()
        assert await events_of(first) == ["MESSAGE_SCHEDULED"]
    third = await plan()
    await into(third, ScheduleStatus.FAILED)
    deletion = schedules.delete(viewer, third.id)
    if changes:
        await deletion
    else:
        with pytest.raises(Refusal):
            await deletion
    assert ((await Schedule.get(id=third.id)).deleted_at is None) != changes
