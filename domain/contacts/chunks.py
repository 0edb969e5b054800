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
    add_contacts,
    change_contacts,
    lock_known,
)
from db.core import connect
from db.memberships import join
from db.templates import TemplateCategory
from domain.contacts.consents import say
from domain.contacts.details import check_details, check_groups, full_name
from domain.contacts.writing import changed
from domain.core.errors import Checks, ErrorCode, Refusal, Refusals, not_found
from domain.core.phone import parse_phone

_MET = """
SELECT contact_id, row FROM import_row WHERE contact_import_id = $1 AND contact_id = ANY($2::bigint[])
"""

_WRITE = """
INSERT INTO import_row (contact_import_id, row, verdict, contact_id, field, code, message)
SELECT $1, * FROM unnest($2::int[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[])
"""


_NOTHING = ContactValues()


@dataclass(slots=True)
class Judged:
    """A row of an import, as far as it is judged."""

    row: int
    verdict: ImportVerdict = ImportVerdict.CREATED
    values: ContactValues = _NOTHING
    group_ids: list[int] = field(default_factory=list[int])
    contact_id: int | None = None
    fault: Refusal | None = None

    def refuse(self, fault: Refusal) -> None:
        self.verdict, self.fault = ImportVerdict.FAILED, fault


async def do_chunk(job: ContactImport, rows: Sequence[Mapping[str, Any]]) -> list[ImportVerdict]:
    """Writes the next rows of an import, in the transaction that holds it; answers their verdicts, in order."""
    chunk = [_judge(job.position + place, given) for place, given in enumerate(rows, 1)]
    await _refuse_lost_groups(chunk)
    await _match(job, chunk)
    await _write_contacts(job, chunk)
    await join(
        (group, judged.contact_id)
        for judged in chunk
        if judged.contact_id is not None
        for group in [*job.group_ids, *judged.group_ids]
    )
    await _write_rows(job, chunk)
    return [judged.verdict for judged in chunk]


def _judge(row: int, given: Mapping[str, Any]) -> Judged:
    """What a row says, or the first thing that is wrong with it."""
    judged = Judged(row)
    check = Checks()
    details = check_details(given, check)
    try:
        check.done()
        details["name"] = full_name(details)
        phone = given.get("phone_number")
        judged.values = ContactValues(
            **details,
            opt_in_status=OptInStatus(given.get("opt_in_status", OptInStatus.UNKNOWN)),
            phone_number=None if phone is None else parse_phone(phone, field="phoneNumber"),
        )
        judged.group_ids = list(given.get("group_ids") or ())
        check_groups(judged.group_ids)
    except Refusal as fault:
        judged.refuse(fault)
    except Refusals as faults:
        judged.refuse(faults.refusals[0])
    return judged


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
    numbers = [judged.values.phone_number for judged in _good(chunk) if judged.values.phone_number is not None]
    known = await lock_known(numbers)
    met: dict[int | str, int] = {
        row["contact_id"]: row["row"] for row in await connect.rows(_MET, job.id, list(known.values()))
    }
    for judged in _good(chunk):
        number = judged.values.phone_number
        if number is None:
            continue
        first = met.setdefault(known.get(number, number), judged.row)
        if first != judged.row:
            judged.refuse(_repeated(first))
        elif number in known:
            judged.contact_id = known[number]
            updates = job.on_duplicate is DuplicatePolicy.UPDATE
            judged.verdict = ImportVerdict.UPDATED if updates else ImportVerdict.SKIPPED


def _repeated(row: int) -> Refusal:
    return Refusal(
        ErrorCode.DUPLICATE_RESOURCE,
        f"Row {row} is the same contact.",
        field="phoneNumber",
        reason="already_exists",
    )


async def _write_contacts(job: ContactImport, chunk: Sequence[Judged]) -> None:
    new = [judged for judged in chunk if judged.verdict is ImportVerdict.CREATED]
    made = await add_contacts([judged.values for judged in new], ConsentSource.IMPORT, job.created_by_id)
    for judged, id in zip(new, made, strict=True):
        judged.contact_id = id
    changes = [
        (judged.contact_id, judged.values)
        for judged in chunk
        if judged.verdict is ImportVerdict.UPDATED and judged.contact_id is not None
    ]
    await change_contacts(changes)
    told: set[int] = set()
    for state in (OptInStatus.OPTED_IN, OptInStatus.OPTED_OUT):
        saying = [id for id, values in changes if values.opt_in_status is state]
        if saying:
            told.update(
                await say(
                    saying, TemplateCategory.MARKETING, state, ConsentSource.IMPORT, recorded_by_id=job.created_by_id
                )
            )
    for judged in chunk:
        if judged.contact_id not in told and judged.contact_id and judged.verdict is not ImportVerdict.SKIPPED:
            changed(judged.contact_id, actor_id=job.created_by_id)


async def _write_rows(job: ContactImport, chunk: Sequence[Judged]) -> None:
    written = [
        (
            judged.row,
            judged.verdict,
            judged.contact_id,
            judged.fault and judged.fault.field,
            judged.fault and judged.fault.code,
            judged.fault and judged.fault.message,
        )
        for judged in chunk
    ]
    await connect.execute(_WRITE, job.id, *map(list, zip(*written, strict=True)))


def _good(chunk: Iterable[Judged]) -> Iterable[Judged]:
    return (judged for judged in chunk if judged.verdict is not ImportVerdict.FAILED)
