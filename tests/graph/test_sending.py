"""Sending over the real API, by a real worker, to a WhatsApp that checks each body: every kind of message."""

import asyncio
import time
from typing import Any

import pytest

from db.accounts import Role
from db.conversations import Conversation
from db.messages import Message
from graph.core.ids import decode, encode
from tests import factories
from tests.domain.conversations.surroundings import ACCOUNT, a_conversation, approved, heard_in, stored
from tests.factories import unique
from tests.running import Api, Program, Simulator

SEND = "mutation ($input: SendMessageInput!) { sendMessage(input: $input) { id status type content } }"
READ = """
query ($id: ID!) {
  message(id: $id) {
    status errorMessage providerMessageId type content author purpose correlationId metadata
    operator { email } conversation { id lastMessage { id } messageCount } replyTo { id } media { name }
    details {
      __typename
      ... on InteractiveDetails {
        footer header { format text media { id } location { latitude } }
        buttons { type title payload url flowId } sections { title rows { payload title description } }
      }
      ... on LocationDetails { latitude longitude name address }
      ... on ContactsDetails { cards { name phoneNumbers emails company } }
    }
  }
}
"""
ROWS = [{"payload": "f10", "title": "10:00", "description": "Room 2"}]
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes.fromhex(
    "0000000d49484452000000010000000108060000001f15c4890000000d49444154789c626001000000ffff03000006000557bfabd4"
    "0000000049454e44ae426082"
)
"""One pixel."""
KINDS: dict[str, dict[str, Any]] = {
    "text": {"text": "See https://ex.example"},
    "location": {"location": {"latitude": 41.15, "longitude": -8.61, "name": "Depot", "address": "Rua 5"}},
    "contacts": {"contacts": [{"name": "Rita Sá", "phoneNumbers": ["+351910000111"], "emails": ["r@ex.example"]}]},
    "buttons": {
        "interactive": {
            "text": "Keep Friday?",
            "header": {"text": "Visit"},
            "footer": "Clinic",
            "buttons": [{"type": "REPLY", "title": "Keep", "payload": "k"}, {"type": "REPLY", "title": "Move"}],
        }
    },
    "list": {
        "interactive": {
            "text": "Pick",
            "buttons": [{"type": "LIST", "title": "Slots"}],
            "sections": [{"title": "Friday", "rows": ROWS}],
        }
    },
    "link": {
        "interactive": {"text": "Pay", "buttons": [{"type": "URL", "title": "Pay", "url": "https://ex.example/p"}]}
    },
    "form": {
        "interactive": {
            "text": "Tell us",
            "buttons": [{"type": "FLOW", "title": "Open", "flowId": "66", "screen": "START", "data": {"visit": "1"}}],
        }
    },
}


@pytest.fixture
async def sender_id(api: Api, worker: Program, simulator: Simulator) -> int:
    return (await factories.sender(business_account_id=ACCOUNT)).id


async def until_settled(id: str) -> Message:
    """The message once WhatsApp has taken or refused it."""
    number = decode(id, "Message")
    end = time.monotonic() + 20
    while time.monotonic() < end:
        message = await Message.get(id=number)
        if message.state not in ("QUEUED", "CLAIMED", "IN_FLIGHT"):
            return message
        await asyncio.sleep(0.05)
    raise AssertionError(f"It is still {message.state}.")


async def send(api: Api, conversation: int, message: dict[str, Any], **given: Any) -> str:
    given = {"to": {"id": encode("Conversation", conversation)}, "message": message, **given}
    return (await api.data(SEND, role=Role.SALES, input=given))["sendMessage"]["id"]


async def taken(simulator: Simulator, message: Message) -> dict[str, Any]:
    """What WhatsApp was sent."""
    assert message.state in ("SENT", "DELIVERED", "READ"), message.error_message
    [found] = simulator.get("ledger", to=message.address)["messages"]
    return found


