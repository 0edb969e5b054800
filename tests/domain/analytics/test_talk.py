"""Figures of conversations: equal to a recount one by one, whatever happened, and to those worked out by hand."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from db.accounts import Scope
from db.core import connect
from db.core.transaction import transaction
from db.events import EventType, record
from db.messages import Priority
from domain import analytics, contacts, conversations
from domain.analytics import Period, TrendInterval
from domain.core.access import SYSTEM
from domain.core.errors import ErrorCode
from tests import factories
from tests.callers import only, token
from tests.databases import database_of_its_own
from tests.domain.analytics.histories import conversation_of, recounted, refuse, say, told

DAY, WEEK, MONTH = TrendInterval


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def of(start: str | None, end: str | None, zone: str = "UTC") -> Period:
    return Period(start and at(start), at(end) if end else datetime.now(UTC), zone, end is not None)  # pyright: ignore[reportArgumentType]


@pytest.fixture
async def alone() -> AsyncIterator[None]:
    """A database without anybody else's conversations."""
    async with database_of_its_own():
        yield


async def two_people() -> tuple[int, int, int]:
    """A sender, Ana and Bo."""
    return (await factories.sender()).id, (await factories.contact()).id, (await factories.contact()).id


async def test_a_small_history_comes_to_what_one_works_out_by_hand(alone: None) -> None:
    sender, ana, bo = await two_people()
    # Monday 2 March: Ana asks twice, is answered by the bot 10 minutes after the first, and thanks.
    await say(sender, ana, "CONTACT", at("2026-03-02 09:00"))
    await say(sender, ana, "CONTACT", at("2026-03-02 09:05"))
    await say(sender, ana, "BOT", at("2026-03-02 09:10"))
    await say(sender, ana, "BOT", at("2026-03-02 09:11"))
    await say(sender, ana, "CONTACT", at("2026-03-02 09:12"))
    await say(sender, ana, "CONTACT", at("2026-03-02 09:13"), type="REACTION")
    # Bo has a campaign's message first, which he answers; a campaign answers nobody, and a failed message neither.
    await say(sender, bo, "SYSTEM", at("2026-03-02 12:00"))
    await say(sender, bo, "CONTACT", at("2026-03-02 23:50"))
    await say(sender, bo, "SYSTEM", at("2026-03-02 23:55"))
    await say(sender, bo, "OPERATOR", at("2026-03-03 00:00"), sent=False)
    await say(sender, bo, "OPERATOR", at("2026-03-03 00:20"))
    # Ana's thanks of Monday are answered on the next Monday.
    await say(sender, ana, "OPERATOR", at("2026-03-09 09:12"))
    await conversations.update(SYSTEM, await conversation_of(sender, ana), satisfaction_score=5)
    await conversations.update(SYSTEM, await conversation_of(sender, bo), satisfaction_score=4)
    await conversations.close(SYSTEM, await conversation_of(sender, bo))
    week = 7 * 24 * 3600.0

    found = await told(of("2026-03-01", "2026-03-11"), DAY)
    assert found["whole"] == (2, 10, (600 + 1800 + week) / 3)
    nothing = (0, 0, None)
    assert found["steps"] == [
        (date(2026, 3, 1), nothing),
        (date(2026, 3, 2), (2, 8, 600.0)),
        (date(2026, 3, 3), (1, 1, 1800.0)),
        *((date(2026, 3, day), nothing) for day in range(4, 9)),
        (date(2026, 3, 9), (1, 1, week)),
        (date(2026, 3, 10), nothing),
    ]
    found = await told(of("2026-03-01", "2026-03-11"), WEEK)
    assert found["steps"] == [
        (date(2026, 2, 23), nothing),
        (date(2026, 3, 2), (2, 9, 1200.0)),
        (date(2026, 3, 9), (1, 1, week)),
    ]
    assert (await told(of("2026-03-01", "2026-03-11"), MONTH))["steps"] == [
        (date(2026, 3, 1), (2, 10, round((600 + 1800 + week) / 3, 3)))
    ]
    # In India, at +05:30, Monday ends at 18:30 UTC: what Bo wrote at 23:50 is Tuesday's.
    found = await told(of("2026-03-01 18:30", "2026-03-03 18:30", "Asia/Kolkata"), DAY)
    assert found["steps"] == [(date(2026, 3, 2), (2, 6, 600.0)), (date(2026, 3, 3), (1, 3, 1800.0))]

    talking = await analytics.conversations(SYSTEM, of("2026-03-01", "2026-03-11"))
    standing = await talking.standing()
    assert (standing.total, standing.unread, standing.urgent, standing.unassigned) == (2, 2, 0, 2)
    assert {status.value: count for status, count in standing.by_status.items()} == {
        "ACTIVE": 1,
        "ESCALATED": 0,
        "CLOSED": 1,
    }
    assert (standing.satisfaction_score, standing.resolution_rate) == (4.5, 0.5)
    assert await talking.messages_each() == 5.0
    later = await analytics.conversations(SYSTEM, of("2026-03-04", None))
    assert ((await later.standing()).total, (await later.standing()).satisfaction_score) == (1, 5.0)
    nobody = await analytics.conversations(SYSTEM, of("2026-04-01", "2026-04-02"))
    standing, pace = await nobody.standing(), await nobody.pace()
    assert (standing.total, standing.satisfaction_score, standing.resolution_rate) == (0, None, 0.0)
    assert (pace.messages, pace.average_response_time, await nobody.messages_each()) == (0, None, 0.0)


