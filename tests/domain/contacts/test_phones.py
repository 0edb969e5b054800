"""Phone numbers of contacts: one owner each, and exactly one primary, however many try at once."""

import asyncio

from db.contacts import Contact, ContactPhone
from db.core import connect
from domain import contacts
from domain.core.access import SYSTEM
from domain.core.errors import ErrorCode
from tests import factories
from tests.callers import only, refused
from tests.domain.contacts.surroundings import updates_of
from tests.factories import phone


async def numbers(contact: Contact) -> list[tuple[str, bool]]:
    """A contact's numbers, and which is primary."""
    [found] = await contacts.phones_of(SYSTEM, [contact.id])
    return [(row.phone_number, row.primary) for row in found]


async def test_the_first_number_becomes_primary_and_more_may_follow() -> None:
    contact, first, second = await contacts.create(SYSTEM, name="Ana"), phone(), phone()
    made = await contacts.create_phone(SYSTEM, contact.id, phone_number=f" {first[:6]}-{first[6:]} ", label=" work ")
    assert (made.phone_number, made.label, made.primary, made.on_whatsapp) == (first, "work", True, None)
    assert made.contact_id == contact.id
    other = await contacts.create_phone(SYSTEM, contact.id, phone_number=second)
    assert (other.primary, other.label) == (False, None)
    assert await numbers(contact) == [(first, True), (second, False)]
    assert (await Contact.get(id=contact.id)).updated_at > contact.updated_at
    assert len(await updates_of(contact.id)) == 3


async def test_what_is_wrong_with_a_number() -> None:
    contact, other = await factories.contact(), await factories.contact()
    [(taken, _)] = await numbers(other)
    duplicate = (ErrorCode.DUPLICATE_RESOURCE, "phoneNumber", "already_exists")
    before = await numbers(contact)
    doing = contacts.create_phone(SYSTEM, contact.id, phone_number="12", label="x" * 51)
    assert {(field, reason) for _, field, reason in await refused(doing)} == {
        ("phoneNumber", "invalid_length"),
        ("label", "too_long"),
    }
    nowhere = (ErrorCode.INVALID_PHONE_NUMBER, "phoneNumber", "invalid_country_code")
    assert await only(contacts.create_phone(SYSTEM, contact.id, phone_number="+999 123 4567")) == nowhere
    assert await only(contacts.create_phone(SYSTEM, contact.id, phone_number=taken)) == duplicate
    assert await only(contacts.create_phone(SYSTEM, contact.id, phone_number=before[0][0])) == duplicate
    missing = (ErrorCode.NOT_FOUND, "contactId", None)
    assert await only(contacts.create_phone(SYSTEM, 2**40, phone_number=phone())) == missing
    [[own]] = await contacts.phones_of(SYSTEM, [contact.id])
    assert await only(contacts.update_phone(SYSTEM, own.id, phone_number=taken, label="lost")) == duplicate
    assert (await only(contacts.update_phone(SYSTEM, own.id, phone_number=None)))[1] == "phoneNumber"
    assert (await ContactPhone.get(id=own.id)).label is None
    assert await numbers(contact) == before
    assert len(await updates_of(contact.id)) == 1


async def test_a_contact_has_at_most_twenty_numbers_however_many_come_at_once() -> None:
    contact = await factories.contact()
    room = contacts.MOST_PHONES - len(await numbers(contact))
    for _ in range(room - 1):
        await ContactPhone.create(contact_id=contact.id, phone_number=phone(), primary=False)
    adding = (contacts.create_phone(SYSTEM, contact.id, phone_number=phone()) for _ in range(4))
    outcomes = await asyncio.gather(*adding, return_exceptions=True)
    assert sum(isinstance(outcome, ContactPhone) for outcome in outcomes) == 1
    assert len(await numbers(contact)) == 20
    too_many = (ErrorCode.VALIDATION_ERROR, "contactId", "too_many")
    assert await only(contacts.create_phone(SYSTEM, contact.id, phone_number=phone())) == too_many


async def test_a_new_number_is_unverified_again() -> None:
    contact = await factories.contact()
    [[row]] = await contacts.phones_of(SYSTEM, [contact.id])
    await connect.execute("UPDATE contact_phone SET on_whatsapp = true, verified_at = now() WHERE id = $1", row.id)
    labelled = await contacts.update_phone(SYSTEM, row.id, label="home", phone_number=row.phone_number)
    assert (labelled.label, labelled.on_whatsapp) == ("home", True)
    number = phone()
    changed = await contacts.update_phone(SYSTEM, row.id, phone_number=number)
    assert (changed.phone_number, changed.label, changed.primary) == (number, "home", True)
    assert (changed.on_whatsapp, changed.verified_at) == (None, None)
    assert (await contacts.update_phone(SYSTEM, row.id, label=None)).label is None
    before = await updates_of(contact.id)
    assert (await contacts.update_phone(SYSTEM, row.id)).phone_number == number
    assert await updates_of(contact.id) == before


async def test_the_oldest_left_becomes_primary() -> None:
    contact, second, third = await factories.contact(), phone(), phone()
    [[first]] = await contacts.phones_of(SYSTEM, [contact.id])
    await contacts.create_phone(SYSTEM, contact.id, phone_number=second)
    last = await contacts.create_phone(SYSTEM, contact.id, phone_number=third)
    assert await contacts.delete_phone(SYSTEM, first.id) == first.id
    assert await numbers(contact) == [(second, True), (third, False)]
    await contacts.delete_phone(SYSTEM, last.id)
    assert await numbers(contact) == [(second, True)]
    [[left]] = await contacts.phones_of(SYSTEM, [contact.id])
    await contacts.delete_phone(SYSTEM, left.id)
    assert await numbers(contact) == []
    assert await only(contacts.delete_phone(SYSTEM, left.id)) == (ErrorCode.NOT_FOUND, "id", None)


async def test_set_primary() -> None:
    contact, second = await factories.contact(), phone()
    [[first]] = await contacts.phones_of(SYSTEM, [contact.id])
    other = await contacts.create_phone(SYSTEM, contact.id, phone_number=second)
    assert (await contacts.set_primary(SYSTEM, other.id)).primary is True
    assert await numbers(contact) == [(second, True), (first.phone_number, False)]
    told = len(await updates_of(contact.id))
    await contacts.set_primary(SYSTEM, other.id)
    assert len(await updates_of(contact.id)) == told


async def test_exactly_one_stays_primary_however_many_change_it_at_once() -> None:
    contact = await contacts.create(SYSTEM, name="Ana")
    made = await asyncio.gather(*(contacts.create_phone(SYSTEM, contact.id, phone_number=phone()) for _ in range(8)))
    assert sum(row.primary for row in made) == 1
    await asyncio.gather(
        *(contacts.set_primary(SYSTEM, row.id) for row in made[:5]),
        *(contacts.delete_phone(SYSTEM, row.id) for row in made[5:]),
    )
    found = await numbers(contact)
    assert (len(found), sum(primary for _, primary in found)) == (5, 1)
