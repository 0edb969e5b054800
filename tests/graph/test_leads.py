"""Leads through the API."""

from typing import Any

import pytest

from db.accounts import Role
from db.core import connect
from domain import leads
from domain.core.access import SYSTEM
from graph.core.ids import encode
from tests import factories
from tests.domain.campaigns.surroundings import a_campaign
from tests.domain.conversations.surroundings import a_conversation, heard_in, the_sender
from tests.domain.messages.surroundings import a_message
from tests.factories import unique
from tests.running import Api
from tests.statements import counted

LEAD = """fragment All on Lead {
  id title description status priority source estimatedValue probability score overdue lostReason
  lastContactedAt nextFollowUpAt closedAt createdAt updatedAt
  contact { id name leads(first: 5) { totalCount edges { node { id } } } }
  campaign { id } conversation { id } message { id } assignedTo { id name }
  activities(first: 10) { totalCount edges { node { id type note changes createdAt user { id } lead { id } } } }
}"""
CREATE = "mutation ($input: CreateLeadInput!) { createLead(input: $input) { ...All } }" + LEAD
LIST = """query ($filter: LeadFilter, $orderBy: LeadOrder! = CREATED_AT, $first: Int, $offset: Int) {
  leads(filter: $filter, orderBy: $orderBy, first: $first, offset: $offset) { totalCount edges { node { ...All } } }
}"""


async def test_a_lead_goes_its_way_through_the_api(api: Api) -> None:
    conversation = await a_conversation((await the_sender()).id)
    message = await heard_in(conversation)
    shown = await api.data(
        "query ($id: ID!) { conversation(id: $id) { contact { id } } }", id=encode("Conversation", conversation)
    )
    contact = shown["conversation"]["contact"]["id"]
    seller = await factories.user(role=Role.SALES)
    made = (
        await api.data(
            CREATE,
            role=Role.SALES,
            input={
                "contactId": contact,
                "title": "A hundred chairs",
                "estimatedValue": "50000.5",
                "probability": 75,
                "score": 85,
                "priority": "HIGH",
                "messageId": encode("Message", message),
            },
        )
    )["createLead"]
    assert (made["estimatedValue"], made["status"], made["priority"]) == ("50000.50", "NEW", "HIGH")
    assert (made["probability"], made["score"], made["overdue"]) == (75, 85, False)
    assert made["conversation"] == {"id": encode("Conversation", conversation)}
    assert made["message"] == {"id": encode("Message", message)}
    assert made["contact"]["leads"] == {"totalCount": 1, "edges": [{"node": {"id": made["id"]}}]}
    [began] = [edge["node"] for edge in made["activities"]["edges"]]
    assert (began["type"], began["changes"], began["lead"]) == (
        *("CREATED", {"status": [None, "NEW"]}, {"id": made["id"]}),
    )
    steps = """mutation ($id: ID!, $user: ID!, $at: DateTime!) {
      assignLeads(ids: [$id], userId: $user) { assignedTo { id } }
      markLeadContacted(id: $id, note: "Called") { status lastContactedAt }
      scheduleLeadFollowUp(id: $id, at: $at, note: "Ask again") { nextFollowUpAt }
      updateLeadScore(id: $id, score: 90, reason: "Wrote twice") { score }
      updateLeadStatus(ids: [$id], status: QUALIFIED) { status }
      updateLead(id: $id, input: { description: "Oak", source: "fair" }) { description source }
      convertLead(id: $id, value: "48000", note: "Signed") { ...All }
    }"""
    user = encode("User", seller.id)
    done = await api.data(steps + LEAD, id=made["id"], user=user, at="2100-01-01T00:00:00Z")
    assert done["assignLeads"] == [{"assignedTo": {"id": user}}]
    assert done["markLeadContacted"]["status"] == "CONTACTED"
    assert done["scheduleLeadFollowUp"] == {"nextFollowUpAt": "2100-01-01T00:00:00Z"}
    won = done["convertLead"]
    assert (won["status"], won["probability"], won["estimatedValue"]) == ("WON", 100, "48000.00")
    assert won["closedAt"] is not None
    trail = [edge["node"] for edge in won["activities"]["edges"]]
    assert [each["type"] for each in trail] == [
        *("CONVERTED", "UPDATED", "STATUS_CHANGED", "SCORE_CHANGED", "FOLLOW_UP_SCHEDULED", "CONTACTED", "ASSIGNED"),
        "CREATED",
    ]
    assert trail[-2]["changes"] == {"assignedTo": [None, user]}
    assert trail[0]["changes"]["estimatedValue"] == ["50000.50", "48000.00"]
    refusal = await api.refusal('mutation ($id: ID!) { closeLeadLost(id: $id, reason: "x") { id } }', id=made["id"])
    assert (refusal["code"], refusal["field"]) == ("INVALID_STATE", "id")
    assert await api.data("mutation ($id: ID!) { deleteLead(id: $id) }", id=made["id"]) == {"deleteLead": made["id"]}
    assert await api.data("query ($id: ID!) { node(id: $id) { id } }", id=made["id"]) == {"node": None}


