"""A template at WhatsApp from its submission to the last message, and what WhatsApp decides about it in between."""

import asyncio
import time
from datetime import UTC, datetime
from typing import Any

import pytest

from db.accounts import Role
from db.senders import Sender
from graph.core.ids import encode
from tests import factories
from tests.crowds import crowd
from tests.factories import phone, unique
from tests.running import Api, Program, Simulator

CREATE_TEMPLATE = """
mutation ($input: CreateMessageTemplateInput!) {
  createMessageTemplate(input: $input) { id approval { name status } }
}
"""
TEMPLATE = "query ($id: ID!) { messageTemplate(id: $id) { approval { status category reason } } }"
CREATE = "mutation ($input: CreateScheduleInput!) { createSchedule(input: $input) { id } }"
SEND = "mutation ($input: SendMessageInput!) { sendMessage(input: $input) { id } }"
MESSAGE = """
query ($id: ID!) {
  message(id: $id) { status errorMessage purpose content details { ... on InteractiveDetails { footer } } }
}
"""
SEND_NOW = "mutation ($id: ID!) { sendScheduleNow(id: $id) { status } }"
SCHEDULE = """
query ($id: ID!) { schedule(id: $id) {
  status errorMessage stats { recipients pending sent failed cancelled }
  messages { edges { node { type purpose content details { ... on InteractiveDetails {
    footer header { text } buttons { type title payload url }
  } } } } }
} }
"""


@pytest.fixture(autouse=True)
def _running(api: Api, worker: Program, simulator: Simulator) -> None: ...


async def until(api: Api, document: str, id: str, holds: Any, *, seconds: float = 20) -> dict[str, Any]:
    """What is found once it is as it should be."""
    end = time.monotonic() + seconds
    while True:
        (found,) = (await api.data(document, id=id)).values()
        if holds(found):
            return found
        assert time.monotonic() < end, found
        await asyncio.sleep(0.05)


async def approved(api: Api, sender: Sender, **parts: Any) -> tuple[str, str]:
    """A template that WhatsApp has approved: its id and its name there."""
    approval = {"language": "en_US", "category": "UTILITY", "senderId": encode("Sender", sender.id)}
    input = {"title": unique("Visit"), "content": "Hi {{name}}, see you.", **parts}
    input["approval"] = {**approval, **parts.pop("approval", {})}
    made = (await api.data(CREATE_TEMPLATE, role=Role.MARKETER, input=input))["createMessageTemplate"]
    await until(api, TEMPLATE, made["id"], lambda found: found["approval"]["status"] == "APPROVED")
    return made["id"], made["approval"]["name"]


async def scheduled(api: Api, sender: Sender, template: str, group: int, **given: Any) -> str:
    input = {
        "templateId": template,
        "groupId": encode("Group", group),
        "senderId": encode("Sender", sender.id),
        "sendAt": datetime.now(UTC).isoformat(),
        **given,
    }
    return (await api.data(CREATE, role=Role.MARKETER, input=input))["createSchedule"]["id"]


async def test_a_template_is_created_approved_and_sent_with_all_its_parts(api: Api, simulator: Simulator) -> None:
    sender = await factories.sender()
    template, name = await approved(
        api,
        sender,
        header={"text": "Visit {{visit}}"},
        footer="Clinic",
        buttons=[
            {"type": "REPLY", "title": "Keep", "payload": "keep:{{visit}}"},
            {"type": "URL", "title": "See", "url": "https://ex.example/v/{{visit}}"},
        ],
        approval={"examples": {"visit": "51"}},
    )
    contact = await factories.contact(name="Rita")
    group = await factories.group(contact)
    schedule = await scheduled(api, sender, template, group.id, variables={"visit": 77})
    found = await until(api, SCHEDULE, schedule, lambda found: found["status"] in ("SENT", "FAILED"))
    assert (found["status"], found["errorMessage"]) == ("SENT", None)
    (message,) = [edge["node"] for edge in found["messages"]["edges"]]
    assert message == {
        "type": "TEMPLATE",
        "purpose": "UTILITY",
        "content": "Hi Rita, see you.",
        "details": {
            "footer": "Clinic",
            "header": {"text": "Visit 77"},
            "buttons": [
                {"type": "REPLY", "title": "Keep", "payload": "keep:77", "url": None},
                {"type": "URL", "title": "See", "payload": None, "url": "https://ex.example/v/77"},
            ],
        },
    }
    (taken,) = simulator.get("ledger", template=name)["messages"]
    assert (taken["template"], taken["text"]) == (name, "Hi Rita, see you.")


