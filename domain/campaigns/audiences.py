"""Whom a campaign is to reach, as a caller names them: checked, and numbers made contacts."""

from collections.abc import Mapping, Sequence
from typing import Any

from db.campaigns import Audience
from db.contacts import PHONE_UNIQUE, ContactValues
from db.core import connect
from domain import contacts, groups
from domain.campaigns.reading import visible
from domain.core.access import Viewer
from domain.core.errors import Checks, ErrorCode, Refusal, not_found
from domain.core.phone import aliases, parse_phone
from domain.core.unique import unique

MOST_GROUPS, MOST_PEOPLE = 100, 10_000
MOST_FAULTS = 100
"""Numbers at fault that are told one by one."""

_KNOWN = "SELECT id, phone_number, contact_id FROM contact_phone WHERE phone_number = ANY($1)"
_WA_IDS = """
SELECT i.value, i.contact_id FROM contact_identity i JOIN contact c ON c.id = i.contact_id AND c.deleted_at IS NULL
WHERE i.type = 'WA_ID' AND i.value = ANY($1)
"""


async def audience_of(viewer: Viewer, given: Mapping[str, Any] | None, check: Checks, *, own_id: int = 0) -> Audience:
    """The audience that an AudienceInput names; `own_id` is the campaign whose audience it is to be."""
    given = {name: value for name, value in (given or {}).items() if value}
    found, people, phones = Audience(), list[int](), list[int]()
    with check():
        if "group_ids" in given:
            found["group_ids"] = await _groups(viewer, given["group_ids"])
    with check():
        people += await _contacts(viewer, given.get("contact_ids", ()))
    with check():
        known, phones = await _of_numbers(viewer, given.get("phone_numbers", ()), check)
        people += known
    with check():
        if "outcome" in given:
            campaign_id = given["outcome"]["campaign_id"]
            await visible(viewer, campaign_id, field="audience.outcome.campaignId")
            if campaign_id == own_id:
                raise _wrong("This must be another campaign.", "outcome.campaignId", "same")
            found["campaign_id"] = campaign_id
    with check():
        if "outcome" in given:
            if not given["outcome"]["outcome"]:
                raise _wrong("Name at least one outcome.", "outcome.outcome", "required")
            found["outcomes"] = sorted({outcome.value for outcome in given["outcome"]["outcome"]})
    if people:
        found["contact_ids"] = sorted(set(people))
    if phones:
        found["phone_ids"] = phones
    return found


def _wrong(message: str, field: str, reason: str) -> Refusal:
    return Refusal(ErrorCode.VALIDATION_ERROR, message, field=f"audience.{field}", reason=reason)


def _few(values: Sequence[Any], most: int, field: str) -> list[Any]:
    if len(values) > most:
        raise _wrong(f"These are more than {most}; put people into a group instead.", field, "too_many")
    return sorted(set(values))


async def _groups(viewer: Viewer, ids: Sequence[int]) -> list[int]:
    wanted = _few(ids, MOST_GROUPS, "groupIds")
    # Whoever deletes one waits for us, and then finds that it is needed.
    await connect.execute("SELECT 1 FROM contact_group WHERE id = ANY($1) ORDER BY id FOR SHARE", wanted)
    found = await groups.by_ids(viewer, wanted)
    if any(group is None or group.deleted_at is not None for group in found):
        raise not_found("group", field="audience.groupIds")
    return wanted


async def _contacts(viewer: Viewer, ids: Sequence[int]) -> list[int]:
    wanted = _few(ids, MOST_PEOPLE, "contactIds")
    if wanted and None in await contacts.present(viewer, wanted):
        raise not_found("contact", field="audience.contactIds")
    return wanted


async def _of_numbers(viewer: Viewer, given: Sequence[str], check: Checks) -> tuple[list[int], list[int]]:
    """The contacts who have these numbers, or are known by them, and the numbers that are theirs.

    Other numbers become contacts named after them.
    """
    _few(given, MOST_PEOPLE, "phoneNumbers")
    numbers, faults = list[str](), 0
    for place, number in enumerate(given):
        with check():
            try:
                numbers.append(parse_phone(number, field=f"audience.phoneNumbers[{place}]"))
            except Refusal:
                faults += 1
                if faults <= MOST_FAULTS:
                    raise
    if faults or not numbers:
        return [], []
    spellings = {number: [number, *aliases(number)] for number in dict.fromkeys(numbers)}
    known = await connect.rows(_WA_IDS, [each[1:] for each in spellings])
    owners: dict[str, tuple[int, int | None]] = {f"+{row['value']}": (row["contact_id"], None) for row in known}
    owners |= await _phones([each for spelled in spellings.values() for each in spelled])
    unknown = [number for number, spelled in spellings.items() if owners.keys().isdisjoint(spelled)]
    # Two spellings of one unknown number are one person.
    new = sorted({min(spellings[number]): number for number in unknown}.values())
    with unique(PHONE_UNIQUE, "One of these numbers has just become a contact's. Try again.", field="audience"):
        values = [ContactValues(name=number, phone_number=number) for number in new]
        await contacts.add(values, actor_id=viewer.user_id)
    owners |= await _phones(new)
    named = [next(owners[each] for each in spelled if each in owners) for spelled in spellings.values()]
    return [id for id, _ in named], sorted({phone for _, phone in named if phone is not None})


async def _phones(numbers: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Contact and phone of each number that somebody has."""
    return {row["phone_number"]: (row["contact_id"], row["id"]) for row in await connect.rows(_KNOWN, numbers)}
