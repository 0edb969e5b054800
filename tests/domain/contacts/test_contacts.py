"""Contacts: their rules, and that a refusal changes nothing."""

import asyncio
from typing import Any

import pytest

from db.accounts import Role, Scope
from db.contacts import Contact, ContactIdentity, ContactIdentityType, ContactPhone, OptInStatus
from db.core import connect
from db.groups import Group, GroupMember
from db.messages import Message, MessageState
from db.templates import TemplateCategory
from domain import contacts, groups
from domain.core.access import SYSTEM, Viewer
from domain.core.errors import ErrorCode
from tests import factories
from tests.callers import check_callers, only, refused, token
from tests.domain.contacts.surroundings import message, updates_of
from tests.factories import phone, unique

WRITERS = {Role.ADMIN, Role.MARKETER, Role.SALES}


async def counts() -> tuple[int, int, int]:
    return await Contact.all().count(), await ContactPhone.all().count(), await GroupMember.all().count()


async def test_create_with_everything() -> None:
    group, number = await factories.group(), phone()
    actor = await factories.user()
    contact = await contacts.create(
        Viewer(user_id=actor.id, role=Role.SALES),
        name=" Ana Luz ",
        first_name="Ana",
        last_name=" ",
        email="ana@example.com",
        company="Acme",
        job_title="CEO",
        phone_number=number.replace("+", "00 ").replace("119", "(119) "),
        opt_in_status=OptInStatus.OPTED_IN,
        group_ids=[group.id, group.id],
    )
    stored = await Contact.get(id=contact.id)
    assert (stored.name, stored.first_name, stored.last_name) == ("Ana Luz", "Ana", None)
    assert (stored.email, stored.company, stored.job_title) == ("ana@example.com", "Acme", "CEO")
    assert (stored.opt_in_status, stored.opt_in_changed_at) == (OptInStatus.OPTED_IN, stored.created_at)
    [[only_phone]] = await contacts.phones_of(SYSTEM, [contact.id])
    assert (only_phone.phone_number, only_phone.primary) == (number, True)
    assert [row.id for row in (await groups.of_contacts(SYSTEM, [contact.id]))[0]] == [group.id]
    assert (await Group.get(id=group.id)).updated_at > group.updated_at
    assert await updates_of(contact.id) == [actor.id]


async def test_the_name_is_made_of_first_and_last_name() -> None:
    for given, name in (
        ({"first_name": "Ana", "last_name": "Luz"}, "Ana Luz"),
        ({"last_name": "Luz"}, "Luz"),
        ({"first_name": "F" * 100, "last_name": "L" * 100}, "F" * 100 + " " + "L" * 100),
        ({"name": None, "first_name": "Ana"}, "Ana"),
    ):
        contact = await contacts.create(SYSTEM, **given)  # pyright: ignore[reportArgumentType]
        assert (contact.name, contact.opt_in_status, contact.opt_in_changed_at) == (name, OptInStatus.UNKNOWN, None)


@pytest.mark.parametrize(
    ("given", "code", "field", "reason"),
    [
        ({"name": None}, ErrorCode.VALIDATION_ERROR, "name", "required"),
        ({"name": " "}, ErrorCode.VALIDATION_ERROR, "name", "required"),
        ({"name": "x" * 101}, ErrorCode.VALIDATION_ERROR, "name", "too_long"),
        ({"name": "a\0"}, ErrorCode.VALIDATION_ERROR, "name", "invalid_characters"),
        ({"first_name": "x" * 101}, ErrorCode.VALIDATION_ERROR, "firstName", "too_long"),
        ({"last_name": "x" * 101}, ErrorCode.VALIDATION_ERROR, "lastName", "too_long"),
        ({"email": "nobody"}, ErrorCode.VALIDATION_ERROR, "email", "invalid_format"),
        ({"company": "x" * 256}, ErrorCode.VALIDATION_ERROR, "company", "too_long"),
        ({"job_title": "x" * 256}, ErrorCode.VALIDATION_ERROR, "jobTitle", "too_long"),
        ({"phone_number": "0123"}, ErrorCode.INVALID_PHONE_NUMBER, "phoneNumber", "no_country_code"),
        ({"phone_number": ""}, ErrorCode.INVALID_PHONE_NUMBER, "phoneNumber", "invalid_format"),
        ({"group_ids": list(range(1, 102))}, ErrorCode.VALIDATION_ERROR, "groupIds", "too_many"),
        ({"group_ids": [2**40]}, ErrorCode.NOT_FOUND, "groupIds", None),
    ],
)
async def test_what_is_wrong_is_told_by_field_and_nothing_is_created(
    given: dict[str, Any], code: ErrorCode, field: str, reason: str
) -> None:
    before = await counts()
    values = {"name": "Ana", "phone_number": phone(), **given}
    assert await only(contacts.create(SYSTEM, **values)) == (code, field, reason)
    assert await counts() == before


