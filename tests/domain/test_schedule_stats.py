"""Figures of schedules, before, while and after they are sent."""

from typing import Any

import pytest

from db.core import connect
from db.messages import MessageState
from db.messages.stats import DeliveryStats
from db.schedules import Schedule, run
from domain import schedules, templates
from domain.core.access import SYSTEM
from tests import factories
from tests.crowds import crowd, members
from tests.plans import fanned_out, messages_of, plan, settle, stopped_sender


async def stats(schedule: Schedule) -> DeliveryStats:
    (found,) = await schedules.stats(SYSTEM, [schedule.id])
    assert found is not None
    return found


async def test_before_it_begins_the_group_is_counted_as_it_is() -> None:
    group = await crowd(3, opted_out=1, without_phone=2)
    schedule = await plan(group_id=group)
    assert await stats(schedule) == DeliveryStats(3, 3, 3, 0, 0, 0, 0, 0, 0, 0)
    await connect.execute("UPDATE contact SET opt_in_status = 'OPTED_IN' WHERE id = ANY($1)", await members(group))
    assert ((await stats(schedule)).recipients, (await stats(schedule)).excluded) == (4, 2)
    figures = await stats(schedule)
    assert (figures.progress, figures.delivery_rate, figures.read_rate, figures.reply_rate) == (0, 0, 0, 0)


async def test_each_message_counts_once_where_it_is_now_and_the_sum_is_whole() -> None:
    schedule = await fanned_out(10)
    await settle(schedule, *[state for state in MessageState if state is not MessageState.RECEIVED])
    await connect.execute("DELETE FROM group_member WHERE group_id = $1", schedule.group_id)
    figures = await stats(schedule)
    assert figures == DeliveryStats(
        recipients=10,
        excluded=0,
        pending=4,
        sent=3,
        delivered=2,
        read=1,
        failed=1,
        unconfirmed=1,
        cancelled=1,
        replies=0,
    )
    parts = figures.pending + figures.sent + figures.failed + figures.unconfirmed + figures.cancelled
    assert figures.recipients == parts
    assert (figures.progress, figures.delivery_rate, figures.read_rate) == (0.6, 2 / 3, 0.5)


async def test_who_wrote_back_within_seven_days_counts_once() -> None:
    schedule = await fanned_out(5)
    await settle(schedule, *[MessageState.DELIVERED] * 4, MessageState.FAILED)
    people = [row["contact_id"] for row in await messages_of(schedule)]
    other = await stopped_sender()
    written = [
        (people[0], schedule.sender_id, "1 hour"),
        (people[0], schedule.sender_id, "2 hours"),
        (people[1], schedule.sender_id, "6 days 23 hours"),
        (people[2], schedule.sender_id, "7 days 1 minute"),  # too late
        (people[3], schedule.sender_id, "-1 minute"),  # before
        (people[3], other, "1 hour"),  # to another number
        (people[4], schedule.sender_id, "1 hour"),  # was sent none
    ]
    for contact, sender, after in written:
        await connect.execute(
            "INSERT INTO message (sender_id, contact_id, direction, author, type, purpose, priority, state, attempts,"
            " created_at) VALUES ($1, $2, 'INBOUND', 'CONTACT', 'TEXT', 'UTILITY', 2, 'RECEIVED', 0,"
            " now() + $3::text::interval)",
            *(sender, contact, after),
        )
    figures = await stats(schedule)
    assert (figures.replies, figures.reply_rate) == (2, 0.5)


async def test_figures_of_many_schedules_are_one_statement(monkeypatch: pytest.MonkeyPatch) -> None:
    waiting, running = await plan(group_id=await crowd(2)), await fanned_out(3)
    asked: list[str] = []
    ask = connect.rows

    async def counted(sql: str, *values: Any) -> list[Any]:
        asked.append(sql)
        return await ask(sql, *values)

    monkeypatch.setattr(connect, "rows", counted)
    found = await schedules.stats(SYSTEM, [waiting.id, 0, running.id])
    assert [figures and figures.recipients for figures in found] == [2, None, 3]
    assert len(asked) == 1


async def test_a_schedules_template_may_change_until_its_messages_leave() -> None:
    template = await factories.template("Before")
    schedule = await plan(group_id=await crowd(1), template_id=template.id)
    await templates.update(SYSTEM, template.id, content="After")
    await run.begin([schedule.id])
    await schedules.fan_out(schedule.id)
    (message,) = await messages_of(schedule)
    assert (message["template_id"], message["content"]) == (template.id, None)
