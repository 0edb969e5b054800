"""Campaigns over the real API, by a real worker: from the draft to the last receipt."""

import asyncio
import csv
import io
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from db.accounts import Role
from db.campaigns import Campaign, CampaignStatus
from db.core import connect
from db.templates import MessageTemplate, TemplateCategory, TemplateStatus
from domain import templates
from domain.core.access import SYSTEM
from domain.templates.submission import Approval
from graph.core.ids import decode, encode
from tests import factories
from tests.crowds import crowd, members
from tests.domain.campaigns.surroundings import a_campaign, running_one
from tests.domain.conversations.surroundings import ACCOUNT
from tests.drafts import draft, put_into
from tests.factories import unique
from tests.listening import event, socket_of, subscribe
from tests.plans import stopped_sender
from tests.running import Api, Program, Simulator
from tests.statements import counted

STATS = "stats { recipients excluded pending sent delivered read failed unconfirmed cancelled replies progress }"
FIELDS = f"""
id name description type status content variables expiresAt scheduledAt errorMessage startedAt endedAt createdAt
updatedAt quietHours {{ start end }} template {{ id }} media {{ id }} senders {{ id }} groups {{ id }}
createdBy {{ email }} {STATS}
"""
CREATE = f"mutation ($input: CreateCampaignInput!) {{ createCampaign(input: $input) {{ {FIELDS} }} }}"
UPDATE = (
    f"mutation ($id: ID!, $input: UpdateCampaignInput!) {{ updateCampaign(id: $id, input: $input) {{ {FIELDS} }} }}"
)
READ = f"query ($id: ID!) {{ campaign(id: $id) {{ {FIELDS} }} }}"
START = """
mutation ($id: ID!, $at: DateTime, $preflightId: ID) {
  startCampaign(id: $id, at: $at, preflightId: $preflightId) { id status scheduledAt }
}
"""
STEP = "mutation ($id: ID!) {{ {}(id: $id) {{ id status name }} }}"
PREFLIGHT = """
query ($id: ID!) {
  campaignPreflight(id: $id) {
    id audience recipients exclusions { reason count } missingVariables { key count } closedCountries { key count }
    finishesAt pacing problems createdAt
    campaign { id } samples { contact { id } content missingVariables }
  }
}
"""
RECIPIENTS = """
query ($id: ID!, $filter: CampaignRecipientFilter, $first: Int, $after: String) {
  campaign(id: $id) { recipients(filter: $filter, first: $first, after: $after) {
    totalCount csvUrl pageInfo { hasNextPage endCursor }
    edges { node {
      id address outcome exclusion notBefore campaign { id } contact { id name } reply { id }
      message { id status content campaign { id } }
    } }
  } }
}
"""
LIST = """
query ($filter: CampaignFilter, $orderBy: CampaignOrder! = CREATED_AT, $direction: OrderDirection! = DESC) {
  campaigns(filter: $filter, orderBy: $orderBy, direction: $direction) { totalCount edges { node { id name } } }
}
"""
EVENTS = f"""
subscription ($campaignId: ID!, $after: String) {{
  campaignEvents(filter: {{ campaignId: $campaignId }}, after: $after) {{
    cursor type status {STATS} campaign {{ id }} subject {{ id }}
  }}
}}
"""


async def given(**more: Any) -> dict[str, Any]:
    return {
        "content": "Hello {{name}}",
        "senderIds": [encode("Sender", await stopped_sender())],
        "audience": {"groupIds": [encode("Group", await crowd(2))]},
        **more,
    }


async def create(api: Api, **more: Any) -> dict[str, Any]:
    return (await api.data(CREATE, role=Role.MARKETER, input=await given(**more)))["createCampaign"]


async def recipients(api: Api, id: str, **variables: Any) -> dict[str, Any]:
    found = await api.data(RECIPIENTS, id=id, **variables)
    return found["campaign"]["recipients"]


