"""Leads: how they begin, what is refused, and the trail that every change leaves."""

import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from db.accounts import Role, Scope
from db.core import connect
from db.core.paging import PageRequest
from db.leads import Lead, LeadStatus
from db.messages import Priority
from domain import contacts, leads
from domain.core.access import SYSTEM, Viewer
from domain.core.errors import ErrorCode
from domain.leads import LeadOrder
from tests import factories
from tests.callers import check_callers, only, refused, token
from tests.domain.campaigns.surroundings import a_campaign
from tests.domain.conversations.surroundings import a_conversation, heard_in, the_sender
from tests.domain.messages.surroundings import a_message
from tests.factories import unique

WRONG = ErrorCode.VALIDATION_ERROR
PEOPLE = {Role.ADMIN, Role.MARKETER, Role.SALES}
OPEN = [status for status in LeadStatus if status not in ("WON", "LOST")]


async def a_lead(viewer: Viewer = SYSTEM, **given: Any) -> Lead:
    contact = given.pop("contact_id", None) or (await factories.contact()).id
    return await leads.create(viewer, **{"contact_id": contact, "title": "Offer", **given})


async def trail(lead: int) -> list[tuple[str, str | None, dict[str, Any]]]:
    """What happened to a lead, oldest first."""
    page = await leads.pages_of_activities(SYSTEM, [lead], PageRequest(first=100))
    return [(row.type.value, row.note, row.changes) for row in reversed(page[lead].rows)]


async def events_of(lead: int) -> list[str]:
    sql = "SELECT type FROM event WHERE subject_type = 'Lead' AND subject_id = $1 ORDER BY number"
    return [row["type"] for row in await connect.rows(sql, lead)]


async def found(viewer: Viewer = SYSTEM, **criteria: Any) -> list[int]:
    return [lead.id for lead in (await leads.find(viewer, page=PageRequest(first=100), **criteria)).rows]


async def everything() -> tuple[Any, ...]:
    """All that leads are, to see that a refusal changes nothing."""
    rows = await connect.rows("SELECT * FROM lead ORDER BY id")
    return tuple(map(tuple, rows)), await connect.value("SELECT count(*) FROM lead_activity")


# ---------------------------------------------------------------------------
# How they begin
# ---------------------------------------------------------------------------


async def test_a_lead_is_all_that_is_said_of_it() -> None:
    contact, seller = await factories.contact(), await factories.user(role=Role.SALES)
    viewer = Viewer(user_id=seller.id, role=Role.SALES)
    lead = await a_lead(
        viewer,
        contact_id=contact.id,
        title=" A hundred chairs ",
        description=" Oak ",
        status=LeadStatus.QUALIFIED,
        priority=Priority.HIGH,
        source="fair",
        estimated_value=Decimal("50000"),
        probability=75,
        score=85,
        assigned_to_id=seller.id,
    )
    assert (lead.title, lead.description, lead.status, lead.priority) == ("A hundred chairs", "Oak", "QUALIFIED", 3)
    assert (lead.source, lead.estimated_value, lead.probability, lead.score) == ("fair", Decimal("50000.00"), 75, 85)
    assert (lead.contact_id, lead.assigned_to_id, lead.closed_at) == (contact.id, seller.id, None)
    assert await trail(lead.id) == [("CREATED", None, {"status": [None, "QUALIFIED"]})]
    assert await events_of(lead.id) == ["LEAD_CREATED"]


async def test_a_message_says_where_its_lead_comes_from() -> None:
    """An ad that was clicked, the campaign of a quoted message, and nothing of a plain one."""
    conversation = await a_conversation()
    message = await heard_in(conversation)
    row = await connect.row("SELECT contact_id, sender_id FROM message WHERE id = $1", message)
    assert row is not None
    plain = await a_lead(contact_id=row["contact_id"], message_id=message)
    assert (plain.message_id, plain.conversation_id, plain.campaign_id, plain.source) == (
        *(message, conversation, None, None),
    )
    referral = '{"source_type": "ad", "source_id": "1202", "headline": "Chairs"}'
    await connect.execute("UPDATE message SET referral = $2 WHERE id = $1", message, referral)
    assert (await a_lead(contact_id=row["contact_id"], message_id=message)).source == "ad:1202"
    assert (await a_lead(contact_id=row["contact_id"], message_id=message, source="fair")).source == "fair"
    bulk = await a_message(row["sender_id"], row["contact_id"], state="READ", due_at=None, campaign_id=4711)
    await connect.execute("UPDATE message SET referral = NULL, reply_to_id = $2 WHERE id = $1", message, bulk)
    answered = await a_lead(contact_id=row["contact_id"], message_id=message)
    assert (answered.campaign_id, answered.source) == (4711, "whatsapp_campaign")


