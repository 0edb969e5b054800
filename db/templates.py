"""Message templates, and what WhatsApp knows of them."""

from datetime import datetime
from enum import StrEnum
from typing import Any, cast

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField

from db.content import Button, Header
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
    header = cast("Header | None", fields.JSONField[Header](null=True))
    footer = fields.CharField(60, null=True)
    buttons: list[Button] | None = fields.JSONField[list[Button]](null=True)
    examples: dict[str, str] | None = fields.JSONField[dict[str, str]](null=True)
    """An example for each placeholder, as WhatsApp asks for."""
    positional = fields.BooleanField(db_default=False)
    """Whether WhatsApp takes its parameters in order and not by name."""
    other_components: list[dict[str, Any]] | None = fields.JSONField[list[dict[str, Any]]](null=True)
    """What WhatsApp has of it that is none of ours, such as the cards of a carousel: an edit gives it back."""
    approval_id = fields.CharField(64, null=True)
    """WhatsApp's id of the template; null with an approval_name while it is not known whether WhatsApp has taken it."""
    approval_name = fields.CharField(512, null=True)
    language = fields.CharField(16, null=True)
    category = choice(TemplateCategory, null=True)
    approval_status = choice(TemplateStatus, null=True)
    quality = choice(QualityRating, null=True)
    reason: str | None = fields.TextField(null=True)
    business_account_id = fields.CharField(64, null=True)
    synced_at: datetime | None = fields.DatetimeField(null=True)
    """When WhatsApp last told us of it, or we began to ask WhatsApp for a change."""
    status_told_at: datetime | None = fields.DatetimeField(null=True)
    """As of when WhatsApp told us where it stands; the same of quality and category below. What is older is late."""
    quality_told_at: datetime | None = fields.DatetimeField(null=True)
    category_told_at: datetime | None = fields.DatetimeField(null=True)
    edited_at: list[datetime] | None = ArrayField(element_type="TIMESTAMPTZ", null=True)  # pyright: ignore[reportAssignmentType] - an array of the times
    """Of each edit while it was approved, which WhatsApp counts."""
    deleted_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "message_template"
        indexes = (("approval_id",),)
