"""Schedules: a template for a group at a time, from the plan to the last message."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from enum import StrEnum
from typing import Any

from db.accounts import Role, Scope
from db.core import connect
from db.core.columns import as_row
from db.core.paging import Order, Page, PageRequest, Where, fetch_page
from db.core.transaction import ring, transaction
from db.events import EventType, record
from db.messages.parking import SCHEDULE
from db.messages.stats import DeliveryStats
from db.schedules import Schedule, ScheduleStatus, hold, run
from db.schedules import stats as figures
from domain import audit, groups, senders, templates
from domain.core.access import Viewer, allow
from domain.core.errors import Checks, ErrorCode, Refusal, not_found
from domain.core.unique import unique
from domain.messages.announce import announce
from domain.templates.placeholders import check_variables

WAITING = (ScheduleStatus.PENDING, ScheduleStatus.HELD)
FINISHED = (ScheduleStatus.SENT, ScheduleStatus.FAILED, ScheduleStatus.CANCELLED)


class ScheduleOrder(StrEnum):
    CREATED_AT = "CREATED_AT"
    SEND_AT = "SEND_AT"


# ---------------------------------------------------------------------------
# Reading
# ---------------------------------------------------------------------------


def _visible(viewer: Viewer) -> Where:
    """A token bound to a sender sees that sender's schedules."""
    where = Where(["schedule.deleted_at IS NULL"])
    if viewer.sender_id is not None:
        where.add("schedule.sender_id = {}", viewer.sender_id)
    return where


async def visible(viewer: Viewer, id: int, *, lock: str = "") -> Schedule:
    """A schedule that the caller may see, its row locked where `lock` says how. Raises NOT_FOUND."""
    where = _visible(viewer)
    where.add("schedule.id = {}", id)
    found = await connect.row(f"SELECT * FROM schedule WHERE {where.sql} {lock}", *where.values)
    if found is None:
        raise not_found("schedule")
    return as_row(Schedule, found)


@allow()
async def get(viewer: Viewer, id: int) -> Schedule:
    return await visible(viewer, id)


@allow()
async def find(
    viewer: Viewer,
    *,
    status: Sequence[ScheduleStatus] | None = None,
    send_from: datetime | None = None,
    send_before: datetime | None = None,
    template_id: int | None = None,
    group_id: int | None = None,
    sender_id: int | None = None,
    order: ScheduleOrder = ScheduleOrder.CREATED_AT,
    descending: bool = True,
    page: PageRequest,
) -> Page[Schedule]:
    """Schedules that match; those put away are left out unless that status is asked for."""
    where = _visible(viewer)
    if status is None:
        where.add("schedule.archived_at IS NULL")
    else:
        others = [one.value for one in status if one is not ScheduleStatus.ARCHIVED]
        shown = "schedule.archived_at IS NULL AND schedule.status = ANY({}::text[])"
        archived = " OR schedule.archived_at IS NOT NULL" if ScheduleStatus.ARCHIVED in status else ""
        where.add(shown + archived, others)
    if send_from is not None:
        where.add("schedule.send_at >= {}", send_from)
    if send_before is not None:
        where.add("schedule.send_at < {}", send_before)
    for column, id in (("template_id", template_id), ("group_id", group_id), ("sender_id", sender_id)):
        if id is not None:
            where.add(f"schedule.{column} = {{}}", id)
    column = "schedule.created_at" if order is ScheduleOrder.CREATED_AT else "schedule.send_at"
    return await fetch_page(Schedule, where, Order(column, "timestamptz", descending), page)


@allow()
async def by_ids(viewer: Viewer, ids: list[int]) -> list[Schedule | None]:
    """Schedules that messages and events name; none for one that was deleted."""
    found = {row.id: row for row in await Schedule.filter(id__in=ids, deleted_at=None)}
    seen = {id: row for id, row in found.items() if viewer.sender_id in (None, row.sender_id)}
    return [seen.get(id) for id in ids]


@allow()
async def stats(viewer: Viewer, ids: list[int]) -> list[DeliveryStats | None]:
    """Figures of schedules that the caller holds already."""
    found = await figures.stats(ids)
    return [found.get(id) for id in ids]


# ---------------------------------------------------------------------------
# Changing
# ---------------------------------------------------------------------------


