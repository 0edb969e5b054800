"""Takeover over the real API: the operator's workflow, what is refused, and what everyone who watches is told."""

from typing import Any

import pytest

from db.accounts import Role, Scope
from db.conversations import Conversation, EscalationReason
from db.core import connect
from db.core.transaction import transaction
from domain import conversations
from domain.core.access import SYSTEM
from graph.core.ids import encode
from tests import factories
from tests.callers import token
from tests.domain.conversations.surroundings import a_conversation, send, the_sender
from tests.factories import phone
from tests.listening import event, now, receive, socket_of, subscribe
from tests.running import Api, Program, Simulator

SHOWN = "{ id status handler takenOverAt closedAt escalationReason escalationNote assignedTo { id } }"
TAKE_OVER = f"mutation ($which: ConversationRef!) {{ takeOverConversation(conversation: $which) {SHOWN} }}"
HAND_BACK = f"mutation ($which: ConversationRef!) {{ handBackConversation(conversation: $which) {SHOWN} }}"
SEND = "mutation ($input: SendMessageInput!) { sendMessage(input: $input) { id status } }"
WATCH = """
subscription ($filter: EventFilter, $after: String) {
  conversationEvents(filter: $filter, after: $after) {
    cursor type typing typist escalationReason actor { id } message { id content } conversation { id handler status }
    subject { __typename }
  }
}
"""


def id_of(conversation: int) -> str:
    return encode("Conversation", conversation)


async def step(api: Api, name: str, conversation: int, *, role: Role = Role.SALES, **given: Any) -> dict[str, Any]:
    declared = ", ".join(["$id: ID!", *(f"${key}: String" for key in given)])
    passed = ", ".join(["id: $id", *(f"{key}: ${key}" for key in given)])
    document = f"mutation ({declared}) {{ {name}Conversation({passed}) {SHOWN} }}"
    return (await api.data(document, role=role, id=id_of(conversation), **given))[f"{name}Conversation"]


async def types(socket: Any, count: int) -> list[str]:
    return [(await event(socket))["type"] for _ in range(count)]


async def test_take_over_write_hand_back_by_phone_number(api: Api, worker: Program, simulator: Simulator) -> None:
    sender = await factories.sender()
    conversation, start = await a_conversation(sender.id), await now()
    number = (await Conversation.get(id=conversation)).address
    taken = (await api.data(TAKE_OVER, role=Role.SALES, which={"phoneNumber": number[1:]}))["takeOverConversation"]
    assert (taken["id"], taken["handler"], taken["status"]) == (id_of(conversation), "OPERATOR", "ACTIVE")
    assert taken["takenOverAt"] is not None
    assert taken["assignedTo"] is not None
    sent = await api.data(
        SEND,
        role=Role.SALES,
        input={"to": {"phoneNumber": number}, "message": {"text": "Rita here, hello."}},
    )
    assert sent["sendMessage"]["status"] == "QUEUED"
    back = (await api.data(HAND_BACK, role=Role.SALES, which={"phoneNumber": number}))["handBackConversation"]
    assert (back["handler"], back["takenOverAt"]) == ("BOT", None)
    async with socket_of(api, api.tokens[Role.SALES]) as socket:
        await subscribe(socket, WATCH, filter={"conversationId": id_of(conversation)}, after=start)
        told = [await event(socket) for _ in range(4)]
    assert [each["message"]["id"] for each in told if each["type"] == "MESSAGE_SENT"] == [sent["sendMessage"]["id"]]


async def test_closing_reopening_and_escalating(api: Api) -> None:
    conversation = await a_conversation()
    escalated = await step(api, "escalate", conversation, note="Wants a refund")
    assert (escalated["status"], escalated["escalationReason"]) == ("ESCALATED", "MANUAL")
    assert escalated["escalationNote"] == "Wants a refund"
    closed = await step(api, "close", conversation)
    assert (closed["status"], closed["handler"], closed["closedAt"] is not None) == ("CLOSED", "BOT", True)
    opened = await step(api, "reopen", conversation)
    assert (opened["status"], opened["closedAt"]) == ("ACTIVE", None)


@pytest.mark.parametrize(
    ("which", "code", "field"),
    [
        ({"phoneNumber": ""}, "VALIDATION_ERROR", "conversation.phoneNumber"),
        ({"phoneNumber": "0987"}, "INVALID_PHONE_NUMBER", "conversation.phoneNumber"),
        ({"id": "nonsense"}, "VALIDATION_ERROR", "conversation.id"),
        ({"id": encode("Contact", 1)}, "VALIDATION_ERROR", "conversation.id"),
        ({"id": encode("Conversation", 2**40)}, "NOT_FOUND", "conversation.id"),
    ],
)
async def test_what_names_no_conversation_is_refused(api: Api, which: Any, code: str, field: str) -> None:
    for document in (TAKE_OVER, HAND_BACK):
        refusal = await api.refusal(document, which=which)
        assert (refusal["code"], refusal["field"]) == (code, field)


