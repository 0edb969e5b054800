"""Imports from a CSV: what it holds is shown first, and bad files are told in words."""

import sys
from typing import Any

import pytest

from db.accounts import Role, Scope
from db.contacts import ContactImport
from db.files import FilePurpose
from domain import contacts
from domain.core.access import SYSTEM
from domain.core.errors import ErrorCode, Refusal, Refusals
from tests import factories
from tests.callers import check_callers, only, token
from tests.domain.contacts.importing import a_file, imported, meanings, shown, started, who, words
from tests.domain.files import samples
from tests.domain.files.surroundings import announced, uploaded
from tests.factories import phone


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
    with pytest.raises(Refusal, match=r"Files of these kinds are taken: CSV\. This is image/png\."):
        await a_file(samples.png())


@pytest.mark.parametrize("content", [b"name,phone\0\0\n", "name,phone\n".encode("utf-16-be")])
async def test_bytes_that_no_text_has_are_told_by_their_place(content: bytes) -> None:
    place = content.index(b"\0") + 1
    words = rf"CSV\. Its byte {place} is 00, which no text has: save it as UTF-8\."
    with pytest.raises(Refusal, match=words):
        await a_file(content)


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


async def test_encoding_and_delimiter_are_read_as_somebody_says() -> None:
    number = phone()
    content = f"name;phone,note\nZażółć;{number},x\n".encode("iso8859-2")
    file_id = await a_file(content)
    said = {"encoding": "ISO-8859-2", "delimiter": ";"}
    found = await contacts.preview(SYSTEM, file_id, **said)
    assert (found.encoding, found.delimiter, found.rows) == ("iso8859-2", ";", [["Zażółć", f"{number},x"]])
    marked = b"\xef\xbb\xbf" + f"name\tphone\nJosé\t{number}\n".encode()
    found = await contacts.preview(SYSTEM, await a_file(marked), encoding="cp1252")
    assert (found.encoding, found.delimiter, found.rows) == ("cp1252", "\t", [["JosÃ©", number]])
    job = await imported(f"name;phone\nЖанна;{number}\n".encode("koi8-r"), encoding="koi8-r")
    assert (job.created, (await who(number)).name) == (1, "Жанна")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"encoding": "klingon"}, ("encoding", "unknown_encoding")),
        ({"encoding": "iso2022_jp"}, ("encoding", "unknown_encoding")),
        ({"encoding": "hex"}, ("encoding", "unknown_encoding")),
        ({"encoding": "a\0"}, ("encoding", "unknown_encoding")),
        ({"delimiter": ""}, ("delimiter", "invalid_value")),
        ({"delimiter": ", "}, ("delimiter", "invalid_value")),
    ],
)
async def test_what_no_file_is_read_as_is_refused(said: dict[str, str], told: tuple[str, str]) -> None:
    file_id = await a_file(f"name,phone\nAda,{phone()}\n")
    for doing in (contacts.preview(SYSTEM, file_id, **said), contacts.start_import(SYSTEM, file_id=file_id, **said)):
        assert await only(doing) == (ErrorCode.VALIDATION_ERROR, *told)
    [field] = said
    of_list = contacts.start_import(SYSTEM, contacts=[{"name": "x"}], **said)
    assert await only(of_list) == (ErrorCode.VALIDATION_ERROR, field, "conflict")


async def test_more_columns_than_custom_values_may_be_are_told_of_before_any_row() -> None:
    content = "name,phone," + ",".join(f"c{n}" for n in range(101)) + f"\nAda,{phone()}{',x' * 101}\n"
    words = "101 columns would be custom values; 100 are allowed: leave some out."
    assert (await shown(content)).problems == [words]
    assert await only(started(content)) == (ErrorCode.VALIDATION_ERROR, "mapping", "too_many")
    assert (await imported(content, mapping=[NAME, PHONE])).created == 1


async def test_a_file_without_a_column_of_numbers_is_refused_as_a_whole() -> None:
    content = "name,city\nAda,Lima\n"
    assert (await shown(content)).problems == ["No column holds phone numbers: name the one that does."]
    assert await only(started(content)) == (ErrorCode.VALIDATION_ERROR, "mapping", "no_phone_column")


async def test_more_rows_than_may_be_are_told_of_before_any_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["domain.contacts.preview"], "MOST_ROWS", 2)
    content = "name,phone\n" + f"Ada,{phone()}\n" * 3
    assert (await shown(content)).problems[0] == "It has more than 2 rows; cut it into several files."
    assert await only(started(content)) == (ErrorCode.VALIDATION_ERROR, "fileId", "unreadable")
