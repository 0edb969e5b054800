"""Conversations for tests: who has written to whom, and what may be sent to them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from db.conversations import Conversation
from db.core import connect
from db.core.transaction import transaction
from db.messages import Message
from db.senders import Sender
from db.templates import MessageTemplate
from domain import conversations, settings
from domain.conversations import Heard
from domain.core.access import SYSTEM, Viewer
from tests.domain.messages.surroundings import a_contact, a_message, a_sender
from tests.factories import phone, unique

ACCOUNT = "318800221144667"


async def the_sender(**given: Any) -> Sender:
    id = await a_sender(business_account_id=ACCOUNT, **given)
    return await Sender.get(id=id)


async def a_conversation(sender_id: int | None = None, *, ago: timedelta = timedelta(0), **given: Any) -> int:
    """A person who wrote some time ago to a sender of ours."""
    sender_id = sender_id or (await the_sender()).id
    contact_id, number = await a_contact(**given), phone()
    await connect.execute(
        "INSERT INTO contact_phone (contact_id, phone_number, is_primary) VALUES ($1, $2, true)", contact_id, number
    )
    message_id = await a_message(sender_id, contact_id, state="RECEIVED", direction="INBOUND", due_at=None)
    await connect.execute(
        "UPDATE message SET provider_message_id = $2, author = 'CONTACT' WHERE id = $1", message_id, unique("wamid")
    )
    async with transaction():
        await conversations.heard([Heard(message_id, sender_id, contact_id, number, datetime.now(UTC) - ago)])
    return await connect.value("SELECT id FROM conversation WHERE contact_id = $1", contact_id)


async def send(conversation: int, message: dict[str, Any], *, viewer: Viewer = SYSTEM, **given: Any) -> Message:
    return await conversations.send(viewer, to={"id": conversation}, message=message, **given)


async def heard_in(conversation: int) -> int:
    """The message that opened it."""
    return await connect.value(
        "SELECT m.id FROM message m JOIN conversation v ON v.contact_id = m.contact_id AND v.sender_id = m.sender_id"
        " WHERE v.id = $1 AND m.direction = 'INBOUND' ORDER BY m.id LIMIT 1",
        conversation,
    )


async def approved(content: str = "Hello {{name}}", **given: Any) -> MessageTemplate:
    values = {
        "title": unique("template"),
        "content": content,
        "approval_name": unique("t").replace("-", "_"),
        "approval_id": unique("id"),
        "language": "en",
        "category": "UTILITY",
        "approval_status": "APPROVED",
        "business_account_id": ACCOUNT,
        **given,
    }
    return await MessageTemplate.create(**values)


async def stored() -> tuple[int, int, int]:
    """How many contacts, conversations and messages there are, to see that a refusal left none behind."""
    row = await connect.row(
        "SELECT (SELECT count(*) FROM contact) AS a, (SELECT count(*) FROM conversation) AS b,"
        " (SELECT count(*) FROM message) AS c"
    )
    assert row is not None
    return row["a"], row["b"], row["c"]


async def an_answer(conversation: int, **given: Any) -> Message:
    """Something of the bot's that waits in the queue, begun in the conversation's present epoch."""
    row = await Conversation.get(id=conversation)
    id = await a_message(row.sender_id, row.contact_id, author="BOT", epoch=row.epoch, **given)
    return await Message.get(id=id)


@asynccontextmanager
async def set_bot(**given: Any) -> AsyncIterator[None]:
    """Rules of the bot, for a while."""
    await settings.update(SYSTEM, {"bot": given})
    try:
        yield
    finally:
        await settings.update(SYSTEM, {"bot": dict.fromkeys(given)})