async def test_whom_it_is_with_and_all_that_was_said_is_one_query_away(api: Api) -> None:
    conversation, campaign = await a_conversation(), await a_campaign()
    reply = await heard_in(conversation)
    row = await connect.row("SELECT contact_id, sender_id FROM message WHERE id = $1", reply)
    assert row is not None
    bulk = await a_message(row["sender_id"], row["contact_id"], state="READ", due_at=None, campaign_id=campaign.id)
    referral = '{"source_type": "ad", "source_id": "1202", "headline": "Chairs"}'
    await connect.execute("UPDATE message SET reply_to_id = $2, referral = $3 WHERE id = $1", reply, bulk, referral)
    lead = await leads.create(SYSTEM, contact_id=row["contact_id"], title="Offer", message_id=reply)
    document = """query ($id: ID!) { lead(id: $id) {
      source contact { id messageCount } campaign { id name stats { recipients } }
      message { id referral { headline } replyTo { campaign { id } } }
      conversation { id contact { id } messages(first: 10) { edges { node { id author } } } }
    } }"""
    found = (await api.data(document, id=encode("Lead", lead.id)))["lead"]
    contact = encode("Contact", row["contact_id"])
    assert (found["source"], found["contact"]) == ("ad:1202", {"id": contact, "messageCount": 2})
    assert found["campaign"] == {
        "id": encode("Campaign", campaign.id), "name": campaign.name, "stats": {"recipients": 0},
    }  # fmt: skip
    assert found["message"] == {
        "id": encode("Message", reply),
        "referral": {"headline": "Chairs"},
        "replyTo": {"campaign": {"id": encode("Campaign", campaign.id)}},
    }
    said = found["conversation"]
    assert (said["id"], said["contact"]["id"]) == (encode("Conversation", conversation), contact)
    assert {edge["node"]["id"] for edge in said["messages"]["edges"]} == {
        encode("Message", each) for each in (reply, bulk)
    }


async def test_what_happens_to_leads_is_in_the_log(api: Api) -> None:
    lead = await leads.create(SYSTEM, contact_id=(await factories.contact()).id, title="Offer")
    await leads.close_lost(SYSTEM, lead.id, reason="Too dear")
    id = encode("Lead", lead.id)
    document = """query ($id: ID!) { events(filter: { subjectId: $id }, first: 10) { edges { node {
      type subject { id } ... on LeadEvent { lead { id status } activity { type note } } } } } }"""
    found = [edge["node"] for edge in (await api.data(document, id=id))["events"]["edges"]]
    assert [(event["type"], event["activity"]["type"]) for event in found] == [
        ("LEAD_CREATED", "CREATED"),
        ("LEAD_UPDATED", "LOST"),
    ]
    assert {event["lead"]["id"] for event in found} == {event["subject"]["id"] for event in found} == {id}
    await leads.delete(SYSTEM, lead.id)
    gone = [edge["node"] for edge in (await api.data(document, id=id))["events"]["edges"]]
    assert [(event["subject"], event["activity"]) for event in gone] == [(None, None)] * 3


@pytest.mark.parametrize("value", ["abc", "NaN", "Infinity", "1e5", "", True, [], "9" * 40, "1" * 5000])
async def test_what_is_no_decimal_number_is_refused(api: Api, value: Any) -> None:
    contact = await factories.contact()
    given = {"contactId": encode("Contact", contact.id), "title": "Offer", "estimatedValue": value}
    refusal = await api.refusal(CREATE, input=given)
    assert refusal["code"] == "VALIDATION_ERROR"
    assert "estimatedValue" in refusal["field"]


async def test_a_source_that_no_row_can_hold_is_refused(api: Api) -> None:
    refusal = await api.refusal(LIST + LEAD, filter={"source": ["fair", "a\0b"]}, first=2)
    assert (refusal["code"], refusal["field"]) == ("VALIDATION_ERROR", "source")


async def test_a_list_of_leads_costs_the_same_however_long_it_is() -> None:
    word, seller = unique("word"), await factories.user(role=Role.SALES)
    figures = list[int]()
    for many in (2, 7):
        for _ in range(many):
            contact = await factories.contact()
            await leads.create(SYSTEM, contact_id=contact.id, title=word, assigned_to_id=seller.id)
        found, statements = await counted(LIST + LEAD, filter={"search": word}, first=50)
        assert found["leads"]["totalCount"] == len(found["leads"]["edges"]) == (2 if many == 2 else 9)
        figures.append(statements)
    assert figures[0] == figures[1]


async def test_leads_are_listed_by_page_and_order(api: Api) -> None:
    word = unique("word")
    for points in (10, 30, 20):
        await leads.create(SYSTEM, contact_id=(await factories.contact()).id, title=word, score=points)
    listed = (
        await api.data(LIST + LEAD, role=Role.VIEWER, filter={"search": word}, orderBy="SCORE", first=2, offset=1)
    )["leads"]
    assert (listed["totalCount"], [edge["node"]["score"] for edge in listed["edges"]]) == (3, [20, 10])


async def test_a_hundred_are_a_page_where_nothing_is_said(api: Api) -> None:
    contact = await factories.contact()
    for number in range(103):
        await leads.create(SYSTEM, contact_id=contact.id, title=f"Lead {number}")
    query = """
    query ($filter: LeadFilter, $first: Int, $offset: Int) {
      leads(filter: $filter, first: $first, offset: $offset) {
        totalCount pageInfo { hasNextPage } edges { node { title } }
      }
    }
    """

    async def titles(**asked: int) -> tuple[list[str], bool]:
        page = (await api.data(query, filter={"contactId": encode("Contact", contact.id)}, **asked))["leads"]
        assert page["totalCount"] == 103
        return [edge["node"]["title"] for edge in page["edges"]], page["pageInfo"]["hasNextPage"]

    newest_first = [f"Lead {number}" for number in reversed(range(103))]
    assert await titles() == (newest_first[:100], True)
    assert await titles(first=2, offset=0) == (newest_first[:2], True)
    assert await titles(first=50, offset=60) == (newest_first[60:], False)
