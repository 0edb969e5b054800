"""Reading the log: cursors, pages, and who sees what."""

import base64
import random
from typing import Any

import pytest

from db import events as log
from db.accounts import Role, Scope
from db.core.paging import PageRequest
from db.core.transaction import transaction
from db.events import EventFilter, EventType, record
from domain import events
from domain.core.access import ANONYMOUS, SYSTEM, Viewer
from domain.core.errors import ErrorCode, Refusal


async def contact_with_events(count: int, **more: Any) -> EventFilter:
    contact = random.getrandbits(60)
    async with transaction():
        for number in range(count):
            record(EventType.CONTACT_UPDATED, "Contact", number, contact_id=contact, **more)
    return EventFilter(contact_id=contact)


def subjects(page: events.EventPage) -> list[int]:
    return [row.subject_id for row in page.rows]


async def test_pages_go_forward_and_backward_through_the_log() -> None:
    where = await contact_with_events(7)
    seen: list[int] = []
    page = await events.find(SYSTEM, where, PageRequest(first=3))
    while True:
        seen += subjects(page)
        if not page.has_next:
            break
        page = await events.find(SYSTEM, where, PageRequest(first=3, after=page.cursor(page.rows[-1])))
        assert page.has_previous
    assert seen == list(range(7))
    page = await events.find(SYSTEM, where, PageRequest(last=3))
    assert (subjects(page), page.has_previous, page.has_next) == ([4, 5, 6], True, False)
    page = await events.find(SYSTEM, where, PageRequest(last=4, before=page.cursor(page.rows[0])))
    assert (subjects(page), page.has_previous, page.has_next) == ([0, 1, 2, 3], False, True)
    assert subjects(await events.find(SYSTEM, where, PageRequest(first=0))) == []
    assert subjects(await events.find(SYSTEM, where, PageRequest(last=0))) == []


def base(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    ["", "x", "event", "é", "\ud800", base("event:zz:1"), base("Contact:12"), base("event:0123abcd:-1"), "A" * 5000],
)
async def test_what_was_never_a_cursor_is_a_validation_error(cursor: str) -> None:
    for attempt in (
        events.start(SYSTEM, EventFilter(), cursor),
        events.find(SYSTEM, EventFilter(), PageRequest(first=1, after=cursor)),
    ):
        with pytest.raises(Refusal) as refused:
            await attempt
        assert (refused.value.code, refused.value.field) == (ErrorCode.VALIDATION_ERROR, "after")
    with pytest.raises(Refusal) as refused:
        await events.find(SYSTEM, EventFilter(), PageRequest(last=1, before=cursor))
    assert (refused.value.code, refused.value.field) == (ErrorCode.VALIDATION_ERROR, "before")


async def test_a_cursor_of_another_log_ahead_of_it_or_behind_it_has_expired() -> None:
    await contact_with_events(1)
    now = await log.read(0, 0)
    foreign = events.Place("0123abcd", now.head)
    ahead = events.Place(now.epoch, now.head + 1)
    behind = [events.Place(now.epoch, now.trimmed_to - 1)] if now.trimmed_to else []
    for place in [foreign, ahead, *behind]:
        for attempt in (
            events.start(SYSTEM, EventFilter(), events.encode(place)),
            events.find(SYSTEM, EventFilter(), PageRequest(first=1, after=events.encode(place))),
        ):
            with pytest.raises(Refusal) as refused:
                await attempt
            assert (refused.value.code, refused.value.field) == (ErrorCode.CURSOR_EXPIRED, "after")
    newest = events.encode(events.Place(now.epoch, now.head))
    assert (await events.start(SYSTEM, EventFilter(), newest)).place.number == now.head


async def test_the_edge_of_the_log_is_exact() -> None:
    reading = log.Reading("0123abcd", trimmed_to=10, head=20, events=[])
    for number in (10, 15, 20):
        events.check_reaches(reading, events.Place("0123abcd", number))
    for number in (9, 21):
        with pytest.raises(Refusal):
            events.check_reaches(reading, events.Place("0123abcd", number))


async def test_a_token_bound_to_a_sender_sees_events_of_that_sender_alone() -> None:
    sender = random.getrandbits(60)
    theirs = await contact_with_events(2, sender_id=sender)
    others = await contact_with_events(2, sender_id=sender + 1)
    nobodys = await contact_with_events(2)
    bound = Viewer(1, Role.ADMIN, frozenset({Scope.READ}), sender_id=sender)
    assert subjects(await events.find(bound, theirs, PageRequest())) == [0, 1]
    for where in (others, nobodys, EventFilter(sender_id=sender + 1)):
        assert subjects(await events.find(bound, where, PageRequest())) == []
    assert (await events.start(bound, EventFilter())).where == EventFilter(sender_id=sender)
    assert not any(
        events.bounded(bound, EventFilter(sender_id=sender + 1)).matches(event)
        for event in (await events.find(SYSTEM, others, PageRequest())).rows
    )


@pytest.mark.parametrize(
    ("viewer", "code"),
    [
        (ANONYMOUS, ErrorCode.AUTHENTICATION_ERROR),
        (Viewer(1, Role.ADMIN, frozenset({Scope.CONTACTS})), ErrorCode.AUTHORIZATION_ERROR),
    ],
)
async def test_reading_needs_a_role_and_the_scope(viewer: Viewer, code: ErrorCode) -> None:
    for attempt in (events.start(viewer, EventFilter()), events.find(viewer, EventFilter(), PageRequest())):
        with pytest.raises(Refusal) as refused:
            await attempt
        assert refused.value.code == code
