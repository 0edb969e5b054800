"""Files through the API, and the links that lead to their bytes."""

import asyncio
import json
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from httpx import Response

from db.accounts import Role, Scope
from db.core import connect
from db.core.settings import get_settings
from db.files import File
from domain.files.kinds import MEGABYTE
from graph.core.ids import decode, encode
from tests import factories
from tests.domain.files import samples
from tests.domain.files.surroundings import coming, kept
from tests.domain.messages.surroundings import a_contact
from tests.factories import unique
from tests.running import Api, Program, free_port
from tests.statements import counted

CREATE = """mutation ($input: CreateUploadInput!) { createUpload(input: $input) {
  url headers expiresAt file { id name purpose status mimeType sizeBytes url errorMessage metadata uploadedAt
    uploadedBy { id } conversation { id } }
} }"""
DELETE = "mutation ($id: ID!) { deleteFile(id: $id) }"
SHOWN = """query ($id: ID!) { node(id: $id) { id ... on File {
  name purpose status mimeType sizeBytes url errorMessage metadata uploadedAt uploadedBy { email } conversation { id }
} } }"""
PNG = samples.png()
pytestmark = pytest.mark.timeout(300)  # the first to want S3 installs its server


@pytest_asyncio.fixture(scope="module", params=["folder", "bucket"], loop_scope="session")
async def api(api: Api, request: pytest.FixtureRequest, environment: dict[str, str]) -> AsyncIterator[Api]:
    """The API of all tests, whose files lie in a folder, and one whose files lie in a bucket."""
    if request.param == "folder":
        yield api
        return
    async with in_a_bucket(api, environment, request.getfixturevalue("s3").bucket()) as other:
        yield other


@asynccontextmanager
async def in_a_bucket(api: Api, environment: dict[str, str], bucket: dict[str, str]) -> AsyncIterator[Api]:
    """An API beside the one of all, on the same database, with its files in a bucket."""
    port = str(free_port())
    url = f"http://127.0.0.1:{port}"
    folder = f"{environment['DATA_DIR']}-{port}"
    given = {**environment, **bucket, "API_PORT": port, "PUBLIC_URL": url, "DATA_DIR": folder}
    with Program.api(given) as program, pytest.MonkeyPatch.context() as patch:
        for name, value in given.items():
            patch.setenv(name, value)
        get_settings.cache_clear()
        own = Api(url, program)
        own.tokens = api.tokens
        try:
            yield own
        finally:
            await own.close()
    get_settings.cache_clear()


async def announce(api: Api, role: Role = Role.SALES, content: bytes = PNG, **given: Any) -> dict[str, Any]:
    wanted = {"name": "Front door.png", "sizeBytes": len(content), **given}
    return (await api.data(CREATE, role=role, input=wanted))["createUpload"]


async def put(api: Api, upload: dict[str, Any], content: Any = PNG) -> Response:
    return await api.http.put(upload["url"], content=content, headers=upload["headers"])


async def shown(api: Api, id: str, role: Role = Role.VIEWER) -> dict[str, Any]:
    return (await api.data(SHOWN, role=role, id=id))["node"]


async def uploaded(api: Api, name: str = "a.png", content: bytes = PNG) -> dict[str, Any]:
    upload = await announce(api, name=name, content=content)
    answer = await put(api, upload, content)
    assert answer.status_code == 200, answer.text
    return await shown(api, upload["file"]["id"])


async def test_a_file_is_announced_put_shown_read_and_deleted(api: Api) -> None:
    upload = await announce(api, metadata={"from": "the garage"})
    file = upload["file"]
    assert (file["status"], file["mimeType"], file["sizeBytes"], file["url"]) == ("QUEUED", None, len(PNG), None)
    assert upload["headers"] == {"Content-Type": "application/octet-stream"}
    assert urlsplit(upload["url"]).path == f"/files/{decode(file['id'], 'File')}"
    answer = await put(api, upload)
    assert answer.json() == {"id": file["id"], "mimeType": "image/png", "sizeBytes": len(PNG)}

    found = await shown(api, file["id"], Role.ADMIN)
    assert (found["name"], found["purpose"], found["status"]) == ("Front door.png", "MEDIA", "COMPLETED")
    assert (found["mimeType"], found["sizeBytes"], found["metadata"]) == (
        "image/png",
        len(PNG),
        {"from": "the garage"},
    )
    assert found["uploadedBy"]["email"].startswith("user-")
    assert (found["conversation"], found["errorMessage"], found["uploadedAt"]) == (None, None, file["uploadedAt"])
    read = await api.http.get(found["url"])
    assert (read.status_code, read.content) == (200, PNG)

    assert await api.data(DELETE, role=Role.MARKETER, id=file["id"]) == {"deleteFile": file["id"]}
    assert (await api.http.get(found["url"])).status_code == 404
    assert await shown(api, file["id"]) is None


