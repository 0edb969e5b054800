"""Messages: every WhatsApp message, in or out. Here they are read; dispatch.py sends them, receipts.py follows them."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import TypedDict, Unpack

from db.core import connect
from db.core.columns import as_row
from db.core.paging import Order, Page, PageRequest, Parents, Where, fetch_page, fetch_pages
from db.messages import SENDING, SHOWN, Message, MessageAuthor, MessageDirection, MessageStatus, MessageType
from domain.core.access import Viewer, allow
from domain.core.errors import not_found
from domain.core.search import has_words, has_words_at_once, words_of


class MessageOrder(StrEnum):
    CREATED_AT = "CREATED_AT"
    UPDATED_AT = "UPDATED_AT"


def seen_by(viewer: Viewer) -> Where:
    """A token bound to a sender sees that sender's messages."""
    where = Where([SHOWN.format("message")])
    if viewer.sender_id is not None:
        where.add("message.sender_id = {}", viewer.sender_id)
    return where


@allow()
async def get(viewer: Viewer, id: int) -> Message:
    found = (await by_ids(viewer, [id]))[0]
    if found is None:
        raise not_found("message")
    return found


@allow()
async def by_ids(viewer: Viewer, ids: list[int]) -> list[Message | None]:
    where = seen_by(viewer)
    where.add("message.id = ANY({}::bigint[])", ids)
    rows = await connect.rows(f"SELECT * FROM message WHERE {where.sql}", *where.values)
    found = {row["id"]: as_row(Message, row) for row in rows}
    return [found.get(id) for id in ids]


class MessageCriteria(TypedDict, total=False):
    """Which messages; what is left out asks for nothing."""

    search: str
    contact_id: int
    sender_id: int
    schedule_id: int
    campaign_id: int
    template_id: int
    conversation_id: int
    reply_to_id: int
    reply: bool
    direction: MessageDirection
    author: Sequence[MessageAuthor]
    type: Sequence[MessageType]
    status: Sequence[MessageStatus]
    correlation_id: str
    created_from: datetime | None
    created_before: datetime | None


_EQUAL = (
    *("contact_id", "sender_id", "schedule_id", "campaign_id", "template_id", "reply_to_id"),
    *("direction", "correlation_id"),
)


# Along the index of the contact's messages.
_OF_CONVERSATION = (
    "message.contact_id = (SELECT contact_id FROM conversation WHERE id = {0} AND deleted_at IS NULL)"
    " AND message.sender_id = (SELECT sender_id FROM conversation WHERE id = {0} AND deleted_at IS NULL)"
    " AND message.deleted_at IS NULL"
)


_SAID = "SELECT m.id FROM message m WHERE m.author <> 'SYSTEM' AND {}"


def _matching(viewer: Viewer, asked: MessageCriteria, *, few: bool) -> Where:
    """Messages that match; reactions only where that type is asked for. Of few, bulk messages are searched, too."""
    where = seen_by(viewer)
    for column in _EQUAL:
        if (value := asked.get(column)) is not None:
            where.add(f"message.{column} = {{}}", value)
    if (id := asked.get("conversation_id")) is not None:
        where.add(_OF_CONVERSATION.format(where.place(id)))
    if words := words_of(asked.get("search")):
        place = where.place(words)
        nearby = has_words_at_once("message.content", place)
        if few:
            where.conditions.append(nearby)
        else:
            where.add("message.author <> 'SYSTEM'")
            where.search("message.id", _SAID.format(has_words("m.content", place)), nearby=nearby)
    if "author" in asked:
        where.add("message.author = ANY({}::text[])", list(asked["author"]))
    if "type" in asked:
        where.add("message.type = ANY({}::text[])", list(asked["type"]))
    else:
        where.add("message.type <> 'REACTION'")
    if "reply" in asked:
        where.add(f"(message.reply_to_id IS NOT NULL) = {asked['reply']} AND message.type <> 'REACTION'")
    if "status" in asked:
        where.add("message.state = ANY({}::text[])", _states(asked["status"]))
    if (start := asked.get("created_from")) is not None:
        where.add("message.created_at >= {}", start)
    if (end := asked.get("created_before")) is not None:
        where.add("message.created_at < {}", end)
    return where


@allow()
async def find(
    viewer: Viewer,
    *,
    order: MessageOrder = MessageOrder.CREATED_AT,
    descending: bool = True,
    page: PageRequest,
    **asked: Unpack[MessageCriteria],
) -> Page[Message]:
    """Messages that match; reactions only where that type is asked for."""
    by = _order(order, descending, of_one=bool({"schedule_id", "campaign_id"} & asked.keys()))
    # The index of words leaves bulk messages out, a million alike; those of one of these are looked through without it.
    few = bool({"conversation_id", "contact_id", "schedule_id", "campaign_id", "template_id"} & asked.keys())
    return await fetch_page(Message, _matching(viewer, asked, few=few), by, page)


def _states(statuses: Sequence[MessageStatus]) -> list[str]:
    """What dispatch calls the statuses that the API shows."""
    states = {status.value for status in statuses if status is not MessageStatus.SENDING}
    return [*states, *(SENDING if MessageStatus.SENDING in statuses else ())]


def _order(order: MessageOrder, descending: bool, *, of_one: bool) -> Order:
    """Ids grow with creation, within a schedule or campaign with its contacts: both are indexed, created_at is not."""
    if order is MessageOrder.UPDATED_AT:
        return Order("message.updated_at", "timestamptz", descending)
    return Order("message.contact_id" if of_one else "message.id", "bigint", descending)


@allow()
async def pages_of_schedules(viewer: Viewer, schedule_ids: list[int], page: PageRequest) -> dict[int, Page[Message]]:
    """Messages of each schedule, newest first."""
    order = _order(MessageOrder.CREATED_AT, descending=True, of_one=True)
    return await fetch_pages(Message, Parents("message.schedule_id"), schedule_ids, seen_by(viewer), order, page)


@allow()
async def pages_of_conversations(
    viewer: Viewer, conversation_ids: list[int], page: PageRequest, **asked: Unpack[MessageCriteria]
) -> dict[int, Page[Message]]:
    """Messages of each conversation, newest first, of those that match."""
    where = _matching(viewer, asked, few=True)
    where.add("message.deleted_at IS NULL")
    parents = Parents(
        "conversation.id",
        "JOIN conversation ON conversation.sender_id = message.sender_id"
        " AND conversation.contact_id = message.contact_id",
        within=_OF_CONVERSATION.format("parent.id"),
    )
    order = Order("message.id", "bigint", descending=True)
    return await fetch_pages(Message, parents, conversation_ids, where, order, page)


# The newest of each side, unless it takes back what stood before.
_REACTIONS = """
SELECT * FROM (
  SELECT DISTINCT ON (m.reply_to_id, m.direction) m.* FROM message m
  WHERE m.reply_to_id = ANY($1) AND m.type = 'REACTION' AND m.state NOT IN ('FAILED', 'CANCELLED')
    AND m.deleted_at IS NULL
  ORDER BY m.reply_to_id, m.direction, m.created_at DESC, m.id DESC) AS newest
WHERE newest.content IS NOT NULL ORDER BY newest.created_at, newest.id
"""


@allow()
async def reactions_of(viewer: Viewer, ids: list[int]) -> list[list[Message]]:
    """Reactions that stand to messages that the caller holds already, the contact's and ours, oldest first."""
    found: dict[int, list[Message]] = defaultdict(list)
    for row in await connect.rows(_REACTIONS, ids):
        found[row["reply_to_id"]].append(as_row(Message, row))
    return [found[id] for id in ids]
