"""Creating, changing and deleting contacts."""

from collections.abc import Sequence
from typing import Any, Unpack

from tortoise.expressions import Q, RawSQL

from db.accounts import Role, Scope
from db.contacts import (
    PHONE_UNIQUE,
    ConsentSource,
    Contact,
    ContactDuplicate,
    ContactIdentity,
    ContactPhone,
    ContactValues,
    OptInStatus,
    add_contacts,
)
from db.core.transaction import transaction
from db.events import EventType, record
from db.memberships import join, leave_all, replace_groups
from db.messages.dispatch import cancel_queued
from domain.contacts.details import ContactDetails, check_details, check_groups, full_name, renamed
from domain.contacts.reading import visible
from domain.core.access import Viewer, allow
from domain.core.bounds import unbound
from domain.core.errors import Checks, ErrorCode, not_found
from domain.core.phone import parse_phone
from domain.core.unique import unique

NUMBER_TAKEN = "A contact has this number already."


class ContactChanges(ContactDetails, total=False):
    """What is left out stays; None clears."""

    group_ids: Sequence[int] | None


def changed(contact_id: int, *, actor_id: int | None) -> None:
    """Records that a contact was made, or something of it changed."""
    record(EventType.CONTACT_UPDATED, "Contact", contact_id, actor_id=actor_id, contact_id=contact_id)


async def lock(viewer: Viewer, id: int, *, field: str = "id") -> Contact:
    """A contact that the caller may see, locked until the transaction ends, so that changes come one after another."""
    await visible(viewer, id, field=field)
    contact = await Contact.filter(id=id, deleted_at=None).select_for_update(no_key=True).first()
    if contact is None:
        raise not_found("contact", field=field)
    return contact


@allow(Role.ADMIN, Role.MARKETER, Role.SALES, scope=Scope.CONTACTS)
async def create(
    viewer: Viewer,
    *,
    phone_number: str | None = None,
    opt_in_status: OptInStatus = OptInStatus.UNKNOWN,
    group_ids: Sequence[int] | None = None,
    **given: Unpack[ContactDetails],
) -> Contact:
    """A contact needs a name, or a first or last one; its number is the primary one."""
    unbound(viewer)
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
            [id] = await add_contacts(
                [ContactValues(**details, opt_in_status=opt_in_status, phone_number=phone_number)],
                ConsentSource.API,
                viewer.user_id,
            )
        if await join((group, id) for group in group_ids or ()):
            raise not_found("group", field="groupIds")
        changed(id, actor_id=viewer.user_id)
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
        values: dict[str, Any] = {**renamed(await lock(viewer, id), details)}
        await Contact.filter(id=id).update(**values, updated_at=RawSQL("now()"))
        if "group_ids" in changes and await replace_groups(id, group_ids):
            raise not_found("group", field="groupIds")
        changed(id, actor_id=viewer.user_id)
        return await Contact.get(id=id)


@allow(Role.ADMIN, Role.MARKETER, scope=Scope.CONTACTS)
async def delete(viewer: Viewer, id: int) -> int:
    """Hides a contact for good and frees its numbers; what waits to be sent to it is cancelled."""
    unbound(viewer)
    async with transaction():
        await visible(viewer, id)
        # The strong lock holds off those who are adding it to a group just now, and would not see that it went.
        if await Contact.filter(id=id, deleted_at=None).select_for_update().first() is None:
            raise not_found("contact")
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
        changed(id, actor_id=viewer.user_id)
    return id
