"""Who wrote: the contact behind an inbound message, found by any identity, else made."""

from collections.abc import Iterable, Sequence

from db.contacts import ContactIdentityType, ContactValues, lock_same
from db.core import connect
from domain.contacts import Identity, add, learn
from domain.core.errors import Refusal
from domain.core.phone import aliases, parse_phone
from domain.inbound.envelope import Person

Key = tuple[str, str]
"""A kind of identity (BSUID, WA_ID or LID), or PHONE, and its value."""

# The last of each key is taken: who was called so first, should accounts call two contacts by one BSUID.
_FIND = """
SELECT i.type AS kind, i.value, i.contact_id, i.id FROM contact_identity i
JOIN contact c ON c.id = i.contact_id AND c.deleted_at IS NULL
WHERE (i.type, i.value) IN (SELECT * FROM unnest($1::text[], $2::text[]))
UNION ALL
SELECT 'PHONE', p.phone_number, p.contact_id, p.id FROM contact_phone p
JOIN contact c ON c.id = p.contact_id AND c.deleted_at IS NULL WHERE p.phone_number = ANY($3)
ORDER BY id DESC
"""

_REACHED = """
UPDATE contact_phone p SET on_whatsapp = true
FROM unnest($1::bigint[], $2::text[]) AS r(contact_id, number)
WHERE p.contact_id = r.contact_id AND p.phone_number = r.number AND p.on_whatsapp IS DISTINCT FROM true
"""


async def contacts_of(people: Sequence[Person], also: Iterable[int] = ()) -> list[int]:
    """The contact of each person, inside the caller's transaction. Those who are known stay locked.

    All of them, and also some others, are locked at once, in the order of their ids, before anything that hangs on
    them: whoever changes what they agree to does it so. Whoever has deleted or merged one meanwhile is asked once more
    who is meant.

    Matching goes by BSUID, then wa_id, then number, then LID, then national spellings of the number. Where these lead
    to several contacts the first is meant, and the others are its duplicates. Raises a unique violation when somebody
    else has just made one of the new contacts.
    """
    while True:
        known = await _known(key for person in people for key in _keys(person))
        if set(known.values()) <= set(await lock_same(sorted({*known.values(), *also}))):
            return await _found(people, known)


async def _found(people: Sequence[Person], known: dict[Key, int]) -> list[int]:
    """Contacts that are yet to be made go by -1, -2 … until they are."""
    new: list[ContactValues] = []
    places: list[int] = []
    for person in people:
        place = next((known[key] for key in _keys(person) if key in known), None)
        if place is None:
            new.append(_values(person))
            place = -len(new)
        for key in _own_keys(person):
            known.setdefault(key, place)
        places.append(place)
    made = await add(new)
    found = [made[-place - 1] if place < 0 else place for place in places]
    await remember(zip(found, people, strict=True))
    return found


async def remember(called: Iterable[tuple[int, Person]]) -> None:
    """Keeps what WhatsApp calls these contacts; whose number it is, is on WhatsApp."""
    identities: list[Identity] = []
    reached: set[tuple[int, str]] = set()
    for id, person in called:
        if person.wa_id:
            identities.append(Identity(id, ContactIdentityType.WA_ID, person.wa_id))
            reached.update((id, number) for kind, number in _keys(person) if kind == "PHONE")
        if person.bsuid:
            identities.append(Identity(id, ContactIdentityType.BSUID, person.bsuid, person.business_account_id))
        if person.lid:
            identities.append(Identity(id, ContactIdentityType.LID, person.lid))
        if person.username:
            identities.append(Identity(id, ContactIdentityType.USERNAME, person.username))
    await learn(identities)
    if reached:
        await connect.execute(_REACHED, *map(list, zip(*sorted(reached), strict=True)))


async def _known(keys: Iterable[Key]) -> dict[Key, int]:
    wanted = set(keys)
    named = [key for key in wanted if key[0] != "PHONE"]
    found = await connect.rows(
        _FIND,
        [kind for kind, _ in named],
        [value for _, value in named],
        [value for kind, value in wanted if kind == "PHONE"],
    )
    return {(row["kind"], row["value"]): row["contact_id"] for row in found}


def _own_keys(person: Person) -> list[Key]:
    keys = [("BSUID", person.bsuid)] if person.bsuid else []
    keys += [("WA_ID", person.wa_id), ("PHONE", f"+{person.wa_id}")] if person.wa_id else []
    return [*keys, ("LID", person.lid)] if person.lid else keys


def _keys(person: Person) -> list[Key]:
    """By what a contact may be known, the surest first."""
    others = aliases(f"+{person.wa_id}") if person.wa_id else []
    spelled = [key for other in others for key in (("WA_ID", other[1:]), ("PHONE", other))]
    return [*_own_keys(person), *spelled]


def _values(person: Person) -> ContactValues:
    """A new contact with the name of the profile."""
    number = _number(person.wa_id)
    return ContactValues(
        name=person.name or number or person.username or person.address,
        phone_number=number,
    )


def _number(wa_id: str | None) -> str | None:
    """The wa_id as a phone number: as it stands, else in today's spelling of its country; it may be neither."""
    for spelling in [f"+{wa_id}", *aliases(f"+{wa_id}")] if wa_id else []:
        try:
            return parse_phone(spelling)
        except Refusal:
            continue
    return None
