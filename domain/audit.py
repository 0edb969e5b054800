"""Who did what: written with the change itself, in its transaction, and read by ADMIN."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import orjson
import structlog

from db.accounts import Role, Scope
from db.audit import AuditEntry
from db.core import connect
from db.core.paging import Order, Page, PageRequest, Where, fetch_page
from domain.core.access import Viewer, allow
from domain.core.errors import not_found
from domain.core.export import Export, Rows, exported, link

_NOTE = """
INSERT INTO audit_entry
  (created_at, action, actor_id, token_id, subject_type, subject_id, changes, ip_address, request_id)
VALUES (clock_timestamp(), $1, $2, $3, $4, $5, $6, $7, $8)
"""
# Who has written and not committed. The lock comes before the time that an entry bears.
_WRITING = """
SELECT virtualtransaction FROM pg_locks
WHERE locktype = 'relation' AND relation = 'audit_entry'::regclass AND mode = 'RowExclusiveLock' AND granted
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
_PATIENCE = 60
"""Seconds for which a CSV waits for them; the database cuts off who does nothing for longer than 10."""
_ORDER = Order("audit_entry.created_at", "timestamptz", descending=True)
_AT_ONCE = 1000
_INNER = re.compile("_([a-z])")
HIDDEN = "(hidden)"


async def note(
    viewer: Viewer,
    action: str,
    changes: Mapping[str, Sequence[Any]] | None = None,
    *,
    subject: tuple[str, int] | None = None,
) -> None:
    """Writes down what a caller does, in the caller's transaction: by column, what was before and is after.

    Nothing personal but the email of an account, and no secret: HIDDEN stands for either.
    """
    request_id = structlog.contextvars.get_contextvars().get("request_id")
    kind, id = subject or (None, None)
    named: dict[str, Sequence[Any]] = {
        _INNER.sub(lambda found: found[1].upper(), name): change for name, change in (changes or {}).items()
    }
    if viewer.admin_token:
        named["by"] = [None, "ADMIN_TOKEN"]  # There is no user to name, and the system itself it was not.
    text = orjson.dumps(named).decode()
    await connect.execute(
        _NOTE, action, viewer.user_id, viewer.token_id, kind, id, text, viewer.ip_address[:64], request_id
    )


_EXPORTED = {"campaign_id": "Campaign", "import_id": "ContactImport"}


async def note_export(viewer: Viewer, export: Export) -> None:
    """Writes down that a list is read by a link, by whom it was given to; `viewer` is from where."""
    subject = next(((kind, export.given[name]) for name, kind in _EXPORTED.items() if name in export.given), None)
    given_to = export.by
    by = replace(viewer, user_id=given_to.user_id, token_id=given_to.token_id, admin_token=given_to.admin_token)
    await note(by, "csvExport", {"list": (None, export.name)}, subject=subject)


@allow(Role.ADMIN, scope=Scope.ADMIN, bound=False)
async def get(viewer: Viewer, id: int) -> AuditEntry:
    if (found := await AuditEntry.get_or_none(id=id)) is None:
        raise not_found("audit entry")
    return found


@allow(Role.ADMIN, scope=Scope.ADMIN, bound=False)
async def find(viewer: Viewer, *, page: PageRequest, **criteria: Any) -> Page[AuditEntry]:
    """Entries, newest first."""
    found = await fetch_page(AuditEntry, _matching(**criteria), _ORDER, page)
    found.source = criteria
    return found


@allow(Role.ADMIN, scope=Scope.ADMIN, bound=False)
async def csv_url(viewer: Viewer, **criteria: Any) -> str:
    """Where all that match are read as CSV."""
    given = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in criteria.items()}
    return link(viewer, "audit", **given)


@exported("audit", csv_url)
async def entries(**criteria: Any) -> Rows:
    """Oldest first, and all that was written until now, also by whoever commits later."""
    yield ["when", "action", "actor", "token", "subject", "subject_id", "changes", "address", "request"]
    for name in ("created_from", "created_before"):
        if criteria.get(name) is not None:
            criteria[name] = datetime.fromisoformat(criteria[name])
    where = _matching(**criteria)
    where.add("audit_entry.created_at <= {}", await _settled())
    last = f"({where.place(datetime.fromtimestamp(0, UTC))}, {where.place(0)})"
    sql = f"""
    SELECT audit_entry.id, audit_entry.created_at, action, coalesce(u.email, actor_id::text), token_id, subject_type,
           subject_id, changes, ip_address, request_id
    FROM audit_entry LEFT JOIN user_account u ON u.id = actor_id
    WHERE {where.sql} AND (audit_entry.created_at, audit_entry.id) > {last}
    ORDER BY audit_entry.created_at, audit_entry.id LIMIT {_AT_ONCE}
    """
    while found := await connect.rows(sql, *where.values):
        for _, at, *cells in found:
            yield [at.isoformat(), *cells]
        where.values[-2:] = found[-1]["created_at"], found[-1]["id"]


async def _settled() -> datetime:
    """The time until which all entries can be read: who was writing then has committed, or never will."""
    now: datetime = await connect.value("SELECT clock_timestamp()")
    writing = await _writing()
    async with asyncio.timeout(_PATIENCE):
        while writing:
            await asyncio.sleep(0.05)
            writing &= await _writing()
    return now


async def _writing() -> set[str]:
    return {row["virtualtransaction"] for row in await connect.rows(_WRITING)}


def _matching(
    *,
    action: Sequence[str] | None = None,
    actor_id: int | None = None,
    subject_id: tuple[str, int] | None = None,
    created_from: datetime | None = None,
    created_before: datetime | None = None,
) -> Where:
    where = Where()
    if action is not None and len(action) == 1:
        where.add("audit_entry.action = {}", action[0])  # In order by an index, which a list is not.
    elif action is not None:
        where.add("audit_entry.action = ANY({}::text[])", list(action))
    if actor_id is not None:
        where.add("audit_entry.actor_id = {}", actor_id)
    if subject_id is not None:
        where.add("audit_entry.subject_type = {} AND audit_entry.subject_id = {}", *subject_id)
    if created_from is not None:
        where.add("audit_entry.created_at >= {}", created_from)
    if created_before is not None:
        where.add("audit_entry.created_at < {}", created_before)
    return where