async def test_the_first_answer_to_a_campaign_is_of_that_campaign() -> None:
    conversation = await a_conversation()
    message = await heard_in(conversation)
    row = await connect.row("SELECT contact_id, sender_id FROM message WHERE id = $1", message)
    assert row is not None
    await a_message(row["sender_id"], row["contact_id"], state="READ", due_at=None, campaign_id=4712)
    await connect.execute(
        "INSERT INTO campaign_recipient (campaign_id, contact_id, reply_id) VALUES (4712, $1, $2)",
        row["contact_id"],
        message,
    )
    assert (await a_lead(contact_id=row["contact_id"], message_id=message)).campaign_id == 4712


@pytest.mark.parametrize(
    ("given", "field", "reason"),
    [
        ({"title": "  "}, "title", "required"),
        ({"title": "x" * 256}, "title", "too_long"),
        ({"title": "a\x00b"}, "title", "invalid_characters"),
        ({"description": "x" * 5001}, "description", "too_long"),
        ({"source": "x" * 101}, "source", "too_long"),
        ({"estimated_value": Decimal("-0.01")}, "estimatedValue", "out_of_range"),
        ({"estimated_value": Decimal("1000000000000")}, "estimatedValue", "out_of_range"),
        ({"estimated_value": Decimal("1.005")}, "estimatedValue", "too_precise"),
        ({"probability": 101}, "probability", "out_of_range"),
        ({"score": -1}, "score", "out_of_range"),
        ({"status": LeadStatus.WON}, "status", "closed"),
        ({"status": LeadStatus.LOST}, "status", "closed"),
    ],
)
async def test_what_is_beyond_its_bounds_is_refused(given: dict[str, Any], field: str, reason: str) -> None:
    contact, before = await factories.contact(), await everything()
    assert await refused(a_lead(contact_id=contact.id, **given)) == [(WRONG, field, reason)]
    assert await everything() == before


async def test_every_field_at_fault_is_told() -> None:
    before = await everything()
    told = await refused(
        a_lead(
            contact_id=10**15,
            title="",
            assigned_to_id=10**15,
            campaign_id=10**15,
            conversation_id=10**15,
            message_id=10**15,
        )
    )
    assert {field for _, field, _ in told} == {
        *("title", "contactId", "assignedToId", "campaignId", "conversationId", "messageId"),
    }
    assert await everything() == before


async def test_what_belongs_to_another_contact_is_refused() -> None:
    contact, conversation = await factories.contact(), await a_conversation()
    message = await heard_in(conversation)
    assert await refused(a_lead(contact_id=contact.id, conversation_id=conversation, message_id=message)) == [
        (WRONG, "conversationId", "other_contact"),
        (WRONG, "messageId", "other_contact"),
    ]


async def test_only_who_sells_may_be_given_a_lead() -> None:
    viewer = await factories.user(role=Role.VIEWER)
    assert await only(a_lead(assigned_to_id=viewer.id)) == (WRONG, "assignedToId", "not_assignable")


async def test_who_may_make_change_and_delete_leads() -> None:
    lead = await a_lead()
    for call in (
        lambda viewer: leads.create(viewer, contact_id=0, title=""),
        lambda viewer: leads.update(viewer, 0),
        lambda viewer: leads.delete(viewer, 0),
        lambda viewer: leads.assign(viewer, [0], None),
        lambda viewer: leads.move(viewer, [0], LeadStatus.NEW),
        lambda viewer: leads.convert(viewer, 0),
        lambda viewer: leads.close_lost(viewer, 0),
        lambda viewer: leads.mark_contacted(viewer, 0),
        lambda viewer: leads.follow_up(viewer, 0),
        lambda viewer: leads.score(viewer, 0, 0),
    ):
        await check_callers(call, PEOPLE, Scope.LEADS)
    await check_callers(lambda viewer: leads.get(viewer, lead.id), set(Role), Scope.READ)


# ---------------------------------------------------------------------------
# Changing and deleting
# ---------------------------------------------------------------------------


