"""Files that are fetched: what people sent, from the provider; what a message names by URL, from there.

Each has a lease in due_at, which is renewed while bytes come. A worker that is killed leaves nothing behind but that
lease: when it ends, another one begins anew. Who comes too late finds another attempt, and keeps nothing.
"""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import structlog
from asyncpg import Record

from db.contacts import JobStatus
from db.core import connect
from db.core.columns import as_row
from db.core.transaction import transaction
from db.events import EventType, record_all
from db.files import File, FilePurpose
from domain import senders, settings
from domain.core.errors import AwayError
from domain.core.fetch import Body, UnfetchableError, opened
from domain.files import kinds
from domain.files.announce import told
from domain.files.storage import AWAY_SECONDS, Incoming, check, incoming, keeping
from domain.providers import media
from domain.providers.reactions import ProviderError, Reaction

LEASE_SECONDS = 20
"""Longer than bytes may keep us waiting (10 s) and a renewal may take."""
_RENEW_SECONDS = 5.0
MOST_SECONDS = 600.0
"""Of one fetch: 100 MB at 170 KB a second."""
PATIENCE_SECONDS, LEAST_PACE = 20.0, 32_000
"""After so many seconds fewer bytes a second than that are too few: a tenth of what a poor line has."""
MOST_ATTEMPTS = 12
"""Of what WhatsApp holds, an hour and a half at growing distances: it keeps what people sent for 7 days."""
MOST_ATTEMPTS_OF_URL = 4
"""Of what a message names by its URL, and waits for."""

log = structlog.get_logger()

_DUE = """
  SELECT id, due_at FROM file
  WHERE due_at <= now() AND deleted_at IS NULL AND {} AND status IN ('QUEUED', 'RUNNING')
  ORDER BY due_at LIMIT {} FOR UPDATE SKIP LOCKED
"""

_CLAIM = f"""
WITH theirs AS MATERIALIZED ({_DUE.format("NOT source ? 'url'", "$1")}),
of_urls AS MATERIALIZED ({_DUE.format("source ? 'url'", "$3")}),
due AS (SELECT * FROM theirs UNION ALL SELECT * FROM of_urls ORDER BY due_at LIMIT $1)
UPDATE file f
SET status = 'RUNNING', attempts = f.attempts + 1, due_at = now() + $2 * interval '1 s', updated_at = now(),
    conversation_id = coalesce(f.conversation_id, (
      SELECT c.id FROM message m JOIN conversation c
        ON c.sender_id = m.sender_id AND c.contact_id = m.contact_id AND c.deleted_at IS NULL
      WHERE m.media_id = f.id LIMIT 1))
FROM due WHERE f.id = due.id
RETURNING f.*
"""

_RENEW = """
UPDATE file SET due_at = now() + $3 * interval '1 s'
WHERE id = $1 AND attempts = $2 AND status = 'RUNNING' AND deleted_at IS NULL
"""

# Not below 1: a first attempt is told of, and this is no other.
_PUT_OFF = """
UPDATE file
SET status = 'QUEUED', attempts = greatest(attempts - 1, 1), error_message = $3,
    due_at = now() + $4 * interval '1 s', updated_at = now()
WHERE id = $1 AND attempts = $2 AND status = 'RUNNING' AND deleted_at IS NULL
"""

_OURS = "SELECT * FROM file WHERE id = $1 AND attempts = $2 AND status = 'RUNNING' AND deleted_at IS NULL FOR UPDATE"

_CARRIERS = "SELECT id, sender_id, contact_id, schedule_id FROM message WHERE media_id = $1 ORDER BY id"


async def claim(limit: int, urls: int) -> list[File]:
    """Takes files that are to be fetched, so many from URLs that callers named; nobody else fetches them while their
    lease is renewed."""
    async with transaction():
        claimed = [as_row(File, row) for row in await connect.rows(_CLAIM, limit, LEASE_SECONDS, min(limit, urls))]
        for file in claimed:
            if file.attempts == 1:
                told(file.id, file.uploaded_by_id, file.sender_id)
    return claimed


async def fetch(file: File) -> None:
    """Fetches one that was claimed, and keeps it; or says why not, and when it is tried again."""
    try:
        async with _leased(file) as lease, incoming(kinds.MOST_RECEIVED * kinds.MEGABYTE) as kept:
            # Nothing is downloaded that could not be kept.
            await check()
            async with _opened(file) as body:
                began = time.monotonic()
                async for chunk in body.chunks:
                    await kept.write(chunk)
                    _check_pace(kept.size, time.monotonic() - began)
                    if lease.done():
                        return await lease
            mime_type = await _checked(file, kept, body)
            await kept.close()
            async with keeping():
                await _keep(file, kept, mime_type, lease)
    except UnfetchableError as error:
        await _fail(file, error)
    except AwayError as error:
        # No file is guilty of that, and none is given up for it.
        await connect.execute(_PUT_OFF, file.id, file.attempts, str(error), AWAY_SECONDS)