@pytest.mark.parametrize("kind", KINDS)
async def test_each_kind_is_taken_by_whatsapp_and_shown_as_it_was_given(
    api: Api, sender_id: int, simulator: Simulator, kind: str
) -> None:
    conversation = await a_conversation(sender_id)
    id = await send(api, conversation, KINDS[kind])
    found = await taken(simulator, await until_settled(id))
    shown = (await api.data(READ, id=id))["message"]
    assert shown["conversation"] == {
        "id": encode("Conversation", conversation),
        "lastMessage": {"id": id},
        "messageCount": 2,
    }
    assert (shown["author"], shown["purpose"]) == ("OPERATOR", "UTILITY")
    assert shown["providerMessageId"] == found["wamid"]
    details = shown["details"]
    match kind:
        case "text":
            assert (found["type"], found["text"], details) == ("text", "See https://ex.example", None)
        case "location":
            assert found["type"] == "location"
            assert details == {"__typename": "LocationDetails", **KINDS["location"]["location"]}
        case "contacts":
            assert found["type"] == "contacts"
            [card] = KINDS["contacts"]["contacts"]
            assert details == {"__typename": "ContactsDetails", "cards": [{**card, "company": None}]}
        case _:
            assert (found["type"], found["text"]) == ("interactive", KINDS[kind]["interactive"]["text"])
            given = KINDS[kind]["interactive"]
            assert details["footer"] == given.get("footer")
            assert [each["title"] for each in details["buttons"]] == [each["title"] for each in given["buttons"]]
            assert details["sections"] == given.get("sections", [])


async def test_a_reply_and_a_reaction_stand_on_their_message(api: Api, sender_id: int, simulator: Simulator) -> None:
    conversation = await a_conversation(sender_id)
    asked = encode("Message", await heard_in(conversation))
    answer = await send(api, conversation, {"text": "Yes"}, replyToId=asked)
    await until_settled(answer)
    assert (await api.data(READ, id=answer))["message"]["replyTo"] == {"id": asked}
    for emoji in ("👍", "❤️"):
        reaction = await send(api, conversation, {"reaction": {"messageId": asked, "emoji": emoji}})
        await until_settled(reaction)
    query = "query ($id: ID!) { message(id: $id) { reactions { id content } } }"
    assert (await api.data(query, id=asked))["message"]["reactions"] == [{"id": reaction, "content": "❤️"}]
    back = await send(api, conversation, {"reaction": {"messageId": asked, "emoji": None}})
    assert (await until_settled(back)).state in ("SENT", "DELIVERED", "READ")
    assert (await api.data(query, id=asked))["message"]["reactions"] == []


async def test_a_correlation_id_metadata_and_who_sent_it(api: Api, sender_id: int) -> None:
    conversation, correlation = await a_conversation(sender_id), unique()
    given = {"correlationId": correlation, "metadata": {"order": 7}, "priority": "URGENT"}
    id = await send(api, conversation, {"text": "Hi"}, **given)
    assert await send(api, conversation, {"text": "Hi"}, **given) == id
    shown = (await api.data(READ, id=id))["message"]
    assert (shown["correlationId"], shown["metadata"]) == (correlation, {"order": 7})
    assert shown["operator"] is not None


async def test_outside_the_window_the_templates_that_would_do_are_named(api: Api, sender_id: int) -> None:
    template = await approved("Hello {{name}}", title="Greeting")
    given = {"to": {"phoneNumber": factories.phone()}, "senderId": encode("Sender", sender_id)}
    refused = await api.refusal(SEND, input={**given, "message": {"text": "Hi"}})
    assert (refused["code"], refused["field"]) == ("WINDOW_CLOSED", "message")
    offered = {each["id"]: each for each in refused["details"]["templates"]}
    assert offered[encode("MessageTemplate", template.id)] == {
        "id": encode("MessageTemplate", template.id),
        "title": "Greeting",
        "name": template.approval_name,
        "language": "en",
        "category": "UTILITY",
    }


async def test_each_invalid_field_has_its_error(api: Api, sender_id: int) -> None:
    conversation = await a_conversation(sender_id)
    message = {"interactive": {"text": "", "buttons": [{"type": "REPLY", "title": "x" * 21}], "footer": "x" * 61}}
    given = {"to": {"id": encode("Conversation", conversation)}, "message": message, "correlationId": "x" * 256}
    answer = await api.gql(SEND, {"input": given}, role=Role.SALES)
    fields = [error["extensions"]["field"] for error in answer["errors"]]
    assert fields == [
        "correlationId",
        "message.interactive.buttons[0].title",
        "message.interactive.text",
        "message.interactive.footer",
    ]


async def test_exactly_one_kind_is_said(api: Api, sender_id: int) -> None:
    for message in ({}, {"text": "Hi", "location": {"latitude": 0, "longitude": 0}}):
        given = {"to": {"phoneNumber": "+351910000111"}, "message": message}
        assert (await api.refusal(SEND, input=given))["code"] == "VALIDATION_ERROR"