async def test_an_update_changes_what_is_given_and_leaves_a_trace_of_it() -> None:
    lead = await a_lead(description="Oak", estimated_value=Decimal("10"))
    changed = await leads.update(
        SYSTEM, lead.id, title="Tables", description=None, priority=Priority.URGENT, estimated_value=Decimal("20.50")
    )
    assert (changed.title, changed.description, changed.priority) == ("Tables", None, Priority.URGENT)
    assert changed.updated_at > lead.updated_at
    [_, (kind, note, changes)] = await trail(lead.id)
    assert (kind, note) == ("UPDATED", None)
    assert changes == {
        "title": ["Offer", "Tables"],
        "description": ["Oak", None],
        "priority": ["NORMAL", "URGENT"],
        "estimated_value": ["10.00", "20.50"],
    }
    again = await leads.update(SYSTEM, lead.id, title="Tables", probability=0)
    assert again.updated_at == changed.updated_at
    assert await events_of(lead.id) == ["LEAD_CREATED", "LEAD_UPDATED"]


async def test_the_campaign_of_a_lead_is_given_changed_looked_for_and_taken_away() -> None:
    first, second = await a_campaign(), await a_campaign()
    lead = await a_lead(campaign_id=first.id)
    assert (lead.campaign_id, await found(campaign_id=first.id)) == (first.id, [lead.id])
    changed = await leads.update(SYSTEM, lead.id, campaign_id=second.id)
    assert changed.campaign_id == second.id
    assert (await found(campaign_id=first.id), await found(campaign_id=second.id)) == ([], [lead.id])
    before = await everything()
    assert await only(leads.update(SYSTEM, lead.id, campaign_id=10**15)) == (ErrorCode.NOT_FOUND, "campaignId", None)
    assert await everything() == before
    assert (await leads.update(SYSTEM, lead.id, campaign_id=None)).campaign_id is None
    changes = [changes for kind, _, changes in await trail(lead.id) if kind == "UPDATED"]
    assert changes == [{"campaign_id": [first.id, second.id]}, {"campaign_id": [second.id, None]}]


async def test_the_conversation_of_a_lead_is_that_of_its_contact() -> None:
    conversation = await a_conversation()
    row = await connect.row("SELECT contact_id FROM conversation WHERE id = $1", conversation)
    assert row is not None
    assert (await a_lead(contact_id=row["contact_id"], conversation_id=conversation)).conversation_id == conversation


@pytest.mark.parametrize("field", ["title", "priority", "probability"])
async def test_what_a_lead_must_have_cannot_be_taken_away(field: str) -> None:
    lead, before = await a_lead(), await everything()
    assert await only(leads.update(SYSTEM, lead.id, **{field: None})) == (WRONG, field, "required")
    assert await everything() == before


async def test_a_deleted_lead_is_gone_with_its_trail() -> None:
    lead = await a_lead()
    [activity] = (await leads.pages_of_activities(SYSTEM, [lead.id], PageRequest(first=10)))[lead.id].rows
    assert await leads.delete(SYSTEM, lead.id) == lead.id
    assert (await only(leads.get(SYSTEM, lead.id)))[0] is ErrorCode.NOT_FOUND
    assert (await only(leads.get_activity(SYSTEM, activity.id)))[0] is ErrorCode.NOT_FOUND
    assert (await only(leads.delete(SYSTEM, lead.id)))[0] is ErrorCode.NOT_FOUND
    assert await found(contact_id=lead.contact_id) == []
    assert await events_of(lead.id) == ["LEAD_CREATED", "LEAD_UPDATED"]


async def test_a_bound_token_has_the_leads_of_its_senders_contacts() -> None:
    sender, mine, other = await the_sender(), await factories.contact(), await factories.contact()
    await a_message(sender.id, mine.id)
    bound = token(Scope.READ, Scope.LEADS, sender_id=sender.id)
    own, foreign = await a_lead(bound, contact_id=mine.id), await a_lead(contact_id=other.id)
    assert await only(a_lead(bound, contact_id=other.id)) == (ErrorCode.NOT_FOUND, "contactId", None)
    assert await found(bound) == [own.id]
    for attempt in (
        leads.get(bound, foreign.id),
        leads.score(bound, foreign.id, 5),
        leads.move(bound, [own.id, foreign.id], LeadStatus.QUALIFIED),
    ):
        assert (await only(attempt))[0] is ErrorCode.NOT_FOUND
    assert (await leads.get(SYSTEM, own.id)).status is LeadStatus.NEW


