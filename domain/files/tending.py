"""What is due of files: some to fetch, bytes of deleted ones to remove, and uploads that never came to give up."""

import asyncio
import contextvars
import time

import structlog

from db.bot import forget
from db.core import connect
from db.core.transaction import ring, transaction
from db.files import File
from domain.core.errors import AwayError
from domain.files import fetching
from domain.files.announce import told
from domain.files.storage import AWAY_SECONDS, remove

AT_ONCE, URLS_AT_ONCE = 16, 8
"""Files that one process fetches at a time, and those of them that lie where a caller says: the rest of the places is
for what people sent."""
MOST = 100
MOST_ATTEMPTS = 2 * fetching.MOST_ATTEMPTS
"""Of a file that workers die of, or that a fault of ours keeps from being settled."""
RUN_SECONDS = 5.0
"""After so long a run begins no more, and rings for the rest."""

log = structlog.get_logger()
_fetching: dict["asyncio.Task[None]", bool] = {}
"""Whether each is of a URL. They go on after the run that began them: what comes slowly must not keep a worker's places
from other work."""

_LATER = "UPDATE file SET due_at = now() + make_interval(secs => $2) WHERE id = ANY($1)"

_DELETED = "SELECT id FROM file WHERE due_at <= now() AND deleted_at IS NOT NULL ORDER BY due_at LIMIT $1"

_LATE = """
WITH late AS (
  SELECT id FROM file
  WHERE due_at <= now() AND deleted_at IS NULL AND (status = 'QUEUED' AND source IS NULL OR attempts >= $2)
  ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED
)
UPDATE file SET status = 'FAILED', due_at = NULL, updated_at = now(),
    error_message = CASE WHEN source IS NULL THEN 'Its bytes never came.'
                         ELSE 'A fault of the server kept it from being fetched; the log has it.' END
FROM late WHERE file.id = late.id
RETURNING file.id, file.sender_id, file.uploaded_by_id
"""


async def ring_if_due() -> None:
    """Rings for files of which something is due: makes up for rings that were lost."""
    if await connect.value("SELECT EXISTS (SELECT FROM file WHERE due_at <= now())"):
        ring("tend_files")


async def tend() -> bool:
    """Does what is due, for some seconds; whether there may be more. It may be killed at any point."""
    deleted = await _remove_deleted()
    late = await _give_up_late()
    rest = await _fetch_due()
    return rest or MOST in (deleted, late)


async def _remove_deleted() -> int:
    due = [row["id"] for row in await connect.rows(_DELETED, MOST)]
    gone = list[int]()
    try:
        for id in due:
            await remove(id)
            gone.append(id)
    except AwayError:
        # They are due still; nothing else waits for them.
        await connect.execute(_LATER, due, AWAY_SECONDS)
    if gone:
        await forget(gone)
        await connect.execute("UPDATE file SET due_at = NULL WHERE id = ANY($1)", gone)
    return len(gone)


async def _fetch_due() -> bool:
    end = time.monotonic() + RUN_SECONDS
    while time.monotonic() < end and (places := AT_ONCE - len(_fetching)) > 0:
        tasks = [_begin(file) for file in await fetching.claim(places, URLS_AT_ONCE - sum(_fetching.values()))]
        if tasks:
            await asyncio.wait(tasks, timeout=end - time.monotonic())
        if len(tasks) < places:
            return False
    return len(_fetching) < AT_ONCE


def _begin(file: File) -> "asyncio.Task[None]":
    task = asyncio.create_task(_fetch(file), context=contextvars.Context())
    _fetching[task] = "url" in (file.source or {})
    task.add_done_callback(_fetching.pop)
    return task


async def _fetch(file: File) -> None:
    """One that fails by a fault of ours keeps its lease, and comes again after it."""
    try:
        await fetching.fetch(file)
    except Exception:
        log.exception("file_fetch_failed", file_id=file.id)


async def _give_up_late() -> int:
    try:
        async with transaction():
            late = await connect.rows(_LATE, MOST, MOST_ATTEMPTS)
            for row in late:
                # Whoever was killed between keeping them and saying so has left them.
                await remove(row["id"])
                told(row["id"], row["uploaded_by_id"], row["sender_id"])
    except AwayError:
        # They are as late the next time.
        return 0
    return len(late)
