"""Contacts, their phone numbers, what else WhatsApp knows them by, and imports."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson
from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.fields.db_defaults import SqlDefault

from db.core import connect
from db.core.columns import ChangingRow, Row, choice
from db.templates import TemplateCategory

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
    tags: list[str] = ArrayField("text", db_default=SqlDefault("'{}'"))
    """Without repetition, in alphabetical order."""
    attributes: dict[str, Any] = fields.JSONField[dict[str, Any]](db_default=SqlDefault("'{}'"))
    """Custom values by name: strings, numbers, booleans."""
    time_zone = fields.CharField(64, null=True)
    """IANA name."""
    time_zone_inferred = fields.BooleanField(db_default=False)
    """Whether the zone is a guess by the primary number."""
    numbers: str | None = fields.TextField(null=True)
    """All of its numbers in one text, for the search (column `search` of migration 0004)."""
    opt_in_status = choice(OptInStatus, default=OptInStatus.UNKNOWN)
    """The newest of its consents about MARKETING."""
    opt_in_changed_at: datetime | None = fields.DatetimeField(null=True)
    declined: list[str] | None = ArrayField("text", null=True)
    """Other purposes whose newest consent is OPTED_OUT; null where there never was one."""
    deleted_at: datetime | None = fields.DatetimeField(null=True)
    merged_into_id: int | None = fields.BigIntField(null=True)
    """The contact that has its numbers, messages and consents since it was merged; with deleted_at."""

    class Meta:
        table = "contact"
        indexes = (("created_at", "id"), ("updated_at", "id"))


UNSPACED = "\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff"
"""Letters of scripts that are written without spaces, as a class of a regular expression: Chinese, Japanese, Korean."""


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


class ConsentSource(StrEnum):
    API = "API"
    IMPORT = "IMPORT"
    KEYWORD = "KEYWORD"
    WHATSAPP = "WHATSAPP"
    MERGE = "MERGE"


class Consent(Row):
    """What a contact said at one moment; never changed after. opt_in_status is the newest one about MARKETING."""

    contact: fields.ForeignKeyRelation[Contact] = fields.ForeignKeyField("models.Contact", on_delete=fields.CASCADE)
    contact_id: int
    purpose = choice(TemplateCategory)
    state = choice(OptInStatus)
    source = choice(ConsentSource)
    recorded_by: "fields.ForeignKeyNullableRelation[User]" = fields.ForeignKeyField(
        "models.User", on_delete=fields.SET_NULL, null=True
    )
    recorded_by_id: int | None
    proof: str | None = fields.TextField(null=True)

    class Meta:
        table = "consent"
        indexes = (("contact_id", "id"),)


class PrivacyAction(StrEnum):
    EXPORT = "EXPORT"
    ERASURE = "ERASURE"


class PrivacyReceipt(Row):
    """That a contact's data were handed out or erased; holds nothing personal, and points to nothing that goes."""

    action = choice(PrivacyAction)
    status = choice(JobStatus, default=JobStatus.QUEUED)
    contact_id: int = fields.BigIntField()
    counts: dict[str, int] = fields.JSONField[dict[str, int]](default=dict)
    """What was exported or erased, by kind."""
    file_id: int | None = fields.BigIntField(null=True)
    requested_by: "fields.ForeignKeyNullableRelation[User]" = fields.ForeignKeyField(
        "models.User", on_delete=fields.SET_NULL, null=True
    )
    requested_by_id: int | None
    completed_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "privacy_receipt"


class Suppression(Row):
    """A number, as a keyed hash, whose owner had opted out when they were deleted or erased: who gets it, is too."""

    hash: bytes = fields.BinaryField()

    class Meta:
        table = "suppression"


class ContactDuplicate(Row):
    """Two contacts who seem to be one person; contact_id is the lower of the ids. Offered for merging, never merged."""

    contact: fields.ForeignKeyRelation[Contact] = fields.ForeignKeyField(
        "models.Contact", on_delete=fields.CASCADE, related_name="duplicates_above"
    )
    contact_id: int
    other: fields.ForeignKeyRelation[Contact] = fields.ForeignKeyField(
        "models.Contact", on_delete=fields.CASCADE, related_name="duplicates_below"
    )
    other_id: int
    reason: str = fields.TextField()

    class Meta:
        table = "contact_duplicate"
        unique_together = (("contact_id", "other_id"),)
        indexes = (("other_id",),)


