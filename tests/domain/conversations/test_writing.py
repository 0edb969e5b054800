"""Opening, changing, assigning and deleting conversations."""

import asyncio
from typing import Any

import pytest

from db.accounts import Role, Scope
from db.campaigns import Campaign
from db.contacts import Contact, ContactPhone
from db.conversations import BotTurn, Conversation
from db.core import connect
from db.core.paging import PageRequest
from db.core.transaction import transaction
from db.messages import Message, Priority
from domain import accounts, contacts, conversations, files, messages
from domain.conversations import Heard
from domain.core.access import SYSTEM, Viewer
from domain.core.errors import ErrorCode, Refusal
from domain.files import tending
from tests import factories
from tests.callers import check_callers, only, refused, token
from tests.domain.conversations.surroundings import a_conversation, heard_in, send, stored, the_sender
from tests.domain.files.surroundings import kept, signed, uploaded
from tests.domain.messages.surroundings import a_message, state_of
from tests.factories import phone, unique

WRONG = ErrorCode.VALIDATION_ERROR
PEOPLE = {Role.ADMIN, Role.SALES}


async def open_one(sender_id: int, number: str | None = None, viewer: Viewer = SYSTEM, **given: Any) -> Conversation:
    return await conversations.create(viewer, phone_number=number or phone(), sender_id=sender_id, **given)


async def events_of(conversation: int) -> list[tuple[str, int | None]]:
    sql = "SELECT type, actor_id FROM event WHERE conversation_id = $1 ORDER BY number"
    return [(row["type"], row["actor_id"]) for row in await connect.rows(sql, conversation)]


async def last_event() -> int:
    return await connect.value("SELECT coalesce(max(number), 0) FROM event")


# ---------------------------------------------------------------------------
# Opening
# ---------------------------------------------------------------------------


async def test_a_conversation_is_opened_with_all_that_is_said_of_it() -> None:
    sender, owner, number = await the_sender(), await factories.user(role=Role.SALES), phone()
    viewer = Viewer(user_id=owner.id, role=Role.SALES)
    opened = await open_one(
        sender.id,
        f"{number[1:]}@c.us",
        viewer,
        assigned_to_id=owner.id,
        priority=Priority.HIGH,
        tags=["vip", "VIP", "vip "],
        metadata={"source": "shop"},
    )
    contact = await Contact.get(id=opened.contact_id)
    assert (contact.name, (await ContactPhone.get(contact_id=contact.id)).phone_number) == (number, number)
    assert (opened.address, opened.status, opened.handler, opened.epoch) == (number, "ACTIVE", "BOT", 0)
    assert (opened.assigned_to_id, opened.priority, opened.tags) == (owner.id, Priority.HIGH, ["VIP", "vip"])
    assert (opened.metadata, opened.unread_count, opened.last_message_id) == ({"source": "shop"}, 0, None)
    assert await events_of(opened.id) == [("CONVERSATION_CREATED", owner.id)]


async def test_what_the_contact_said_first_is_as_if_it_had_come_in() -> None:
    opened = await open_one((await the_sender()).id, initial_message=" Do you deliver? ")
    said = await Message.get(id=opened.last_message_id)
    assert (said.content, said.direction, said.author, said.type) == ("Do you deliver?", "INBOUND", "CONTACT", "TEXT")
    assert (said.state, said.address, said.attempts) == ("RECEIVED", opened.address, 0)
    assert (opened.unread_count, opened.last_message_at) == (1, said.created_at)
    assert opened.window_expires_at == said.created_at + conversations.WINDOW
    types = [type for type, _ in await events_of(opened.id)]
    assert types == ["CONVERSATION_CREATED", "MESSAGE_RECEIVED", "CONVERSATION_UPDATED"]


async def test_a_number_of_a_contact_is_that_contacts() -> None:
    known = await factories.contact()
    [[number]] = await numbers_of(known.id)
    opened = await open_one((await the_sender()).id, number)
    assert opened.contact_id == known.id


