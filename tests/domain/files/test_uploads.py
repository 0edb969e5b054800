"""Uploads: what is announced, what comes, and what is refused and leaves nothing."""

import asyncio
import contextvars
import hashlib
import os
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from db.accounts import Role, Scope
from db.contacts import JobStatus
from db.core import connect
from db.core.settings import get_settings
from db.core.transaction import transaction
from db.files import File, FilePurpose
from domain import files
from domain.core.access import SYSTEM, Viewer
from domain.core.errors import AwayError, ErrorCode, Refusal
from domain.files import storage
from domain.files.kinds import MEGABYTE
from domain.files.links import SECONDS
from tests import factories
from tests.callers import check_callers, only, refused, token
from tests.domain.files import samples
from tests.domain.files.surroundings import PNG, announced, coming, events_of, in_parts, kept, put, signed, uploaded
from tests.domain.messages.surroundings import a_contact, a_message, a_sender
from tests.factories import unique

pytestmark = [pytest.mark.usefixtures("place"), pytest.mark.timeout(300)]  # the first to want S3 installs its server

UPLOADERS = {Role.ADMIN, Role.MARKETER, Role.SALES}


async def a_conversation(sender: int, contact: int) -> int:
    return await connect.value(
        "INSERT INTO conversation (sender_id, contact_id, address) VALUES ($1, $2, 'x') RETURNING id", sender, contact
    )


async def state_of(id: int) -> tuple[JobStatus, str | None]:
    file = await File.get(id=id)
    return file.status, file.error_message


async def test_a_file_is_announced_and_comes() -> None:
    user = await factories.user(role=Role.SALES)
    viewer = Viewer(user_id=user.id, role=Role.SALES)
    upload = await announced("Front door.PNG", viewer=viewer, metadata={"a": [1]})
    file = upload.file
    assert (file.status, file.size_bytes, file.mime_type) == (JobStatus.QUEUED, len(PNG), None)
    assert (file.uploaded_by_id, file.metadata) == (user.id, {"a": [1]})
    assert files.url_of(file) is None
    assert abs(upload.expires_at.timestamp() - time.time() - SECONDS) < 5
    assert await events_of(file.id) == []

    arrived = await put(upload, length=len(PNG))
    assert (arrived.status, arrived.mime_type, arrived.sha256) == (
        JobStatus.COMPLETED,
        "image/png",
        hashlib.sha256(PNG).digest(),
    )
    assert (arrived.due_at, kept(file.id), coming()) == (None, PNG, 0)
    assert await events_of(file.id) == ["FILE_UPDATED"]
    link = files.url_of(arrived)
    assert link is not None
    assert (await files.read(file.id, **signed(link))).name == "Front door.PNG"


async def test_a_file_comes_once() -> None:
    upload = await announced()
    await put(upload)
    assert (await only(put(upload)))[0] is ErrorCode.INVALID_STATE
    assert (kept(upload.file.id), await events_of(upload.file.id)) == (PNG, ["FILE_UPDATED"])


@pytest.mark.parametrize(
    ("given", "field", "reason"),
    [
        ({"name": " "}, "name", "required"),
        ({"name": f"{'x' * 252}.png"}, "name", "too_long"),
        ({"name": "../etc/a.png"}, "name", "invalid_characters"),
        ({"name": "a\nb.png"}, "name", "invalid_characters"),
        ({"name": "a\0.png"}, "name", "invalid_characters"),
        ({"name": "a\u202efdp.txt"}, "name", "invalid_characters"),
        ({"name": "a.exe"}, "name", "wrong_kind"),
        ({"name": "a.html"}, "name", "wrong_kind"),
        ({"name": "a.svg"}, "name", "wrong_kind"),
        ({"name": "png"}, "name", "wrong_kind"),
        ({"name": "a.png", "purpose": FilePurpose.KNOWLEDGE}, "name", "wrong_kind"),
        ({"name": "a.pdf", "purpose": FilePurpose.IMPORT}, "name", "wrong_kind"),
        ({"name": "a.csv", "purpose": FilePurpose.EXPORT}, "purpose", "not_allowed"),
        ({"size_bytes": 0}, "sizeBytes", "out_of_range"),
        ({"size_bytes": -1}, "sizeBytes", "out_of_range"),
        ({"size_bytes": 5 * MEGABYTE + 1}, "sizeBytes", "too_large"),
        ({"name": "a.pdf", "size_bytes": 10 * MEGABYTE + 1}, "sizeBytes", "too_large"),
        ({"name": "a.mp3", "size_bytes": 25 * MEGABYTE + 1}, "sizeBytes", "too_large"),
        ({"name": "a.mp4", "size_bytes": 100 * MEGABYTE + 1}, "sizeBytes", "too_large"),
        (
            {"name": "a.csv", "size_bytes": 500 * MEGABYTE + 1, "purpose": FilePurpose.IMPORT},
            "sizeBytes",
            "too_large",
        ),
        ({"metadata": [1]}, "metadata", "not_an_object"),
        ({"metadata": {"a": "x" * 17_000}}, "metadata", "too_long"),
        ({"metadata": {"a": "\0"}}, "metadata", "invalid_characters"),
        ({"metadata": {"a": "\ud83d"}}, "metadata", "invalid_characters"),
        ({"conversation_id": 2**40}, "conversationId", None),
    ],
)
async def test_what_cannot_be_kept_is_refused_as_it_is_announced(
    given: dict[str, Any], field: str, reason: str | None
) -> None:
    before = await File.all().count()
    found = await only(announced(**given))
    assert found[1:] == (field, reason)
    assert found[0] is (ErrorCode.NOT_FOUND if reason is None else ErrorCode.VALIDATION_ERROR)
    assert await File.all().count() == before


