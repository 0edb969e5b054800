"""A chunk of an import: each row judged, then all of them written together."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

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
from domain.contacts.consents import opt_out_again, say
from domain.contacts.details import MOST_ATTRIBUTES, check_details, check_groups, full_name
from domain.contacts.phones import MOST_PHONES
from domain.core.errors import Checks, ErrorCode, Refusal, Refusals, not_found
from domain.core.phone import parse_phone
from domain.core.spreadsheet import Row

_MET = """
SELECT contact_id, row FROM import_row WHERE contact_import_id = $1 AND contact_id = ANY($2::bigint[])
"""

_WRITE = """
INSERT INTO import_row (contact_import_id, row, verdict, contact_id, field, code, message)
SELECT $1, * FROM unnest($2::int[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[])
"""

_CROWDED = """
SELECT c.id, (SELECT count(*) FROM contact_phone WHERE contact_id = c.id) + g.numbers > $4 AS numbers
FROM unnest($1::bigint[], $2::int[], $3::jsonb[]) AS g(id, numbers, attributes) JOIN contact c ON c.id = g.id
WHERE g.numbers > 0 AND (SELECT count(*) FROM contact_phone WHERE contact_id = c.id) + g.numbers > $4
   OR (SELECT count(*) FROM jsonb_object_keys(jsonb_strip_nulls(c.attributes || g.attributes))) > $5
"""

_STAYS_OUT = "SELECT id FROM contact WHERE id = ANY($1::bigint[]) AND opt_in_status = 'OPTED_OUT'"

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
    note: str | None = None
    """What is told of a good row."""

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
    full_name(details)
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


async def do_chunk(job: ContactImport, chunk: Sequence[Judged], of: str) -> None:
    """Writes the next rows of an import, in the transaction that holds it, and counts their verdicts.

    `of` says where they stand, for the ledger.
    """
    await _refuse_lost_groups(chunk)
    await _match(job, chunk)
    await _refuse_too_many(chunk)
    await _write_contacts(job, chunk, of)
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
    """Refuses rows whose numbers or custom values are more than their contact may have beside its own."""
    updated = [j for j in chunk if j.verdict is ImportVerdict.UPDATED]
    growing = {j.contact_id: j for j in updated if j.more or j.values.attributes}
    if growing:
        numbers = [len(judged.more) for judged in growing.values()]
        attributes = [orjson.dumps(judged.values.attributes or {}).decode() for judged in growing.values()]
        limits = MOST_PHONES, MOST_ATTRIBUTES
        for row in await connect.rows(_CROWDED, list(growing), numbers, attributes, *limits):
            judged = growing[row["id"]]
            judged.refuse(_too_many(judged.phone) if row["numbers"] else _too_many_values())


def _too_many(field: str) -> Refusal:
    words = f"A contact has at most {MOST_PHONES} phone numbers."
    return Refusal(ErrorCode.VALIDATION_ERROR, words, field=field, reason="too_many")


def _too_many_values() -> Refusal:
    words = f"With these the contact would have more than {MOST_ATTRIBUTES} custom values."
    return Refusal(ErrorCode.VALIDATION_ERROR, words, field="attributes", reason="too_many")


def _repeated(row: int, field: str) -> Refusal:
    return Refusal(
        ErrorCode.DUPLICATE_RESOURCE, f"Row {row} is the same contact.", field=field, reason="already_exists"
    )


async def _write_contacts(job: ContactImport, chunk: Sequence[Judged], of: str) -> None:
    for judged in chunk:
        if judged.values.opt_in_status is not OptInStatus.UNKNOWN:
            judged.values = judged.values._replace(proof=f"{of}, row {judged.row}")
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
        owners = {number: id for number, id in pairs if id is not None}
        await opt_out_again(owners, ConsentSource.IMPORT, actor_id=job.created_by_id)
    told = await _say(job, chunk)
    for judged in chunk:
        if judged.verdict is ImportVerdict.UPDATED and judged.contact_id and judged.contact_id not in told:
            changed(judged.contact_id, actor_id=job.created_by_id)


async def _say(job: ContactImport, chunk: Sequence[Judged]) -> set[int]:
    """Enters what known contacts agree to and decline; answers those for whom it was news.

    To decline is heard of a row that is skipped, too, and outlives any import that says otherwise.
    """
    told = set[int]()
    for state in (OptInStatus.OPTED_IN, OptInStatus.OPTED_OUT):
        heard = _WRITTEN if state is OptInStatus.OPTED_IN else {*_WRITTEN, ImportVerdict.SKIPPED}
        saying = {
            judged.contact_id: judged
            for judged in chunk
            if judged.contact_id and judged.verdict in heard and judged.values.opt_in_status is state
        }
        known = {id: one.values.proof or "" for id, one in saying.items() if one.verdict is not ImportVerdict.CREATED}
        if known:
            category, by = TemplateCategory.MARKETING, job.created_by_id
            news = await say(list(known), category, state, ConsentSource.IMPORT, recorded_by_id=by, proof=known)
            told.update(news)
            for id in news:
                if id in saying and saying[id].verdict is ImportVerdict.SKIPPED:
                    saying[id].note = "Its opt-out was taken."
        if state is OptInStatus.OPTED_IN and saying:
            for row in await connect.rows(_STAYS_OUT, list(saying)):
                saying[row["id"]].note = "It stays opted out: an import does not undo an opt-out."
    return told


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
        [judged.fault.message if judged.fault else judged.note for judged in chunk],
    )


def _good(chunk: Iterable[Judged]) -> Iterable[Judged]:
    return (judged for judged in chunk if judged.verdict is not ImportVerdict.FAILED)
