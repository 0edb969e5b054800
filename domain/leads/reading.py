"""Reading leads and their trails."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from db.core import connect
from db.core.columns import as_row
from db.core.paging import Order, Page, PageRequest, Parents, Where, fetch_page, fetch_pages
from db.leads import Lead, LeadActivity, LeadStatus
from db.messages import Priority
from db.messages.met import MET
from domain.core.access import Viewer, allow
from domain.core.assignment import Assignment, assigned
from domain.core.errors import ErrorCode, Refusal, not_found
from domain.core.search import contains


class LeadOrder(StrEnum):
    CREATED_AT = "CREATED_AT"
    UPDATED_AT = "UPDATED_AT"
    PRIORITY = "PRIORITY"
    SCORE = "SCORE"
    ESTIMATED_VALUE = "ESTIMATED_VALUE"
    NEXT_FOLLOW_UP_AT = "NEXT_FOLLOW_UP_AT"


_ORDERS = {
    LeadOrder.CREATED_AT: Order("lead.created_at", "timestamptz"),
    LeadOrder.UPDATED_AT: Order("lead.updated_at", "timestamptz"),
    LeadOrder.PRIORITY: Order("lead.priority", "bigint"),
    LeadOrder.SCORE: Order("lead.score", "bigint"),
    LeadOrder.ESTIMATED_VALUE: Order("lead.estimated_value", "numeric", nullable=True),
    LeadOrder.NEXT_FOLLOW_UP_AT: Order("lead.next_follow_up_at", "timestamptz", nullable=True),
}
OVERDUE = "lead.closed_at IS NULL AND coalesce(lead.next_follow_up_at < now(), false)"


def seen_by(viewer: Viewer, *, deleted: bool = False) -> Where:
    """Those that a caller may see."""
    where = Where([] if deleted else ["lead.deleted_at IS NULL"])
    if viewer.sender_id is not None:
        where.add(MET.format(contact="lead.contact_id", sender="{}"), viewer.sender_id)
    return where


async def lock(viewer: Viewer, ids: Sequence[int], *, field: str = "id") -> list[Lead]:
    """Leads that the caller may see, locked, in the order of their ids. Raises NOT_FOUND where one is missing."""
    where = seen_by(viewer)
    where.add("lead.id = ANY({}::bigint[])", list(ids))
    rows = await connect.rows(f"SELECT * FROM lead WHERE {where.sql} ORDER BY id FOR UPDATE", *where.values)
    if len(rows) < len(set(ids)):
        raise not_found("lead", field=field)
    return [as_row(Lead, row) for row in rows]


@allow()
async def get(viewer: Viewer, id: int) -> Lead:
    [found] = await by_ids(viewer, [id])
    if found is None or found.deleted_at is not None:
        raise not_found("lead")
    return found


@allow()
async def by_ids(viewer: Viewer, ids: list[int]) -> list[Lead | None]:
    """Leads that events and activities name, deleted ones too."""
    where = seen_by(viewer, deleted=True)
    where.add("lead.id = ANY({}::bigint[])", ids)
    rows = await connect.rows(f"SELECT * FROM lead WHERE {where.sql}", *where.values)
    found = {row["id"]: as_row(Lead, row) for row in rows}
    return [found.get(id) for id in ids]


@allow()
async def find(
    viewer: Viewer,
    *,
    search: str | None = None,
    status: Sequence[LeadStatus] | None = None,
    priority: Sequence[Priority] | None = None,
    source: Sequence[str] | None = None,
    assignment: Assignment | None = None,
    assigned_to_id: int | None = None,
    contact_id: int | None = None,
    campaign_id: int | None = None,
    overdue: bool | None = None,
    min_score: int | None = None,
    created_from: datetime | None = None,
    created_before: datetime | None = None,
    order: LeadOrder = LeadOrder.CREATED_AT,
    descending: bool = True,
    page: PageRequest,
) -> Page[Lead]:
    """Leads that match. Raises VALIDATION_ERROR for a score beyond 0 to 100."""
    where = seen_by(viewer)
    if pattern := contains(search):
        where.add(
            "lead.title ILIKE {} OR lead.description ILIKE {} OR EXISTS (SELECT FROM contact c"
            " WHERE c.id = lead.contact_id AND (c.name ILIKE {} OR c.company ILIKE {}))",
            *[pattern] * 4,
        )
    for column, wanted in (("status", status), ("source", source)):
        if wanted is not None:
            where.add(f"lead.{column} = ANY({{}}::text[])", list(wanted))
    if priority is not None:
        where.add("lead.priority = ANY({}::smallint[])", [int(each) for each in priority])
    if assignment is not None:
        assigned(where, "lead.assigned_to_id", assignment, viewer)
    for column, id in (("assigned_to_id", assigned_to_id), ("contact_id", contact_id), ("campaign_id", campaign_id)):
        if id is not None:
            where.add(f"lead.{column} = {{}}", id)
    if overdue is not None:
        where.add(f"({OVERDUE}) = {{}}", overdue)
    if min_score is not None:
        where.add("lead.score >= {}", percent(min_score, "minScore"))
    if created_from is not None:
        where.add("lead.created_at >= {}", created_from)
    if created_before is not None:
        where.add("lead.created_at < {}", created_before)
    return await fetch_page(Lead, where, replace(_ORDERS[order], descending=descending), page)


@allow()
async def pages_of_contacts(viewer: Viewer, contact_ids: list[int], page: PageRequest) -> dict[int, Page[Lead]]:
    """Leads of each contact, newest first."""
    order = replace(_ORDERS[LeadOrder.CREATED_AT], descending=True)
    return await fetch_pages(Lead, Parents("lead.contact_id"), contact_ids, seen_by(viewer), order, page)


@allow()
async def get_activity(viewer: Viewer, id: int) -> LeadActivity:
    [found] = await activities_by_ids(viewer, [id])
    if found is None:
        raise not_found("activity")
    return found


@allow()
async def activities_by_ids(viewer: Viewer, ids: list[int]) -> list[LeadActivity | None]:
    """Activities of leads that are there."""
    where = seen_by(viewer)
    where.add("lead_activity.id = ANY({}::bigint[])", ids)
    rows = await connect.rows(
        f"SELECT lead_activity.* FROM lead_activity JOIN lead ON lead.id = lead_activity.lead_id WHERE {where.sql}",
        *where.values,
    )
    found = {row["id"]: as_row(LeadActivity, row) for row in rows}
    return [found.get(id) for id in ids]


@allow()
async def pages_of_activities(viewer: Viewer, lead_ids: list[int], page: PageRequest) -> dict[int, Page[LeadActivity]]:
    """What happened to each lead that the caller holds already, newest first."""
    order = Order("lead_activity.created_at", "timestamptz", descending=True)
    return await fetch_pages(LeadActivity, Parents("lead_activity.lead_id"), lead_ids, Where(), order, page)


def percent(value: int, field: str) -> int:
    """Raises VALIDATION_ERROR for what is not 0 to 100."""
    if not 0 <= value <= 100:
        raise Refusal(ErrorCode.VALIDATION_ERROR, "0 to 100 is allowed.", field=field, reason="out_of_range")
    return value