def outcomes(page: dict[str, Any]) -> list[str]:
    return [edge["node"]["outcome"] for edge in page["edges"]]


# ---------------------------------------------------------------------------
# Drafts
# ---------------------------------------------------------------------------


async def test_a_draft_shows_what_was_given(api: Api) -> None:
    earlier = await create(api)
    input = await given(
        name="Spring", description="About spring", variables={"code": "7"}, expiresAt="2031-05-01T10:00:00+02:00",
        quietHours={"start": "21:00", "end": "08:00"},
    )  # fmt: skip
    input["audience"] |= {
        "phoneNumbers": [factories.phone()],
        "outcome": {"campaignId": earlier["id"], "outcome": ["SENT", "DELIVERED"]},
    }
    made = (await api.data(CREATE, role=Role.MARKETER, input=input))["createCampaign"]
    assert (made["name"], made["description"], made["type"], made["status"]) == (
        "Spring", "About spring", "BROADCAST", "DRAFT",
    )  # fmt: skip
    assert (made["content"], made["template"], made["variables"]) == ("Hello {{name}}", None, {"code": "7"})
    assert (made["quietHours"], made["expiresAt"]) == ({"start": "21:00", "end": "08:00"}, "2031-05-01T08:00:00Z")
    assert [[each["id"] for each in made[name]] for name in ("senders", "groups")] == [
        input["senderIds"], input["audience"]["groupIds"],
    ]  # fmt: skip
    assert made["createdBy"]["email"].endswith("@example.com")
    assert made["stats"] == dict.fromkeys(made["stats"], 0)
    assert (await api.data(READ, role=Role.VIEWER, id=made["id"]))["campaign"] == made
    assert (await api.data("query ($id: ID!) { node(id: $id) { id } }", id=made["id"]))["node"] == {"id": made["id"]}
    assert (await recipients(api, made["id"]))["totalCount"] == 0


async def test_a_draft_changes_is_copied_and_deleted(api: Api) -> None:
    made, template = await create(api, name="Spring"), await factories.template("From a template")
    changes = {"templateId": encode("MessageTemplate", template.id), "quietHours": None, "name": "Summer"}
    changed = (await api.data(UPDATE, id=made["id"], input=changes))["updateCampaign"]
    assert (changed["name"], changed["content"], changed["template"]) == (
        "Summer", "From a template", {"id": changes["templateId"]},
    )  # fmt: skip
    copy = (await api.data(STEP.format("duplicateCampaign"), id=made["id"]))["duplicateCampaign"]
    assert (copy["name"], copy["status"]) == ("Copy of Summer", "DRAFT")
    assert (await api.data("mutation ($id: ID!) { deleteCampaign(id: $id) }", id=made["id"]))["deleteCampaign"]
    assert (await api.refusal(READ, id=made["id"]))["code"] == "NOT_FOUND"


@pytest.mark.parametrize(
    ("change", "field", "reason"),
    [
        ({"templateId": encode("Group", 1)}, "templateId", "wrong_type"),
        ({"senderIds": ["nonsense"]}, "senderIds", "invalid_id"),
        ({"audience": {"groupIds": [encode("Contact", 1)]}}, "audience.groupIds", "wrong_type"),
        ({"audience": {"contactIds": ["nonsense"]}}, "audience.contactIds", "invalid_id"),
        (
            {"audience": {"outcome": {"campaignId": encode("Group", 1), "outcome": ["SENT"]}}},
            "audience.outcome.campaignId",
            "wrong_type",
        ),
        ({"content": None}, "content", "required"),
        ({"variables": {"a": {}}}, "variables", "invalid_value"),
        ({"expiresAt": "2020-01-01T00:00:00Z"}, "expiresAt", "past"),
        ({"quietHours": {"start": "08:00", "end": "08:00"}}, "quietHours.end", "same"),
    ],
)
async def test_bad_input_names_its_field(api: Api, change: dict[str, Any], field: str, reason: str) -> None:
    before = await Campaign.all().count()
    refusal = await api.refusal(CREATE, input=await given(**change))
    assert (refusal["code"], refusal["field"], refusal["details"]["reason"]) == ("VALIDATION_ERROR", field, reason)
    assert await Campaign.all().count() == before


