"""Schedules at every stage, for tests of what happens to them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from db.core import connect
from db.messages import MessageState
from db.schedules import Schedule, ScheduleStatus, run
from db.templates import MessageTemplate, TemplateCategory, TemplateStatus
from domain import schedules, senders
from domain.core.access import SYSTEM, Viewer
from tests import factories
from tests.crowds import crowd
from tests.factories import unique

SOON = timedelta(hours=1)
"""So far away that nobody's clock starts it during a test."""


async def stopped_sender(**given: object) -> int:
    """A sender that no worker sends for."""
    sender = await factories.sender(**given)
    await senders.disconnect_sender(SYSTEM, sender.id)
    return sender.id


async def approved_template(account: str, status: TemplateStatus = TemplateStatus.APPROVED) -> MessageTemplate:
    """A template that WhatsApp knows, without asking it."""
    return await MessageTemplate.create(
        title="t",
        content="Hi {{name}}.",
        approval_id=unique(),
        approval_name="t",
        language="en",
        category=TemplateCategory.UTILITY,
        approval_status=status,
        business_account_id=account,
    )


async def plan(viewer: Viewer = SYSTEM, **given: Any) -> Schedule:
    """A schedule for one person in an hour, unless `given` says otherwise."""
    values = {
        "template_id": given.pop("template_id", None) or (await factories.template()).id,
        "group_id": given.pop("group_id", None) or await crowd(1),
        "sender_id": given.pop("sender_id") if "sender_id" in given else await stopped_sender(),
        "send_at": datetime.now(UTC) + SOON,
        **given,
    }
    return await schedules.create(viewer, **values)


async def due_now(*made: Schedule) -> None:
    await connect.execute("UPDATE schedule SET send_at = now() WHERE id = ANY($1)", [row.id for row in made])


async def into(schedule: Schedule, status: ScheduleStatus) -> None:
    """Puts a schedule into a status, without the way there."""
    if status is ScheduleStatus.ARCHIVED:
        await Schedule.filter(id=schedule.id).update(outcome=ScheduleStatus.SENT, archived_at=datetime.now(UTC))
    else:
        await Schedule.filter(id=schedule.id).update(outcome=status)


async def begun(group_id: int, **given: Any) -> Schedule:
    """A schedule in PROCESSING whose recipients nobody has queued yet."""
    schedule = await plan(group_id=group_id, **given)
    await run.begin([schedule.id])
    return await Schedule.get(id=schedule.id)


async def fanned_out(count: int) -> Schedule:
    """A schedule in PROCESSING with so many queued messages."""
    schedule = await begun(await crowd(count))
    await schedules.fan_out(schedule.id)
    return await Schedule.get(id=schedule.id)


async def messages_of(schedule: Schedule) -> list[Any]:
    return await connect.rows("SELECT * FROM message WHERE schedule_id = $1 ORDER BY id", schedule.id)


async def settle(schedule: Schedule, *states: MessageState) -> None:
    """Brings a schedule's messages into these states, one after another, as dispatch and receipts would."""
    for message, state in zip(await messages_of(schedule), states, strict=True):
        sent = state in (MessageState.SENT, MessageState.DELIVERED, MessageState.READ)
        await connect.execute(
            "UPDATE message SET state = $2, due_at = NULL, lease_until = NULL, attempts = 1, error_message = $4,"
            " sent_at = CASE WHEN $3 THEN now() END WHERE id = $1",
            *(message["id"], state.value, sent, "No such number." if state is MessageState.FAILED else None),
        )


async def events_of(schedule: Schedule) -> list[str]:
    """What was announced of a schedule itself, in order."""
    found = await connect.rows(
        "SELECT type FROM event WHERE subject_type = 'Schedule' AND subject_id = $1 AND schedule_id = $1"
        " AND sender_id = $2 ORDER BY number",
        *(schedule.id, schedule.sender_id),
    )
    return [row["type"] for row in found]
