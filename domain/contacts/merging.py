"""Making one contact of two who are one person."""

from typing import Any

import orjson
from asyncpg import Record
from tortoise.expressions import RawSQL

from db.accounts import Role, Scope
from db.contacts import Contact, ContactPhone, consents
from db.contacts import merge as rows
from db.core.transaction import transaction
from db.events import EventType, record
from db.groups import GroupMember
from db.memberships import join, leave_all
from domain import audit
from domain.contacts.announce import changed
from domain.contacts.consents import spread
from domain.contacts.details import MOST_ATTRIBUTES, MOST_TAGS
from domain.contacts.phones import MOST_PHONES
from domain.contacts.writing import numbered
from domain.core.access import Viewer, allow
from domain.core.errors import Checks, ErrorCode, Refusal, not_found


@allow(Role.ADMIN, Role.MARKETER, scope=Scope.CONTACTS, bound=False)
async def merge(viewer: Viewer, id: int, duplicate_id: int) -> Contact:
    """Gives all that a duplicate has to a contact, which stays; to repeat it changes nothing.

    The contact's own values win where both have one, and the stricter consent of both holds.
    """
    if id == duplicate_id:
        raise Refusal(
            ErrorCode.VALIDATION_ERROR, "These are one contact already.", field="duplicateId", reason="same_contact"
        )
    async with transaction():
        found = await rows.lock_both(id, duplicate_id)
        stays, goes = found.get(id), found.get(duplicate_id)
        if stays and goes and goes["merged_into_id"] == id and stays["deleted_at"] is None:
            return await Contact.get(id=id)
        check = Checks()
        for one, field in ((stays, "id"), (goes, "duplicateId")):
            with check():
                if one is None or one["deleted_at"] is not None:
                    raise not_found("contact", field=field)
        check.done()
        assert stays is not None and goes is not None  # noqa: PT018 - for the types
        await _check_fits(stays, goes)
        await _join(viewer, stays, goes)
        await audit.note(viewer, "mergeContacts", {"duplicate": (duplicate_id, None)}, subject=("Contact", id))
        return await Contact.get(id=id)


async def _check_fits(stays: Record, goes: Record) -> None:
    values = _values(stays, goes)
    for what, count, most in (
        ("numbers", await ContactPhone.filter(contact_id__in=[stays["id"], goes["id"]]).count(), MOST_PHONES),
        ("labels", len(values["tags"]), MOST_TAGS),
        ("custom values", len(values["attributes"]), MOST_ATTRIBUTES),
    ):
        if count > most:
            words = f"Both have {count} {what} together; {most} are allowed."
            raise Refusal(ErrorCode.VALIDATION_ERROR, words, field="duplicateId", reason="too_many")


async def _join(viewer: Viewer, stays: Record, goes: Record) -> None:
    id, duplicate_id = stays["id"], goes["id"]
    groups = await GroupMember.filter(contact_id=duplicate_id).values_list("group_id", flat=True)
    await join((int(group), id) for group in groups)  # pyright: ignore[reportArgumentType] - Tortoise types rows here
    await leave_all(duplicate_id)
    called_off, conversations = await rows.move(id, duplicate_id)
    await Contact.filter(id=id).update(**_values(stays, goes), updated_at=RawSQL("now()"))
    await numbered(id)
    await consents.merge(id, duplicate_id)
    for moved in await rows.move_leads(id, duplicate_id, user_id=viewer.user_id):
        told = {"activity_id": moved["id"]}
        record(EventType.LEAD_UPDATED, "Lead", moved["lead_id"], actor_id=viewer.user_id, contact_id=id, data=told)
    for message in called_off:
        record(
            EventType.MESSAGE_CANCELLED,
            "Message",
            message["id"],
            actor_id=viewer.user_id,
            sender_id=message["sender_id"],
            contact_id=id,
            schedule_id=message["schedule_id"],
            message_id=message["id"],
        )
    for conversation in conversations:
        record(
            EventType.CONVERSATION_UPDATED,
            "Conversation",
            conversation["id"],
            actor_id=viewer.user_id,
            sender_id=conversation["sender_id"],
            contact_id=id,
        )
    changed(duplicate_id, actor_id=viewer.user_id)
    changed(id, actor_id=viewer.user_id)
    await spread([id], recorded_by_id=viewer.user_id)


def _values(stays: Record, goes: Record) -> dict[str, Any]:
    """What the contact lacks, the duplicate gives: first and last name together only, for they are one name."""
    values = {key: stays[key] or goes[key] for key in ("email", "company", "job_title")}
    if not stays["first_name"] and not stays["last_name"]:
        values |= {key: goes[key] for key in ("first_name", "last_name")}
    values["tags"] = sorted({*stays["tags"], *goes["tags"]})
    values["attributes"] = orjson.loads(goes["attributes"]) | orjson.loads(stays["attributes"])
    zoned = stays if goes["time_zone"] is None or (not stays["time_zone_inferred"] and stays["time_zone"]) else goes
    return values | {key: zoned[key] for key in ("time_zone", "time_zone_inferred")}
