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
from tests.domain.messages.surroundings import a_message
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


PAGES = """
query ($filter: ConversationFilter, $first: Int, $offset: Int) {
  conversations(filter: $filter, first: $first, offset: $offset) {
    totalCount pageInfo { hasNextPage hasPreviousPage } edges { node { id } }
  }
}
"""
CROWD = """
WITH people AS (
  INSERT INTO contact (name, opt_in_status) SELECT 'Rita ' || n, 'UNKNOWN' FROM generate_series(1, 53) n RETURNING id
)
INSERT INTO conversation (sender_id, contact_id, address, status, handler, epoch, unread_count, priority, tags,
                          metadata, last_message_at)
SELECT $1, id, 'x', 'ACTIVE', 'BOT', 0, 0, 2, '{}', '{}', now() - id * interval '1 s' FROM people RETURNING id
"""


async def test_fifty_are_a_page_a_hundred_are_the_most_and_an_offset_skips(api: Api) -> None:
    sender = await the_sender()
    ids = sorted(row["id"] for row in await connect.rows(CROWD, sender.id))
    newest_first = [id_of(id) for id in ids]

    async def page(**asked: Any) -> tuple[list[str], bool, bool]:
        shown = (await api.data(PAGES, filter={"senderId": encode("Sender", sender.id)}, **asked))["conversations"]
        assert shown["totalCount"] == 53
        info = shown["pageInfo"]
        return [edge["node"]["id"] for edge in shown["edges"]], info["hasNextPage"], info["hasPreviousPage"]

    assert await page() == (newest_first[:50], True, False)
    assert await page(first=100) == await page(first=100, offset=0) == (newest_first, False, False)
    assert await page(first=20, offset=40) == (newest_first[40:], False, True)
    assert await page(first=20, offset=20) == (newest_first[20:40], True, True)
    refused = await api.refusal(PAGES, first=101)
    assert (refused["code"], refused["field"]) == ("VALIDATION_ERROR", "first")
    refused = await api.refusal(PAGES, first=1, offset=-1)
    assert (refused["code"], refused["field"]) == ("VALIDATION_ERROR", "offset")


async def test_fifty_messages_are_a_page_of_a_conversation(api: Api) -> None:
    conversation = await a_conversation()
    row = await Conversation.get(id=conversation)
    for _ in range(52):
        await a_message(row.sender_id, row.contact_id, state="SENT", due_at=None)
    query = """
    query ($id: ID!, $first: Int) { conversation(id: $id) { messages(first: $first) {
      totalCount pageInfo { hasNextPage } edges { cursor }
    } } }
    """
    for first, expected in ((None, 50), (53, 53), (100, 53), (7, 7)):
        page = (await api.data(query, id=id_of(conversation), first=first))["conversation"]["messages"]
        assert (page["totalCount"], len(page["edges"])) == (53, expected)
        assert page["pageInfo"]["hasNextPage"] is (expected < 53)
    refused = await api.refusal(query, id=id_of(conversation), first=101)
    assert (refused["code"], refused["field"]) == ("VALIDATION_ERROR", "first")


async def test_who_wrote_what_when_and_how_far_it_came(api: Api) -> None:
    conversation = await a_conversation()
    row, heard = await Conversation.get(id=conversation), await heard_in(conversation)
    day = datetime(2026, 11, 20, 9, tzinfo=UTC)
    written = {"CONTACT": heard}
    for author in ("SYSTEM", "BOT", "OPERATOR"):
        given = {"author": author, "state": "DELIVERED", "due_at": None, "sent_at": day, "delivered_at": day}
        written[author] = await a_message(row.sender_id, row.contact_id, **given)
    for hours, author in enumerate(("SYSTEM", "CONTACT", "BOT", "OPERATOR")):
        await Message.filter(id=written[author]).update(created_at=day + timedelta(hours=hours))
    await Message.filter(id=written["BOT"]).update(state="READ", read_at=day)
    query = """
    query ($id: ID!, $filter: MessageFilter) { conversation(id: $id) { messages(filter: $filter) { edges { node {
      author direction status deliveredAt readAt
    } } } } }
    """

    async def found(**filter: Any) -> list[dict[str, Any]]:
        shown = (await api.data(query, id=id_of(conversation), filter=filter))["conversation"]["messages"]
        return [edge["node"] for edge in shown["edges"]]

    shown = {each["author"]: each for each in await found()}
    assert {author: each["direction"] for author, each in shown.items()} == {
        "CONTACT": "INBOUND", "SYSTEM": "OUTBOUND", "BOT": "OUTBOUND", "OPERATOR": "OUTBOUND",
    }  # fmt: skip
    assert {author: each["status"] for author, each in shown.items()} == {
        "CONTACT": "RECEIVED", "SYSTEM": "DELIVERED", "BOT": "READ", "OPERATOR": "DELIVERED",
    }  # fmt: skip
    at = "2026-11-20T09:00:00Z"
    assert (shown["OPERATOR"]["deliveredAt"], shown["OPERATOR"]["readAt"], shown["BOT"]["readAt"]) == (at, None, at)
    for author in written:
        assert [each["author"] for each in await found(author=[author])] == [author]
    assert {each["author"] for each in await found(author=["BOT", "OPERATOR"])} == {"BOT", "OPERATOR"}
    assert [each["author"] for each in await found(direction="INBOUND")] == ["CONTACT"]
    assert {each["author"] for each in await found(direction="OUTBOUND")} == {"SYSTEM", "BOT", "OPERATOR"}
    noon = "2026-11-20T11:00:00Z"
    assert {each["author"] for each in await found(createdAt={"end": noon})} == {"SYSTEM", "CONTACT"}
    assert {each["author"] for each in await found(createdAt={"start": noon})} == {"BOT", "OPERATOR"}
    span = {"start": "2026-11-20T10:00:00Z", "end": noon}
    assert [each["author"] for each in await found(createdAt=span)] == ["CONTACT"]