@allow(Role.ADMIN, Role.MARKETER, scope=Scope.CAMPAIGNS)
async def create(
    viewer: Viewer,
    *,
    template_id: int,
    group_id: int,
    send_at: datetime,
    variables: Any = None,
    sender_id: int | None = None,
) -> Schedule:
    """Plans a template for a group. Raises SCHEDULING_CONFLICT, NOT_FOUND, VALIDATION_ERROR."""
    check = Checks()
    values: dict[str, Any] = {}
    with check():
        values = check_variables(variables)
    with unique(
        "schedule_conflict",
        "The same template is already scheduled for the same group at this time.",
        field="sendAt",
        code=ErrorCode.SCHEDULING_CONFLICT,
    ):
        async with transaction():
            # Shared locks: who deletes one of these waits for us, and then finds that we need it.
            with check():
                template = await templates.visible(viewer, template_id, field="templateId", lock="FOR SHARE")
            with check():
                await _need_members(viewer, group_id)
            with check():
                sender = await senders.choose(viewer, sender_id, lock="FOR SHARE")
            with check():
                await _need_future(send_at)
            check.done()
            if template.approval_name is not None and template.business_account_id != sender.business_account_id:
                raise Refusal(
                    ErrorCode.VALIDATION_ERROR,
                    "Only senders of the template's account may send it; WAHA takes templates without approval.",
                    field="senderId",
                    reason="other_account",
                )
            schedule = await Schedule.create(
                template_id=template_id,
                group_id=group_id,
                sender_id=sender.id,
                send_at=send_at,
                variables=values,
                category=template.category,
                created_by_id=viewer.user_id,
            )
            _record(EventType.MESSAGE_SCHEDULED, schedule.id, sender.id, actor_id=viewer.user_id)
    return schedule


async def _need_members(viewer: Viewer, group_id: int) -> None:
    await connect.execute("SELECT 1 FROM contact_group WHERE id = $1 FOR SHARE", group_id)
    await groups.visible(viewer, group_id, field="groupId")
    if not await figures.has_people(group_id):
        raise Refusal(ErrorCode.VALIDATION_ERROR, "The group has no members.", field="groupId", reason="empty_group")


async def _need_future(send_at: datetime) -> None:
    """By the database's clock; a second is forgiven for the way here."""
    if await connect.value("SELECT $1::timestamptz < now() - interval '1 second'", send_at):
        raise Refusal(ErrorCode.VALIDATION_ERROR, "This time is past.", field="sendAt", reason="past")


@allow(Role.ADMIN, Role.MARKETER, scope=Scope.CAMPAIGNS)
async def cancel(viewer: Viewer, id: int) -> Schedule:
    """Calls a PENDING or HELD schedule off, or what is left of it. Of this and a start, one wins."""
    async with transaction():
        schedule = await _in_status(viewer, id, WAITING)
        ring("fan_out", id)
        if schedule.processing_started_at is None:
            recipients, excluded = await figures.reach(schedule.id)
        else:
            recipients, excluded = await run.recipients(id), schedule.excluded
        return await _set(
            schedule,
            "status = 'CANCELLED', cancelled_at = now(), cancelled_by_id = $2, recipients = $3, excluded = $4",
            *(viewer.user_id, recipients, excluded),
        )


@allow(Role.ADMIN, Role.MARKETER, scope=Scope.CAMPAIGNS)
async def send_now(viewer: Viewer, id: int) -> Schedule:
    """Begins a PENDING schedule at once, or lets a HELD one go on; its planned time then finds nothing to do.

    Whoever does so agrees to what WhatsApp takes the template for. Raises TEMPLATE_UNAVAILABLE,
    SESSION_EXPIRED.
    """
    async with transaction():
        schedule = await _in_status(viewer, id, WAITING)
        senders.check_session(await senders.visible(viewer, schedule.sender_id), field="id")
        await hold.agree(id)
        if not await _begin([id], actor_id=viewer.user_id):
            status = (await schedule.template).approval_status.value
            words = f"The template is {status} at WhatsApp."
            raise Refusal(ErrorCode.TEMPLATE_UNAVAILABLE, words, field="id", reason=status.lower())
        return await visible(viewer, id)


@allow(Role.ADMIN, Role.MARKETER, scope=Scope.CAMPAIGNS)
async def archive(viewer: Viewer, id: int) -> Schedule:
    """Puts a SENT, FAILED or CANCELLED schedule away."""
    async with transaction():
        return await _set(await _in_status(viewer, id, FINISHED), "archived_at = now()")


