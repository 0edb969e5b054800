"""Messages: every WhatsApp message, in or out. Here they are read; dispatch.py sends them, receipts.py follows them."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from db.core.paging import Order, Page, PageRequest, Parents, Where, fetch_page, fetch_pages
from db.messages import SENDING, Message, MessageAuthor, MessageDirection, MessageStatus, MessageType
from domain.core.access import Viewer, allow
from domain.core.errors import not_found
from domain.core.search import contains


class MessageOrder(StrEnum):
    CREATED_AT = "CREATED_AT"
    UPDATED_AT = "UPDATED_AT"


def _visible(viewer: Viewer) -> Where:
    """A token bound to a sender sees that sender's messages."""
    where = Where()
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
    found = {row.id: row for row in await Message.filter(id__in=ids)}
    seen = {id: row for id, row in found.items() if viewer.sender_id in (None, row.sender_id)}
    return [seen.get(id) for id in ids]


@allow()
async def find(
    viewer: Viewer,
    *,
    search: str | None = None,
    contact_id: int | None = None,
    sender_id: int | None = None,
    schedule_id: int | None = None,
    template_id: int | None = None,
    direction: MessageDirection | None = None,
    author: Sequence[MessageAuthor] | None = None,
    type: Sequence[MessageType] | None = None,
    status: Sequence[MessageStatus] | None = None,
    correlation_id: str | None = None,
    created_from: datetime | None = None,
    created_before: datetime | None = None,
    order: MessageOrder = MessageOrder.CREATED_AT,
    descending: bool = True,
    page: PageRequest,
) -> Page[Message]:
    """Messages that match; reactions only where that type is asked for."""
    where = _visible(viewer)
    equals: dict[str, Any] = {
        "contact_id": contact_id,
        "sender_id": sender_id,
        "schedule_id": schedule_id,
        "template_id": template_id,
        "direction": direction,
        "correlation_id": correlation_id,
    }
    for column, value in equals.items():
        if value is not None:
            where.add(f"message.{column} = {{}}", value)
    if pattern := contains(search):
        where.add("message.content ILIKE {}", pattern)
    if author is not None:
        where.add("message.author = ANY({}::text[])", list(author))
    if type is not None:
        where.add("message.type = ANY({}::text[])", list(type))
    else:
        where.add("message.type <> 'REACTION'")
    if status is not None:
        where.add("message.state = ANY({}::text[])", _states(status))
    if created_from is not None:
        where.add("message.created_at >= {}", created_from)
    if created_before is not None:
        where.add("message.created_at < {}", created_before)
    return await fetch_page(Message, where, _order(order, descending, one_schedule=schedule_id is not None), page)


def _states(statuses: Sequence[MessageStatus]) -> list[str]:
    """What dispatch calls the statuses that the API shows."""
    states = {status.value for status in statuses if status is not MessageStatus.SENDING}
    return [*states, *(SENDING if MessageStatus.SENDING in statuses else ())]


def _order(order: MessageOrder, descending: bool, *, one_schedule: bool) -> Order:
    """Ids grow with creation, and within a schedule with its contacts: both have an index, created_at has none."""
    if order is MessageOrder.UPDATED_AT:
        return Order("message.updated_at", "timestamptz", descending)
    return Order("message.contact_id" if one_schedule else "message.id", "bigint", descending)


@allow()
async def pages_of_schedules(viewer: Viewer, schedule_ids: list[int], page: PageRequest) -> dict[int, Page[Message]]:
    """Messages of each schedule, newest first."""
    order = _order(MessageOrder.CREATED_AT, descending=True, one_schedule=True)
    return await fetch_pages(Message, Parents("message.schedule_id"), schedule_ids, _visible(viewer), order, page)
