"""Which campaigns there are and who sees them.

A token bound to a sender sees those that leave from its sender alone: a pool holds people of other senders too.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from db.campaigns import Campaign, CampaignStatus, CampaignType
from db.campaigns import stats as figures
from db.core import connect
from db.core.columns import as_row
from db.core.paging import Order, Page, PageRequest, Where, fetch_page
from db.groups import Group
from db.messages.stats import DeliveryStats
from db.senders import Sender
from domain import groups, senders
from domain.core.access import Viewer, allow
from domain.core.errors import ErrorCode, Refusal, not_found
from domain.core.search import contains


class CampaignOrder(StrEnum):
    CREATED_AT = "CREATED_AT"
    UPDATED_AT = "UPDATED_AT"
    STARTED_AT = "STARTED_AT"
    NAME = "NAME"


_FROM = "EXISTS (SELECT FROM campaign_sender s WHERE s.campaign_id = campaign.id AND s.sender_id = {})"
_FROM_OTHERS = "EXISTS (SELECT FROM campaign_sender s WHERE s.campaign_id = campaign.id AND s.sender_id <> {})"


def seen_by(viewer: Viewer, *, deleted: bool = False) -> Where:
    """Those that a caller may see."""
    where = Where([] if deleted else ["campaign.deleted_at IS NULL"])
    if viewer.sender_id is not None:
        where.add(f"{_FROM} AND NOT {_FROM_OTHERS}", viewer.sender_id, viewer.sender_id)
    return where


async def visible(viewer: Viewer, id: int, *, field: str = "id", lock: str = "") -> Campaign:
    """A campaign that the caller may see, its row locked where `lock` says how. Raises NOT_FOUND."""
    where = seen_by(viewer)
    where.add("campaign.id = {}", id)
    found = await connect.row(f"SELECT * FROM campaign WHERE {where.sql} {lock}", *where.values)
    if found is None:
        raise not_found("campaign", field=field)
    return as_row(Campaign, found)


@allow()
async def get(viewer: Viewer, id: int) -> Campaign:
    return await visible(viewer, id)


@allow()
async def find(
    viewer: Viewer,
    *,
    search: str | None = None,
    type: Sequence[CampaignType] | None = None,
    status: Sequence[CampaignStatus] | None = None,
    sender_id: int | None = None,
    created_from: datetime | None = None,
    created_before: datetime | None = None,
    order: CampaignOrder = CampaignOrder.CREATED_AT,
    descending: bool = True,
    page: PageRequest,
) -> Page[Campaign]:
    """Campaigns that match."""
    where = seen_by(viewer)
    if pattern := contains(search):
        where.add("campaign.name ILIKE {} OR campaign.description ILIKE {}", pattern, pattern)
    if type is not None:
        where.add("campaign.type = ANY({}::text[])", list(type))
    if status is not None:
        where.add("campaign.status = ANY({}::text[])", list(status))
    if sender_id is not None:
        where.add(_FROM, sender_id)
    if created_from is not None:
        where.add("campaign.created_at >= {}", created_from)
    if created_before is not None:
        where.add("campaign.created_at < {}", created_before)
    return await fetch_page(Campaign, where, _order(order, descending), page)


def _order(order: CampaignOrder, descending: bool) -> Order:
    match order:
        case CampaignOrder.CREATED_AT:
            return Order("campaign.created_at", "timestamptz", descending)
        case CampaignOrder.UPDATED_AT:
            return Order("campaign.updated_at", "timestamptz", descending)
        case CampaignOrder.STARTED_AT:
            return Order("campaign.started_at", "timestamptz", descending, nullable=True)
        case CampaignOrder.NAME:
            return Order("campaign.name", "text", descending)


@allow()
async def by_ids(viewer: Viewer, ids: list[int]) -> list[Campaign | None]:
    """Campaigns that messages and events name, deleted ones too."""
    where = seen_by(viewer, deleted=True)
    where.add("campaign.id = ANY({}::bigint[])", ids)
    rows = await connect.rows(f"SELECT * FROM campaign WHERE {where.sql}", *where.values)
    found = {row["id"]: as_row(Campaign, row) for row in rows}
    return [found.get(id) for id in ids]


@allow()
async def stats(viewer: Viewer, ids: list[int]) -> list[DeliveryStats | None]:
    """Figures of campaigns that the caller holds already."""
    found = await figures.stats(ids)
    return [found.get(id) for id in ids]


@allow()
async def senders_of(viewer: Viewer, ids: list[int]) -> list[list[Sender]]:
    """The pool of each campaign, deleted senders too, in the order in which they were registered."""
    pools = await _pools(ids)
    wanted = list({sender for pool in pools.values() for sender in pool})
    found = dict(zip(wanted, await senders.by_ids(viewer, wanted), strict=True))
    return [[sender for one in pools[id] if (sender := found[one]) is not None] for id in ids]


async def _pools(ids: list[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    sql = "SELECT campaign_id, sender_id FROM campaign_sender WHERE campaign_id = ANY($1) ORDER BY sender_id"
    for row in await connect.rows(sql, ids):
        found[row["campaign_id"]].append(row["sender_id"])
    return found


async def pool_of(id: int) -> list[int]:
    """The ids of the senders that a campaign may leave from."""
    return (await _pools([id]))[id]


_GROUPS = """
SELECT c.id, g.value::bigint AS group_id FROM campaign c, jsonb_array_elements_text(c.audience -> 'group_ids') AS g
WHERE c.id = ANY($1) ORDER BY g.value::bigint
"""


@allow()
async def groups_of(viewer: Viewer, ids: list[int]) -> list[list[Group]]:
    """The groups in the audience of each campaign, deleted ones too."""
    named: dict[int, list[int]] = defaultdict(list)
    for row in await connect.rows(_GROUPS, ids):
        named[row["id"]].append(row["group_id"])
    wanted = list({group for each in named.values() for group in each})
    found = dict(zip(wanted, await groups.by_ids(viewer, wanted), strict=True)) if wanted else {}
    return [[group for one in named[id] if (group := found[one]) is not None] for id in ids]


async def in_status(
    viewer: Viewer, id: int, allowed: Sequence[CampaignStatus], *, lock: str = "FOR UPDATE"
) -> Campaign:
    """A campaign that stands where it must, locked. Raises NOT_FOUND, INVALID_STATE."""
    campaign = await visible(viewer, id, lock=lock)
    if campaign.status not in allowed:
        words = f"This needs a campaign that is {' or '.join(allowed)}; this one is {campaign.status}."
        raise Refusal(ErrorCode.INVALID_STATE, words, field="id", status=campaign.status.value)
    return campaign