async def numbers_of(contact_id: int) -> list[list[str]]:
    return [[row.phone_number for row in await ContactPhone.filter(contact_id=contact_id)]]


async def test_a_second_one_with_the_number_is_refused_and_another_sender_has_its_own() -> None:
    sender, number = await the_sender(), phone()
    first = await open_one(sender.id, number)
    before = await stored()
    expected = (ErrorCode.DUPLICATE_RESOURCE, "phoneNumber", "already_exists")
    assert await only(open_one(sender.id, number, initial_message="Hello")) == expected
    assert await stored() == before
    other = await open_one((await the_sender()).id, number)
    assert (other.id, other.contact_id) == (other.id, first.contact_id)
    assert other.contact_id == first.contact_id
    assert other.id != first.id


async def test_of_many_at_once_one_is_opened() -> None:
    sender, contact = await the_sender(), await factories.contact()
    [[number]] = await numbers_of(contact.id)
    found = await asyncio.gather(*(open_one(sender.id, number) for _ in range(8)), return_exceptions=True)
    opened = [each for each in found if isinstance(each, Conversation)]
    codes = [each.code for each in found if isinstance(each, Refusal)]
    assert (len(opened), codes) == (1, [ErrorCode.DUPLICATE_RESOURCE] * 7)
    assert await Conversation.filter(contact_id=contact.id).count() == 1


async def test_all_that_is_wrong_with_a_new_one_is_told_at_once_and_nothing_is_opened() -> None:
    before = await stored()
    found = await refused(
        conversations.create(
            SYSTEM,
            phone_number="abc",
            sender_id=2**40,
            assigned_to_id=2**40,
            initial_message="x" * 5000,
            tags=["x" * 51],
            metadata=["x"],
        )
    )
    assert found == [
        (ErrorCode.INVALID_PHONE_NUMBER, "phoneNumber", "invalid_format"),
        (ErrorCode.NOT_FOUND, "senderId", None),
        (WRONG, "initialMessage", "too_long"),
        (WRONG, "tags", "too_long"),
        (WRONG, "metadata", "not_an_object"),
        (ErrorCode.NOT_FOUND, "assignedToId", None),
    ]
    assert await stored() == before


# ---------------------------------------------------------------------------
# Changing
# ---------------------------------------------------------------------------


async def test_what_is_given_is_changed_and_told_once() -> None:
    conversation, owner = await a_conversation(), await factories.user()
    viewer = Viewer(user_id=owner.id, role=Role.ADMIN)
    before = await events_of(conversation)
    changed = await conversations.update(
        viewer,
        conversation,
        priority=Priority.URGENT,
        tags=["b", "a"],
        metadata={"a": 1, "b": {"c": None}},
        satisfaction_score=5,
    )
    assert (changed.priority, changed.tags, changed.satisfaction_score) == (Priority.URGENT, ["a", "b"], 5)
    assert changed.metadata == {"a": 1, "b": {"c": None}}
    assert (await events_of(conversation))[len(before) :] == [("CONVERSATION_UPDATED", owner.id)]
    again = await conversations.update(viewer, conversation, tags=["a", "b"], metadata={"a": 1}, satisfaction_score=5)
    assert again.updated_at == changed.updated_at
    assert len(await events_of(conversation)) == len(before) + 1


