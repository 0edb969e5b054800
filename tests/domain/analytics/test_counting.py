"""Figures of contacts, campaigns and leads, worked out by hand; and the CSV of everything."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from db.accounts import Scope
from db.core import connect
from db.leads import LeadStatus
from db.messages import Priority
from domain import analytics, contacts, leads
from domain.analytics import Period
from domain.core.access import SYSTEM, Viewer
from tests import factories
from tests.callers import token
from tests.databases import database_of_its_own
from tests.domain.analytics.histories import conversation_of, say
from tests.domain.campaigns.surroundings import a_campaign, running_one
from tests.domain.core.test_export import read
from tests.domain.messages.surroundings import a_message

NOW = datetime.now(UTC)
EVERYTHING = Period(None, NOW, "UTC", False)
BEFORE = Period(None, NOW - timedelta(days=1), "UTC", True)


@pytest.fixture(autouse=True)
async def _alone() -> Any:
    async with database_of_its_own():
        yield


async def aged(table: str, id: int) -> None:
    """Made the day before yesterday."""
    await connect.execute(f"UPDATE {table} SET created_at = now() - interval '2 days' WHERE id = $1", id)


async def test_contacts_by_what_they_said() -> None:
    one, two, three, four, gone = [await factories.contact() for _ in range(5)]
    for each in (one, two):
        await contacts.opt_in(SYSTEM, each.id)
    await contacts.opt_out(SYSTEM, three.id)
    await contacts.delete(SYSTEM, gone.id)
    await aged("contact", one.id)
    await aged("contact", three.id)
    found = await analytics.contacts(SYSTEM, EVERYTHING)
    assert (found.total, found.opted_in, found.opted_out, found.unknown, found.opt_in_rate) == (4, 2, 1, 1, 0.5)
    found = await analytics.contacts(SYSTEM, BEFORE)
    assert (found.total, found.opted_in, found.opted_out, found.unknown, found.opt_in_rate) == (2, 1, 1, 0, 0.5)
    sender = (await factories.sender()).id
    mine = await analytics.contacts(token(Scope.READ, sender_id=sender), EVERYTHING)
    assert (mine.total, mine.opt_in_rate) == (0, 0.0)
    await a_message(sender, four.id)
    assert (await analytics.contacts(token(Scope.READ, sender_id=sender), EVERYTHING)).unknown == 1


async def test_campaigns_by_status_and_their_figures_added_up() -> None:
    draft, (first, second) = await a_campaign(), [await running_one() for _ in range(2)]
    for campaign, state in ((first, "READ"), (second, "DELIVERED"), (second, "SENT")):
        await connect.execute(
            "INSERT INTO campaign_tally (campaign_id, state, count) VALUES ($1, $2, 1), ($1, 'QUEUED', -1)",
            *(campaign.id, state),
        )
    await connect.execute("INSERT INTO campaign_tally (campaign_id, state, count) VALUES ($1, 'REPLIED', 1)", first.id)
    await aged("campaign", first.id)
    found = await analytics.campaigns(SYSTEM, EVERYTHING)
    assert (found.total, {status: count for status, count in found.by_status.items() if count}) == (
        *(3, {"DRAFT": 1, "RUNNING": 2}),
    )
    assert len(found.by_status) == 6
    stats = await analytics.delivery(SYSTEM, found.ids)
    assert (stats.sent, stats.delivered, stats.read, stats.replies) == (3, 2, 1, 1)
    assert (stats.recipients, stats.pending) == (6, 3)
    assert (stats.delivery_rate, stats.read_rate, stats.reply_rate) == (2 / 3, 0.5, 0.5)
    early = await analytics.campaigns(SYSTEM, BEFORE)
    assert (early.ids, (await analytics.delivery(SYSTEM, early.ids)).read) == ([first.id], 1)
    other = await factories.sender()
    assert (await analytics.campaigns(token(Scope.READ, sender_id=other.id), EVERYTHING)).total == 0
    own = await connect.value("SELECT sender_id FROM campaign_sender WHERE campaign_id = $1", second.id)
    assert second.id in (await analytics.campaigns(token(Scope.READ, sender_id=own), EVERYTHING)).ids
    assert draft.id in found.ids


async def a_lead(**given: Any) -> int:
    contact = given.pop("contact_id", None) or (await factories.contact()).id
    return (await leads.create(SYSTEM, contact_id=contact, title="Offer", **given)).id


async def test_leads_their_pipeline_and_their_funnel() -> None:
    new = await a_lead(estimated_value=Decimal(100), probability=10, score=10, source="ad", priority=Priority.URGENT)
    back = await a_lead(estimated_value=Decimal("0.05"), probability=50, score=20, source="ad")
    await leads.move(SYSTEM, [back], LeadStatus.PROPOSAL)
    await leads.move(SYSTEM, [back], LeadStatus.CONTACTED)
    won = await a_lead(estimated_value=Decimal(1000), score=30, status=LeadStatus.QUALIFIED)
    await leads.convert(SYSTEM, won, value=Decimal("1200.50"))
    lost = await a_lead(score=40)
    await leads.mark_contacted(SYSTEM, lost)
    await leads.close_lost(SYSTEM, lost)
    again = await a_lead(score=50, source="fair")
    await leads.close_lost(SYSTEM, again)
    await leads.move(SYSTEM, [again], LeadStatus.NEW)
    gone = await a_lead(estimated_value=Decimal(7), score=100)
    await leads.delete(SYSTEM, gone)
    for lead in (new, won):
        await connect.execute("UPDATE lead SET next_follow_up_at = now() - interval '1 h' WHERE id = $1", lead)

    found = await analytics.leads(SYSTEM, EVERYTHING)
    assert (found.total, found.overdue, found.average_score, found.conversion_rate) == (5, 1, 30.0, 0.5)
    assert (found.open_value, found.won_value) == (Decimal("100.05"), Decimal("1200.50"))
    assert found.weighted_value == Decimal("10.02"), "10 and 0.025, added up and then rounded"
    assert found.by_priority == {"URGENT": 1, "HIGH": 0, "NORMAL": 4, "LOW": 0}
    assert list(found.by_source.items()) == [("", 2), ("ad", 2), ("fair", 1)]
    stages = {stage.status.value: stage for stage in await found.stages()}
    assert list(stages) == ["NEW", "CONTACTED", "QUALIFIED", "PROPOSAL", "NEGOTIATION", "WON", "LOST"]
    assert {name: stage.count for name, stage in stages.items() if stage.count} == {
        "NEW": 2,
        "CONTACTED": 1,
        "WON": 1,
        "LOST": 1,
    }
    assert {name: stage.reached for name, stage in stages.items()} == {
        "NEW": 5,
        "CONTACTED": 3,
        "QUALIFIED": 2,
        "PROPOSAL": 2,
        "NEGOTIATION": 1,
        "WON": 1,
        "LOST": 2,
    }
    assert [round(stage.conversion_rate, 3) for stage in stages.values()] == [1.0, 0.6, 0.667, 1.0, 0.5, 1.0, 0.4]
    assert (stages["NEW"].value, stages["NEW"].weighted_value) == (Decimal("100.00"), Decimal("10.00"))
    await aged("lead", won)
    early = await analytics.leads(SYSTEM, BEFORE)
    assert (early.total, early.conversion_rate, early.won_value) == (1, 1.0, Decimal("1200.50"))
    nobody = await analytics.leads(Viewer(role=SYSTEM.role, sender_id=(await factories.sender()).id), EVERYTHING)
    assert (nobody.total, nobody.average_score, nobody.conversion_rate, nobody.open_value) == (0, None, 0.0, 0)
    assert [stage.conversion_rate for stage in await nobody.stages()] == [1.0, *[0.0] * 6]


async def test_everything_as_csv() -> None:
    sender, contact = (await factories.sender()).id, (await factories.contact()).id
    began = datetime(2026, 3, 2, 9, tzinfo=UTC)
    await say(sender, contact, "CONTACT", began)
    await say(sender, contact, "OPERATOR", began + timedelta(minutes=1))
    uncounted = {tuple(row[:3]): row[3] for row in await read(await analytics.csv_url(SYSTEM, EVERYTHING))}
    assert uncounted["conversations", "counted_until", ""] == ""
    await contacts.opt_in(SYSTEM, contact)
    await a_lead(contact_id=contact, source="=1+1", estimated_value=Decimal(5))
    await analytics.count_new()
    assert await conversation_of(sender, contact)
    period = Period(began - timedelta(hours=1), datetime(2026, 3, 4, tzinfo=UTC), "Asia/Kolkata", True)
    header, *rows = await read(await analytics.csv_url(SYSTEM, period))
    assert header == ["section", "figure", "of", "value"]
    found = {tuple(row[:3]): row[3] for row in rows}
    assert found["period", "start", ""] == "2026-03-02T08:00:00+00:00"
    assert (found["conversations", "total_messages", ""], found["conversations", "average_response_time", ""]) == (
        *("2", "60.0"),
    )
    assert found["conversations", "by_status", "ACTIVE"] == "1"
    assert datetime.fromisoformat(found["conversations", "counted_until", ""]) > NOW
    days = {key[2]: value for key, value in found.items() if key[:2] == ("conversations by day", "messages")}
    assert days == {"2026-03-02": "2", "2026-03-03": "0", "2026-03-04": "0"}
    now = {tuple(row[:3]): row[3] for row in (await read(await analytics.csv_url(SYSTEM, EVERYTHING)))[1:]}
    assert (now["contacts", "total", ""], now["contacts", "opt_in_rate", ""]) == ("1", "1.0")
    assert (now["leads", "open_value", ""], now["leads", "by_source", "'=1+1"]) == ("5.00", "1")
    assert (now["stages", "reached", "NEW"], now["campaigns", "recipients", ""]) == ("1", "0")
    other = token(Scope.READ, sender_id=(await factories.sender()).id)
    theirs = {tuple(row[:3]): row[3] for row in (await read(await analytics.csv_url(other, EVERYTHING)))[1:]}
    assert {theirs[key] for key in (("contacts", "total", ""), ("conversations", "total_messages", ""))} == {"0"}
    # Ten years are no days or weeks any more.
    long = Period(began - timedelta(days=3650), datetime(2026, 3, 4, tzinfo=UTC), "UTC", True)
    sections = {row[0] for row in await read(await analytics.csv_url(SYSTEM, long))}
    assert {"conversations by month"} == {each for each in sections if each.startswith("conversations by")}
