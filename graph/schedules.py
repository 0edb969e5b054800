"""Schedules: a template for a group at a time."""

from datetime import datetime
from typing import Annotated, TypeAlias

import strawberry
from strawberry.scalars import JSON

from db import schedules as rows
from db.schedules import ScheduleStatus
from domain import accounts, groups, messages, schedules, senders, templates
from domain.schedules import ScheduleOrder
from graph.accounts import User
from graph.core.context import Info
from graph.core.enums import describe
from graph.core.fields import arg, column, loaded, mutation, query
from graph.core.ids import decode
from graph.core.inputs import DateTimeRange, given, optional, required
from graph.core.nodes import Node, node
from graph.core.paging import Connection, listing, paged
from graph.groups import Group
from graph.messages.types import PAGE, DeliveryStats, Message
from graph.senders import Sender
from graph.templates import MessageTemplate

describe(
    ScheduleStatus,
    "Where a schedule stands.",
    PENDING="Waits for its time.",
    HELD=(
        "Its time came or its messages are leaving, but its template may not be sent now; see the error. Goes on by "
        "itself when it may; where WhatsApp takes the template for MARKETING since it was planned, or refuses it for "
        "a fault in it, once sendScheduleNow says so. Its messages stay QUEUED."
    ),
    PROCESSING="Its messages are being sent.",
    SENT="Done; at least one message was sent.",
    FAILED="Done; no message was sent.",
    CANCELLED="Called off before its time, or while it was held.",
    ARCHIVED="Put away.",
)
describe(
    ScheduleOrder,
    "What schedules are sorted by.",
    CREATED_AT="When they were created.",
    SEND_AT="When they are to be sent.",
)


@node(rows.Schedule, get=schedules.get, description="A template to be sent to a group at a time.")
class Schedule(Node):
    variables: JSON = column("Values for placeholders; they win over the contact's own.")
    status: ScheduleStatus = column("Where it stands.")
    send_at: datetime = column("When to send.")
    task_id: str | None = column("Id of the dispatch run that will send it, or did; new with each start.")
    error_message: str | None = column("Why it is held or failed.")
    created_at: datetime = column("When it was scheduled.")
    processing_started_at: datetime | None = column("When sending began.")
    sent_at: datetime | None = column("When sending ended.")
    processing_time: float | None = column("From the beginning of sending to its end, in seconds.")
    cancelled_at: datetime | None = column("When it was cancelled.")
    archived_at: datetime | None = column("When it was put away.")

    template: MessageTemplate = loaded("What is sent.", templates.by_ids, of="template_id")
    group: Group = loaded("To whom; membership counts at the time of sending.", groups.by_ids, of="group_id")
    sender: Sender = loaded("From which number.", senders.by_ids, of="sender_id")
    stats: DeliveryStats = loaded("Recipients, sent, failed and so on.", schedules.stats)
    created_by: User | None = loaded(
        "Who scheduled it; null when that user is gone.", accounts.by_ids, of="created_by_id"
    )
    cancelled_by: User | None = loaded(
        "Who cancelled it; null when that user is gone.", accounts.by_ids, of="cancelled_by_id"
    )

    messages: Connection[Message] = paged(
        "One message for each recipient, newest first; none before processing, 50 where the size is not given. "
        "messages(filter: { scheduleId }) filters and sorts them.",
        messages.pages_of_schedules,
        size=PAGE,
    )


ScheduleId: TypeAlias = Annotated[strawberry.ID, arg("The schedule.")]


@strawberry.input(description="Which schedules.")
class ScheduleFilter:
    status: list[ScheduleStatus] | None = optional(
        "With one of these statuses; archived ones only where ARCHIVED is among them."
    )
    send_at: DateTimeRange | None = optional("To be sent then.")
    template_id: strawberry.ID | None = optional("Of this template.", of="MessageTemplate")
    group_id: strawberry.ID | None = optional("For this group.", of="Group")
    sender_id: strawberry.ID | None = optional("From this sender.", of="Sender")


@strawberry.input(description="A new schedule.")
class CreateScheduleInput:
    template_id: strawberry.ID = required("What to send.", of="MessageTemplate")
    group_id: strawberry.ID = required("To whom: a group with at least one member.", of="Group")
    send_at: datetime = required("When, not in the past.")
    variables: JSON | None = optional(
        "Values for placeholders: an object of texts, numbers and truth values, at most 100, of up to 1000 characters "
        "each. They win over the contact's own and may hold {{placeholders}} of the contact."
    )
    sender_id: strawberry.ID | None = optional("From which number; the default sender when left out.", of="Sender")


@strawberry.type
class SchedulesQuery:
    @query(
        schedules.get,
        description="A schedule; null with NOT_FOUND when there is none.",
        graphql_type=Schedule | None,
    )
    async def schedule(self, info: Info, id: ScheduleId) -> rows.Schedule:
        return await schedules.get(info.context.viewer, decode(id, "Schedule"))

    schedules: Connection[Schedule] = listing(
        schedules.find,
        filter=ScheduleFilter,
        by=ScheduleOrder.CREATED_AT,
        description="Schedules. Archived ones are left out unless the filter names that status.",
    )


@strawberry.type
class SchedulesMutation:
    @mutation(
        schedules.create,
        description=(
            "Schedules a template for a group with at least one member. The time must not be past; the same template, "
            "group and time is a SCHEDULING_CONFLICT."
        ),
        graphql_type=Schedule,
    )
    async def create_schedule(
        self, info: Info, input: Annotated[CreateScheduleInput, arg("The new schedule.")]
    ) -> rows.Schedule:
        return await schedules.create(info.context.viewer, **given(input))

    @mutation(
        schedules.cancel,
        description="Cancels a schedule, or what is left of it; only a PENDING or HELD one.",
        graphql_type=Schedule,
    )
    async def cancel_schedule(self, info: Info, id: ScheduleId) -> rows.Schedule:
        return await schedules.cancel(info.context.viewer, decode(id, "Schedule"))

    @mutation(
        schedules.send_now,
        description=(
            "Sends a schedule at once instead of at its time, or lets a held one go on; only a PENDING or HELD one, of "
            "a template that may be sent. This also agrees to what WhatsApp takes the template for by now. "
            "SESSION_EXPIRED while its sender of WAHA is EXPIRED."
        ),
        graphql_type=Schedule,
    )
    async def send_schedule_now(self, info: Info, id: ScheduleId) -> rows.Schedule:
        return await schedules.send_now(info.context.viewer, decode(id, "Schedule"))

    @mutation(
        schedules.archive,
        description="Puts a schedule away; only a SENT, FAILED or CANCELLED one.",
        graphql_type=Schedule,
    )
    async def archive_schedule(self, info: Info, id: ScheduleId) -> rows.Schedule:
        return await schedules.archive(info.context.viewer, decode(id, "Schedule"))

    @mutation(schedules.delete, description="Deletes a schedule; only a CANCELLED or FAILED one.")
    async def delete_schedule(self, info: Info, id: ScheduleId) -> strawberry.ID:
        await schedules.delete(info.context.viewer, decode(id, "Schedule"))
        return id
