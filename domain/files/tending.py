"""What is due of files: bytes of deleted ones to remove, and uploads that never came to give up."""

from db.core import connect
from db.core.transaction import ring, transaction
from domain.files.announce import told
from domain.files.storage import remove

AT_ONCE = 100

_DELETED = """
SELECT id FROM file WHERE due_at <= now() AND deleted_at IS NOT NULL ORDER BY due_at LIMIT $1
"""

_LATE = """
WITH late AS (
  SELECT id FROM file
  WHERE due_at <= now() AND deleted_at IS NULL AND status = 'QUEUED' AND source IS NULL
  ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED
)
UPDATE file SET status = 'FAILED', error_message = 'Its bytes never came.', due_at = NULL, updated_at = now()
FROM late WHERE file.id = late.id
RETURNING file.id, file.sender_id, file.uploaded_by_id
"""


async def ring_if_due() -> None:
    """Rings for files of which something is due: makes up for rings that were lost."""
    if await connect.value("SELECT EXISTS (SELECT FROM file WHERE due_at <= now())"):
        ring("tend_files")


async def tend() -> bool:
    """Does what is due, as far as it goes in one turn; whether there may be more. It may be killed at any point."""
    deleted = [row["id"] for row in await connect.rows(_DELETED, AT_ONCE)]
    for id in deleted:
        await remove(id)
    if deleted:
        await connect.execute("UPDATE file SET due_at = NULL WHERE id = ANY($1)", deleted)
    late = await _give_up_late()
    return AT_ONCE in (len(deleted), late)


async def _give_up_late() -> int:
    async with transaction():
        late = await connect.rows(_LATE, AT_ONCE)
        for row in late:
            told(row["id"], row["uploaded_by_id"], row["sender_id"])
    return len(late)
