"""Reading conversations. A token bound to a sender sees those of that sender."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import TypedDict, Unpack

from db.conversations import Conversation, ConversationHandler, ConversationStatus
from db.core import connect
from db.core.columns import as_row
from db.core.paging import Order, Page, PageRequest, Parents, Where, fetch_page, fetch_pages
from db.messages import Message, Priority
from db.senders import REQUIRE_AUTH
from domain.contacts.filtering import called
from domain.core.access import Viewer, allow
from domain.core.assignment import Assignment, assigned
from domain.core.errors import Checks, check_characters, not_found
from domain.core.phone import aliases, parse_phone
from domain.core.search import has_words, has_words_at_once, words_of


class ConversationOrder(StrEnum):
    CREATED_AT = "CREATED_AT"
    LAST_MESSAGE_AT = "LAST_MESSAGE_AT"
    PRIORITY = "PRIORITY"


def _seen_by(viewer: Viewer) -> Where:
    where = Where()
    if viewer.sender_id is not None:
        where.add("conversation.sender_id = {}", viewer.sender_id)
    return where


def _visible(viewer: Viewer) -> Where:
    where = _seen_by(viewer)
    where.add("conversation.deleted_at IS NULL")
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


# Who gives a correlation id once more means where that message is, whatever has happened since.
_TOLD = """
EXISTS (SELECT FROM message m WHERE m.sender_id = conversation.sender_id AND m.contact_id = conversation.contact_id
        AND m.correlation_id = {})
"""
_SENDING = """
EXISTS (SELECT FROM sender s WHERE s.id = conversation.sender_id AND s.deleted_at IS NULL
        AND (s.status <> ALL({}::text[]) OR {}))
"""


async def latest(viewer: Viewer, number: str) -> int | None:
    """The latest conversation with a number."""
    where = _visible(viewer)
    _numbered(where, number)
    return await _first(where, "id")


async def latest_sender(viewer: Viewer, number: str, correlation_id: str | None) -> int | None:
    """Whose the latest is of those whose sender sends, or may soon; the one that knows the correlation id before it."""
    where = _visible(viewer)
    _numbered(where, number)
    told = _TOLD.format(where.place(correlation_id))
    where.conditions.append(_SENDING.format(where.place(list(REQUIRE_AUTH)), told))
    return await _first(where, "sender_id", before=f"{told} DESC,")


async def _first(where: Where, column: str, *, before: str = "") -> int | None:
    return await connect.value(
        f"SELECT {column} FROM conversation WHERE {where.sql}"
        f" ORDER BY {before} last_message_at DESC NULLS LAST, id DESC LIMIT 1",
        *where.values,
    )


@allow()
async def by_ids(viewer: Viewer, ids: list[int]) -> list[Conversation | None]:
    """Conversations that events name, deleted ones too."""
    where = _seen_by(viewer)
    where.add("conversation.id = ANY({}::bigint[])", ids)
    rows = await connect.rows(f"SELECT * FROM conversation WHERE {where.sql}", *where.values)
    found = {row["id"]: as_row(Conversation, row) for row in rows}
    return [found.get(id) for id in ids]


@allow()
async def present(viewer: Viewer, ids: list[int]) -> list[Conversation | None]:
    """The same without deleted ones."""
    found = await by_ids(viewer, ids)
    return [row if row and row.deleted_at is None else None for row in found]


@allow()
async def of_messages(viewer: Viewer, message_ids: list[int]) -> list[Conversation | None]:
    """The conversation of each message: that of its pair, if it was opened and is not another since."""
    where = _visible(viewer)
    where.add("message.id = ANY({}::bigint[]) AND message.deleted_at IS NULL", message_ids)
    rows = await connect.rows(
        "SELECT message.id AS message_id, conversation.* FROM message JOIN conversation"
        " ON conversation.sender_id = message.sender_id AND conversation.contact_id = message.contact_id"
        f" WHERE {where.sql}",
        *where.values,
    )
    found = {row["message_id"]: as_row(Conversation, row) for row in rows}
    return [found.get(id) for id in message_ids]


class ConversationCriteria(TypedDict, total=False):
    """Which conversations; what is left out asks for nothing."""

    search: str
    phone_number: str
    contact_id: int
    sender_id: int
    status: Sequence[ConversationStatus]
    priority: Sequence[Priority]
    handler: ConversationHandler
    assignment: Assignment
    assigned_to_id: int
    unread: bool
    tags: Sequence[str]
    created_from: datetime | None
    created_before: datetime | None


@allow()
async def find(
    viewer: Viewer,
    *,
    order: ConversationOrder = ConversationOrder.LAST_MESSAGE_AT,
    descending: bool = True,
    page: PageRequest,
    **asked: Unpack[ConversationCriteria],
) -> Page[Conversation]:
    """Conversations that match. Raises VALIDATION_ERROR, INVALID_PHONE_NUMBER."""
    return await fetch_page(Conversation, _matching(viewer, asked), _order(order, descending), page)


_CALLED = "contact.deleted_at IS NULL AND {called}"
_SAID = "message.author <> 'SYSTEM' AND message.deleted_at IS NULL AND {said}"
_INDEXED = f"""
SELECT (SELECT v.id FROM conversation v
        WHERE v.contact_id = pair.contact_id AND v.sender_id = pair.sender_id AND v.deleted_at IS NULL)
FROM (SELECT DISTINCT contact_id, sender_id FROM message WHERE {_SAID}) AS pair
UNION ALL
SELECT v.id FROM conversation v WHERE v.contact_id = ANY(ARRAY(SELECT id FROM contact WHERE {_CALLED}))
"""
# Not EXISTS, of which the planner would read all that there is.
_NEARBY = f"""
coalesce(
  (SELECT true FROM contact WHERE contact.id = conversation.contact_id AND {_CALLED}),
  (SELECT true FROM message WHERE message.contact_id = conversation.contact_id
     AND message.sender_id = conversation.sender_id AND {_SAID} LIMIT 1),
  false)
