"""The audit log: who did what."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import strawberry
from strawberry.scalars import JSON
from tortoise.models import Model

from db.audit import AuditEntry as Entry
from db.core.paging import Page
from domain import accounts, audit, groups
from graph.accounts import ApiToken, User
from graph.core.context import ById, Info
from graph.core.export import CSV_URL
from graph.core.fields import column, computed, loaded, query
from graph.core.inputs import ANY, DateTimeRange, criteria, optional
from graph.core.nodes import Node, node
from graph.core.paging import After, Before, Connection, First, Last, Matching, page_request
from graph.events import SUBJECTS

_SUBJECTS: Mapping[str | None, ById[Model | None]] = {
    **SUBJECTS,
    "ApiToken": accounts.api_tokens_by_ids,
    "Group": groups.by_ids,
    "User": accounts.by_ids,
}


@node(Entry, get=audit.get, description="Who did what to what. Written with the change itself, never changed after.")
class AuditEntry(Node):
    action: str = column(
        "Name of the mutation, or signIn, signInFailed, signInRefused, refreshTokenReused, linkIdentity, csvExport, "
        "keyRotation."
    )
    changes: JSON = column("Changed values, each as [before, after]; secrets and names of people as (hidden).")
    ip_address: str | None = column("Address of the caller.")
    request_id: str | None = column("Id of the request, as in logs and errors.")
    created_at: datetime = column("When it was done.")

    actor: User | None = loaded(
        "The user who did it; null for the system, when that user is gone, and for ADMIN_TOKEN, which `by` among the "
        "changes then names.",
        accounts.by_ids,
        of="actor_id",
    )
    api_token: ApiToken | None = loaded(
        "The API token it was done with; null when it is gone.", accounts.api_tokens_by_ids, of="token_id"
    )

    @computed("What it was done to; null when it is gone, or when there was no one thing.", graphql_type=Node | None)
    @staticmethod
    async def subject(info: Info, row: strawberry.Parent[Entry]) -> Model | None:
        if row.subject_type not in _SUBJECTS:
            return None
        found = await info.context.load(_SUBJECTS[row.subject_type], row.subject_id)
        return None if getattr(found, "deleted_at", None) else found


@strawberry.type(description="Audit entries, a page of them.")
class AuditEntryConnection(Connection[AuditEntry]):
    @query(audit.csv_url, description=CSV_URL)
    @staticmethod
    async def csv_url(info: Info, page: strawberry.Parent[Page[Entry]]) -> str | None:
        return await audit.csv_url(info.context.for_one(), **page.source)


@strawberry.input(description="Which audit entries.")
class AuditEntryFilter:
    action: list[str] | None = optional("With one of these actions.")
    actor_id: strawberry.ID | None = optional("By this user.", of="User")
    subject_id: strawberry.ID | None = optional("On this object, also when it is gone.", of=ANY)
    created_at: DateTimeRange | None = optional("Done then.")


@strawberry.type
class AuditQuery:
    @query(audit.find, description="Who did what, newest first.", graphql_type=AuditEntryConnection)
    async def audit_entries(
        self,
        info: Info,
        filter: Matching[AuditEntryFilter] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Any:
        page = page_request(first, after, last, before)
        return await audit.find(info.context.viewer, page=page, **criteria(filter))