class ContactImport(Row):
    """An import, done by a worker from `source`; `position` says how many rows are done, so that it can go on."""

    status = choice(JobStatus, default=JobStatus.QUEUED)
    source: list[dict[str, Any]] = fields.JSONField[list[dict[str, Any]]]()
    """The rows of a list, as given; emptied when the import is done."""
    file_id: int | None = fields.BigIntField(null=True)
    """The CSV, where it is one."""
    format: dict[str, Any] | None = fields.JSONField[dict[str, Any]](null=True)
    """How the CSV is read: delimiter, encoding, and what each column means."""
    total: int = fields.IntField()
    position: int = fields.IntField(default=0)
    bytes_done: int = fields.BigIntField(db_default=0)
    """Where in the CSV the next row begins, in bytes."""
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

    @property
    def progress(self) -> float:
        """Share of the rows done, 0 to 1."""
        return self.position / self.total


class ImportRow(Row):
    """One row of an import and what became of it. Without foreign key constraints: neither import nor contact goes."""

    contact_import: fields.ForeignKeyRelation[ContactImport] = fields.ForeignKeyField(
        "models.ContactImport", on_delete=fields.CASCADE, db_constraint=False
    )
    contact_import_id: int
    row: int = fields.IntField()
    verdict = choice(ImportVerdict)
    contact: fields.ForeignKeyNullableRelation[Contact] = fields.ForeignKeyField(
        "models.Contact", on_delete=fields.SET_NULL, null=True, db_constraint=False
    )
    contact_id: int | None
    field = fields.CharField(64, null=True)
    code = fields.CharField(32, null=True)
    message: str | None = fields.TextField(null=True)

    class Meta:
        table = "import_row"
        unique_together = (("contact_import_id", "row"),)


# ---------------------------------------------------------------------------
# Many at once. Phone numbers are written in their order, so that two who write the same ones do not wait in a circle.
# ---------------------------------------------------------------------------

PHONE_UNIQUE = "contact_phone_phone_number_key"
"""The index that lets a number belong to one contact only."""


class ContactValues(NamedTuple):
    """What is written of a contact, and its primary number. A name of None is made of the first and last name."""

    name: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    company: str | None = None
    job_title: str | None = None
    tags: list[str] | None = None
    attributes: dict[str, Any] | None = None
    time_zone: str | None = None
    time_zone_inferred: bool = False
    opt_in_status: OptInStatus = OptInStatus.UNKNOWN
    phone_number: str | None = None
    proof: str | None = None
    """Of the consent."""


_ADD = """
WITH given AS MATERIALIZED (
  SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
                       $8::jsonb[], $9::jsonb[], $10::text[], $11::bool[], $12::text[], $13::text[], $14::text[])
  AS g(id, name, first_name, last_name, email, company, job_title, tags, attributes, time_zone, time_zone_inferred,
       opt_in_status, phone_number, proof)
), added AS (
  INSERT INTO contact (id, name, first_name, last_name, email, company, job_title, tags, attributes, time_zone,
                       time_zone_inferred, opt_in_status, opt_in_changed_at, numbers)
  SELECT id, coalesce(name, concat_ws(' ', first_name, last_name)), first_name, last_name, email, company, job_title,
         ARRAY(SELECT jsonb_array_elements_text(tags)), jsonb_strip_nulls(coalesce(attributes, '{}')), time_zone,
         time_zone_inferred, opt_in_status, CASE WHEN opt_in_status <> 'UNKNOWN' THEN now() END, phone_number
  FROM given
), entered AS (
  INSERT INTO consent (contact_id, purpose, state, source, recorded_by_id, proof)
  SELECT id, 'MARKETING', opt_in_status, $15, $16, proof FROM given WHERE opt_in_status <> 'UNKNOWN'
)
INSERT INTO contact_phone (contact_id, phone_number, is_primary)
SELECT id, phone_number, true FROM given WHERE phone_number IS NOT NULL ORDER BY phone_number
"""

