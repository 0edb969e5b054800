"""Reading the event log: which events a caller may see, cursors that say where one is, pages."""

import base64
import binascii
import re
from dataclasses import dataclass, replace

from db import events as log
from db.core.paging import PageRequest
from db.events import Event, EventFilter, Reading
from domain.core.access import Viewer, allow
from domain.core.errors import ErrorCode, Refusal

NOTHING: frozenset[log.EventType] = frozenset()
_CURSOR = re.compile(r"event:([0-9a-f]{8}):(\d{1,18})")


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the log: right behind the event of this number."""

    epoch: str
    number: int


@dataclass(frozen=True, slots=True)
class Start:
    """Where a subscription begins, and which events it gets."""

    place: Place
    where: EventFilter


@dataclass(frozen=True, slots=True)
class EventPage:
    """A page of the log, oldest first."""

    rows: list[Event]
    has_next: bool
    has_previous: bool

    def cursor(self, row: Event) -> str:
        return cursor_of(row)


def cursor_of(event: Event) -> str:
    """The event's place in the log, for callers."""
    return encode(Place(event.epoch, event.number))


def encode(place: Place) -> str:
    return base64.urlsafe_b64encode(f"event:{place.epoch}:{place.number}".encode()).rstrip(b"=").decode()


def decode(cursor: str, field: str) -> Place:
    """The place that a cursor names; VALIDATION_ERROR for what was never one."""
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        match = _CURSOR.fullmatch(base64.b64decode(padded, altchars=b"-_", validate=True).decode("ascii"))
    except (binascii.Error, UnicodeError):
        match = None
    if match is None:
        raise Refusal(
            ErrorCode.VALIDATION_ERROR, "This is not a cursor of the event log.", field=field, reason="invalid_cursor"
        )
    return Place(match[1], int(match[2]))


def expired(field: str = "after") -> Refusal:
    """Events since then may be gone, or it is of a log that was replaced: the caller must read its lists anew."""
    return Refusal(ErrorCode.CURSOR_EXPIRED, "The event log no longer reaches back to this cursor.", field=field)


def check_reaches(reading: Reading, place: Place, field: str = "after") -> None:
    """CURSOR_EXPIRED unless the log holds every event since then."""
    if place.epoch != reading.epoch or not reading.trimmed_to <= place.number <= reading.head:
        raise expired(field)


def bounded(viewer: Viewer, where: EventFilter) -> EventFilter:
    """The same filter within what the caller may see: a token bound to a sender sees events of that sender."""
    if viewer.sender_id is None or viewer.sender_id == where.sender_id:
        return where
    if where.sender_id is None:
        return replace(where, sender_id=viewer.sender_id)
    return replace(where, types=NOTHING)


@allow()
async def start(viewer: Viewer, where: EventFilter, after: str | None = None) -> Start:
    """Where a subscription begins: behind `after`, or now."""
    place = None if after is None else decode(after, "after")
    now = await log.read(0, 0)
    if place is not None:
        check_reaches(now, place)
    return Start(place or Place(now.epoch, now.head), bounded(viewer, where))


@allow()
async def find(viewer: Viewer, where: EventFilter, page: PageRequest) -> EventPage:
    """A page of the log, oldest first; backward pages hold the newest before their cursor."""
    after = None if page.after is None else decode(page.after, "after")
    before = None if page.before is None else decode(page.before, "before")
    reading = await log.read(
        0 if after is None else after.number,
        page.size + 1,
        bounded(viewer, where),
        before=None if before is None else before.number,
        newest=page.backward,
    )
    if after is not None:
        check_reaches(reading, after, "after")
    if before is not None:
        check_reaches(reading, before, "before")
    more = len(reading.events) > page.size
    if page.backward:
        return EventPage(reading.events[-page.size :] if page.size else [], before is not None, more)
    return EventPage(reading.events[: page.size], more, after is not None)


async def trim(days: int) -> None:
    """Deletes what is older than so many days, in batches that each commit."""
    await log.trim(days)