async def test_clocks_that_change_make_days_of_23_and_25_hours(alone: None) -> None:
    sender, ana, _ = await two_people()
    # Lisbon: 29 March has 23 hours, until 23:00 UTC; 25 October 25, from 23:00 UTC of the day before.
    for text in ("2026-03-28 23:59", "2026-03-29 22:59", "2026-03-29 23:00", "2026-03-30 22:59"):
        await say(sender, ana, "CONTACT", at(text))
    for text in ("2026-10-24 23:00", "2026-10-25 00:30", "2026-10-25 23:59", "2026-10-26 00:00"):
        await say(sender, ana, "CONTACT", at(text))
    spring = await told(of("2026-03-28", "2026-03-30 23:00", "Europe/Lisbon"), DAY)
    assert [(day.day, messages) for day, (_, messages, _) in spring["steps"]] == [(28, 1), (29, 1), (30, 2)]
    autumn = await told(of("2026-10-24 23:00", "2026-10-27", "Europe/Lisbon"), DAY)
    assert [(day.day, messages) for day, (_, messages, _) in autumn["steps"]] == [(25, 3), (26, 1)]
    # Where clocks are put forward at midnight, the day begins at one.
    await say(sender, ana, "CONTACT", at("2018-11-04 02:59:59"))
    await say(sender, ana, "CONTACT", at("2018-11-04 03:00"))
    chile = await told(of("2018-11-03 03:00", "2018-11-05 02:00", "America/Sao_Paulo"), DAY)
    assert [(day.day, messages) for day, (_, messages, _) in chile["steps"]] == [(3, 1), (4, 1)]


async def test_a_month_begins_at_another_time_in_each_zone(alone: None) -> None:
    sender, ana, bo = await two_people()
    for text in ("02-10 12", "02-28 09", "02-28 20", "03-01 02", "03-01 13", "03-01 18", "03-15 12"):
        await say(sender, ana, "CONTACT", at(f"2026-{text}:00"))
    for text in ("03-02 12", "03-31 07", "03-31 12", "04-01 03", "04-01 18", "04-02 12", "04-20 12"):
        await say(sender, bo, "CONTACT", at(f"2026-{text}:00"))
    for zone in ("UTC", "Asia/Kolkata", "America/New_York", "Pacific/Kiritimati", "Pacific/Pago_Pago"):
        for start in ("2026-01-01", "2026-02-11 12:00", "2026-03-01 05:00"):
            period = of(start, "2026-05-01", zone)
            assert await told(period, MONTH) == await recounted(period, MONTH), (zone, start)
    march = (await told(of("2026-02-01", "2026-05-01"), MONTH))["steps"][1]
    assert march == (date(2026, 3, 1), (2, 7, None))


async def test_what_whatsapp_refuses_after_all_was_not_said(alone: None) -> None:
    sender, ana, _ = await two_people()
    await say(sender, ana, "CONTACT", at("2026-03-02 09:00"))
    answer = await say(sender, ana, "OPERATOR", at("2026-03-02 09:10"))
    march = of("2026-03-01", "2026-04-01")
    assert (await told(march, MONTH))["whole"] == (1, 2, 600.0)
    await refuse(answer)
    assert (await told(march, MONTH))["whole"] == (1, 1, None)


async def test_that_a_message_arrives_is_no_reason_to_count(alone: None) -> None:
    sender, ana, _ = await two_people()
    message = await say(sender, ana, "CONTACT", at("2026-03-02 09:00"))
    await analytics.count_new()
    await connect.execute("UPDATE conversation_day SET messages = '{7}'")
    told_of = {EventType.MESSAGE_DELIVERED: [7], EventType.MESSAGE_READ: [7], EventType.MESSAGE_SENT: [1]}
    for kind, wanted in told_of.items():
        async with transaction():
            record(kind, "Message", message, sender_id=sender, contact_id=ana, message_id=message)
        await analytics.count_new()
        assert await connect.value("SELECT messages FROM conversation_day") == wanted, kind


