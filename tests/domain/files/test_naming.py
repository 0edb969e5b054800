"""Files that messages are to carry, named in three ways."""

from typing import Any

import pytest

from db.contacts import JobStatus
from db.core import connect
from db.files import File, FilePurpose, ProviderMedia
from db.messages import MessageType
from domain import files
from domain.core.access import SYSTEM, Viewer
from domain.core.errors import ErrorCode
from tests.callers import Refused, only, token
from tests.domain.files import samples
from tests.domain.files.surroundings import announced, uploaded
from tests.domain.messages.surroundings import a_sender


async def named(media: dict[str, Any], viewer: Viewer = SYSTEM, **given: Any) -> tuple[File, MessageType]:
    given.setdefault("sender_id", await a_sender())
    return await files.to_send(viewer, media, **given)


async def test_an_upload_is_sent_as_what_it_is() -> None:
    for name, content, type in (
        ("a.png", samples.png(), MessageType.IMAGE),
        ("a.gif", samples.GIF, MessageType.DOCUMENT),
        ("a.pdf", samples.PDF, MessageType.DOCUMENT),
        ("a.ogg", samples.ogg(), MessageType.AUDIO),
        ("a.webp", samples.webp(), MessageType.STICKER),
        ("a.mp4", samples.boxes(b"isom"), MessageType.VIDEO),
    ):
        file = await uploaded(name, content)
        assert await named({"file_id": file.id, "url": None}) == (file, type)
    voice = await uploaded("a.ogg", samples.ogg())
    assert await named({"file_id": voice.id}, type=MessageType.VOICE) == (voice, MessageType.VOICE)
    picture = await uploaded()
    assert await named({"file_id": picture.id}, type=MessageType.DOCUMENT) == (picture, MessageType.DOCUMENT)


@pytest.mark.parametrize(
    ("name", "content", "type"),
    [
        ("a.gif", samples.GIF, MessageType.IMAGE),
        ("a.pdf", samples.PDF, MessageType.VIDEO),
        ("a.mp3", samples.MP3, MessageType.VOICE),
        ("a.webp", samples.webp(size=100_000 + 1), MessageType.STICKER),
        ("a.webp", samples.webp(animated=True, size=500_000 + 1), MessageType.STICKER),
    ],
)
async def test_what_whatsapp_does_not_take_is_refused_before_it_is_sent(
    name: str, content: bytes, type: MessageType
) -> None:
    file = await uploaded(name, content)
    refusal = await only(named({"file_id": file.id}, type=type))
    assert refusal == (ErrorCode.VALIDATION_ERROR, "media.fileId", "not_taken")


async def test_a_sticker_that_moves_may_be_larger() -> None:
    file = await uploaded("a.webp", samples.webp(animated=True, size=100_000 + 1))
    assert (await named({"file_id": file.id}, type=MessageType.STICKER))[1] is MessageType.STICKER


async def test_files_that_cannot_go_along() -> None:
    async def told(file: File, viewer: Viewer = SYSTEM) -> Refused:
        return await only(named({"file_id": file.id}, viewer))

    waiting, failed = (await announced()).file, (await announced()).file
    await connect.execute("UPDATE file SET status = 'FAILED', error_message = 'No.' WHERE id = $1", failed.id)
    deleted, elsewhere = await uploaded(), await uploaded()
    await files.delete(SYSTEM, deleted.id)
    knowledge = await uploaded("a.txt", b"words", purpose=FilePurpose.KNOWLEDGE)
    assert await told(waiting) == (ErrorCode.INVALID_STATE, "media.fileId", "no_bytes")
    assert await told(failed) == (ErrorCode.INVALID_STATE, "media.fileId", "no_bytes")
    assert (await told(deleted))[0] is ErrorCode.NOT_FOUND
    assert await told(knowledge) == (ErrorCode.VALIDATION_ERROR, "media.fileId", "wrong_purpose")
    assert (await told(elsewhere, token(sender_id=await a_sender())))[0] is ErrorCode.NOT_FOUND
    assert await only(named({"file_id": None})) == (ErrorCode.VALIDATION_ERROR, "media", "required")


async def test_a_url_is_fetched_and_waited_for() -> None:
    sender = await a_sender()
    file, type = await named({"url": "https://cdn.example.com/menus/Prato%20do%20dia.pdf?x=1"}, sender_id=sender)
    assert (file.name, type, file.status) == ("Prato do dia.pdf", MessageType.DOCUMENT, JobStatus.QUEUED)
    kept = await File.get(id=file.id)
    assert (kept.source, kept.sender_id) == ({"url": "https://cdn.example.com/menus/Prato%20do%20dia.pdf?x=1"}, sender)
    assert kept.due_at is not None
    assert (await named({"url": "https://cdn.example.com/a.jpg"}))[1] is MessageType.IMAGE
    assert (await named({"url": "https://cdn.example.com/"}))[0].name == "file"
    # What is to be fetched may be named again meanwhile.
    assert (await named({"file_id": file.id}, type=MessageType.DOCUMENT))[0].id == file.id


@pytest.mark.parametrize("url", ["http://127.0.0.1/a.png", "http://169.254.169.254/", "ftp://example.com/a", "x"])
async def test_a_url_that_leads_inside_is_refused_and_nothing_kept(url: str) -> None:
    before = await File.all().count()
    refusal = await only(named({"url": url}))
    assert refusal == (ErrorCode.VALIDATION_ERROR, "media.url", "invalid_url")
    assert await File.all().count() == before


async def test_what_whatsapp_holds_is_not_uploaded_again() -> None:
    sender = await a_sender()
    media = {"provider": {"id": "770011223344", "mime_type": "image/jpeg"}}
    file, type = await named(media, sender_id=sender)
    assert (type, file.source) == (MessageType.IMAGE, {"id": "770011223344", "mime_type": "image/jpeg"})
    held = await ProviderMedia.get(file_id=file.id)
    assert (held.sender_id, held.provider_id) == (sender, "770011223344")


async def test_what_whatsapp_is_said_to_hold_is_checked() -> None:
    before = await File.all().count()
    for media, given, field in (
        ({"id": " ", "mime_type": "image/png"}, {}, "media.provider.id"),
        ({"id": "7", "mime_type": " "}, {}, "media.provider.mimeType"),
        ({"id": "7", "mime_type": "image/gif"}, {"type": MessageType.IMAGE}, "media.provider.mimeType"),
    ):
        refusal = await only(named({"provider": media}, **given))
        assert refusal[:2] == (ErrorCode.VALIDATION_ERROR, field)
    waha = await a_sender(provider="WAHA")
    refusal = await only(named({"provider": {"id": "7", "mime_type": "image/png"}}, sender_id=waha))
    assert refusal == (ErrorCode.VALIDATION_ERROR, "media.provider", "not_supported")
    assert await File.all().count() == before