@pytest.mark.parametrize("hour", ["24:00", "8:00", "08:00:00", "", "now"])
async def test_a_time_of_day_has_hours_and_minutes(api: Api, hour: str) -> None:
    refusal = await api.refusal(CREATE, input=await given(quietHours={"start": hour, "end": "08:00"}))
    assert refusal["code"] == "VALIDATION_ERROR"


async def test_campaigns_are_found_by_what_they_are(api: Api) -> None:
    word = unique("spring")
    sender = await stopped_sender()
    one = await draft(name=f"{word} b", sender_ids=[sender])
    other = await draft(name=f"{word} a", description="x")
    third = await draft(name="elsewhere", description=f"about {word}")
    await put_into(other, CampaignStatus.COMPLETED)
    await Campaign.filter(id=other.id).update(started_at=datetime.now(UTC))

    async def found(**asked: Any) -> list[int]:
        order = {"orderBy": asked.pop("orderBy", "CREATED_AT"), "direction": asked.pop("direction", "ASC")}
        listed = (await api.data(LIST, role=Role.VIEWER, filter={"search": word, **asked}, **order))["campaigns"]
        assert listed["totalCount"] == len(listed["edges"])
        return [decode(edge["node"]["id"], "Campaign") for edge in listed["edges"]]

    assert await found() == [one.id, other.id, third.id]
    assert await found(orderBy="NAME") == [third.id, other.id, one.id]
    assert (await found(orderBy="STARTED_AT", direction="DESC"))[0] == other.id
    assert await found(status=["COMPLETED"]) == [other.id]
    assert await found(senderId=encode("Sender", sender)) == [one.id]
    assert await found(type=["BROADCAST"]) == [one.id, other.id, third.id]
    assert await found(createdAt={"end": one.created_at.isoformat()}) == []


# ---------------------------------------------------------------------------
# The whole way
# ---------------------------------------------------------------------------


async def lines_of(api: Api, url: str) -> list[dict[str, str]]:
    content = (await api.http.get(url)).content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(content)))


async def approved(sender_id: int) -> MessageTemplate:
    """A template that WhatsApp has reviewed."""
    approval = Approval("en_US", TemplateCategory.MARKETING, sender_id=sender_id)
    made = await templates.create(SYSTEM, title=unique("t"), content="Hello {{first_name}}.", approval=approval)
    end = time.monotonic() + 20
    while time.monotonic() < end:
        template = await MessageTemplate.get(id=made.id)
        if template.approval_status is TemplateStatus.APPROVED:
            return template
        await asyncio.sleep(0.05)
    raise AssertionError(f"It is still {made.approval_status}.")


