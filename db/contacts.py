"""Contacts, their phone numbers, what else WhatsApp knows them by, and imports."""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from tortoise import fields

from db.core.columns import ChangingRow, Row, choice

if TYPE_CHECKING:
    from db.accounts import User


class OptInStatus(StrEnum):
    UNKNOWN = "UNKNOWN"
    OPTED_IN = "OPTED_IN"
    OPTED_OUT = "OPTED_OUT"


class ContactIdentityType(StrEnum):
    WA_ID = "WA_ID"
    BSUID = "BSUID"
    LID = "LID"
    USERNAME = "USERNAME"


class JobStatus(StrEnum):
    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"


class DuplicatePolicy(StrEnum):
    SKIP = "SKIP"
    UPDATE = "UPDATE"


class ImportVerdict(StrEnum):
    CREATED = "CREATED"
    UPDATED = "UPDATED"
    SKIPPED = "SKIPPED"
    FAILED = "FAILED"


class Contact(ChangingRow):
    """A person. Never removed, since messages point to it: deleted_at hides it and its numbers go."""

    name = fields.CharField(201)
    first_name = fields.CharField(100, null=True)
    last_name = fields.CharField(100, null=True)
    email = fields.CharField(254, null=True)
    company = fields.CharField(255, null=True)
    job_title = fields.CharField(255, null=True)
    opt_in_status = choice(OptInStatus, default=OptInStatus.UNKNOWN)
    opt_in_changed_at: datetime | None = fields.DatetimeField(null=True)
    deleted_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "contact"
        indexes = (("created_at", "id"), ("updated_at", "id"), ("name", "id"))


class ContactPhone(Row):
    """A phone number of one contact only; exactly one of a contact's numbers is primary (index of migration 0002)."""

    contact: fields.ForeignKeyRelation[Contact] = fields.ForeignKeyField("models.Contact", on_delete=fields.CASCADE)
    contact_id: int
    phone_number = fields.CharField(16, unique=True)
    """E.164."""
    label = fields.CharField(50, null=True)
    primary = fields.BooleanField(default=False, source_field="is_primary")
    on_whatsapp = fields.BooleanField(null=True)
    verified_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "contact_phone"
        indexes = (("contact_id",),)


class ContactIdentity(Row):
    """What WhatsApp knows a contact by besides numbers; unique by type, value and account (index of migration 0002)."""

    contact: fields.ForeignKeyRelation[Contact] = fields.ForeignKeyField("models.Contact", on_delete=fields.CASCADE)
    contact_id: int
    type = choice(ContactIdentityType)
    value = fields.CharField(160)
    business_account_id = fields.CharField(64, null=True)

    class Meta:
        table = "contact_identity"
        indexes = (("contact_id",),)


class ContactImport(Row):
    """An import, done by a worker from `source`; `position` says how many rows are done, so that it can go on."""

    status = choice(JobStatus, default=JobStatus.QUEUED)
    source: list[dict[str, Any]] = fields.JSONField[list[dict[str, Any]]]()
    """The rows, as given; emptied when the import is done."""
    total: int = fields.IntField()
    position: int = fields.IntField(default=0)
    on_duplicate = choice(DuplicatePolicy)
    group_ids: list[int] = fields.JSONField[list[int]]()
    created: int = fields.IntField(default=0)
    updated: int = fields.IntField(default=0)
    skipped: int = fields.IntField(default=0)
    failed: int = fields.IntField(default=0)
    error_message: str | None = fields.TextField(null=True)
    created_by: "fields.ForeignKeyNullableRelation[User]" = fields.ForeignKeyField(
        "models.User", on_delete=fields.SET_NULL, null=True
    )
    created_by_id: int | None

    class Meta:
        table = "contact_import"


class ImportRow(Row):
    """One row of an import and what became of it."""

    contact_import: fields.ForeignKeyRelation[ContactImport] = fields.ForeignKeyField(
        "models.ContactImport", on_delete=fields.CASCADE
    )
    contact_import_id: int
    row: int = fields.IntField()
    verdict = choice(ImportVerdict)
    contact: fields.ForeignKeyNullableRelation[Contact] = fields.ForeignKeyField(
        "models.Contact", on_delete=fields.SET_NULL, null=True
    )
    contact_id: int | None
    field = fields.CharField(64, null=True)
    code = fields.CharField(32, null=True)
    message: str | None = fields.TextField(null=True)

    class Meta:
        table = "import_row"
        unique_together = (("contact_import_id", "row"),)
