"""All figures of a period as one table, to be taken along."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from db.accounts import Role
from domain.analytics import counting, talking
from domain.analytics.periods import Period, TrendInterval
from domain.core.access import Viewer, allow
from domain.core.errors import Refusal
from domain.core.export import Rows, exported, link

_DELIVERY = (
    *("recipients", "excluded", "pending", "sent", "delivered", "read", "failed", "unconfirmed", "cancelled"),
    *("replies", "progress", "delivery_rate", "read_rate", "reply_rate"),
)
_TREND = ("conversations", "messages", "average_response_time")


@allow()
async def csv_url(viewer: Viewer, period: Period) -> str:
    """Where to read all figures of a period."""
    start = None if period.start is None else period.start.isoformat()
    return link(
        viewer,
        "analytics",
        start=start,
        end=period.end.isoformat(),
        time_zone=period.time_zone,
        ended=period.ended,
        sender_id=viewer.sender_id,
    )


@exported("analytics", csv_url)
async def figures(start: str | None, end: str, time_zone: str, ended: bool, sender_id: int | None) -> Rows:
    viewer = Viewer(role=Role.ADMIN, sender_id=sender_id)
    begins = None if start is None else datetime.fromisoformat(start)
    period = Period(begins, datetime.fromisoformat(end), time_zone, ended)
    yield ("section", "figure", "of", "value")
    yield ("period", "start", "", start)
    yield ("period", "end", "", end)
    yield ("period", "time_zone", "", time_zone)
    people = await counting.contacts(viewer, period)
    for row in _each("contacts", people, "total", "opted_in", "opted_out", "unknown", "opt_in_rate"):
        yield row
    campaigns = await counting.campaigns(viewer, period)
    yield ("campaigns", "total", "", campaigns.total)
    for status, count in campaigns.by_status.items():
        yield ("campaigns", "by_status", status, count)
    for row in _each("campaigns", await counting.delivery(viewer, campaigns.ids), *_DELIVERY):
        yield row
    async for row in _talk(viewer, period):
        yield row
    async for row in _leads(viewer, period):
        yield row


async def _talk(viewer: Viewer, period: Period) -> Rows:
    conversations = await talking.conversations(viewer, period)
    standing, pace = await conversations.standing(), await conversations.pace()
    yield ("conversations", "total_conversations", "", standing.total)
    yield ("conversations", "total_messages", "", pace.messages)
    yield ("conversations", "average_messages_per_conversation", "", await conversations.messages_each())
    yield ("conversations", "average_response_time", "", pace.average_response_time)
    for row in _each("conversations", standing, "satisfaction_score", "resolution_rate"):
        yield row
    for status, count in standing.by_status.items():
        yield ("conversations", "by_status", status, count)
    for row in _each("conversations", standing, "unread", "urgent", "unassigned"):
        yield row
    until = await conversations.counted_until()
    yield ("conversations", "counted_until", "", until and until.isoformat())
    for interval in TrendInterval:
        try:
            trends = await conversations.trends(interval)
        except Refusal:  # Too many steps: wider ones are fewer.
            continue
        for trend in trends:
            for name in _TREND:
                yield (f"conversations by {interval.lower()}", name, trend.first_day, getattr(trend, name))
        return


async def _leads(viewer: Viewer, period: Period) -> Rows:
    leads = await counting.leads(viewer, period)
    names = ("total", "overdue", "average_score", "conversion_rate", "open_value", "weighted_value", "won_value")
    for row in _each("leads", leads, *names):
        yield row
    for priority, count in leads.by_priority.items():
        yield ("leads", "by_priority", priority, count)
    for source, count in leads.by_source.items():
        yield ("leads", "by_source", source, count)
    for stage in await leads.stages():
        for name in ("count", "value", "weighted_value", "reached", "conversion_rate"):
            yield ("stages", name, stage.status, getattr(stage, name))


def _each(section: str, found: Any, *names: str) -> Iterator[tuple[object, ...]]:
    for name in names:
        yield (section, name, "", getattr(found, name))
