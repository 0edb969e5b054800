"""Imports: every row a verdict, good rows kept, each done once whatever happens to the worker."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from db.accounts import Role, Scope
from db.contacts import Contact, ContactImport, ContactPhone, DuplicatePolicy, ImportRow, JobStatus, OptInStatus
from db.core import connect
from db.core.paging import PageRequest
from db.groups import Group, GroupMember
from db.messages import Message, MessageState
from domain import contacts
from domain.contacts import chunks, imports, sources
from domain.core.access import SYSTEM, Viewer
from domain.core.errors import ErrorCode
from tests import factories
from tests.callers import check_callers, only, token
from tests.domain.contacts.surroundings import message, updates_of
from tests.factories import phone, unique
from tests.statements import statements

Verdict = tuple[int, str, str | None, str | None]


async def imported(*given: Mapping[str, Any], **options: Any) -> ContactImport:
    job = await contacts.start_import(SYSTEM, contacts=given, **options)
    await contacts.run_import(job.id)
    return await ContactImport.get(id=job.id)


async def verdicts(job: ContactImport) -> list[Verdict]:
    rows = await ImportRow.filter(contact_import_id=job.id).order_by("row")
    assert all((row.verdict == "FAILED") == bool(row.code) and (row.message or not row.code) for row in rows)
    assert all((row.verdict == "FAILED") == (row.contact_id is None) for row in rows)
    return [(row.row, row.verdict, row.field, row.code) for row in rows]


async def progress_of(job: ContactImport) -> list[str]:
    found = await connect.rows(
        "SELECT data->>'status' AS status FROM event WHERE type = 'IMPORT_PROGRESS' AND subject_type = 'ContactImport' "
        "AND subject_id = $1 ORDER BY number",
        job.id,
    )
    return [row["status"] for row in found]


def people(count: int) -> list[dict[str, Any]]:
    return [{"name": f"Person {n}", "phone_number": phone()} for n in range(count)]


async def test_good_rows_are_kept_and_every_row_has_its_verdict() -> None:
    group, gone = await factories.group(), await factories.group()
    await connect.execute("UPDATE contact_group SET deleted_at = now() WHERE id = $1", gone.id)
    known = await factories.contact(name="Known")
    [[known_number]] = await contacts.phones_of(SYSTEM, [known.id])
    first = phone()
    job = await imported(
        {
            "first_name": "Ana",
            "last_name": "Luz",
            "phone_number": first,
            "email": "a@b.co",
            "opt_in_status": "OPTED_IN",
        },
        {"name": "No number"},
        {"name": "", "phone_number": phone()},
        {"phone_number": phone()},
        {"name": "Bad", "phone_number": "0123"},
        {"name": "Bad", "email": "nobody"},
        {"name": "x" * 101},
        {"name": "Twin", "phone_number": first.removeprefix("+")},
        {"name": "Changed", "phone_number": known_number.phone_number},
        {"name": "a\0b"},
        {"name": "a\ud800b"},
        {"name": "Lost", "group_ids": [gone.id]},
        {"name": "Last", "phone_number": phone()},
        group_ids=[group.id, group.id],
    )
    assert await verdicts(job) == [
        (1, "CREATED", None, None),
        (2, "CREATED", None, None),
        (3, "FAILED", "name", "VALIDATION_ERROR"),
        (4, "FAILED", "name", "VALIDATION_ERROR"),
        (5, "FAILED", "phoneNumber", "INVALID_PHONE_NUMBER"),
        (6, "FAILED", "email", "VALIDATION_ERROR"),
        (7, "FAILED", "name", "VALIDATION_ERROR"),
        (8, "FAILED", "phoneNumber", "DUPLICATE_RESOURCE"),
        (9, "SKIPPED", None, None),
        (10, "FAILED", "name", "VALIDATION_ERROR"),
        (11, "FAILED", "name", "VALIDATION_ERROR"),
        (12, "FAILED", "groupIds", "NOT_FOUND"),
        (13, "CREATED", None, None),
    ]
    assert (job.status, job.progress, job.source, job.error_message) == (JobStatus.COMPLETED, 1.0, [], None)
    assert (job.created, job.updated, job.skipped, job.failed) == (3, 0, 1, 9)
    twin = await ImportRow.get(contact_import_id=job.id, row=8)
    assert twin.message == "Row 1 is the same contact."
    made = await ImportRow.get(contact_import_id=job.id, row=1)
    ana = await Contact.get(id=made.contact_id)
    assert (ana.name, ana.email, ana.opt_in_status) == ("Ana Luz", "a@b.co", OptInStatus.OPTED_IN)
    assert ana.opt_in_changed_at == ana.created_at
    assert await ContactPhone.filter(contact_id=ana.id, phone_number=first, primary=True).exists()
    assert (await Contact.get(id=known.id)).name == "Known"
    assert await GroupMember.filter(group_id=group.id).count() == 4
    assert await GroupMember.filter(group_id=group.id, contact_id=known.id).exists()
    assert (await Group.get(id=group.id)).updated_at > group.updated_at
    assert await progress_of(job) == ["QUEUED", "COMPLETED"]
    assert (await updates_of(ana.id), await updates_of(known.id)) == ([None], [None])


async def test_whoever_an_import_makes_or_changes_is_told_of_with_whose_import_it_is() -> None:
    importer, known, skipped = await factories.user(), await factories.contact(), await factories.contact()
    [[of_known], [of_skipped]] = await contacts.phones_of(SYSTEM, [known.id, skipped.id])
    new = {"name": "New", "phone_number": phone()}
    for given, policy in (
        ([new, {"name": "Other", "phone_number": of_known.phone_number}], DuplicatePolicy.UPDATE),
        ([new, {"name": "Other", "phone_number": of_skipped.phone_number}], DuplicatePolicy.SKIP),
    ):
        viewer = Viewer(user_id=importer.id, role=Role.MARKETER)
        job = await contacts.start_import(viewer, contacts=given, on_duplicate=policy)
        await contacts.run_import(job.id)
    made = await ContactPhone.get(phone_number=new["phone_number"])
    assert await updates_of(made.contact_id) == [importer.id]
    assert await updates_of(known.id) == [None, importer.id]
    assert await updates_of(skipped.id) == [None]


async def test_known_numbers_are_updated_to_what_the_row_says() -> None:
    sender = await factories.sender()
    ana = await factories.contact(name="Ana", company="Acme", opt_in_status=OptInStatus.OPTED_IN)
    ben = await factories.contact(name="Ben", email="ben@example.com")
    queued = await message(ana, sender, MessageState.QUEUED)
    [[of_ana], [of_ben]] = await contacts.phones_of(SYSTEM, [ana.id, ben.id])
    second = await contacts.create_phone(SYSTEM, ben.id, phone_number=phone())
    job = await imported(
        {"name": "Ana B", "phone_number": of_ana.phone_number, "opt_in_status": "OPTED_OUT"},
        {"first_name": "Benny", "job_title": "CEO", "phone_number": of_ben.phone_number},
        {"name": "Again", "phone_number": second.phone_number},
        {"name": "New", "phone_number": phone()},
        on_duplicate=DuplicatePolicy.UPDATE,
    )
    assert [verdict for _, verdict, _, _ in await verdicts(job)] == ["UPDATED", "UPDATED", "FAILED", "CREATED"]
    assert (job.created, job.updated, job.failed) == (1, 2, 1)
    ana, ben = await Contact.get(id=ana.id), await Contact.get(id=ben.id)
    assert (ana.name, ana.company, ana.opt_in_status) == ("Ana B", "Acme", OptInStatus.OPTED_OUT)
    assert ana.opt_in_changed_at == ana.updated_at
    assert (ben.name, ben.first_name, ben.email, ben.job_title) == ("Benny", "Benny", "ben@example.com", "CEO")
    assert (ben.opt_in_status, ben.opt_in_changed_at) == (OptInStatus.UNKNOWN, None)
    assert (await Message.get(id=queued.id)).state is MessageState.CANCELLED


async def test_it_goes_on_where_a_killed_worker_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "CHUNK", 10)
    group, given = await factories.group(), people(35)
    given[31] = given[3]
    job = await contacts.start_import(SYSTEM, contacts=given, group_ids=[group.id])
    write, killed = chunks._write_rows, 0

    async def die_in_the_third_chunk(*args: Any) -> None:
        nonlocal killed
        await write(*args)
        killed += 1
        if killed == 3:
            raise asyncio.CancelledError

    monkeypatch.setattr(chunks, "_write_rows", die_in_the_third_chunk)
    with pytest.raises(asyncio.CancelledError):
        await contacts.run_import(job.id)
    half = await ContactImport.get(id=job.id)
    assert (half.status, half.position, half.created) == (JobStatus.RUNNING, 20, 20)
    assert half.progress == pytest.approx(20 / 35)
    assert await ImportRow.filter(contact_import_id=job.id).count() == 20
    assert await GroupMember.filter(group_id=group.id).count() == 20
    await asyncio.gather(*(contacts.run_import(job.id) for _ in range(3)))
    await contacts.run_import(job.id)
    done = await ContactImport.get(id=job.id)
    assert (done.status, done.position, done.created, done.failed) == (JobStatus.COMPLETED, 35, 34, 1)
    assert [row for row, _, _, _ in await verdicts(done)] == list(range(1, 36))
    assert (await verdicts(done))[31] == (32, "FAILED", "phoneNumber", "DUPLICATE_RESOURCE")
    assert await GroupMember.filter(group_id=group.id).count() == 34
    numbers = [person["phone_number"] for person in given]
    assert await ContactPhone.filter(phone_number__in=numbers).count() == 34


async def test_imports_of_the_same_people_at_once_make_each_of_them_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "CHUNK", 20)
    given, group = people(60), await factories.group()
    jobs = [
        await contacts.start_import(SYSTEM, contacts=order, group_ids=[group.id], on_duplicate=DuplicatePolicy.UPDATE)
        for order in (given, given[::-1], given[30:] + given[:30])
    ]
    await asyncio.gather(*(contacts.run_import(job.id) for job in jobs))
    done = await ContactImport.filter(id__in=[job.id for job in jobs])
    assert {job.status for job in done} == {JobStatus.COMPLETED}
    assert (sum(job.created for job in done), sum(job.updated for job in done)) == (60, 120)
    numbers = [person["phone_number"] for person in given]
    assert await ContactPhone.filter(phone_number__in=numbers).count() == 60
    assert await GroupMember.filter(group_id=group.id).count() == 60


async def test_a_fault_of_ours_fails_the_import_and_keeps_what_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "CHUNK", 2)
    job = await contacts.start_import(SYSTEM, contacts=people(3))
    join, calls = chunks.join, 0

    async def break_the_second_time(*args: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise ZeroDivisionError
        return await join(*args)

    monkeypatch.setattr(chunks, "join", break_the_second_time)
    with pytest.raises(ZeroDivisionError):
        await contacts.run_import(job.id)
    failed = await ContactImport.get(id=job.id)
    assert (failed.status, failed.created, failed.position) == (JobStatus.FAILED, 2, 2)
    assert failed.error_message is not None
    assert "row 2" in failed.error_message
    assert await progress_of(job) == ["QUEUED", "FAILED"]
    await contacts.run_import(job.id)
    assert (await ContactImport.get(id=job.id)).position == 2


async def test_two_thousand_rows_take_few_statements_and_few_events() -> None:
    with statements() as asked:
        job = await imported(*people(2000))
    assert len(asked) < 80
    assert (job.created, job.failed) == (2000, 0)
    told = await progress_of(job)
    assert told[-1] == "COMPLETED"
    assert len(told) <= 6


@pytest.mark.parametrize(
    ("given", "code", "field", "reason"),
    [
        ({"contacts": []}, ErrorCode.VALIDATION_ERROR, "contacts", "required"),
        ({"contacts": [{"name": "x"}] * 2001}, ErrorCode.VALIDATION_ERROR, "contacts", "too_many"),
        ({"group_ids": list(range(1, 102))}, ErrorCode.VALIDATION_ERROR, "groupIds", "too_many"),
        ({"group_ids": [2**40]}, ErrorCode.NOT_FOUND, "groupIds", None),
    ],
)
async def test_what_is_wrong_with_a_whole_import(
    given: dict[str, Any], code: ErrorCode, field: str, reason: str
) -> None:
    before = await ContactImport.all().count()
    values = {"contacts": [{"name": "x"}], **given}
    assert await only(contacts.start_import(SYSTEM, **values)) == (code, field, reason)
    assert await ContactImport.all().count() == before


async def test_rows_are_read_in_pages_by_verdict() -> None:
    one = await imported(*[{"name": f"N{n}"} if n % 3 else {"name": ""} for n in range(9)])
    two = await imported({"name": "x"})
    every = contacts.pages_of_rows(None)
    pages = await every(SYSTEM, [one.id, two.id], PageRequest(first=4))
    assert [row.row for row in pages[one.id].rows] == [1, 2, 3, 4]
    assert (pages[one.id].has_next, await pages[one.id].total(), await pages[two.id].total()) == (True, 9, 1)
    failed = contacts.pages_of_rows(frozenset({imports.ImportVerdict.FAILED}))
    pages = await failed(SYSTEM, [one.id, two.id], PageRequest())
    assert [row.row for row in pages[one.id].rows] == [1, 4, 7]
    assert pages[two.id].rows == []


async def test_every_kind_of_caller() -> None:
    start = {"contacts": [{"name": unique()}], "group_ids": [2**40]}
    writers = {Role.ADMIN, Role.MARKETER}
    await check_callers(lambda v: contacts.start_import(v, **start), writers, Scope.CONTACTS)  # pyright: ignore[reportArgumentType]
    await check_callers(lambda v: contacts.get_import(v, 2**40), set(Role), Scope.READ)
    await check_callers(lambda v: contacts.get_import_row(v, 2**40), set(Role), Scope.READ)


async def test_a_token_bound_to_a_sender_neither_imports_nor_sees_imports() -> None:
    sender, user = await factories.sender(), await factories.user()
    job = await contacts.start_import(Viewer(user_id=user.id, role=Role.MARKETER), contacts=[{"name": "x"}])
    assert job.created_by_id == user.id
    await contacts.run_import(job.id)
    row = await ImportRow.get(contact_import_id=job.id)
    bound = token(*Scope, sender_id=sender.id)
    assert (await only(contacts.start_import(bound, contacts=[{"name": "x"}])))[0] is ErrorCode.AUTHORIZATION_ERROR
    assert await only(contacts.get_import(bound, job.id)) == (ErrorCode.NOT_FOUND, "id", None)
    assert await only(contacts.get_import_row(bound, row.id)) == (ErrorCode.NOT_FOUND, "id", None)
    pages = await contacts.pages_of_rows(None)(bound, [job.id], PageRequest())
    assert pages[job.id].rows == []
