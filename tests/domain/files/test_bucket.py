"""Files in a bucket, and a bucket that is away, overloaded, wrong or cut off: nothing half is seen, nothing lost."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from db.contacts import ContactImport, JobStatus
from db.core import connect
from db.core.settings import get_settings
from db.files import File, FilePurpose
from domain import contacts, files
from domain.contacts import sources
from domain.core.access import SYSTEM
from domain.core.errors import AwayError, ErrorCode, Refusal
from domain.files import bucket, fetching, storage, tending
from domain.health import _ask_files
from domain.providers.base import NotSent
from tests.callers import only
from tests.domain.contacts.importing import a_file, shown
from tests.domain.contacts.test_import_runs import people
from tests.domain.files import samples
from tests.domain.files.surroundings import PNG, announced, coming, kept, put, signed, uploaded
from tests.domain.files.test_providing import an_account, provided
from tests.domain.files.theirs import held, received, tended
from tests.running import Simulator
from tests.s3 import S3, SECRET, Gate, Trouble, cut, overloaded, refused

pytestmark = pytest.mark.timeout(300)  # the first to want S3 installs its server
FILM = samples.boxes(b"isom") + bytes(12_000_000)
"""More than goes in two pieces."""
CLIP = FILM[:5_300_000]
"""Two pieces."""


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bucket, "_RETRIES", 2)


def first(times: int, trouble: Trouble) -> Trouble:
    """Trouble that passes."""
    left = times

    async def passing(request: web.Request) -> web.StreamResponse | None:
        nonlocal left
        left -= 1
        return None if left < 0 else await trouble(request)

    return passing


def when(method: str, trouble: Trouble, key: str = "") -> Trouble:
    """Trouble for requests of a method, whose path holds a word."""

    async def sometimes(request: web.Request) -> web.StreamResponse | None:
        return await trouble(request) if request.method == method and key in request.path_qs else None

    return sometimes


def keys(s3: S3) -> list[str]:
    return s3.keys(get_settings().s3_bucket)


async def test_keys_are_the_paths_of_the_folder(s3: S3, gate: Gate) -> None:
    file = await uploaded()
    assert keys(s3) == [f"{file.id // 1000:06}/{file.id}"]
    assert s3.content(get_settings().s3_bucket, keys(s3)[0]) == PNG
    assert (coming(), storage.path_of(file.id).exists()) == (0, False)
    await files.delete(SYSTEM, file.id)
    await tending.tend()
    assert keys(s3) == []


async def test_a_large_file_goes_in_parts_and_comes_whole(s3: S3, gate: Gate) -> None:
    file = await uploaded("a.mp4", FILM)
    assert sum(method == "PUT" for method, _ in gate.asked) > 3
    assert s3.content(get_settings().s3_bucket, storage.key_of(file.id)) == FILM
    async with storage.here(file.id) as path:
        assert path.read_bytes() == FILM
    assert (path.exists(), coming()) == (False, 0)


async def test_trouble_that_passes_is_not_even_noticed(gate: Gate) -> None:
    gate.trouble = first(2, overloaded)
    file = await uploaded()
    assert kept(file.id) == PNG
    gate.trouble = first(1, cut)
    async with storage.here(file.id) as path:
        assert path.read_bytes() == PNG


@pytest.mark.parametrize("trouble", [overloaded, cut, refused(403, "AccessDenied")])
@pytest.mark.parametrize("what", ["the upload", "a later part", "the copy"])
async def test_an_upload_that_is_cut_leaves_nothing_and_may_come_again(
    s3: S3, gate: Gate, trouble: Trouble, what: str
) -> None:
    upload = await announced("a.mp4", CLIP)
    word = {"the upload": "incoming", "a later part": "partNumber=2", "the copy": storage.key_of(upload.file.id)}
    gate.trouble = when("PUT", trouble, word[what])
    if what == "the upload":
        gate.trouble = when("POST", trouble, word[what])
    with pytest.raises(AwayError, match="The storage of files "):
        await put(upload, CLIP)
    gate.trouble = None
    file = await File.get(id=upload.file.id)
    assert (file.status, kept(file.id), keys(s3), coming()) == (JobStatus.QUEUED, None, [], 0)
    assert (await put(upload, CLIP)).status is JobStatus.COMPLETED
    assert (keys(s3), kept(file.id)) == ([storage.key_of(file.id)], CLIP)


async def test_an_uploader_that_goes_away_leaves_nothing(s3: S3, gate: Gate) -> None:
    upload = await announced("a.mp4", FILM)

    async def broken() -> AsyncIterator[bytes]:
        yield FILM[:6_000_000]
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await files.take(upload.file.id, **signed(upload.url), length=None, chunks=broken())
    assert [method for method, _ in gate.asked] == []
    assert (keys(s3), coming()) == ([], 0)


async def test_of_two_uploads_at_once_the_bytes_are_of_the_one_that_counts(s3: S3, gate: Gate) -> None:
    upload = await announced()
    other = PNG[:-1] + b"\0"
    done = await asyncio.gather(put(upload), put(upload, other), return_exceptions=True)
    [file] = [one for one in done if isinstance(one, File)]
    content = kept(file.id)
    assert content == (PNG if done[0] is file else other)
    assert (keys(s3), coming()) == ([storage.key_of(file.id)], 0)


async def test_what_a_killed_server_left_is_swept_and_nothing_else(
    s3: S3, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = await uploaded()
    async with storage.incoming(10) as left:
        await left.write(b"part")
        await left.close()
        await storage.sweep()
        assert (len(keys(s3)), left.path.exists()) == (2, True)
        monkeypatch.setattr(storage, "_LEFT_BEHIND", -60)
        await storage.sweep()
        assert (keys(s3), left.path.exists()) == ([storage.key_of(file.id)], False)


async def test_what_is_deleted_while_it_is_away_goes_later_and_holds_up_nothing(
    s3: S3, gate: Gate, simulator: Simulator
) -> None:
    gone = await uploaded()
    await files.delete(SYSTEM, gone.id)
    gate.trouble = when("POST", overloaded)
    late = await announced()
    await connect.execute("UPDATE file SET due_at = now() WHERE id = $1", late.file.id)
    assert await tending.tend() is False
    wait = await connect.value("SELECT extract(epoch FROM due_at - now())::float8 FROM file WHERE id = $1", gone.id)
    assert (storage.key_of(gone.id) in keys(s3), 20 < wait <= storage.AWAY_SECONDS) == (True, True)
    assert (await File.get(id=late.file.id)).status is JobStatus.QUEUED, "its bytes could not be removed"
    gate.trouble = None
    assert (await tended(late.file.id)).status is JobStatus.FAILED
    await tended(gone.id)
    assert (storage.key_of(gone.id) in keys(s3), (await File.get(id=gone.id)).due_at) == (False, None)


async def test_what_people_send_is_fetched_once_the_storage_is_back(
    gate: Gate, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = await received(held(simulator))
    gate.trouble = overloaded
    await connect.execute("UPDATE file SET attempts = $2 WHERE id = $1", file.id, fetching.MOST_ATTEMPTS - 1)
    with monkeypatch.context() as patch:
        # Nobody downloads what could not be kept.
        patch.delattr(fetching, "opened")
        tried = await tended(file.id)
    assert (tried.status, tried.error_message) == (JobStatus.QUEUED, "The storage of files is asked too much.")
    assert tried.due_at is not None
    assert tried.attempts == fetching.MOST_ATTEMPTS - 1, "no file is guilty of that"
    gate.trouble = None
    assert ((await tended(file.id)).status, kept(file.id)) == (JobStatus.COMPLETED, PNG)


async def test_what_goes_slowly_to_the_bucket_keeps_its_lease(
    gate: Gate, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise the next worker takes it up, and the one after that: none would ever be the one that counts."""
    file, go = await received(held(simulator)), threading.Event()

    async def slow(_: web.Request) -> None:
        while not go.is_set():  # noqa: ASYNC110 - of another thread
            await asyncio.sleep(0.01)

    gate.trouble = when("PUT", slow, "incoming")
    monkeypatch.setattr(fetching, "_RENEW_SECONDS", 0.05)
    [claimed] = [one for one in await fetching.claim(100, 100) if one.id == file.id]
    fetching_it = asyncio.create_task(fetching.fetch(claimed))
    try:
        await until(lambda: bool(gate.asked))
        await connect.execute("UPDATE file SET due_at = now() + interval '1 s' WHERE id = $1", file.id)
        renewed = "SELECT due_at > now() + interval '5 s' FROM file WHERE id = $1"
        async with asyncio.timeout(10):
            while not await connect.value(renewed, file.id):  # noqa: ASYNC110 - nothing tells when
                await asyncio.sleep(0.01)
    finally:
        go.set()
        await fetching_it
    done = await File.get(id=file.id)
    assert (done.status, done.attempts, kept(file.id)) == (JobStatus.COMPLETED, 1, PNG)


