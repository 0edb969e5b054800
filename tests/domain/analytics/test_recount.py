"""Figures of contacts, campaigns and leads equal a recount one by one, whatever happened to them."""

import time
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from db.core import connect
from db.leads import CLOSED, LeadStatus
from db.messages import Message, Priority
from db.senders import Sender
from domain import analytics, contacts, leads
from domain.analytics import Period
from domain.core.access import SYSTEM
from domain.messages.receipts import settle_statuses
from tests import factories
from tests.crowds import crowd
from tests.databases import database_of_its_own
from tests.domain.campaigns.surroundings import arrive, leave, messages_of, running_one
from tests.domain.inbound.posts import body, change, digits_of, message, take_up
from tests.domain.messages.surroundings import status

NOW = datetime.now(UTC)
YESTERDAY = NOW - timedelta(days=1)
PERIODS = [Period(None, NOW, "UTC", False), Period(None, YESTERDAY, "UTC", True), Period(YESTERDAY, NOW, "UTC", False)]
FUNNEL = ["NEW", "CONTACTED", "QUALIFIED", "PROPOSAL", "NEGOTIATION", "WON"]
WHICH = st.integers(0, 7)
VALUES = st.none() | st.decimals(0, 5000, places=2)
PERCENT = st.integers(0, 100)

a_few = settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.generate],
)


@pytest.fixture(autouse=True)
async def _alone() -> AsyncIterator[None]:
    """One history adds to the one before: figures are of everything."""
    async with database_of_its_own():
        yield


async def aged(table: str, id: int) -> None:
    """Made the day before yesterday."""
    await connect.execute(f"UPDATE {table} SET created_at = now() - interval '2 days' WHERE id = $1", id)


def within(period: Period, made: datetime) -> bool:
    return (period.start is None or made >= period.start) and (not period.ended or made < period.end)


def share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


# ---------------------------------------------------------------------------
# Leads
# ---------------------------------------------------------------------------

NEW_LEAD = st.fixed_dictionaries(
    {
        "status": st.sampled_from([status for status in LeadStatus if status not in CLOSED]),
        "priority": st.sampled_from(Priority),
        "source": st.sampled_from([None, "ad:1", "fair"]),
        "estimated_value": VALUES,
        "probability": PERCENT,
        "score": PERCENT,
    }
)
OF_LEADS = st.one_of(
    st.tuples(st.just("create"), NEW_LEAD),
    st.tuples(st.just("move"), st.lists(WHICH, min_size=1, max_size=3), st.sampled_from(LeadStatus)),
    st.tuples(st.just("move"), st.lists(WHICH, min_size=1, max_size=3), st.sampled_from(LeadStatus)),
    st.tuples(st.sampled_from(["lose", "contacted", "delete", "overdue", "age"]), WHICH),
    st.tuples(st.just("win"), WHICH, VALUES),
    st.tuples(st.just("score"), WHICH, PERCENT),
    st.tuples(st.just("update"), WHICH, st.fixed_dictionaries({"estimated_value": VALUES, "probability": PERCENT})),
)


async def happen(mine: list[int], contact: int, step: tuple[Any, ...]) -> None:
    if step[0] == "create":
        mine.append((await leads.create(SYSTEM, contact_id=contact, title="Offer", **step[1])).id)
        return
    if not mine:
        return
    chosen = [mine[number % len(mine)] for number in (step[1] if step[0] == "move" else [step[1]])]
    found = [await leads.get(SYSTEM, id) for id in chosen]
    open_ones, id = [lead.id for lead in found if lead.closed_at is None], chosen[0]
    match step:
        case ("move", _, to):
            if movable := open_ones if to in CLOSED else chosen:
                await leads.move(SYSTEM, movable, to)
        case ("lose", _) if open_ones:
            await leads.close_lost(SYSTEM, id)
        case ("win", _, value) if open_ones:
            await leads.convert(SYSTEM, id, value=value)
        case ("contacted", _):
            await leads.mark_contacted(SYSTEM, id)
        case ("score", _, points):
            await leads.score(SYSTEM, id, points)
        case ("update", _, changes):
            await leads.update(SYSTEM, id, **changes)
        case ("delete", _):
            mine.remove(await leads.delete(SYSTEM, id))
        case ("overdue", _):
            await connect.execute("UPDATE lead SET next_follow_up_at = now() - interval '1 h' WHERE id = $1", id)
        case ("age", _):
            await aged("lead", id)
        case _:
            assert step[0] in ("lose", "win"), "what is closed ends no more"


