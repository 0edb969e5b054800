"""Creating, changing and deleting contacts."""

from collections.abc import Sequence
from typing import Any, Unpack

from tortoise.expressions import Q, RawSQL

from db.accounts import Role, Scope
from db.contacts import (
    PHONE_UNIQUE,
    Contact,
    ContactDuplicate,
    ContactIdentity,
    ContactPhone,
    ContactValues,
    OptInStatus,
)
from db.contacts.zones import zone_of
from db.core import connect
from db.core.transaction import transaction
from db.memberships import join, leave_all, replace_groups
from db.messages.dispatch import cancel_queued
from domain import audit
from domain.contacts.adding import add
from domain.contacts.announce import changed
from domain.contacts.details import ContactDetails, check_details, check_groups, full_name, merged, renamed
from domain.contacts.reading import visible
from domain.contacts.suppression import suppress
from domain.core.access import Viewer, allow, unbound
from domain.core.errors import Checks, ErrorCode, not_found
from domain.core.phone import parse_phone
from domain.core.unique import unique

NUMBER_TAKEN = "A contact has this number already."

_NUMBERED = """
UPDATE contact
SET numbers = (SELECT string_agg(phone_number, ' ' ORDER BY id) FROM contact_phone WHERE contact_id = $1),
    time_zone = CASE WHEN time_zone IS NULL OR time_zone_inferred THEN $2 ELSE time_zone END,
    time_zone_inferred = (time_zone IS NULL OR time_zone_inferred) AND $2 IS NOT NULL, updated_at = now()
WHERE id = $1
"""


class ContactChanges(ContactDetails, total=False):
    """What is left out stays; None clears."""

    group_ids: Sequence[int] | None


async def lock(viewer: Viewer, id: int, *, field: str = "id") -> Contact:
    """A contact that the caller may see, locked until the transaction ends, so that changes come one after another."""
    await visible(viewer, id, field=field)
    contact = await Contact.filter(id=id, deleted_at=None).select_for_update(no_key=True).first()
    if contact is None:
        raise not_found("contact", field=field)
    return contact


@allow(Role.ADMIN, Role.MARKETER, Role.SALES, scope=Scope.CONTACTS, bound=False)
async def create(
    viewer: Viewer,
    *,
    phone_number: str | None = None,
    opt_in_status: OptInStatus = OptInStatus.UNKNOWN,
    group_ids: Sequence[int] | None = None,
    **given: Unpack[ContactDetails],
) -> Contact:
    """A contact needs a name, or a first or last one; its number is the primary one."""
    check = Checks()
    details = check_details(given, check)
    with check():
        if not {"name", "firstName", "lastName"} & {refusal.field for refusal in check.refusals}:
            details["name"] = full_name(details)
    with check():
        phone_number = parse_phone(phone_number, field="phoneNumber") if phone_number is not None else None
    with check():
        check_groups(group_ids or ())
    check.done()
    async with transaction():
        with unique(PHONE_UNIQUE, NUMBER_TAKEN, field="phoneNumber"):
            [id] = await add(
                [ContactValues(**details, opt_in_status=opt_in_status, phone_number=phone_number)],
                actor_id=viewer.user_id,
            )
        if await join((group, id) for group in group_ids or ()):
            raise not_found("group", field="groupIds")
        return await Contact.get(id=id)


@allow(Role.ADMIN, Role.MARKETER, Role.SALES, scope=Scope.CONTACTS)
async def update(viewer: Viewer, id: int, **changes: Unpack[ContactChanges]) -> Contact:
    check = Checks()
    details = check_details(changes, check)
    group_ids = changes.get("group_ids") or ()
    if "group_ids" in changes:
        unbound(viewer)
        with check():
            check_groups(group_ids)
    check.done()
    async with transaction():
        contact = await lock(viewer, id)
        values: dict[str, Any] = {**renamed(contact, details)}
        if "attributes" in details:
            values["attributes"] = merged(contact.attributes, details["attributes"])
        if "time_zone" in details and details["time_zone"] is None:
            values["time_zone"] = await _primary_zone(id)
        if "time_zone" in details:
            values["time_zone_inferred"] = details["time_zone"] is None and values["time_zone"] is not None
        await Contact.filter(id=id).update(**values, updated_at=RawSQL("now()"))
        if "group_ids" in changes and await replace_groups(id, group_ids):
            raise not_found("group", field="groupIds")
        changed(id, actor_id=viewer.user_id)
        return await Contact.get(id=id)


async def numbered(contact_id: int) -> None:
    """Writes what follows from the numbers of a contact, which have changed: what is searched, and an inferred zone."""
    await connect.execute(_NUMBERED, contact_id, await _primary_zone(contact_id))


async def _primary_zone(contact_id: int) -> str | None:
    primary = await ContactPhone.get_or_none(contact_id=contact_id, primary=True)
    return zone_of(primary and primary.phone_number)


@allow(Role.ADMIN, Role.MARKETER, scope=Scope.CONTACTS, bound=False)
async def delete(viewer: Viewer, id: int) -> int:
    """Hides a contact for good and frees its numbers, which stay opted out if it was; what waits is cancelled."""
    async with transaction():
        await visible(viewer, id)
        # The strong lock holds off those who are adding it to a group just now, and would not see that it went.
        contact = await Contact.filter(id=id, deleted_at=None).select_for_update().first()
        if contact is None:
            raise not_found("contact")
        await suppress(contact)
        await Contact.filter(id=id).update(deleted_at=RawSQL("now()"), updated_at=RawSQL("now()"))
        await ContactPhone.filter(contact_id=id).delete()
        await ContactIdentity.filter(contact_id=id).delete()
        await ContactDuplicate.filter(Q(contact_id=id) | Q(other_id=id)).delete()
        await leave_all(id)
        await cancel_queued(
            [id],
            purpose=None,
            reason_code=ErrorCode.NOT_FOUND,
            reason="The contact was deleted.",
            actor_id=viewer.user_id,
        )
        await audit.note(viewer, "deleteContact", subject=("Contact", id))
        changed(id, actor_id=viewer.user_id)
    return id