async def test_a_one_time_code_is_created_approved_and_sent_on_a_phone(api: Api, simulator: Simulator) -> None:
    sender = await factories.sender()
    approval = {"language": "en_US", "category": "AUTHENTICATION", "senderId": encode("Sender", sender.id)}
    approval["oneTimeCode"] = {"expiresInMinutes": 10}
    input = {"title": unique("Sign in"), "approval": approval}
    made = (await api.data(CREATE_TEMPLATE, role=Role.MARKETER, input=input))["createMessageTemplate"]
    await until(api, TEMPLATE, made["id"], lambda found: found["approval"]["status"] == "APPROVED")
    to = {"phoneNumber": phone()}
    message = {"template": {"templateId": made["id"], "variables": {"1": "482913"}}}
    sent = {"to": to, "senderId": approval["senderId"], "message": message}
    id = (await api.data(SEND, role=Role.SALES, input=sent))["sendMessage"]["id"]
    told = ("SENT", "DELIVERED", "READ", "FAILED")
    found = await until(api, MESSAGE, id, lambda found: found["status"] in told)
    assert (found["errorMessage"], found["purpose"]) == (None, "AUTHENTICATION")
    assert found["content"] == "*482913* is your verification code. For your security, do not share this code."
    assert found["details"]["footer"] == "This code expires in 10 minutes."
    (taken,) = simulator.get("ledger", template=made["approval"]["name"])["messages"]
    assert (taken["to"], taken["text"]) == (to["phoneNumber"], found["content"])


async def slowly(api: Api, simulator: Simulator) -> tuple[str, str]:
    """A schedule in its midst, whose messages need seconds: the template's name, and the schedule."""
    sender = await factories.sender()
    template, name = await approved(api, sender)
    simulator.configure(latency=1.5)
    schedule = await scheduled(api, sender, template, await crowd(2000))
    await until(api, SCHEDULE, schedule, lambda found: found["stats"]["sent"] > 0)
    return name, schedule


async def test_a_pause_in_its_midst_holds_a_schedule_and_its_end_lets_it_go(api: Api, simulator: Simulator) -> None:
    try:
        name, schedule = await slowly(api, simulator)
        simulator.post(f"templates/{name}/status", status="PAUSED")
        paused = int(time.time()) + 1
        held = await until(api, SCHEDULE, schedule, lambda found: found["status"] == "HELD")
    finally:
        simulator.configure(latency=0.0)
    assert "PAUSED" in held["errorMessage"]
    assert held["stats"]["pending"] > 0, "it was over before it was paused, so nothing was tried"
    # WhatsApp's times are whole seconds, and of two words of one second the more careful one holds.
    while time.time() < paused + 1:  # noqa: ASYNC110 - nothing tells when
        await asyncio.sleep(0.1)
    simulator.post(f"templates/{name}/status", status="APPROVED")
    done = await until(api, SCHEDULE, schedule, lambda found: found["status"] in ("SENT", "FAILED"), seconds=60)
    assert (done["status"], done["stats"]["sent"], done["stats"]["failed"]) == ("SENT", 2000, 0)
    summary = simulator.get("ledger/summary", template=name)
    assert summary["accepted"] == summary["distinct_recipients"] == 2000, "each went out once"


async def test_a_template_that_becomes_marketing_in_its_midst_waits_for_a_person(
    api: Api, simulator: Simulator
) -> None:
    try:
        name, schedule = await slowly(api, simulator)
        simulator.post(f"templates/{name}/category", category="MARKETING")
        held = await until(api, SCHEDULE, schedule, lambda found: found["status"] == "HELD")
    finally:
        simulator.configure(latency=0.0)
    assert "MARKETING" in held["errorMessage"]
    assert (await api.data(SEND_NOW, id=schedule))["sendScheduleNow"] == {"status": "PROCESSING"}
    done = await until(api, SCHEDULE, schedule, lambda found: found["status"] in ("SENT", "FAILED"), seconds=60)
    assert (done["stats"]["sent"], done["stats"]["failed"]) == (2000, 0)