async def test_a_conversation_has_its_files_and_they_say_so(api: Api) -> None:
    sender, contact = await factories.sender(), await a_contact()
    conversation = await connect.value(
        "INSERT INTO conversation (sender_id, contact_id, address) VALUES ($1, $2, 'x') RETURNING id",
        sender.id,
        contact,
    )
    id = encode("Conversation", conversation)
    uploads = [await announce(api, name=name, conversationId=id) for name in ("a.png", "b.png", "c.png")]
    assert [upload["file"]["conversation"] for upload in uploads] == [{"id": id}] * 3
    await api.data(DELETE, id=uploads[0]["file"]["id"])
    document = """query ($id: ID!, $after: String) { conversation(id: $id) { files(first: 1, after: $after) {
      totalCount pageInfo { hasNextPage endCursor } edges { node { name } } } } }"""
    page = (await api.data(document, role=Role.VIEWER, id=id))["conversation"]["files"]
    assert (page["totalCount"], page["edges"][0]["node"]["name"]) == (2, "c.png")
    rest = (await api.data(document, id=id, after=page["pageInfo"]["endCursor"]))["conversation"]["files"]
    assert (rest["edges"][0]["node"]["name"], rest["pageInfo"]["hasNextPage"]) == ("b.png", False)


async def test_its_arrival_is_told(api: Api) -> None:
    upload = await announce(api)
    await put(api, upload)
    document = """query ($id: ID!) { events(filter: { subjectId: $id }, first: 10) { edges { node {
      __typename type actor { id } subject { __typename ... on File { name status } }
    } } } }"""
    [edge] = (await api.data(document, id=upload["file"]["id"]))["events"]["edges"]
    assert edge["node"] == {
        "__typename": "ResourceEvent",
        "type": "FILE_UPDATED",
        "actor": upload["file"]["uploadedBy"] or edge["node"]["actor"],
        "subject": {"__typename": "File", "name": "Front door.png", "status": "COMPLETED"},
    }


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": "run.exe"}, "name"),
        ({"sizeBytes": 5 * MEGABYTE + 1}, "sizeBytes"),
        ({"purpose": "EXPORT"}, "purpose"),
        ({"metadata": "words"}, "metadata"),
        ({"conversationId": "nonsense"}, "conversationId"),
    ],
)
async def test_bad_input_names_its_field(api: Api, given: dict[str, Any], field: str) -> None:
    before = await File.all().count()
    wanted = {"name": "a.png", "sizeBytes": 10, **given}
    refusal = await api.refusal(CREATE, role=Role.SALES, input=wanted)
    assert (refusal["code"], refusal["field"]) == ("VALIDATION_ERROR", field)
    assert await File.all().count() == before


async def test_who_may_not_changes_nothing(api: Api) -> None:
    file, before = await uploaded(api), await File.all().count()
    for document, given in ((CREATE, {"input": {"name": "a.png", "sizeBytes": 1}}), (DELETE, {"id": file["id"]})):
        assert (await api.refusal(document, role=Role.VIEWER, **given))["code"] == "AUTHORIZATION_ERROR"
        assert (await api.refusal(document, role=None, **given))["code"] == "AUTHENTICATION_ERROR"
    assert await File.all().count() == before
    assert (await shown(api, file["id"]))["status"] == "COMPLETED"


async def test_a_token_bound_to_another_sender_sees_nothing_of_it(api: Api) -> None:
    file, sender, user = await uploaded(api), await factories.sender(), await factories.user()
    secret = await factories.api_token(user, Scope.READ, sender_id=sender.id)
    answer = await api.gql(SHOWN, {"id": file["id"]}, token=secret)
    assert answer["data"] == {"node": None}