async def test_reading_and_typing_reach_whatsapp(api: Api, sender_id: int, simulator: Simulator) -> None:
    conversation = await a_conversation(sender_id)
    wamid = (await Message.get(id=await heard_in(conversation))).provider_message_id
    id = encode("Conversation", conversation)
    marked = "mutation ($id: ID!) { markConversationRead(id: $id) { unreadCount } }"
    assert (await api.data(marked, role=Role.SALES, id=id))["markConversationRead"] == {"unreadCount": 0}
    typing = "mutation ($id: ID!) { setTyping(conversationId: $id) { id } }"
    await api.data(typing, role=Role.SALES, id=id)
    end = time.monotonic() + 10
    while time.monotonic() < end:
        receipts = [each for each in simulator.get("receipts")["receipts"] if wamid in each.values()]
        if len(receipts) == 2:
            break
        await asyncio.sleep(0.05)
    assert sorted(bool(each.get("typing")) for each in receipts) == [False, True]


async def test_a_file_is_uploaded_and_leaves_with_its_caption(api: Api, sender_id: int, simulator: Simulator) -> None:
    create = "mutation ($input: CreateUploadInput!) { createUpload(input: $input) { url file { id } } }"
    upload = (await api.data(create, input={"name": "door.png", "sizeBytes": len(PICTURE)}))["createUpload"]
    put = await api.http.put(upload["url"], content=PICTURE)
    assert put.status_code < 300, put.text
    conversation, file = await a_conversation(sender_id), {"fileId": upload["file"]["id"]}
    id = await send(api, conversation, {"media": {"file": file, "caption": "Front door"}})
    found = await taken(simulator, await until_settled(id))
    assert (found["type"], found["text"]) == ("image", "Front door")
    shown = (await api.data(READ, id=id))["message"]
    assert (shown["type"], shown["content"], shown["media"]) == ("IMAGE", "Front door", {"name": "door.png"})
    button = {"type": "URL", "title": "Pay", "url": "https://ex.example"}
    other = await a_conversation(sender_id)
    headed = await send(api, other, {"interactive": {"text": "Pay", "header": {"media": file}, "buttons": [button]}})
    assert (await taken(simulator, await until_settled(headed)))["type"] == "interactive"
    details = (await api.data(READ, id=headed))["message"]["details"]
    assert details["header"] == {"format": "IMAGE", "text": None, "media": {"id": file["fileId"]}, "location": None}


@pytest.mark.parametrize(
    ("media", "field", "reason"),
    [
        ({"file": {"fileId": encode("File", 2**40)}}, "message.media.file.fileId", None),
        ({"file": {"url": "http://127.0.0.1/x.png"}, "caption": "x" * 1025}, "message.media.caption", "too_long"),
        ({"file": {"url": "https://ex.example/a.ogg"}, "type": "TEXT"}, "message.media.type", "not_a_file"),
        (
            {"file": {"provider": {"id": "77", "mimeType": "audio/ogg"}}, "caption": "x"},
            "message.media.caption",
            "not_allowed",
        ),
        (
            {"file": {"provider": {"id": "77", "mimeType": "image/png"}}, "type": "VOICE"},
            "message.media.file.provider.mimeType",
            "not_taken",
        ),
    ],
)
async def test_files_that_cannot_go_along(
    api: Api, sender_id: int, media: dict[str, Any], field: str, reason: str | None
) -> None:
    conversation = await a_conversation(sender_id)
    before = await stored()
    given = {"to": {"id": encode("Conversation", conversation)}, "message": {"media": media}}
    answer = await api.gql(SEND, {"input": given}, role=Role.SALES)
    faults = {error["extensions"]["field"]: error["extensions"]["details"].get("reason") for error in answer["errors"]}
    assert faults[field] == reason
    assert await stored() == before


async def test_a_file_that_whatsapp_holds_leaves_by_its_id(api: Api, sender_id: int, simulator: Simulator) -> None:
    posted = await api.http.post(f"{simulator.url}/_simulator/media?mime_type=image/png", content=PICTURE)
    held = posted.json()["id"]
    file = {"provider": {"id": held, "mimeType": "image/png"}}
    id = await send(api, await a_conversation(sender_id), {"media": {"file": file, "caption": "Held"}})
    found = await taken(simulator, await until_settled(id))
    assert (found["type"], found["text"]) == ("image", "Held")


async def test_a_hidden_number_is_answered_by_its_user_id(api: Api, sender_id: int, simulator: Simulator) -> None:
    conversation, bsuid = await a_conversation(sender_id), f"PT.{factories.phone()[1:]}"
    await Conversation.filter(id=conversation).update(address=bsuid)
    id = await send(api, conversation, {"text": "Hi"})
    found = await taken(simulator, await until_settled(id))
    assert (found["to"], found["outcome"] == "lost") == (bsuid, False)
