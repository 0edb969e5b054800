"""Files: what was uploaded, received or named in a message. The bytes lie below DATA_DIR once they are here."""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from tortoise import fields

from db.contacts import JobStatus
from db.core.columns import ChangingRow, Row, choice

if TYPE_CHECKING:
    from db.accounts import User


class FilePurpose(StrEnum):
    MEDIA = "MEDIA"
    KNOWLEDGE = "KNOWLEDGE"
    IMPORT = "IMPORT"
    EXPORT = "EXPORT"


class File(ChangingRow):
    """A file. Its bytes are here once it is COMPLETED; until then `source` says where they come from, if anywhere."""

    name = fields.CharField(255)
    purpose = choice(FilePurpose, default=FilePurpose.MEDIA)
    status = choice(JobStatus, default=JobStatus.QUEUED)
    error_message: str | None = fields.TextField(null=True)
    mime_type = fields.CharField(127, null=True)
    size_bytes: int | None = fields.BigIntField(null=True)
    """As announced until it is COMPLETED, as it is after."""
    sha256: bytes | None = fields.BinaryField(null=True)
    sender_id: int | None = fields.BigIntField(null=True)
    """The sender that received it: its account may fetch it."""
    source: dict[str, Any] | None = fields.JSONField[dict[str, Any]](null=True)
    """Where its bytes come from: {"id"} at the provider, or {"url"}; with the sha256 that was told."""
    attempts: int = fields.SmallIntField(default=0)
    due_at: datetime | None = fields.DatetimeField(null=True)
    """When it is fetched next; null when it is not."""
    conversation_id: int | None = fields.BigIntField(null=True)
    metadata: dict[str, Any] | None = fields.JSONField[dict[str, Any]](null=True)
    uploaded_by: "fields.ForeignKeyNullableRelation[User]" = fields.ForeignKeyField(
        "models.User", on_delete=fields.SET_NULL, null=True
    )
    uploaded_by_id: int | None
    deleted_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "file"
        indexes = (("conversation_id", "id"),)


class ProviderMedia(Row):
    """A file as a sender's provider holds it, so that it is uploaded once and not for every message."""

    file: fields.ForeignKeyRelation[File] = fields.ForeignKeyField("models.File", on_delete=fields.CASCADE)
    file_id: int
    sender_id: int = fields.BigIntField()
    provider_id = fields.CharField(255)
    expires_at: datetime = fields.DatetimeField()

    class Meta:
        table = "provider_media"
        unique_together = (("file_id", "sender_id"),)
