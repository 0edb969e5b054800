"""Imports of contacts as the schema shows them."""

from datetime import datetime

import strawberry

from db import contacts as rows
from db.contacts import DuplicatePolicy, ImportVerdict, JobStatus
from db.core.paging import Page
from domain import accounts, contacts
from domain.contacts import ContactField
from domain.core.errors import ErrorCode
from graph.accounts import User
from graph.contacts.types import Contact, CreateContactInput
from graph.core.context import Info
from graph.core.enums import describe
from graph.core.export import CSV_URL
from graph.core.fields import column, computed, loaded, query
from graph.core.inputs import criteria, optional, required
from graph.core.nodes import Node, node
from graph.core.paging import After, Before, Connection, First, Last, Matching, page_request

describe(
    DuplicatePolicy,
    "What to do with an imported row whose number is already known.",
    SKIP="Leave the contact as it is, but add it to the groups, and opt it out where the row does.",
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


describe(
    ContactField,
    "A field of a contact that an import can fill.",
    NAME="Full name.",
    FIRST_NAME="First name.",
    LAST_NAME="Last name.",
    PHONE_NUMBER="A phone number; several columns may be, and the first that is filled is primary.",
    EMAIL="Email, up to 254 characters.",
    COMPANY="Company.",
    JOB_TITLE="Job title.",
    OPT_IN_STATUS=(
        "Consent to marketing: true, yes, 1, opted_in; false, no, 0, opted_out; the same in several languages; empty. "
        "A contact that opted out stays so, whatever a file says."
    ),
    TAGS="Labels, separated by commas or semicolons; of a known contact they take the place of its own.",
    TIME_ZONE="IANA name of the time zone.",
)


@strawberry.input(
    description="What a column of a CSV means: at most one of field and attribute; with neither, it is left out."
)
class ImportColumnInput:
    column: str = required("Its header, as contactImportPreview shows it.")
    field: ContactField | None = optional("The field of a contact that it fills.")
    attribute: str | None = optional("The custom value that it fills; numbers, true and false are kept as such.")


@strawberry.input(description="Contacts to import: exactly one of fileId and contacts.")
class ImportContactsInput:
    file_id: strawberry.ID | None = optional(
        "An uploaded CSV of purpose IMPORT, at most 2000000 rows, 200 columns and 500 MB, with a header row.", of="File"
    )
    contacts: list[CreateContactInput] | None = optional("The same as a list, 1 to 2000.")
    mapping: list[ImportColumnInput] | None = optional(
        "What the columns of the CSV mean; those that are not named are left out. As contactImportPreview suggests "
        "when left out itself."
    )
    encoding: str | None = optional(
        "How the bytes of the CSV are read, as given to contactImportPreview; else guessed."
    )
    delimiter: str | None = optional("What separates its cells, one of , ; | and tab; else guessed.")
    group_ids: list[strawberry.ID] | None = optional(
        "Groups that every imported contact joins, at most 100.", of="Group"
    )
    on_duplicate: DuplicatePolicy = optional("What to do with known numbers.", default=DuplicatePolicy.SKIP)


@strawberry.type(description="A column of a CSV and what it seems to mean.")
class ImportColumn:
    header: str = column("Its header; unlike all others, and never empty.", name="column")
    field: ContactField | None = column("The field of a contact that it seems to be; null: none.")
    attribute: str | None = column("Otherwise the custom value that it would fill.")


@strawberry.type(description="What a CSV holds and how it would be read.")
class ContactImportPreview:
    delimiter: str = column("What separates its cells.")
    encoding: str = column("How its bytes are read, such as utf-8 or cp1252.")
    columns: list[ImportColumn] = column("Its columns, in order, with what they seem to mean.")
    rows: list[list[str]] = column(
        "Its first rows, at most 20, without the header and without empty ones: a cell for each column, up to 200 "
        "characters of it."
    )
    row_count: int = column("How many rows it has, without the header; its lines for a file over 10 MB.")
    problems: list[str] = column(
        "What is wrong with the file as a whole and with the first rows, in words; empty when all is well."
    )


@strawberry.input(description="Which rows.")
class ImportRowFilter:
    verdict: list[ImportVerdict] | None = optional("With one of these verdicts.")


@node(rows.ImportRow, get=contacts.get_import_row, description="A row of an import and what became of it.")
class ImportRow(Node):
    row: int = column("Its number, from 1, without the header; empty rows of a file count, and have no verdict.")
    verdict: ImportVerdict = column("What became of it.")
    field: str | None = column("The column of the file at fault, or the field of a list, when there is one.")
    code: ErrorCode | None = column("Kind of fault.")
    message: str | None = column(
        "The fault in words; of a good row, what was done with its consent where that is not what it says."
    )

    contact: Contact | None = loaded(
        "The contact it made or met; null when refused or gone since.", contacts.present, of="contact_id"
    )


@strawberry.type(description="Rows of an import, a page of them.")
class ImportRowConnection(Connection[ImportRow]):
    @query(contacts.verdicts_url, description=CSV_URL)
    @staticmethod
    async def csv_url(info: Info, page: strawberry.Parent[Page[rows.ImportRow]]) -> str | None:
        return await contacts.verdicts_url(info.context.for_one(), **page.source)


@node(
    rows.ContactImport,
    get=contacts.get_import,
    description="An import, which runs in a worker, and its outcome. IMPORT_PROGRESS tells how far it is.",
)
class ContactImport(Node):
    status: JobStatus = column("How far it is; FAILED when the file was deleted, or a fault stopped it.")
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
        filter: Matching[ImportRowFilter] = None,
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