async def test_what_the_bot_says_to_everybody_is_not_for_a_token_of_one_sender() -> None:
    sender = await a_sender()
    bound = token(Scope.FILES, sender_id=sender)
    given = {"name": "a.txt", "purpose": FilePurpose.KNOWLEDGE}
    before = await File.all().count()
    assert (await only(announced(**given, viewer=bound)))[0] is ErrorCode.AUTHORIZATION_ERROR
    assert await File.all().count() == before
    conversation = await a_conversation(sender, await a_contact())
    own = (await announced(**given, conversation_id=conversation, viewer=bound)).file
    assert (own.sender_id, own.conversation_id) == (sender, conversation)


@pytest.mark.parametrize(
    ("name", "megabytes", "purpose"),
    [
        ("a.pdf", 10, FilePurpose.MEDIA),
        ("a.doc", 10, FilePurpose.MEDIA),
        ("a.docx", 10, FilePurpose.KNOWLEDGE),
        ("a.txt", 10, FilePurpose.KNOWLEDGE),
        ("a.jpg", 5, FilePurpose.MEDIA),
        ("a.png", 5, FilePurpose.MEDIA),
        ("a.gif", 5, FilePurpose.MEDIA),
        ("a.mp3", 25, FilePurpose.MEDIA),
        ("a.wav", 25, FilePurpose.MEDIA),
        ("a.m4a", 25, FilePurpose.MEDIA),
        ("a.mp4", 100, FilePurpose.MEDIA),
        ("a.avi", 100, FilePurpose.MEDIA),
        ("a.csv", 500, FilePurpose.IMPORT),
    ],
)
async def test_the_largest_of_each_kind_may_be_announced(name: str, megabytes: int, purpose: FilePurpose) -> None:
    upload = await announced(name, size_bytes=megabytes * MEGABYTE, purpose=purpose)
    assert upload.file.size_bytes == megabytes * MEGABYTE


async def test_each_bad_field_is_named() -> None:
    found = await refused(announced("a.png", size_bytes=0, metadata=3, conversation_id=2**40))
    assert {field for _, field, _ in found} == {"sizeBytes", "metadata", "conversationId"}


