"""Finding contacts: what matches, in which order, and who sees whom."""

from datetime import timedelta
from typing import Any

import pytest

from db.accounts import Scope
from db.contacts import ContactIdentity, ContactIdentityType, OptInStatus
from db.core import connect
from db.core.paging import PageRequest
from db.messages import MessageState
from domain import contacts, groups
from domain.contacts import ContactOrder, reading
from domain.core.access import SYSTEM, Viewer
from domain.core.errors import ErrorCode
from domain.groups import GroupOrder
from tests import factories
from tests.callers import only, token
from tests.domain.contacts.surroundings import message
from tests.factories import unique
from tests.plans import plan


async def found(viewer: Viewer = SYSTEM, **criteria: Any) -> list[int]:
    page = await contacts.find(viewer, page=PageRequest(first=criteria.pop("first", None)), **criteria)
    return [contact.id for contact in page.rows]


async def test_search_in_name_email_company_job_title_and_number() -> None:
    word = unique("Wörd")
    email = unique("mail")
    by = [
        await factories.contact(name=f"Ana {word}"),
        await factories.contact(email=f"{email}@example.com"),
        await factories.contact(company=f"{word} Ltd"),
        await factories.contact(job_title=f"Head of {word}"),
    ]
    assert sorted(await found(search=word.upper())) == sorted([by[0].id, by[2].id, by[3].id])
    assert await found(search=email.upper()) == [by[1].id]
    [[number]] = await contacts.phones_of(SYSTEM, [by[0].id])
    digits = number.phone_number
    for written in (digits, f"({digits[3:5]}) {digits[5:10]}-{digits[10:]}", digits[4:]):
        assert by[0].id in await found(search=written)
    assert await found(search=digits[:-1] + "x") == []


async def test_one_or_two_letters_are_found_where_a_word_begins() -> None:
    company = unique("Acme")
    made = [await factories.contact(name=name, company=company) for name in ("Quy Zqa", "Aquy", "山田太郎", "Юлия Ян")]
    _, other, yamada, yulia = made
    [[number]] = await contacts.phones_of(SYSTEM, [other.id])
    for term, ids in (
        ("QU", [made[0].id]),
        ("zq", [made[0].id]),
        ("太郎", [yamada.id]),
        ("田太郎", [yamada.id]),
        ("ян", [yulia.id]),
        (number.phone_number[1:3], [one.id for one in reversed(made)]),
        (number.phone_number[-2:] + "x", []),
    ):
        assert await found(search=term, company=company) == ids, term
    assert await found(company=f" {company[:2]}", search=company) == [one.id for one in reversed(made)]
    assert await found(company="me", search=company) == []


async def test_only_so_many_are_sorted_by_their_last_message(monkeypatch: pytest.MonkeyPatch) -> None:
    company = unique("Acme")
    made = [await factories.contact(company=company) for _ in range(2)]
    monkeypatch.setattr(reading, "MOST_BY_LAST_MESSAGE", 2)
    assert len(await found(company=company, order=ContactOrder.LAST_MESSAGE_AT)) == 2
    monkeypatch.setattr(reading, "MOST_BY_LAST_MESSAGE", 1)
    too_many = (ErrorCode.VALIDATION_ERROR, "orderBy", "too_many")
    assert await only(
        contacts.find(SYSTEM, company=company, order=ContactOrder.LAST_MESSAGE_AT, page=PageRequest())
    ) == (too_many)
    assert await found(company=company) == [one.id for one in reversed(made)]


async def test_signs_of_patterns_mean_themselves() -> None:
    word = unique("50%_off\\")
    contact = await factories.contact(company=word)
    assert await found(search=word) == await found(company=word.upper()) == [contact.id]
    assert await found(search=word.replace("%", "x")) == []
    assert await found(search=word.replace("_", "x")) == []
    assert await only(contacts.find(SYSTEM, search="x" * 201, page=PageRequest())) == (
        ErrorCode.VALIDATION_ERROR,
        "search",
        "too_long",
    )
    assert (await only(contacts.find(SYSTEM, company="x" * 201, page=PageRequest())))[1] == "company"
    assert (await only(contacts.find(SYSTEM, phone_number="12", page=PageRequest())))[1] == "phoneNumber"


async def test_filters_combine() -> None:
    company = unique("Acme")
    group = await factories.group()
    one = await factories.contact(company=company, group_ids=[group.id], opt_in_status=OptInStatus.OPTED_IN)
    two = await factories.contact(company=company, opt_in_status=OptInStatus.OPTED_OUT)
    [[number]] = await contacts.phones_of(SYSTEM, [two.id])
    assert await found(company=company) == [two.id, one.id]
    assert await found(group_id=group.id) == [one.id]
    assert await found(company=company, opt_in_status=[OptInStatus.OPTED_OUT, OptInStatus.UNKNOWN]) == [two.id]
    assert await found(company=company, opt_in_status=[]) == []
    assert await found(phone_number=number.phone_number.removeprefix("+")) == [two.id]
    assert await found(phone_number=number.phone_number, group_id=group.id) == []
    assert await found(company=company, created_from=two.created_at) == [two.id]
    assert await found(company=company, created_before=two.created_at) == [one.id]
    assert await found(company=company, created_from=two.created_at + timedelta(seconds=1)) == []
    await contacts.delete(SYSTEM, one.id)
    assert await found(company=company) == [two.id]


