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
from db.files import File
from domain.contacts.chunks import do_chunk
from domain.contacts.columns import chosen
from domain.contacts.details import check_groups
from domain.contacts.preview import survey
from domain.contacts.sources import Source, written
from domain.core.access import Viewer, allow
from domain.core.errors import Checks, ErrorCode, Refusal, not_found

MOST = 2000
"""Contacts of one list."""
RUN_SECONDS = 5.0
"""After so long a run rings for the rest, so that what goes first in a worker need not wait for a long import."""
_FAULT = "A fault of the server stopped it after row {}; the log has it."
_GONE = "The file was deleted; rows up to {} are done."
_TELL = 0.25
"""Seconds between two IMPORT_PROGRESS events of one import."""

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


@allow(Role.ADMIN, Role.MARKETER, scope=Scope.CONTACTS, bound=False)
async def start_import(
    viewer: Viewer,
    *,
    contacts: Sequence[Mapping[str, Any]] | None = None,
    file_id: int | None = None,
    mapping: Sequence[Mapping[str, Any]] | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    group_ids: Sequence[int] = (),
    on_duplicate: DuplicatePolicy = DuplicatePolicy.SKIP,
) -> ContactImport:
    """Takes a list of contacts, each as `create` takes it, or a CSV, how it is read and what its columns mean.

    A worker does the rest, also what is wrong with a row.
    """
    check = Checks()
    with check():
        _check_source(contacts, file_id, {"mapping": mapping, "encoding": encoding, "delimiter": delimiter})
    with check():
        check_groups(group_ids)
    check.done()
    found = None if file_id is None else await survey(viewer, file_id, encoding, delimiter)
    if found is not None and found.fault is not None:
        raise Refusal(ErrorCode.VALIDATION_ERROR, found.fault, field="fileId", reason="unreadable")
    columns = [] if found is None else chosen(found.columns, mapping)
    groups = list(dict.fromkeys(group_ids))
    async with transaction():
        live = "SELECT count(*) FROM contact_group WHERE id = ANY($1::bigint[]) AND deleted_at IS NULL"
        if await connect.value(live, groups) < len(groups):
            raise not_found("group", field="groupIds")
        job = await ContactImport.create(
            source=[_storable(contact) for contact in contacts or ()],
            file_id=file_id,
            format=found and written(found.form, columns),
            bytes_done=found.begin if found else 0,
            total=found.count if found else len(contacts or ()),
            on_duplicate=on_duplicate,
            group_ids=groups,
            created_by_id=viewer.user_id,
        )
        _tell(job)
        ring("import_contacts", job.id)
    return job


def _check_source(
    contacts: Sequence[Mapping[str, Any]] | None, file_id: int | None, of_file: Mapping[str, object]
) -> None:
    """Refuses anything but one source of at most as many contacts as may be, and what is said of a file alone."""

    def wrong(words: str, field: str, reason: str) -> Refusal:
        return Refusal(ErrorCode.VALIDATION_ERROR, words, field=field, reason=reason)

    if contacts is None and file_id is None:
        raise wrong("Name a file, or give contacts.", "fileId", "required")
    if contacts is not None and file_id is not None:
        raise wrong("Contacts come from a file or from a list, not from both.", "contacts", "conflict")
    for field, said in of_file.items():
        if contacts is not None and said is not None:
            raise wrong(f"A list has no {'columns' if field == 'mapping' else field}.", field, "conflict")
    if contacts is not None and not 1 <= len(contacts) <= MOST:
        words = f"These are {len(contacts)} contacts; 1 to {MOST} are allowed."
        raise wrong(words, "contacts", "too_many" if contacts else "required")


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
    """Does what is left of an import, for some seconds, and rings for the rest.

    It may be killed at any point and run anew, also by several at once.
    """
    started = told = time.monotonic()
    going, source = True, Source()
    while going:
        if time.monotonic() - started > RUN_SECONDS:
            ring("import_contacts", id)
            return
        tell = time.monotonic() - told >= _TELL
        try:
            going = await _step(id, source, tell=tell)
        except DeadlockDetectedError:
            source = Source()
            continue
        except UniqueViolationError as error:
            # Someone else has just added one of the numbers: the next look finds it known.
            if getattr(error, "constraint_name", None) != PHONE_UNIQUE:
                await _fail(id, _FAULT)
                raise
            source = Source()
        except FileNotFoundError:
            await _fail(id, _GONE)
            return
        except TRANSIENT:
            raise
        except Exception:
            await _fail(id, _FAULT)
            raise
        if tell:
            told = time.monotonic()


async def _step(id: int, source: Source, *, tell: bool) -> bool:
    """Does the next chunk, all or nothing; whether more is left."""
    async with transaction():
        job = (
            await ContactImport.filter(id=id, status__in=[JobStatus.QUEUED, JobStatus.RUNNING])
            .select_for_update(skip_locked=True)
            .first()
        )
        if job is None:
            return False
        file = None if job.file_id is None else await File.get_or_none(id=job.file_id, deleted_at=None)
        if job.file_id is not None and file is None:
            raise FileNotFoundError(job.file_id)
        chunk = await source.next(job)
        await do_chunk(job, chunk.rows, "An imported list" if file is None else file.name)
        job.position, job.bytes_done = chunk.position, chunk.ends
        job.status = JobStatus.COMPLETED if chunk.last else JobStatus.RUNNING
        if chunk.last:
            job.source, job.total = [], job.position
        await job.save()
        if tell or chunk.last:
            _tell(job)
        return not chunk.last


async def _fail(id: int, words: str) -> None:
    """Gives an import up that cannot go on; what is done stays done."""
    async with transaction():
        job = await ContactImport.filter(id=id).select_for_update().first()
        if job is not None and job.status in (JobStatus.QUEUED, JobStatus.RUNNING):
            job.status = JobStatus.FAILED
            job.error_message = words.format(job.position)
            job.source = []
            await job.save(update_fields=["status", "error_message", "source"])
            _tell(job)


def _storable(value: Any) -> Any:
    """A row as JSON can hold it. What it cannot hold becomes another control character, refused with its row later."""
    match value:
        case str():
            return _UNSTORABLE.sub("\1", value)
        case {**named}:
            return {_storable(name): _storable(each) for name, each in named.items()}
        case [*several]:
            return [_storable(each) for each in several]
        case _:
            return value


def _tell(job: ContactImport) -> None:
    figures = {name: getattr(job, name) for name in ("status", "total", "created", "updated", "skipped", "failed")}
    record(EventType.IMPORT_PROGRESS, "ContactImport", job.id, actor_id=job.created_by_id, data=figures)
