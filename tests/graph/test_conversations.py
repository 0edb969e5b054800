"""Conversations over the real API: what they show, every filter, order and page."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from db.accounts import Scope
from db.conversations import Conversation
from db.core import connect
from db.messages import Message
from domain import conversations
from domain.core.access import SYSTEM
from graph.core.ids import encode
from tests import factories
from tests.domain.conversations.surroundings import a_conversation, heard_in, send, the_sender
from tests.factories import unique
from tests.running import Api
from tests.statements import counted

READ = """
query ($id: ID!) {
  conversation(id: $id) {
    id chatId phoneNumber status unreadCount messageCount createdAt updatedAt closedAt metadata
    contact { id } sender { id } lastMessage { id } serviceWindow { open expiresAt }
    messages { totalCount edges { node { id conversation { id } } } }
    files { totalCount }
  }
}
"""
LIST = """
query ($filter: ConversationFilter, $orderBy: ConversationOrder! = LAST_MESSAGE_AT, $first: Int, $after: String) {
  conversations(filter: $filter, orderBy: $orderBy, first: $first, after: $after) {
    totalCount pageInfo { endCursor hasNextPage } edges { node { id } }
  }
}
"""


def id_of(conversation: int) -> str:
    return encode("Conversation", conversation)


async def test_a_conversation_shows_all_there_is_to_it(api: Api) -> None:
    conversation = await a_conversation()
    row = await Conversation.get(id=conversation)
    sent = await send(conversation, {"text": "Hi"})
    await send(conversation, {"reaction": {"message_id": await heard_in(conversation), "emoji": "👍"}})
    shown = (await api.data(READ, id=id_of(conversation)))["conversation"]
    assert (shown["phoneNumber"], shown["chatId"]) == (row.address, f"{row.address[1:]}@c.us")
    assert (shown["status"], shown["unreadCount"], shown["messageCount"]) == ("ACTIVE", 1, 2)
    assert shown["contact"] == {"id": encode("Contact", row.contact_id)}
    assert shown["sender"] == {"id": encode("Sender", row.sender_id)}
    assert shown["lastMessage"] == {"id": encode("Message", sent.id)}
    assert shown["serviceWindow"]["open"] is True
    assert [edge["node"]["id"] for edge in shown["messages"]["edges"]] == [
        encode("Message", sent.id),
        encode("Message", await heard_in(conversation)),
    ]
    assert {edge["node"]["conversation"]["id"] for edge in shown["messages"]["edges"]} == {id_of(conversation)}
    assert (shown["messages"]["totalCount"], shown["files"]["totalCount"], shown["metadata"]) == (2, 0, {})


async def test_who_hides_their_number_has_a_chat_id_alone(api: Api) -> None:
    conversation = await a_conversation()
    await Conversation.filter(id=conversation).update(address="PT.4081", window_expires_at=None)
    shown = (await api.data(READ, id=id_of(conversation)))["conversation"]
    assert (shown["phoneNumber"], shown["chatId"]) == (None, "PT.4081")
    assert shown["serviceWindow"] == {"open": False, "expiresAt": None}


async def test_wahas_window_is_always_open(api: Api) -> None:
    conversation = await a_conversation((await the_sender(provider="WAHA")).id, ago=timedelta(days=9))
    shown = (await api.data(READ, id=id_of(conversation)))["conversation"]
    assert shown["serviceWindow"] == {"open": True, "expiresAt": None}


@pytest.fixture
async def several(api: Api) -> dict[str, Any]:
    """Three conversations of one sender: long ago, yesterday, and just now and read."""
    sender = await the_sender()
    word = unique("word")
    old = await a_conversation(sender.id, ago=timedelta(days=9), name=f"Rita {word}")
    late = await a_conversation(sender.id, ago=timedelta(days=1))
    await Message.filter(id=await heard_in(late)).update(content=f"Where is {word}?")
    new = await a_conversation(sender.id)
    await conversations.mark_read(SYSTEM, new)
    await Conversation.filter(id=old).update(status="CLOSED")
    return {"sender": encode("Sender", sender.id), "word": word, "old": old, "late": late, "new": new}


async def found(api: Api, several: dict[str, Any], **asked: Any) -> list[str]:
    order = asked.pop("orderBy", "LAST_MESSAGE_AT")
    page = (await api.data(LIST, filter={"senderId": several["sender"], **asked}, orderBy=order))["conversations"]
    ids = [edge["node"]["id"] for edge in page["edges"]]
    assert page["totalCount"] == len(ids)
    return [name for id in ids for name in ("old", "late", "new") if id_of(several[name]) == id]


async def test_they_are_found_by_what_they_are(api: Api, several: dict[str, Any]) -> None:
    row = await Conversation.get(id=several["late"])
    assert await found(api, several) == ["new", "late", "old"]
    assert await found(api, several, orderBy="CREATED_AT") == ["new", "late", "old"]
    assert await found(api, several, unread=True) == ["late", "old"]
    assert await found(api, several, unread=False) == ["new"]
    assert await found(api, several, status=["CLOSED"]) == ["old"]
    assert await found(api, several, search=several["word"]) == ["late", "old"]
    assert await found(api, several, phoneNumber=row.address) == ["late"]
    assert await found(api, several, phoneNumber=f"{row.address[1:]}@c.us") == ["late"]
    assert await found(api, several, contactId=encode("Contact", row.contact_id)) == ["late"]
    assert await found(api, several, createdAt={"end": "2020-01-01T00:00:00Z"}) == []


async def test_pages_go_on_where_the_last_one_ended(api: Api, several: dict[str, Any]) -> None:
    filter, seen, after = {"senderId": several["sender"]}, list[str](), None
    for _ in range(3):
        page = (await api.data(LIST, filter=filter, first=1, after=after))["conversations"]
        seen += [edge["node"]["id"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
    assert seen == [id_of(several[name]) for name in ("new", "late", "old")]
    assert page["pageInfo"]["hasNextPage"] is False


async def test_a_bad_number_is_told_of(api: Api) -> None:
    refused = await api.refusal(LIST, filter={"phoneNumber": "abc"})
    assert (refused["code"], refused["field"]) == ("INVALID_PHONE_NUMBER", "phoneNumber")


async def test_a_token_bound_to_a_sender_sees_that_senders(api: Api) -> None:
    mine, other = await the_sender(), await a_conversation()
    own = await a_conversation(mine.id)
    secret = await factories.api_token(await factories.user(), Scope.READ, sender_id=mine.id)
    listed = (await api.gql(LIST, {}, token=secret))["data"]["conversations"]
    assert [edge["node"]["id"] for edge in listed["edges"]] == [id_of(own)]
    hidden = await api.gql(READ, {"id": id_of(other)}, token=secret)
    assert hidden["errors"][0]["extensions"]["code"] == "NOT_FOUND"


MESSAGES = """
query ($filter: MessageFilter, $id: ID!) {
  conversation(id: $id) { messages(filter: $filter) { totalCount edges { node { id } } } }
}
"""


async def test_messages_of_a_conversation_are_found_too(api: Api) -> None:
    conversation = await a_conversation()
    asked = await heard_in(conversation)
    answer = await send(conversation, {"text": "Yes"}, reply_to_id=asked)
    reaction = await send(conversation, {"reaction": {"message_id": asked, "emoji": "👍"}})
    await send(await a_conversation(answer.sender_id), {"text": "To another"})
    for filter, expected in [
        (None, [answer.id, asked]),
        ({"reply": True}, [answer.id]),
        ({"reply": False}, [asked]),
        ({"replyToId": encode("Message", asked)}, [answer.id]),
        ({"type": ["REACTION"]}, [reaction.id]),
        ({"direction": "INBOUND"}, [asked]),
    ]:
        page = (await api.data(MESSAGES, id=id_of(conversation), filter=filter))["conversation"]["messages"]
        assert [edge["node"]["id"] for edge in page["edges"]] == [encode("Message", id) for id in expected], filter
        assert page["totalCount"] == len(expected)
    listed = "query ($id: ID!) { messages(filter: { conversationId: $id }) { edges { node { id } } } }"
    edges = (await api.data(listed, id=id_of(conversation)))["messages"]["edges"]
    assert [edge["node"]["id"] for edge in edges] == [encode("Message", id) for id in (answer.id, asked)]


async def test_a_bulk_message_belongs_to_the_conversation_that_is_there(api: Api) -> None:
    conversation = await a_conversation()
    row = await Conversation.get(id=conversation)
    query = "query ($id: ID!) { message(id: $id) { conversation { id } } }"
    message = encode("Message", await heard_in(conversation))
    assert (await api.data(query, id=message))["message"]["conversation"] == {"id": id_of(conversation)}
    await connect.execute("UPDATE conversation SET deleted_at = now() WHERE id = $1", row.id)
    assert (await api.data(query, id=message))["message"]["conversation"] is None


async def test_a_list_costs_as_many_statements_as_one(several: dict[str, Any]) -> None:
    query = """
    query ($first: Int!, $sender: ID!) {
      conversations(first: $first, filter: { senderId: $sender }) {
        edges { node {
          messageCount contact { id } sender { id } lastMessage { id } serviceWindow { open } files { edges { cursor } }
          messages(first: 5) { edges { node { id conversation { id } replyTo { id } reactions { id } } } }
        } }
      }
    }
    """
    _, one = await counted(query, first=1, sender=several["sender"])
    _, three = await counted(query, first=3, sender=several["sender"])
    assert three == one


async def test_events_of_a_conversation_are_its_messages_too(api: Api) -> None:
    conversation, before = await a_conversation(), datetime.now(UTC)
    await send(conversation, {"reaction": {"message_id": await heard_in(conversation), "emoji": "👍"}})
    query = """
    query ($id: ID!) {
      events(filter: { conversationId: $id }) {
        edges { node { type occurredAt subject { id } ... on ConversationEvent { conversation { id } } } }
      }
    }
    """
    edges = [edge["node"] for edge in (await api.data(query, id=id_of(conversation)))["events"]["edges"]]
    assert [node["type"] for node in edges] == ["CONVERSATION_CREATED", "CONVERSATION_UPDATED", "MESSAGE_UPDATED"]
    assert edges[0]["conversation"] == edges[0]["subject"] == {"id": id_of(conversation)}
    assert edges[2]["occurredAt"] > before.isoformat()
