"""Messages with contacts, and what the log says of contacts."""

from db.contacts import Contact
from db.core import connect
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
