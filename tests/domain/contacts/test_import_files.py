"""Imports from a CSV: what it holds is shown first, every row gets its verdict, and bad files are told in words."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from db.accounts import Role, Scope
from db.contacts import Contact, ContactImport, ContactPhone, DuplicatePolicy, ImportRow, JobStatus, OptInStatus
from db.core import connect
from db.files import FilePurpose
from db.groups import GroupMember
from domain import contacts, files
from domain.contacts import chunks, sources
from domain.core.access import SYSTEM
from domain.core.errors import ErrorCode, Refusal, Refusals
from domain.files import storage
from tests import factories
from tests.callers import check_callers, only, token
from tests.domain.contacts.surroundings import updates_of
from tests.domain.contacts.test_imports import Verdict, progress_of, verdicts
from tests.domain.files import samples
from tests.domain.files.surroundings import announced, uploaded
from tests.factories import phone


async def a_file(content: str | bytes, name: str = "people.csv") -> int:
    written = content.encode() if isinstance(content, str) else content
    return (await uploaded(name, written, purpose=FilePurpose.IMPORT)).id


async def started(content: str | bytes, **options: Any) -> ContactImport:
    return await contacts.start_import(SYSTEM, file_id=await a_file(content), **options)


async def imported(content: str | bytes, **options: Any) -> ContactImport:
    job = await started(content, **options)
    await contacts.run_import(job.id)
    return await ContactImport.get(id=job.id)


async def shown(content: str | bytes) -> contacts.ImportPreview:
    return await contacts.preview(SYSTEM, await a_file(content))


async def who(number: str) -> Contact:
    return await Contact.get(id=(await ContactPhone.get(phone_number=number)).contact_id)


async def words(job: ContactImport) -> list[str | None]:
    return [row.message for row in await ImportRow.filter(contact_import_id=job.id).order_by("row")]


def meanings(found: contacts.ImportPreview) -> dict[str, Any]:
    return {column.header: column.field or column.attribute for column in found.columns}


async def test_a_preview_shows_what_a_file_holds_and_what_is_wrong_with_it() -> None:
    found = await shown(
        "\ufeffNombre;Apellidos;Teléfono móvil;Tel. 2;Correo electrónico;Ciudad;Acepta marketing\r\n"
        "José;Peña;+52 55 1234 5678;;jose@example.com;Oaxaca;sí\r\n"
        "\r\n"
        "Ana;;12;;;Lima;perhaps\r\n"
    )
    assert (found.delimiter, found.encoding, found.row_count) == (";", "utf-8", 3)
    assert meanings(found) == {
        "Nombre": "FIRST_NAME",
        "Apellidos": "LAST_NAME",
        "Teléfono móvil": "PHONE_NUMBER",
        "Tel. 2": "PHONE_NUMBER",
        "Correo electrónico": "EMAIL",
        "Ciudad": "ciudad",
        "Acepta marketing": "OPT_IN_STATUS",
    }
    assert [row[0] for row in found.rows] == ["José", "Ana"]
    assert found.rows[0] == ["José", "Peña", "+52 55 1234 5678", "", "jose@example.com", "Oaxaca", "sí"]
    [problem] = found.problems
    assert problem.startswith("Row 3, Acepta marketing: 'perhaps' is neither a yes nor a no")


@pytest.mark.parametrize(
    "header",
    [
        "name,phone",
        "Full Name,Mobile Number",
        "nombre,celular",
        "Nome,Telefone",
        "Nom complet,Téléphone portable",
        "Vollständiger Name,Handynummer",
        "naam,telefoonnummer",
        "имя,номер телефона",
        "姓名,手机号",
        "名前,電話番号",
        "Ad Soyad,Telefon",
        "name,WhatsApp",
        "name,Phone 1 - Value",
        "नाम,मोबाइल",
    ],
)
async def test_headers_are_known_in_many_languages(header: str) -> None:
    number = phone()
    job = await imported(f"{header}\nAda Luz,{number}\n")
    assert (job.created, job.failed) == (1, 0), await words(job)
    assert (await who(number)).name == "Ada Luz"


async def test_numbers_are_known_by_themselves_where_no_header_says() -> None:
    assert meanings(await shown("name,contact 1\nAda,+55 11 96123 0345\n"))["contact 1"] == "PHONE_NUMBER"
    found = await shown("name,customer\nAda,A-17\n")
    assert meanings(found)["customer"] == "customer"
    assert found.problems == ["No column holds phone numbers: name the one that does."]


async def test_every_row_gets_its_verdict_and_what_it_says_is_kept() -> None:
    known, number, second = await factories.contact(name="Known"), phone(), phone()
    group = await factories.group()
    [[of_known]] = await contacts.phones_of(SYSTEM, [known.id])
    job = await imported(
        "name,phone,phone 2,email,company,job title,opt-in\n"
        f"Ada,{number},{second},ada@example.com,Acme,CEO,yes\n"
        "\n"
        f"Twin,{second},,,,,\n"
        f"Other,{of_known.phone_number},,,,,\n"
        "Nobody,,,,,,\n"
        "Wrong,12,,,,,\n"
        f"Wrong,{phone()},34,,,,\n"
        f"Wrong,{phone()},,nobody,,,\n"
        f"Wrong,{phone()},,,,,maybe\n"
        f"Wide,{phone()},,,,,,more\n"
        f"Wide,{phone()},,,,,,,\n"
        f"Short,{phone()}\n"
        f"Two,{phone()},{of_known.phone_number},,,,\n"
        f'"Open,{phone()}\n'
        f"=cmd()|' /C calc'!A0,{phone()},,,,,\n",
        group_ids=[group.id],
    )
    expected: list[Verdict] = [
        (1, "CREATED", None, None),
        (3, "FAILED", "phone", "DUPLICATE_RESOURCE"),
        (4, "SKIPPED", None, None),
        (5, "FAILED", "phone", "VALIDATION_ERROR"),
        (6, "FAILED", "phone", "INVALID_PHONE_NUMBER"),
        (7, "FAILED", "phone 2", "INVALID_PHONE_NUMBER"),
        (8, "FAILED", "email", "VALIDATION_ERROR"),
        (9, "FAILED", "opt-in", "VALIDATION_ERROR"),
        (10, "FAILED", None, "VALIDATION_ERROR"),
        (11, "CREATED", None, None),
        (12, "CREATED", None, None),
        (13, "FAILED", "phone", "DUPLICATE_RESOURCE"),
        (14, "FAILED", None, "VALIDATION_ERROR"),
        (15, "CREATED", None, None),
    ]
    assert await verdicts(job) == expected
    assert (job.status, job.progress, job.total, job.created, job.skipped, job.failed) == (
        JobStatus.COMPLETED,
        1.0,
        15,
        4,
        1,
        9,
    )
    said = dict(zip([row for row, *_ in expected], await words(job), strict=True))
    assert said[3] == "Row 1 is the same contact."
    assert said[10] == "It has 8 cells where the header has 7."
    assert said[13] == "Row 4 is the same contact."
    assert said[14] == "A quotation mark is never closed."
    ada = await who(number)
    assert (ada.name, ada.email, ada.company, ada.job_title) == ("Ada", "ada@example.com", "Acme", "CEO")
    assert ada.opt_in_status is OptInStatus.OPTED_IN
    [[first, other]] = await contacts.phones_of(SYSTEM, [ada.id])
    assert (first.phone_number, first.primary) == (number, True)
    assert (other.phone_number, other.primary) == (second, False)
    assert await updates_of(ada.id) == [None]
    assert await GroupMember.filter(group_id=group.id).count() == 5
    assert await progress_of(job) == ["QUEUED", "COMPLETED"]


async def test_control_characters_that_come_late_fail_their_row() -> None:
    job = await imported("name,phone\n" + "\n" * 65_536 + f"A\0B,{phone()}\nBen,{phone()}\n")
    assert await verdicts(job) == [(65_537, "FAILED", "name", "VALIDATION_ERROR"), (65_538, "CREATED", None, None)]


async def test_known_contacts_become_what_the_row_says_and_get_its_other_numbers() -> None:
    ada, number = await factories.contact(name="Ada", company="Acme"), phone()
    [[of_ada]] = await contacts.phones_of(SYSTEM, [ada.id])
    ben = await factories.contact()
    [[of_ben]] = await contacts.phones_of(SYSTEM, [ben.id])
    content = (
        "name,phone,other phone,company,email,opt in\n"
        f"Ada Luz,{number},{of_ada.phone_number},,ada@example.com,no\n"
        f"Both,{of_ben.phone_number},{of_ada.phone_number},,,\n"
        f"Again,{phone()},{number},,,\n"
    )
    mapping = [
        {"column": "name", "field": contacts.ContactField.NAME},
        {"column": "phone", "field": contacts.ContactField.PHONE_NUMBER},
        {"column": "other phone", "field": contacts.ContactField.PHONE_NUMBER},
        {"column": "email", "field": contacts.ContactField.EMAIL},
        {"column": "opt in", "field": contacts.ContactField.OPT_IN_STATUS},
    ]
    job = await imported(content, mapping=mapping, on_duplicate=DuplicatePolicy.UPDATE)
    assert [verdict for _, verdict, *_ in await verdicts(job)] == ["UPDATED", "FAILED", "FAILED"], await words(job)
    ada = await Contact.get(id=ada.id)
    assert (ada.name, ada.company, ada.email) == ("Ada Luz", "Acme", "ada@example.com")
    assert ada.opt_in_status is OptInStatus.OPTED_OUT
    [phones] = await contacts.phones_of(SYSTEM, [ada.id])
    assert [(one.phone_number, one.primary) for one in phones] == [(of_ada.phone_number, True), (number, False)]


async def test_labels_custom_values_and_time_zone_come_from_columns_too() -> None:
    number, guessed = phone(), phone()
    content = (
        "name;phone;tags;time zone;Ciudad;Código;Puntos;Activo;Saldo;имя2\n"
        f"Ada;{number};vip, new,vip;Europe/Lisbon;Évora;007;12;TRUE;-1.50;x\n"
        f"Ben;{guessed};;;;;;;;\n"
        f"Wrong;{phone()};;Atlantis/City;;;;;;\n"
        f"Wrong;{phone()};{'x' * 51};;;;;;;\n"
        f"Wrong;{phone()};;;{'x' * 1001};;;;;\n"
    )
    job = await imported(content)
    assert await verdicts(job) == [
        (1, "CREATED", None, None),
        (2, "CREATED", None, None),
        (3, "FAILED", "time zone", "VALIDATION_ERROR"),
        (4, "FAILED", "tags", "VALIDATION_ERROR"),
        (5, "FAILED", "attributes", "VALIDATION_ERROR"),
    ]
    ada, ben = await who(number), await who(guessed)
    assert (ada.tags, ada.time_zone, ada.time_zone_inferred) == (["new", "vip"], "Europe/Lisbon", False)
    assert ada.attributes == {
        "ciudad": "Évora",
        "codigo": "007",
        "puntos": 12,
        "activo": True,
        "saldo": -1.5,
        "2": "x",
    }
    assert (ben.tags, ben.attributes, ben.time_zone_inferred) == ([], {}, True)
    update = f"name;phone;puntos;tags\nAda;{number};13;old\n"
    assert (await imported(update, on_duplicate=DuplicatePolicy.UPDATE)).updated == 1
    ada = await who(number)
    assert (ada.tags, ada.attributes["puntos"], ada.attributes["ciudad"]) == (["old"], 13, "Évora")


async def test_the_example_is_imported_as_its_page_says() -> None:
    job = await imported((Path(__file__).parents[3] / "examples/customers.csv").read_bytes())
    assert await verdicts(job) == [
        (1, "CREATED", None, None),
        (2, "CREATED", None, None),
        (3, "CREATED", None, None),
        (4, "CREATED", None, None),
        (5, "FAILED", "Teléfono móvil", "INVALID_PHONE_NUMBER"),
        (6, "FAILED", "Teléfono móvil", "VALIDATION_ERROR"),
        (7, "FAILED", "Teléfono móvil", "DUPLICATE_RESOURCE"),
    ]


async def test_numbers_of_two_contacts_are_no_one_person() -> None:
    one, two = await factories.contact(), await factories.contact()
    [[first], [second]] = await contacts.phones_of(SYSTEM, [one.id, two.id])
    job = await imported(f"name,phone,phone\nX,{first.phone_number},{second.phone_number}\n")
    assert await verdicts(job) == [(1, "FAILED", "phone", "DUPLICATE_RESOURCE")]
    assert await words(job) == ["Its numbers belong to 2 contacts."]


async def test_a_contact_has_twenty_numbers_at_most_after_an_import_too() -> None:
    ada = await factories.contact()
    [[own]] = await contacts.phones_of(SYSTEM, [ada.id])
    for _ in range(18):
        await contacts.create_phone(SYSTEM, ada.id, phone_number=phone())
    head, fits = "name,phone,phone,phone\n", phone()
    update = {"on_duplicate": DuplicatePolicy.UPDATE}
    job = await imported(f"{head}Ada,{own.phone_number},{phone()},{phone()}\n", **update)
    assert await words(job) == ["A contact has at most 20 phone numbers."]
    assert await verdicts(job) == [(1, "FAILED", "phone", "VALIDATION_ERROR")]
    job = await imported(f"{head}Ada,{own.phone_number},{fits},{fits}\n", **update)
    assert job.updated == 1
    assert len((await contacts.phones_of(SYSTEM, [ada.id]))[0]) == 20


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "latin-1"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
async def test_all_usual_forms_make_the_same_contacts(encoding: str, delimiter: str) -> None:
    number = phone()
    content = f"name,phone\r\nJosé Peña,{number}\r\n".replace(",", delimiter).encode(encoding)
    assert (await shown(content)).rows == [["José Peña", number]]
    assert (await imported(content)).created == 1
    assert (await who(number)).name == "José Peña"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("\n", "The file is empty."),
        (" \r\n,,\r\n", "The file is empty."),
        ("name,phone\n", "There is a header alone, and no row."),
        ("name,phone\n,\n\n", "There is a header alone, and no row."),
        ("Ada,+5511961230345\nBen,+5511961230346\n", "The first row holds a phone number, and must be a header that"),
        (",".join(f"c{n}" for n in range(201)) + "\nx\n", "It has 201 columns; 200 are allowed."),
        ('"name,phone\n' + "x" * 200, "The header cannot be read. A quotation mark is never closed."),
        ("x" * 1_000_000 + "\nx\n", "The header cannot be read. It has more than 100000 characters."),
        (b"\xff\xfen\0a\0m\0e", "It ends in the midst of a character."),
    ],
)
async def test_what_no_import_can_be_made_of_is_told_in_words(content: str | bytes, problem: str) -> None:
    found = await shown(content)
    assert found.problems[0].startswith(problem)
    before = await ContactImport.all().count()
    with pytest.raises(Refusal) as refused:
        await started(content)
    assert (refused.value.code, refused.value.field) == (ErrorCode.VALIDATION_ERROR, "fileId")
    assert refused.value.message.startswith(problem)
    assert await ContactImport.all().count() == before


async def test_an_image_that_is_called_a_csv_is_refused_when_it_comes() -> None:
    with pytest.raises(Refusal, match="Files of these kinds are taken: CSV"):
        await a_file(samples.png())
    with pytest.raises(Refusal, match="Files of these kinds are taken: CSV"):
        await a_file(b"name,phone\0\0\n")


async def test_columns_that_are_called_alike_are_told_apart() -> None:
    found = await shown("Phone,Name,phone,,Phone\n+1,a,+1,x,\n")
    assert list(meanings(found)) == ["Phone", "Name", "phone", "Column 4", "Phone (2)"]
    number, second = phone(), phone()
    mapping = [
        {"column": "Name", "field": contacts.ContactField.NAME},
        {"column": "Phone (2)", "field": contacts.ContactField.PHONE_NUMBER},
    ]
    job = await imported(f"Phone,Name,Phone\n{number},Ada,{second}\n", mapping=mapping)
    assert job.created == 1
    [phones] = await contacts.phones_of(SYSTEM, [(await who(second)).id])
    assert [one.phone_number for one in phones] == [second]


NAME, PHONE = (
    {"column": name, "field": contacts.ContactField(field)}
    for name, field in (("name", "NAME"), ("phone", "PHONE_NUMBER"))
)


@pytest.mark.parametrize(
    ("mapping", "told"),
    [
        ([NAME], ("mapping", "no_phone_column")),
        ([PHONE], ("mapping", "no_name_column")),
        ([], ("mapping", "no_phone_column")),
        ([NAME, PHONE, {"column": "Phone"}], ("mapping[2].column", "unknown_column")),
        ([NAME, PHONE, NAME], ("mapping[2].column", "conflict")),
        ([NAME, {**PHONE, "attribute": "x"}], ("mapping[1].attribute", "conflict")),
        ([NAME, PHONE, {**NAME, "column": "city"}], ("mapping[2].field", "conflict")),
        ([NAME, PHONE, {"column": "city", "attribute": "the city"}], ("mapping[2].attribute", "invalid_name")),
        ([NAME, PHONE, {"column": "city", "attribute": "email"}], ("mapping[2].attribute", "reserved_name")),
    ],
)
async def test_a_mapping_that_cannot_be_is_refused_by_its_place(mapping: list[Any], told: tuple[str, str]) -> None:
    before = await ContactImport.all().count()
    code, *rest = await only(started(f"name,phone,city\nAda,{phone()},Lima\n", mapping=mapping))
    assert (code, tuple(rest)) == (ErrorCode.VALIDATION_ERROR, told)
    assert await ContactImport.all().count() == before


async def test_everything_that_is_wrong_with_a_mapping_is_told_at_once() -> None:
    mapping = [{"column": "x"}, {"column": "y"}, NAME]
    with pytest.raises(Refusals) as refused:
        await started("name,phone\nA,1\n", mapping=mapping)
    assert [one.field for one in refused.value.refusals] == ["mapping[0].column", "mapping[1].column"]


async def test_one_source_alone_and_a_file_to_import() -> None:
    file_id = await a_file(f"name,phone\nAda,{phone()}\n")
    people = [{"name": "x"}]
    wrong = (ErrorCode.VALIDATION_ERROR, "contacts", "conflict")
    assert await only(contacts.start_import(SYSTEM, contacts=people, file_id=file_id)) == wrong
    wrong = (ErrorCode.VALIDATION_ERROR, "fileId", "required")
    assert await only(contacts.start_import(SYSTEM)) == wrong
    wrong = (ErrorCode.VALIDATION_ERROR, "mapping", "conflict")
    assert await only(contacts.start_import(SYSTEM, contacts=people, mapping=[])) == wrong
    media = await uploaded("a.csv", b"name,phone\n")
    coming = await announced("a.csv", b"name,phone\n", purpose=FilePurpose.IMPORT)
    for id, code, reason in (
        (media.id, ErrorCode.VALIDATION_ERROR, "wrong_purpose"),
        (coming.file.id, ErrorCode.INVALID_STATE, None),
        (2**40, ErrorCode.NOT_FOUND, None),
    ):
        for call in (contacts.preview(SYSTEM, id), contacts.start_import(SYSTEM, file_id=id)):
            assert await only(call) == (code, "fileId", reason)


def people(count: int, number: str | None = None) -> str:
    rows = [f"Person {n},{phone()}" for n in range(count)]
    return "\n".join(["name,phone", *rows, *([f"Twin,{number}"] if number else [])]) + "\n"


async def test_it_goes_on_at_the_byte_where_a_killed_worker_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "CHUNK", 10)
    content = people(35)
    numbers = [line.split(",")[1] for line in content.splitlines()[1:]]
    job = await started(content + f"Twin,{numbers[3]}\n")
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
    assert content.encode()[: half.bytes_done].count(b"\n") == 21
    assert half.progress == pytest.approx(20 / 36)
    await asyncio.gather(*(contacts.run_import(job.id) for _ in range(3)))
    done = await ContactImport.get(id=job.id)
    assert (done.status, done.position, done.created, done.failed) == (JobStatus.COMPLETED, 36, 35, 1)
    assert [row for row, *_ in await verdicts(done)] == list(range(1, 37))
    assert (await words(done))[-1] == "Row 4 is the same contact."
    assert await ContactPhone.filter(phone_number__in=numbers).count() == 35


async def test_a_long_import_lets_others_go_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "CHUNK", 5)
    monkeypatch.setattr("domain.contacts.imports.RUN_SECONDS", -1)
    rung = list[Any]()
    monkeypatch.setattr("domain.contacts.imports.ring", lambda *bell: rung.append(bell))
    job = await started(people(12))
    rung.clear()
    await contacts.run_import(job.id)
    assert rung == [("import_contacts", job.id)]
    monkeypatch.setattr("domain.contacts.imports.RUN_SECONDS", 5)
    await contacts.run_import(job.id)
    assert (await ContactImport.get(id=job.id)).created == 12


@pytest.mark.parametrize("how", ["deleted", "gone"])
async def test_a_file_that_goes_meanwhile_ends_its_import_and_keeps_what_is_done(
    monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setattr(sources, "CHUNK", 10)
    job = await started(people(30))
    assert job.file_id is not None
    write = chunks._write_rows

    async def go(*args: Any) -> None:
        await write(*args)
        if how == "gone":
            await storage.remove(job.file_id)

    monkeypatch.setattr(chunks, "_write_rows", go)
    if how == "deleted":
        await files.delete(SYSTEM, job.file_id)
    await contacts.run_import(job.id)
    failed = await ContactImport.get(id=job.id)
    done = failed.position
    # What was read ahead when the file went is still done.
    assert (failed.status, done in ((0,) if how == "deleted" else (10, 20))) == (JobStatus.FAILED, True)
    assert failed.error_message == f"The file was deleted; rows up to {done} are done."
    assert await progress_of(job) == ["QUEUED", "FAILED"]


async def test_two_imports_of_the_same_file_make_everyone_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "CHUNK", 20)
    content = people(60)
    jobs = [await started(content) for _ in range(2)]
    await asyncio.gather(*(contacts.run_import(job.id) for job in jobs))
    done = await ContactImport.filter(id__in=[job.id for job in jobs])
    assert (sum(job.created for job in done), sum(job.skipped for job in done)) == (60, 60)


async def test_every_kind_of_caller() -> None:
    sender = await factories.sender()
    file_id = await a_file("name,phone\n")
    await check_callers(lambda v: contacts.preview(v, file_id), {Role.ADMIN, Role.MARKETER}, Scope.CONTACTS)
    bound = token(*Scope, sender_id=sender.id)
    assert (await only(contacts.preview(bound, file_id)))[0] is ErrorCode.AUTHORIZATION_ERROR
    url = contacts.verdicts_url
    writers = {Role.ADMIN, Role.MARKETER}
    await check_callers(lambda v: url(v, import_id=1, verdicts=None), writers, Scope.CONTACTS)
    assert await url(bound, import_id=1, verdicts=None) is None


async def test_statements_do_not_grow_with_the_rows() -> None:
    job = await imported(people(1000))
    assert job.created == 1000
    assert await connect.value("SELECT count(*) FROM import_row WHERE contact_import_id = $1", job.id) == 1000