async def test_metadata_are_merged_key_by_key_and_nothing_clears() -> None:
    conversation = await a_conversation()
    await conversations.update(SYSTEM, conversation, metadata={"a": 1, "b": 2})
    assert (await conversations.update(SYSTEM, conversation, metadata={"a": None, "c": 3})).metadata == {"b": 2, "c": 3}
    cleared = await conversations.update(SYSTEM, conversation, metadata=None, tags=None, satisfaction_score=None)
    assert (cleared.metadata, cleared.tags, cleared.satisfaction_score) == ({}, [], None)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"priority": None}, (WRONG, "priority", "required")),
        ({"tags": [""]}, (WRONG, "tags", "required")),
        ({"tags": [str(n) for n in range(51)]}, (WRONG, "tags", "too_many")),
        ({"metadata": 3}, (WRONG, "metadata", "not_an_object")),
        ({"metadata": {"b": "y" * 9000}}, (WRONG, "metadata", "too_long")),
        ({"satisfaction_score": 0}, (WRONG, "satisfactionScore", "out_of_range")),
        ({"satisfaction_score": 6}, (WRONG, "satisfactionScore", "out_of_range")),
    ],
)
async def test_a_change_that_is_refused_changes_nothing(given: dict[str, Any], expected: tuple[Any, ...]) -> None:
    conversation = await a_conversation()
    before = await conversations.update(SYSTEM, conversation, metadata={"a": "x" * 9000})
    event = await last_event()
    assert await only(conversations.update(SYSTEM, conversation, **given)) == expected
    after = await Conversation.get(id=conversation)
    assert (after.metadata, after.updated_at, await last_event()) == (before.metadata, before.updated_at, event)


# ---------------------------------------------------------------------------
# Assigning
# ---------------------------------------------------------------------------


async def test_it_is_given_to_a_user_and_freed_again() -> None:
    conversation, user = await a_conversation(), await factories.user(role=Role.SALES)
    before = await events_of(conversation)
    assert (await conversations.assign(SYSTEM, conversation, user.id)).assigned_to_id == user.id
    await conversations.assign(SYSTEM, conversation, user.id)
    assert (await conversations.assign(SYSTEM, conversation, None)).assigned_to_id is None
    assert (await events_of(conversation))[len(before) :] == [("CONVERSATION_UPDATED", None)] * 2


async def test_only_to_active_users_who_may_answer() -> None:
    conversation = await a_conversation()
    away = await factories.user(role=Role.SALES)
    await accounts.update_user(SYSTEM, away.id, active=False)
    for user in (away, await factories.user(role=Role.MARKETER), await factories.user(role=Role.VIEWER)):
        found = await only(conversations.assign(SYSTEM, conversation, user.id))
        assert found == (WRONG, "userId", "not_assignable")
    found = await refused(conversations.assign(SYSTEM, 2**40, 2**40))
    assert found == [(ErrorCode.NOT_FOUND, "userId", None), (ErrorCode.NOT_FOUND, "id", None)]
    assert (await Conversation.get(id=conversation)).assigned_to_id is None


async def test_a_token_bound_to_a_sender_gives_to_its_own_user_alone() -> None:
    sender, own, other = await the_sender(), await factories.user(), await factories.user()
    conversation = await a_conversation(sender.id)
    viewer = token(Scope.CONVERSATIONS, sender_id=sender.id, user_id=own.id)
    assert (await only(conversations.assign(viewer, conversation, other.id)))[:2] == (ErrorCode.NOT_FOUND, "userId")
    assert (await conversations.assign(viewer, conversation, own.id)).assigned_to_id == own.id


async def test_the_work_of_a_user_who_goes_is_nobodys() -> None:
    conversation, user = await a_conversation(), await factories.user(role=Role.SALES)
    await conversations.assign(SYSTEM, conversation, user.id)
    before = await events_of(conversation)
    await accounts.delete_user(SYSTEM, user.id)
    assert (await Conversation.get(id=conversation)).assigned_to_id is None
    assert (await events_of(conversation))[len(before) :] == [("CONVERSATION_UPDATED", None)]


# ---------------------------------------------------------------------------
# Deleting
# ---------------------------------------------------------------------------


async def messages_of(conversation: int, **asked: Any) -> list[int]:
    page = await messages.find(SYSTEM, conversation_id=conversation, page=PageRequest(), **asked)
    return [row.id for row in page.rows]


