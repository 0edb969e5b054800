"""Message templates, and what WhatsApp knows of them."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from tortoise import fields

from db.core.columns import ChangingRow, choice


class TemplateCategory(StrEnum):
    MARKETING = "MARKETING"
    UTILITY = "UTILITY"
    AUTHENTICATION = "AUTHENTICATION"


class TemplateStatus(StrEnum):
    PENDING = "PENDING"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    PAUSED = "PAUSED"
    DISABLED = "DISABLED"
    DELETED = "DELETED"
    OTHER = "OTHER"


class QualityRating(StrEnum):
    GREEN = "GREEN"
    YELLOW = "YELLOW"
    RED = "RED"
    UNKNOWN = "UNKNOWN"


class MessageTemplate(ChangingRow):
    """A stored text. The approval_ columns are null together for a text of ours alone. deleted_at hides it."""

    title = fields.CharField(255)
    content: str = fields.TextField()
    header: dict[str, Any] | None = fields.JSONField[dict[str, Any]](null=True)
    footer = fields.CharField(60, null=True)
    buttons: list[dict[str, Any]] | None = fields.JSONField[list[dict[str, Any]]](null=True)
    examples: dict[str, Any] | None = fields.JSONField[dict[str, Any]](null=True)
    """An example for each placeholder, as WhatsApp asks for."""
    positional = fields.BooleanField(db_default=False)
    """Whether WhatsApp takes its parameters in order and not by name."""
    approval_id = fields.CharField(64, null=True)
    """WhatsApp's id of the template."""
    approval_name = fields.CharField(512, null=True)
    language = fields.CharField(16, null=True)
    category = choice(TemplateCategory, null=True)
    approval_status = choice(TemplateStatus, null=True)
    quality = choice(QualityRating, null=True)
    reason: str | None = fields.TextField(null=True)
    business_account_id = fields.CharField(64, null=True)
    synced_at: datetime | None = fields.DatetimeField(null=True)
    deleted_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "message_template"
        indexes = (("approval_id",),)
