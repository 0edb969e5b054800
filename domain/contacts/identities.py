"""What WhatsApp knows contacts by, and contacts who turn out to be one person: offered for merging, never merged."""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from db.contacts import Contact, ContactIdentityType
from db.core import connect
from domain.contacts.announce import changed
from domain.contacts.consents import spread
from domain.contacts.reading import by_ids
from domain.core.access import Viewer, allow
from domain.core.phone import aliases
from domain.providers.waha import Found


class Identity(NamedTuple):
    """What WhatsApp calls a contact; a WA_ID is digits."""

    contact_id: int
    type: ContactIdentityType
    value: str
    business_account_id: str | None = None


# An identity stays with whom it was first seen, for contacts are never merged in silence; a username goes to its owner.
_LEARN = """
INSERT INTO contact_identity (contact_id, type, value, business_account_id)
SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[])
ON CONFLICT (type, value, (coalesce(business_account_id, ''))) DO UPDATE SET contact_id = excluded.contact_id
WHERE excluded.type = 'USERNAME' AND contact_identity.contact_id <> excluded.contact_id
"""

# Those who are linked through others by now are told of already: to hear the same again must change nothing.
_MEET = """
WITH RECURSIVE met AS (
  SELECT t.contact_id, i.contact_id AS other
  FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[]) AS t(contact_id, type, value, account)
  JOIN contact_identity i ON i.type = t.type AND i.value = t.value
    AND coalesce(i.business_account_id, '') = coalesce(t.account, '') AND t.type <> 'USERNAME'
  UNION
  SELECT n.contact_id, p.contact_id FROM unnest($5::bigint[], $6::text[]) AS n(contact_id, number)
  JOIN contact_phone p ON p.phone_number = n.number
  UNION
  SELECT n.contact_id, i.contact_id FROM unnest($5::bigint[], $6::text[]) AS n(contact_id, number)
  JOIN contact_identity i ON i.type = 'WA_ID' AND i.value = substr(n.number, 2)
), linked(start, id) AS (
  SELECT contact_id, contact_id FROM met WHERE contact_id <> other
  UNION
  SELECT linked.start, d.id FROM linked, LATERAL (
    SELECT other_id AS id FROM contact_duplicate WHERE contact_id = linked.id
    UNION ALL SELECT contact_id FROM contact_duplicate WHERE other_id = linked.id) d
)
INSERT INTO contact_duplicate (contact_id, other_id, reason)
SELECT DISTINCT least(contact_id, other), greatest(contact_id, other), 'WhatsApp calls both of them the same.'
FROM met WHERE contact_id <> other AND NOT EXISTS (SELECT FROM linked WHERE start = met.contact_id AND id = other)
ON CONFLICT (contact_id, other_id) DO NOTHING
RETURNING contact_id, other_id
"""


def called(contact_id: int, found: Found) -> list[Identity]:
    """What a number that was asked for is called by WhatsApp."""
    if found.chat is None:
        return []
    number, _, kind = found.chat.partition("@")
    learned = [Identity(contact_id, ContactIdentityType.WA_ID, number)] if kind == "c.us" else []
    lid = found.chat if kind == "lid" else found.lid
    return [*learned, Identity(contact_id, ContactIdentityType.LID, lid)] if lid else learned


async def learn(identities: Iterable[Identity]) -> None:
    """Keeps what WhatsApp calls contacts, inside the caller's transaction. Whom it calls the same are duplicates.

    Duplicates are told of, and what one of them declined holds for the other, unless that one agreed to it since.
    """
    told = list(dict.fromkeys(identities))
    if not told:
        return
    owned: dict[tuple[str, str, str], Identity] = {}
    for each in told:
        key = (each.type, each.value, each.business_account_id or "")
        if each.type is ContactIdentityType.USERNAME or key not in owned:
            owned[key] = each
    # In one order for all, so that no two of these wait for each other.
    await connect.execute(_LEARN, *map(list, zip(*(owned[key] for key in sorted(owned)), strict=True)))
    ids, kinds, values, accounts = map(list, zip(*told, strict=True))
    numbers = [
        (each.contact_id, number)
        for each in told
        if each.type is ContactIdentityType.WA_ID
        for number in (f"+{each.value}", *aliases(f"+{each.value}"))
    ]
    owners, spellings = [owner for owner, _ in numbers], [number for _, number in numbers]
    met = await connect.rows(_MEET, ids, kinds, values, accounts, owners, spellings)
    if met:
        await _tell({id for pair in met for id in pair})


async def _tell(ids: set[int]) -> None:
    for id in sorted(ids):
        changed(id, actor_id=None)
    await spread(sorted(ids))


@allow()
async def duplicates_of(viewer: Viewer, contact_ids: list[int]) -> list[list[Contact]]:
    """Contacts that seem to be the same person as each of these, oldest first."""
    pairs = await connect.rows(
        "SELECT contact_id AS id, other_id AS other FROM contact_duplicate WHERE contact_id = ANY($1)"
        " UNION ALL SELECT other_id, contact_id FROM contact_duplicate WHERE other_id = ANY($1)",
        contact_ids,
    )
    others: dict[int, list[int]] = defaultdict(list)
    for pair in pairs:
        others[pair["id"]].append(pair["other"])
    wanted = sorted({other for of_one in others.values() for other in of_one})
    found = {contact.id: contact for contact in await by_ids(viewer, wanted) if contact and not contact.deleted_at}
    return [[found[other] for other in sorted(others[id]) if other in found] for id in contact_ids]
