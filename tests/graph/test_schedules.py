"""Schedules over the real API."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from db.accounts import Role
from db.core import connect
from db.schedules import Schedule, ScheduleStatus, run
from domain import schedules, senders, templates
from domain.core.access import SYSTEM
from graph.core.ids import decode, encode
from tests import factories
from tests.crowds import crowd, members
from tests.factories import unique
from tests.plans import stopped_sender
from tests.running import Api
from tests.statements import counted

STATS = """
stats {
  recipients excluded pending sent delivered read failed unconfirmed cancelled replies
  progress deliveryRate readRate replyRate
}
"""
FIELDS = f"""
id status sendAt variables taskId errorMessage createdAt processingStartedAt sentAt processingTime cancelledAt
archivedAt template {{ id title content }} group {{ id name contactCount }} sender {{ id }}
createdBy {{ email }} cancelledBy {{ email }} {STATS}
"""
CREATE = f"mutation ($input: CreateScheduleInput!) {{ createSchedule(input: $input) {{ {FIELDS} }} }}"
READ = f"query ($id: ID!) {{ schedule(id: $id) {{ {FIELDS} }} }}"
CANCEL = f"mutation ($id: ID!) {{ cancelSchedule(id: $id) {{ {FIELDS} }} }}"
SEND_NOW = f"mutation ($id: ID!) {{ sendScheduleNow(id: $id) {{ {FIELDS} }} }}"
ARCHIVE = f"mutation ($id: ID!) {{ archiveSchedule(id: $id) {{ {FIELDS} }} }}"
DELETE = "mutation ($id: ID!) { deleteSchedule(id: $id) }"
LIST = """
query (
  $filter: ScheduleFilter, $orderBy: ScheduleOrder! = CREATED_AT, $direction: OrderDirection! = DESC, $first: Int,
  $after: String
) {
  schedules(filter: $filter, orderBy: $orderBy, direction: $direction, first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor } edges { node { id } }
  }
}
"""
MESSAGES = """
query ($id: ID!, $first: Int, $after: String) {
  schedule(id: $id) { messages(first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor }
    edges { node { status sentAt contact { id name phoneNumber } schedule { id } template { id } sender { id } } }
  } }
}
"""


def in_an_hour(**more: int) -> str:
    return (datetime.now(UTC) + timedelta(hours=1, **more)).isoformat()


async def given(**more: Any) -> dict[str, Any]:
    """A good input, on a group of two."""
    return {
        "templateId": encode("MessageTemplate", (await factories.template()).id),
        "groupId": encode("Group", await crowd(2)),
        "senderId": encode("Sender", await stopped_sender()),
        "sendAt": in_an_hour(),
        **more,
    }


async def create(api: Api, *, role: Role = Role.MARKETER, **more: Any) -> dict[str, Any]:
    return (await api.data(CREATE, role=role, input=await given(**more)))["createSchedule"]


async def into(schedule: dict[str, Any], status: ScheduleStatus) -> None:
    """Puts a schedule into a status, without the way there."""
    await Schedule.filter(id=decode(schedule["id"], "Schedule")).update(outcome=status)


async def test_a_schedule_shows_what_was_planned(api: Api) -> None:
    input = await given(sendAt="2031-05-01T10:00:00+02:00", variables={"code": "7", "n": 1})
    made = (await api.data(CREATE, role=Role.MARKETER, input=input))["createSchedule"]
    assert (made["status"], made["sendAt"], made["variables"]) == (
        "PENDING", "2031-05-01T08:00:00Z", {"code": "7", "n": 1},
    )  # fmt: skip
    assert (made["template"]["id"], made["sender"]["id"]) == (input["templateId"], input["senderId"])
    assert (made["group"]["id"], made["group"]["contactCount"]) == (input["groupId"], 2)
    assert made["createdBy"]["email"].endswith("@example.com")
    for field in ("taskId", "errorMessage", "processingStartedAt", "sentAt", "processingTime", "cancelledAt"):
        assert made[field] is None
    assert made["stats"] == {
        "recipients": 2, "excluded": 0, "pending": 2, "sent": 0, "delivered": 0, "read": 0, "failed": 0,
        "unconfirmed": 0, "cancelled": 0, "replies": 0, "progress": 0, "deliveryRate": 0, "readRate": 0, "replyRate": 0,
    }  # fmt: skip
    assert (await api.data(READ, role=Role.VIEWER, id=made["id"]))["schedule"] == made
    assert (await api.data("query ($id: ID!) { node(id: $id) { id } }", id=made["id"]))["node"] == {"id": made["id"]}


@pytest.mark.parametrize(
    ("change", "code", "field", "reason"),
    [
        ({"templateId": "nonsense"}, "VALIDATION_ERROR", "templateId", "invalid_id"),
        ({"templateId": encode("Group", 1)}, "VALIDATION_ERROR", "templateId", "wrong_type"),
        ({"templateId": encode("MessageTemplate", 2**40)}, "NOT_FOUND", "templateId", None),
        ({"groupId": encode("Group", 2**40)}, "NOT_FOUND", "groupId", None),
        ({"senderId": encode("Sender", 2**40)}, "NOT_FOUND", "senderId", None),
        ({"sendAt": "2020-01-01T00:00:00Z"}, "VALIDATION_ERROR", "sendAt", "past"),
        ({"variables": {"a": {}}}, "VALIDATION_ERROR", "variables", "invalid_value"),
        ({"variables": "x"}, "VALIDATION_ERROR", "variables", "not_an_object"),
    ],
)
async def test_bad_input_names_its_field(
    api: Api, change: dict[str, Any], code: str, field: str, reason: str | None
) -> None:
    before = await Schedule.all().count()
    refusal = await api.refusal(CREATE, input=await given(**change))
    assert (refusal["code"], refusal["field"]) == (code, field)
    assert (refusal["details"] or {}).get("reason") == reason
    assert await Schedule.all().count() == before


async def test_each_id_at_fault_is_an_error_of_its_own(api: Api) -> None:
    wrong = {"templateId": encode("Group", 1), "groupId": "nonsense", "senderId": encode("Sender", 1)}
    answers = [
        await api.gql(CREATE, {"input": await given(**wrong)}, role=Role.ADMIN),
        await api.gql(LIST, {"filter": wrong}, role=Role.ADMIN),
    ]
    for answer in answers:
        told = [error["extensions"] for error in answer["errors"]]
        assert [(one["field"], one["details"]["reason"]) for one in told] == [
            ("templateId", "wrong_type"), ("groupId", "invalid_id"),
        ]  # fmt: skip


async def test_a_time_without_a_zone_is_refused(api: Api) -> None:
    refusal = await api.refusal(CREATE, input=await given(sendAt="2031-05-01T10:00:00"))
    assert refusal["code"] == "VALIDATION_ERROR"
    assert "offset" in refusal["message"]


async def test_an_empty_group_is_refused(api: Api) -> None:
    refusal = await api.refusal(CREATE, input=await given(groupId=encode("Group", await crowd(0))))
    assert (refusal["code"], refusal["field"], refusal["details"]["reason"]) == (
        "VALIDATION_ERROR", "groupId", "empty_group",
    )  # fmt: skip


async def test_of_two_equal_schedules_at_once_one_is_a_conflict(api: Api) -> None:
    input = await given()
    answers = await asyncio.gather(*(api.gql(CREATE, {"input": input}, role=Role.ADMIN) for _ in range(4)))
    errors = [answer["errors"][0]["extensions"] for answer in answers if "errors" in answer]
    assert [(error["code"], error["field"]) for error in errors] == [("SCHEDULING_CONFLICT", "sendAt")] * 3
    other_time = {**input, "sendAt": in_an_hour(minutes=1)}
    assert (await api.data(CREATE, input=other_time))["createSchedule"]["status"] == "PENDING"


async def test_cancelling_is_signed_and_happens_once(api: Api) -> None:
    made = await create(api)
    cancelled = (await api.data(CANCEL, role=Role.MARKETER, id=made["id"]))["cancelSchedule"]
    assert (cancelled["status"], cancelled["cancelledBy"]) == ("CANCELLED", made["createdBy"])
    assert cancelled["cancelledAt"] is not None
    assert (cancelled["stats"]["cancelled"], cancelled["stats"]["pending"]) == (2, 0)
    for document in (CANCEL, SEND_NOW):
        refusal = await api.refusal(document, id=made["id"])
        assert (refusal["code"], refusal["details"]["status"]) == ("INVALID_STATE", "CANCELLED")
    again = (await api.data(READ, id=made["id"]))["schedule"]
    assert again["cancelledAt"] == cancelled["cancelledAt"]


async def test_sending_now_starts_a_run_of_its_own(api: Api) -> None:
    made = await create(api)
    begun = (await api.data(SEND_NOW, role=Role.MARKETER, id=made["id"]))["sendScheduleNow"]
    assert begun["status"] == "PROCESSING"
    assert len(begun["taskId"]) == 36
    assert begun["processingStartedAt"] is not None
    assert begun["sendAt"] == made["sendAt"]
    for document in (SEND_NOW, CANCEL, ARCHIVE, DELETE):
        assert (await api.refusal(document, id=made["id"]))["code"] == "INVALID_STATE"
    await schedules.fan_out(decode(made["id"], "Schedule"))
    found = (await api.data(MESSAGES, id=made["id"], first=1))["schedule"]["messages"]
    assert (found["totalCount"], found["pageInfo"]["hasNextPage"]) == (2, True)
    (edge,) = found["edges"]
    people = await members(decode(made["group"]["id"], "Group"))
    assert edge["node"]["contact"]["id"] == encode("Contact", people[-1])
    assert edge["node"]["contact"]["phoneNumber"].startswith("+5511")
    assert (edge["node"]["status"], edge["node"]["sentAt"]) == ("QUEUED", None)
    assert edge["node"]["schedule"]["id"] == made["id"]
    assert (edge["node"]["template"]["id"], edge["node"]["sender"]["id"]) == (
        made["template"]["id"],
        made["sender"]["id"],
    )
    rest = await api.data(MESSAGES, id=made["id"], first=5, after=found["pageInfo"]["endCursor"])
    assert [edge["node"]["contact"]["id"] for edge in rest["schedule"]["messages"]["edges"]] == [
        encode("Contact", people[0])
    ]


async def test_a_finished_schedule_is_put_away_and_found_only_when_asked_for(api: Api) -> None:
    made = await create(api)
    await into(made, ScheduleStatus.SENT)
    archived = (await api.data(ARCHIVE, role=Role.MARKETER, id=made["id"]))["archiveSchedule"]
    assert archived["status"] == "ARCHIVED"
    assert archived["archivedAt"] is not None
    of_template = {"templateId": made["template"]["id"]}
    assert (await api.data(LIST, filter=of_template))["schedules"]["totalCount"] == 0
    for status in (["ARCHIVED"], ["PENDING", "ARCHIVED"]):
        found = (await api.data(LIST, filter={**of_template, "status": status}))["schedules"]
        assert [edge["node"]["id"] for edge in found["edges"]] == [made["id"]]
    assert (await api.refusal(DELETE, id=made["id"]))["code"] == "INVALID_STATE"
    counts = await api.data(
        "query ($id: ID!) { messageTemplate(id: $id) { scheduledCount sentCount } }", id=made["template"]["id"]
    )
    assert counts["messageTemplate"] == {"scheduledCount": 0, "sentCount": 1}


async def test_a_failed_schedule_can_be_deleted(api: Api) -> None:
    made = await create(api)
    assert (await api.refusal(DELETE, id=made["id"]))["code"] == "INVALID_STATE"
    await into(made, ScheduleStatus.FAILED)
    assert (await api.data(DELETE, role=Role.MARKETER, id=made["id"]))["deleteSchedule"] == made["id"]
    assert (await api.refusal(READ, id=made["id"]))["code"] == "NOT_FOUND"
    assert (await api.refusal(DELETE, id=made["id"]))["code"] == "NOT_FOUND"


async def test_past_schedules_keep_naming_what_was_deleted(api: Api) -> None:
    made = await create(api)
    await into(made, ScheduleStatus.FAILED)
    await templates.delete(SYSTEM, decode(made["template"]["id"], "MessageTemplate"))
    await senders.delete(SYSTEM, decode(made["sender"]["id"], "Sender"))
    group = decode(made["group"]["id"], "Group")
    await connect.execute("UPDATE contact_group SET deleted_at = now() WHERE id = $1", group)
    shown = (await api.data(READ, id=made["id"]))["schedule"]
    for name in ("template", "group", "sender"):
        assert shown[name]["id"] == made[name]["id"]


async def test_schedules_are_filtered_and_sorted(api: Api) -> None:
    template = encode("MessageTemplate", (await factories.template()).id)
    group = encode("Group", await crowd(1))
    days = ["2031-01-02T00:00:00Z", "2031-01-01T00:00:00Z", "2031-01-03T00:00:00Z"]
    made = [(await create(api, templateId=template, groupId=group, sendAt=day))["id"] for day in days]

    async def found(filter: dict[str, Any], **more: Any) -> list[str]:
        answer = (await api.data(LIST, filter={"templateId": template, **filter}, **more))["schedules"]
        assert answer["totalCount"] == len(answer["edges"])
        return [edge["node"]["id"] for edge in answer["edges"]]

    assert await found({}) == made[::-1]
    assert await found({}, orderBy="SEND_AT", direction="ASC") == [made[1], made[0], made[2]]
    assert await found({"sendAt": {"start": days[0], "end": days[2]}}) == [made[0]]
    assert await found({"sendAt": {"end": days[0]}}) == [made[1]]
    assert await found({"groupId": group, "status": "PENDING"}) == made[::-1]
    assert await found({"groupId": encode("Group", await crowd(1))}) == []
    page = (await api.data(LIST, filter={"templateId": template}, first=2))["schedules"]
    assert page["pageInfo"]["hasNextPage"]
    rest = (await api.data(LIST, filter={"templateId": template}, after=page["pageInfo"]["endCursor"]))["schedules"]
    assert [edge["node"]["id"] for edge in rest["edges"]] == [made[0]]
    foreign = await api.refusal(LIST, orderBy="SEND_AT", after=page["pageInfo"]["endCursor"])
    assert (foreign["code"], foreign["field"]) == ("VALIDATION_ERROR", "after")
    refusal = await api.refusal(LIST, filter={"senderId": template})
    assert (refusal["field"], refusal["details"]["reason"]) == ("senderId", "wrong_type")


@pytest.mark.parametrize("role", [None, *Role])
async def test_who_may_change_schedules(api: Api, role: Role | None) -> None:
    input = await given()
    made, failed = await create(api), await create(api)
    await into(failed, ScheduleStatus.FAILED)
    may = role in (Role.ADMIN, Role.MARKETER)
    attempts = [(CREATE, {"input": input}), (CANCEL, {"id": made["id"]}), (SEND_NOW, {"id": made["id"]})]
    attempts += [(ARCHIVE, {"id": made["id"]}), (DELETE, {"id": failed["id"]})]
    for document, variables in attempts:
        answer = await api.gql(document, variables, role=role)
        code = answer["errors"][0]["extensions"]["code"] if "errors" in answer else None
        refused = "AUTHORIZATION_ERROR" if role else "AUTHENTICATION_ERROR"
        assert code == (refused if not may else "INVALID_STATE" if document == SEND_NOW else None)
    kept = await Schedule.get(id=decode(made["id"], "Schedule"))
    assert kept.status is (ScheduleStatus.ARCHIVED if may else ScheduleStatus.PENDING)
    template = decode(input["templateId"], "MessageTemplate")
    assert await Schedule.filter(template_id=template).exists() == may


async def test_a_list_of_schedules_costs_the_same_whatever_its_length() -> None:
    template = await factories.template()
    user = await factories.user()
    for n in range(5):
        schedule = await schedules.create(
            SYSTEM,
            template_id=template.id,
            group_id=await crowd(3),
            sender_id=await stopped_sender(),
            send_at=datetime.now(UTC) + timedelta(hours=1, minutes=n),
        )
        await Schedule.filter(id=schedule.id).update(created_by_id=user.id)
        if n % 2:
            await run.begin([schedule.id])
            await schedules.fan_out(schedule.id)
    query = f"""query ($filter: ScheduleFilter, $first: Int) {{
      schedules(filter: $filter, first: $first) {{ edges {{ node {{
        id {STATS} template {{ id variables }} group {{ id name }} sender {{ id }} createdBy {{ id }}
        messages(first: 2) {{ edges {{ node {{ id contact {{ id name }} sender {{ id }} schedule {{ id }} }} }} }}
      }} }} }}
    }}"""
    counts: list[int] = []
    for first in (2, 5):
        variables = {"filter": {"templateId": encode("MessageTemplate", template.id)}, "first": first}
        data, count = await counted(query, **variables)
        edges = data["schedules"]["edges"]
        assert len(edges) == first
        assert sum(len(edge["node"]["messages"]["edges"]) for edge in edges) == first // 2 * 2
        counts.append(count)
    assert counts[0] == counts[1] <= 11


async def test_a_hundred_variables_of_a_thousand_characters_pass_through(api: Api) -> None:
    variables = {f"v{n}": "x" * 1000 for n in range(100)}
    made = await create(api, variables=variables)
    assert made["variables"] == variables
    too_many = await api.refusal(CREATE, input=await given(variables={**variables, unique("v").replace("-", "_"): 1}))
    assert too_many["details"]["reason"] == "too_many"
