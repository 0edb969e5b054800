"""Who did what, for whoever has to find out later."""

from typing import Any

from tortoise import fields

from db.core.columns import Row


class AuditEntry(Row):
    """Something that somebody did; written with the change itself, never changed after."""

    action = fields.CharField(64)
    """Name of the mutation."""
    actor_id: int | None = fields.BigIntField(null=True)
    token_id: int | None = fields.BigIntField(null=True)
    subject_type = fields.CharField(32, null=True)
    subject_id: int | None = fields.BigIntField(null=True)
    changes: dict[str, list[Any]] = fields.JSONField[dict[str, list[Any]]]()
    """By name: before and after."""
    ip_address = fields.CharField(64)
    request_id = fields.CharField(64, null=True)

    class Meta:
        table = "audit_entry"
        # By time: what was asked of an old month would else be looked for in all that came after.
        indexes = (
            ("created_at", "id"),
            ("actor_id", "created_at", "id"),
            ("subject_id", "subject_type", "created_at", "id"),
            ("action", "created_at", "id"),
        )