async def test_orders_and_pages() -> None:
    company = unique("Acme")
    sender = await factories.sender()
    ben, ann, cid = [await factories.contact(name=name, company=company) for name in ("ben", "Ann", "Cid")]
    await contacts.update(SYSTEM, ben.id, job_title="x")
    await message(ann, sender, MessageState.SENT)
    await message(ben, sender, MessageState.SENT)
    ids = {ben.id: "ben", ann.id: "Ann", cid.id: "Cid"}

    async def names(order: ContactOrder, descending: bool) -> list[str]:
        return [ids[id] for id in await found(company=company, order=order, descending=descending)]

    assert await names(ContactOrder.CREATED_AT, True) == ["Cid", "Ann", "ben"]
    assert await names(ContactOrder.UPDATED_AT, True) == ["ben", "Cid", "Ann"]
    assert await names(ContactOrder.NAME, False) == ["Ann", "ben", "Cid"]
    assert await names(ContactOrder.LAST_MESSAGE_AT, True) == ["ben", "Ann", "Cid"]
    assert await names(ContactOrder.LAST_MESSAGE_AT, False) == ["Ann", "ben", "Cid"]
    for order in ContactOrder:
        cursor, walked = None, list[int]()
        for _ in ids:
            page = await contacts.find(SYSTEM, company=company, order=order, page=PageRequest(first=1, after=cursor))
            walked += [row.id for row in page.rows]
            cursor = page.cursor(page.rows[0])
            assert await page.total() == 3
            assert page.has_next is (len(walked) < 3)
        assert walked == await found(company=company, order=order)


async def test_what_hangs_on_contacts() -> None:
    contact, lonely = await factories.contact(), await factories.contact()
    one, two = await factories.sender(), await factories.sender()
    await message(contact, one, MessageState.SENT)
    last = await message(contact, two, MessageState.FAILED)
    identity = await ContactIdentity.create(
        contact_id=contact.id, type=ContactIdentityType.WA_ID, value=unique(), business_account_id="waba"
    )
    figures, none = await contacts.message_figures(SYSTEM, [contact.id, lonely.id])
    assert (figures.count, figures.last_at) == (2, last.created_at)
    assert (none.count, none.last_at) == (0, None)
    listed, nothing = await contacts.identities_of(SYSTEM, [contact.id, lonely.id])
    assert ([row.id for row in listed], nothing) == ([identity.id], [])
    big, small = [await groups.create(SYSTEM, name=unique(letter), contact_ids=[contact.id]) for letter in "Ba"]
    of_contact, of_lonely = await groups.of_contacts(SYSTEM, [contact.id, lonely.id])
    assert ([group.id for group in of_contact], of_lonely) == ([small.id, big.id], [])


async def test_a_contact_of_many_groups_lists_the_first_and_all_are_found() -> None:
    contact, other = await factories.contact(), await factories.contact()
    made = [await groups.create(SYSTEM, name=unique(f"{n:02d}"), contact_ids=[contact.id]) for n in range(27)]
    await groups.delete(SYSTEM, made[0].id)
    [listed] = await groups.of_contacts(SYSTEM, [contact.id])
    assert [group.id for group in listed] == [group.id for group in made[1:26]]
    page = PageRequest(first=100)
    found = await groups.find(SYSTEM, contact_id=contact.id, order=GroupOrder.NAME, descending=False, page=page)
    assert [group.id for group in found.rows] == [group.id for group in made[1:]]
    assert (await groups.find(SYSTEM, contact_id=other.id, page=page)).rows == []
    sender = await factories.sender()
    await plan(group_id=made[1].id, sender_id=sender.id)
    bound = token(Scope.READ, sender_id=sender.id)
    assert [group.id for group in (await groups.find(bound, page=page)).rows] == [made[1].id]
    assert (await groups.find(bound, contact_id=contact.id, page=page)).rows == [], "it has never written to them"
    await message(contact, sender, MessageState.SENT)
    assert [group.id for group in (await groups.find(bound, contact_id=contact.id, page=page)).rows] == [made[1].id]
    assert [[group.id for group in of_one] for of_one in await groups.of_contacts(bound, [contact.id])] == [
        [made[1].id]
    ]


async def test_a_token_bound_to_a_sender_sees_whom_it_has_written_to_everywhere() -> None:
    company = unique("Acme")
    mine, theirs = [await factories.contact(company=company) for _ in range(2)]
    one, two = await factories.sender(), await factories.sender()
    await message(mine, one, MessageState.SENT)
    await message(mine, two, MessageState.SENT)
    await message(theirs, two, MessageState.SENT)
    bound = token(Scope.READ, sender_id=one.id)
    assert await found(bound, company=company) == [mine.id]
    assert await found(token(Scope.READ, sender_id=two.id), company=company) == [theirs.id, mine.id]
    for order in ContactOrder:
        assert await found(bound, search=company, order=order) == [mine.id]
    page = await contacts.find(bound, company=company, page=PageRequest())
    assert await page.total() == 1
    seen = await contacts.by_ids(bound, [theirs.id, mine.id])
    assert [contact and contact.id for contact in seen] == [None, mine.id]
    [figures] = await contacts.message_figures(bound, [mine.id])
    assert figures.count == 1
    group = await factories.group(mine, theirs)
    assert await groups.of_contacts(bound, [mine.id]) == [[]]
    assert await groups.contact_counts(bound, [group.id]) == [1]
    pages = await groups.pages_of_contacts(bound, [group.id], PageRequest())
    assert [contact.id for contact in pages[group.id].rows] == [mine.id]
    assert await pages[group.id].total() == 1
    assert await connect.value("SELECT count(*) FROM group_member WHERE group_id = $1", group.id) == 2


async def test_letters_of_every_script_have_trigrams_in_our_own_database() -> None:
    for word in ("иван", "山", "ñandú", "هاتف"):
        assert "".join(await connect.value("SELECT show_trgm($1)", word)).strip(), word
