"""Reading webhooks and what was posted."""

from collections.abc import Sequence
from datetime import datetime

from db import events as log
from db.accounts import Role, Scope
from db.core import connect
from db.core.paging import Order, Page, PageRequest, Parents, Where, fetch_page, fetch_pages
from db.webhooks import Webhook, WebhookDelivery, WebhookDeliveryStatus, backlogs
from domain.core.access import Viewer, access_of, allow, public
from domain.core.errors import Refusal, not_found
from domain.events import Place, encode

_NEWEST = Order("webhook.id", "bigint", descending=True)
_NEWEST_DELIVERIES = Order("webhook_delivery.id", "bigint", descending=True)

# What waits although its number lies beyond the position belongs to a replay, which will come to it.
_TOLD = """
SELECT w.id, coalesce((SELECT min(event_number) - 1 FROM webhook_delivery
                       WHERE webhook_id = w.id AND status = 'PENDING' AND event_number <= w.position),
                      w.position) AS number
FROM webhook w WHERE w.id = ANY($1)
"""


@allow(Role.ADMIN, scope=Scope.WEBHOOKS, bound=False)
async def get(viewer: Viewer, id: int) -> Webhook:
    if (found := await Webhook.get_or_none(id=id)) is None:
        raise not_found("webhook")
    return found


@allow(Role.ADMIN, scope=Scope.WEBHOOKS, bound=False)
async def find(viewer: Viewer, *, page: PageRequest) -> Page[Webhook]:
    """All of them, newest first."""
    return await fetch_page(Webhook, Where(), _NEWEST, page)


@public
async def by_ids(viewer: Viewer, ids: list[int]) -> list[Webhook | None]:
    """Webhooks that events and deliveries name; none for who may not see them."""
    try:
        access_of(get).check(viewer)
    except Refusal:
        return [None] * len(ids)
    found = {webhook.id: webhook for webhook in await Webhook.filter(id__in=ids)}
    return [found.get(id) for id in ids]


@allow(Role.ADMIN, scope=Scope.WEBHOOKS, bound=False)
async def cursors(viewer: Viewer, ids: list[int]) -> list[str | None]:
    """How far each was told: of every event up to there, or it was given up."""
    epoch = (await log.read(0, 0)).epoch
    found = {row["id"]: row["number"] for row in await connect.rows(_TOLD, ids)}
    return [encode(Place(epoch, found[id])) if id in found else None for id in ids]


@allow(Role.ADMIN, scope=Scope.WEBHOOKS, bound=False)
async def waiting(viewer: Viewer, ids: list[int]) -> list[int]:
    """How many events wait for each."""
    found = {one.webhook_id: one.events for one in await backlogs(ids)}
    return [found.get(id, 0) for id in ids]


@allow(Role.ADMIN, scope=Scope.WEBHOOKS, bound=False)
async def waiting_since(viewer: Viewer, ids: list[int]) -> list[datetime | None]:
    """Since when the oldest of what waits for each does."""
    found = {one.webhook_id: one.since for one in await backlogs(ids)}
    return [found.get(id) for id in ids]


@allow(Role.ADMIN, scope=Scope.WEBHOOKS, bound=False)
async def get_delivery(viewer: Viewer, id: int) -> WebhookDelivery:
    if (found := await WebhookDelivery.get_or_none(id=id)) is None:
        raise not_found("webhook delivery")
    return found


@allow(Role.ADMIN, scope=Scope.WEBHOOKS, bound=False)
async def pages_of_deliveries(
    viewer: Viewer, ids: list[int], page: PageRequest, *, status: Sequence[WebhookDeliveryStatus] | None = None
) -> dict[int, Page[WebhookDelivery]]:
    """What was or is to be posted to each, newest first."""
    where = Where()
    if status is not None:
        where.add("webhook_delivery.status = ANY({}::text[])", list(status))
    return await fetch_pages(
        WebhookDelivery, Parents("webhook_delivery.webhook_id"), ids, where, _NEWEST_DELIVERIES, page
    )