@pytest.mark.parametrize(
    ("name", "content", "disposition", "mime_type"),
    [
        ("a.png", PNG + b"<script>alert(1)</script>", "inline", "image/png"),
        ("ação.mp4", samples.boxes(b"isom"), "inline", "video/mp4"),
        ("a.mp3", samples.MP3, "inline", "audio/mpeg"),
        ("a.pdf", samples.PDF, "attachment", "application/pdf"),
        ("a.txt", b"Hello <b>", "attachment", "text/plain; charset=utf-8"),
        ("a.md", b"# Tags\n\n<script>alert(1)</script>\n", "attachment", "text/markdown; charset=utf-8"),
    ],
)
async def test_browsers_run_nothing_of_a_file(
    api: Api, name: str, content: bytes, disposition: str, mime_type: str
) -> None:
    answer = await api.http.get((await uploaded(api, name, content))["url"])
    assert answer.content == content
    headers = answer.headers
    assert headers["content-type"] == mime_type
    assert headers["content-disposition"].startswith(f"{disposition}; filename")
    assert headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in headers["content-security-policy"]
    assert headers["cache-control"].startswith("private")


async def test_parts_of_a_file_are_read(api: Api) -> None:
    url = (await uploaded(api))["url"]
    some = await api.http.get(url, headers={"Range": "bytes=1-3"})
    assert (some.status_code, some.content, some.headers["content-range"]) == (206, b"PNG", f"bytes 1-3/{len(PNG)}")
    rest = await api.http.get(url, headers={"Range": f"bytes={len(PNG) - 2}-"})
    assert (rest.status_code, rest.content) == (206, PNG[-2:])
    end = await api.http.get(url, headers={"Range": "bytes=-3"})
    assert (end.status_code, end.content, end.headers["content-length"]) == (206, PNG[-3:], "3")
    beyond = await api.http.get(url, headers={"Range": "bytes=9999-"})
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{len(PNG)}")
    for odd in ("lines=1-3", "bytes=3-1", "bytes=a-b", "bytes=0-0,2-2"):
        whole = await api.http.get(url, headers={"Range": odd})
        assert (whole.status_code, whole.content) == (200, PNG)
    mark = some.headers["etag"]
    same = await api.http.get(url, headers={"Range": "bytes=0-0", "If-Range": mark})
    assert (same.status_code, same.content) == (206, PNG[:1])
    other = await api.http.get(url, headers={"Range": "bytes=0-0", "If-Range": '"another"'})
    assert (other.status_code, other.content) == (200, PNG)
    part = await api.http.head(url, headers={"Range": "bytes=1-3"})
    assert (part.status_code, part.headers["content-length"], part.content) == (206, "3", b"")
    head = await api.http.head(url)
    assert (head.status_code, head.headers["content-length"], head.content) == (200, str(len(PNG)), b"")


async def test_content_that_is_not_taken_is_refused_and_told(api: Api) -> None:
    content = b"<!DOCTYPE html><script>alert(1)</script>"
    upload = await announce(api, content=content)
    answer = await put(api, upload, content)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["extensions"]["code"] == "VALIDATION_ERROR"
    found = await shown(api, upload["file"]["id"])
    assert (found["status"], found["mimeType"], found["url"]) == ("FAILED", None, None)
    assert found["errorMessage"] == answer.json()["errors"][0]["message"]
    assert kept(decode(found["id"], "File")) is None


async def test_sizes_and_links_that_are_wrong_are_refused_and_may_be_tried_again(api: Api) -> None:
    upload = await announce(api)
    for content, status in ((PNG + b"\0", 400), (PNG[1:], 400)):
        answer = await put(api, upload, content)
        assert (answer.status_code, answer.json()["errors"][0]["extensions"]["details"]["reason"]) == (
            status,
            "wrong_size",
        )

    async def parts() -> Any:
        yield PNG
        yield b"\0"

    assert (await put(api, upload, parts())).status_code == 400
    path = urlsplit(upload["url"]).path
    for url in (path, upload["url"][:-1], f"{path}?expires=1&signature=0"):
        answer = await put(api, {**upload, "url": url})
        assert answer.status_code == 403
        assert answer.json()["errors"][0]["extensions"]["code"] == "AUTHORIZATION_ERROR"
        assert (await api.http.get(url)).status_code == 403
    assert (await put(api, upload)).status_code == 200
    assert (await put(api, upload)).status_code == 409