async def test_a_bucket_that_is_slow_to_copy_holds_few_connections(gate: Gate) -> None:
    uploads = [await announced() for _ in range(8)]
    now, most = 0, 0

    def coming_puts() -> list[str]:
        return [path for method, path in gate.asked if method == "PUT" and "incoming" in path]

    async def slow(_: web.Request) -> None:
        nonlocal now, most
        now += 1
        most = max(most, now)
        # All are about to be copied by then, but for what holds them back.
        while len(coming_puts()) < len(uploads):  # noqa: ASYNC110 - nothing tells when
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.3)
        now -= 1

    gate.trouble = when("PUT", slow, storage.key_of(uploads[0].file.id)[:7])
    done = await asyncio.gather(*map(put, uploads))
    assert {file.status for file in done} == {JobStatus.COMPLETED}
    assert most == 3


async def test_a_refusal_waits_for_no_copy(gate: Gate) -> None:
    go = threading.Event()

    async def slow(_: web.Request) -> None:
        while not go.is_set():  # noqa: ASYNC110 - of another thread
            await asyncio.sleep(0.01)

    uploads = [await announced() for _ in range(3)]
    copies = [f"/{storage.key_of(upload.file.id)}" for upload in uploads]
    gate.trouble = when("PUT", slow, storage.key_of(uploads[0].file.id)[:7])
    copied = asyncio.gather(*map(put, uploads))
    try:
        await until(lambda: sum(path.endswith(tuple(copies)) for _, path in gate.asked) == len(uploads))
        page = b"<!DOCTYPE html><script>alert(1)</script>"
        async with asyncio.timeout(10):
            with pytest.raises(Refusal):
                await put(await announced(content=page), page)
    finally:
        go.set()
        done = await copied
    assert {file.status for file in done} == {JobStatus.COMPLETED}


