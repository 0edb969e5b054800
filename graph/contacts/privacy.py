"""Exports and erasures of contacts as the schema shows them."""

from datetime import datetime
from typing import Annotated

import strawberry

from db import contacts as rows
from db.contacts import JobStatus, PrivacyAction
from domain import accounts, contacts, files
from graph.accounts import User
from graph.core.context import Info
from graph.core.enums import describe
from graph.core.fields import arg, column, computed, loaded, mutation
from graph.core.ids import decode, encode
from graph.core.nodes import Node, node
from graph.files import File

describe(
    PrivacyAction,
    "What a privacy receipt is about.",
    EXPORT="By exportContact.",
    ERASURE="By eraseContact.",
)


@strawberry.type(description="A number of things that share a value.")
class Tally:
    key: str = column("The shared value, such as a status, a source or a placeholder.")
    count: int = column("How many there are.")


@node(
    rows.PrivacyReceipt,
    get=contacts.get_receipt,
    description="Proof that a contact's data were handed out or erased; holds nothing personal itself.",
)
class PrivacyReceipt(Node):
    action: PrivacyAction = column("What was asked for.")
    status: JobStatus = column("How far it is.")
    created_at: datetime = column("When it was asked for.")
    completed_at: datetime | None = column("When it was done.")

    @computed("Id the contact had.")
    @staticmethod
    def contact_id(row: strawberry.Parent[rows.PrivacyReceipt]) -> strawberry.ID:
        return encode("Contact", row.contact_id)

    @computed("What was exported or erased, such as messages: 212.", size=10)
    @staticmethod
    def counts(row: strawberry.Parent[rows.PrivacyReceipt]) -> list[Tally]:
        return [Tally(key=key, count=count) for key, count in sorted(row.counts.items())]

    file: File | None = loaded(
        "The export, kept for 7 days; null for an erasure, and for those who may not export contacts.",
        files.by_ids,
        of="file_id",
    )
    requested_by: User | None = loaded(
        "Who asked for it; null when that user is gone.", accounts.by_ids, of="requested_by_id"
    )


@strawberry.type
class PrivacyMutation:
    @mutation(
        contacts.export,
        description=(
            "Gathers everything kept about a contact into a JSON file; the answer is the receipt, its file follows "
            "from a worker."
        ),
        graphql_type=PrivacyReceipt,
    )
    async def export_contact(
        self, info: Info, id: Annotated[strawberry.ID, arg("The contact.")]
    ) -> rows.PrivacyReceipt:
        return await contacts.export(info.context.viewer, decode(id, "Contact"))

    @mutation(
        contacts.erase,
        description=(
            "Erases a contact for good, from messages, files, posts of WhatsApp's and the log too; nothing is sent to "
            "it from here on. What remains is the receipt, counters, and a keyed hash of the numbers that keeps an "
            "opt-out in force. CSVs that the contact was imported from are deleted. To repeat it changes nothing."
        ),
        graphql_type=PrivacyReceipt,
    )
    async def erase_contact(
        self, info: Info, id: Annotated[strawberry.ID, arg("The contact, also one that was deleted.")]
    ) -> rows.PrivacyReceipt:
        return await contacts.erase(info.context.viewer, decode(id, "Contact"))
