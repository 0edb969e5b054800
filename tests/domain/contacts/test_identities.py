"""What WhatsApp calls people, and those who turn out to be one person."""

import secrets
from datetime import UTC, datetime, timedelta

import pytest

from db.accounts import Scope
from db.contacts import ConsentSource, Contact, ContactDuplicate, ContactIdentity, ContactIdentityType, OptInStatus
from db.core.paging import PageRequest
from db.core.transaction import transaction
from db.messages import Message, MessageState
from db.templates import TemplateCategory
from domain import contacts
from domain.contacts import Identity
from domain.core.access import SYSTEM
from domain.messages import dispatch
from domain.providers.base import Accepted
from tests import factories
from tests.callers import token
from tests.domain.contacts.surroundings import message, updates_of
from tests.domain.messages.surroundings import a_message, a_sender, leave
from tests.factories import unique
from tests.statements import statements

WA_ID, BSUID, USERNAME = ContactIdentityType.WA_ID, ContactIdentityType.BSUID, ContactIdentityType.USERNAME


async def learn(*identities: Identity) -> None:
    async with transaction():
        await contacts.learn(identities)


async def pair() -> tuple[Contact, Contact]:
    """Two contacts whom WhatsApp calls the same."""
    one, other = await factories.contact(), await factories.contact()
    bsuid = f"PT.{secrets.token_hex(10)}"
    await learn(Identity(one.id, BSUID, bsuid, "1"))
    await learn(Identity(other.id, BSUID, bsuid, "1"))
    return one, other


async def duplicates(*ids: int) -> list[list[int]]:
    return [[row.id for row in of_one] for of_one in await contacts.duplicates_of(SYSTEM, list(ids))]


async def status(id: int) -> OptInStatus:
    return (await Contact.get(id=id)).opt_in_status


async def test_an_identity_stays_and_makes_the_other_a_duplicate() -> None:
    one, other = await pair()
    assert await duplicates(one.id, other.id) == [[other.id], [one.id]]
    assert await ContactIdentity.filter(contact_id=other.id).count() == 0
    assert await updates_of(one.id) == await updates_of(other.id) == [None, None]
    [kept] = await ContactIdentity.filter(contact_id=one.id)
    await learn(Identity(other.id, BSUID, kept.value, "1"))
    assert await ContactDuplicate.filter(other_id=other.id).count() == 1
    assert await updates_of(one.id) == [None, None]


@pytest.mark.parametrize(
    ("imported", "wa_id"),
    [("+52{}", "521{}"), ("+54911{}", "5411{}"), ("+55119{}", "5511{}"), ("+5511{}", "55119{}")],
)
async def test_national_spellings_of_a_number_make_duplicates(imported: str, wa_id: str) -> None:
    rest = f"{secrets.randbelow(9 * 10**9) + 10**9}" if "52" in imported[:3] else f"9{secrets.randbelow(10**7):07d}"
    one, other = await factories.contact(phone_number=imported.format(rest)), await factories.contact()
    await learn(Identity(other.id, WA_ID, wa_id.format(rest)))
    assert await duplicates(one.id) == [[other.id]]


async def test_a_username_goes_to_its_owner_and_makes_nobody_a_duplicate() -> None:
    one, other, name = await factories.contact(), await factories.contact(), unique("name")
    await learn(Identity(one.id, USERNAME, name))
    await learn(Identity(other.id, USERNAME, name))
    assert (await ContactIdentity.get(type=USERNAME, value=name)).contact_id == other.id
    assert await duplicates(one.id) == [[]]


async def test_two_who_are_called_the_same_at_once_are_duplicates() -> None:
    """In one batch, where PostgreSQL would not write one row twice."""
    one, other, wa_id, name = (
        await factories.contact(),
        await factories.contact(),
        factories.phone()[1:],
        unique("name"),
    )
    both = [
        Identity(each.id, kind, value) for kind, value in ((WA_ID, wa_id), (USERNAME, name)) for each in (one, other)
    ]
    await learn(*both)
    assert await duplicates(one.id) == [[other.id]]
    assert (await ContactIdentity.get(type=WA_ID, value=wa_id)).contact_id == one.id
    assert (await ContactIdentity.get(type=USERNAME, value=name)).contact_id == other.id


async def test_who_are_linked_through_another_are_not_told_of_once_more() -> None:
    """To hear the same again changes nothing, though the spelling of a number has come to somebody meanwhile."""
    one, owner, other = [await factories.contact() for _ in range(3)]
    rest = f"{secrets.randbelow(9 * 10**9) + 10**9}"
    await learn(Identity(owner.id, WA_ID, f"521{rest}"))
    first = Identity(one.id, WA_ID, f"521{rest}")
    await learn(first)
    await learn(Identity(other.id, WA_ID, f"52{rest}"))
    told = await updates_of(one.id)
    assert await duplicates(one.id, owner.id, other.id) == [[owner.id], [one.id, other.id], [owner.id]]
    await learn(first)
    assert await duplicates(one.id, owner.id, other.id) == [[owner.id], [one.id, other.id], [owner.id]]
    assert await updates_of(one.id) == told


async def test_accounts_keep_their_own_user_ids() -> None:
    one, other, bsuid = await factories.contact(), await factories.contact(), f"PT.{secrets.token_hex(10)}"
    await learn(Identity(one.id, BSUID, bsuid, "1"), Identity(other.id, BSUID, bsuid, "2"))
    assert await duplicates(one.id) == [[]]


