"""What an import says of consent: it stands in the ledger with its row, and never undoes what somebody declined."""

from collections.abc import Awaitable, Callable

import pytest

from db.contacts import Consent, Contact, DuplicatePolicy, ImportRow, OptInStatus
from domain import contacts
from domain.core.access import SYSTEM
from tests import factories
from tests.domain.contacts.importing import a_file, imported, who
from tests.domain.contacts.test_imports import imported as imported_list
from tests.factories import phone

OUT, IN = OptInStatus.OPTED_OUT, OptInStatus.OPTED_IN
UPDATE = DuplicatePolicy.UPDATE
STAYS = "It stays opted out: an import does not undo an opt-out."


async def known(status: OptInStatus) -> tuple[Contact, str]:
    number = phone()
    contact = await factories.contact(phone_number=number)
    if status is not OptInStatus.UNKNOWN:
        await (contacts.opt_in if status is IN else contacts.opt_out)(SYSTEM, contact.id)
    return contact, number


async def ledger(number: str) -> list[tuple[str, str, str | None]]:
    """Oldest first."""
    entries = await Consent.filter(contact_id=(await who(number)).id).order_by("id")
    return [(entry.state, entry.source, entry.proof) for entry in entries]


async def test_every_entry_names_its_file_and_row() -> None:
    (_, old), new = await known(OptInStatus.UNKNOWN), phone()
    file_id = await a_file(f"name,phone,opt in\nAna,{new},yes\nBen,{old},no\n", name="spring fair.csv")
    job = await contacts.start_import(SYSTEM, file_id=file_id, on_duplicate=UPDATE)
    await contacts.run_import(job.id)
    assert await ledger(new) == [("OPTED_IN", "IMPORT", "spring fair.csv, row 1")]
    assert await ledger(old) == [("OPTED_OUT", "IMPORT", "spring fair.csv, row 2")]
    given = phone()
    await imported_list({"name": "x"}, {"name": "Cid", "phone_number": given, "opt_in_status": "OPTED_IN"})
    assert await ledger(given) == [("OPTED_IN", "IMPORT", "An imported list, row 2")]


async def test_an_opt_out_stands_whatever_a_file_says_until_somebody_takes_it_back() -> None:
    contact, number = await known(OUT)
    content = f"name,phone,company,opt in\nAna,{number},Acme,yes\n"
    job = await imported(content, on_duplicate=UPDATE)
    row = await ImportRow.get(contact_import_id=job.id)
    assert (row.verdict, row.code, row.message) == ("UPDATED", None, STAYS)
    after = await Contact.get(id=contact.id)
    assert (after.opt_in_status, after.company) == (OUT, "Acme")
    assert await ledger(number) == [("OPTED_OUT", "API", None)]
    await contacts.opt_in(SYSTEM, contact.id, proof="Form 12")
    job = await imported(content, on_duplicate=UPDATE)
    assert (await ImportRow.get(contact_import_id=job.id)).message is None
    assert [entry[:2] for entry in await ledger(number)][1:] == [("OPTED_IN", "API"), ("OPTED_IN", "IMPORT")]


async def test_an_imported_opt_out_is_not_undone_by_an_import_either() -> None:
    number = phone()
    await imported(f"name,phone,opt in\nAna,{number},no\n")
    await imported(f"name,phone,opt in\nAna,{number},yes\n", on_duplicate=UPDATE)
    assert (await who(number)).opt_in_status is OUT


@pytest.mark.parametrize(("before", "said"), [(IN, "no"), (OptInStatus.UNKNOWN, "no"), (IN, "yes"), (OUT, "no")])
async def test_to_decline_is_heard_of_rows_that_are_skipped_too(before: OptInStatus, said: str) -> None:
    contact, number = await known(before)
    job = await imported(f"name,phone,opt in\nOther,{number},{said}\n")
    row = await ImportRow.get(contact_import_id=job.id)
    after = await Contact.get(id=contact.id)
    assert (row.verdict, after.name) == ("SKIPPED", contact.name)
    assert after.opt_in_status is (OUT if said == "no" else before)
    assert row.message == ("Its opt-out was taken." if said == "no" else None)


@pytest.mark.parametrize("goes", [contacts.delete, contacts.erase])
async def test_who_went_opted_out_comes_back_so_by_any_of_their_numbers(goes: Callable[..., Awaitable[object]]) -> None:
    contact, number = await known(OUT)
    second = phone()
    await contacts.create_phone(SYSTEM, contact.id, phone_number=second)
    await goes(SYSTEM, contact.id)
    other = phone()
    job = await imported(f"name,phone,phone,opt in\nAna,{number},,yes\nBen,{other},{second},yes\n")
    assert job.created == 2
    for back in (number, other):
        assert (await who(back)).opt_in_status is OUT
        assert (await ledger(back))[-1] == ("OPTED_OUT", "IMPORT", "Opted out before being deleted or erased.")
    assert {row.message for row in await ImportRow.filter(contact_import_id=job.id)} == {STAYS}


async def test_who_was_deleted_opted_in_comes_back_as_nobody_in_particular() -> None:
    contact, number = await known(IN)
    await contacts.delete(SYSTEM, contact.id)
    await imported(f"name,phone\nAna,{number}\n")
    assert (await who(number)).opt_in_status is OptInStatus.UNKNOWN
