"""The way of a lead: assigned, moved, followed up, scored, won and lost, one by one and many at once."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from db.accounts import Role
from db.core import connect
from db.leads import Lead, LeadStatus
from domain import leads
from domain.core.access import SYSTEM, Viewer
from domain.core.errors import ErrorCode
from tests import factories
from tests.callers import only, refused
from tests.domain.leads.test_leads import OPEN, WRONG, a_lead, events_of, everything, trail

CLOSED_ALREADY = (ErrorCode.INVALID_STATE, "id", "closed")


async def test_leads_are_given_to_somebody_and_to_nobody_all_or_none() -> None:
    seller, first, second = await factories.user(role=Role.SALES), await a_lead(), await a_lead()
    viewer = Viewer(user_id=seller.id, role=Role.MARKETER)
    given = await leads.assign(viewer, [second.id, first.id, second.id], seller.id)
    assert [(lead.id, lead.assigned_to_id) for lead in given] == [(second.id, seller.id), (first.id, seller.id)]
    assert (await trail(first.id))[-1] == ("ASSIGNED", None, {"assigned_to_id": [None, seller.id]})
    await leads.assign(viewer, [first.id], seller.id)
    assert await events_of(first.id) == ["LEAD_CREATED", "LEAD_UPDATED"]
    before = await everything()
    assert await refused(leads.assign(viewer, [first.id, 10**15], None)) == [(ErrorCode.NOT_FOUND, "ids", None)]
    assert await refused(leads.assign(viewer, [10**15], 10**15)) == [
        (ErrorCode.NOT_FOUND, "userId", None),
        (ErrorCode.NOT_FOUND, "ids", None),
    ]
    assert await everything() == before
    [freed] = await leads.assign(viewer, [first.id], None)
    assert freed.assigned_to_id is None


@pytest.mark.parametrize("ids", [[], list(range(1, 1002))], ids=["none", "1001"])
async def test_not_none_and_not_too_many_at_once(ids: list[int]) -> None:
    assert await only(leads.assign(SYSTEM, ids, None)) == (WRONG, "ids", "out_of_range")
    assert await only(leads.move(SYSTEM, ids, LeadStatus.NEW)) == (WRONG, "ids", "out_of_range")


async def test_a_thousand_at_once() -> None:
    contact = await factories.contact()
    ids = [
        row["id"]
        for row in await connect.rows(
            "INSERT INTO lead (contact_id, title, status, priority, probability, score)"
            " SELECT $1, 'Offer', 'NEW', 2, 0, 0 FROM generate_series(1, 1000) RETURNING id",
            contact.id,
        )
    ]
    moved = await leads.move(SYSTEM, ids, LeadStatus.WON)
    assert [lead.id for lead in moved] == ids
    assert {(lead.status, lead.probability, lead.closed_at is not None) for lead in moved} == {("WON", 100, True)}
    traced = "SELECT count(*) FROM lead_activity WHERE lead_id = ANY($1) AND type = 'CONVERTED'"
    assert await connect.value(traced, ids) == 1000


@pytest.mark.parametrize("status", OPEN)
async def test_an_open_stage_is_entered_from_any_other(status: LeadStatus) -> None:
    lead = await a_lead(status=next(other for other in OPEN if other is not status))
    [moved] = await leads.move(SYSTEM, [lead.id], status)
    assert (moved.status, moved.closed_at) == (status, None)
    assert (await trail(lead.id))[-1] == ("STATUS_CHANGED", None, {"status": [lead.status, status]})


@pytest.mark.parametrize(("status", "other"), [(LeadStatus.WON, LeadStatus.LOST), (LeadStatus.LOST, LeadStatus.WON)])
async def test_a_closed_lead_is_opened_before_it_is_closed_otherwise(status: LeadStatus, other: LeadStatus) -> None:
    lead = await a_lead(probability=30)
    [closed] = await leads.move(SYSTEM, [lead.id], status)
    assert (closed.probability, closed.closed_at is not None) == (100 if status == "WON" else 0, True)
    before = await everything()
    assert await only(leads.move(SYSTEM, [lead.id], other)) == (ErrorCode.INVALID_STATE, "ids", "closed")
    [same] = await leads.move(SYSTEM, [lead.id], status)
    assert same.updated_at == closed.updated_at
    assert await everything() == before
    [opened] = await leads.move(SYSTEM, [lead.id], LeadStatus.NEGOTIATION)
    assert (opened.status, opened.closed_at, opened.lost_reason) == ("NEGOTIATION", None, None)
    await leads.move(SYSTEM, [lead.id], other)


async def test_a_lead_is_won_with_its_final_value() -> None:
    lead = await a_lead(estimated_value=Decimal(10))
    won = await leads.convert(SYSTEM, lead.id, value=Decimal("12.5"), note=" Signed ")
    assert (won.status, won.probability, won.estimated_value) == ("WON", 100, Decimal("12.50"))
    assert won.closed_at is not None
    kind, note, changes = (await trail(lead.id))[-1]
    assert (kind, note, changes["status"]) == ("CONVERTED", "Signed", ["NEW", "WON"])
    assert changes["estimated_value"] == ["10.00", "12.50"]


async def test_a_lead_is_lost_for_a_reason() -> None:
    lead = await a_lead(probability=60)
    lost = await leads.close_lost(SYSTEM, lead.id, reason="Too dear")
    assert (lost.status, lost.probability, lost.lost_reason) == ("LOST", 0, "Too dear")
    assert (await trail(lead.id))[-1][0] == "LOST"


async def test_a_closed_lead_is_neither_won_nor_lost_nor_followed_up() -> None:
    lead = await a_lead()
    await leads.convert(SYSTEM, lead.id)
    before = await everything()
    assert await only(leads.convert(SYSTEM, lead.id)) == CLOSED_ALREADY
    assert await only(leads.close_lost(SYSTEM, lead.id)) == CLOSED_ALREADY
    assert await only(leads.follow_up(SYSTEM, lead.id)) == CLOSED_ALREADY
    assert await everything() == before


async def test_what_is_said_of_an_end_has_its_bounds() -> None:
    lead, before = await a_lead(), await everything()
    assert await refused(leads.convert(SYSTEM, lead.id, value=Decimal(-1), note="x" * 5001)) == [
        (WRONG, "value", "out_of_range"),
        (WRONG, "note", "too_long"),
    ]
    assert await only(leads.close_lost(SYSTEM, lead.id, reason="x" * 501)) == (WRONG, "reason", "too_long")
    assert (await Lead.get(id=lead.id)).closed_at is None
    assert await everything() == before


async def test_a_word_with_the_contact_moves_a_new_lead_and_ends_a_follow_up_that_is_due() -> None:
    lead = await a_lead()
    await Lead.filter(id=lead.id).update(next_follow_up_at=datetime.now(UTC) - timedelta(minutes=1))
    spoken = await leads.mark_contacted(SYSTEM, lead.id, note="Called")
    assert (spoken.status, spoken.next_follow_up_at) == ("CONTACTED", None)
    assert spoken.last_contacted_at is not None
    assert (await trail(lead.id))[-1][:2] == ("CONTACTED", "Called")
    later = datetime.now(UTC) + timedelta(days=1)
    await leads.follow_up(SYSTEM, lead.id, at=later)
    await leads.move(SYSTEM, [lead.id], LeadStatus.QUALIFIED)
    again = await leads.mark_contacted(SYSTEM, lead.id)
    assert (again.status, again.next_follow_up_at) == ("QUALIFIED", later)
    assert await only(leads.mark_contacted(SYSTEM, lead.id, note="x" * 5001)) == (WRONG, "note", "too_long")


async def test_a_follow_up_is_told_once_when_its_time_has_come() -> None:
    lead = await a_lead()
    later = datetime.now(UTC) + timedelta(days=1)
    planned = await leads.follow_up(SYSTEM, lead.id, at=later, note="Ask again")
    assert (planned.next_follow_up_at, planned.overdue) == (later, False)
    assert (await trail(lead.id))[-1][:2] == ("FOLLOW_UP_SCHEDULED", "Ask again")
    await leads.tell_due()
    assert "LEAD_FOLLOW_UP_DUE" not in await events_of(lead.id)
    await Lead.filter(id=lead.id).update(next_follow_up_at=datetime.now(UTC) - timedelta(seconds=1))
    await leads.tell_due()
    await leads.tell_due()
    assert (await events_of(lead.id)).count("LEAD_FOLLOW_UP_DUE") == 1
    assert (await leads.get(SYSTEM, lead.id)).overdue
    await leads.follow_up(SYSTEM, lead.id, at=later)
    await Lead.filter(id=lead.id).update(next_follow_up_at=datetime.now(UTC) - timedelta(seconds=1))
    await leads.tell_due()
    assert (await events_of(lead.id)).count("LEAD_FOLLOW_UP_DUE") == 2
    cleared = await leads.follow_up(SYSTEM, lead.id, at=None)
    assert cleared.next_follow_up_at is None


async def test_a_follow_up_is_not_in_the_past() -> None:
    lead, before = await a_lead(), await everything()
    past = datetime.now(UTC) - timedelta(seconds=1)
    assert await refused(leads.follow_up(SYSTEM, lead.id, at=past, note="x" * 5001)) == [
        (WRONG, "at", "in_the_past"),
        (WRONG, "note", "too_long"),
    ]
    assert await everything() == before


async def test_a_score_has_a_reason_and_bounds() -> None:
    lead = await a_lead()
    assert (await leads.score(SYSTEM, lead.id, 100, reason="Wrote twice")).score == 100
    assert (await trail(lead.id))[-1] == ("SCORE_CHANGED", "Wrote twice", {"score": [0, 100]})
    assert await refused(leads.score(SYSTEM, lead.id, 101, reason="x" * 501)) == [
        (WRONG, "score", "out_of_range"),
        (WRONG, "reason", "too_long"),
    ]
    assert (await leads.get(SYSTEM, lead.id)).score == 100
