"""Imports: many contacts at once, in a worker. Good rows are kept, and every row gets a verdict."""

import re
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import cache
from typing import Any

from asyncpg import DeadlockDetectedError, UniqueViolationError

from db.accounts import Role, Scope
from db.contacts import PHONE_UNIQUE, ContactImport, DuplicatePolicy, ImportRow, ImportVerdict, JobStatus
from db.core import connect
from db.core.connect import TRANSIENT
from db.core.paging import Order, Page, PageRequest, Parents, Where, fetch_pages
from db.core.transaction import ring, transaction
from db.events import EventType, record
from domain.contacts.chunks import do_chunk
from domain.contacts.details import check_groups
from domain.core.access import Viewer, allow
from domain.core.bounds import unbound
from domain.core.errors import ErrorCode, Refusal, not_found

MOST = 2000
"""Contacts of one list."""
CHUNK = 500
"""Rows that are done in one transaction: what a killed worker has to do again."""
_TELL = 0.25
"""Seconds between two IMPORT_PROGRESS events of one import."""

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


@allow(Role.ADMIN, Role.MARKETER, scope=Scope.CONTACTS)
async def start_import(
    viewer: Viewer,
    *,
    contacts: Sequence[Mapping[str, Any]],
    group_ids: Sequence[int] = (),
    on_duplicate: DuplicatePolicy = DuplicatePolicy.SKIP,
) -> ContactImport:
    """Takes a list of contacts, each as `create` takes it; a worker does the rest, also what is wrong with a row."""
    unbound(viewer)
    if not 1 <= len(contacts) <= MOST:
        raise Refusal(
            ErrorCode.VALIDATION_ERROR,
            f"These are {len(contacts)} contacts; 1 to {MOST} are allowed.",
            field="contacts",
            reason="too_many" if contacts else "required",
        )
    check_groups(group_ids)
    groups = list(dict.fromkeys(group_ids))
    async with transaction():
        live = "SELECT count(*) FROM contact_group WHERE id = ANY($1::bigint[]) AND deleted_at IS NULL"
        if await connect.value(live, groups) < len(groups):
            raise not_found("group", field="groupIds")
        job = await ContactImport.create(
            source=[_storable(contact) for contact in contacts],
            total=len(contacts),
            on_duplicate=on_duplicate,
            group_ids=groups,
            created_by_id=viewer.user_id,
        )
        _tell(job)
        ring("import_contacts", job.id)
    return job


@allow()
async def get_import(viewer: Viewer, id: int) -> ContactImport:
    job = await ContactImport.get_or_none(id=id) if viewer.sender_id is None else None
    if job is None:
        raise not_found("import")
    return job


@allow()
async def imports_by_ids(viewer: Viewer, ids: list[int]) -> list[ContactImport | None]:
    """Imports that events name."""
    found = {job.id: job for job in await ContactImport.filter(id__in=ids)} if viewer.sender_id is None else {}
    return [found.get(id) for id in ids]


@allow()
async def get_import_row(viewer: Viewer, id: int) -> ImportRow:
    row = await ImportRow.get_or_none(id=id) if viewer.sender_id is None else None
    if row is None:
        raise not_found("row of an import")
    return row


@cache
def pages_of_rows(
    verdicts: frozenset[ImportVerdict] | None,
) -> Callable[[Viewer, list[int], PageRequest], Awaitable[dict[int, Page[ImportRow]]]]:
    """What pages the rows of imports, in their order: all of them, or those with one of these verdicts."""

    @allow()
    async def pages(viewer: Viewer, import_ids: list[int], page: PageRequest) -> dict[int, Page[ImportRow]]:
        where = Where()
        if viewer.sender_id is not None:
            where.add("false")
        if verdicts is not None:
            where.add("import_row.verdict = ANY({}::text[])", sorted(verdicts))
        parents = Parents("import_row.contact_import_id")
        return await fetch_pages(ImportRow, parents, import_ids, where, Order("import_row.row", "bigint"), page)

    return pages


async def ring_open_imports() -> None:
    """Rings for imports that are not done: a worker that was killed, or a lost ring, left them."""
    found = await connect.rows("SELECT id FROM contact_import WHERE status IN ('QUEUED', 'RUNNING') ORDER BY id")
    for row in found:
        ring("import_contacts", row["id"])


async def run_import(id: int) -> None:
    """Does what is left of an import. It may be killed at any point and run anew, also by several at once."""
    told = time.monotonic()
    going = True
    while going:
        tell = time.monotonic() - told >= _TELL
        try:
            going = await _step(id, tell=tell)
        except DeadlockDetectedError:
            continue
        except UniqueViolationError as error:
            # Someone else has just added one of the numbers: the next look finds it known.
            if getattr(error, "constraint_name", None) != PHONE_UNIQUE:
                await _fail(id)
                raise
        except TRANSIENT:
            raise
        except Exception:
            await _fail(id)
            raise
        if tell:
            told = time.monotonic()


async def _step(id: int, *, tell: bool) -> bool:
    """Does the next chunk, all or nothing; whether more is left."""
    async with transaction():
        job = (
            await ContactImport.filter(id=id, status__in=[JobStatus.QUEUED, JobStatus.RUNNING])
            .select_for_update(skip_locked=True)
            .first()
        )
        if job is None:
            return False
        rows = job.source[job.position : job.position + CHUNK]
        for verdict in await do_chunk(job, rows):
            match verdict:
                case ImportVerdict.CREATED:
                    job.created += 1
                case ImportVerdict.UPDATED:
                    job.updated += 1
                case ImportVerdict.SKIPPED:
                    job.skipped += 1
                case ImportVerdict.FAILED:
                    job.failed += 1
        job.position += len(rows)
        done = job.position >= job.total
        job.status = JobStatus.COMPLETED if done else JobStatus.RUNNING
        if done:
            job.source = []
        await job.save()
        if tell or done:
            _tell(job)
        return not done


async def _fail(id: int) -> None:
    """Gives an import up that our own fault keeps from going on; what is done stays done."""
    async with transaction():
        job = await ContactImport.filter(id=id).select_for_update().first()
        if job is not None and job.status in (JobStatus.QUEUED, JobStatus.RUNNING):
            job.status = JobStatus.FAILED
            job.error_message = f"A fault of the server stopped it after row {job.position}; the log has it."
            await job.save(update_fields=["status", "error_message"])
            _tell(job)


def _storable(contact: Mapping[str, Any]) -> dict[str, Any]:
    """A row as JSON can hold it. What it cannot hold becomes another control character, refused with its row later."""
    return {key: _UNSTORABLE.sub("\1", value) if isinstance(value, str) else value for key, value in contact.items()}


def _tell(job: ContactImport) -> None:
    figures = {name: getattr(job, name) for name in ("status", "total", "created", "updated", "skipped", "failed")}
    record(EventType.IMPORT_PROGRESS, "ContactImport", job.id, actor_id=job.created_by_id, data=figures)
