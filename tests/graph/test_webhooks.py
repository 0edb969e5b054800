"""Outgoing webhooks over the API, told by a worker."""

import asyncio
from datetime import datetime
from typing import Any

import pytest
import standardwebhooks

from db.accounts import Role, Scope
from db.core.transaction import transaction
from db.events import EventType, record
from db.webhooks import Webhook
from domain import webhooks
from domain.core.access import SYSTEM
from domain.core.errors import ErrorCode, Refusal
from graph.core.ids import decode, encode
from tests import factories
from tests.callers import token
from tests.listening import now
from tests.receivers import Receiver, deliveries, hook
from tests.running import Api, Program
from tests.statements import counted

FIELDS = """id url events secret active disabledAt cursor waiting waitingSince createdAt updatedAt
  deliveries(first: 20) { totalCount edges { node {
    id type payload status attempts responseStatus errorMessage createdAt deliveredAt nextAttemptAt webhook { id }
    attemptLog { attemptedAt durationMs responseStatus responseExcerpt errorMessage } } } }"""
CREATE = f"mutation ($input: CreateWebhookInput!) {{ createWebhook(input: $input) {{ {FIELDS} }} }}"
UPDATE = f"mutation ($id: ID!, $input: UpdateWebhookInput!) {{ updateWebhook(id: $id, input: $input) {{ {FIELDS} }} }}"
ONE = f"query ($id: ID!) {{ webhook(id: $id) {{ {FIELDS} }} }}"
REPLAY = f"mutation ($id: ID!, $after: String!) {{ replayWebhook(id: $id, after: $after) {{ {FIELDS} }} }}"
TEST = "mutation ($id: ID!) { testWebhook(id: $id) { id status type } }"
RETRY = "mutation ($id: ID!) { retryWebhookDelivery(id: $id) { id status } }"
ROTATE = "mutation ($id: ID!, $secret: String) { rotateWebhookSecret(id: $id, secret: $secret) { id secret } }"
DELETE = "mutation ($id: ID!) { deleteWebhook(id: $id) }"
NODE = "query ($id: ID!) { node(id: $id) { id ... on WebhookDelivery { status errorMessage attempts } } }"


async def until(api: Api, id: str, status: str) -> dict[str, Any]:
    async with asyncio.timeout(30):
        while True:
            found = (await api.data(NODE, id=id))["node"]
            if found["status"] == status:
                return found
            await asyncio.sleep(0.05)


async def test_the_life_of_a_webhook(api: Api, worker: Program, receiver: Receiver) -> None:
    given = {"url": receiver.url, "events": ["CONTACT_UPDATED"]}
    made = (await api.data(CREATE, input=given))["createWebhook"]
    id, secret = made["id"], made["secret"]
    assert (made["url"], made["events"], made["active"], made["disabledAt"]) == (
        receiver.url,
        given["events"],
        True,
        None,
    )
    assert (await api.data(ONE, id=id))["webhook"]["secret"] is None
    contact = await factories.contact()
    await receiver.reach(1)
    [(headers, body)] = [post for post in receiver.posts if encode("Contact", contact.id) in post[1].decode()]
    assert standardwebhooks.Webhook(secret).verify(body, headers)["data"]["contact_id"] == encode("Contact", contact.id)
    delivery = (await until(api, headers["webhook-id"], "DELIVERED"))["id"]
    found = (await api.data(ONE, id=id))["webhook"]
    [told] = [edge["node"] for edge in found["deliveries"]["edges"] if edge["node"]["id"] == delivery]
    assert (told["type"], told["responseStatus"], told["webhook"], told["attempts"]) == (
        *("CONTACT_UPDATED", 200, {"id": id}),
        1,
    )
    assert told["payload"]["event"] == "contact.updated"
    assert [(each["responseStatus"], each["responseExcerpt"]) for each in told["attemptLog"]] == [(200, "thanks")]
    # What is told of before its cursor is not told again, and what comes after it is.
    receiver.posts.clear()
    again = (await api.data(REPLAY, id=id, after=made["cursor"]))["replayWebhook"]
    # Its cursor may be anywhere from there on: the worker tells of it meanwhile.
    assert again["id"] == id
    async with asyncio.timeout(30):
        while delivery not in receiver.ids:
            await receiver.reach(len(receiver.posts) + 1)
    receiver.answer = lambda _: 500
    tested = (await api.data(TEST, id=id))["testWebhook"]
    assert tested["type"] == "WEBHOOK_TEST"
    assert (await until(api, tested["id"], "FAILED"))["errorMessage"] == "It answered HTTP 500."
    receiver.answer = lambda _: 200
    await api.data(RETRY, id=tested["id"])
    assert (await until(api, tested["id"], "DELIVERED"))["attempts"] == 2
    assert (await api.refusal(RETRY, id=tested["id"]))["code"] == "INVALID_STATE"
    rotated = (await api.data(ROTATE, id=id, secret="a-secret-of-our-own-choice"))["rotateWebhookSecret"]
    assert rotated["secret"] == "a-secret-of-our-own-choice"
    changed = (await api.data(UPDATE, id=id, input={"active": False, "events": ["LEAD_CREATED"]}))["updateWebhook"]
    assert (changed["active"], changed["events"], changed["url"]) == (False, ["LEAD_CREATED"], receiver.url)
    assert (await api.data(DELETE, id=id))["deleteWebhook"] == id
    assert (await api.refusal(ONE, id=id))["code"] == "NOT_FOUND"
    assert (await api.data(NODE, id=delivery))["node"] is None


