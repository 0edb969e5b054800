"""Events over the real API: the log as a page, and subscriptions on sockets that are cut, slow, or lose rights."""

import asyncio
import base64
import json
import random
import time
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import redis.asyncio
from websockets import ClientConnection, Subprotocol
from websockets.asyncio.client import connect as connect_socket

from db.accounts import ApiToken, Role, Scope
from db.contacts import Contact
from db.core import connect
from db.core.settings import get_settings
from db.core.transaction import transaction
from db.events import EventType, read, record
from db.messages import Message, MessageAuthor, MessageDirection, MessageState, MessageType
from db.templates import TemplateCategory
from domain.core import tokens
from domain.core.access import SYSTEM
from domain.core.tokens import digest
from domain.events import Place, encode
from graph.core import ids
from graph.core.context import Context
from graph.schema import schema
from tests import factories
from tests.running import Api, Program, Simulator
from tests.statements import statements

CURSORS = """
subscription ($filter: EventFilter, $after: String) {
  events(filter: $filter, after: $after) { cursor type ... on ResourceEvent { subject { id } } }
}
"""


@asynccontextmanager
async def socket_of(api: Api, token: str, **options: Any) -> AsyncIterator[ClientConnection]:
    protocols = [Subprotocol("graphql-transport-ws")]
    async with connect_socket(api.ws_url, subprotocols=protocols, proxy=None, **options) as socket:
        await socket.send(json.dumps({"type": "connection_init", "payload": {"Authorization": f"Bearer {token}"}}))
        assert json.loads(await socket.recv())["type"] == "connection_ack"
        yield socket


async def subscribe(socket: ClientConnection, query: str, id: str = "1", **variables: Any) -> None:
    payload = {"query": query, "variables": variables}
    await socket.send(json.dumps({"type": "subscribe", "id": id, "payload": payload}))


async def receive(socket: ClientConnection, seconds: float = 10) -> dict[str, Any]:
    async with asyncio.timeout(seconds):
        return json.loads(await socket.recv())


async def event(socket: ClientConnection, seconds: float = 10) -> dict[str, Any]:
    """The next event, of whatever field."""
    message = await receive(socket, seconds)
    assert message["type"] == "next", message
    assert "errors" not in message["payload"], message
    [found] = message["payload"]["data"].values()
    return found


async def closing(socket: ClientConnection, seconds: float = 5) -> int:
    """The code of the close that comes within so many seconds."""
    async with asyncio.timeout(seconds):
        await socket.wait_closed()
    assert socket.close_code is not None
    return socket.close_code


async def now() -> str:
    reading = await read(0, 0)
    return encode(Place(reading.epoch, reading.head))


async def say(contact: Contact, *, times: int = 1, **more: Any) -> None:
    async with transaction():
        for _ in range(times):
            record(EventType.CONTACT_UPDATED, "Contact", contact.id, contact_id=contact.id, **more)


def of(contact: Contact) -> dict[str, Any]:
    return {"contactId": ids.encode("Contact", contact.id)}


async def log_of(contact: Contact, start: str, api: Api) -> list[str]:
    """Cursors of all its events, by the query."""
    query = """
    query ($filter: EventFilter, $after: String) {
      events(filter: $filter, after: $after) { edges { cursor } pageInfo { hasNextPage endCursor } }
    }"""
    found: list[str] = []
    while True:
        page = (await api.data(query, filter=of(contact), after=start))["events"]
        found += [edge["cursor"] for edge in page["edges"]]
        if not page["pageInfo"]["hasNextPage"]:
            return found
        start = page["pageInfo"]["endCursor"]


async def test_a_socket_cut_again_and_again_resumes_without_gap_or_double(api: Api) -> None:
    contact, start = await factories.contact(), await now()
    start_of_test = start
    total = 400
    seen: list[str] = []

    async def write() -> None:
        written = 0
        while written < total:
            times = min(random.choice([1, 1, 3, 10]), total - written)
            await say(contact, times=times)
            written += times
            await asyncio.sleep(random.random() * 0.02)

    async def disturb_redis() -> None:
        async with redis.asyncio.Redis.from_url(get_settings().redis_url) as client:
            for _ in range(4):
                await asyncio.sleep(0.5)
                await client.client_kill_filter(_type="pubsub")

    working = asyncio.gather(write(), disturb_redis())
    cuts = 0
    while len(seen) < total:
        async with socket_of(api, api.tokens[Role.VIEWER]) as socket:
            await subscribe(socket, CURSORS, filter=of(contact), after=start)
            for _ in range(min(random.randint(1, 60), total - len(seen))):
                seen.append((await event(socket))["cursor"])
            start = seen[-1]
            cuts += 1
            socket.transport.abort()
    await working
    assert cuts > 5
    assert seen == await log_of(contact, start_of_test, api)
    assert len(seen) == total


