"""The inbox over the real API: whose work, how urgent, which words; and what it costs the database."""

from typing import Any

import pytest

from db.accounts import Role
from db.conversations import Conversation
from db.core import connect
from db.messages import Message, Priority
from domain import contacts, conversations
from domain.core.access import SYSTEM
from graph.core.ids import decode, encode
from tests import factories
from tests.domain.conversations.surroundings import a_conversation, heard_in, send, the_sender
from tests.factories import phone, unique
from tests.running import Api
from tests.statements import counted

FIELDS = """
  id status handler assignedTo { id } priority tags language metadata satisfactionScore takenOverAt
  escalationReason escalationNote unreadCount lastMessage { content author direction }
"""
CREATE = f"mutation ($input: CreateConversationInput!) {{ createConversation(input: $input) {{ {FIELDS} }} }}"
UPDATE = f"""mutation ($id: ID!, $input: UpdateConversationInput!) {{
  updateConversation(id: $id, input: $input) {{ {FIELDS} }} }}"""
ASSIGN = "mutation ($id: ID!, $user: ID) { assignConversation(id: $id, userId: $user) { assignedTo { id name } } }"
DELETE = "mutation ($id: ID!) { deleteConversation(id: $id) }"
LIST = """
query ($filter: ConversationFilter, $orderBy: ConversationOrder! = LAST_MESSAGE_AT, $direction: OrderDirection! = DESC,
       $first: Int, $after: String) {
  conversations(filter: $filter, orderBy: $orderBy, direction: $direction, first: $first, after: $after) {
    totalCount pageInfo { endCursor } edges { node { id } }
  }
}
"""


def id_of(conversation: int) -> str:
    return encode("Conversation", conversation)


async def test_a_conversation_from_its_opening_to_its_end(api: Api) -> None:
    sender, user, number = await the_sender(), await factories.user(role=Role.SALES), phone()
    given = {
        "phoneNumber": number,
        "senderId": encode("Sender", sender.id),
        "assignedToId": encode("User", user.id),
        "initialMessage": "Hello",
        "priority": "HIGH",
        "tags": ["vip"],
        "metadata": {"source": "web"},
    }
    opened = (await api.data(CREATE, role=Role.SALES, input=given))["createConversation"]
    assert (opened["status"], opened["handler"], opened["priority"], opened["tags"]) == (
        "ACTIVE",
        "BOT",
        "HIGH",
        ["vip"],
    )
    assert opened["assignedTo"] == {"id": encode("User", user.id)}
    assert opened["lastMessage"] == {"content": "Hello", "author": "CONTACT", "direction": "INBOUND"}
    assert (opened["metadata"], opened["unreadCount"], opened["language"]) == ({"source": "web"}, 1, None)
    assert (await api.refusal(CREATE, input=given))["code"] == "DUPLICATE_RESOURCE"
    change = {"priority": "LOW", "tags": [], "metadata": {"source": None, "stage": 2}, "satisfactionScore": 4}
    changed = (await api.data(UPDATE, id=opened["id"], input=change))["updateConversation"]
    assert (changed["priority"], changed["tags"], changed["metadata"]) == ("LOW", [], {"stage": 2})
    assert changed["satisfactionScore"] == 4
    freed = (await api.data(ASSIGN, id=opened["id"]))["assignConversation"]
    assert freed == {"assignedTo": None}
    assert (await api.data(DELETE, id=opened["id"]))["deleteConversation"] == opened["id"]
    shown = await api.refusal("query ($id: ID!) { conversation(id: $id) { id } }", id=opened["id"])
    assert shown["code"] == "NOT_FOUND"
    again = (await api.data(CREATE, input={**given, "initialMessage": None}))["createConversation"]
    assert (again["id"] == opened["id"], again["lastMessage"]) == (False, None)


async def test_what_is_wrong_is_told_with_its_field(api: Api) -> None:
    conversation, sender = await a_conversation(), await the_sender()
    refused = await api.refusal(CREATE, input={"phoneNumber": "12", "senderId": encode("Sender", sender.id)})
    assert (refused["code"], refused["field"]) == ("INVALID_PHONE_NUMBER", "phoneNumber")
    refused = await api.refusal(UPDATE, id=id_of(conversation), input={"satisfactionScore": 6})
    assert (refused["code"], refused["field"]) == ("VALIDATION_ERROR", "satisfactionScore")
    marketer = await factories.user(role=Role.MARKETER)
    refused = await api.refusal(ASSIGN, id=id_of(conversation), user=encode("User", marketer.id))
    assert (refused["code"], refused["field"]) == ("VALIDATION_ERROR", "userId")
    refused = await api.refusal(DELETE, id=id_of(2**40))
    assert refused["code"] == "NOT_FOUND"
    for role in (Role.MARKETER, Role.VIEWER):
        refused = await api.refusal(DELETE, role=role, id=id_of(conversation))
        assert refused["code"] == "AUTHORIZATION_ERROR"
    assert (await Conversation.get(id=conversation)).deleted_at is None