async def test_bad_input_names_each_field(api: Api, receiver: Receiver) -> None:
    cases: list[tuple[dict[str, Any], list[tuple[str, str]]]] = [
        ({"url": "ftp://example.com", "events": []}, [("url", "invalid_url"), ("events", "required")]),
        ({"url": "", "events": ["CONVERSATION_TYPING"]}, [("url", "required"), ("events", "live_only")]),
        ({"url": "https://a:b@example.com", "events": ["LEAD_CREATED"]}, [("url", "invalid_url")]),
        ({"url": f"https://example.com/{'x' * 2000}", "events": ["LEAD_CREATED"]}, [("url", "too_long")]),
        ({"url": receiver.url, "events": ["LEAD_CREATED"], "secret": "short"}, [("secret", "too_short")]),
    ]
    count = "{ webhooks(first: 0) { totalCount } }"
    before = await api.data(count)
    for given, wrong in cases:
        answer = await api.gql(CREATE, {"input": given}, role=Role.ADMIN)
        found = [(error["extensions"]["field"], error["extensions"]["details"]["reason"]) for error in answer["errors"]]
        assert found == wrong
    assert await api.data(count) == before
    made = await hook(receiver)
    id = encode("Webhook", made.id)
    for given, wrong in cases[:2]:
        answer = await api.gql(UPDATE, {"id": id, "input": given}, role=Role.ADMIN)
        assert [error["extensions"]["field"] for error in answer["errors"]] == [field for field, _ in wrong]
    found = (await api.data(ONE, id=id))["webhook"]
    assert (found["url"], found["events"]) == (receiver.url, ["CONTACT_UPDATED"])
    assert (await api.refusal(REPLAY, id=id, after="x"))["field"] == "after"
    assert (await api.refusal(ROTATE, id=id, secret="short"))["field"] == "secret"
    await webhooks.delete(SYSTEM, made.id)
    for document in (ONE, TEST, DELETE, ROTATE):
        assert (await api.refusal(document, id=id))["code"] == "NOT_FOUND"
    assert (await api.refusal(RETRY, id=encode("WebhookDelivery", 2**40)))["code"] == "NOT_FOUND"
    assert (await api.refusal(REPLAY, id=id, after=await now()))["code"] == "NOT_FOUND"


async def test_there_are_no_more_than_fifty(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor when eight are made at once."""
    before = await Webhook.all().count()
    monkeypatch.setattr("domain.webhooks.writing.MOST", before + 3)
    made = await asyncio.gather(*(hook(receiver) for _ in range(8)), return_exceptions=True)
    refused = [one for one in made if isinstance(one, Refusal)]
    assert {(one.code, one.details["reason"]) for one in refused} == {(ErrorCode.VALIDATION_ERROR, "too_many")}
    assert (len(refused), await Webhook.all().count()) == (5, before + 3)
    for one in made:
        if not isinstance(one, BaseException):
            await webhooks.delete(SYSTEM, one.id)


async def test_what_has_not_arrived_is_counted(api: Api, receiver: Receiver) -> None:
    receiver.answer = lambda _: 500
    webhook = await hook(receiver, EventType.LEAD_UPDATED)
    document = "query ($id: ID!) { webhook(id: $id) { waiting waitingSince } }"
    id = encode("Webhook", webhook.id)
    await webhooks.test(SYSTEM, webhook.id)
    await webhooks.deliver(webhook.id)
    found = (await api.data(document, id=id))["webhook"]
    assert found["waiting"] == 0
    async with transaction():
        for lead in (1, 1, 2):
            record(EventType.LEAD_UPDATED, "Lead", lead)
    await webhooks.deliver(webhook.id)
    async with asyncio.timeout(10):
        # A worker may be about it just now.
        while (found := (await api.data(document, id=id))["webhook"])["waiting"] != 3:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    made = [row.created_at for row in await deliveries(webhook) if row.event_number is not None]
    assert datetime.fromisoformat(found["waitingSince"]) == min(made)
    await webhooks.delete(SYSTEM, webhook.id)


async def test_however_long_the_lists_the_statements_are_as_many(receiver: Receiver) -> None:
    few = FIELDS.replace("first: 20", "first: 2")
    document = f"{{ webhooks(first: 10) {{ totalCount edges {{ node {{ {few} }} }} }} }}"
    figures: list[int] = []
    made: list[int] = []
    for _ in range(2):
        for _ in range(3):
            one = await hook(receiver, EventType.LEAD_FOLLOW_UP_DUE)
            made.append(one.id)
            await webhooks.test(SYSTEM, one.id)
        figures.append((await counted(document))[1])
    found, _ = await counted(document)
    listed = [decode(edge["node"]["id"], "Webhook") for edge in found["webhooks"]["edges"]]
    assert listed[:6] == made[::-1]
    assert figures[0] == figures[1]
    for id in made:
        await webhooks.delete(SYSTEM, id)


async def test_events_name_a_webhook_only_to_those_who_may_see_it(receiver: Receiver) -> None:
    made = await hook(receiver, EventType.LEAD_FOLLOW_UP_DUE)
    for viewer, sees in (
        (SYSTEM, True),
        (token(Scope.WEBHOOKS), True),
        (token(Scope.READ), False),
        (token(Scope.WEBHOOKS, sender_id=1), False),
        (token(Scope.WEBHOOKS, role=Role.SALES), False),
    ):
        [found] = await webhooks.by_ids(viewer, [made.id])
        assert (found is not None) is sees
    await webhooks.delete(SYSTEM, made.id)
