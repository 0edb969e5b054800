"""Contacts, their phone numbers and consent, and imports."""

from domain.contacts.adding import add
from domain.contacts.announce import changed
from domain.contacts.columns import ContactField
from domain.contacts.consents import get_consent, opt_in, opt_out, pages_of_consents, say
from domain.contacts.identities import Identity, called, duplicates_of, learn
from domain.contacts.imports import (
    get_import,
    get_import_row,
    imports_by_ids,
    pages_of_rows,
    ring_open_imports,
    run_import,
    start_import,
)
from domain.contacts.merging import merge
from domain.contacts.phones import (
    MOST_PHONES,
    create_phone,
    delete_phone,
    get_phone,
    phones_of,
    set_primary,
    update_phone,
    verify_phone,
)
from domain.contacts.preview import ImportPreview, preview
from domain.contacts.privacy import (
    erase,
    expire_exports,
    export,
    get_receipt,
    ring_open_receipts,
    run_receipt,
)
from domain.contacts.reading import (
    ContactOrder,
    MessageFigures,
    by_ids,
    find,
    get,
    identities_of,
    message_figures,
    present,
    seen_by,
)
from domain.contacts.verdicts import verdicts_url
from domain.contacts.writing import create, delete, update

__all__ = [
    "MOST_PHONES",
    "ContactField",
    "ContactOrder",
    "Identity",
    "ImportPreview",
    "MessageFigures",
    "add",
    "by_ids",
    "called",
    "changed",
    "create",
    "create_phone",
    "delete",
    "delete_phone",
    "duplicates_of",
    "erase",
    "expire_exports",
    "export",
    "find",
    "get",
    "get_consent",
    "get_import",
    "get_import_row",
    "get_phone",
    "get_receipt",
    "identities_of",
    "imports_by_ids",
    "learn",
    "merge",
    "message_figures",
    "opt_in",
    "opt_out",
    "pages_of_consents",
    "pages_of_rows",
    "phones_of",
    "present",
    "preview",
    "ring_open_imports",
    "ring_open_receipts",
    "run_import",
    "run_receipt",
    "say",
    "seen_by",
    "set_primary",
    "start_import",
    "update",
    "update_phone",
    "verdicts_url",
    "verify_phone",
]