ZONES = ["UTC", "Asia/Kolkata", "Asia/Kathmandu", "America/Sao_Paulo", "Europe/Lisbon", "Australia/Lord_Howe"]
BEGINNING = at("2026-03-25 00:00")
"""Clocks change in Lisbon on the 29th and on Lord Howe on 5 April."""
DAYS = 12
MOMENTS = st.one_of(
    st.integers(0, DAYS * 96).map(lambda quarters: BEGINNING + quarters * timedelta(minutes=15)),
    st.integers(0, DAYS * 86_400).map(lambda seconds: BEGINNING + timedelta(seconds=seconds, microseconds=7)),
    # Around midnight somewhere.
    st.tuples(st.integers(0, DAYS - 1), st.sampled_from([0, 3, 13, 18, 23]), st.integers(-40, 40)).map(
        lambda when: BEGINNING + timedelta(days=when[0], hours=when[1], minutes=when[2])
    ),
)
AUTHORS = st.sampled_from(["CONTACT", "CONTACT", "BOT", "OPERATOR", "SYSTEM"])
PEOPLE = 3
KINDS = st.sampled_from(["TEXT"] * 5 + ["REACTION", "lost", "refused"])
WORDS = st.tuples(st.just("say"), st.integers(0, PEOPLE - 1), AUTHORS, MOMENTS, KINDS)
CHANGES = st.one_of(
    st.tuples(st.sampled_from(["delete", "close", "erase", "read"]), st.integers(0, PEOPLE - 1)),
    st.tuples(st.just("merge"), st.permutations(range(PEOPLE))),
)
NOTES = st.tuples(st.integers(1, 5), st.sampled_from(sorted(Priority, reverse=True)), st.booleans())
HISTORIES = st.lists(st.one_of(WORDS, WORDS, WORDS, WORDS, WORDS, WORDS, CHANGES), min_size=12, max_size=40)
PERIODS = st.tuples(st.none() | MOMENTS, st.none() | MOMENTS, st.sampled_from(ZONES), st.sampled_from(TrendInterval))


async def happen(sender: int, people: list[int], step: tuple[Any, ...]) -> None:
    if step[0] != "say":
        await analytics.count_new()  # What is counted already is to be taken back.
    match step:
        case ("say", who, author, moment, kind):
            type = "TEXT" if kind in ("lost", "refused") else kind
            message = await say(sender, people[who], author, moment, type=type, sent=kind != "lost")
            if kind == "refused" and author != "CONTACT":
                await analytics.count_new()
                await refuse(message)
        case ("delete" | "close" | "read" as what, who):
            if id := await conversation_of(sender, people[who]):
                done = {"delete": conversations.delete, "close": conversations.close, "read": conversations.mark_read}
                await done[what](SYSTEM, id)
        case ("erase", who):
            receipt = await contacts.erase(SYSTEM, people[who])
            await contacts.run_receipt(receipt.id)
            people[who] = (await factories.contact()).id
        case ("merge", (stays, goes, *_)):
            await contacts.merge(SYSTEM, people[stays], people[goes])
            people[goes] = (await factories.contact()).id
        case _:
            raise AssertionError(step)


@given(
    history=HISTORIES,
    notes=st.lists(NOTES, min_size=PEOPLE, max_size=PEOPLE),
    others=st.lists(WORDS, max_size=3),
    periods=st.lists(PERIODS, min_size=3, max_size=3),
)
@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.generate],
)
async def test_figures_equal_a_recount_whatever_happened(
    history: list[tuple[Any, ...]],
    notes: list[tuple[int, Priority, bool]],
    others: list[tuple[Any, ...]],
    periods: list[tuple[datetime | None, datetime | None, str, TrendInterval]],
) -> None:
    sender, another = (await factories.sender()).id, (await factories.sender()).id
    people = [(await factories.contact()).id for _ in range(PEOPLE)]
    for step in others:
        await happen(another, people, step)
    for step in history:
        await happen(sender, people, step)
    for person, (score, priority, assigned) in zip(people, notes, strict=True):
        if id := await conversation_of(sender, person):
            await conversations.update(SYSTEM, id, satisfaction_score=score, priority=priority)
            await conversations.assign(SYSTEM, id, (await factories.user()).id if assigned else None)
    mine = token(Scope.READ, sender_id=sender)
    for start, end, zone, interval in [*periods, (None, None, "UTC", WEEK)]:
        if start is not None and end is not None and start >= end:
            start, end = (end, start) if end < start else (start, None)
        wide = MONTH if start is None and end is None and interval is DAY else interval
        period = Period(start, end or datetime.now(UTC), zone, end is not None)
        assert await told(period, wide, mine) == await recounted(period, wide, sender), (period, interval)