async def reached(count: int) -> None:
    """Waits until so many files are coming in."""
    end = time.monotonic() + 30
    while (found := coming()) != count:
        assert time.monotonic() < end, found
        await asyncio.sleep(0.01)


async def test_what_breaks_off_leaves_nothing_and_may_come_again(api: Api) -> None:
    upload, before = await announce(api), coming()
    parts = urlsplit(upload["url"])
    lines = f"PUT {parts.path}?{parts.query} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(PNG)}\r\n\r\n"
    with socket.create_connection((parts.hostname or "", parts.port or 0)) as wire:
        wire.sendall(lines.encode() + PNG[:20])
        await reached(before + 1)
    await reached(before)
    assert (await shown(api, upload["file"]["id"]))["status"] == "QUEUED"
    assert (await put(api, upload)).status_code == 200


async def test_a_large_file_costs_the_server_no_memory(api: Api) -> None:
    """100 MB of film pass through while the process grows by less than a tenth of that, or the parts of a bucket."""
    process = api.program.process
    assert process is not None

    def memory() -> int:
        with open(f"/proc/{process.pid}/status") as status:
            return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmRSS"))

    film = samples.boxes(b"isom")
    upload = await announce(api, name="film.mp4", sizeBytes=100 * MEGABYTE)
    before, most = memory(), 0

    async def parts() -> Any:
        nonlocal most
        yield film
        left = 100 * MEGABYTE - len(film)
        while left:
            size = min(left, MEGABYTE)
            yield bytes(size)
            left -= size
            most = max(most, memory())

    assert (await put(api, upload, parts())).status_code == 200
    read = 0
    async with api.http.stream("GET", (await shown(api, upload["file"]["id"]))["url"]) as answer:
        async for chunk in answer.aiter_bytes():
            read += len(chunk)
            most = max(most, memory())
    assert read == 100 * MEGABYTE
    assert most - before < (40 if get_settings().s3_bucket else 10) * MEGABYTE
    await api.data(DELETE, id=upload["file"]["id"])


async def test_the_example_uploads_with_curl(api: Api, tmp_path: Path) -> None:
    file = tmp_path / "front door.png"
    file.write_bytes(PNG)
    script = Path(__file__).parents[2] / "examples" / "upload.sh"
    running = await asyncio.create_subprocess_exec(
        "sh", script, api.tokens[Role.SALES], file, api.url, stdout=asyncio.subprocess.PIPE
    )
    told, _ = await running.communicate()
    answer = json.loads(told)
    assert (running.returncode, answer["mimeType"]) == (0, "image/png")
    assert (await shown(api, answer["id"]))["name"] == "front door.png"


async def test_however_many_files_the_statements_are_as_many() -> None:
    file = await File.create(name=unique(), size_bytes=1)
    others = [await File.create(name=unique(), size_bytes=1) for _ in range(5)]
    counts: list[int] = []
    for some in ([file], [file, *others]):
        nodes = "".join(
            f'f{row.id}: node(id: "{encode("File", row.id)}") {{ ... on File {{ name conversation {{ id }} }} }} '
            for row in some
        )
        data, count = await counted(f"{{ {nodes} }}")
        assert len(data) == len(some)
        counts.append(count)
    assert counts[1] == len(others) * counts[0] + counts[0]


@pytest.mark.parametrize("id", ["9" * 5000, "9" * 19, "-1", "1.5", "\N{ARABIC-INDIC DIGIT ONE}"])
async def test_links_of_no_file_are_refused(api: Api, id: str) -> None:
    for method in ("GET", "PUT"):
        answer = await api.http.request(method, f"/files/{id}?expires=1&signature=1")
        assert answer.status_code in (403, 404)
        assert answer.json()["errors"][0]["extensions"]["code"] in ("AUTHORIZATION_ERROR", "NOT_FOUND")