# ---------------------------------------------------------------------------
# Finding
# ---------------------------------------------------------------------------


async def test_leads_are_found_by_what_they_are() -> None:
    word, seller = unique("word"), await factories.user(role=Role.SALES)
    viewer = Viewer(user_id=seller.id, role=Role.SALES)
    past = datetime.now(UTC) - timedelta(hours=1)
    named = await factories.contact(name=f"{word} Silva", company="Acme")
    first = await a_lead(contact_id=named.id, score=10, source=word, estimated_value=Decimal(5))
    second = await a_lead(title=f"The {word} deal", assigned_to_id=seller.id, priority=Priority.URGENT, score=90)
    third = await a_lead(description=word.upper(), estimated_value=Decimal(7), priority=Priority.HIGH, score=50)
    await Lead.filter(id=third.id).update(next_follow_up_at=past)
    every = [third.id, second.id, first.id]
    assert await found(search=word) == every

    async def of(criteria: dict[str, Any], who: Viewer = viewer) -> list[int]:
        return await found(who, search=word, **criteria)

    assert await of({"priority": [Priority.HIGH, Priority.URGENT]}) == [third.id, second.id]
    assert await of({"source": [word, "fair"]}) == [first.id]
    assert await of({"assignment": "MINE"}) == await of({"assigned_to_id": seller.id}) == [second.id]
    assert await of({"assignment": "ASSIGNED"}) == [second.id]
    assert await of({"assignment": "UNASSIGNED"}) == [third.id, first.id]
    assert await of({"contact_id": named.id}) == [first.id]
    assert (await of({"overdue": True}), await of({"overdue": False})) == ([third.id], [second.id, first.id])
    assert await of({"min_score": 50}) == [third.id, second.id]
    assert await of({"created_from": second.created_at}) == [third.id, second.id]
    assert await of({"created_before": second.created_at}) == [first.id]
    await leads.move(SYSTEM, [third.id], LeadStatus.PROPOSAL)
    assert await of({"status": [LeadStatus.PROPOSAL]}) == [third.id]
    orders = {
        LeadOrder.SCORE: [second.id, third.id, first.id],
        LeadOrder.PRIORITY: [second.id, third.id, first.id],
        LeadOrder.ESTIMATED_VALUE: [third.id, first.id, second.id],
        LeadOrder.NEXT_FOLLOW_UP_AT: [third.id, second.id, first.id],
        LeadOrder.UPDATED_AT: [third.id, second.id, first.id],
    }
    assert {order: await of({"order": order}) for order in orders} == orders
    assert await only(leads.find(SYSTEM, min_score=101, page=PageRequest())) == (WRONG, "minScore", "out_of_range")


async def test_leads_go_with_a_contact_that_is_merged() -> None:
    stays, goes = await factories.contact(), await factories.contact()
    lead = await a_lead(contact_id=goes.id)
    await contacts.merge(SYSTEM, stays.id, goes.id)
    assert (await leads.get(SYSTEM, lead.id)).contact_id == stays.id


async def test_an_erased_contacts_leads_keep_their_figures_alone() -> None:
    word, contact = unique("word"), await factories.contact()
    lead = await a_lead(contact_id=contact.id, title=word, description=word, source=word, estimated_value=Decimal(9))
    await leads.close_lost(SYSTEM, lead.id, reason=word)
    receipt = await contacts.erase(SYSTEM, contact.id)
    await contacts.run_receipt(receipt.id)
    row = await Lead.get(id=lead.id)
    assert (row.title, row.description, row.source, row.lost_reason) == ("Erased", None, None, None)
    assert (row.estimated_value, row.status, row.deleted_at is not None) == (Decimal(9), "LOST", True)
    assert await connect.value("SELECT count(*) FROM lead_activity WHERE lead_id = $1", lead.id) == 0


async def test_two_who_change_one_lead_both_leave_a_trace() -> None:
    lead = await a_lead()
    await asyncio.gather(*(leads.score(SYSTEM, lead.id, points) for points in range(1, 9)))
    scores = [changes["score"] for kind, _, changes in await trail(lead.id) if kind == "SCORE_CHANGED"]
    assert [before for before, _ in scores] == [0, *(after for _, after in scores[:-1])]
    assert (await leads.get(SYSTEM, lead.id)).score == scores[-1][1]