async def test_a_reference_is_either_an_id_or_a_number(api: Api) -> None:
    for which in ({}, {"id": encode("Conversation", 1), "phoneNumber": phone()}):
        for document in (TAKE_OVER, HAND_BACK):
            assert (await api.refusal(document, which=which))["code"] == "VALIDATION_ERROR"


async def test_an_unknown_number_is_told_as_it_was_given(api: Api) -> None:
    number = phone()[1:]
    for document in (TAKE_OVER, HAND_BACK):
        refusal = await api.refusal(document, which={"phoneNumber": number})
        assert refusal["code"] == "NOT_FOUND"
        assert refusal["message"] == f"No conversation found for phone number {number}."


async def test_everything_is_told_in_order_to_whoever_watches(api: Api) -> None:
    conversation, other = await a_conversation(), await a_conversation()
    start, id = await now(), id_of(conversation)
    async with socket_of(api, api.tokens[Role.ADMIN]) as socket:
        await subscribe(socket, WATCH, filter={"conversationId": id}, after=start)
        await step(api, "escalate", conversation)
        await step(api, "escalate", other)
        await api.data(TAKE_OVER, role=Role.SALES, which={"id": id})
        await api.data("mutation ($id: ID!) { setTyping(conversationId: $id) { id } }", role=Role.SALES, id=id)
        typing = "mutation ($id: ID!) { setTyping(conversationId: $id, typing: false) { id } }"
        await api.data(typing, role=Role.SALES, id=id)
        sent = await api.data(SEND, role=Role.SALES, input={"to": {"id": id}, "message": {"text": "Hello"}})
        await api.data(HAND_BACK, role=Role.SALES, which={"id": id})
        await step(api, "close", conversation)
        told = [await event(socket) for _ in range(8)]
    assert [each["type"].removeprefix("CONVERSATION_") for each in told] == [
        *("ESCALATED", "TAKEN_OVER", "UPDATED", "TYPING", "TYPING", "UPDATED", "HANDED_BACK", "CLOSED"),
    ]
    assert {each["conversation"]["id"] for each in told} == {id}
    assert [each["escalationReason"] for each in told] == ["MANUAL", *[None] * 7]
    assert [(each["typing"], each["typist"]) for each in told[3:5]] == [(True, "OPERATOR"), (False, "OPERATOR")]
    assert all(each["actor"] for each in told)
    assert sent["sendMessage"]["id"]
    async with socket_of(api, api.tokens[Role.VIEWER]) as socket:
        await subscribe(socket, WATCH, filter={"conversationId": id}, after=told[3]["cursor"])
        assert await types(socket, 4) == [each["type"] for each in told[4:]]


async def test_messages_of_conversations_are_told_with_them_and_those_of_no_conversation_are_not(
    api: Api, worker: Program, simulator: Simulator
) -> None:
    sender = await factories.sender()
    conversation, start = await a_conversation(sender.id), await now()
    id = id_of(conversation)
    async with socket_of(api, api.tokens[Role.SALES]) as socket:
        await subscribe(socket, WATCH, filter={"senderId": encode("Sender", sender.id)}, after=start)
        sent = await api.data(SEND, role=Role.SALES, input={"to": {"id": id}, "message": {"text": "Hello"}})
        told = [await event(socket) for _ in range(3)]
    assert [each["type"] for each in told] == ["CONVERSATION_UPDATED", "MESSAGE_SENT", "MESSAGE_DELIVERED"]
    about = [each for each in told if each["type"].startswith("MESSAGE_")]
    assert {each["message"]["id"] for each in about} == {sent["sendMessage"]["id"]}
    assert {each["conversation"]["id"] for each in told} == {id}
    whole = "query ($f: EventFilter) { events(filter: $f) { edges { node { __typename type } } } }"
    edges = (await api.data(whole, f={"conversationId": id}))["events"]["edges"]
    kinds = {edge["node"]["type"].partition("_")[0]: edge["node"]["__typename"] for edge in edges}
    assert kinds == {"CONVERSATION": "ConversationEvent", "MESSAGE": "MessageEvent"}