async def test_each_field_at_fault_has_its_own_error() -> None:
    found = await refused(contacts.create(SYSTEM, email="x", phone_number="x", company="x" * 256))
    assert {field for _, field, _ in found} == {"name", "email", "phoneNumber", "company"}


async def test_a_number_belongs_to_one_contact_however_many_try() -> None:
    number = phone()
    outcomes = await asyncio.gather(
        *(contacts.create(SYSTEM, name=f"N{n}", phone_number=number) for n in range(8)), return_exceptions=True
    )
    assert sum(isinstance(outcome, Contact) for outcome in outcomes) == 1
    before = await counts()
    doing = contacts.create(SYSTEM, name="Other", phone_number=number)
    assert await only(doing) == (ErrorCode.DUPLICATE_RESOURCE, "phoneNumber", "already_exists")
    assert await counts() == before


async def test_update_is_partial_and_null_clears() -> None:
    contact = await factories.contact(name="Ana", email="a@b.co", company="Acme", job_title="CEO")
    changed = await contacts.update(SYSTEM, contact.id, company="New", email=None)
    assert (changed.name, changed.email, changed.company, changed.job_title) == ("Ana", None, "New", "CEO")
    assert changed.updated_at > contact.updated_at
    assert len(await updates_of(contact.id)) == 2
    for given, field, reason in (
        ({"name": None}, "name", "required"),
        ({"name": ""}, "name", "required"),
        ({"name": "x" * 101}, "name", "too_long"),
        ({"email": "x"}, "email", "invalid_format"),
        ({"group_ids": [2**40]}, "groupIds", None),
    ):
        assert (await only(contacts.update(SYSTEM, contact.id, company="Lost", **given)))[1:] == (field, reason)  # pyright: ignore[reportArgumentType]
    assert (await Contact.get(id=contact.id)).company == "New"
    assert (await only(contacts.update(SYSTEM, 2**40, name="x"))) == (ErrorCode.NOT_FOUND, "id", None)


async def test_a_name_that_was_made_moves_with_its_parts() -> None:
    contact = await contacts.create(SYSTEM, first_name="Ana", last_name="Luz")
    assert (await contacts.update(SYSTEM, contact.id, last_name="Paz")).name == "Ana Paz"
    assert (await contacts.update(SYSTEM, contact.id, first_name=None, last_name=None)).name == "Ana Paz"
    assert (await contacts.update(SYSTEM, contact.id, name="Anita", first_name="Ana")).name == "Anita"
    assert (await contacts.update(SYSTEM, contact.id, last_name="Sol")).name == "Anita"
    assert (await contacts.update(SYSTEM, contact.id, name=None)).name == "Ana Sol"


async def test_group_ids_replace_all_memberships() -> None:
    old, kept, new = [await factories.group() for _ in range(3)]
    contact = await factories.contact(group_ids=[old.id, kept.id])
    before = {group.id: group.updated_at for group in await Group.filter(id__in=[old.id, kept.id, new.id])}
    await contacts.update(SYSTEM, contact.id, group_ids=[kept.id, new.id])
    assert {row.group_id for row in await GroupMember.filter(contact_id=contact.id)} == {kept.id, new.id}
    moved = {group.id for group in await Group.filter(id__in=before) if group.updated_at > before[group.id]}
    assert moved == {old.id, new.id}
    await contacts.update(SYSTEM, contact.id, company="Acme")
    assert await GroupMember.filter(contact_id=contact.id).count() == 2
    assert await only(contacts.update(SYSTEM, contact.id, group_ids=[old.id, 2**40])) == (
        ErrorCode.NOT_FOUND,
        "groupIds",
        None,
    )
    assert {row.group_id for row in await GroupMember.filter(contact_id=contact.id)} == {kept.id, new.id}
    await contacts.update(SYSTEM, contact.id, group_ids=None)
    assert not await GroupMember.filter(contact_id=contact.id).exists()


async def test_delete_frees_numbers_leaves_groups_and_cancels_what_waits() -> None:
    number = phone()
    contact, sender = await factories.contact(phone_number=number), await factories.sender()
    group = await factories.group(contact)
    await ContactIdentity.create(contact_id=contact.id, type=ContactIdentityType.BSUID, value=unique())
    queued = await message(contact, sender, MessageState.QUEUED, TemplateCategory.UTILITY)
    claimed = await message(contact, sender, MessageState.CLAIMED)
    sent = await message(contact, sender, MessageState.SENT)
    assert await contacts.delete(SYSTEM, contact.id) == contact.id
    assert await only(contacts.get(SYSTEM, contact.id)) == (ErrorCode.NOT_FOUND, "id", None)
    assert await only(contacts.delete(SYSTEM, contact.id)) == (ErrorCode.NOT_FOUND, "id", None)
    [named], [gone] = await contacts.by_ids(SYSTEM, [contact.id]), await contacts.present(SYSTEM, [contact.id])
    assert (named and named.name, gone) == ("Rita", None)
    assert await contacts.identities_of(SYSTEM, [contact.id]) == [[]]
    assert await groups.contact_counts(SYSTEM, [group.id]) == [0]
    assert (await Group.get(id=group.id)).updated_at > group.updated_at
    for row in (queued, claimed):
        after = await Message.get(id=row.id)
        assert (after.state, after.due_at, after.lease_until) == (MessageState.CANCELLED, None, None)
        assert after.error_code == ErrorCode.NOT_FOUND
    assert (await Message.get(id=sent.id)).state is MessageState.SENT
    told = "SELECT message_id FROM event WHERE type = 'MESSAGE_CANCELLED' AND contact_id = $1 ORDER BY message_id"
    assert [row["message_id"] for row in await connect.rows(told, contact.id)] == [queued.id, claimed.id]
    assert len(await updates_of(contact.id)) == 2
    assert (await factories.contact(phone_number=number)).id != contact.id


