"""When a campaign would be done, and why it takes that long."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from db.senders import Sender
from domain import senders
from domain.core.access import Viewer
from domain.senders import SenderPacing

MOST_TOLD = 5
"""Senders that are told of one by one."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Outlook:
    """When the last message would leave, at the latest; None while its senders may not send at all."""

    finishes_at: datetime | None
    words: str


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours of each day in which nothing leaves."""

    start: time
    end: time

    def __str__(self) -> str:
        return f"{self.start:%H:%M} to {self.end:%H:%M}"

    def after(self, begins: datetime, seconds: float, zone: str | None) -> datetime:
        """When so many seconds of other hours have passed in a zone."""
        there = ZoneInfo(zone or "UTC")
        local = begins.astimezone(there)
        quiet = (datetime.combine(local, self.end) - datetime.combine(local, self.start)) % _DAY
        days, rest = divmod(seconds, (_DAY - quiet).total_seconds())
        local += timedelta(days=days)
        while True:
            starts, ends = _next(local, self.start), _next(local, self.end)
            if ends < starts:
                local = ends
            elif rest <= (left := (starts.astimezone(UTC) - local.astimezone(UTC)).total_seconds()):
                return local.astimezone(UTC) + timedelta(seconds=rest)
            else:
                rest, local = rest - left, ends


def _next(after: datetime, of_day: time) -> datetime:
    found = after.replace(hour=of_day.hour, minute=of_day.minute, second=0, microsecond=0)
    return found if found > after else found + _DAY


async def look_ahead(
    viewer: Viewer,
    pool: Sequence[Sender],
    shares: Mapping[tuple[int, str | None], int],
    quiet: Quiet | None,
    *,
    now: datetime,
) -> Outlook:
    """`shares` are those who would be sent something, by sender and zone."""
    people, zones = Counter[int](), set[str | None]()
    for (sender_id, zone), count in shares.items():
        people[sender_id] += count
        zones.add(zone)
    if not people:
        return Outlook(None, "Nobody would be sent anything.")
    ids = [sender.id for sender in pool if people[sender.id]]
    told = dict(zip(ids, await senders.pacing(viewer, ids), strict=True))
    waiting = dict(zip(ids, await senders.queued(viewer, ids), strict=True))
    names = {sender.id: sender.name or sender.phone_number for sender in pool}
    words = [_told(names[id], people[id], waiting[id], told[id]) for id in ids[:MOST_TOLD]]
    if len(ids) > MOST_TOLD:
        words.append(f"{len(ids) - MOST_TOLD} more senders have a share.")
    lasts = _lasts([(told[id], people[id] + waiting[id]) for id in ids], now)
    if quiet is not None:
        words.append(f"No message leaves from {quiet} in the zone of its recipient.")
    if lasts is None:
        return Outlook(None, " ".join(words))
    if quiet is None:
        return Outlook(now + timedelta(seconds=lasts), " ".join(words))
    return Outlook(max(quiet.after(now, lasts, zone) for zone in zones), " ".join(words))


def _lasts(shares: Sequence[tuple[SenderPacing, int]], now: datetime) -> float | None:
    """Seconds until all are done; senders that pause after each other's messages take turns."""
    turns, alone = 0.0, list[float]()
    for told, messages in shares:
        if (seconds := told.seconds(messages, now)) is None:
            continue
        if told.pace.switch_delay:
            turns += seconds
        else:
            alone.append(seconds)
    return max([*alone, *([turns] if turns else [])], default=None)


def _told(name: str, people: int, waiting: int, told: SenderPacing) -> str:
    behind = f", behind {waiting} that wait already" if waiting else ""
    most = "" if told.pace.per_hour is None else f", at most {told.pace.per_hour} an hour"
    return f"{people} from {name} at {told.pace.mean:g} a second{most}{behind}: {told.reason}"
