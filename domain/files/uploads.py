"""Uploads: a file is announced, its bytes are put to a signed link, and their content decides whether it is kept."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from db import campaigns
from db.accounts import Role, Scope
from db.bot import FileReading
from db.contacts import JobStatus
from db.core import connect
from db.core.transaction import ring, transaction
from db.files import File, FilePurpose
from db.messages import SHOWN
from domain import audit, settings
from domain.core.access import Viewer, allow, unbound
from domain.core.errors import Checks, ErrorCode, Refusal, not_found, text
from domain.core.objects import check_object
from domain.core.words import unturned
from domain.files import kinds, storage
from domain.files.announce import told
from domain.files.links import SECONDS, is_good, link
from domain.files.reading import visible
from domain.files.storage import Incoming, TooLargeError, incoming, keeping

MOST_SECONDS = 3600
"""How long bytes may be on their way."""
_WRONG_SIZE = "The file was announced with {} bytes; exactly so many must come."


@dataclass(frozen=True, slots=True)
class Upload:
    """Where to put the bytes of a file that was announced."""

    file: File
    url: str
    headers: Mapping[str, str]
    expires_at: datetime


@allow(Role.ADMIN, Role.MARKETER, Role.SALES, scope=Scope.FILES)
async def create_upload(
    viewer: Viewer,
    *,
    name: str,
    size_bytes: int,
    purpose: FilePurpose = FilePurpose.MEDIA,
    conversation_id: int | None = None,
    metadata: dict[str, Any] | None = None,
) -> Upload:
    """Announces a file of so many bytes; what its name promises is checked now, its content when it comes."""
    check = Checks()
    with check():
        name = _checked_name(name)
        mime_type = _promised(name, purpose)
        with check():
            await _check_size(purpose, mime_type, size_bytes, field="sizeBytes")
    with check():
        check_object(metadata, "metadata")
    sender_id = viewer.sender_id
    if conversation_id is not None:
        with check():
            sender_id = await _sender_of(viewer, conversation_id)
    elif purpose is FilePurpose.KNOWLEDGE:
        # What the bot knows in general it says to the people of all senders.
        with check():
            unbound(viewer)
    check.done()
    expires_at = datetime.now(UTC) + timedelta(seconds=SECONDS)
    async with transaction():
        if conversation_id is not None:
            # Whoever deletes it from here on finds this file, too.
            await _sender_of(viewer, conversation_id, lock="FOR SHARE")
        file = await File.create(
            name=name,
            purpose=purpose,
            size_bytes=size_bytes,
            sender_id=sender_id,
            conversation_id=conversation_id,
            metadata=metadata,
            uploaded_by_id=viewer.user_id,
            # Bytes that have not come by then never will.
            due_at=expires_at + timedelta(seconds=MOST_SECONDS),
        )
    return Upload(file, link("PUT", file.id), {"Content-Type": kinds.UNKNOWN}, expires_at)


async def take(id: int, *, expires: str, signature: str, length: int | None, chunks: AsyncIterable[bytes]) -> File:
    """Takes the bytes of an announced file from whoever has its link.

    Raises Refusal; only where the content itself is refused is the file FAILED, anything else may be tried again.
    """
    if not is_good("PUT", id, expires, signature):
        raise Refusal(ErrorCode.AUTHORIZATION_ERROR, "This link is not good, or not any more.")
    announced = _waiting(await File.get_or_none(id=id))
    size = announced.size_bytes or 0
    if length not in (None, size):
        raise _wrong_size(size)
    async with _alone(id, size), incoming(size) as file:
        try:
            async for chunk in chunks:
                await file.write(chunk)
        except TooLargeError:
            raise _wrong_size(size) from None
        if file.size != size:
            raise _wrong_size(size)
        await file.flush()
        mime_type = await asyncio.to_thread(kinds.found, file.path, announced.name)
        fault = await _fault(announced, mime_type, file)
        if fault is None:
            await file.close()
        return await _decide(id, file, mime_type, fault)


_coming: dict[int, int] = {}
"""Files whose bytes are coming to this process, with their sizes."""


@asynccontextmanager
async def _alone(id: int, size: int) -> AsyncGenerator[None]:
    """Bytes of a file come once at a time, and only where the disk has room for them: a link is good for an hour.

    Raises INVALID_STATE, OSError.
    """
    if id in _coming:
        raise Refusal(ErrorCode.INVALID_STATE, "The bytes of this file are coming already.")
    _coming[id] = size
    try:
        await storage.check_room(sum(_coming.values()))
        yield
    finally:
        del _coming[id]


async def _decide(id: int, file: Incoming, mime_type: str, fault: Refusal | None) -> File:
    """Keeps the bytes, or says why not; whoever comes second finds that it is decided."""
    # A refusal moves nothing, and does not wait for those that do.
    async with keeping() if fault is None else transaction():
        announced = _waiting(await File.filter(id=id).select_for_update().first())
        announced.due_at, announced.updated_at = None, datetime.now(UTC)
        if fault is None:
            await file.keep(id)
            announced.status = JobStatus.COMPLETED
            announced.mime_type, announced.sha256 = mime_type, file.sha256
        else:
            announced.status, announced.error_message = JobStatus.FAILED, fault.message
        await announced.save()
        if fault is None and announced.purpose is FilePurpose.KNOWLEDGE:
            await FileReading.create(file_id=id)
            ring("read_file", id)
        told(id, announced.uploaded_by_id, announced.sender_id)
    if fault is not None:
        raise fault
    return announced


async def read(id: int, *, expires: str, signature: str) -> File:
    """The file that a link leads to. Raises Refusal."""
    if not is_good("GET", id, expires, signature):
        raise Refusal(ErrorCode.AUTHORIZATION_ERROR, "This link is not good, or not any more.")
    file = await File.get_or_none(id=id, deleted_at=None, status=JobStatus.COMPLETED)
    if file is None:
        raise not_found("file")
    return file


def url_of(file: File) -> str | None:
    """Where to read a file; None where its bytes are not here."""
    if file.status is not JobStatus.COMPLETED or file.deleted_at is not None:
        return None
    return link("GET", file.id)


@allow(Role.ADMIN, Role.MARKETER, Role.SALES, scope=Scope.FILES)
async def delete(viewer: Viewer, id: int) -> int:
    """Deletes a file and, soon after, its bytes; what carried it keeps its name."""
    async with transaction():
        file = await visible(viewer, id)
        if not await connect.execute("SELECT FROM file WHERE id = $1 AND deleted_at IS NULL FOR UPDATE", id):
            raise not_found("file")
        if viewer.sender_id not in (None, file.sender_id):
            raise Refusal(ErrorCode.AUTHORIZATION_ERROR, "An API token that is bound to a sender does not allow this.")
        if await connect.value(_NEEDED, id):
            raise Refusal(ErrorCode.INVALID_STATE, "A message template needs this file; change that first.", field="id")
        if await campaigns.needed("media_id", id):
            raise Refusal(ErrorCode.INVALID_STATE, "A campaign that is not done sends this file.", field="id")
        await connect.execute(
            "UPDATE file SET deleted_at = now(), due_at = now(), updated_at = now() WHERE id = $1", id
        )
        await audit.note(viewer, "deleteFile", subject=("File", id))
        ring("tend_files")
    return id


_NEEDED = (
    "SELECT EXISTS (SELECT FROM message_template WHERE deleted_at IS NULL AND (header ->> 'media_id')::bigint = $1)"
)

# What is shown elsewhere, too, or a template or campaign needs, stays.
_OF_CONVERSATION = f"""
UPDATE file f SET deleted_at = now(), due_at = now(), updated_at = now()
WHERE f.deleted_at IS NULL
  AND (f.conversation_id = $1 OR f.id = ANY(ARRAY(
    SELECT m.media_id FROM message m
    WHERE m.contact_id = $2 AND m.sender_id = $3 AND m.direction = 'INBOUND' AND m.deleted_at IS NOT NULL
      AND m.media_id IS NOT NULL)))
  AND NOT EXISTS (SELECT FROM message m WHERE m.media_id = f.id AND {SHOWN.format("m")})
  AND NOT EXISTS (SELECT FROM message_template t
                  WHERE t.deleted_at IS NULL AND (t.header ->> 'media_id')::bigint = f.id)
  AND NOT EXISTS (SELECT FROM campaign c WHERE c.deleted_at IS NULL AND c.media_id = f.id)
