"""Events in the schema: what they say of their moment, what they show, and what that costs."""

import asyncio
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from db.accounts import Role
from db.contacts import Contact
from db.core import connect
from db.core.transaction import transaction
from db.events import EventType, record
from db.messages import Message, MessageAuthor, MessageDirection, MessageState, MessageType
from db.templates import TemplateCategory
from domain.core.access import SYSTEM
from graph.core import ids, live
from graph.core.context import Context
from graph.schema import schema
from tests import factories
from tests.listening import CURSORS, event, now, of, socket_of, subscribe
from tests.running import Api, Program, Simulator
from tests.statements import counted, statements

MESSAGE_EVENTS = """
subscription ($after: String, $filter: EventFilter) {
  messageEvents(after: $after, filter: $filter) {
    type occurredAt error message { id status contact { name } } stats { recipients sent progress }
    subject { __typename id } actor { email }
  }
}
"""


async def message_to(contact: Contact, sender_id: int, **given: Any) -> Message:
    return await Message.create(
        sender_id=sender_id,
        contact_id=contact.id,
        direction=MessageDirection.OUTBOUND,
        author=MessageAuthor.SYSTEM,
        type=MessageType.TEXT,
        purpose=TemplateCategory.MARKETING,
        state=MessageState.SENT,
        **given,
    )


async def test_filters_refuse_what_is_no_id(api: Api) -> None:
    query = "query ($filter: EventFilter) { events(filter: $filter) { edges { cursor } } }"
    for name in ("scheduleId", "contactId", "senderId", "subjectId"):
        refused = await api.refusal(query, filter={name: "nonsense"})
        assert (refused["code"], refused["field"]) == ("VALIDATION_ERROR", name)
    refused = await api.refusal(query, filter={"scheduleId": ids.encode("Contact", 1)})
    assert refused["details"]["reason"] == "wrong_type"


async def test_nobody_hears_anything_without_credentials(api: Api) -> None:
    assert (await api.refusal("{ events { edges { cursor } } }", role=None))["code"] == "AUTHENTICATION_ERROR"


async def test_events_say_what_was_and_show_what_is(api: Api) -> None:
    contact, sender, start = await factories.contact(name="Ana"), await factories.sender(), await now()
    message = await message_to(contact, sender.id)
    refs = {"sender_id": sender.id, "contact_id": contact.id}
    stats = dict.fromkeys(
        (
            "recipients",
            "excluded",
            "pending",
            "sent",
            "delivered",
            "read",
            "failed",
            "unconfirmed",
            "cancelled",
            "replies",
        ),
        0,
    )
    async with transaction():
        record(EventType.MESSAGE_SENT, "Message", message.id, message_id=message.id, **refs)
        record(EventType.CONTACT_UPDATED, "Contact", contact.id, **refs)
        record(
            EventType.MESSAGE_FAILED, "Message", message.id, message_id=message.id, data={"error": "Too late."}, **refs
        )
        done = {"stats": {**stats, "recipients": 4, "sent": 3, "pending": 1}}
        record(EventType.MESSAGE_COMPLETED, "Message", message.id, data=done, **refs)
    await connect.execute("UPDATE contact SET name = 'Ana Maria' WHERE id = $1", contact.id)
    async with socket_of(api, api.tokens[Role.VIEWER]) as socket:
        await subscribe(socket, MESSAGE_EVENTS, after=start, filter=of(contact))
        sent, failed, completed = [await event(socket) for _ in range(3)]
        shown = {"id": ids.encode("Message", message.id), "status": "SENT", "contact": {"name": "Ana Maria"}}
        assert (sent["type"], sent["message"], sent["error"]) == ("MESSAGE_SENT", shown, None)
        assert sent["subject"] == {"__typename": "Message", "id": shown["id"]}
        assert (failed["type"], failed["error"]) == ("MESSAGE_FAILED", "Too late.")
        assert (completed["message"], completed["stats"]["recipients"], completed["stats"]["sent"]) == (None, 4, 3)
        await subscribe(socket, CURSORS, "2", after=start, filter={**of(contact), "types": ["CONTACT_UPDATED"]})
        assert (await event(socket))["subject"] == {"id": ids.encode("Contact", contact.id)}


async def test_sender_events_keep_the_status_of_their_moment(api: Api) -> None:
    sender, start = await factories.sender(), await now()
    async with transaction():
        data = {"status": "EXPIRED"}
        record(EventType.SENDER_STATUS_CHANGED, "Sender", sender.id, sender_id=sender.id, data=data)
    async with socket_of(api, api.tokens[Role.VIEWER]) as socket:
        subscription = """
        subscription ($after: String, $filter: EventFilter) {
          senderEvents(after: $after, filter: $filter) { status sender { phoneNumber } }
        }"""
        await subscribe(socket, subscription, after=start, filter={"senderId": ids.encode("Sender", sender.id)})
        assert await event(socket) == {"status": "EXPIRED", "sender": {"phoneNumber": sender.phone_number}}


