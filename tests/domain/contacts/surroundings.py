"""Messages with contacts, and what the log says of contacts."""

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

from db.contacts import Contact
from db.core import connect
from db.core.settings import get_settings
from db.messages import Message, MessageAuthor, MessageDirection, MessageState, MessageType
from db.senders import Sender
from db.templates import TemplateCategory


async def message(
    contact: Contact, sender: Sender, state: MessageState, purpose: TemplateCategory = TemplateCategory.MARKETING
) -> Message:
    """A message to a contact, as dispatch leaves it; due far in the future where it waits, so that nobody sends it."""
    made = await Message.create(
        sender_id=sender.id,
        contact_id=contact.id,
        direction=MessageDirection.OUTBOUND,
        author=MessageAuthor.SYSTEM,
        type=MessageType.TEXT,
        purpose=purpose,
        state=state,
        content="Hello",
    )
    waits = {MessageState.QUEUED: "due_at", MessageState.CLAIMED: "lease_until", MessageState.IN_FLIGHT: "lease_until"}
    if state in waits:
        await connect.execute(f"UPDATE message SET {waits[state]} = now() + interval '1 year' WHERE id = $1", made.id)
    return made


async def updates_of(contact_id: int) -> list[int | None]:
    """Who did each CONTACT_UPDATED of a contact."""
    found = await connect.rows(
        "SELECT actor_id FROM event WHERE type = 'CONTACT_UPDATED' AND subject_type = 'Contact' AND subject_id = $1 "
        "AND contact_id = $1 ORDER BY number",
        contact_id,
    )
    return [row["actor_id"] for row in found]


async def traces(
    *words: str, rows: Callable[..., Awaitable[Sequence[Any]]] = connect.rows, folder: Path | None = None
) -> list[str]:
    """Tables, whatever they are, in any column of which one of these words stands, and files of ours that hold one."""
    columns = await rows(
        "SELECT t.table_name AS name, string_agg(format('encode(%I, ''escape'')', column_name), ' || ')"
        "   FILTER (WHERE data_type = 'bytea') AS bytes"
        " FROM information_schema.tables t JOIN information_schema.columns c USING (table_schema, table_name)"
        " WHERE table_schema = 'public' AND table_type = 'BASE TABLE' GROUP BY 1 ORDER BY 1"
    )
    found = list[str]()
    for table in columns:
        text = "t::text" if table["bytes"] is None else f"concat(t::text, {table['bytes']})"
        sql = f'SELECT FROM "{table["name"]}" t WHERE {text} LIKE ANY($1) LIMIT 1'
        if await rows(sql, [f"%{word}%" for word in words]):
            found.append(table["name"])
    files = [path for path in ((folder or get_settings().data_dir) / "files").rglob("*") if path.is_file()]
    return found + [path.name for path in files if any(word.encode() in path.read_bytes() for word in words)]