@asynccontextmanager
async def _leased(file: File) -> AsyncGenerator["asyncio.Task[None]"]:
    """Renews the lease of a file, also while its bytes go to a bucket; what it gives is done once the lease is lost."""
    renewing = asyncio.create_task(_renew(file))
    try:
        yield renewing
    finally:
        renewing.cancel()
        await asyncio.gather(renewing, return_exceptions=True)


async def _renew(file: File) -> None:
    renewed = 1
    while renewed:
        await asyncio.sleep(_RENEW_SECONDS)
        renewed = await connect.execute(_RENEW, file.id, file.attempts, LEASE_SECONDS)


def _check_pace(size: int, seconds: float) -> None:
    """Raises UnfetchableError for what drips: it would hold a place for as long as it likes."""
    if seconds > PATIENCE_SECONDS and size < seconds * LEAST_PACE:
        raise UnfetchableError("It came too slowly.", again=True)


@asynccontextmanager
async def _opened(file: File) -> AsyncGenerator[Body]:
    """The bytes of a file, from where its source says they are."""
    source = file.source or {}
    headers, trusted = {}, ""
    if "url" in source:
        url = str(source["url"])
    else:
        remote = await _find(file, str(source["id"]))
        url, headers, trusted = remote.url, remote.headers, remote.trusted
    most = kinds.MOST_RECEIVED * kinds.MEGABYTE
    async with opened(url, most=most, seconds=MOST_SECONDS, headers=headers, trusted=trusted) as body:
        yield body


async def _find(file: File, id: str) -> media.Remote:
    account = await senders.account(file.sender_id or 0, sending=False)
    if account is None:
        raise UnfetchableError("Its sender has no account at WhatsApp, or not any more.")
    found = await media.find(account, id)
    if isinstance(found, ProviderError):
        words = found.message if found.provider_code is None else f"WhatsApp says: {found.message}"
        raise UnfetchableError(words, again=found.reaction is not Reaction.FAIL)
    return found


async def _checked(file: File, come: Incoming, body: Body) -> str:
    """What has come is. Raises UnfetchableError where it is not to be kept."""
    await come.flush()
    source = file.source or {}
    promised = source.get("sha256")
    if promised is not None and come.sha256.hex() != promised:
        raise UnfetchableError("What came is not what was announced: its SHA-256 differs.", again=True)
    if come.size == 0:
        raise UnfetchableError("It is empty.", again=True)
    mime_type = await asyncio.to_thread(kinds.found, come.path, file.name)
    if "url" in source and not kinds.taken(FilePurpose.MEDIA, mime_type):
        raise UnfetchableError("It is of no kind that may be sent.")
    if "url" in source:
        documents = (await settings.current()).limits.max_file_size_mb
        if come.size > (most := kinds.most(FilePurpose.MEDIA, mime_type, documents)):
            raise UnfetchableError(f"It has {come.size} bytes; a file of its kind may have {most}.")
    if mime_type == kinds.UNKNOWN:
        mime_type = kinds.announced(file.mime_type) or kinds.announced(body.mime_type) or kinds.UNKNOWN
    return mime_type[:127]


async def _keep(file: File, come: Incoming, mime_type: str, lease: "asyncio.Task[None]") -> None:
    ours = await connect.row(_OURS, file.id, file.attempts)
    if ours is None:
        return
    # Its row is locked from here on, which keeps others off.
    lease.cancel()
    await come.keep(file.id)
    await _settle(
        ours,
        status=JobStatus.COMPLETED,
        mime_type=mime_type,
        size_bytes=come.size,
        sha256=come.sha256,
        error_message=None,
        due_at=None,
    )


async def _fail(file: File, error: UnfetchableError) -> None:
    most = MOST_ATTEMPTS_OF_URL if "url" in (file.source or {}) else MOST_ATTEMPTS
    again = error.again and file.attempts < most
    log.warning("file_not_fetched", file_id=file.id, attempts=file.attempts, again=again, reason=error.words)
    async with transaction():
        ours = await connect.row(_OURS, file.id, file.attempts)
        if ours is None:
            return
        if again:
            await connect.execute(
                "UPDATE file SET status = 'QUEUED', error_message = $2, due_at = now() + $3 * interval '1 s',"
                " updated_at = now() WHERE id = $1",
                file.id,
                error.words,
                min(3600, 2**file.attempts),
            )
        else:
            await _settle(ours, status=JobStatus.FAILED, error_message=error.words, due_at=None)


async def _settle(ours: Record, **changes: Any) -> None:
    """Writes what became of a file, and tells whoever looks at it or at a message that carries it."""
    file = as_row(File, ours)
    await File.filter(id=file.id).update(updated_at=datetime.now(UTC), **changes)
    told(file.id, file.uploaded_by_id, file.sender_id)
    carriers = await connect.rows(_CARRIERS, file.id)
    record_all(
        (
            EventType.MESSAGE_UPDATED,
            None,
            "Message",
            row["id"],
            row["sender_id"],
            row["contact_id"],
            row["schedule_id"],
            row["id"],
            None,
        )
        for row in carriers
    )
