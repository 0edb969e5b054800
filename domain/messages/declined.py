"""Who told WhatsApp that they want no marketing of ours: a message to them is refused for that, and we heed it too."""

from collections.abc import Collection, Iterable

from asyncpg import Record

from db.core import connect
from domain.contacts import opt_out
from domain.core.access import SYSTEM

# Contacts before messages, and in the order of their ids, as all lock them who change what somebody agrees to.
_LOCK = """
SELECT id FROM contact WHERE deleted_at IS NULL AND id = ANY(SELECT contact_id FROM message WHERE id = ANY($1))
ORDER BY id FOR NO KEY UPDATE
"""


async def lock_contacts(messages: Collection[int]) -> set[int]:
    """Locks the contacts of messages that were refused so, before the messages themselves; answers them."""
    return {row["id"] for row in await connect.rows(_LOCK, list(messages))} if messages else set()


async def heed(moved: Iterable[Record], messages: Collection[int], contacts: Collection[int]) -> None:
    """Opts out whom messages that have now failed were for. To hear of it again says nothing new."""
    declining = {row["contact_id"] for row in moved if row["state"] == "FAILED" and row["id"] in messages}
    for id in sorted(declining & set(contacts)):
        await opt_out(SYSTEM, id)
