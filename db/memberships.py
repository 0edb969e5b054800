"""Who is in which group: set-based changes, under the lock of the groups they touch.

Locks are taken in one order everywhere: contacts, then groups, each by id. A group's row is locked before its members
are written, since its updated_at moves with them.
"""

from collections.abc import Iterable, Sequence

from db.core import connect

_ADD = """
INSERT INTO group_member (group_id, contact_id)
SELECT * FROM unnest($1::bigint[], $2::bigint[]) AS pair(group_id, contact_id) ORDER BY 1, 2
ON CONFLICT (group_id, contact_id) DO NOTHING
RETURNING group_id
"""


async def join(pairs: Iterable[tuple[int, int]]) -> set[int]:
    """Adds contacts to groups, by pairs of group and contact; answers the groups that are gone, which nobody joined."""
    wanted = set(pairs)
    live = await lock_groups({group for group, _ in wanted})
    await _add([pair for pair in wanted if pair[0] in live])
    return {group for group, _ in wanted} - live


async def replace_groups(contact_id: int, group_ids: Sequence[int]) -> set[int]:
    """Puts a contact, whose row is locked, into these groups alone; answers those gone: then nothing changed."""
    wanted = set(group_ids)
    found = await connect.rows("SELECT group_id FROM group_member WHERE contact_id = $1", contact_id)
    former = {row["group_id"] for row in found}
    live = await lock_groups(wanted | former)
    if gone := wanted - live:
        return gone
    await _remove("contact_id = $1 AND group_id = ANY($2::bigint[])", contact_id, list(former - wanted))
    await _add([(group, contact_id) for group in wanted - former])
    return set()


async def replace_members(group_id: int, contact_ids: Sequence[int]) -> None:
    """Makes these contacts the members of a group, whose row is locked."""
    await _remove(
        "group_id = $1 AND NOT EXISTS (SELECT FROM unnest($2::bigint[]) AS kept(id) WHERE kept.id = contact_id)",
        group_id,
        list(contact_ids),
    )
    await _add([(group_id, contact) for contact in set(contact_ids)])


async def leave_all(contact_id: int) -> None:
    """Takes a contact, whose row is locked, out of all groups."""
    await replace_groups(contact_id, [])


async def lock_groups(ids: Iterable[int]) -> set[int]:
    """Locks those of the groups that are not deleted, and answers them."""
    found = await connect.rows(
        "SELECT id FROM contact_group WHERE id = ANY($1::bigint[]) AND deleted_at IS NULL "
        "ORDER BY id FOR NO KEY UPDATE",
        list(ids),
    )
    return {row["id"] for row in found}


async def _add(pairs: Sequence[tuple[int, int]]) -> None:
    if pairs:
        joined = await connect.rows(_ADD, *map(list, zip(*pairs, strict=True)))
        await _touch({row["group_id"] for row in joined})


async def _remove(condition: str, *values: object) -> None:
    left = await connect.rows(f"DELETE FROM group_member WHERE {condition} RETURNING group_id", *values)
    await _touch({row["group_id"] for row in left})


async def _touch(group_ids: set[int]) -> None:
    if group_ids:
        await connect.execute("UPDATE contact_group SET updated_at = now() WHERE id = ANY($1)", list(group_ids))