@pytest.mark.soak
async def test_a_copy_may_take_longer_than_a_transaction_may_idle(gate: Gate) -> None:
    async def slow(_: web.Request) -> None:
        await asyncio.sleep(11)

    upload = await announced()
    gate.trouble = when("PUT", slow, storage.key_of(upload.file.id))
    assert ((await put(upload)).status, kept(upload.file.id)) == (JobStatus.COMPLETED, PNG)


async def test_content_that_is_not_taken_never_leaves_this_machine(gate: Gate) -> None:
    page = b"<!DOCTYPE html><script>alert(1)</script>"
    with pytest.raises(Refusal):
        await put(await announced(content=page), page)
    assert gate.asked == []
    assert coming() == 0


async def until(look: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not look():  # noqa: ASYNC110 - nothing tells when
            await asyncio.sleep(0.01)


async def test_a_message_waits_for_a_storage_that_is_away(gate: Gate, simulator: Simulator) -> None:
    account, file, sticker = await an_account(), await uploaded(), await uploaded("a.webp", samples.webp(size=200_000))
    gate.trouble = when("GET", overloaded)
    assert isinstance(await provided(account, file.id), NotSent)
    assert isinstance(await provided(account, sticker.id, "STICKER"), NotSent)
    gate.trouble = None
    assert not isinstance(await provided(account, file.id), NotSent)


async def test_an_import_reads_no_more_than_it_needs_and_goes_on_after_trouble(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "CHUNK", 100)
    monkeypatch.setattr(bucket, "PIECE", 16_384)
    content = people(1000)
    file = await a_file(content)
    job = await contacts.start_import(SYSTEM, file_id=file)
    gate.sent = 0
    gate.trouble = when("GET", overloaded)
    with pytest.raises(AwayError):
        await contacts.run_import(job.id)
    gate.trouble = None
    assert (await ContactImport.get(id=job.id)).status is JobStatus.QUEUED
    await contacts.run_import(job.id)
    done = await ContactImport.get(id=job.id)
    assert (done.status, done.created) == (JobStatus.COMPLETED, 1000)
    assert gate.sent < 12 * 16_384 + len(content)


async def test_a_preview_leaves_no_copy_behind(gate: Gate) -> None:
    assert (await shown(people(30))).row_count == 30
    assert coming() == 0
    gone = await a_file(people(3))
    await storage.remove(gone)
    assert (await only(contacts.preview(SYSTEM, gone)))[0] is ErrorCode.NOT_FOUND
    gate.trouble = overloaded
    with pytest.raises(AwayError):
        await contacts.preview(
            SYSTEM, await File.filter(purpose=FilePurpose.IMPORT).order_by("-id").first().values_list("id", flat=True)
        )


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (refused(403, "InvalidAccessKeyId"), "does not know our keys"),
        (refused(403, "SignatureDoesNotMatch"), "does not know our keys"),
        (refused(403, "AccessDenied"), "does not let us read and write in the bucket"),
        (refused(400, "AuthorizationHeaderMalformed"), "has the bucket in another region"),
        (refused(301, "PermanentRedirect"), "has the bucket in another region"),
        (refused(403, "RequestTimeTooSkewed"), "goes by another time than our clock"),
        (refused(400, "SomethingElse"), "answers SomethingElse"),
        (overloaded, "is asked too much"),
        (cut, "does not answer"),
    ],
)
async def test_what_is_wrong_is_said_in_words_and_no_secret_is_told(gate: Gate, trouble: Trouble, words: str) -> None:
    file = await uploaded()
    gate.trouble = trouble
    with capture_logs() as lines:
        said = [await _ask_files()]
        for attempt in (storage.check(writing=True), storage.remove(file.id), _read(file.id)):
            with pytest.raises(AwayError) as caught:
                await attempt
            said.append(str(caught.value))
        with pytest.raises(AwayError), storage.opened(file.id):
            pass
    assert set(said) == {f"The storage of files {words}."}
    assert SECRET not in str(lines)
    assert lines


async def _read(id: int) -> None:
    async with storage.here(id):
        pass


async def test_a_bucket_that_is_not_there_is_not_a_file_that_is_gone(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = await uploaded()
    await storage.remove(file.id)
    with pytest.raises(FileNotFoundError):
        await _read(file.id)
    monkeypatch.setenv("S3_BUCKET", "nobody-made-it")
    get_settings.cache_clear()
    for attempt in (_read(file.id), storage.remove(file.id), storage.sweep()):
        with pytest.raises(AwayError, match="has no bucket of this name"):
            await attempt
    with pytest.raises(AwayError):
        storage.opened(file.id)
    assert await _ask_files() == "The storage of files has no bucket of this name."


async def test_a_storage_that_is_silent_keeps_nobody_waiting_for_ever(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = await announced()

    async def silent(_: web.Request) -> None:
        await asyncio.Event().wait()

    gate.trouble = when("PUT", silent, storage.key_of(upload.file.id))
    monkeypatch.setattr(bucket, "COPY_SECONDS", 0.3)
    began = time.monotonic()
    with pytest.raises(AwayError, match="does not answer"):
        await put(upload)
    assert time.monotonic() - began < 5
    assert (await File.get(id=upload.file.id)).status is JobStatus.QUEUED
