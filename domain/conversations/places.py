"""Where a message goes: the conversation that is named, or the one that a phone number gets."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from db.contacts import PHONE_UNIQUE, ContactValues
from db.core import connect
from db.senders import Sender, SenderProvider
from domain import contacts, senders
from domain.conversations.reading import latest_sender
from domain.core.access import Viewer
from domain.core.errors import Checks, not_found
from domain.core.phone import aliases, parse_phone
from domain.core.unique import unique


@dataclass(frozen=True, slots=True)
class Place:
    """A sender of ours and a person, and how that person stands to WhatsApp."""

    sender: Sender
    contact_id: int
    address: str
    conversation_id: int | None
    """Null while it is not opened."""
    window_open: bool
    """Whether any message may be sent now, and not approved templates alone."""
    on_whatsapp: bool | None


_NUMBERS = """
SELECT p.phone_number, p.contact_id, p.on_whatsapp FROM contact_phone p
JOIN contact c ON c.id = p.contact_id AND c.deleted_at IS NULL WHERE p.phone_number = ANY($1)
"""
# Whoever merges or deletes somebody waits for what is sent to them, and the other way round.
_STAYS = "SELECT id FROM contact WHERE id = $1 AND deleted_at IS NULL FOR KEY SHARE"
_WA_ID = """
SELECT i.contact_id FROM contact_identity i JOIN contact c ON c.id = i.contact_id AND c.deleted_at IS NULL
WHERE i.type = 'WA_ID' AND i.value = $1
"""
_OPEN = """
SELECT id, window_expires_at > now() AS open FROM conversation
WHERE sender_id = $1 AND contact_id = $2 AND deleted_at IS NULL
"""


async def of_conversation(viewer: Viewer, id: int) -> Place:
    """The place of a conversation. Raises NOT_FOUND, also where the person or our number is gone."""
    found = await connect.row(
        "SELECT v.sender_id, v.contact_id, v.address FROM conversation v JOIN contact c ON c.id = v.contact_id"
        " WHERE v.id = $1 AND v.deleted_at IS NULL AND c.deleted_at IS NULL",
        id,
    )
    if found is None or viewer.sender_id not in (None, found["sender_id"]):
        raise not_found("conversation", field="to.id")
    sender = await senders.visible(viewer, found["sender_id"], field="to.id")
    number = await connect.row(_NUMBERS, [found["address"]])
    on_whatsapp = None if number is None else number["on_whatsapp"]
    place = await _place(sender, found["contact_id"], found["address"], on_whatsapp)
    return place or await of_conversation(viewer, id)


async def of_number(viewer: Viewer, number: str, sender: Sender, *, field: str = "to.phoneNumber") -> Place:
    """The place of a phone number: of the contact who has it, or is known by it, else of a new one."""
    place = await _place(sender, *await _who_has(viewer, number, field))
    return place or await of_number(viewer, number, sender, field=field)


async def _who_has(viewer: Viewer, number: str, field: str) -> tuple[int, str, bool | None]:
    known = {row["phone_number"]: row for row in await connect.rows(_NUMBERS, [number, *aliases(number)])}
    row = known.get(number) or next(iter(known.values()), None)
    if row is not None:
        return row["contact_id"], row["phone_number"], row["on_whatsapp"]
    contact_id = await connect.value(_WA_ID, number[1:])
    if contact_id is None:
        with unique(PHONE_UNIQUE, "This number has just become a contact's. Try again.", field=field):
            new = [ContactValues(name=number, phone_number=number)]
            [contact_id] = await contacts.add(new, actor_id=viewer.user_id)
    return contact_id, number, None


async def _place(sender: Sender, contact_id: int, address: str, on_whatsapp: bool | None) -> Place | None:
    """None where the contact has just been merged with another one, or deleted; if not, that waits for us."""
    if await connect.value(_STAYS, contact_id) is None:
        return None
    found = await connect.row(_OPEN, sender.id, contact_id)
    id, open = (found["id"], found["open"]) if found else (None, False)
    return Place(sender, contact_id, address, id, open or sender.provider is SenderProvider.WAHA, on_whatsapp)


async def find(viewer: Viewer, to: Mapping[str, Any], sender_id: int | None, correlation_id: str | None) -> Place:
    """Where `to` leads: {"id"} of a conversation, or a {"phone_number"}.

    To a number it goes from the sender that is named, else from where the latest conversation with it is led.
    """
    if to.get("id") is not None:
        return await of_conversation(viewer, to["id"])
    check, number, sender = Checks(), "", None
    with check():
        number = parse_phone(to["phone_number"], field="to.phoneNumber")
    with check():
        if sender_id is None and number:
            sender_id = await latest_sender(viewer, number, correlation_id)
        sender = await senders.choose(viewer, sender_id)
    check.done()
    assert sender is not None
    return await of_number(viewer, number, sender)
