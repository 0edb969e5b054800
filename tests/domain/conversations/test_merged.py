"""Contacts that become one while somebody writes to them, or merges them with others: nobody is lost, nobody stuck."""

import asyncio
from collections.abc import Coroutine
from contextvars import Context
from typing import Any

import pytest

from db.contacts import Contact
from db.conversations import Conversation
from db.core import connect
from db.core.transaction import transaction
from db.messages import Message
from db.senders import Sender
from domain import contacts, conversations
from domain.core.access import SYSTEM
from tests import factories
from tests.domain.conversations.surroundings import the_sender
from tests.factories import phone

WAITS = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)"


def elsewhere(doing: Coroutine[Any, Any, Any]) -> "asyncio.Task[Any]":
    """Somebody else does it at the same time, in a transaction of their own."""
    return asyncio.create_task(doing, context=Context())


async def until_it_waits(task: "asyncio.Task[Any]") -> None:
    """It waits for a lock of ours, or is done."""
    async with asyncio.timeout(20):
        while not (task.done() or await connect.value(WAITS)):  # noqa: ASYNC110 - nothing tells when
            await asyncio.sleep(0.01)


async def sent(to: dict[str, Any], sender: Sender) -> Message:
    return await conversations.send(SYSTEM, to=to, message={"text": "Hi"}, sender_id=sender.id)


async def two() -> tuple[Contact, Contact, str]:
    """Who stays, who goes, and their number."""
    number = phone()
    return await factories.contact(), await factories.contact(phone_number=number), number


@pytest.mark.parametrize("by_id", [False, True])
async def test_what_is_sent_in_the_midst_of_a_merge_goes_to_who_stays(by_id: bool) -> None:
    sender, (stays, goes, number) = await the_sender(provider="WAHA"), await two()
    to: dict[str, Any] = {"phone_number": number}
    if by_id:
        to = {"id": (await Conversation.create(sender_id=sender.id, contact_id=goes.id, address=number)).id}
    async with transaction():
        await contacts.merge(SYSTEM, stays.id, goes.id)
        sending = elsewhere(sent(to, sender))
        await until_it_waits(sending)
    message = await sending
    assert (message.contact_id, message.address, message.state) == (stays.id, number, "QUEUED")
    [conversation] = await Conversation.filter(sender_id=sender.id, deleted_at=None)
    assert (conversation.contact_id, conversation.last_message_id) == (stays.id, message.id)


@pytest.mark.parametrize("known", [False, True])
async def test_what_is_sent_right_before_a_merge_goes_along(known: bool) -> None:
    sender, (stays, goes, number) = await the_sender(provider="WAHA"), await two()
    if known:
        await Conversation.create(sender_id=sender.id, contact_id=goes.id, address=number)
        own = (await contacts.phones_of(SYSTEM, [stays.id]))[0][0].phone_number
        number = own
    async with transaction():
        message = await sent({"phone_number": number}, sender)
        merging = elsewhere(contacts.merge(SYSTEM, stays.id, goes.id))
        await until_it_waits(merging)
    await merging
    assert await Message.filter(id=message.id).values_list("contact_id", "state") == [(stays.id, "QUEUED")]
    [conversation] = await Conversation.filter(sender_id=sender.id, deleted_at=None)
    assert (conversation.contact_id, conversation.last_message_id) == (stays.id, message.id)


async def test_a_merge_waits_for_who_followed_before_it_holds_anybody() -> None:
    """Else whoever holds those first and wants one of the others next waits with it in a circle."""
    followed, goes, stays = [await factories.contact() for _ in range(3)]
    await contacts.merge(SYSTEM, goes.id, followed.id)
    lock = "SELECT FROM contact WHERE id = $1 FOR UPDATE"
    async with transaction():
        await connect.execute(lock, followed.id)
        merging = elsewhere(contacts.merge(SYSTEM, stays.id, goes.id))
        await until_it_waits(merging)
        await connect.execute(lock, goes.id)
    await merging
    assert (await Contact.get(id=followed.id)).merged_into_id == stays.id
