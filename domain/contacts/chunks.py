"""A chunk of an import: each row judged, then all of them written together."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from db.contacts import (
    ConsentSource,
    ContactImport,
    ContactValues,
    DuplicatePolicy,
    ImportVerdict,
    OptInStatus,
    change_contacts,
    lock_known,
)
from db.core import connect
from db.memberships import join
from db.templates import TemplateCategory
from domain.contacts.adding import add
from domain.contacts.announce import changed
from domain.contacts.cells import Reader
from domain.contacts.consents import say
from domain.contacts.details import check_details, check_groups, full_name
from domain.contacts.phones import MOST_PHONES
from domain.contacts.spreadsheet import Row
from domain.core.errors import Checks, ErrorCode, Refusal, Refusals, not_found
from domain.core.phone import parse_phone

_MET = """
SELECT contact_id, row FROM import_row WHERE contact_import_id = $1 AND contact_id = ANY($2::bigint[])
"""

_WRITE = """
INSERT INTO import_row (contact_import_id, row, verdict, contact_id, field, code, message)
SELECT $1, * FROM unnest($2::int[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[])
"""

_COUNT = "SELECT contact_id, count(*) FROM contact_phone WHERE contact_id = ANY($1::bigint[]) GROUP BY contact_id"

_ADD_NUMBERS = """
WITH added AS (
  INSERT INTO contact_phone (phone_number, contact_id, is_primary)
  SELECT number, contact_id, false FROM unnest($1::text[], $2::bigint[]) AS more(number, contact_id)
  RETURNING contact_id, phone_number
)
UPDATE contact c SET numbers = concat_ws(' ', c.numbers, more.numbers)
FROM (SELECT contact_id, string_agg(phone_number, ' ') AS numbers FROM added GROUP BY 1) AS more
WHERE c.id = more.contact_id
"""

_WRITTEN = {ImportVerdict.CREATED, ImportVerdict.UPDATED}
_MOST_FIELD = 64
"""Characters that are kept of a header."""
_NOTHING = ContactValues()


@dataclass(slots=True)
class Judged:
    """A row of an import, as far as it is judged."""

    row: int
    verdict: ImportVerdict = ImportVerdict.CREATED
    values: ContactValues = _NOTHING
    numbers: list[str] = field(default_factory=list[str])
    """The primary one first."""
    phone: str = "phoneNumber"
    """Where that stood."""
    group_ids: list[int] = field(default_factory=list[int])
    contact_id: int | None = None
    more: list[str] = field(default_factory=list[str])
    """Numbers that the contact gets besides its primary one."""
    fault: Refusal | None = None

    def refuse(self, fault: Refusal) -> None:
        self.verdict, self.fault, self.contact_id = ImportVerdict.FAILED, fault, None


def judged_contact(row: int, given: Mapping[str, Any]) -> Judged:
    """What a contact of a list says, or the first thing that is wrong with it."""
    judged = Judged(row)
    try:
        _take(judged, given, [(phone, "phoneNumber")] if (phone := given.get("phone_number")) is not None else [])
        judged.group_ids = list(given.get("group_ids") or ())
        check_groups(judged.group_ids)
    except Refusal as fault:
        judged.refuse(fault)
    return judged


def judged_row(number: int, row: Row, reader: Reader) -> Judged:
    """The same of a row of a CSV. It needs a number: without one the same file would make everyone anew."""
    judged = Judged(number, phone=reader.phone)
    try:
        if row.fault is not None:
            raise Refusal(ErrorCode.VALIDATION_ERROR, row.fault, reason="unreadable")
        given = reader.given(row.cells)
        if not given["phones"]:
            raise Refusal(
                ErrorCode.VALIDATION_ERROR, "A phone number is needed.", field=reader.phone, reason="required"
            )
        _take(judged, given, given["phones"])
    except Refusal as fault:
        fault.field = reader.header(fault.field)
        judged.refuse(fault)
    return judged


def _take(judged: Judged, given: Mapping[str, Any], phones: Sequence[tuple[str, str]]) -> None:
    """Raises the first Refusal."""
    check = Checks()
    details = check_details(given, check)
    try:
        check.done()
    except Refusals as faults:
        raise faults.refusals[0] from None
    details["name"] = full_name(details)
    judged.numbers = list(dict.fromkeys(parse_phone(phone, field=field) for phone, field in phones))
    if len(judged.numbers) > MOST_PHONES:
        raise _too_many(phones[0][1])
    if phones:
        judged.phone = phones[0][1]
    judged.values = ContactValues(
        **details,
        opt_in_status=OptInStatus(given.get("opt_in_status", OptInStatus.UNKNOWN)),
        phone_number=judged.numbers[0] if judged.numbers else None,
    )


async def do_chunk(job: ContactImport, chunk: Sequence[Judged]) -> None:
    """Writes the next rows of an import, in the transaction that holds it, and counts their verdicts."""
    await _refuse_lost_groups(chunk)
    await _match(job, chunk)
    await _refuse_too_many(chunk)
    await _write_contacts(job, chunk)
    await join(
        (group, judged.contact_id)
        for judged in chunk
        if judged.contact_id is not None
        for group in [*job.group_ids, *judged.group_ids]
    )
    await _write_rows(job, chunk)


async def _refuse_lost_groups(chunk: Sequence[Judged]) -> None:
    wanted = {group for judged in chunk for group in judged.group_ids}
    if not wanted:
        return
    live = "SELECT id FROM contact_group WHERE id = ANY($1::bigint[]) AND deleted_at IS NULL"
    found = {row["id"] for row in await connect.rows(live, list(wanted))}
    for judged in _good(chunk):
        if not found.issuperset(judged.group_ids):
            judged.refuse(not_found("group", field="groupIds"))


async def _match(job: ContactImport, chunk: Sequence[Judged]) -> None:
    """Finds whom the rows mean: contacts we know, locked from here on, or another row of the same import."""
    known = await lock_known([number for judged in _good(chunk) for number in judged.numbers])
    earlier = await connect.rows(_MET, job.id, list(known.values())) if known else []
    met: dict[int | str, int] = {row["contact_id"]: row["row"] for row in earlier}
    for judged in _good(chunk):
        people = {known.get(number, number) for number in judged.numbers}
        if rows := [met[one] for one in people if one in met]:
            judged.refuse(_repeated(min(rows), judged.phone))
            continue
        owners = [one for one in people if isinstance(one, int)]
        if len(owners) > 1:
            words = f"Its numbers belong to {len(owners)} contacts."
            judged.refuse(Refusal(ErrorCode.DUPLICATE_RESOURCE, words, field=judged.phone))
            continue
        met |= dict.fromkeys(people, judged.row)
        judged.more = judged.numbers[1:]
        if owners:
            [judged.contact_id] = owners
            judged.more = [number for number in judged.numbers if number not in known]
            updates = job.on_duplicate is DuplicatePolicy.UPDATE
            judged.verdict = ImportVerdict.UPDATED if updates else ImportVerdict.SKIPPED


async def _refuse_too_many(chunk: Sequence[Judged]) -> None:
    """Refuses rows whose numbers are more than their contact may have beside its own."""
    growing = {j.contact_id: j for j in chunk if j.verdict is ImportVerdict.UPDATED and j.more}
    if growing:
        for row in await connect.rows(_COUNT, list(growing)):
            judged = growing[row["contact_id"]]
            if row["count"] + len(judged.more) > MOST_PHONES:
                judged.refuse(_too_many(judged.phone))


def _too_many(field: str) -> Refusal:
    words = f"A contact has at most {MOST_PHONES} phone numbers."
    return Refusal(ErrorCode.VALIDATION_ERROR, words, field=field, reason="too_many")


def _repeated(row: int, field: str) -> Refusal:
    return Refusal(
        ErrorCode.DUPLICATE_RESOURCE, f"Row {row} is the same contact.", field=field, reason="already_exists"
    )


async def _write_contacts(job: ContactImport, chunk: Sequence[Judged]) -> None:
    new = [judged for judged in chunk if judged.verdict is ImportVerdict.CREATED]
    made = await add([judged.values for judged in new], ConsentSource.IMPORT, actor_id=job.created_by_id)
    for judged, id in zip(new, made, strict=True):
        judged.contact_id = id
    changes = [
        (judged.contact_id, judged.values)
        for judged in chunk
        if judged.verdict is ImportVerdict.UPDATED and judged.contact_id is not None
    ]
    await change_contacts(changes)
    growing = [judged for judged in chunk if judged.contact_id is not None and judged.more]
    if pairs := sorted((n, j.contact_id) for j in growing if j.verdict in _WRITTEN for n in j.more):
        await connect.execute(_ADD_NUMBERS, *map(list, zip(*pairs, strict=True)))
    told = set[int]()
    for state in (OptInStatus.OPTED_IN, OptInStatus.OPTED_OUT):
        if saying := [id for id, values in changes if values.opt_in_status is state]:
            category, by = TemplateCategory.MARKETING, job.created_by_id
            told.update(await say(saying, category, state, ConsentSource.IMPORT, recorded_by_id=by))
    for judged in chunk:
        if judged.verdict is ImportVerdict.UPDATED and judged.contact_id and judged.contact_id not in told:
            changed(judged.contact_id, actor_id=job.created_by_id)


async def _write_rows(job: ContactImport, chunk: Sequence[Judged]) -> None:
    for judged in chunk:
        match judged.verdict:
            case ImportVerdict.CREATED:
                job.created += 1
            case ImportVerdict.UPDATED:
                job.updated += 1
            case ImportVerdict.SKIPPED:
                job.skipped += 1
            case ImportVerdict.FAILED:
                job.failed += 1
    faults = [judged.fault for judged in chunk]
    await connect.execute(
        _WRITE,
        job.id,
        [judged.row for judged in chunk],
        [judged.verdict for judged in chunk],
        [judged.contact_id for judged in chunk],
        [fault and fault.field and fault.field[:_MOST_FIELD] for fault in faults],
        [fault and fault.code for fault in faults],
        [fault and fault.message for fault in faults],
    )


def _good(chunk: Iterable[Judged]) -> Iterable[Judged]:
    return (judged for judged in chunk if judged.verdict is not ImportVerdict.FAILED)