"""


async def delete_of_conversation(id: int, *, contact_id: int, sender_id: int) -> None:
    """Deletes what belongs to a conversation whose messages are hidden, inside the caller's transaction."""
    await connect.execute(_OF_CONVERSATION, id, contact_id, sender_id)
    ring("tend_files")


def _waiting(file: File | None) -> File:
    """An announced file whose bytes have not come yet. Raises NOT_FOUND, INVALID_STATE."""
    if file is None or file.deleted_at is not None:
        raise not_found("file")
    if file.status is not JobStatus.QUEUED or file.source is not None:
        raise Refusal(ErrorCode.INVALID_STATE, "The bytes of this file have come already.")
    return file


def _wrong_size(size: int) -> Refusal:
    return Refusal(ErrorCode.VALIDATION_ERROR, _WRONG_SIZE.format(size), reason="wrong_size")


def _checked_name(name: str) -> str:
    name = text(name, "name", most=255)
    if any(char in name for char in "/\\\n\t") or unturned(name) != name:
        words = "A name has no slashes, no lines, and no marks that turn it round."
        raise Refusal(ErrorCode.VALIDATION_ERROR, words, field="name", reason="invalid_characters")
    return name


def _promised(name: str, purpose: FilePurpose) -> str:
    """What the file is to be, by its name."""
    mime_type = kinds.named(name)
    if purpose is FilePurpose.EXPORT:
        raise Refusal(ErrorCode.VALIDATION_ERROR, "Exports are made here.", field="purpose", reason="not_allowed")
    if mime_type is None or not kinds.taken(purpose, mime_type):
        raise _wrong_kind(purpose, "name")
    return mime_type