async def leads_told(period: Period) -> dict[str, Any]:
    found = await analytics.leads(SYSTEM, period)
    return {
        "overview": (found.total, found.overdue, found.average_score, found.conversion_rate),
        "values": (found.open_value, found.weighted_value, found.won_value),
        "by_priority": found.by_priority,
        "by_source": found.by_source,
        "stages": {
            stage.status.value: (stage.count, stage.value, stage.weighted_value, stage.reached, stage.conversion_rate)
            for stage in await found.stages()
        },
    }


async def leads_recounted(period: Period) -> dict[str, Any]:
    """From the leads themselves, and from all that their trails say of their stages."""
    rows = [
        row
        for row in await connect.rows("SELECT * FROM lead WHERE deleted_at IS NULL")
        if within(period, row["created_at"])
    ]
    stages = {row["id"]: {row["status"]} for row in rows}
    for entry in await connect.rows("SELECT lead_id, changes FROM lead_activity"):
        seen = orjson.loads(entry["changes"]).get("status", [])
        if entry["lead_id"] in stages:
            stages[entry["lead_id"]].update(status for status in seen if status)

    def worth(chosen: list[Any], *, weighted: bool = False) -> Decimal:
        each = [(row["estimated_value"] or 0) * (row["probability"] if weighted else 100) for row in chosen]
        return (Decimal(sum(each)) / 100).quantize(Decimal("0.01"))

    def standing(*statuses: str) -> list[Any]:
        return [row for row in rows if row["status"] in statuses]

    reached = {
        status: sum(bool(been & set(FUNNEL[rank:])) or not rank for been in stages.values())
        for rank, status in enumerate(FUNNEL)
    } | {"LOST": sum("LOST" in been for been in stages.values())}
    before = {**dict(zip(FUNNEL[1:], FUNNEL, strict=False)), "LOST": "NEW"}
    still_open = standing(*FUNNEL[:-1])
    sources = Counter(row["source"] or "" for row in rows)
    return {
        "overview": (
            len(rows),
            sum(row["next_follow_up_at"] is not None and row["next_follow_up_at"] < NOW for row in still_open),
            sum(row["score"] for row in rows) / len(rows) if rows else None,
            share(len(standing("WON")), len(standing("WON", "LOST"))),
        ),
        "values": (worth(still_open), worth(still_open, weighted=True), worth(standing("WON"))),
        "by_priority": {each.name: sum(row["priority"] == each for row in rows) for each in Priority},
        "by_source": dict(sources),
        "stages": {
            status: (
                len(standing(status)),
                worth(standing(status)),
                worth(standing(status), weighted=True),
                reached[status],
                share(reached[status], reached[before[status]]) if status in before else 1.0,
            )
            for status in [*FUNNEL, "LOST"]
        },
    }


@given(history=st.lists(OF_LEADS, min_size=10, max_size=30))
@a_few
async def test_leads_their_pipeline_and_their_funnel(history: list[tuple[Any, ...]]) -> None:
    contact, mine = (await factories.contact()).id, list[int]()
    for step in history:
        await happen(mine, contact, step)
    for period in PERIODS:
        assert await leads_told(period) == await leads_recounted(period), period


# ---------------------------------------------------------------------------
# Contacts and campaigns
# ---------------------------------------------------------------------------

