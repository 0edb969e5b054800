"""Files that a message is to carry: uploaded here, to be fetched from a URL, or held by the provider already."""

import asyncio
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from db.contacts import JobStatus
from db.core import connect
from db.core.transaction import ring, transaction
from db.files import File, FilePurpose
from db.messages import MessageType
from db.senders import SenderProvider
from domain.core.access import Viewer
from domain.core.errors import AwayError, Checks, ErrorCode, Refusal, not_found, text
from domain.core.fetch import check_url
from domain.files import kinds, storage
from domain.files.reading import visible

HELD_DAYS = 29
"""How long a file counts as held by WhatsApp, which keeps uploads for 30 days."""

_HOLD = """
INSERT INTO provider_media (file_id, sender_id, provider_id, expires_at)
VALUES ($1, $2, $3, now() + $4 * interval '1 day')
ON CONFLICT (file_id, sender_id) DO UPDATE SET provider_id = excluded.provider_id, expires_at = excluded.expires_at
"""


async def to_send(
    viewer: Viewer,
    media: Mapping[str, Any],
    *,
    sender_id: int,
    conversation_id: int | None = None,
    type: MessageType | None = None,
    field: str = "media",
) -> tuple[File, MessageType]:
    """The file that a MediaInput names, and what it is sent as, by its content where `type` does not say.

    `media` has one of file_id, url and provider, which has id and mime_type; `type` is one that carries a file.
    Messages wait for what is to be fetched first. Raises Refusal NOT_FOUND, INVALID_STATE, and VALIDATION_ERROR for
    what WhatsApp does not take.
    """
    match {key: value for key, value in media.items() if value is not None}:
        case {"file_id": int(id)}:
            return await _uploaded(viewer, id, type, f"{field}.fileId")
        case {"url": str(url)}:
            url = check_url(url, f"{field}.url")
            name = _name_in(url)
            type = type or kinds.type_of(kinds.named(name) or kinds.UNKNOWN, None)
            file = await _to_fetch(viewer, name, sender_id, conversation_id, {"url": url})
        case {"provider": {"id": held, "mime_type": mime_type}}:
            held, mime_type = _checked(held, mime_type, f"{field}.provider")
            type = type or kinds.type_of(mime_type, None)
            _check(type, mime_type, None, f"{field}.provider.mimeType")
            file = await _held(viewer, held, mime_type, sender_id, conversation_id, field)
        case _:
            words = "A file is named in one of three ways."
            raise Refusal(ErrorCode.VALIDATION_ERROR, words, field=field, reason="required")
    return file, type


async def _uploaded(viewer: Viewer, id: int, type: MessageType | None, field: str) -> tuple[File, MessageType]:
    file = await visible(viewer, id, field=field)
    if file.purpose is not FilePurpose.MEDIA:
        words = "This file is not for messages; upload it with the purpose MEDIA."
        raise Refusal(ErrorCode.VALIDATION_ERROR, words, field=field, reason="wrong_purpose")
    if file.status is JobStatus.FAILED or (file.status is JobStatus.QUEUED and file.source is None):
        words = "The bytes of this file have not come." if file.error_message is None else file.error_message
        raise Refusal(ErrorCode.INVALID_STATE, words, field=field, reason="no_bytes")
    type = type or kinds.type_of(file.mime_type or kinds.UNKNOWN, file.size_bytes)
    if words := await fault(file, type):
        raise Refusal(ErrorCode.VALIDATION_ERROR, words, field=field, reason="not_taken")
    return file, type


async def fault(file: File, type: MessageType) -> str | None:
    """Why WhatsApp would not take a file as such a message, in words; as far as it is known what it is.

    Raises AwayError.
    """
    if words := kinds.fault(type, file.mime_type, file.size_bytes):
        return words
    if type is MessageType.STICKER and file.status is JobStatus.COMPLETED:
        large = (file.size_bytes or 0) > kinds.STILL_STICKER
        try:
            moves = not large or await asyncio.to_thread(_moves, file.id)
        except AwayError:
            raise
        except OSError:
            return "Its bytes are not here: API and workers must share DATA_DIR, or the bucket."
        if not moves:
            return "WhatsApp takes stickers that do not move up to 100 KB."
    return None


def _moves(id: int) -> bool:
    with storage.opened(id) as bytes:
        return kinds.is_animated(bytes)


def _check(type: MessageType, mime_type: str, size: int | None, field: str) -> None:
    if words := kinds.fault(type, mime_type, size):
        raise Refusal(ErrorCode.VALIDATION_ERROR, words, field=field, reason="not_taken")


def _checked(held: Any, mime_type: Any, field: str) -> tuple[str, str]:
    check = Checks()
    with check():
        held = text(held, f"{field}.id", most=255)
    with check():
        mime_type = text(mime_type, f"{field}.mimeType", most=127)
    check.done()
    return held, mime_type


def _name_in(url: str) -> str:
    """The last part of a URL's path, as a name."""
    name = PurePosixPath(unquote(urlsplit(url).path, errors="replace")).name
    return "".join(char for char in name if char.isprintable()).strip()[-255:] or "file"


async def _to_fetch(
    viewer: Viewer, name: str, sender_id: int, conversation_id: int | None, source: dict[str, Any]
) -> File:
    async with transaction():
        file = await File.create(
            name=name,
            sender_id=sender_id,
            conversation_id=conversation_id,
            source=source,
            mime_type=source.get("mime_type"),
            uploaded_by_id=viewer.user_id,
        )
        await connect.execute("UPDATE file SET due_at = now() WHERE id = $1", file.id)
        ring("tend_files")
    return file


async def _held(
    viewer: Viewer, held: str, mime_type: str, sender_id: int, conversation_id: int | None, field: str
) -> File:
    """A file that WhatsApp holds for the sender; its bytes are fetched too, so that people can see it."""
    provider = await connect.value("SELECT provider FROM sender WHERE id = $1", sender_id)
    if provider is None:
        raise not_found("sender", field="senderId")
    if provider == SenderProvider.WAHA:
        words = "WAHA holds no files; upload it here, or name its URL."
        raise Refusal(ErrorCode.VALIDATION_ERROR, words, field=f"{field}.provider", reason="not_supported")
    async with transaction():
        file = await _to_fetch(viewer, held, sender_id, conversation_id, {"id": held, "mime_type": mime_type})
        await hold(file.id, sender_id, held)
    return file


async def hold(file_id: int, sender_id: int, provider_id: str) -> None:
    """Keeps what the sender's provider calls a file."""
    await connect.execute(_HOLD, file_id, sender_id, provider_id, HELD_DAYS)