async def test_those_who_may_answer_are_offered(api: Api) -> None:
    user = await factories.user(role=Role.SALES)
    found = await api.data("query ($search: String) { assignableUsers(search: $search) { id } }", search=user.email)
    assert found["assignableUsers"] == [{"id": encode("User", user.id)}]


async def test_figures_text_and_moods_are_shown(api: Api) -> None:
    conversation = await a_conversation()
    await Message.filter(id=await heard_in(conversation)).update(sentiment=-0.5)
    await send(conversation, {"text": "Hi"})
    query = """
    query ($id: ID!) { conversation(id: $id) {
      summary { totalMessages contactMessages botMessages operatorMessages averageResponseTime sentimentScore }
      transcript messages { edges { node { sentimentScore } } }
    } }
    """
    shown = (await api.data(query, id=id_of(conversation)))["conversation"]
    assert shown["summary"] == {
        "totalMessages": 2, "contactMessages": 1, "botMessages": 0, "operatorMessages": 1,
        "averageResponseTime": None, "sentimentScore": -0.5,
    }  # fmt: skip
    assert [line.partition(" Rita: ")[2] for line in shown["transcript"].splitlines()][:1] == ["Hello"]
    assert shown["transcript"].endswith("Operator: Hi")
    assert [edge["node"]["sentimentScore"] for edge in shown["messages"]["edges"]] == [None, -0.5]


async def test_a_queued_message_says_when_it_should_leave(api: Api) -> None:
    conversation = await a_conversation()
    sent = await send(conversation, {"text": "Hi"})
    query = "query ($id: ID!) { message(id: $id) { status createdAt estimatedDeliveryAt } }"
    shown = (await api.data(query, id=encode("Message", sent.id)))["message"]
    assert shown["status"] == "QUEUED"
    assert shown["estimatedDeliveryAt"] > shown["createdAt"]
    await conversations.delete(SYSTEM, conversation)
    assert (await api.refusal(query, id=encode("Message", sent.id)))["code"] == "NOT_FOUND"


# ---------------------------------------------------------------------------
# Finding
# ---------------------------------------------------------------------------


@pytest.fixture
async def several(api: Api) -> dict[str, Any]:
    """Three conversations of one sender, in the order of their last messages: mine, another's, nobody's."""
    sender, word = await the_sender(), unique("word").replace("-", "")
    me, other = (await api.data("{ me { id } }"))["me"]["id"], await factories.user(role=Role.SALES)
    free = await a_conversation(sender.id)
    theirs = await a_conversation(sender.id)
    mine = await a_conversation(sender.id)
    await conversations.assign(SYSTEM, mine, decode(me, "User"))
    await conversations.assign(SYSTEM, theirs, other.id)
    await conversations.update(SYSTEM, free, priority=Priority.URGENT, tags=["vip", "new"])
    await conversations.update(SYSTEM, mine, priority=Priority.HIGH, tags=["new"])
    await Conversation.filter(id=theirs).update(handler="OPERATOR")
    return {
        "sender": encode("Sender", sender.id), "word": word, "me": me, "other": encode("User", other.id),
        "free": free, "theirs": theirs, "mine": mine,
    }  # fmt: skip


async def found(api: Api, several: dict[str, Any], **asked: Any) -> list[str]:
    shown = {key: asked.pop(key) for key in ("orderBy", "direction") if key in asked}
    page = (await api.data(LIST, filter={"senderId": several["sender"], **asked}, **shown))["conversations"]
    ids = [edge["node"]["id"] for edge in page["edges"]]
    assert page["totalCount"] == len(ids)
    return [name for id in ids for name in ("free", "theirs", "mine") if id_of(several[name]) == id]