async def test_while_redis_answers_nothing_the_poll_misses_nothing(api: Api) -> None:
    contact = await factories.contact()
    async with socket_of(api, api.tokens[Role.VIEWER]) as socket:
        await subscribe(socket, CURSORS, filter=of(contact), after=await now())
        async with redis.asyncio.Redis.from_url(get_settings().redis_url) as client:
            await client.execute_command("CLIENT", "PAUSE", "3000", "ALL")
        for _ in range(10):
            await say(contact)
        for _ in range(10):
            await event(socket, 3)


async def test_a_slow_reader_gets_everything_in_order(api: Api) -> None:
    contact, start = await factories.contact(), await now()
    async with socket_of(api, api.tokens[Role.VIEWER], max_queue=1) as socket:
        await subscribe(socket, CURSORS, filter=of(contact), after=start)
        for _ in range(10):
            await say(contact, times=1000)
        await asyncio.sleep(1)
        seen = [(await event(socket))["cursor"] for _ in range(10_000)]
    numbers = [int(base64.urlsafe_b64decode(cursor + "==").decode().split(":")[2]) for cursor in seen]
    assert numbers == sorted(set(numbers))
    assert len(numbers) == 10_000


async def test_fifty_sockets_at_once_all_hear(api: Api) -> None:
    contact, start = await factories.contact(), await now()

    async def listener() -> str:
        async with socket_of(api, api.tokens[Role.SALES]) as socket:
            await subscribe(socket, CURSORS, filter=of(contact), after=start)
            return (await event(socket))["cursor"]

    listeners = [asyncio.create_task(listener()) for _ in range(50)]
    await asyncio.sleep(0.3)
    await say(contact)
    assert len({await one for one in listeners}) == 1


@pytest.mark.parametrize("field", ["events", "messageEvents", "senderEvents"])
async def test_cursors_that_cannot_be_resumed_are_refused(api: Api, field: str) -> None:
    epoch, head = (reading := await read(0, 0)).epoch, reading.head
    subscription = f"subscription ($after: String) {{ {field}(after: $after) {{ cursor }} }}"
    cases = [
        (encode(Place("0123abcd", head)), "CURSOR_EXPIRED"),
        (encode(Place(epoch, head + 10**6)), "CURSOR_EXPIRED"),
        ("nonsense", "VALIDATION_ERROR"),
        (ids.encode("Contact", 1), "VALIDATION_ERROR"),
    ]
    async with socket_of(api, api.tokens[Role.VIEWER]) as socket:
        for cursor, code in cases:
            await subscribe(socket, subscription, after=cursor)
            answer = await receive(socket)
            assert answer["type"] == "error", answer
            [error] = answer["payload"]
            assert (error["extensions"]["code"], error["extensions"]["field"]) == (code, "after")


async def test_filters_refuse_what_is_no_id(api: Api) -> None:
    query = "query ($filter: EventFilter) { events(filter: $filter) { edges { cursor } } }"
    for name in ("scheduleId", "contactId", "senderId", "subjectId"):
        refused = await api.refusal(query, filter={name: "nonsense"})
        assert (refused["code"], refused["field"]) == ("VALIDATION_ERROR", name)
    refused = await api.refusal(query, filter={"scheduleId": ids.encode("Contact", 1)})
    assert refused["details"]["reason"] == "wrong_type"


async def test_nobody_hears_anything_without_credentials(api: Api) -> None:
    assert (await api.refusal("{ events { edges { cursor } } }", role=None))["code"] == "AUTHENTICATION_ERROR"


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


MESSAGE_EVENTS = """
subscription ($after: String, $filter: EventFilter) {
  messageEvents(after: $after, filter: $filter) {
    type occurredAt error message { id status contact { name } } stats { recipients sent progress }
    subject { __typename id } actor { email }
  }
}
"""


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


