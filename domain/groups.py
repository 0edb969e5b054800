"""Groups: named sets of contacts. A token bound to a sender sees those that its schedules and campaigns name."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, TypedDict, Unpack

from tortoise.expressions import RawSQL

from db import campaigns, schedules
from db.accounts import Role, Scope
from db.contacts import Contact
from db.core import connect
from db.core.paging import Order, Page, PageRequest, Parents, Where, fetch_page, fetch_pages
from db.core.transaction import transaction
from db.groups import USED_BY, Group, GroupMember
from db.memberships import lock_groups, replace_members
from db.schedules import ScheduleCounts
from domain import audit
from domain.contacts import present, seen_by
from domain.core.access import Viewer, allow
from domain.core.errors import Checks, ErrorCode, Refusal, not_found, optional_text, text
from domain.core.search import contains
from domain.core.unique import unique

MOST_MEMBERS = 10_000
MOST_LISTED = 25
"""Groups that are listed with a contact."""
_NAME_UNIQUE = "contact_group_name"
_NAME_TAKEN = "Another group has this name."


class GroupOrder(StrEnum):
    CREATED_AT = "CREATED_AT"
    UPDATED_AT = "UPDATED_AT"
    NAME = "NAME"


class GroupChanges(TypedDict, total=False):
    """What is left out stays; None clears the description, and takes all members out."""

    name: str | None
    description: str | None
    contact_ids: Sequence[int] | None


# ---------------------------------------------------------------------------
# Reading
# ---------------------------------------------------------------------------


def _visible(viewer: Viewer) -> Where:
    where = Where(["contact_group.deleted_at IS NULL"])
    if viewer.sender_id is not None:
        where.add(f"EXISTS ({USED_BY.format(group='contact_group.id', sender=where.place(viewer.sender_id))})")
    return where


async def visible(viewer: Viewer, id: int, *, field: str = "id") -> Group:
    """A group that the caller may see. Raises NOT_FOUND."""
    group = await Group.get_or_none(id=id, deleted_at=None)
    if group is None or id not in await _seen(viewer, [id]):
        raise not_found("group", field=field)
    return group


@allow()
async def get(viewer: Viewer, id: int) -> Group:
    return await visible(viewer, id)


@allow()
async def by_ids(viewer: Viewer, ids: list[int]) -> list[Group | None]:
    """Groups that schedules name, deleted ones too."""
    seen = await _seen(viewer, ids)
    found = {group.id: group for group in await Group.filter(id__in=ids)}
    return [found.get(id) if id in seen else None for id in ids]


@allow()
async def find(
    viewer: Viewer,
    *,
    search: str | None = None,
    contact_id: int | None = None,
    order: GroupOrder = GroupOrder.CREATED_AT,
    descending: bool = True,
    page: PageRequest,
) -> Page[Group]:
    """Groups that match; none where the contact is hidden from the caller."""
    where = _visible(viewer)
    if contact_id is not None:
        [contact] = await present(viewer, [contact_id])
        known = None if contact is None else contact.id
        where.add("contact_group.id IN (SELECT group_id FROM group_member WHERE contact_id = {})", known)
    if pattern := contains(search):
        where.add("contact_group.name ILIKE {} OR contact_group.description ILIKE {}", pattern, pattern)
    return await fetch_page(Group, where, _order(order, descending), page)


@allow()
async def of_contacts(viewer: Viewer, contact_ids: list[int]) -> list[list[Group]]:
    """The first groups of each contact, by name."""
    parents = Parents("group_member.contact_id", "JOIN group_member ON group_member.group_id = contact_group.id")
    order, page = _order(GroupOrder.NAME, descending=False), PageRequest(first=MOST_LISTED)
    pages = await fetch_pages(Group, parents, contact_ids, _visible(viewer), order, page)
    return [pages[id].rows for id in contact_ids]


@allow()
async def pages_of_contacts(viewer: Viewer, group_ids: list[int], page: PageRequest) -> dict[int, Page[Contact]]:
    """The contacts of each group that the caller may see, the latest created first."""
    where = Where()
    seen_by(viewer, where)
    parents = Parents("group_member.group_id", "JOIN group_member ON group_member.contact_id = contact.id")
    return await fetch_pages(Contact, parents, group_ids, where, Order("contact.created_at", "timestamptz", True), page)


@allow()
async def contact_counts(viewer: Viewer, group_ids: list[int]) -> list[int]:
    """How many contacts each group has that the caller may see."""
    where = Where()
    where.add("group_member.group_id = ANY({}::bigint[])", group_ids)
    seen_by(viewer, where)
    counted = await connect.rows(
        "SELECT group_id, count(*) AS count FROM group_member JOIN contact ON contact.id = group_member.contact_id "
        f"WHERE {where.sql} GROUP BY group_id",
        *where.values,
    )
    found = {row["group_id"]: row["count"] for row in counted}
    return [found.get(id, 0) for id in group_ids]


@allow()
async def schedule_counts(viewer: Viewer, group_ids: list[int]) -> list[ScheduleCounts]:
    """The schedules for each group; those of the own sender alone for a token that is bound to one."""
    return await schedules.counts("group_id", group_ids, sender_id=viewer.sender_id)


async def _seen(viewer: Viewer, ids: list[int]) -> set[int]:
    if viewer.sender_id is None:
        return set(ids)
    used = USED_BY.format(group="asked.id", sender="$2")
    found = await connect.rows(
        f"SELECT id FROM unnest($1::bigint[]) AS asked(id) WHERE EXISTS ({used})", ids, viewer.sender_id
    )
    return {row["id"] for row in found}


def _order(order: GroupOrder, descending: bool) -> Order:
    match order:
        case GroupOrder.CREATED_AT:
            return Order("contact_group.created_at", "timestamptz", descending)
        case GroupOrder.UPDATED_AT:
            return Order("contact_group.updated_at", "timestamptz", descending)
        case GroupOrder.NAME:
            return Order("lower(contact_group.name)", "text", descending)


# ---------------------------------------------------------------------------
# Writing
# ---------------------------------------------------------------------------


@allow(Role.ADMIN, Role.MARKETER, scope=Scope.CONTACTS, bound=False)
async def create(
    viewer: Viewer, *, name: str, description: str | None = None, contact_ids: Sequence[int] | None = None
) -> Group:
    values = _checked({"name": name, "description": description, "contact_ids": contact_ids})
    async with transaction():
        await _lock_contacts(contact_ids or ())
        with unique(_NAME_UNIQUE, _NAME_TAKEN, field="name"):
            group = await Group.create(**values)
        await replace_members(group.id, contact_ids or ())
        return await Group.get(id=group.id)


@allow(Role.ADMIN, Role.MARKETER, scope=Scope.CONTACTS, bound=False)
async def update(viewer: Viewer, id: int, **changes: Unpack[GroupChanges]) -> Group:
    """contact_ids, when given, replaces all members, all or nothing."""
    values = _checked(changes)
    async with transaction():
        await _lock_contacts(changes.get("contact_ids") or ())
        if not await lock_groups([id]):
            raise not_found("group")
        if values:
            with unique(_NAME_UNIQUE, _NAME_TAKEN, field="name"):
                await Group.filter(id=id).update(**values, updated_at=RawSQL("now()"))
        if "contact_ids" in changes:
            await replace_members(id, changes["contact_ids"] or ())
        return await Group.get(id=id)


@allow(Role.ADMIN, Role.MARKETER, scope=Scope.CONTACTS, bound=False)
async def delete(viewer: Viewer, id: int) -> int:
    """Hides a group for good and lets its contacts go; refused while anything is still to be sent to it."""
    async with transaction():
        # Whoever schedules for the group holds its row FOR SHARE, so none comes in between.
        if await Group.filter(id=id, deleted_at=None).select_for_update().first() is None:
            raise not_found("group")
        if await schedules.needed("group_id", id) or await campaigns.needed("group_ids", id):
            words = "A schedule or campaign is still to be sent to this group."
            raise Refusal(ErrorCode.INVALID_STATE, words, field="id", reason="in_use")
        await Group.filter(id=id).update(deleted_at=RawSQL("now()"), updated_at=RawSQL("now()"))
        await GroupMember.filter(group_id=id).delete()
        await audit.note(viewer, "deleteGroup", subject=("Group", id))
    return id


def _checked(given: GroupChanges) -> dict[str, Any]:
    """What is written to the group's own row."""
    values: dict[str, Any] = {}
    check = Checks()
    with check():
        if "name" in given:
            values["name"] = text(given["name"] or "", "name", most=100)
    with check():
        if "description" in given:
            values["description"] = optional_text(given["description"], "description", most=500)
    with check():
        if len(set(given.get("contact_ids") or ())) > MOST_MEMBERS:
            raise Refusal(
                ErrorCode.VALIDATION_ERROR,
                f"These are more than {MOST_MEMBERS} contacts; import them instead.",
                field="contactIds",
                reason="too_many",
            )
    check.done()
    return values


async def _lock_contacts(ids: Sequence[int]) -> None:
    """Keeps contacts from being deleted until they are members. Raises NOT_FOUND when one is gone."""
    found = await connect.rows(
        "SELECT id FROM contact WHERE id = ANY($1::bigint[]) AND deleted_at IS NULL ORDER BY id FOR KEY SHARE",
        list(ids),
    )
    if len(found) < len(set(ids)):
        raise not_found("contact", field="contactIds")
