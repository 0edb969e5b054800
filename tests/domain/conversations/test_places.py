"""From which of our senders a message to a phone number goes, where none is named."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from db.accounts import Scope
from db.conversations import Conversation
from db.core.transaction import transaction
from db.messages import Message
from db.senders import Sender
from domain import conversations
from domain.conversations import Heard
from domain.core.access import SYSTEM, Viewer
from tests import factories
from tests.callers import token
from tests.domain.conversations.surroundings import a_conversation, approved, stored, the_sender
from tests.domain.messages.surroundings import a_message
from tests.factories import phone, unique


async def also_with(conversation: int, sender: Sender, *, ago: timedelta) -> Conversation:
    """The same person writes to another sender of ours."""
    row = await Conversation.get(id=conversation)
    given: dict[str, Any] = {"state": "RECEIVED", "direction": "INBOUND", "author": "CONTACT", "due_at": None}
    message = await a_message(sender.id, row.contact_id, **given)
    async with transaction():
        await conversations.heard([Heard(message, sender.id, row.contact_id, row.address, datetime.now(UTC) - ago)])
    return await Conversation.get(sender_id=sender.id, contact_id=row.contact_id)


@pytest.fixture
async def known() -> tuple[str, Sender, Sender]:
    """A number that wrote to one sender of ours an hour ago, and to another now."""
    earlier, later = await the_sender(), await the_sender()
    conversation = await a_conversation(earlier.id, ago=timedelta(hours=1))
    await also_with(conversation, later, ago=timedelta(0))
    return (await Conversation.get(id=conversation)).address, earlier, later


async def the_default() -> Sender:
    return await factories.sender(is_default=True)


async def send_to(number: str, *, viewer: Viewer = SYSTEM, **given: Any) -> Message:
    message = {"template": {"template_id": (await approved("Hello")).id}}
    return await conversations.send(viewer, to={"phone_number": number}, message=message, **given)


async def test_it_goes_from_where_the_latest_conversation_is_led(known: tuple[str, Sender, Sender]) -> None:
    number, earlier, later = known
    sent = await send_to(number)
    assert (sent.sender_id, sent.address) == (later.id, number)
    assert (await conversations.take_over(SYSTEM, {"phone_number": number})).sender_id == later.id
    row = await Conversation.get(sender_id=earlier.id, contact_id=sent.contact_id)
    await also_with(row.id, earlier, ago=timedelta(minutes=-1))
    assert (await send_to(f"{number[:5]} {number[5:]}")).sender_id == earlier.id


async def test_a_sender_that_is_named_sends_whatever_was_the_latest(known: tuple[str, Sender, Sender]) -> None:
    number, earlier, _ = known
    assert (await send_to(number, sender_id=earlier.id)).sender_id == earlier.id


async def test_a_token_of_a_sender_sends_from_it_alone(known: tuple[str, Sender, Sender]) -> None:
    number, earlier, _ = known
    assert (await send_to(number, viewer=token(Scope.CONVERSATIONS, sender_id=earlier.id))).sender_id == earlier.id
    own = await the_sender()
    assert (await send_to(number, viewer=token(Scope.CONVERSATIONS, sender_id=own.id))).sender_id == own.id


@pytest.mark.parametrize("status", ["EXPIRED", "FAILED", "STOPPED", "WAITING_FOR_SCAN"])
async def test_one_that_needs_a_person_first_leaves_it_to_the_others(
    known: tuple[str, Sender, Sender], status: str
) -> None:
    default, (number, earlier, later) = await the_default(), known
    await Sender.filter(id=later.id).update(status=status)
    assert (await send_to(number)).sender_id == earlier.id
    await Sender.filter(id=earlier.id).update(status=status)
    assert (await send_to(number)).sender_id == default.id


@pytest.mark.parametrize("status", ["STARTING", "SCANNED"])
async def test_for_one_that_comes_back_by_itself_it_waits(known: tuple[str, Sender, Sender], status: str) -> None:
    number, _, later = known
    await Sender.filter(id=later.id).update(status=status)
    assert (await send_to(number)).sender_id == later.id


async def test_what_was_deleted_is_not_the_latest(known: tuple[str, Sender, Sender]) -> None:
    default, (number, earlier, later) = await the_default(), known
    row = await Conversation.get(sender_id=later.id, address=number)
    await conversations.delete(SYSTEM, row.id)
    assert (await send_to(number)).sender_id == earlier.id
    await Sender.filter(id=earlier.id).update(deleted_at=datetime.now(UTC))
    assert (await send_to(number)).sender_id == default.id


async def test_who_never_wrote_is_written_to_from_the_default() -> None:
    default = await the_default()
    sent = await send_to(phone())
    assert sent.sender_id == default.id


async def test_to_repeat_it_sends_nothing_wherever_the_latest_words_were_said(
    known: tuple[str, Sender, Sender],
) -> None:
    number, earlier, later = known
    again = unique("order")
    first = await send_to(number, correlation_id=again)
    row = await Conversation.get(sender_id=earlier.id, contact_id=first.contact_id)
    await also_with(row.id, earlier, ago=timedelta(minutes=-1))
    await Sender.filter(id=later.id).update(status="EXPIRED")
    before = await stored()
    assert (await send_to(number, correlation_id=again)).id == first.id
    assert await stored() == before
    assert (await send_to(number, correlation_id=unique("order"))).sender_id == earlier.id