async def test_a_token_bound_to_a_sender_hears_of_that_sender_alone(api: Api) -> None:
    contact, start = await factories.contact(), await now()
    mine, other, user = await factories.sender(), await factories.sender(), await factories.user()
    secret = f"tdg_{factories.unique()}"
    scopes = [Scope.READ.value]
    await ApiToken.create(
        user_id=user.id, sender_id=mine.id, name="bound", digest=digest(secret), prefix="tdg_", scopes=scopes
    )
    for sender_id in (other.id, None, mine.id):
        await say(contact, sender_id=sender_id)
    async with socket_of(api, secret) as socket:
        await subscribe(socket, CURSORS, after=start, filter=of(contact))
        heard = await event(socket)
        with pytest.raises(TimeoutError):
            await receive(socket, 0.5)
    answer = await api.gql(
        "query ($after: String, $filter: EventFilter) { events(after: $after, filter: $filter) { edges { cursor } } }",
        {"after": start, "filter": of(contact)},
        token=secret,
    )
    assert answer["data"]["events"]["edges"] == [{"cursor": heard["cursor"]}]


@pytest.mark.parametrize("busy", [True, False], ids=["busy", "idle"])
async def test_a_demoted_viewer_falls_silent_within_five_seconds(api: Api, busy: bool) -> None:
    contact, user = await factories.contact(), await factories.user(role=Role.MARKETER, password="a-long-password-1")
    token = await api.sign_in(user.email, "a-long-password-1")
    async with socket_of(api, token) as socket:
        await subscribe(socket, CURSORS, filter=of(contact), after=await now())
        await say(contact)
        await event(socket)
        await connect.execute("UPDATE user_account SET role = 'VIEWER' WHERE id = $1", user.id)
        talking = asyncio.create_task(_talk(contact)) if busy else None
        async with asyncio.timeout(5):
            while (message := await receive(socket))["type"] == "next" and "errors" not in message["payload"]:
                pass
        assert message["payload"]["errors"][0]["extensions"]["code"] == "AUTHENTICATION_ERROR"
        if talking:
            talking.cancel()
        assert (await receive(socket))["type"] == "complete"
        await say(contact)
        with pytest.raises(TimeoutError):
            await receive(socket, 0.5)


async def _talk(contact: Contact) -> None:
    while True:
        await say(contact)
        await asyncio.sleep(0.05)


async def test_a_signed_out_viewer_is_cut_off_within_five_seconds(api: Api) -> None:
    contact, user = await factories.contact(), await factories.user(password="a-long-password-1")
    token = await api.sign_in(user.email, "a-long-password-1")
    async with socket_of(api, token) as socket:
        await subscribe(socket, CURSORS, filter=of(contact))
        await asyncio.sleep(0.2)
        await connect.execute("UPDATE user_session SET ended_at = now() WHERE user_id = $1", user.id)
        assert await closing(socket) == 4403


async def test_the_end_of_the_access_token_ends_the_connection(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    user = await factories.user(password="a-long-password-1")
    await api.sign_in(user.email, "a-long-password-1")
    session_id = await connect.value("SELECT id FROM user_session WHERE user_id = $1", user.id)
    with monkeypatch.context() as earlier:
        issued = time.time() - get_settings().access_token_seconds + 2
        earlier.setattr(tokens.time, "time", lambda: issued)
        token = tokens.sign_access(user.id, Role.ADMIN, session_id)
    async with socket_of(api, token) as socket:
        await subscribe(socket, CURSORS)
        assert await closing(socket, 7) == 4403


async def test_what_events_name_is_read_once_however_many_subscribe() -> None:
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
        assert len([sql for sql in found if 'FROM "message"' in sql]) == 1
        assert len([sql for sql in found if 'FROM "contact"' in sql]) == 1
        assert len(found) <= 6, "the insert, a read or two, message, contact, and at most one look at rights"


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
        with statements() as found:
            answer = await schema.execute(query, {"first": first, "after": start}, Context(SYSTEM, "test"))
        assert not answer.errors
        assert answer.data is not None
        assert len(answer.data["events"]["edges"]) == first
        counts.append(len(found))
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
      type occurredAt schedule { id processingStartedAt } message { sentAt contact { id } } stats { recipients sent failed }
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