async def test_from_preflight_to_results(api: Api, worker: Program, simulator: Simulator) -> None:
    sender = await factories.sender(business_account_id=ACCOUNT)
    template = await approved(sender.id)
    group = await crowd(4, opted_out=1, without_phone=1)
    one, *_ = await members(group)
    await connect.execute("UPDATE contact SET first_name = NULL, name = '=1+1' WHERE id = $1", one)
    made = await create(
        api,
        content=None,
        templateId=encode("MessageTemplate", template.id),
        senderIds=[encode("Sender", sender.id)],
        audience={"groupIds": [encode("Group", group)]},
    )
    id = made["id"]
    look = (await api.data(PREFLIGHT, role=Role.MARKETER, id=id))["campaignPreflight"]
    assert (look["audience"], look["recipients"], look["problems"]) == (6, 4, [])
    assert sorted((each["reason"], each["count"]) for each in look["exclusions"]) == [
        ("NO_PHONE_NUMBER", 1), ("OPTED_OUT", 1),
    ]  # fmt: skip
    assert look["missingVariables"] == [{"key": "first_name", "count": 1}]
    assert look["closedCountries"] == []
    assert [each["content"] for each in look["samples"]][1:] == ["Hello P2.", "Hello P3.", "Hello P4."]
    refusal = await api.refusal(START, id=id, preflightId="older")
    assert (refusal["code"], refusal["details"]["preflightId"]) == ("PREFLIGHT_OUTDATED", look["id"])
    now = (await api.data("{ events(last: 1) { pageInfo { endCursor } } }"))["events"]["pageInfo"]["endCursor"]
    async with socket_of(api, api.tokens[Role.VIEWER]) as socket:
        await subscribe(socket, EVENTS, campaignId=id, after=now)
        started = (await api.data(START, role=Role.MARKETER, id=id, preflightId=look["id"]))["startCampaign"]
        assert started["status"] == "RUNNING"
        told = [await event(socket)]
        while told[-1]["status"] != "COMPLETED":
            told.append(await event(socket, 30))
    assert (told[0]["type"], told[0]["status"], told[0]["campaign"]) == (
        "CAMPAIGN_STATUS_CHANGED", "RUNNING", {"id": id},
    )  # fmt: skip
    done = (await api.data(READ, id=id))["campaign"]
    assert {name: done["stats"][name] for name in ("recipients", "excluded", "pending", "sent", "failed")} == {
        "recipients": 4, "excluded": 2, "pending": 0, "sent": 3, "failed": 1,
    }  # fmt: skip
    everyone = await recipients(api, id)
    assert (everyone["totalCount"], len(everyone["edges"])) == (6, 6)
    excluded = await recipients(api, id, filter={"outcome": ["EXCLUDED"]})
    assert [edge["node"]["message"] for edge in excluded["edges"]] == [None, None]
    failed = await recipients(api, id, filter={"outcome": ["FAILED"], "search": "=1+"})
    [lost] = [edge["node"] for edge in failed["edges"]]
    assert (lost["contact"]["id"], lost["message"]["campaign"]) == (encode("Contact", one), {"id": id})
    of_campaign = "query ($id: ID!) { messages(filter: { campaignId: $id }) { totalCount } }"
    assert (await api.data(of_campaign, id=id))["messages"]["totalCount"] == 4
    node = await api.data("query ($id: ID!) { node(id: $id) { id } }", id=lost["id"])
    assert node["node"] == {"id": lost["id"]}
    lines = await lines_of(api, everyone["csvUrl"])
    assert len(lines) == 6
    assert {line["exclusion"] for line in lines} == {"", "OPTED_OUT", "NO_PHONE_NUMBER"}
    assert {line["name"] for line in lines if line["outcome"] == "FAILED"} == {"'=1+1"}
    assert all(line["sent_at"] and line["sender"] == sender.phone_number for line in lines if line["outcome"] == "READ")
    assert len(await lines_of(api, failed["csvUrl"])) == 1
    again = await api.refusal(START, id=id)
    assert (again["code"], again["details"]["status"]) == ("INVALID_STATE", "COMPLETED")


async def test_the_unread_once_more(api: Api) -> None:
    earlier = await running_one()
    one, two, three = [row["id"] for row in await connect.rows(
        "SELECT id FROM message WHERE campaign_id = $1 ORDER BY id", earlier.id)]  # fmt: skip
    for id, state in ((one, "DELIVERED"), (two, "READ"), (three, "FAILED")):
        await connect.execute("UPDATE message SET state = $2, due_at = NULL WHERE id = $1", id, state)
    for outcome, count in ((["SENT", "DELIVERED"], 1), (["FAILED"], 1), (["REPLIED"], 0), (["READ", "FAILED"], 2)):
        asked = {"outcome": {"campaignId": encode("Campaign", earlier.id), "outcome": outcome}}
        made = await create(api, audience=asked)
        look = (await api.data(PREFLIGHT, id=made["id"]))["campaignPreflight"]
        assert look["audience"] == count, outcome