async def test_what_events_name_is_read_once_however_many_subscribe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "FRESH", 60)  # However slow the machine is.
    contact, sender = await factories.contact(), await factories.sender()
    messages = [await message_to(contact, sender.id) for _ in range(10)]

    async def listener() -> list[str]:
        variables = {"filter": of(contact)}
        seen: list[str] = []
        stream = await schema.stream(MESSAGE_EVENTS, variables, Context(SYSTEM, "test"))
        async with aclosing(stream):
            async for result in stream:
                assert not result.errors
                seen.append(result.data["messageEvents"]["message"]["contact"]["name"])
                if len(seen) == len(messages):
                    return seen
        raise AssertionError("the subscription ended")

    for count in (1, 30):
        listeners = [asyncio.create_task(listener()) for _ in range(count)]
        await asyncio.sleep(0.5)
        with statements() as found:
            async with transaction():
                for message in messages:
                    record(EventType.MESSAGE_SENT, "Message", message.id, message_id=message.id, contact_id=contact.id)
            assert [await one for one in listeners] == [[contact.name] * 10] * count
        assert len([sql for sql in found if "FROM message" in sql]) == 1
        assert len([sql for sql in found if 'FROM "contact"' in sql]) == 1
        others = [sql for sql in found if "log AS MATERIALIZED" not in sql]
        assert len(others) <= 4, (
            "besides reads of the log: the insert, message, contact, and at most one look at rights"
        )


async def test_a_page_of_events_costs_the_same_whatever_its_length() -> None:
    contact, sender, start = await factories.contact(), await factories.sender(), await now()
    async with transaction():
        for _ in range(50):
            record(EventType.CONTACT_UPDATED, "Contact", contact.id, contact_id=contact.id)
            record(EventType.SENDER_STATUS_CHANGED, "Sender", sender.id, sender_id=sender.id, data={"status": "FAILED"})
    query = """query ($first: Int, $after: String) {
      events(first: $first, after: $after) {
        edges { node { actor { id } subject { id } ... on SenderEvent { sender { id } } } }
      }
    }"""
    counts: list[int] = []
    for first in (4, 100):
        data, count = await counted(query, first=first, after=start)
        assert len(data["events"]["edges"]) == first
        counts.append(count)
    assert counts[0] == counts[1] <= 4


async def test_a_schedule_tells_its_whole_story(api: Api, worker: Program, simulator: Simulator) -> None:
    sender = await factories.sender()
    people = [await factories.contact() for _ in range(3)]
    group, template = await factories.group(*people), await factories.template()
    create = """mutation ($input: CreateScheduleInput!) { createSchedule(input: $input) { id template { title } } }"""
    given = {
        "templateId": ids.encode("MessageTemplate", template.id),
        "groupId": ids.encode("Group", group.id),
        "senderId": ids.encode("Sender", sender.id),
        "sendAt": (datetime.now(UTC) + timedelta(seconds=2)).isoformat(),
    }
    start = await now()
    schedule = (await api.data(create, input=given))["createSchedule"]
    story = """subscription ($filter: EventFilter, $after: String) { messageEvents(filter: $filter, after: $after) {
      type schedule { id processingStartedAt } message { sentAt contact { id } } stats { recipients }
    } }"""
    async with socket_of(api, api.tokens[Role.VIEWER]) as socket:
        await subscribe(socket, story, filter={"scheduleId": schedule["id"]}, after=start)
        heard = [await event(socket, 30)]
        while heard[-1]["type"] != "MESSAGE_COMPLETED":
            heard.append(await event(socket, 30))
    assert all(one["schedule"]["id"] == schedule["id"] for one in heard)
    types = [one["type"] for one in heard]
    assert types[:2] == ["MESSAGE_SCHEDULED", "MESSAGE_PROCESSING"]
    assert heard[1]["schedule"]["processingStartedAt"] is not None
    sent = [one for one in heard if one["type"] == "MESSAGE_SENT"]
    assert {one["message"]["contact"]["id"] for one in sent} == {ids.encode("Contact", one.id) for one in people}
    assert len(sent) == 3
    assert all(one["message"]["sentAt"] for one in sent)
    assert heard[-1]["stats"]["recipients"] == 3
    assert types.count("MESSAGE_COMPLETED") == 1
