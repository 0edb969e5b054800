"""Imports from a file through the API: up, looked at, imported, and every verdict told."""

import asyncio
from typing import Any

from db.accounts import Role
from db.contacts import ContactImport, JobStatus
from domain import contacts
from domain.core.access import SYSTEM
from graph.core.ids import decode, encode
from tests import factories
from tests.factories import phone
from tests.running import Api
from tests.statements import counted

UPLOAD = """mutation ($input: CreateUploadInput!) { createUpload(input: $input) { url headers file { id } } }"""
PREVIEW = """query ($id: ID!) { contactImportPreview(fileId: $id) {
  delimiter encoding rowCount columns { column field attribute } rows problems
} }"""
IMPORT = """mutation ($input: ImportContactsInput!) { importContacts(input: $input) { id status progress } }"""
START = """mutation ($input: ImportContactsInput!) { importContacts(input: $input) {
  id status progress created failed createdBy { id } createdAt errorMessage
} }"""
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


async def ran(id: int) -> None:
    """Runs an import, or waits for a worker that other tests started and that was quicker."""
    await contacts.run_import(id)
    async with asyncio.timeout(10):
        while (await ContactImport.get(id=id)).status is not JobStatus.COMPLETED:  # noqa: ASYNC110 - nothing tells when
            await asyncio.sleep(0.05)


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
    await ran(decode(job["id"], "ContactImport"))
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


async def test_an_import_is_started_and_read(api: Api) -> None:
    group = await factories.group()
    rows: list[dict[str, Any]] = [
        {"name": "Ana", "phoneNumber": phone(), "groupIds": [encode("Group", group.id)]},
        {"name": "Bad", "phoneNumber": "0123"},
    ]
    user = await factories.user(role=Role.MARKETER)
    token = await api.sign_in(user.email, "correct-horse-battery")
    given = {"contacts": rows, "groupIds": [encode("Group", group.id)], "onDuplicate": "UPDATE"}
    started = (await api.gql(START, {"input": given}, token=token))["data"]["importContacts"]
    assert started["createdBy"] == {"id": encode("User", user.id)}
    job = await ContactImport.get(created_by_id=user.id)
    await ran(job.id)
    document = """query ($id: ID!, $filter: ImportRowFilter) { node(id: $id) { ... on ContactImport {
      status progress created updated skipped failed errorMessage
      rows(filter: $filter) { totalCount edges { node { id row verdict field code message contact { name } } } }
    } } }"""
    done = (await api.data(document, role=Role.VIEWER, id=started["id"]))["node"]
    assert (done["status"], done["progress"], done["created"], done["failed"]) == ("COMPLETED", 1.0, 1, 1)
    assert (done["updated"], done["skipped"], done["errorMessage"], done["rows"]["totalCount"]) == (0, 0, None, 2)
    made, failed = [edge["node"] for edge in done["rows"]["edges"]]
    assert (made["row"], made["verdict"], made["contact"], made["code"]) == (1, "CREATED", {"name": "Ana"}, None)
    assert (failed["row"], failed["verdict"], failed["field"], failed["contact"]) == (2, "FAILED", "phoneNumber", None)
    assert failed["code"] == "INVALID_PHONE_NUMBER"
    assert failed["message"]
    only_failed = (await api.data(document, id=started["id"], filter={"verdict": ["FAILED"]}))["node"]["rows"]
    assert (only_failed["totalCount"], only_failed["edges"][0]["node"]["row"]) == (1, 2)
    shown = await api.data("query ($id: ID!) { node(id: $id) { ... on ImportRow { row } } }", id=made["id"])
    assert shown == {"node": {"row": 1}}
    for wrong, field in (
        ({"contacts": []}, "contacts"),
        ({"contacts": [{"name": "x"}] * 2001}, "contacts"),
        ({"contacts": [{"name": "x"}], "groupIds": [encode("Group", 2**40)]}, "groupIds"),
    ):
        assert (await api.refusal(START, input=wrong))["field"] == field


async def test_verdicts_are_taken_along_as_csv(api: Api) -> None:
    number = phone()
    given = [{"name": "=cmd()", "phone_number": number}, {"name": ""}, {"name": "Last"}]
    job = await contacts.start_import(SYSTEM, contacts=given)
    await ran(job.id)
    document = """query ($id: ID!, $filter: ImportRowFilter) {
      node(id: $id) { ... on ContactImport { rows(filter: $filter, first: 0) { csvUrl } } }
    }"""
    id = encode("ContactImport", job.id)

    async def taken(**asked: Any) -> list[str]:
        url = (await api.data(document, role=Role.MARKETER, id=id, **asked))["node"]["rows"]["csvUrl"]
        answer = await api.http.get(url)
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        assert answer.headers["content-disposition"] == 'attachment; filename="import-rows.csv"'
        return answer.content.decode("utf-8-sig").splitlines()

    head = "row,verdict,name,phone,field,code,message"
    failed = "2,FAILED,,,name,VALIDATION_ERROR,This must not be empty."
    assert await taken() == [head, f"1,CREATED,'=cmd(),{number},,,", failed, "3,CREATED,Last,,,,"]
    assert await taken(filter={"verdict": ["FAILED"]}) == [head, failed]
    for role in (Role.SALES, Role.VIEWER):
        refused = await api.gql(document, {"id": id}, role=role)
        assert refused["errors"][0]["extensions"]["code"] == "AUTHORIZATION_ERROR"
    assert (await api.http.get("/csv/x.y")).status_code == 403


async def test_a_list_of_rows_costs_the_same_whatever_its_length(api: Api) -> None:
    group = await factories.group()
    given = [{"name": f"P{n}", "phone_number": phone()} for n in range(6)] + [{"name": ""}]
    jobs = [await contacts.start_import(SYSTEM, contacts=given, group_ids=[group.id]) for _ in range(2)]
    for job in jobs:
        await ran(job.id)
    of_one = "one: node(id: $one) { ...Rows }"
    rows = """fragment Rows on ContactImport { createdBy { id } rows(first: $first) {
          totalCount edges { node { row message contact { name phoneNumber groups { name } } } }
        } }"""
    alone = f"query ($one: ID!, $first: Int) {{ {of_one} }} {rows}"
    both = f"query ($one: ID!, $two: ID!, $first: Int) {{ {of_one} two: node(id: $two) {{ ...Rows }} }} {rows}"
    one, two = (encode("ContactImport", job.id) for job in jobs)
    await counted(both, one=one, two=two, first=1)  # What is kept in memory for a while is read.
    counts = list[int]()
    for first in (1, 7):
        data, count = await counted(alone, one=one, first=first)
        assert len(data["one"]["rows"]["edges"]) == first
        counts.append(count)
    assert counts[0] == counts[1]
    # Two that are read at once share their statements where they come to them in the same moment.
    data, count = await counted(both, one=one, two=two, first=7)
    assert len(data["two"]["rows"]["edges"]) == 7
    assert counts[0] <= count <= 12
