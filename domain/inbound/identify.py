"""Who wrote: the contact behind an inbound message, found by any identity, else made."""

from collections.abc import Iterable, Sequence

from db.contacts import ContactIdentityType, ContactValues, add_contacts
from db.core import connect
from domain.contacts import changed
from domain.core.errors import Refusal
from domain.core.phone import aliases, parse_phone
from domain.inbound.envelope import Written

Key = tuple[str, str]
"""A kind of identity (BSUID, WA_ID, USERNAME or PHONE) and its value."""

_FIND = """
SELECT i.type AS kind, i.value, i.contact_id FROM contact_identity i
JOIN contact c ON c.id = i.contact_id AND c.deleted_at IS NULL
WHERE i.type = 'BSUID' AND i.value = ANY($1) OR i.type = 'WA_ID' AND i.value = ANY($2)
UNION ALL
SELECT 'PHONE', p.phone_number, p.contact_id FROM contact_phone p
JOIN contact c ON c.id = p.contact_id AND c.deleted_at IS NULL WHERE p.phone_number = ANY($3)
"""

# An identity stays with whom it was first seen, for contacts are never merged in silence; a username goes to its owner.
_LEARN = """
INSERT INTO contact_identity (contact_id, type, value, business_account_id)
SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[])
ON CONFLICT (type, value, (coalesce(business_account_id, ''))) DO UPDATE SET contact_id = excluded.contact_id
WHERE excluded.type = 'USERNAME' AND contact_identity.contact_id <> excluded.contact_id
"""


async def contacts_of(messages: Sequence[Written]) -> list[int]:
    """The contact of each message. Matching goes by BSUID, then wa_id, then number, then national spellings of it."""
    known = await _known(key for message in messages for key in _keys(message.wa_id, message.bsuid))
    found: list[int] = []
    for message in messages:
        contact_id = next((known[key] for key in _keys(message.wa_id, message.bsuid) if key in known), None)
        if contact_id is None:
            contact_id = await _make(message)
        for key in _own_keys(message.wa_id, message.bsuid):
            known.setdefault(key, contact_id)
        found.append(contact_id)
    await _learn(messages, found)
    return found


async def contacts_known_as(wa_id: str | None, bsuid: str | None) -> list[int]:
    """Every contact that these may mean: two who meet through a national spelling are both meant."""
    return sorted(set((await _known(_keys(wa_id, bsuid))).values()))


async def _known(keys: Iterable[Key]) -> dict[Key, int]:
    wanted: dict[str, list[str]] = {"BSUID": [], "WA_ID": [], "PHONE": []}
    for kind, value in keys:
        wanted[kind].append(value)
    found = await connect.rows(_FIND, wanted["BSUID"], wanted["WA_ID"], wanted["PHONE"])
    return {(row["kind"], row["value"]): row["contact_id"] for row in found}


def _own_keys(wa_id: str | None, bsuid: str | None) -> list[Key]:
    keys = [("BSUID", bsuid)] if bsuid else []
    return [*keys, ("WA_ID", wa_id), ("PHONE", f"+{wa_id}")] if wa_id else keys


def _keys(wa_id: str | None, bsuid: str | None) -> list[Key]:
    """By what a contact may be known, the surest first."""
    others = aliases(f"+{wa_id}") if wa_id else []
    return [*_own_keys(wa_id, bsuid), *(("PHONE", other) for other in others)]


async def _make(message: Written) -> int:
    """A new contact with the name of the profile. Raises a unique violation when someone else has just made it."""
    number = _number(message.wa_id)
    name = message.name or number or message.username or message.bsuid or message.wa_id
    [contact_id] = await add_contacts([ContactValues(name=name, phone_number=number)])
    changed(contact_id, actor_id=None)
    return contact_id


def _number(wa_id: str | None) -> str | None:
    """The wa_id as a phone number: as it stands, else in today's spelling of its country; it may be neither."""
    for spelling in [f"+{wa_id}", *aliases(f"+{wa_id}")] if wa_id else []:
        try:
            return parse_phone(spelling)
        except Refusal:
            continue
    return None


async def _learn(messages: Sequence[Written], contact_ids: Sequence[int]) -> None:
    """Keeps what WhatsApp calls these contacts; who writes is on WhatsApp."""
    learned: dict[tuple[str, str, str | None], int] = {}
    for message, contact_id in zip(messages, contact_ids, strict=True):
        for kind, value, account in (
            (ContactIdentityType.WA_ID, message.wa_id, None),
            (ContactIdentityType.WA_ID, message.moved_to, None),
            (ContactIdentityType.BSUID, message.bsuid, message.business_account_id),
            (ContactIdentityType.USERNAME, message.username, None),
        ):
            if value is not None:
                learned[kind, value, account] = contact_id
    if not learned:
        return
    # In one order for all, so that no two of these wait for each other.
    in_order = sorted(learned.items(), key=lambda item: (item[0][0], item[0][1], item[0][2] or ""))
    kinds, values, accounts = (list(column) for column in zip(*(key for key, _ in in_order), strict=True))
    await connect.execute(_LEARN, [contact_id for _, contact_id in in_order], kinds, values, accounts)
    await connect.execute(
        "UPDATE contact_phone SET on_whatsapp = true WHERE contact_id = ANY($1) AND phone_number = ANY($2)"
        " AND on_whatsapp IS DISTINCT FROM true",
        list(contact_ids),
        [value for message in messages for kind, value in _keys(message.wa_id, None) if kind == "PHONE"],
    )
