"""Creating, changing and deleting contacts, and what they agree to."""

from collections.abc import Sequence
from datetime import datetime, timedelta
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
    add_contacts,
    lock_same,
)
from db.core.transaction import transaction
from db.events import EventType, record
from db.memberships import join, leave_all, replace_groups
from db.messages.dispatch import cancel_queued
from db.templates import TemplateCategory
from domain.contacts.details import ContactDetails, check_details, check_groups, full_name, renamed
from domain.contacts.reading import visible
from domain.core.access import Viewer, allow
from domain.core.bounds import unbound
from domain.core.errors import Checks, ErrorCode, not_found
from domain.core.phone import parse_phone
from domain.core.unique import unique

_TOLD_IN = timedelta(seconds=1)
"""WhatsApp tells times in whole seconds."""
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
                [ContactValues(**details, opt_in_status=opt_in_status, phone_number=phone_number)]
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


@allow(Role.ADMIN, Role.MARKETER, Role.SALES, scope=Scope.CONTACTS)
async def opt_in(viewer: Viewer, id: int, *, at: datetime | None = None) -> Contact:
    """Records that a contact agrees to marketing messages; to repeat it changes nothing.

    `at` is when they said so, where that is not now: what they have said since then holds.
    """
    async with transaction():
        return await _consent(viewer, await lock(viewer, id), OptInStatus.OPTED_IN, at)


@allow(Role.ADMIN, Role.MARKETER, Role.SALES, scope=Scope.CONTACTS)
async def opt_out(viewer: Viewer, id: int, *, at: datetime | None = None) -> Contact:
    """Records that a contact declines them, and cancels those that wait; to repeat it changes nothing.

    It holds for all who seem to be the same person, except those who have agreed since `at`.
    """
    async with transaction():
        await visible(viewer, id)
        people = {contact.id: contact for contact in await Contact.filter(id__in=await lock_same([id])).order_by("id")}
        if id not in people:
            raise not_found("contact")
        found = await _consent(viewer, people.pop(id), OptInStatus.OPTED_OUT, at)
        if found.opt_in_status is OptInStatus.OPTED_OUT:
            others = [await _consent(viewer, contact, OptInStatus.OPTED_OUT, at) for contact in people.values()]
            declined = [contact.id for contact in others if contact.opt_in_status is OptInStatus.OPTED_OUT]
            await cancel_marketing([id, *declined], actor_id=viewer.user_id)
        return found


async def cancel_marketing(contact_ids: Sequence[int], *, actor_id: int | None) -> None:
    """Cancels what waits to be sent to contacts that have just declined it."""
    await cancel_queued(
        contact_ids,
        purpose=TemplateCategory.MARKETING,
        reason_code=ErrorCode.OPTED_OUT,
        reason="The contact opted out of marketing messages.",
        actor_id=actor_id,
    )


async def _consent(viewer: Viewer, contact: Contact, status: OptInStatus, at: datetime | None) -> Contact:
    """Writes what a contact, whose row is locked, agrees to."""
    changed_at = contact.opt_in_changed_at
    if contact.opt_in_status is status:
        if at and changed_at and changed_at < at:
            # What was said in between, and is heard of later, must not undo it.
            await Contact.filter(id=contact.id).update(opt_in_changed_at=at)
        return contact
    if at and changed_at and changed_at >= at + _TOLD_IN:
        return contact
    if at and changed_at == at and status is OptInStatus.OPTED_IN:
        # Of what was told of one second the stricter holds, in whatever order it comes, and however often.
        return contact
    now = RawSQL("now()")
    await Contact.filter(id=contact.id).update(opt_in_status=status, opt_in_changed_at=at or now, updated_at=now)
    changed(contact.id, actor_id=viewer.user_id)
    return await Contact.get(id=contact.id)