OF_CONTACTS = st.one_of(
    st.tuples(st.sampled_from(["opt_in", "opt_out", "delete", "age"]), WHICH),
    st.tuples(st.just("merge"), st.permutations(range(8))),
)


@given(history=st.lists(OF_CONTACTS, min_size=4, max_size=12))
@a_few
async def test_contacts_by_consent(history: list[tuple[Any, ...]]) -> None:
    before = [await analytics.contacts(SYSTEM, period) for period in PERIODS]
    people = [(await factories.contact()).id for _ in range(8)]
    for what, which in history:
        if what == "merge":
            stays, goes = which[:2]
            await contacts.merge(SYSTEM, people[stays], people[goes])
            people[goes] = (await factories.contact()).id
        elif what == "delete":
            await contacts.delete(SYSTEM, people[which])
            people[which] = (await factories.contact()).id
        elif what == "age":
            await aged("contact", people[which])
        else:
            await getattr(contacts, what)(SYSTEM, people[which])
    shown = [await contacts.get(SYSTEM, id) for id in people]
    for period, earlier in zip(PERIODS, before, strict=True):
        found = await analytics.contacts(SYSTEM, period)
        counts = Counter(each.opt_in_status for each in shown if within(period, each.created_at))
        told = (found.opted_in - earlier.opted_in, found.opted_out - earlier.opted_out, found.unknown - earlier.unknown)
        assert told == (counts["OPTED_IN"], counts["OPTED_OUT"], counts["UNKNOWN"]), period
        assert found.total == found.opted_in + found.opted_out + found.unknown
        assert found.opt_in_rate == share(found.opted_in, found.total)


async def a_number() -> int:
    """A sender that is connected, and that no other has the name of at WhatsApp."""
    sender = await factories.sender()
    await Sender.filter(id=sender.id).update(status="CONNECTED")
    return sender.id


async def write_back(ids: list[int]) -> None:
    """Posts of what those to whom these messages of campaigns went say a while after."""
    await connect.execute("UPDATE message SET sent_at = now() - interval '2 min' WHERE sent_at IS NOT NULL")
    for id in ids:
        sent = await Message.get(id=id)
        assert sent.address is not None
        said = message(digits_of(sent.address), "sim", timestamp=str(int(time.time())))
        await take_up(body(change(await Sender.get(id=sent.sender_id), messages=[said])))


RECEIPTS = st.lists(
    st.tuples(st.integers(0, 5), st.sampled_from(["sent", "delivered", "read", "failed"])), min_size=3, max_size=15
)


@given(receipts=RECEIPTS, leaving=st.integers(1, 6), answering=st.lists(st.integers(0, 5), max_size=4))
@a_few
async def test_campaigns_by_what_became_of_their_messages(
    receipts: list[tuple[int, str]], leaving: int, answering: list[int]
) -> None:
    campaigns = [await running_one(await a_number(), group=await crowd(size)) for size in (6, 2)]
    left = await leave(campaigns[0], leaving)
    await arrive(left, *["sent"] * len(left))
    await arrive(await leave(campaigns[1]), "delivered", "read")
    for which, kind in receipts:
        await settle_statuses([status(left[which % len(left)], kind)])
    await write_back([left[which % len(left)].id for which in answering])
    found = await analytics.delivery(SYSTEM, [campaign.id for campaign in campaigns])
    states = Counter[str]()
    for campaign in campaigns:
        states.update([row["state"] for row in await messages_of(campaign)])
    sent = states["SENT"] + states["DELIVERED"] + states["READ"]
    delivered = states["DELIVERED"] + states["READ"]
    assert (found.recipients, found.pending, found.failed) == (8, states["QUEUED"], states["FAILED"])
    assert (found.sent, found.delivered, found.read) == (sent, delivered, states["READ"])
    assert found.delivery_rate == share(delivered, sent)
    assert found.read_rate == share(states["READ"], delivered)
    replied = len({left[which % len(left)].id for which in answering})
    assert (found.replies, found.reply_rate) == (replied, min(1.0, share(replied, delivered)))
