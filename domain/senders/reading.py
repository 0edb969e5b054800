"""Which senders there are, which of them a caller sees, and which one is meant where none is named."""

from collections.abc import Sequence
from enum import StrEnum

from db.core import connect
from db.core.columns import as_row
from db.core.paging import Order, Page, PageRequest, Where, fetch_page
from db.senders import Sender, SenderProvider, SenderStatus
from domain.core.access import Viewer, allow
from domain.core.errors import ErrorCode, Refusal, not_found
from domain.core.phone import parse_phone
from domain.core.search import contains
from domain.core.secrets import unseal
from domain.providers.base import Account


class SenderOrder(StrEnum):
    CREATED_AT = "CREATED_AT"
    LAST_ACTIVE_AT = "LAST_ACTIVE_AT"
    NAME = "NAME"


@allow()
async def get(viewer: Viewer, id: int) -> Sender:
    return await visible(viewer, id)


@allow()
async def find(
    viewer: Viewer,
    *,
    search: str | None = None,
    phone_number: str | None = None,
    provider: Sequence[SenderProvider] | None = None,
    status: Sequence[SenderStatus] | None = None,
    active: bool | None = None,
    order: SenderOrder = SenderOrder.CREATED_AT,
    descending: bool = True,
    page: PageRequest,
) -> Page[Sender]:
    """Senders that match; a token bound to a sender finds that one alone."""
    where = Where()
    where.add("sender.deleted_at IS NULL")
    if viewer.sender_id is not None:
        where.add("sender.id = {}", viewer.sender_id)
    if pattern := contains(search):
        where.add("sender.phone_number ILIKE {} OR sender.name ILIKE {}", pattern, pattern)
    if phone_number is not None:
        where.add("sender.phone_number = {}", parse_phone(phone_number, field="phoneNumber"))
    if provider is not None:
        where.add("sender.provider = ANY({}::text[])", list(provider))
    if status is not None:
        where.add("sender.status = ANY({}::text[])", list(status))
    if active is not None:
        where.add("(sender.status = 'CONNECTED') = {}", active)
    return await fetch_page(Sender, where, _order(order, descending), page)


def _order(order: SenderOrder, descending: bool) -> Order:
    match order:
        case SenderOrder.CREATED_AT:
            return Order("sender.created_at", "timestamptz", descending)
        case SenderOrder.LAST_ACTIVE_AT:
            return Order("sender.last_active_at", "timestamptz", descending, nullable=True)
        case SenderOrder.NAME:
            return Order("sender.name", "text", descending, nullable=True)


@allow()
async def by_ids(viewer: Viewer, ids: list[int]) -> list[Sender | None]:
    """Senders that schedules and messages name, deleted ones too."""
    found = {row.id: row for row in await Sender.filter(id__in=ids)}
    return [found.get(id) if viewer.sender_id in (None, id) else None for id in ids]


async def visible(viewer: Viewer, id: int, *, field: str = "id", lock: str = "") -> Sender:
    """A sender that the caller may see, its row locked where `lock` says how. Raises NOT_FOUND."""
    found = await connect.row(f"SELECT * FROM sender WHERE id = $1 AND deleted_at IS NULL {lock}", id)
    if found is None or viewer.sender_id not in (None, id):
        raise not_found("sender", field=field)
    return as_row(Sender, found)


async def choose(viewer: Viewer, id: int | None, *, field: str = "senderId", lock: str = "") -> Sender:
    """The sender that is named, else the caller's own or the default. Raises NOT_FOUND, VALIDATION_ERROR."""
    wanted = id if id is not None else viewer.sender_id
    if wanted is None:
        wanted = (await default_sender(field=field)).id
    return await visible(viewer, wanted, field=field, lock=lock)


async def default_sender(*, field: str = "senderId") -> Sender:
    """The sender where none is named. Raises VALIDATION_ERROR while there is none."""
    if (sender := await Sender.get_or_none(is_default=True, deleted_at=None)) is None:
        raise Refusal(
            ErrorCode.VALIDATION_ERROR, "There is no sender yet; create one first.", field=field, reason="no_sender"
        )
    return sender


async def account(id: int, *, sending: bool = True) -> Account | None:
    """Where and as whom a sender sends; None while it may not, or for `sending=False` where it has no account."""
    sender = await connect.row(
        "SELECT provider, session_name, phone_number_id, access_token FROM sender WHERE id = $1 AND deleted_at IS NULL"
        " AND (NOT $2 OR status = 'CONNECTED' AND (paused_until IS NULL OR paused_until <= now()))",
        id,
        sending,
    )
    if sender is not None and sender["provider"] == SenderProvider.WAHA:
        return Account(id, "", "", SenderProvider.WAHA, sender["session_name"])
    if sender is None or sender["phone_number_id"] is None or sender["access_token"] is None:
        return None
    return Account(id, sender["phone_number_id"], unseal(sender["access_token"]))
