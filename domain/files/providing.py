"""Files on their way out: handed to a sender's provider once, and reused until it forgets them."""

import asyncio
import contextvars
from collections.abc import Collection, Mapping
from dataclasses import replace

import structlog

from db.contacts import JobStatus
from db.core import connect
from db.core.connect import TRANSIENT
from db.files import File
from db.messages import MessageType
from domain.core.errors import AwayError, ErrorCode
from domain.files import kinds
from domain.files.links import link
from domain.files.naming import fault, hold
from domain.files.storage import here
from domain.providers import media
from domain.providers.base import Account, NotSent, describe
from domain.providers.media import Held, Stored
from domain.providers.reactions import ProviderError, Reaction

PATIENCE = 5.0
"""Seconds that messages are held up by an upload, well within the lease of their claim (15 s); then they come again."""
AT_ONCE = 4
"""Uploads of one process."""

Wanted = tuple[int, MessageType]
"""A file, and what it is to be sent as."""

Provided = Mapping[Wanted, Held | ProviderError | NotSent]
"""How the provider is told of each; or why it cannot be, or not yet."""

log = structlog.get_logger()
_uploading: dict[tuple[int, int], "asyncio.Task[Held | ProviderError | NotSent]"] = {}
"""By sender and file: whoever wants one that is being uploaded waits for that."""
_places = asyncio.Semaphore(AT_ONCE)


async def provide(account: Account, wanted: Collection[Wanted]) -> Provided:
    """How the sender's provider is told of each file, which is uploaded where it does not hold it yet; or why not.

    What takes longer than PATIENCE goes on without whoever waits, who asks again.
    """
    ids = list({id for id, _ in wanted})
    files = {file.id: file for file in await File.filter(id__in=ids, deleted_at=None)}
    held = await _held(account.sender_id, ids)
    found = {one: await _known(files.get(one[0]), one[1], held) for one in wanted}
    uploads = {id: _upload(account, files[id]) for (id, _), known in found.items() if known is None}
    if uploads:
        await asyncio.wait(uploads.values(), timeout=PATIENCE)
    told = {one: known or _result(uploads[one[0]]) for one, known in found.items()}
    return {
        (id, type): replace(how, name=files[id].name) if isinstance(how, Held) else how
        for (id, type), how in told.items()
    }


async def _held(sender_id: int, ids: list[int]) -> dict[int, Held]:
    rows = await connect.rows(
        "SELECT file_id, provider_id FROM provider_media"
        " WHERE sender_id = $1 AND file_id = ANY($2) AND expires_at > now()",
        sender_id,
        ids,
    )
    return {row["file_id"]: Held(row["provider_id"]) for row in rows}


async def _known(
    file: File | None, type: MessageType, held: Mapping[int, Held]
) -> Held | ProviderError | NotSent | None:
    """What can be said without an upload; None where one is needed."""
    if file is None:
        return ProviderError(None, ErrorCode.NOT_FOUND, "Its file was deleted.")
    try:
        words = await fault(file, type)
    except AwayError as error:
        return NotSent(str(error))
    if words:
        return ProviderError(None, ErrorCode.VALIDATION_ERROR, words)
    if file.id in held:
        return held[file.id]
    match file.status:
        case JobStatus.COMPLETED:
            return None
        case JobStatus.FAILED:
            words = f"Its file could not be had: {file.error_message}"
            return ProviderError(None, ErrorCode.VALIDATION_ERROR, words)
        case JobStatus.QUEUED | JobStatus.RUNNING:
            return NotSent("Its file is not here yet.")


def _upload(account: Account, file: File) -> "asyncio.Task[Held | ProviderError | NotSent]":
    key = (account.sender_id, file.id)
    if (task := _uploading.get(key)) is None:
        # In a context of its own: it outlives whoever began it.
        task = asyncio.create_task(_hand_over(account, file), context=contextvars.Context())
        _uploading[key] = task
        task.add_done_callback(lambda _: _uploading.pop(key, None))
    return task


async def _hand_over(account: Account, file: File) -> Held | ProviderError | NotSent:
    stored = Stored(here(file.id), file.name, file.mime_type or kinds.UNKNOWN, link("GET", file.id))
    try:
        async with _places:
            # Another upload of it may have ended between our look and our turn.
            if held := await _held(account.sender_id, [file.id]):
                return held[file.id]
            found = await media.upload(account, stored)
        if isinstance(found, Held) and found.id is not None:
            await hold(file.id, account.sender_id, found.id)
    except TRANSIENT as error:
        return NotSent(f"Its file could not be handed over: {describe(error)}")
    if isinstance(found, ProviderError):
        log.warning("file_not_uploaded", file_id=file.id, sender_id=account.sender_id, reason=found.message)
    return found


def _result(task: "asyncio.Task[Held | ProviderError | NotSent]") -> Held | ProviderError | NotSent:
    if not task.done():
        return NotSent("Its file is still being uploaded.")
    if (error := task.exception()) is not None:
        # A fault of ours: who carries this file is tried some times, and nobody else is held up.
        log.error("upload_failed", error=describe(error))
        return ProviderError(None, ErrorCode.INTERNAL_ERROR, "Its file could not be handed over.", Reaction.RETRY)
    return task.result()