async def test_everything_of_all_senders_equals_a_recount_and_so_does_it_after_the_log_was_trimmed(alone: None) -> None:
    first, ana, bo = await two_people()
    second = (await factories.sender()).id
    for number in range(40):
        moment = at("2026-05-01") + number * timedelta(hours=7, minutes=13)
        author = ["CONTACT", "BOT", "CONTACT", "SYSTEM", "OPERATOR"][number % 5]
        await say([first, second][number % 3 == 0], [ana, bo][number % 2], author, moment)
        if number == 20:
            await analytics.count_new()
    everything = of(None, None, "Asia/Kolkata")
    wanted = await recounted(everything, WEEK)
    assert wanted["whole"][0] == 4
    assert await told(everything, WEEK) == wanted
    # Who was away for longer than the log is kept counts all of it anew.
    await connect.execute("UPDATE message SET sent_at = sent_at + interval '3 days' WHERE id % 4 = 0")
    await connect.execute("DELETE FROM conversation_quarter")
    await connect.execute("DELETE FROM conversation_day")
    await connect.execute("UPDATE event_log SET trimmed_to = (SELECT max(number) + 1 FROM event)")
    assert await told(everything, WEEK) == await recounted(everything, WEEK)


async def test_it_says_until_when_all_is_counted(alone: None) -> None:
    sender, ana, _ = await two_people()
    talking = await analytics.conversations(SYSTEM, of(None, None))
    assert await talking.counted_until() is None, "nobody has counted yet"
    await say(sender, ana, "CONTACT", at("2026-03-02 09:00"))
    await analytics.count_new()
    now = await connect.value("SELECT now()")
    assert (await talking.counted_until() or now) >= now
    await say(sender, ana, "CONTACT", at("2026-03-02 09:01"))
    await say(sender, ana, "CONTACT", at("2026-03-02 09:02"))
    next_one = "SELECT min(occurred_at) FROM event WHERE number > (SELECT number FROM event_reader WHERE name = $1)"
    assert await talking.counted_until() == await connect.value(next_one, "analytics")
    await connect.execute("UPDATE event_log SET trimmed_to = (SELECT max(number) FROM event)")
    assert await talking.counted_until() is None, "what the log has lost is counted nowhere"


async def test_to_count_twice_at_once_counts_once(alone: None) -> None:
    sender, ana, _ = await two_people()
    await analytics.count_new()
    for minute in range(5):
        await say(sender, ana, "CONTACT", at("2026-03-02 09:00") + timedelta(minutes=minute))
    await asyncio.gather(*(analytics.count_new() for _ in range(4)))
    assert await connect.value("SELECT sum(messages) FROM conversation_quarter") == 5


async def test_more_than_366_steps_are_too_many() -> None:
    leap = await analytics.conversations(SYSTEM, of("2024-01-01", "2025-01-01"))
    assert len(await leap.trends(DAY)) == 366
    longer = await analytics.conversations(SYSTEM, of("2024-01-01", "2025-01-01 00:01"))
    assert await only(longer.trends(DAY)) == (ErrorCode.VALIDATION_ERROR, "interval", "too_many")
    assert len(await longer.trends(WEEK)) == 53


@pytest.mark.parametrize(
    ("given", "field", "reason"),
    [
        ({"start": at("2026-03-02"), "end": at("2026-03-02"), "time_zone": "UTC"}, "period", "empty"),
        ({"start": at("2926-03-02"), "end": None, "time_zone": "UTC"}, "period", "empty"),
        ({"start": at("0001-01-01"), "end": None, "time_zone": "America/New_York"}, "period", "out_of_range"),
        ({"start": at("9999-12-01"), "end": at("9999-12-31 23:59"), "time_zone": "UTC"}, "period", "out_of_range"),
        ({"start": None, "end": None, "time_zone": "Mars/Base"}, "timeZone", "unknown_time_zone"),
        ({"start": None, "end": None, "time_zone": "localtime"}, "timeZone", "unknown_time_zone"),
        ({"start": None, "end": None, "time_zone": "../../etc/passwd"}, "timeZone", "unknown_time_zone"),
    ],
)
async def test_what_is_no_period_is_refused(given: dict[str, Any], field: str, reason: str) -> None:
    assert await only(analytics.period(SYSTEM, **given)) == (ErrorCode.VALIDATION_ERROR, field, reason)
