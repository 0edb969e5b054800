"""Senders: the WhatsApp numbers that messages leave from."""

from datetime import datetime
from enum import StrEnum

from tortoise import fields

from db.core.columns import ChangingRow, choice


class SenderProvider(StrEnum):
    CLOUD_API = "CLOUD_API"


class SenderStatus(StrEnum):
    STOPPED = "STOPPED"
    STARTING = "STARTING"
    CONNECTED = "CONNECTED"
    EXPIRED = "EXPIRED"
    FAILED = "FAILED"


class Sender(ChangingRow):
    """A number to send from. Never removed, since messages point to it: deleted_at hides it."""

    phone_number = fields.CharField(16)
    name = fields.CharField(100, null=True)
    provider = choice(SenderProvider)
    status = choice(SenderStatus)
    is_default = fields.BooleanField(default=False)
    phone_number_id = fields.CharField(64, null=True)
    business_account_id = fields.CharField(64, null=True)
    access_token: bytes | None = fields.BinaryField(null=True)
    """Encrypted under SECRET_KEY."""
    error_message: str | None = fields.TextField(null=True)
    paused_until: datetime | None = fields.DatetimeField(null=True)
    """Nothing is sent before; with status CONNECTED."""
    last_active_at: datetime | None = fields.DatetimeField(null=True)
    status_watermark: datetime | None = fields.DatetimeField(null=True)
    """Newest time that WhatsApp gave in a status of this sender's messages: what is older has been heard of."""
    deleted_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "sender"

    @property
    def active(self) -> bool:
        """Whether it sends and receives."""
        return self.status is SenderStatus.CONNECTED

    @property
    def requires_auth(self) -> bool:
        """Whether it sends nothing until a person has seen to it."""
        return self.status in (SenderStatus.EXPIRED, SenderStatus.FAILED, SenderStatus.STOPPED)
