"""How busy the installation has been, minute by minute."""

from datetime import datetime

from tortoise import fields
from tortoise.models import Model


class OperatingMinute(Model):
    """What all processes together did in a minute; kept for 30 days."""

    minute: datetime = fields.DatetimeField(primary_key=True)
    served = fields.BooleanField()
    """Whether an API was there."""
    requests: int = fields.BigIntField()
    milliseconds: int = fields.BigIntField()
    """Of all requests."""
    errors: int = fields.BigIntField()
    """Requests that ended in a fault of ours."""
    sent: int = fields.BigIntField()
    received: int = fields.BigIntField()
    deduplicated: int = fields.BigIntField()
    """Messages of contacts that had come before."""

    class Meta(Model.Meta):
        table = "operating_minute"
