"""Settings that are changed while it runs: one row a section, in force in every process within seconds."""

from typing import Any

from tortoise import fields
from tortoise.fields.db_defaults import Now
from tortoise.models import Model


class SettingSection(Model):
    """A section of the settings, as far as it differs from the built-in values."""

    name = fields.CharField(32, primary_key=True)
    values: dict[str, Any] = fields.JSONField[dict[str, Any]]()
    updated_at = fields.DatetimeField(db_default=Now())
    updated_by_id: int | None = fields.BigIntField(null=True)

    class Meta(Model.Meta):
        table = "setting_section"


class DataKey(Model):
    """A key that must outlive SECRET_KEY, since what it has made cannot be made anew."""

    name = fields.CharField(64, primary_key=True)
    sealed: bytes = fields.BinaryField()
    """Encrypted under SECRET_KEY, in hexadecimal digits."""

    class Meta(Model.Meta):
        table = "data_key"
