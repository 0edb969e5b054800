"""Sending as a person: where to, what is kept, and every state that forbids it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from db.accounts import Role, Scope
from db.contacts import Contact, ContactPhone
from db.conversations import Conversation
from db.core import connect
from db.messages import Message, MessageAuthor, MessageType, Priority
from db.senders import Sender, SenderProvider
from db.templates import TemplateCategory
from domain import conversations
from domain.core.access import SYSTEM
from domain.core.errors import ErrorCode, Refusal
from domain.messages import dispatch
from domain.providers.base import Cards, Emoji, Interactive, Place, TemplateContent, Text
from tests import factories
from tests.callers import check_callers, only, refused, token
from tests.domain.conversations.surroundings import a_conversation, approved, heard_in, send, stored, the_sender
from tests.domain.messages.surroundings import state_of
from tests.factories import phone, unique

WRONG = ErrorCode.VALIDATION_ERROR
HI = {"text": "Hi"}


async def test_a_text_is_queued_as_an_operators_and_shows_in_the_conversation() -> None:
    conversation, user = await a_conversation(), await factories.user()
    before = await Conversation.get(id=conversation)
    viewer = token(Scope.CONVERSATIONS, user_id=user.id)
    sent = await send(conversation, {"text": " Hi Rita "}, viewer=viewer, priority=Priority.URGENT, metadata={"a": 1})
    kept = await Message.get(id=sent.id)
    assert (kept.type, kept.content, kept.author) == (MessageType.TEXT, "Hi Rita", MessageAuthor.OPERATOR)
    assert (kept.operator_id, kept.priority, kept.metadata) == (user.id, Priority.URGENT, {"a": 1})
    assert (kept.state, kept.purpose, kept.address) == ("QUEUED", TemplateCategory.UTILITY, before.address)
    after = await Conversation.get(id=conversation)
    assert (after.last_message_id, after.epoch - before.epoch) == (sent.id, 1)
    event = await connect.row(
        "SELECT type, actor_id FROM event WHERE conversation_id = $1 ORDER BY number DESC LIMIT 1", conversation
    )
    assert event is not None
    assert (event["type"], event["actor_id"]) == ("CONVERSATION_UPDATED", user.id)


async def test_who_may_send() -> None:
    await check_callers(lambda viewer: send(2**40, HI, viewer=viewer), {Role.ADMIN, Role.SALES}, Scope.CONVERSATIONS)


async def test_a_token_of_another_sender_finds_no_conversation_and_changes_nothing() -> None:
    conversation, other = await a_conversation(), await the_sender()
    viewer = token(Scope.CONVERSATIONS, sender_id=other.id)
    before = await stored()
    assert await only(send(conversation, HI, viewer=viewer)) == (ErrorCode.NOT_FOUND, "to.id", None)
    assert await stored() == before


# ---------------------------------------------------------------------------
# Where to
# ---------------------------------------------------------------------------


async def to_number(number: str, sender_id: int, message: dict[str, Any] = HI, **given: Any) -> Message:
    return await conversations.send(SYSTEM, to={"phone_number": number}, message=message, sender_id=sender_id, **given)


async def test_an_unknown_number_gets_a_contact_and_a_conversation() -> None:
    sender, number = await the_sender(provider="WAHA"), phone()
    sent = await to_number(number, sender.id)
    contact = await Contact.get(id=sent.contact_id)
    assert (contact.name, (await ContactPhone.get(contact_id=contact.id)).phone_number) == (number, number)
    opened = await Conversation.get(contact_id=contact.id)
    assert (opened.sender_id, opened.address, opened.last_message_id) == (sender.id, number, sent.id)
    again = await to_number(number, sender.id)
    assert (again.contact_id, await Conversation.filter(contact_id=contact.id).count()) == (contact.id, 1)


async def test_a_number_in_another_national_spelling_is_the_same_persons() -> None:
    sender, digits = await the_sender(provider="WAHA"), phone()[-8:]
    known = await factories.contact(phone_number=f"+55119{digits}")
    sent = await to_number(f"+5511{digits}", sender.id)
    assert (sent.contact_id, sent.address) == (known.id, f"+55119{digits}")


async def test_a_refusal_leaves_no_contact_behind() -> None:
    sender, before = await the_sender(), await stored()
    code, field, reason = await only(to_number(phone(), sender.id))
    assert (code, field, reason) == (ErrorCode.WINDOW_CLOSED, "message", "window_closed")
    assert await stored() == before


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"to": {"id": 2**40}}, (ErrorCode.NOT_FOUND, "to.id", None)),
        ({"sender_id": 2**40, "to": {"phone_number": "+5511912345678"}}, (ErrorCode.NOT_FOUND, "senderId", None)),
        ({"correlation_id": "x" * 256}, (WRONG, "correlationId", "too_long")),
        ({"metadata": ["x"]}, (WRONG, "metadata", "not_an_object")),
        ({"metadata": {"x": "y" * 17_000}}, (WRONG, "metadata", "too_long")),
        ({"metadata": {"x": "\0"}}, (WRONG, "metadata", "invalid_characters")),
        ({"reply_to_id": 2**40}, (ErrorCode.NOT_FOUND, "replyToId", None)),
        ({"message": {}}, (WRONG, "message", "required")),
    ],
)
async def test_what_is_wrong_with_the_rest(given: dict[str, Any], expected: tuple[Any, ...]) -> None:
    conversation = await a_conversation()
    before = await stored()
    assert await only(conversations.send(SYSTEM, **({"to": {"id": conversation}, "message": HI} | given))) == expected
    assert await stored() == before


async def test_a_number_that_is_none_and_a_sender_that_is_not_there_are_told_of_both() -> None:
    found = await refused(to_number("abc", 2**40))
    assert found == [
        (ErrorCode.INVALID_PHONE_NUMBER, "to.phoneNumber", "invalid_format"),
        (ErrorCode.NOT_FOUND, "senderId", None),
    ]


async def test_all_that_is_wrong_is_told_at_once() -> None:
    conversation = await a_conversation()
    wrong = {"message": {"text": ""}, "correlation_id": "x" * 256, "metadata": 3, "reply_to_id": 2**40}
    found = await refused(conversations.send(SYSTEM, to={"id": conversation}, **wrong))  # pyright: ignore[reportArgumentType]
    assert [field for _, field, _ in found] == ["correlationId", "metadata", "replyToId", "message.text"]


async def test_the_same_correlation_id_is_the_same_message() -> None:
    one, other = await a_conversation(), await a_conversation()
    first = await send(one, HI, correlation_id="order-1")
    before = await stored()
    assert (await send(one, {"text": "Anything"}, correlation_id="order-1")).id == first.id
    assert await stored() == before
    assert (await send(other, HI, correlation_id="order-1")).id != first.id


# ---------------------------------------------------------------------------
# What the person's state forbids
# ---------------------------------------------------------------------------


async def closed_conversation(**given: Any) -> int:
    return await a_conversation(ago=timedelta(hours=24, seconds=1), **given)


async def test_outside_the_window_only_templates_are_taken_and_those_that_would_do_are_told() -> None:
    conversation = await closed_conversation()
    template = await approved()
    await approved(approval_status="PAUSED")
    await approved(business_account_id="another")
    before = await stored()
    with pytest.raises(Refusal) as caught:
        await send(conversation, HI)
    assert (caught.value.code, caught.value.field) == (ErrorCode.WINDOW_CLOSED, "message")
    offered = caught.value.details["templates"]
    assert offered[0].id == template.id
    assert {each.approval_status for each in offered} == {"APPROVED"}
    assert {each.business_account_id for each in offered} == {template.business_account_id}
    assert await stored() == before
    sent = await send(conversation, {"template": {"template_id": template.id}})
    assert (sent.type, sent.template_id) == (MessageType.TEMPLATE, template.id)


async def test_the_window_is_the_cloud_apis_alone() -> None:
    sender = await the_sender(provider=SenderProvider.WAHA.value)
    assert (await send(await closed_conversation(sender_id=sender.id), HI)).state == "QUEUED"


async def test_from_a_session_that_has_expired_nothing_is_sent() -> None:
    sender = await the_sender(provider=SenderProvider.WAHA.value)
    conversation = await a_conversation(sender_id=sender.id)
    await Sender.filter(id=sender.id).update(status="EXPIRED")
    before = await stored()
    assert await only(send(conversation, HI)) == (ErrorCode.SESSION_EXPIRED, "to", "session_expired")
    assert await stored() == before
    await Sender.filter(id=sender.id).update(status="STOPPED")
    assert (await send(conversation, HI)).state == "QUEUED", "what is stopped goes on one day"


async def test_a_number_that_is_not_on_whatsapp_is_refused() -> None:
    conversation = await a_conversation()
    row = await Conversation.get(id=conversation)
    await ContactPhone.filter(contact_id=row.contact_id).update(on_whatsapp=False)
    assert await only(send(conversation, HI)) == (ErrorCode.NOT_ON_WHATSAPP, "to", "not_on_whatsapp")


async def test_who_declined_marketing_gets_no_template_for_it_and_may_be_answered() -> None:
    conversation = await a_conversation(opt_in_status="OPTED_OUT")
    offer = await approved(category="MARKETING")
    code, field, _ = await only(send(conversation, {"template": {"template_id": offer.id}}))
    assert (code, field) == (ErrorCode.OPTED_OUT, "message.template.templateId")
    assert (await send(conversation, HI)).state == "QUEUED"


async def test_a_window_that_closes_while_a_message_waits_fails_it_before_it_is_posted() -> None:
    conversation = await a_conversation()
    free, template = await send(conversation, HI), await approved("Hello")
    formal = await send(conversation, {"template": {"template_id": template.id}})
    await Conversation.filter(id=conversation).update(window_expires_at=datetime.now(UTC))
    leaving = await dispatch.depart(await dispatch.claim(free.sender_id, 10))
    assert [departure.id for departure in leaving] == [formal.id]
    kept = await Message.get(id=free.id)
    assert (kept.state, kept.error_code, kept.due_at) == ("FAILED", "WINDOW_CLOSED", None)
    events = await connect.rows("SELECT type, data FROM event WHERE message_id = $1", free.id)
    assert [event["type"] for event in events] == ["MESSAGE_FAILED"]


# ---------------------------------------------------------------------------
# Templates
# ---------------------------------------------------------------------------


async def test_a_template_is_filled_when_it_is_taken_and_when_it_leaves() -> None:
    conversation = await a_conversation(name="Rita")
    template = await approved("Hello {{name}}, {{day}} it is", category="MARKETING")
    sent = await send(conversation, {"template": {"template_id": template.id, "variables": {"day": "Friday"}}})
    assert (sent.content, sent.purpose) == ("Hello Rita, Friday it is", TemplateCategory.MARKETING)
    [leaving] = await dispatch.claim(sent.sender_id, 10)
    assert leaving.outgoing is not None
    assert isinstance(leaving.outgoing.content, TemplateContent)
    parameters = leaving.outgoing.content.components[0]["parameters"]
    assert [each["text"] for each in parameters] == ["Rita", "Friday"]


async def test_what_nothing_fills_is_told_early() -> None:
    conversation, template = await a_conversation(), await approved("Hello {{name}}, {{day}} at {{hour}}")
    before = await stored()
    with pytest.raises(Refusal) as caught:
        await send(conversation, {"template": {"template_id": template.id, "variables": {"day": "Friday"}}})
    assert (caught.value.code, caught.value.field) == (WRONG, "message.template.variables")
    assert caught.value.details == {"reason": "missing", "missing": ["hour"]}
    assert await stored() == before


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"approval_status": "PAUSED"}, (ErrorCode.TEMPLATE_UNAVAILABLE, "message.template.templateId", "paused")),
        ({"business_account_id": "other"}, (WRONG, "message.template.templateId", "other_account")),
        ({"deleted_at": datetime.now(UTC)}, (ErrorCode.NOT_FOUND, "message.template.templateId", None)),
    ],
)
async def test_templates_that_may_not_be_sent(given: dict[str, Any], expected: tuple[Any, ...]) -> None:
    conversation, template = await a_conversation(), await approved("Hello", **given)
    assert await only(send(conversation, {"template": {"template_id": template.id}})) == expected


async def test_a_text_of_ours_is_a_text_and_needs_the_window() -> None:
    own = await factories.template("Hello {{name}}")
    sent = await send(await a_conversation(name="Ana"), {"template": {"template_id": own.id}})
    assert (sent.type, sent.content, sent.template_id) == (MessageType.TEXT, "Hello Ana", own.id)
    late = send(await closed_conversation(), {"template": {"template_id": own.id}})
    assert (await only(late))[0] is ErrorCode.WINDOW_CLOSED


# ---------------------------------------------------------------------------
# Replies, reactions and what else leaves
# ---------------------------------------------------------------------------


async def test_a_reply_quotes_a_message_of_the_conversation() -> None:
    conversation = await a_conversation()
    asked = await heard_in(conversation)
    sent = await send(conversation, HI, reply_to_id=asked)
    [leaving] = await dispatch.claim(sent.sender_id, 10)
    assert leaving.outgoing is not None
    assert leaving.outgoing.reply_to == (await Message.get(id=asked)).provider_message_id
    foreign = await heard_in(await a_conversation(sent.sender_id))
    assert await only(send(conversation, HI, reply_to_id=foreign)) == (ErrorCode.NOT_FOUND, "replyToId", None)


async def test_a_reaction_is_no_last_message_and_leaves_with_whatsapps_id() -> None:
    conversation = await a_conversation()
    asked = await heard_in(conversation)
    sent = await send(conversation, {"reaction": {"message_id": asked, "emoji": "👍"}})
    assert (sent.type, sent.content, sent.reply_to_id) == (MessageType.REACTION, "👍", asked)
    assert (await Conversation.get(id=conversation)).last_message_id == asked
    told = await connect.rows("SELECT type FROM event WHERE message_id = $1", asked)
    assert [row["type"] for row in told] == ["MESSAGE_UPDATED"]
    [leaving] = await dispatch.claim(sent.sender_id, 10)
    assert leaving.outgoing is not None
    assert leaving.outgoing.content == Emoji((await Message.get(id=asked)).provider_message_id or "", "👍")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"provider_message_id": None}, "not_sent"),
        ({"type": "REACTION"}, "a_reaction"),
        ({"created_at": datetime.now(UTC) - timedelta(days=30, minutes=1)}, "too_old"),
    ],
)
async def test_what_cannot_be_reacted_to(change: dict[str, Any], reason: str) -> None:
    conversation = await a_conversation()
    asked = await heard_in(conversation)
    await Message.filter(id=asked).update(**change)
    field = "message.reaction.messageId"
    assert await only(send(conversation, {"reaction": {"message_id": asked, "emoji": "👍"}})) == (WRONG, field, reason)


async def test_a_reaction_has_no_other_message_to_reply_to() -> None:
    conversation = await a_conversation()
    asked = await heard_in(conversation)
    doing = send(conversation, {"reaction": {"message_id": asked}}, reply_to_id=asked)
    assert await only(doing) == (WRONG, "replyToId", "not_allowed")


BUTTON = {"type": "REPLY", "title": "Yes", "payload": "y"}


@pytest.mark.parametrize(
    ("message", "kind", "content"),
    [
        ({"text": "See https://ex.example"}, "TEXT", Text("See https://ex.example")),
        (
            {"location": {"latitude": 41.15, "longitude": -8.61, "name": "Depot"}},
            "LOCATION",
            Place({"latitude": 41.15, "longitude": -8.61, "name": "Depot", "address": None}),
        ),
        (
            {"contacts": [{"name": "Rita Sá", "phone_numbers": ["+351 910 000 111"], "emails": ["r@ex.example"]}]},
            "CONTACTS",
            Cards(
                [{"name": "Rita Sá", "phone_numbers": ["+351910000111"], "emails": ["r@ex.example"], "company": None}]
            ),
        ),
    ],
)
async def test_what_is_kept_leaves_as_it_was_given(message: dict[str, Any], kind: str, content: Any) -> None:
    sent = await send(await a_conversation(), message)
    assert (await Message.get(id=sent.id)).type == kind
    [leaving] = await dispatch.claim(sent.sender_id, 10)
    assert leaving.outgoing is not None
    if isinstance(content, Place):
        assert {**leaving.outgoing.content.location, "kind": "location"} == {**content.location, "kind": "location"}  # pyright: ignore
    else:
        assert leaving.outgoing.content == content
    await dispatch.depart([leaving])
    assert (await state_of(sent.id), (await Message.get(id=sent.id)).content) == ("IN_FLIGHT", sent.content)


async def test_buttons_leave_with_header_and_footer() -> None:
    given = {"text": "Keep it?", "header": {"text": "Visit"}, "footer": "Clinic", "buttons": [BUTTON]}
    sent = await send(await a_conversation(), {"interactive": given})
    assert (sent.type, sent.content) == (MessageType.INTERACTIVE, "Keep it?")
    [leaving] = await dispatch.claim(sent.sender_id, 10)
    assert leaving.outgoing is not None
    assert isinstance(leaving.outgoing.content, Interactive)
    details = leaving.outgoing.content.details
    assert (details["header"], details["footer"]) == ({"format": "TEXT", "text": "Visit"}, "Clinic")
    assert details["buttons"] == [{"type": "REPLY", "title": "Yes", "payload": "y"}]


async def test_two_at_once_under_one_correlation_id_are_one() -> None:
    conversation, correlation = await a_conversation(), unique()
    first = await send(conversation, HI, correlation_id=correlation)
    assert (await send(conversation, HI, correlation_id=correlation)).id == first.id