async def broken(content: bytes) -> AsyncIterator[bytes]:
    """A connection that breaks after half of it."""
    yield content[: len(content) // 2]
    raise ConnectionResetError


@pytest.mark.parametrize(
    ("content", "length"), [(PNG + b"\0", None), (PNG[:-1], None), (PNG, len(PNG) + 1), (b"", None)]
)
async def test_what_comes_in_another_size_is_not_kept_and_may_come_again(content: bytes, length: int | None) -> None:
    upload = await announced()
    assert await only(put(upload, content, length)) == (ErrorCode.VALIDATION_ERROR, None, "wrong_size")
    assert await state_of(upload.file.id) == (JobStatus.QUEUED, None)
    assert (kept(upload.file.id), coming(), await events_of(upload.file.id)) == (None, 0, [])
    assert (await put(upload)).status is JobStatus.COMPLETED


async def test_what_breaks_off_is_not_kept_and_may_come_again() -> None:
    upload = await announced()
    with pytest.raises(ConnectionResetError):
        await files.take(upload.file.id, **signed(upload.url), length=None, chunks=broken(PNG))
    assert (kept(upload.file.id), coming()) == (None, 0)
    assert (await put(upload)).status is JobStatus.COMPLETED


async def test_the_bytes_of_a_file_come_once_at_a_time() -> None:
    """Who has one link could fill the disk by it."""
    upload, go_on = await announced(), asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield PNG[:10]
        await go_on.wait()
        yield PNG[10:]

    first = asyncio.create_task(files.take(upload.file.id, **signed(upload.url), length=None, chunks=slow()))
    async with asyncio.timeout(10):
        while coming() == 0:  # noqa: ASYNC110 - nothing tells when
            await asyncio.sleep(0.01)
    assert (await only(put(upload)))[0] is ErrorCode.INVALID_STATE
    assert coming() == 1
    assert (await uploaded()).status is JobStatus.COMPLETED, "another one may come meanwhile"
    go_on.set()
    assert (await first).status is JobStatus.COMPLETED


async def test_what_would_eat_up_the_reserve_of_the_disk_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    upload = await announced()
    with monkeypatch.context() as patch:
        patch.setattr(get_settings(), "disk_reserve_gb", 2.0**30)
        with pytest.raises(OSError, match="reserve"):
            await put(upload)
        assert (coming(), await state_of(upload.file.id)) == (0, (JobStatus.QUEUED, None))
    assert (await put(upload)).status is JobStatus.COMPLETED


async def test_more_than_was_announced_is_not_even_listened_to() -> None:
    upload = await announced()
    asked = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal asked
        while True:
            asked += 1
            yield bytes(100_000)

    with pytest.raises(Refusal):
        await files.take(upload.file.id, **signed(upload.url), length=None, chunks=endless())
    assert (asked, coming()) == (1, 0)


@pytest.mark.parametrize(
    ("name", "content", "purpose"),
    [
        ("a.png", b"<!DOCTYPE html><script>alert(1)</script>", FilePurpose.MEDIA),
        ("a.jpg", b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', FilePurpose.MEDIA),
        ("a.pdf", b"MZ" + bytes(200), FilePurpose.MEDIA),
        ("a.pdf", PNG, FilePurpose.KNOWLEDGE),
        ("a.csv", PNG, FilePurpose.IMPORT),
        # As large as a film may be, and a picture.
        ("a.mp4", samples.png(5 * MEGABYTE + 1), FilePurpose.MEDIA),
    ],
)
async def test_content_that_is_not_taken_is_not_kept(name: str, content: bytes, purpose: FilePurpose) -> None:
    upload = await announced(name, content, purpose=purpose)
    found = await only(put(upload, content))
    assert found[0] is ErrorCode.VALIDATION_ERROR
    assert found[2] in ("wrong_kind", "too_large")
    status, words = await state_of(upload.file.id)
    assert status is JobStatus.FAILED
    assert words is not None
    assert (kept(upload.file.id), coming()) == (None, 0)
    assert await events_of(upload.file.id) == ["FILE_UPDATED"]
    assert (await only(put(upload)))[0] is ErrorCode.INVALID_STATE


async def test_links_are_good_for_one_way_one_file_and_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    upload, other = await announced(), await uploaded()
    genuine = signed(upload.url)
    later = str(int(genuine["expires"]) + 1)
    for id, given in (
        (other.id, genuine),
        (upload.file.id, {**genuine, "expires": later}),
        (upload.file.id, {**genuine, "expires": "²"}),
        (upload.file.id, {**genuine, "signature": ""}),
        (upload.file.id, {**genuine, "signature": "ü"}),
        (upload.file.id, signed(files.url_of(other) or "")),
    ):
        found = await only(files.take(id, **given, length=None, chunks=in_parts(PNG)))
        assert found == (ErrorCode.AUTHORIZATION_ERROR, None, None)
    assert (await only(files.read(upload.file.id, **genuine)))[0] is ErrorCode.AUTHORIZATION_ERROR
    link = signed(files.url_of(other) or "")
    monkeypatch.setattr(time, "time", lambda real=time.time: real() + SECONDS + 1)
    assert (await only(put(upload)))[0] is ErrorCode.AUTHORIZATION_ERROR
    assert (await only(files.read(other.id, **link)))[0] is ErrorCode.AUTHORIZATION_ERROR


async def test_a_deleted_file_is_gone() -> None:
    file, waiting = await uploaded(), await announced()
    link = signed(files.url_of(file) or "")
    for id in (file.id, waiting.file.id):
        assert await files.delete(SYSTEM, id) == id
        assert (await only(files.get(SYSTEM, id)))[0] is ErrorCode.NOT_FOUND
        assert (await only(files.delete(SYSTEM, id)))[0] is ErrorCode.NOT_FOUND
    assert (await only(files.read(file.id, **link)))[0] is ErrorCode.NOT_FOUND
    assert (await only(put(waiting)))[0] is ErrorCode.NOT_FOUND
    [named] = await files.by_ids(SYSTEM, [file.id])
    assert named is not None
    assert (named.name, files.url_of(named)) == ("a.png", None)


async def test_of_two_who_delete_a_file_at_once_one_did() -> None:
    file = await uploaded()
    said = await asyncio.gather(*(files.delete(SYSTEM, file.id) for _ in range(4)), return_exceptions=True)
    assert [one for one in said if one == file.id] == [file.id]
    assert [one.code for one in said if isinstance(one, Refusal)] == [ErrorCode.NOT_FOUND] * 3


async def test_a_conversation_that_is_deleted_meanwhile_gets_no_file() -> None:
    conversation = await a_conversation(await a_sender(), await a_contact())
    async with transaction():
        await connect.execute("UPDATE conversation SET deleted_at = now() WHERE id = $1", conversation)
        announcing = asyncio.create_task(announced(conversation_id=conversation), context=contextvars.Context())
        await asyncio.wait([announcing], timeout=0.5)
    assert (await only(announcing))[0] is ErrorCode.NOT_FOUND
    assert not await File.filter(conversation_id=conversation).count()


async def test_a_disk_that_is_full_costs_no_upload(monkeypatch: pytest.MonkeyPatch) -> None:
    upload = await announced()
    with monkeypatch.context() as full:
        full.setattr(storage, "_make_room", lambda path: path.symlink_to("/dev/full"))
        with pytest.raises(AwayError, match="takes nothing"):
            await put(upload)
    assert coming() == 0
    assert (await put(upload)).status is JobStatus.COMPLETED


async def test_a_file_that_a_template_needs_stays() -> None:
    file, template = await uploaded(), await factories.template()
    header = f'{{"format": "IMAGE", "media_id": {file.id}}}'
    await connect.execute("UPDATE message_template SET header = $2 WHERE id = $1", template.id, header)
    assert (await only(files.delete(SYSTEM, file.id)))[0] is ErrorCode.INVALID_STATE
    assert (await files.get(SYSTEM, file.id)).deleted_at is None
    await connect.execute("UPDATE message_template SET deleted_at = now() WHERE id = $1", template.id)
    await files.delete(SYSTEM, file.id)


async def test_who_may_upload_and_delete() -> None:
    file = await uploaded()
    await check_callers(lambda viewer: announced(unique(), viewer=viewer), UPLOADERS, Scope.FILES)
    await check_callers(lambda viewer: files.delete(viewer, 2**40), UPLOADERS, Scope.FILES)
    assert (await File.get(id=file.id)).deleted_at is None


async def test_a_token_bound_to_a_sender_sees_that_senders_files() -> None:
    ours, theirs = await a_sender(), await a_sender()
    bound = token(Scope.FILES, Scope.READ, role=Role.SALES, sender_id=ours)
    own, of_all = await uploaded(viewer=bound), await uploaded()
    assert own.sender_id == ours
    conversation, foreign = (
        await a_conversation(ours, await a_contact()),
        await a_conversation(theirs, await a_contact()),
    )
    said, unseen = await uploaded(conversation_id=conversation), await uploaded(conversation_id=foreign)
    assert (said.sender_id, unseen.sender_id) == (ours, theirs)
    sent, sent_elsewhere = await uploaded(), await uploaded()
    await a_message(ours, media_id=sent.id)
    await a_message(theirs, media_id=sent_elsewhere.id)
    every = [own, of_all, said, unseen, sent, sent_elsewhere]
    seen = [file and file.id for file in await files.by_ids(bound, [file.id for file in every])]
    assert seen == [own.id, None, said.id, None, sent.id, None]
    assert (await only(files.get(bound, of_all.id)))[0] is ErrorCode.NOT_FOUND
    assert (await only(files.delete(bound, unseen.id)))[0] is ErrorCode.NOT_FOUND
    # What others use too it does not remove.
    assert (await only(files.delete(bound, sent.id)))[0] is ErrorCode.AUTHORIZATION_ERROR
    assert (await only(announced(viewer=bound, conversation_id=foreign)))[1] == "conversationId"
    await files.delete(bound, own.id)


async def test_exports_are_seen_by_those_who_may_export() -> None:
    file = await File.create(name="rita.json", purpose=FilePurpose.EXPORT, status=JobStatus.COMPLETED)
    for viewer, sees in (
        (Viewer(role=Role.ADMIN), True),
        (Viewer(role=Role.MARKETER), True),
        (Viewer(role=Role.SALES), False),
        (Viewer(role=Role.VIEWER), False),
        (token(Scope.READ, Scope.FILES), False),
        (token(Scope.READ, Scope.CONTACTS), True),
    ):
        assert (await files.by_ids(viewer, [file.id]) == [file]) is sees, viewer


async def test_what_a_killed_server_left_is_swept_once_it_is_old() -> None:
    async with storage.incoming(10) as fresh, storage.incoming(10) as old:
        await old.write(b"part")
        await old.close()
        hours_ago = time.time() - 7 * 3600
        os.utime(old.path, (hours_ago, hours_ago))
        await storage.sweep()
        assert (fresh.path.exists(), old.path.exists()) == (True, False)