async def test_they_are_found_by_whose_work_they_are_and_how_urgent(api: Api, several: dict[str, Any]) -> None:
    assert await found(api, several) == ["mine", "theirs", "free"]
    assert await found(api, several, assignment="MINE") == ["mine"]
    assert await found(api, several, assignment="ASSIGNED") == ["mine", "theirs"]
    assert await found(api, several, assignment="UNASSIGNED") == ["free"]
    assert await found(api, several, assignedToId=several["other"]) == ["theirs"]
    assert await found(api, several, assignedToId=several["me"], assignment="UNASSIGNED") == []
    assert await found(api, several, handler="OPERATOR") == ["theirs"]
    assert await found(api, several, handler="BOT") == ["mine", "free"]
    assert await found(api, several, priority=["URGENT", "HIGH"]) == ["mine", "free"]
    assert await found(api, several, priority=[]) == []
    assert await found(api, several, tags=["vip"]) == ["free"]
    assert await found(api, several, tags=["new", "vip"]) == ["mine", "free"]
    assert await found(api, several, tags=["VIP"]) == []


async def test_they_are_sorted_by_priority_and_then_by_their_last_message(api: Api, several: dict[str, Any]) -> None:
    assert await found(api, several, orderBy="PRIORITY") == ["free", "mine", "theirs"]
    assert await found(api, several, orderBy="PRIORITY", direction="ASC") == ["theirs", "mine", "free"]
    await conversations.update(SYSTEM, several["mine"], priority=Priority.URGENT)
    assert await found(api, several, orderBy="PRIORITY") == ["mine", "free", "theirs"]
    seen, after = list[str](), None
    for _ in range(3):
        variables = {"filter": {"senderId": several["sender"]}, "orderBy": "PRIORITY", "first": 1, "after": after}
        page = (await api.data(LIST, **variables))["conversations"]
        seen += [edge["node"]["id"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
    assert seen == [id_of(several[name]) for name in ("mine", "free", "theirs")]


async def test_they_are_found_by_words_of_their_messages_and_by_who_it_is(api: Api, several: dict[str, Any]) -> None:
    word = several["word"]
    theirs = await Conversation.get(id=several["theirs"])
    await contacts.update(SYSTEM, theirs.contact_id, name=f"Rita {word}")
    await send(several["mine"], {"text": f"Your order {word.upper()} has left."})
    await Message.filter(id=await heard_in(several["free"])).update(content=f"Is {word}x there?")
    assert await found(api, several, search=word) == ["mine", "theirs", "free"]
    assert await found(api, several, search=f"{word}x") == ["free"]
    assert await found(api, several, search=f"left {word}") == ["mine"]
    assert await found(api, several, search=f"rita {word}") == ["theirs"]
    assert await found(api, several, search=word[1:]) == ["theirs"]
    digits = theirs.address
    await connect.execute("UPDATE contact SET numbers = $2 WHERE id = $1", theirs.contact_id, digits)
    assert await found(api, several, search=f"{digits[:3]} ({digits[3:5]}) {digits[5:10]}-{digits[10:]}") == ["theirs"]
    assert await found(api, several, search=f"{word} nobody") == []
    assert await found(api, several, search="?!") == []
    assert await found(api, several, search=word, handler="OPERATOR") == ["theirs"]
    assert await found(api, several, search=word, orderBy="PRIORITY", direction="ASC") == ["theirs", "mine", "free"]
    await connect.execute("UPDATE message SET author = 'SYSTEM' WHERE id = $1", await heard_in(several["free"]))
    assert await found(api, several, search=f"{word}x") == []


async def test_pages_of_a_search_go_on_where_the_last_one_ended(api: Api, several: dict[str, Any]) -> None:
    word = several["word"]
    for name in ("free", "mine"):
        await Message.filter(id=await heard_in(several[name])).update(content=f"It is {word}.")
    await contacts.update(SYSTEM, (await Conversation.get(id=several["theirs"])).contact_id, name=word)
    await contacts.update(SYSTEM, (await Conversation.get(id=several["free"])).contact_id, name=word)
    seen, after = list[str](), None
    for _ in range(3):
        page = (await api.data(LIST, filter={"search": word}, first=1, after=after))["conversations"]
        assert page["totalCount"] == 3
        seen += [edge["node"]["id"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
    assert seen == [id_of(several[name]) for name in ("mine", "theirs", "free")]


# ---------------------------------------------------------------------------
# What it costs
# ---------------------------------------------------------------------------


async def test_a_list_with_figures_and_transcripts_costs_as_many_statements_as_one(several: dict[str, Any]) -> None:
    query = """
    query ($first: Int!, $sender: ID!) {
      conversations(first: $first, filter: { senderId: $sender }) {
        edges { node { assignedTo { id } summary { totalMessages averageResponseTime sentimentScore } transcript } }
      }
    }
    """
    _, one = await counted(query, first=1, sender=several["sender"])
    _, three = await counted(query, first=3, sender=several["sender"])
    assert three == one
