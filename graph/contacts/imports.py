"""Imports of contacts as the schema shows them."""

from datetime import datetime
from typing import Annotated

import strawberry

from db import contacts as rows
from db.contacts import DuplicatePolicy, ImportVerdict, JobStatus
from db.core.paging import Page
from domain import accounts, contacts
from domain.core.errors import ErrorCode
from graph.accounts import User
from graph.contacts.types import Contact
from graph.core.context import Info
from graph.core.enums import describe
from graph.core.export import CSV_URL
from graph.core.fields import arg, column, computed, loaded, query
from graph.core.inputs import criteria, optional
from graph.core.nodes import Node, node
from graph.core.paging import After, Before, Connection, First, Last, page_request

describe(
    DuplicatePolicy,
    "What to do with an imported row whose number is already known.",
    SKIP="Leave the contact as it is, but add it to the groups.",
    UPDATE="Change the contact to what the row says, and add it to the groups.",
)
describe(
    ImportVerdict,
    "What became of a row.",
    CREATED="A contact was created.",
    UPDATED="A known contact was changed.",
    SKIPPED="A known contact was left as it is.",
    FAILED="Refused; see the fault.",
)


@strawberry.input(description="Which rows.")
class ImportRowFilter:
    verdict: list[ImportVerdict] | None = optional("With one of these verdicts.")


@node(rows.ImportRow, get=contacts.get_import_row, description="A row of an import and what became of it.")
class ImportRow(Node):
    row: int = column("Its number, from 1, without the header.")
    verdict: ImportVerdict = column("What became of it.")
    field: str | None = column("The field at fault, when there is one.")
    code: ErrorCode | None = column("Kind of fault.")
    message: str | None = column("The fault in words.")

    contact: Contact | None = loaded(
        "The contact it made or met; null when refused or gone since.", contacts.present, of="contact_id"
    )


@strawberry.type(description="Rows of an import, a page of them.")
class ImportRowConnection(Connection[ImportRow]):
    @query(contacts.verdicts_url, description=CSV_URL)
    @staticmethod
    async def csv_url(info: Info, page: strawberry.Parent[Page[rows.ImportRow]]) -> str | None:
        return await contacts.verdicts_url(info.context.viewer, **page.source)


@node(
    rows.ContactImport,
    get=contacts.get_import,
    description="An import, which runs in a worker, and its outcome. IMPORT_PROGRESS tells how far it is.",
)
class ContactImport(Node):
    status: JobStatus = column("How far it is; FAILED when a fault stopped it.")
    progress: float = column("Share of the rows done, 0 to 1.")
    created: int = column("Contacts created.")
    updated: int = column("Known contacts changed.")
    skipped: int = column("Known contacts left as they are.")
    failed: int = column("Rows refused.")
    error_message: str | None = column("Why the whole import failed.")
    created_at: datetime = column("When it was started.")
    created_by: User | None = loaded(
        "Who started it; null when that user is gone.", accounts.by_ids, of="created_by_id"
    )

    @computed("Every row done so far with its verdict, in the order they were given.", graphql_type=ImportRowConnection)
    @staticmethod
    async def rows(
        info: Info,
        row: strawberry.Parent[rows.ContactImport],
        filter: Annotated[ImportRowFilter | None, arg("Only those that match; all when left out.")] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Page[rows.ImportRow]:
        verdicts = criteria(filter).get("verdict")
        find = contacts.pages_of_rows(None if verdicts is None else frozenset(verdicts))
        page = await info.context.load_page(find, row.id, page_request(first, after, last, before))
        page.source = {"import_id": row.id, "verdicts": verdicts}
        return page
