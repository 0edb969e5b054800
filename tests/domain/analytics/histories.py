"""What was said, made for tests, and its figures counted one by one, by what they mean and nothing else."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from db.core import connect
from db.core.transaction import transaction
from db.events import EventType, record
from db.messages import Priority
from domain import analytics, conversations
from domain.analytics import Period, TrendInterval
from domain.conversations import Heard
from domain.core.access import SYSTEM, Viewer

_SAY = """
INSERT INTO message (sender_id, contact_id, direction, author, type, purpose, priority, state, address, attempts,
                     created_at, sent_at)
VALUES ($1, $2, $3, $4, $5, 'UTILITY', 2, $6, '+15550100', 0, $7, $8) RETURNING id
"""


async def say(sender: int, contact: int, author: str, at: datetime, *, type: str = "TEXT", sent: bool = True) -> int:
    """A message as it comes in, or as WhatsApp takes it a minute after it was queued; one not `sent` failed."""
    inbound = author == "CONTACT"
    state = "RECEIVED" if inbound else "SENT" if sent else "FAILED"
    way = "INBOUND" if inbound else "OUTBOUND"
    made = at if inbound else at - timedelta(minutes=1)
    taken = None if inbound or not sent else at
    async with transaction():
        id = await connect.value(_SAY, sender, contact, way, author, type, state, made, taken)
        kind = EventType.MESSAGE_RECEIVED if inbound else EventType.MESSAGE_SENT if sent else EventType.MESSAGE_FAILED
        if type != "REACTION":
            record(kind, "Message", id, sender_id=sender, contact_id=contact, message_id=id)
        if inbound:
            quiet = type == "REACTION"
            await conversations.heard([Heard(id, sender, contact, "+15550100", at, quiet=quiet, asks=False)])
    return id


async def refuse(message: int) -> None:
    """WhatsApp, which has taken a message, says that it cannot be delivered."""
    async with transaction():
        sql = "UPDATE message SET state = 'FAILED' WHERE id = $1 RETURNING sender_id, contact_id"
        [row] = await connect.rows(sql, message)
        sender, contact = row["sender_id"], row["contact_id"]
        record(EventType.MESSAGE_FAILED, "Message", message, sender_id=sender, contact_id=contact, message_id=message)


async def conversation_of(sender: int, contact: int) -> int:
    sql = "SELECT id FROM conversation WHERE sender_id = $1 AND contact_id = $2 AND deleted_at IS NULL"
    return await connect.value(sql, sender, contact)


@dataclass
class Pace:
    talkers: set[int] = field(default_factory=set[int])
    messages: int = 0
    waits: list[timedelta] = field(default_factory=list[timedelta])

    @property
    def figures(self) -> tuple[int, int, float | None]:
        seconds = [wait / timedelta(seconds=1) for wait in self.waits]
        return len(self.talkers), self.messages, round(sum(seconds) / len(seconds), 3) if seconds else None


async def told(period: Period, interval: TrendInterval, viewer: Viewer = SYSTEM) -> dict[str, Any]:
    """The figures that are served."""
    await analytics.count_new()
    found = await analytics.conversations(viewer, period)
    standing, pace = await found.standing(), await found.pace()
    return {
        "whole": (standing.total, pace.messages, _rounded(pace.average_response_time)),
        "steps": [
            (each.first_day, (each.conversations, each.messages, _rounded(each.average_response_time)))
            for each in await found.trends(interval)
        ],
        "by_status": {status.value: count for status, count in standing.by_status.items() if count},
        "standing": (standing.unread, standing.urgent, standing.unassigned),
        "rates": (_rounded(standing.satisfaction_score), _rounded(standing.resolution_rate)),
    }


async def recounted(period: Period, interval: TrendInterval, sender: int | None = None) -> dict[str, Any]:
    """The same counted one by one."""
    open_ones = {
        (row["sender_id"], row["contact_id"]): row
        for row in await connect.rows("SELECT * FROM conversation WHERE deleted_at IS NULL")
        if sender in (None, row["sender_id"])
    }
    said = defaultdict[tuple[int, int], list[tuple[datetime, int, str, str]]](list)
    shown = "SELECT * FROM message WHERE type <> 'REACTION' AND state <> 'FAILED' AND deleted_at IS NULL"
    for row in await connect.rows(shown):
        pair = (row["sender_id"], row["contact_id"])
        at = row["created_at"] if row["direction"] == "INBOUND" else row["sent_at"]
        if pair in open_ones and at is not None:
            said[pair].append((at, row["id"], row["direction"], row["author"]))
    zone, whole, steps = ZoneInfo(period.time_zone), Pace(), defaultdict[date, Pace](Pace)
    talked: set[int] = set()
    for pair, messages in said.items():
        asked: datetime | None = None
        for at, _, direction, author in sorted(messages):
            within = (period.start is None or at >= period.start) and (not period.ended or at < period.end)
            paces = [whole, steps[_step(at.astimezone(zone).date(), interval)]] if within else []
            for pace in paces:
                pace.messages += 1
                pace.talkers.add(open_ones[pair]["id"])
                talked.add(open_ones[pair]["id"])
            if author == "SYSTEM":
                continue
            if direction == "INBOUND":
                asked = asked or at
            elif asked is not None:
                for pace in paces:
                    pace.waits.append(at - asked)
                asked = None
    stand = [row for row in open_ones.values() if row["id"] in talked]
    statuses = [row["status"] for row in stand]
    ratings = [row["satisfaction_score"] for row in stand if row["satisfaction_score"] is not None]
    first = min((at for messages in said.values() for at, *_ in messages), default=None)
    return {
        "whole": whole.figures,
        "steps": [(day, steps[day].figures) for day in _days(period, interval, zone, first)],
        "by_status": {status: statuses.count(status) for status in set(statuses)},
        "standing": (
            sum(row["unread_count"] > 0 for row in stand),
            sum(row["priority"] == Priority.URGENT for row in stand),
            sum(row["assigned_to_id"] is None for row in stand),
        ),
        "rates": (
            _rounded(sum(ratings) / len(ratings) if ratings else None),
            _rounded(statuses.count("CLOSED") / len(stand) if stand else 0.0),
        ),
    }


def _days(period: Period, interval: TrendInterval, zone: ZoneInfo, first: datetime | None) -> list[date]:
    begin = period.start or first
    if begin is None or begin >= period.end:
        return []
    day, found = begin.astimezone(zone).date(), list[date]()
    last = (period.end - timedelta(microseconds=1)).astimezone(zone).date()
    while day <= last:
        if (step := _step(day, interval)) not in found:
            found.append(step)
        day += timedelta(days=1)
    return found


def _step(day: date, interval: TrendInterval) -> date:
    if interval is TrendInterval.MONTH:
        return date(day.year, day.month, 1)
    return day if interval is TrendInterval.DAY else date.fromordinal(day.toordinal() - day.weekday())


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 3)