async def test_an_opt_out_reaches_all_who_seem_to_be_the_same() -> None:
    """Also over a third one, and what waits for any of them is cancelled; an opt-in is of one alone."""
    sender, (one, other) = await factories.sender(), await pair()
    third, bsuid = await factories.contact(), f"PT.{secrets.token_hex(10)}"
    await learn(Identity(other.id, BSUID, bsuid, "1"))
    await learn(Identity(third.id, BSUID, bsuid, "1"))
    waiting = await message(third, sender, MessageState.QUEUED)
    assert (await contacts.opt_out(SYSTEM, one.id)).id == one.id
    assert {await status(each.id) for each in (one, other, third)} == {OptInStatus.OPTED_OUT}
    assert (await Message.get(id=waiting.id)).state is MessageState.CANCELLED
    await contacts.opt_in(SYSTEM, one.id)
    assert [await status(each.id) for each in (one, other, third)] == ["OPTED_IN", "OPTED_OUT", "OPTED_OUT"]


async def test_an_opt_out_of_before_reaches_who_turns_out_to_be_the_same() -> None:
    sender, one, other = await factories.sender(), await factories.contact(), await factories.contact()
    waiting = await message(other, sender, MessageState.QUEUED)
    await contacts.opt_out(SYSTEM, one.id)
    wa_id = factories.phone()[1:]
    await learn(Identity(one.id, WA_ID, wa_id))
    await learn(Identity(other.id, WA_ID, wa_id))
    assert await status(other.id) is OptInStatus.OPTED_OUT
    assert (await Contact.get(id=other.id)).opt_in_changed_at == (await Contact.get(id=one.id)).opt_in_changed_at
    assert (await Message.get(id=waiting.id)).state is MessageState.CANCELLED


async def test_an_opt_out_of_before_reaches_over_one_who_has_agreed_since() -> None:
    (one, other), third = await pair(), await factories.contact()
    async with transaction():
        before = datetime.now(UTC) - timedelta(hours=1)
        marketing, declines = TemplateCategory.MARKETING, OptInStatus.OPTED_OUT
        await contacts.say([one.id], marketing, declines, ConsentSource.API, at=before)
    await contacts.opt_in(SYSTEM, other.id)
    wa_id = factories.phone()[1:]
    await learn(Identity(other.id, WA_ID, wa_id))
    await learn(Identity(third.id, WA_ID, wa_id))
    assert [await status(each.id) for each in (one, other, third)] == ["OPTED_OUT", "OPTED_IN", "OPTED_OUT"]


async def test_the_answer_to_a_send_teaches_what_whatsapp_calls_the_contact() -> None:
    """Imported as today, known to WhatsApp by the old spelling, in which its messages will come."""
    rest = f"{secrets.randbelow(9 * 10**9) + 10**9}"
    known = await factories.contact(phone_number=f"+52{rest}")
    sender = await a_sender()
    for number in (f"+52{rest}", f"+521{rest}"):
        await a_message(sender, known.id, address=number)
    departures = await leave(sender)
    await dispatch.settle([(departure, Accepted(unique("wamid"), f"521{rest}")) for departure in departures])
    [learned] = await ContactIdentity.filter(contact_id=known.id)
    assert (learned.type, learned.value) == (WA_ID, f"521{rest}")
    [[phone]] = await contacts.phones_of(SYSTEM, [known.id])
    assert phone.phone_number == f"+52{rest}"


async def test_an_answer_that_calls_them_as_we_do_teaches_nothing() -> None:
    known, sender = await factories.contact(), await a_sender()
    [[phone]] = await contacts.phones_of(SYSTEM, [known.id])
    await a_message(sender, known.id, address=phone.phone_number)
    [departure] = await leave(sender)
    await dispatch.settle([(departure, Accepted(unique("wamid"), phone.phone_number[1:]))])
    assert await ContactIdentity.filter(contact_id=known.id).count() == 0


async def test_duplicates_are_listed_in_a_constant_number_of_statements() -> None:
    few, many = await pair(), [each for _ in range(5) for each in await pair()]
    with statements() as alone:
        await duplicates(few[0].id)
    with statements() as together:
        found = await duplicates(*(each.id for each in many))
    assert [len(of_one) for of_one in found] == [1] * 10
    assert len(alone) == len(together)


async def test_contacts_are_found_by_having_duplicates() -> None:
    (one, other), alone = await pair(), await factories.contact()
    name = unique("person")
    await Contact.filter(id__in=[one.id, other.id, alone.id]).update(name=name)
    found = await contacts.find(SYSTEM, search=name, has_duplicates=True, page=PageRequest(10))
    assert {row.id for row in found.rows} == {one.id, other.id}
    found = await contacts.find(SYSTEM, search=name, has_duplicates=False, page=PageRequest(10))
    assert [row.id for row in found.rows] == [alone.id]


async def test_a_deleted_contact_is_nobodys_duplicate() -> None:
    one, other = await pair()
    await contacts.delete(SYSTEM, other.id)
    assert await duplicates(one.id) == [[]]
    assert await ContactDuplicate.filter(other_id=other.id).count() == 0


async def test_a_token_of_a_sender_sees_only_duplicates_that_it_has_messages_with() -> None:
    sender, (one, other) = await factories.sender(), await pair()
    viewer = token(Scope.READ, sender_id=sender.id)
    assert await contacts.duplicates_of(viewer, [one.id]) == [[]]
    await message(other, sender, MessageState.SENT)
    assert [[row.id for row in of_one] for of_one in await contacts.duplicates_of(viewer, [one.id])] == [[other.id]]
