"""Reading conversations. A token bound to a sender sees those of that sender."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from db.conversations import Conversation, ConversationStatus
from db.core import connect
from db.core.columns import as_row
from db.core.paging import Order, Page, PageRequest, Parents, Where, fetch_page, fetch_pages
from domain.core.access import Viewer, allow
from domain.core.errors import not_found
from domain.core.phone import aliases, parse_phone
from domain.core.search import contains


class ConversationOrder(StrEnum):
    CREATED_AT = "CREATED_AT"
    LAST_MESSAGE_AT = "LAST_MESSAGE_AT"


def _visible(viewer: Viewer) -> Where:
    where = Where(["conversation.deleted_at IS NULL"])
    if viewer.sender_id is not None:
        where.add("conversation.sender_id = {}", viewer.sender_id)
    return where


@allow()
async def get(viewer: Viewer, id: int) -> Conversation:
    return await visible(viewer, id)


async def visible(viewer: Viewer, id: int, *, field: str = "id", lock: str = "") -> Conversation:
    """A conversation that the caller may see, its row locked where `lock` says how. Raises NOT_FOUND."""
    where = _visible(viewer)
    where.add("conversation.id = {}", id)
    found = await connect.row(f"SELECT * FROM conversation WHERE {where.sql} {lock}", *where.values)
    if found is None:
        raise not_found("conversation", field=field)
    return as_row(Conversation, found)


@allow()
async def by_ids(viewer: Viewer, ids: list[int]) -> list[Conversation | None]:
    """Conversations that messages and events name."""
    where = _visible(viewer)
    where.add("conversation.id = ANY({}::bigint[])", ids)
    rows = await connect.rows(f"SELECT * FROM conversation WHERE {where.sql}", *where.values)
    found = {row["id"]: as_row(Conversation, row) for row in rows}
    return [found.get(id) for id in ids]


@allow()
async def of_messages(viewer: Viewer, message_ids: list[int]) -> list[Conversation | None]:
    """The conversation of each message: that of its pair, if it was opened."""
    where = _visible(viewer)
    where.add("message.id = ANY({}::bigint[])", message_ids)
    rows = await connect.rows(
        "SELECT message.id AS message_id, conversation.* FROM message JOIN conversation"
        " ON conversation.sender_id = message.sender_id AND conversation.contact_id = message.contact_id"
        f" WHERE {where.sql}",
        *where.values,
    )
    found = {row["message_id"]: as_row(Conversation, row) for row in rows}
    return [found.get(id) for id in message_ids]


@allow()
async def find(
    viewer: Viewer,
    *,
    search: str | None = None,
    phone_number: str | None = None,
    contact_id: int | None = None,
    sender_id: int | None = None,
    status: Sequence[ConversationStatus] | None = None,
    unread: bool | None = None,
    created_from: datetime | None = None,
    created_before: datetime | None = None,
    order: ConversationOrder = ConversationOrder.LAST_MESSAGE_AT,
    descending: bool = True,
    page: PageRequest,
) -> Page[Conversation]:
    """Conversations that match. Raises INVALID_PHONE_NUMBER."""
    where = _visible(viewer)
    if pattern := contains(search):
        where.add(
            "conversation.address ILIKE {} OR EXISTS (SELECT FROM contact c"
            " WHERE c.id = conversation.contact_id AND c.name ILIKE {}) OR EXISTS (SELECT FROM message m"
            " WHERE m.contact_id = conversation.contact_id AND m.sender_id = conversation.sender_id"
            " AND m.content ILIKE {})",
            pattern,
            pattern,
            pattern,
        )
    if phone_number is not None:
        number = parse_phone(phone_number, field="phoneNumber")
        where.add(
            "conversation.address = ANY({}) OR conversation.contact_id IN"
            " (SELECT contact_id FROM contact_phone WHERE phone_number = ANY({}))",
            [number, *aliases(number)],
            [number, *aliases(number)],
        )
    for column, id in (("contact_id", contact_id), ("sender_id", sender_id)):
        if id is not None:
            where.add(f"conversation.{column} = {{}}", id)
    if status is not None:
        where.add("conversation.status = ANY({}::text[])", list(status))
    if unread is not None:
        where.add("(conversation.unread_count > 0) = {}", unread)
    if created_from is not None:
        where.add("conversation.created_at >= {}", created_from)
    if created_before is not None:
        where.add("conversation.created_at < {}", created_before)
    return await fetch_page(Conversation, where, _order(order, descending), page)


@allow()
async def pages_of_contacts(viewer: Viewer, contact_ids: list[int], page: PageRequest) -> dict[int, Page[Conversation]]:
    """Conversations with each contact, the latest message first."""
    order = _order(ConversationOrder.LAST_MESSAGE_AT, descending=True)
    return await fetch_pages(
        Conversation, Parents("conversation.contact_id"), contact_ids, _visible(viewer), order, page
    )


def _order(order: ConversationOrder, descending: bool) -> Order:
    if order is ConversationOrder.CREATED_AT:
        return Order("conversation.created_at", "timestamptz", descending)
    return Order("conversation.last_message_at", "timestamptz", descending, nullable=True)


_COUNTS = """
SELECT v.id, count(m.id) AS messages FROM conversation v
JOIN message m ON m.contact_id = v.contact_id AND m.sender_id = v.sender_id AND m.type <> 'REACTION'
WHERE v.id = ANY($1) GROUP BY v.id
"""


@allow()
async def message_counts(viewer: Viewer, ids: list[int]) -> list[int]:
    """How many messages there are in conversations that the caller holds already; reactions are none."""
    found = {row["id"]: row["messages"] for row in await connect.rows(_COUNTS, ids)}
    return [found.get(id, 0) for id in ids]
