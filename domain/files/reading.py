"""Files as callers see them. A token bound to a sender sees those of that sender, and what its messages carry."""

from collections.abc import Sequence

from db.accounts import Role, Scope
from db.core import connect
from db.core.columns import as_row
from db.core.paging import Order, Page, PageRequest, Parents, Where, fetch_page, fetch_pages
from db.files import File
from domain.core.access import Viewer, allow
from domain.core.errors import not_found
from domain.core.search import contains


@allow()
async def get(viewer: Viewer, id: int) -> File:
    return await visible(viewer, id)


@allow()
async def by_ids(viewer: Viewer, ids: list[int]) -> list[File | None]:
    """Files that messages and templates name, deleted ones too."""
    found = {file.id: file for file in await _seen(viewer, ids)}
    return [found.get(id) for id in ids]


@allow()
async def pages_of_conversations(
    viewer: Viewer, conversation_ids: list[int], page: PageRequest
) -> dict[int, Page[File]]:
    """Files of each conversation, newest first."""
    where = _visible(viewer)
    where.add("file.deleted_at IS NULL")
    order = Order("file.id", "bigint", descending=True)
    return await fetch_pages(File, Parents("file.conversation_id"), conversation_ids, where, order, page)


@allow()
async def knowledge(viewer: Viewer, *, search: str | None = None, page: PageRequest) -> Page[File]:
    """Files that the bot reads for all conversations, newest first."""
    where = _visible(viewer)
    where.add("file.purpose = 'KNOWLEDGE' AND file.conversation_id IS NULL AND file.deleted_at IS NULL")
    if (pattern := contains(search)) is not None:
        where.add("file.name ILIKE {}", pattern)
    return await fetch_page(File, where, Order("file.id", "bigint", descending=True), page)


async def visible(viewer: Viewer, id: int, *, field: str = "id") -> File:
    """A file that the caller may see. Raises NOT_FOUND."""
    found = await _seen(viewer, [id])
    if not found or found[0].deleted_at is not None:
        raise not_found("file", field=field)
    return found[0]


async def _seen(viewer: Viewer, ids: Sequence[int]) -> list[File]:
    where = _visible(viewer)
    where.add("file.id = ANY({}::bigint[])", list(ids))
    return [as_row(File, row) for row in await connect.rows(f"SELECT * FROM file WHERE {where.sql}", *where.values)]


def _visible(viewer: Viewer) -> Where:
    """What is exported of a contact, only those see who may export one."""
    where = Where()
    if viewer.role not in (Role.ADMIN, Role.MARKETER) or Scope.CONTACTS not in (viewer.scopes or {Scope.CONTACTS}):
        where.add("file.purpose <> 'EXPORT'")
    if viewer.sender_id is not None:
        where.add(
            "file.sender_id = {} OR EXISTS"
            " (SELECT FROM message WHERE message.media_id = file.id AND message.sender_id = {})",
            viewer.sender_id,
            viewer.sender_id,
        )
    return where