_CHANGE = """
UPDATE contact c
SET name = coalesce(g.name, CASE WHEN num_nonnulls(g.first_name, g.last_name) > 0 THEN concat_ws(' ',
             coalesce(g.first_name, c.first_name), coalesce(g.last_name, c.last_name)) END, c.name),
    first_name = coalesce(g.first_name, c.first_name), last_name = coalesce(g.last_name, c.last_name),
    email = coalesce(g.email, c.email), company = coalesce(g.company, c.company),
    job_title = coalesce(g.job_title, c.job_title),
    tags = CASE WHEN g.tags IS NULL THEN c.tags ELSE ARRAY(SELECT jsonb_array_elements_text(g.tags)) END,
    attributes = jsonb_strip_nulls(c.attributes || coalesce(g.attributes, '{}')),
    time_zone = coalesce(g.time_zone, c.time_zone),
    time_zone_inferred = c.time_zone_inferred AND g.time_zone IS NULL, updated_at = now()
FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::jsonb[],
            $9::jsonb[], $10::text[])
  AS g(id, name, first_name, last_name, email, company, job_title, tags, attributes, time_zone)
WHERE c.id = g.id
"""

_KNOWN = """
SELECT p.phone_number, c.id FROM contact_phone p JOIN contact c ON c.id = p.contact_id
WHERE p.phone_number = ANY($1::text[]) AND c.deleted_at IS NULL
ORDER BY c.id FOR NO KEY UPDATE OF c
"""


async def add_contacts(
    given: Sequence[ContactValues], source: ConsentSource = ConsentSource.API, recorded_by_id: int | None = None
) -> list[int]:
    """Adds contacts, with a primary number and a consent if given; answers their ids.

    `source` is how their consents became known. Known numbers violate PHONE_UNIQUE.
    """
    if not given:
        return []
    ids: list[int] = await connect.value(
        "SELECT array_agg(nextval('contact_id_seq')) FROM generate_series(1, $1)", len(given)
    )
    await connect.execute(_ADD, ids, *_columns(given), source, recorded_by_id)
    return ids


async def change_contacts(given: Sequence[tuple[int, ContactValues]]) -> None:
    """Changes contacts, by id, to what is given and not None; attributes are merged.

    Numbers stay, and consents, which are said.
    """
    if given:
        *columns, _inferred, _consents, _phones, _proofs = _columns([values for _, values in given])
        await connect.execute(_CHANGE, [id for id, _ in given], *columns)


def _columns(given: Sequence[ContactValues]) -> list[list[Any]]:
    """Values as columns, JSON as text."""
    columns = [list(column) for column in zip(*given, strict=True)]
    for name in ("tags", "attributes"):
        place = ContactValues._fields.index(name)
        columns[place] = [None if value is None else orjson.dumps(value).decode() for value in columns[place]]
    return columns


async def lock_known(phone_numbers: Sequence[str]) -> dict[str, int]:
    """Which contacts have these numbers; they stay locked."""
    return {row["phone_number"]: row["id"] for row in await connect.rows(_KNOWN, list(phone_numbers))}


# ---------------------------------------------------------------------------
# One person
# ---------------------------------------------------------------------------

SAME = """
WITH RECURSIVE same(id) AS (
  SELECT * FROM unnest($1::bigint[])
  UNION
  SELECT d.id FROM same, LATERAL (
    SELECT other_id AS id FROM contact_duplicate WHERE contact_id = same.id
    UNION ALL SELECT contact_id FROM contact_duplicate WHERE other_id = same.id) d
)
"""
"""The beginning of a statement about contacts ($1) and all who seem to be the same person as one of them."""

_SAME = f"""{SAME}
SELECT c.id FROM contact c WHERE c.id IN (SELECT id FROM same) AND c.deleted_at IS NULL
ORDER BY c.id FOR NO KEY UPDATE OF c
"""


async def lock_same(ids: Sequence[int]) -> list[int]:
    """Contacts and all who seem to be the same person as one of them, without deleted ones; they stay locked."""
    return [row["id"] for row in await connect.rows(_SAME, list(ids))]