async def test_an_inbox_of_ones_own_hears_of_its_own(api: Api) -> None:
    sender = await the_sender()
    mine, free = await a_conversation(sender.id), await a_conversation(sender.id)
    start, of = await now(), {"senderId": encode("Sender", sender.id)}
    await api.data(TAKE_OVER, role=Role.SALES, which={"id": id_of(mine)})
    await step(api, "escalate", free)
    for assignment, heard in (("MINE", mine), ("ASSIGNED", mine), ("UNASSIGNED", free)):
        async with socket_of(api, api.tokens[Role.SALES]) as socket:
            await subscribe(socket, WATCH, filter={**of, "assignment": assignment}, after=start)
            assert (await event(socket))["conversation"]["id"] == id_of(heard)
    listed = "query ($f: EventFilter, $a: String) { events(filter: $f, after: $a) { edges { cursor } } }"
    found = (await api.data(listed, role=Role.ADMIN, f={**of, "assignment": "MINE"}, a=start))["events"]["edges"]
    assert found == []


async def test_a_socket_with_a_filter_of_ones_own_is_woken_for_it_alone(api: Api) -> None:
    sender = await the_sender()
    mine, free = await a_conversation(sender.id), await a_conversation(sender.id)
    async with socket_of(api, api.tokens[Role.SALES]) as socket:
        await subscribe(socket, WATCH, filter={"assignment": "MINE"})
        await api.gql("{ __typename }")
        await step(api, "escalate", free)
        await api.data(TAKE_OVER, role=Role.SALES, which={"id": id_of(mine)})
        assert (await event(socket))["conversation"]["id"] == id_of(mine)


async def test_a_token_of_one_sender_hears_of_that_sender(api: Api) -> None:
    one, other = await the_sender(), await the_sender()
    own, foreign, start = await a_conversation(one.id), await a_conversation(other.id), await now()
    token = await factories.api_token(await factories.user(), Scope.READ, sender_id=one.id)
    async with transaction():
        row = await Conversation.get(id=foreign)
        await conversations.escalate_by_bot(row, EscalationReason.REQUESTED, None)
    await conversations.escalate(SYSTEM, own)
    async with socket_of(api, token) as socket:
        await subscribe(socket, WATCH, after=start)
        assert (await event(socket))["conversation"]["id"] == id_of(own)
        with pytest.raises(TimeoutError):
            await receive(socket, 0.3)


async def test_a_deleted_conversation_does_not_break_what_is_told_of_it(api: Api) -> None:
    conversation, start = await a_conversation(), await now()
    await step(api, "escalate", conversation)
    await connect.execute("UPDATE conversation SET deleted_at = now() WHERE id = $1", conversation)
    async with socket_of(api, api.tokens[Role.ADMIN]) as socket:
        await subscribe(socket, WATCH, filter={"conversationId": id_of(conversation)}, after=start)
        told = await event(socket)
    assert (told["conversation"]["id"], told["subject"]) == (id_of(conversation), None)


CLOSED = """
subscription ($filter: EventFilter, $after: String) {
  conversationEvents(filter: $filter, after: $after) {
    type conversation { transcript } subject { ... on Conversation { transcript } }
  }
}
"""


async def test_who_watches_is_sent_the_transcript_of_what_is_closed(api: Api) -> None:
    sender, operator = await the_sender(), await factories.user(role=Role.SALES)
    conversation = await a_conversation(sender.id, name="Rita")
    await send(conversation, {"text": "Sold."}, viewer=token(Scope.CONVERSATIONS, user_id=operator.id))
    other = await factories.user(role=Role.SALES)
    programs = [await factories.api_token(user, Scope.READ, sender_id=sender.id) for user in (operator, other)]
    filter = {"conversationId": id_of(conversation), "types": ["CONVERSATION_CLOSED"]}
    start, told = await now(), list[dict[str, Any]]()
    async with socket_of(api, programs[0]) as socket:
        await subscribe(socket, CLOSED, filter=filter, after=start)
        await step(api, "close", conversation)
        told.append(await event(socket))
    for secret in (programs[1], api.tokens[Role.SALES]):
        async with socket_of(api, secret) as socket:
            await subscribe(socket, CLOSED, filter=filter, after=start)
            told.append(await event(socket))
    texts = [each["conversation"]["transcript"].splitlines() for each in told]
    assert [each["subject"]["transcript"].splitlines() for each in told] == texts
    assert [[line[17:] for line in lines] for lines in texts] == [
        ["Rita: Hello", "Operator: Sold."],
        ["Rita: Hello", "Operator: Sold."],
        ["Rita: Hello", "A User: Sold."],
    ]
