"""Spans of time that figures are of, and the days, weeks and months of a viewer's zone in them."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from db.analytics.talk import Span
from domain.contacts.zones import parse_zone
from domain.core.access import Viewer, allow
from domain.core.errors import Checks, ErrorCode, Refusal

MOST_STEPS = 366
_YEARS = range(1900, 3000)
"""Of an instant; calendars of Python and of zones end, and what is reckoned from their ends is out of range."""


class TrendInterval(StrEnum):
    DAY = "DAY"
    WEEK = "WEEK"
    MONTH = "MONTH"


@dataclass(frozen=True, slots=True)
class Period:
    """A span of time and the zone of whoever looks at it."""

    start: datetime | None
    """None: from the first day on."""
    end: datetime
    time_zone: str
    ended: bool
    """Whether somebody has said when it ends; else it ends now, and nothing is after it."""

    @property
    def span(self) -> Span:
        return self.start, self.end if self.ended else None


@allow()
async def period(viewer: Viewer, *, start: datetime | None, end: datetime | None, time_zone: str) -> Period:
    """Raises VALIDATION_ERROR for a period that ends before it begins or is out of range, and for what is no zone."""
    check, zone = Checks(), ""
    with check():
        zone = parse_zone(time_zone)
    with check():
        if any(instant is not None and instant.year not in _YEARS for instant in (start, end)):
            words = f"A period lies in the years {_YEARS[0]} to {_YEARS[-1]}."
            raise Refusal(ErrorCode.VALIDATION_ERROR, words, field="period", reason="out_of_range")
        if start is not None and start >= (end or datetime.now(UTC)):
            words = "The period must end after it begins." if end else "The period must begin in the past."
            raise Refusal(ErrorCode.VALIDATION_ERROR, words, field="period", reason="empty")
    check.done()
    return Period(start, end or datetime.now(UTC), zone, end is not None)


@dataclass(frozen=True, slots=True)
class Step:
    """A day, week or month of a period, as far as it lies in it."""

    first_day: date
    span: Span


def steps(period: Period, interval: TrendInterval, *, first: datetime) -> list[Step]:
    """All steps from the period's start, or from the one with `first` in it. Raises VALIDATION_ERROR for too many."""
    zone = ZoneInfo(period.time_zone)
    begin, last = period.start or first, period.end - timedelta(microseconds=1)
    found: list[Step] = []
    day = _beginning(begin.astimezone(zone).date(), interval)
    while begin <= last and day <= last.astimezone(zone).date():
        if len(found) == MOST_STEPS:
            words = f"{MOST_STEPS} steps are allowed; ask for a shorter period or a wider interval."
            raise Refusal(ErrorCode.VALIDATION_ERROR, words, field="interval", reason="too_many")
        after = _next(day, interval)
        begun = max(begin, _midnight(day, zone)) if period.start else _midnight(day, zone)
        until = min(period.end, _midnight(after, zone))
        found.append(Step(day, (begun, until)))
        day = after
    if found and not period.ended:
        found[-1] = Step(found[-1].first_day, (found[-1].span[0], None))
    return found


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    """When a day begins; where clocks skip its first hour, when they do so."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _beginning(day: date, interval: TrendInterval) -> date:
    match interval:
        case TrendInterval.DAY:
            return day
        case TrendInterval.WEEK:
            return day - timedelta(days=day.weekday())
        case TrendInterval.MONTH:
            return day.replace(day=1)


def _next(day: date, interval: TrendInterval) -> date:
    match interval:
        case TrendInterval.DAY:
            return day + timedelta(days=1)
        case TrendInterval.WEEK:
            return day + timedelta(days=7)
        case TrendInterval.MONTH:
            return (day + timedelta(days=31)).replace(day=1)
