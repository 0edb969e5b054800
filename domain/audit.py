"""Who did what: written with the change itself, in its transaction, and read by ADMIN."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
import structlog

from db.accounts import Role, Scope
from db.audit import AuditEntry
from db.core import connect
from db.core.paging import Order, Page, PageRequest, Where, fetch_page
from domain.core.access import Viewer, allow
from domain.core.bounds import unbound
from domain.core.errors import not_found
from domain.core.export import Rows, exported, link

_NOTE = """
INSERT INTO audit_entry (action, actor_id, token_id, subject_type, subject_id, changes, ip_address, request_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
_ORDER = Order("audit_entry.id", "bigint", descending=True)
_AT_ONCE = 1000


async def note(
    viewer: Viewer, action: str, changes: Mapping[str, Sequence[Any]], *, subject: tuple[str, int] | None = None
) -> None:
    """Writes down what a caller does, in the caller's transaction: values that change, each as (before, after)."""
    request_id = structlog.contextvars.get_contextvars().get("request_id")
    kind, id = subject or (None, None)
    text = orjson.dumps(changes).decode()
    await connect.execute(
        _NOTE, action, viewer.user_id, viewer.token_id, kind, id, text, viewer.ip_address[:64], request_id
    )


@allow(Role.ADMIN, scope=Scope.ADMIN)
async def get(viewer: Viewer, id: int) -> AuditEntry:
    unbound(viewer)
    if (found := await AuditEntry.get_or_none(id=id)) is None:
        raise not_found("audit entry")
    return found


@allow(Role.ADMIN, scope=Scope.ADMIN)
async def find(viewer: Viewer, *, page: PageRequest, **criteria: Any) -> Page[AuditEntry]:
    """Entries, newest first."""
    unbound(viewer)
    found = await fetch_page(AuditEntry, _matching(**criteria), _ORDER, page)
    found.source = criteria
    return found


@allow(Role.ADMIN, scope=Scope.ADMIN)
async def csv_url(viewer: Viewer, **criteria: Any) -> str:
    """Where all that match are read as CSV."""
    unbound(viewer)
    given = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in criteria.items()}
    return link("audit", **given)


@exported("audit")
async def entries(**criteria: Any) -> Rows:
    """Oldest first, so that what is added meanwhile comes too."""
    yield ["when", "action", "actor", "token", "subject", "subject_id", "changes", "address", "request"]
    for name in ("created_from", "created_before"):
        if criteria.get(name) is not None:
            criteria[name] = datetime.fromisoformat(criteria[name])
    where = _matching(**criteria)
    sql = f"""
    SELECT audit_entry.id, audit_entry.created_at, action, coalesce(u.email, actor_id::text), token_id, subject_type,
           subject_id, changes, ip_address, request_id
    FROM audit_entry LEFT JOIN user_account u ON u.id = actor_id
    WHERE {where.sql} AND audit_entry.id > {where.place(0)} ORDER BY audit_entry.id LIMIT {_AT_ONCE}
    """
    while found := await connect.rows(sql, *where.values):
        for _, at, *cells in found:
            yield [at.isoformat(), *cells]
        where.values[-1] = found[-1]["id"]


def _matching(
    *,
    action: Sequence[str] | None = None,
    actor_id: int | None = None,
    subject_id: tuple[str, int] | None = None,
    created_from: datetime | None = None,
    created_before: datetime | None = None,
) -> Where:
    where = Where()
    if action is not None:
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
