"""Messages on their way, in every state that the tests want, and what became of them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from db.core import connect
from db.senders import SenderProvider
from domain.core.secrets import stamp
from domain.messages import dispatch
from domain.messages.dispatch import Departure
from domain.messages.receipts import Status
from domain.providers.reactions import of_code
from tests.factories import phone, unique

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


async def a_sender(**given: Any) -> int:
    sender = await connect.value(
        "INSERT INTO sender (phone_number, provider, status, is_default, phone_number_id)"
        " VALUES ($1, 'CLOUD_API', 'CONNECTED', false, '1065') RETURNING id",
        phone(),
    )
    if given.get("provider") == SenderProvider.WAHA:
        given = {"session_name": unique("session"), **given}
    for column, value in given.items():
        await connect.execute(f"UPDATE sender SET {column} = $2 WHERE id = $1", sender, value)
    return sender


async def a_contact(**given: Any) -> int:
    contact = await connect.value(
        "INSERT INTO contact (name, opt_in_status) VALUES ('Rita', 'UNKNOWN') RETURNING id",
    )
    for column, value in given.items():
        await connect.execute(f"UPDATE contact SET {column} = $2 WHERE id = $1", contact, value)
    return contact


async def a_message(sender: int, contact: int | None = None, *, content: str | None = "Hello", **given: Any) -> int:
    message = await connect.value(
        "INSERT INTO message (sender_id, contact_id, direction, author, type, purpose, priority, state, address,"
        " content, attempts, due_at)"
        " VALUES ($1, $2, 'OUTBOUND', 'SYSTEM', 'TEXT', 'UTILITY', 2, 'QUEUED', $3, $4, 0, now()) RETURNING id",
        sender,
        contact or await a_contact(),
        phone(),
        content,
    )
    for column, value in given.items():
        await connect.execute(f"UPDATE message SET {column} = $2 WHERE id = $1", message, value)
    return message


async def leave(sender: int) -> list[Departure]:
    """Claims what is due and commits it to leave."""
    return await dispatch.depart(await dispatch.claim(sender, 100))


async def state_of(message: int) -> str:
    return await connect.value("SELECT state FROM message WHERE id = $1", message)


async def events_of(message: int) -> list[str]:
    found = await connect.rows("SELECT type FROM event WHERE message_id = $1 ORDER BY number", message)
    return [row["type"].removeprefix("MESSAGE_") for row in found]


def callback(message: int, attempt: UUID) -> str:
    named = f"{message}.{attempt.hex}"
    return f"{named}.{stamp(named)}"


async def in_flight(**given: Any) -> Departure:
    """One message that has just left."""
    sender = await a_sender()
    await a_message(sender, **given)
    return (await leave(sender))[0]


def status(departure: Departure, kind: Any, *, seconds: float = 0, **given: Any) -> Status:
    values: dict[str, Any] = {"callback": callback(departure.id, departure.attempt_id), **given}
    wamid = f"wamid.{departure.attempt_id.hex}"
    return Status(wamid, kind, NOW + timedelta(seconds=seconds), **values)


FAULT = of_code(131026, "Message undeliverable")