async def test_a_deleted_conversation_is_gone_with_its_messages_and_what_waits() -> None:
    conversation = await a_conversation()
    row = await Conversation.get(id=conversation)
    said, queued = await heard_in(conversation), await send(conversation, {"text": "Hi"})
    await BotTurn.create(conversation_id=conversation, epoch=row.epoch, due_at=row.created_at)
    assert await conversations.delete(SYSTEM, conversation) == conversation
    assert (await only(conversations.get(SYSTEM, conversation)))[0] is ErrorCode.NOT_FOUND
    assert await messages.by_ids(SYSTEM, [said, queued.id]) == [None, None]
    assert await state_of(queued.id) == "CANCELLED"
    assert await messages_of(conversation) == []
    assert await BotTurn.filter(conversation_id=conversation).count() == 0
    page = await conversations.find(SYSTEM, contact_id=row.contact_id, page=PageRequest())
    assert page.rows == []
    [told] = await conversations.by_ids(SYSTEM, [conversation])
    assert told is not None
    assert told.deleted_at is not None
    assert (await only(conversations.delete(SYSTEM, conversation)))[0] is ErrorCode.NOT_FOUND


async def test_what_comes_next_opens_a_new_one_without_the_old_messages() -> None:
    conversation = await a_conversation()
    row, old = await Conversation.get(id=conversation), await heard_in(conversation)
    await conversations.delete(SYSTEM, conversation)
    message = await a_message(
        row.sender_id, row.contact_id, state="RECEIVED", direction="INBOUND", author="CONTACT", due_at=None
    )
    async with transaction():
        await conversations.heard([Heard(message, row.sender_id, row.contact_id, row.address, row.created_at)])
    new = await Conversation.get(contact_id=row.contact_id, deleted_at=None)
    assert new.id != conversation
    assert await messages_of(new.id) == [message]
    assert await conversations.message_counts(SYSTEM, [new.id, conversation]) == [1, 0]
    assert await conversations.of_messages(SYSTEM, [message, old]) == [new, None]
    assert (await only(send(new.id, {"text": "Yes"}, reply_to_id=old)))[:2] == (ErrorCode.NOT_FOUND, "replyToId")


async def test_a_correlation_id_leads_to_nothing_that_was_deleted_and_sends_nothing_twice() -> None:
    sender, number = await the_sender(provider="WAHA"), phone()
    to, text = {"phone_number": number}, {"text": "Hi"}
    first = await conversations.send(SYSTEM, to=to, message=text, sender_id=sender.id, correlation_id="a-1")
    conversation = await Conversation.get(contact_id=first.contact_id)
    await conversations.delete(SYSTEM, conversation.id)
    before = await stored()
    again = conversations.send(SYSTEM, to=to, message=text, sender_id=sender.id, correlation_id="a-1")
    assert await only(again) == (ErrorCode.DUPLICATE_RESOURCE, "correlationId", "deleted")
    assert await stored() == before
    other = await conversations.send(SYSTEM, to=to, message=text, sender_id=sender.id, correlation_id="a-2")
    assert (other.contact_id, other.id == first.id) == (first.contact_id, False)