async def test_each_step_is_a_mutation(api: Api) -> None:
    made = encode("Campaign", (await a_campaign()).id)
    at = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    assert (await api.data(START, id=made, at=at))["startCampaign"]["status"] == "SCHEDULED"
    assert (await api.data(START, id=made))["startCampaign"]["status"] == "RUNNING"
    for step, status in (("pause", "PAUSED"), ("resume", "RUNNING"), ("pause", "PAUSED"), ("stop", "STOPPED")):
        name = f"{step}Campaign"
        assert (await api.data(STEP.format(name), id=made))[name]["status"] == status
    refusal = await api.refusal(STEP.format("completeCampaign"), id=made)
    assert (refusal["code"], refusal["field"]) == ("INVALID_STATE", "id")


async def test_figures_are_put_right(api: Api) -> None:
    made = await create(api)
    put = """
    mutation ($id: ID!, $input: CampaignStatsInput!) {
      updateCampaignStats(id: $id, input: $input) { stats { recipients sent delivered } }
    }
    """
    found = (await api.data(put, id=made["id"], input={"sent": 10, "delivered": 5}))["updateCampaignStats"]["stats"]
    assert (found["recipients"], found["sent"], found["delivered"]) == (10, 10, 5)
    refusal = await api.refusal(put, id=made["id"], input={"read": -1})
    assert (refusal["code"], refusal["field"]) == ("VALIDATION_ERROR", "read")


# ---------------------------------------------------------------------------
# Lists, and at what price
# ---------------------------------------------------------------------------


async def test_lists_take_as_many_statements_whatever_their_length() -> None:
    document = """
    query ($search: String!, $first: Int) { campaigns(filter: { search: $search }, first: $first) { edges { node {
      id content stats { sent } senders { id } groups { id } template { id } media { id } createdBy { id }
      recipients(first: 5, filter: { outcome: [PENDING, EXCLUDED] }) { totalCount edges { node {
        outcome notBefore contact { id } message { id status } reply { id } campaign { id }
      } } }
    } } } }
    """
    word, taken = unique("list"), list[int]()
    for people in (1, 3, 6):
        campaign = await running_one(group=await crowd(people, without_phone=people))
        await Campaign.filter(id=campaign.id).update(name=word)
    for first in (1, 3):
        data, statements = await counted(document, search=word, first=first)
        assert len(data["campaigns"]["edges"]) == first
        taken.append(statements)
    assert taken[0] == taken[1]


async def test_recipients_come_page_by_page_and_filtered(api: Api) -> None:
    campaign = await running_one(group=await crowd(5, without_phone=2))
    id, after, seen = encode("Campaign", campaign.id), None, list[str]()
    while True:
        page = await recipients(api, id, first=3, after=after)
        seen += outcomes(page)
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert seen == ["PENDING"] * 5 + ["EXCLUDED"] * 2
    for asked, count in (
        ({"outcome": ["PENDING"]}, 5),
        ({"outcome": ["EXCLUDED"]}, 2),
        ({"outcome": ["READ"]}, 0),
        ({"outcome": ["PENDING", "EXCLUDED"]}, 7),
        ({"exclusion": ["NO_PHONE_NUMBER"]}, 2),
        ({"exclusion": ["OPTED_OUT"]}, 0),
        ({"search": "person 3"}, 1),
        ({"search": "+5511"}, 5),
    ):
        page = await recipients(api, id, filter=asked)
        assert (page["totalCount"], len(page["edges"])) == (count, count), asked


async def test_whoever_may_not_take_recipients_along_gets_no_link(api: Api) -> None:
    id = encode("Campaign", (await running_one()).id)
    answer = await api.gql(RECIPIENTS, {"id": id}, role=Role.VIEWER)
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["AUTHORIZATION_ERROR"]
    [page] = [answer["data"]["campaign"]["recipients"]]
    assert (page["csvUrl"], page["totalCount"]) == (None, 3)