@allow(Role.ADMIN, Role.MARKETER, scope=Scope.CAMPAIGNS)
async def delete(viewer: Viewer, id: int) -> int:
    """Deletes a CANCELLED or FAILED schedule; its messages stay."""
    async with transaction():
        ended = (ScheduleStatus.CANCELLED, ScheduleStatus.FAILED)
        await _set(await _in_status(viewer, id, ended), "deleted_at = now()")
        await audit.note(viewer, "deleteSchedule", subject=("Schedule", id))
    return id


async def _in_status(viewer: Viewer, id: int, allowed: Sequence[ScheduleStatus]) -> Schedule:
    """Locks a schedule that stands where it must. Raises NOT_FOUND, INVALID_STATE."""
    schedule = await visible(viewer, id, lock="FOR UPDATE")
    if schedule.status not in allowed:
        words = f"This needs a schedule that is {' or '.join(allowed)}; this one is {schedule.status}."
        raise Refusal(ErrorCode.INVALID_STATE, words, field="id", status=schedule.status.value)
    return schedule


async def _set(schedule: Schedule, columns: str, *values: Any) -> Schedule:
    changed = await connect.row(
        f"UPDATE schedule SET {columns}, updated_at = now() WHERE id = $1 RETURNING *", schedule.id, *values
    )
    if changed is None:
        raise not_found("schedule")
    return as_row(Schedule, changed)


def _record(
    kind: EventType, id: int, sender_id: int, *, actor_id: int | None = None, data: dict[str, Any] | None = None
) -> None:
    record(kind, "Schedule", id, actor_id=actor_id, sender_id=sender_id, schedule_id=id, data=data)


# ---------------------------------------------------------------------------
# The run, for the workers
# ---------------------------------------------------------------------------


async def start_due(*, limit: int = 2000) -> list[int]:
    """Begins schedules whose time has come or that may go on, and holds those that must not; answers the begun.

    Any number of callers may do this at once: each takes others.
    """
    async with transaction():
        due = [*await run.due(limit), *await hold.turned(limit)]
        if held := [(row["id"], row["hold"]) for row in due if row["hold"]]:
            await hold.hold(held)
        return await _begin([row["id"] for row in due if not row["hold"]])


async def _begin(ids: list[int], *, actor_id: int | None = None) -> list[int]:
    """The one way into PROCESSING; answers which came through: those whose template may be sent."""
    begun = await run.begin(ids) if ids else []
    for row in begun:
        _record(EventType.MESSAGE_PROCESSING, row["id"], row["sender_id"], actor_id=actor_id)
        ring("fan_out", row["id"])
    return [row["id"] for row in begun]


async def fan_out(id: int, *, chunk: int = 20_000) -> None:
    """Queues one message for each recipient, a chunk a transaction, from where an earlier run stopped.

    Of two at once, one leaves it to the other. A contact is written to once, whatever happens to the group meanwhile.
    What was parked while the schedule was held goes on, or is cancelled with it.
    """
    done = False
    while not done:
        async with transaction():
            if (found := await run.fan_out(id, chunk)) is None:
                break
            sender_id, done = found
            ring("dispatch", sender_id)
    moved = True
    while moved:
        async with transaction():
            cancelled, gone = await SCHEDULE.cancel(id, chunk), await SCHEDULE.let_go(id, chunk)
            await announce(cancelled)
            for sender_id in set(gone):
                ring("dispatch", sender_id)
        moved = bool(cancelled or gone)
    await complete([id])


async def complete(ids: Sequence[int] | None) -> list[int]:
    """Ends those of these schedules (or of all) of which every message is done: each once, with its event."""
    async with transaction():
        done = {row["id"]: row["sender_id"] for row in await run.lock_done(ids)}
        if done:
            await run.finish(list(done))
            for id, ended in (await figures.stats(list(done))).items():
                _record(EventType.MESSAGE_COMPLETED, id, done[id], data={"stats": asdict(ended)})
    return list(done)


async def complete_all() -> None:
    """The same for all, and a ring for each that stands still: makes up for lost rings and dead workers."""
    await complete(None)
    for id in {*await run.unfanned(), *await SCHEDULE.parking()}:
        ring("fan_out", id)