async def test_its_files_go_with_it_but_what_is_needed_elsewhere_stays() -> None:
    conversation, other = await a_conversation(), await a_conversation()
    row, theirs = await Conversation.get(id=conversation), await Conversation.get(id=other)
    received, own = await uploaded(), await uploaded(conversation_id=conversation)
    await connect.execute("UPDATE message SET media_id = $2 WHERE id = $1", await heard_in(conversation), received.id)
    shown, sent, above, wanted = [await uploaded(conversation_id=conversation) for _ in range(4)]
    lent = await uploaded()
    await a_message(theirs.sender_id, theirs.contact_id, media_id=shown.id)
    of_schedule = {"schedule_id": 2**43 + conversation, "state": "SENT", "due_at": None}
    await a_message(row.sender_id, row.contact_id, media_id=sent.id, **of_schedule)
    await a_message(row.sender_id, row.contact_id, media_id=lent.id, state="SENT", due_at=None)
    header = f'{{"format": "IMAGE", "media_id": {above.id}}}'
    template = (await factories.template()).id
    await connect.execute("UPDATE message_template SET header = $2 WHERE id = $1", template, header)
    await Campaign.create(name=unique(), variables={}, media_id=wanted.id)
    link = signed(files.url_of(received) or "")
    await conversations.delete(SYSTEM, conversation)
    while await tending.tend():
        continue
    for file in (received, own):
        assert (await only(files.get(SYSTEM, file.id)))[0] is ErrorCode.NOT_FOUND
        assert kept(file.id) is None
    assert (await only(files.read(received.id, **link)))[0] is ErrorCode.NOT_FOUND
    for file in (shown, sent, above, wanted, lent):
        assert (await files.get(SYSTEM, file.id)).deleted_at is None
        assert kept(file.id) is not None


async def test_what_a_schedule_sent_stays_with_it() -> None:
    conversation = await a_conversation()
    row = await Conversation.get(id=conversation)
    sent = await a_message(row.sender_id, row.contact_id, schedule_id=2**41 + conversation, state="SENT", due_at=None)
    waits = await a_message(row.sender_id, row.contact_id, schedule_id=2**42 + conversation)
    liked: dict[str, Any] = {"type": "REACTION", "reply_to_id": sent, "state": "RECEIVED", "direction": "INBOUND"}
    await a_message(row.sender_id, row.contact_id, content="x", due_at=None, **liked)
    [[_], [before]] = (
        await messages.reactions_of(SYSTEM, [sent]),
        await contacts.message_figures(SYSTEM, [row.contact_id]),
    )
    await conversations.delete(SYSTEM, conversation)
    page = await messages.find(SYSTEM, schedule_id=2**41 + conversation, page=PageRequest())
    assert [message.id for message in page.rows] == [sent]
    assert await state_of(waits) == "QUEUED"
    assert await conversations.of_messages(SYSTEM, [sent]) == [None]
    [[left], [after]] = (
        await messages.reactions_of(SYSTEM, [sent]),
        await contacts.message_figures(SYSTEM, [row.contact_id]),
    )
    assert (left, before.count, after.count) == ([], 4, 2)


async def test_who_may() -> None:
    scope = Scope.CONVERSATIONS
    await check_callers(lambda viewer: conversations.create(viewer, phone_number="abc"), PEOPLE, scope)
    await check_callers(lambda viewer: conversations.update(viewer, 2**40), PEOPLE, scope)
    await check_callers(lambda viewer: conversations.assign(viewer, 2**40, None), PEOPLE, scope)
    await check_callers(lambda viewer: conversations.delete(viewer, 2**40), PEOPLE, scope)


async def test_a_token_of_another_sender_finds_none_and_changes_nothing() -> None:
    conversation, other = await a_conversation(), await the_sender()
    viewer = token(Scope.CONVERSATIONS, sender_id=other.id)
    before = await Conversation.get(id=conversation)
    sender_id = before.sender_id
    assert (await only(conversations.update(viewer, conversation, tags=["x"])))[0] is ErrorCode.NOT_FOUND
    assert (await only(conversations.assign(viewer, conversation, None)))[0] is ErrorCode.NOT_FOUND
    assert (await only(conversations.delete(viewer, conversation)))[0] is ErrorCode.NOT_FOUND
    assert (await only(open_one(sender_id, viewer=viewer)))[:2] == (ErrorCode.NOT_FOUND, "senderId")
    after = await Conversation.get(id=conversation)
    assert (after.updated_at, after.tags, after.deleted_at) == (before.updated_at, [], None)
    assert (await open_one(other.id, viewer=viewer)).sender_id == other.id
