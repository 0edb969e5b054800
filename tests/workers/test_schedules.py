"""Schedules from the plan to the last receipt, through the API, a worker and WhatsApp's answers."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from db.accounts import Role
from db.schedules import Schedule
from graph.core.ids import decode, encode
from tests import factories
from tests.crowds import crowd
from tests.factories import phone, unique
from tests.plans import events_of
from tests.running import Api, Program, Simulator

STATS = "recipients excluded pending sent delivered read failed unconfirmed cancelled progress"
SCHEDULE = f"""
query ($id: ID!) {{ schedule(id: $id) {{
  status sendAt errorMessage taskId processingStartedAt sentAt processingTime stats {{ {STATS} }}
  messages {{ edges {{ node {{
    status content type purpose sentAt errorCode errorMessage providerErrorCode contact {{ name }}
  }} }} }}
}} }}
"""
CREATE_TEMPLATE = """
mutation ($input: CreateMessageTemplateInput!) { createMessageTemplate(input: $input) { id } }
"""
CREATE = "mutation ($input: CreateScheduleInput!) { createSchedule(input: $input) { id status } }"


@pytest.fixture(autouse=True)
def _running(api: Api, worker: Program, simulator: Simulator) -> None: ...


async def ended(api: Api, id: str, *, seconds: float = 20) -> dict[str, Any]:
    """The schedule once it is done and every receipt is in."""
    end = time.monotonic() + seconds
    while True:
        found = (await api.data(SCHEDULE, id=id))["schedule"]
        reached = found["stats"]["delivered"] + found["stats"]["failed"]
        if found["status"] in ("SENT", "FAILED") and reached == found["stats"]["recipients"]:
            return found
        assert time.monotonic() < end, found
        await asyncio.sleep(0.1)


async def test_the_workflow_of_a_message_from_template_to_status(api: Api, simulator: Simulator) -> None:
    sender = await factories.sender()
    approval = {"language": "en_US", "category": "UTILITY", "senderId": encode("Sender", sender.id)}
    text = {"title": unique("Workflow"), "content": "Hi {{ first_name }}, code {{code}}!"}
    input: dict[str, Any] = {**text, "approval": {**approval, "examples": {"code": "7"}}}
    template = (await api.data(CREATE_TEMPLATE, role=Role.MARKETER, input=input))["createMessageTemplate"]["id"]
    create_group = "mutation ($name: String!) { createGroup(input: { name: $name }) { id } }"
    group = (await api.data(create_group, name=unique("group")))["createGroup"]["id"]
    good, wrong = phone(), phone()
    simulator.configure(not_on_whatsapp=[wrong])
    for name, number in (("Rita", good), ("Nobody", wrong)):
        await api.data(
            "mutation ($input: CreateContactInput!) { createContact(input: $input) { id } }",
            input={"firstName": name, "phoneNumber": number, "groupIds": [group]},
        )
    await asyncio.sleep(0.5)
    input = {
        "templateId": template, "groupId": group, "senderId": encode("Sender", sender.id), "variables": {"code": 42},
        "sendAt": (datetime.now(UTC) + timedelta(seconds=1)).isoformat(),
    }  # fmt: skip
    made = (await api.data(CREATE, role=Role.MARKETER, input=input))["createSchedule"]
    assert made["status"] == "PENDING"
    found = await ended(api, made["id"])
    assert (found["status"], found["errorMessage"]) == ("SENT", None)
    begun = datetime.fromisoformat(found["processingStartedAt"])
    assert timedelta() <= begun - datetime.fromisoformat(found["sendAt"]) < timedelta(seconds=1)
    assert found["processingTime"] > 0
    told = {edge["node"]["contact"]["name"]: edge["node"] for edge in found["messages"]["edges"]}
    assert told["Rita"]["content"] == "Hi Rita, code 42!"
    assert told["Rita"]["status"] in ("DELIVERED", "READ")
    assert (told["Rita"]["type"], told["Rita"]["purpose"]) == ("TEMPLATE", "UTILITY")
    assert told["Rita"]["sentAt"] is not None
    assert (told["Nobody"]["status"], told["Nobody"]["errorCode"], told["Nobody"]["providerErrorCode"]) == (
        "FAILED", "NOT_ON_WHATSAPP", 131026,
    )  # fmt: skip
    assert (found["stats"]["recipients"], found["stats"]["failed"], found["stats"]["progress"]) == (2, 1, 1)
    row = await Schedule.get(id=decode(made["id"], "Schedule"))
    assert await events_of(row) == ["MESSAGE_SCHEDULED", "MESSAGE_PROCESSING", "MESSAGE_COMPLETED"]


async def test_a_placeholder_that_a_contact_cannot_fill_fails_that_message_alone(
    api: Api, simulator: Simulator
) -> None:
    sender, template = await factories.sender(), await factories.template("Dear {{last_name}}, hello")
    named = await factories.contact(last_name="Lima")
    nameless = await factories.contact()
    group = await factories.group(named, nameless)
    before = simulator.get("ledger/summary")
    made = await api.data(CREATE, input={
        "templateId": encode("MessageTemplate", template.id), "groupId": encode("Group", group.id),
        "senderId": encode("Sender", sender.id), "sendAt": datetime.now(UTC).isoformat(),
    })  # fmt: skip
    found = await ended(api, made["createSchedule"]["id"])
    failed = [edge["node"] for edge in found["messages"]["edges"] if edge["node"]["status"] == "FAILED"]
    assert [(node["errorCode"], node["sentAt"]) for node in failed] == [("VALIDATION_ERROR", None)]
    assert "{{last_name}}" in failed[0]["errorMessage"]
    assert (found["status"], found["stats"]["sent"]) == ("SENT", 1)
    assert simulator.get("ledger/summary") != before


async def test_a_schedule_to_those_who_left_has_failed(api: Api) -> None:
    sender, template = await factories.sender(), await factories.template()
    made = await api.data(CREATE, input={
        "templateId": encode("MessageTemplate", template.id),
        "groupId": encode("Group", await crowd(0, opted_out=2)),
        "senderId": encode("Sender", sender.id), "sendAt": datetime.now(UTC).isoformat(),
    })  # fmt: skip
    found = await ended(api, made["createSchedule"]["id"])
    assert (found["status"], found["errorMessage"]) == ("FAILED", "There was no one left to send to.")
    assert (found["stats"]["recipients"], found["stats"]["excluded"]) == (0, 2)