_TAKEN: Mapping[FilePurpose, str] = {
    FilePurpose.MEDIA: "PDF, DOC, DOCX, XLS, XLSX, PPT, PPTX, TXT, MD, CSV, JPG, PNG, GIF, WebP, MP3, WAV, M4A, OGG, "
    "AAC, AMR, MP4, 3GP and AVI",
    FilePurpose.KNOWLEDGE: "PDF, DOCX, TXT, MD and CSV",
    FilePurpose.IMPORT: "CSV",
}


def _wrong_kind(purpose: FilePurpose, field: str | None = None, found: str = "") -> Refusal:
    words = f"Files of these kinds are taken: {_TAKEN[purpose]}.{found}"
    return Refusal(ErrorCode.VALIDATION_ERROR, words, field=field, reason="wrong_kind")


async def _check_size(purpose: FilePurpose, mime_type: str, size: int, field: str | None = None) -> None:
    most = kinds.most(purpose, mime_type, (await settings.current()).limits.max_file_size_mb)
    if not 1 <= size <= most:
        words = f"This has {size} bytes; a file of its kind may have 1 to {most}."
        raise Refusal(
            ErrorCode.VALIDATION_ERROR, words, field=field, reason="too_large" if size > most else "out_of_range"
        )


async def _fault(file: File, mime_type: str, come: Incoming) -> Refusal | None:
    """Why what has come is not kept."""
    if not kinds.taken(file.purpose, mime_type):
        binary = await asyncio.to_thread(kinds.binary_byte, come.path) if mime_type == kinds.UNKNOWN else None
        return _wrong_kind(file.purpose, found=f" {binary}: save it as UTF-8." if binary else f" This is {mime_type}.")
    try:
        await _check_size(file.purpose, mime_type, file.size_bytes or 0)
    except Refusal as refusal:
        return refusal
    return None


async def _sender_of(viewer: Viewer, conversation_id: int, *, lock: str = "") -> int:
    """The sender of a conversation that the caller may see. Raises NOT_FOUND."""
    sender_id = await connect.value(
        f"SELECT sender_id FROM conversation WHERE id = $1 AND deleted_at IS NULL {lock}", conversation_id
    )
    if sender_id is None or viewer.sender_id not in (None, sender_id):
        raise not_found("conversation", field="conversationId")
    return sender_id
