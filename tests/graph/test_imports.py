"""Imports from a file through the API: up, looked at, imported, and every verdict told."""

from typing import Any

from db.accounts import Role
from domain import contacts
from graph.core.ids import decode, encode
from tests import factories
from tests.factories import phone
from tests.running import Api

UPLOAD = """mutation ($input: CreateUploadInput!) { createUpload(input: $input) { url headers file { id } } }"""
PREVIEW = """query ($id: ID!) { contactImportPreview(fileId: $id) {
  delimiter encoding rowCount columns { column field attribute } rows problems
} }"""
IMPORT = """mutation ($input: ImportContactsInput!) { importContacts(input: $input) { id status progress } }"""
SHOWN = """query ($id: ID!) { node(id: $id) { ... on ContactImport {
  status progress created updated skipped failed errorMessage
  rows { edges { node { row verdict field code message contact { name phoneNumber groups { id } } } } }
} } }"""


async def uploaded(api: Api, content: bytes) -> str:
    given = {"name": "people.csv", "sizeBytes": len(content), "purpose": "IMPORT"}
    upload = (await api.data(UPLOAD, role=Role.MARKETER, input=given))["createUpload"]
    answer = await api.http.put(upload["url"], content=content, headers=upload["headers"])
    assert answer.status_code == 200, answer.text
    return upload["file"]["id"]


async def test_a_file_is_previewed_and_imported(api: Api) -> None:
    number, group = phone(), await factories.group()
    content = f"nome;celular;cidade\r\nJosé Peña;{number};Évora\r\nNinguém;12;\r\n".encode("cp1252")
    file_id = await uploaded(api, content)
    found = (await api.data(PREVIEW, role=Role.MARKETER, id=file_id))["contactImportPreview"]
    assert found == {
        "delimiter": ";",
        "encoding": "cp1252",
        "rowCount": 2,
        "columns": [
            {"column": "nome", "field": "NAME", "attribute": None},
            {"column": "celular", "field": "PHONE_NUMBER", "attribute": None},
            {"column": "cidade", "field": None, "attribute": "cidade"},
        ],
        "rows": [["José Peña", number, "Évora"], ["Ninguém", "12", ""]],
        "problems": ["Row 2, celular: The number has 2 digits; 7 to 15 are allowed."],
    }
    mapping = [{"column": "nome", "field": "NAME"}, {"column": "celular", "field": "PHONE_NUMBER"}]
    given = {"fileId": file_id, "mapping": mapping, "groupIds": [encode("Group", group.id)]}
    job = (await api.data(IMPORT, role=Role.MARKETER, input=given))["importContacts"]
    assert (job["status"], job["progress"]) == ("QUEUED", 0)
    await contacts.run_import(decode(job["id"], "ContactImport"))
    done = (await api.data(SHOWN, role=Role.VIEWER, id=job["id"]))["node"]
    rows = [edge["node"] for edge in done.pop("rows")["edges"]]
    assert done == {
        "status": "COMPLETED",
        "progress": 1,
        "created": 1,
        "updated": 0,
        "skipped": 0,
        "failed": 1,
        "errorMessage": None,
    }
    assert rows[0]["contact"] == {"name": "José Peña", "phoneNumber": number, "groups": [{"id": given["groupIds"][0]}]}
    assert (rows[1]["row"], rows[1]["verdict"], rows[1]["field"]) == (2, "FAILED", "celular")
    assert (rows[1]["code"], rows[1]["contact"]) == ("INVALID_PHONE_NUMBER", None)


async def test_bytes_that_are_in_no_encoding_are_shown_as_question_marks(api: Api) -> None:
    content = b"name,phone\n" + "José,1\n".encode() * 3 + b"Jos\xe9,2\n"
    found = (await api.data(PREVIEW, id=await uploaded(api, content)))["contactImportPreview"]
    assert found["rows"][3] == ["Jos?", "2"]
    assert found["problems"][3] == "Row 4: It has bytes that are not utf-8."


async def test_what_is_wrong_with_an_import_is_told_by_field(api: Api) -> None:
    async def refused(**given: Any) -> tuple[str, str | None, str | None]:
        told = await api.refusal(IMPORT, input=given)
        return told["code"], told["field"], told["details"].get("reason")

    file_id = await uploaded(api, b"name,phone\nAda,+5511961230345\n")
    assert await refused() == ("VALIDATION_ERROR", "fileId", "required")
    assert await refused(fileId=file_id, contacts=[]) == ("VALIDATION_ERROR", "contacts", "conflict")
    assert await refused(fileId=encode("Group", 1)) == ("VALIDATION_ERROR", "fileId", "wrong_type")
    assert await refused(fileId=encode("File", 2**40)) == ("NOT_FOUND", "fileId", None)
    wrong = [{"column": "Phone", "field": "PHONE_NUMBER"}]
    assert await refused(fileId=file_id, mapping=wrong) == ("VALIDATION_ERROR", "mapping[0].column", "unknown_column")
    told = await api.refusal(PREVIEW, id=encode("File", 2**40))
    assert (told["code"], told["field"]) == ("NOT_FOUND", "fileId")