async def test_opt_out_cancels_marketing_that_waits_and_repeating_changes_nothing() -> None:
    contact, sender = await factories.contact(), await factories.sender()
    marketing = await message(contact, sender, MessageState.QUEUED)
    utility = await message(contact, sender, MessageState.QUEUED, TemplateCategory.UTILITY)
    leaving = await message(contact, sender, MessageState.IN_FLIGHT)
    out = await contacts.opt_out(SYSTEM, contact.id)
    assert (out.opt_in_status, out.opt_in_changed_at) == (OptInStatus.OPTED_OUT, out.updated_at)
    cancelled = await Message.get(id=marketing.id)
    assert (cancelled.state, cancelled.error_code) == (MessageState.CANCELLED, ErrorCode.OPTED_OUT)
    assert (await Message.get(id=utility.id)).state is MessageState.QUEUED
    assert (await Message.get(id=leaving.id)).state is MessageState.IN_FLIGHT
    again = await contacts.opt_out(SYSTEM, contact.id)
    assert (again.opt_in_changed_at, again.updated_at) == (out.opt_in_changed_at, out.updated_at)
    back = await contacts.opt_in(SYSTEM, contact.id)
    assert (back.opt_in_status, back.opt_in_changed_at) == (OptInStatus.OPTED_IN, back.updated_at)
    assert (await contacts.opt_in(SYSTEM, contact.id)).updated_at == back.updated_at
    assert len(await updates_of(contact.id)) == 3
    assert (await Message.get(id=marketing.id)).state is MessageState.CANCELLED


async def test_every_kind_of_caller() -> None:
    here = 2**40
    await check_callers(lambda v: contacts.get(v, here), set(Role), Scope.READ)
    await check_callers(lambda v: contacts.create(v), WRITERS, Scope.CONTACTS)
    await check_callers(lambda v: contacts.update(v, here), WRITERS, Scope.CONTACTS)
    await check_callers(lambda v: contacts.delete(v, here), {Role.ADMIN, Role.MARKETER}, Scope.CONTACTS)
    await check_callers(lambda v: contacts.opt_in(v, here), WRITERS, Scope.CONTACTS)
    await check_callers(lambda v: contacts.opt_out(v, here), WRITERS, Scope.CONTACTS)
    await check_callers(lambda v: contacts.create_phone(v, here, phone_number=phone()), WRITERS, Scope.CONTACTS)
    await check_callers(lambda v: contacts.update_phone(v, here), WRITERS, Scope.CONTACTS)
    await check_callers(lambda v: contacts.delete_phone(v, here), WRITERS, Scope.CONTACTS)
    await check_callers(lambda v: contacts.set_primary(v, here), WRITERS, Scope.CONTACTS)


async def test_a_token_bound_to_a_sender_changes_whom_it_has_written_to_and_no_one_else() -> None:
    mine, other, sender = await factories.contact(), await factories.contact(), await factories.sender()
    await message(mine, sender, MessageState.SENT)
    bound = token(*Scope, sender_id=sender.id)
    assert (await contacts.update(bound, mine.id, company="Acme")).company == "Acme"
    hidden = (ErrorCode.NOT_FOUND, "id", None)
    [[number]] = await contacts.phones_of(SYSTEM, [other.id])
    for doing in (
        contacts.get(bound, other.id),
        contacts.update(bound, other.id, company="Acme"),
        contacts.opt_out(bound, other.id),
        contacts.get_phone(bound, number.id),
        contacts.set_primary(bound, number.id),
    ):
        assert await only(doing) == hidden
    for doing in (
        contacts.create(bound, name="New"),
        contacts.update(bound, mine.id, group_ids=[]),
        contacts.delete(bound, mine.id),
        contacts.delete(bound, other.id),
        contacts.create_phone(bound, mine.id, phone_number=number.phone_number),
        contacts.update_phone(bound, number.id, phone_number=number.phone_number),
        contacts.delete_phone(bound, number.id),
    ):
        assert (await only(doing))[0] is ErrorCode.AUTHORIZATION_ERROR
    untouched = await Contact.get(id=other.id)
    assert (untouched.updated_at, untouched.deleted_at) == (other.updated_at, None)
    assert (await Contact.get(id=mine.id)).deleted_at is None
