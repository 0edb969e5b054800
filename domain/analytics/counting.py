"""Figures of contacts, campaigns and leads that were made in a period: counted as they are."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from asyncpg import Record

from db.campaigns import CampaignStatus
from db.campaigns import stats as figures
from db.core import connect
from db.core.paging import Where
from db.leads import CLOSED, LeadStatus
from db.messages import Priority
from db.messages.stats import DeliveryStats
from domain.analytics.periods import Period
from domain.campaigns.reading import seen_by as campaigns_seen_by
from domain.contacts.reading import seen_by as confine_contacts
from domain.core.access import Viewer, allow
from domain.leads.reading import OVERDUE
from domain.leads.reading import seen_by as leads_seen_by

MOST_SOURCES = 100
"""Sources that are told of one by one: people write what they like into them."""


def _made_in(where: Where, table: str, period: Period) -> Where:
    if period.start is not None:
        where.add(f"{table}.created_at >= {{}}", period.start)
    if period.ended:
        where.add(f"{table}.created_at < {{}}", period.end)
    return where


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


# ---------------------------------------------------------------------------
# Contacts
# ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ContactFigures:
    total: int
    opted_in: int
    opted_out: int
    unknown: int

    @property
    def opt_in_rate(self) -> float:
        return _share(self.opted_in, self.total)


@allow()
async def contacts(viewer: Viewer, period: Period) -> ContactFigures:
    """Contacts that were made in a period, by what they say now."""
    where = Where()
    confine_contacts(viewer, where)
    _made_in(where, "contact", period)
    sql = f"SELECT opt_in_status, count(*) FROM contact WHERE {where.sql} GROUP BY 1"
    found = {row["opt_in_status"]: row["count"] for row in await connect.rows(sql, *where.values)}
    return ContactFigures(
        total=sum(found.values()),
        opted_in=found.get("OPTED_IN", 0),
        opted_out=found.get("OPTED_OUT", 0),
        unknown=found.get("UNKNOWN", 0),
    )


# ---------------------------------------------------------------------------
# Campaigns
# ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CampaignFigures:
    ids: list[int]
    by_status: dict[CampaignStatus, int]

    @property
    def total(self) -> int:
        return len(self.ids)


@allow()
async def campaigns(viewer: Viewer, period: Period) -> CampaignFigures:
    """Campaigns that were made in a period."""
    where = _made_in(campaigns_seen_by(viewer), "campaign", period)
    rows = await connect.rows(f"SELECT id, status FROM campaign WHERE {where.sql}", *where.values)
    counts = dict.fromkeys(CampaignStatus, 0)
    for row in rows:
        counts[CampaignStatus(row["status"])] += 1
    return CampaignFigures([row["id"] for row in rows], counts)


@allow()
async def delivery(viewer: Viewer, campaign_ids: Sequence[int]) -> DeliveryStats:
    """What became of the messages of campaigns that the caller holds already, added up."""
    found = (await figures.stats(list(campaign_ids))).values()
    return DeliveryStats(**{each.name: sum(getattr(one, each.name) for one in found) for each in fields(DeliveryStats)})


# ---------------------------------------------------------------------------
# Leads
# ---------------------------------------------------------------------------

_WORTH = "coalesce(lead.estimated_value, 0)"
_WEIGHTED = f"{_WORTH} * lead.probability / 100"

# One row for each status, priority and source, by which each is counted.
_LEADS = f"""
SELECT lead.status, lead.priority, lead.source, count(*) AS leads, sum(lead.score) AS scores,
       count(*) FILTER (WHERE {OVERDUE}) AS overdue, sum({_WORTH}) AS value, sum({_WEIGHTED}) AS weighted
FROM lead WHERE {{where}} GROUP BY 1, 2, 3
"""

_BEEN = "SELECT been, count(*) AS leads FROM lead WHERE {where} GROUP BY 1"


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of the pipeline."""

    status: LeadStatus
    count: int
    value: Decimal
    weighted_value: Decimal
    reached: int
    conversion_rate: float


class LeadFigures:
    """Leads that were made in a period, as they are now."""

    def __init__(self, where: Where, rows: Sequence[Record]) -> None:
        self._where, self._rows = where, rows

    def _sum(self, column: str, *, status: Sequence[LeadStatus] = tuple(LeadStatus)) -> Any:
        return sum(row[column] for row in self._rows if row["status"] in status)

    @property
    def total(self) -> int:
        return self._sum("leads")

    @property
    def overdue(self) -> int:
        return self._sum("overdue")

    @property
    def average_score(self) -> float | None:
        return self._sum("scores") / self.total if self.total else None

    @property
    def conversion_rate(self) -> float:
        return _share(self._sum("leads", status=[LeadStatus.WON]), self._sum("leads", status=CLOSED))

    @property
    def open_value(self) -> Decimal:
        return _money(self._sum("value", status=_STILL_OPEN))

    @property
    def weighted_value(self) -> Decimal:
        return _money(self._sum("weighted", status=_STILL_OPEN))

    @property
    def won_value(self) -> Decimal:
        return _money(self._sum("value", status=[LeadStatus.WON]))

    @property
    def by_priority(self) -> dict[str, int]:
        """Each priority, the most urgent first."""
        return {
            each.name: sum(row["leads"] for row in self._rows if row["priority"] == each)
            for each in sorted(Priority, reverse=True)
        }

    @property
    def by_source(self) -> dict[str, int]:
        """The most frequent ones first; those that name none are under an empty text."""
        counts: dict[str, int] = {}
        for row in self._rows:
            counts[row["source"] or ""] = counts.get(row["source"] or "", 0) + row["leads"]
        ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        return dict(ranked[:MOST_SOURCES])

    async def stages(self) -> list[Stage]:
        """Every stage, in the order of the pipeline."""
        rows = await connect.rows(_BEEN.format(where=self._where.sql), *self._where.values)
        lost = LeadStatus.LOST.bit
        funnel = [status for status in LeadStatus if status is not LeadStatus.LOST]
        reached = {
            status: sum(row["leads"] for row in rows if row["been"] & ~lost >= status.bit) for status in funnel
        } | {LeadStatus.LOST: sum(row["leads"] for row in rows if row["been"] & lost)}
        before = {**dict(zip(funnel[1:], funnel, strict=False)), LeadStatus.LOST: LeadStatus.NEW}
        return [
            Stage(
                status=status,
                count=self._sum("leads", status=[status]),
                value=_money(self._sum("value", status=[status])),
                weighted_value=_money(self._sum("weighted", status=[status])),
                reached=reached[status],
                conversion_rate=_share(reached[status], reached[before[status]]) if status in before else 1.0,
            )
            for status in LeadStatus
        ]


_STILL_OPEN = tuple(status for status in LeadStatus if status not in CLOSED)


def _money(value: Any) -> Decimal:
    return Decimal(value).quantize(Decimal("0.01"))


@allow()
async def leads(viewer: Viewer, period: Period) -> LeadFigures:
    """Leads that were made in a period."""
    where = _made_in(leads_seen_by(viewer), "lead", period)
    return LeadFigures(where, await connect.rows(_LEADS.format(where=where.sql), *where.values))