"""
_NUMBERED = (
    "conversation.contact_id IN (SELECT contact_id FROM contact_phone WHERE phone_number = ANY({})"
    " UNION ALL SELECT contact_id FROM contact_identity WHERE type = 'WA_ID' AND value = ANY({}))"
)


def _matching(viewer: Viewer, asked: ConversationCriteria) -> Where:
    where, check = _visible(viewer), Checks()
    with check():
        if (words := words_of(asked.get("search"))) and (name := called(where, words)):
            said = where.place(words)
            where.search(
                "conversation.id",
                _INDEXED.format(called=name, said=has_words("message.content", said)),
                nearby=_NEARBY.format(called=name, said=has_words_at_once("message.content", said)),
            )
    with check():
        if (given := asked.get("phone_number")) is not None:
            _numbered(where, parse_phone(given, field="phoneNumber"))
    with check():
        if (tags := asked.get("tags")) is not None:
            for tag in tags:
                check_characters(tag, "tags")
            where.add("cardinality(conversation.tags) > 0 AND conversation.tags && {}::text[]", list(tags))
    check.done()
    for column in ("contact_id", "sender_id", "assigned_to_id"):
        if (value := asked.get(column)) is not None:
            where.add(f"conversation.{column} = {{}}", value)
    # As they are, and not as values: a plan for any of them could not use the indexes of few.
    if (handler := asked.get("handler")) is not None:
        where.add(f"conversation.handler = '{handler}'")
    if (statuses := asked.get("status")) is not None:
        named = ", ".join(f"'{each}'" for each in dict.fromkeys(statuses))
        where.add(f"conversation.status IN ({named or 'NULL'})")
    if (priorities := asked.get("priority")) is not None:
        where.add(
            f"conversation.priority IN ({', '.join(f'{each:d}' for each in dict.fromkeys(priorities)) or 'NULL'})"
        )
    if (assignment := asked.get("assignment")) is not None:
        assigned(where, "conversation.assigned_to_id", assignment, viewer)
    if (unread := asked.get("unread")) is not None:
        where.add(f"conversation.unread_count {'>' if unread else '='} 0")
    if (start := asked.get("created_from")) is not None:
        where.add("conversation.created_at >= {}", start)
    if (end := asked.get("created_before")) is not None:
        where.add("conversation.created_at < {}", end)
    return where


def _numbered(where: Where, number: str) -> None:
    """With a number, in any of its national spellings, or with one who is called by it."""
    spellings = [number, *aliases(number)]
    where.add(_NUMBERED, spellings, [spelling[1:] for spelling in spellings])


@allow()
async def pages_of_contacts(viewer: Viewer, contact_ids: list[int], page: PageRequest) -> dict[int, Page[Conversation]]:
    """Conversations with each contact, the latest message first."""
    order = _order(ConversationOrder.LAST_MESSAGE_AT, descending=True)
    return await fetch_pages(
        Conversation, Parents("conversation.contact_id"), contact_ids, _visible(viewer), order, page
    )


# One key for both: microseconds take 16 digits until the year 2286.
_TRIAGE = (
    "(conversation.priority * 10000000000000000 + (extract(epoch FROM"
    " coalesce(conversation.last_message_at, conversation.created_at) - timestamptz 'epoch') * 1000000)::bigint)"
)


def _order(order: ConversationOrder, descending: bool) -> Order:
    match order:
        case ConversationOrder.CREATED_AT:
            return Order("conversation.created_at", "timestamptz", descending)
        case ConversationOrder.LAST_MESSAGE_AT:
            return Order("conversation.last_message_at", "timestamptz", descending, nullable=True)
        case ConversationOrder.PRIORITY:
            return Order(_TRIAGE, "bigint", descending)


# As a rule the first of both, which is at hand.
_LAST = """
SELECT v.id AS conversation_id, m.* FROM conversation v, LATERAL (
  SELECT * FROM message WHERE id = v.last_message_id AND state <> 'CANCELLED'
  UNION ALL
  (SELECT * FROM message
   WHERE contact_id = v.contact_id AND sender_id = v.sender_id AND deleted_at IS NULL AND type <> 'REACTION'
     AND state <> 'CANCELLED' AND schedule_id IS NULL AND campaign_id IS NULL
   ORDER BY id DESC LIMIT 1)
  LIMIT 1) AS m
WHERE v.id = ANY($1)
"""


@allow()
async def last_messages(viewer: Viewer, ids: list[int]) -> list[Message | None]:
    """What was said last in conversations that the caller holds already; what was cancelled before it left is not."""
    found = {row["conversation_id"]: as_row(Message, row) for row in await connect.rows(_LAST, ids)}
    return [found.get(id) for id in ids]


_COUNTS = """
SELECT v.id, count(m.id) AS messages FROM conversation v
JOIN message m ON m.contact_id = v.contact_id AND m.sender_id = v.sender_id AND m.type <> 'REACTION'
WHERE v.id = ANY($1) AND v.deleted_at IS NULL AND m.deleted_at IS NULL GROUP BY v.id
"""


@allow()
async def message_counts(viewer: Viewer, ids: list[int]) -> list[int]:
    """How many messages there are in conversations that the caller holds already; reactions are none."""
    found = {row["id"]: row["messages"] for row in await connect.rows(_COUNTS, ids)}
    return [found.get(id, 0) for id in ids]
