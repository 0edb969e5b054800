"""Senders: the WhatsApp numbers that messages leave from."""

from datetime import datetime, timedelta
from enum import StrEnum

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.fields.db_defaults import SqlDefault

from db.core.columns import ChangingRow, choice
from db.templates import QualityRating


class SenderProvider(StrEnum):
    CLOUD_API = "CLOUD_API"
    WAHA = "WAHA"


class SenderStatus(StrEnum):
    STOPPED = "STOPPED"
    STARTING = "STARTING"
    WAITING_FOR_SCAN = "WAITING_FOR_SCAN"
    SCANNED = "SCANNED"
    CONNECTED = "CONNECTED"
    EXPIRED = "EXPIRED"
    FAILED = "FAILED"


SESSION_DAYS = 14
"""Days without a sign of life after which WhatsApp ends a session of WAHA's."""
REQUIRE_AUTH = (SenderStatus.EXPIRED, SenderStatus.FAILED, SenderStatus.STOPPED, SenderStatus.WAITING_FOR_SCAN)
"""In these a person must authenticate or start it before it can send."""


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
    bot_enabled = fields.BooleanField(db_default=True)
    session_name = fields.CharField(64, null=True)
    """WAHA's name of the session."""
    session_since: datetime | None = fields.DatetimeField(null=True)
    """Since when WAHA says what the status is; what it said before does not count any more."""
    pinged_at: datetime | None = fields.DatetimeField(null=True)
    expiry_told_at: datetime | None = fields.DatetimeField(null=True)
    """When SENDER_EXPIRING was told of the present life of its session."""
    quality = choice(QualityRating, db_default="UNKNOWN")
    messages_per_second: int | None = fields.IntField(null=True)
    """What WhatsApp takes; null until it says so."""
    messaging_limit: int | None = fields.IntField(null=True)
    """Of the portfolio: people outside a service window in moving 24 hours; null where there is none, or not told."""
    portfolio_id = fields.CharField(64, null=True)
    """What its limit is counted by; the WhatsApp Business account where the portfolio is not told."""
    display_name = fields.CharField(255, null=True)
    display_name_status = fields.CharField(64, null=True)
    last_error_code: int | None = fields.IntField(null=True)
    last_error: str | None = fields.TextField(null=True)
    last_error_at: datetime | None = fields.DatetimeField(null=True)
    closed_countries: list[str] = ArrayField("text", db_default=SqlDefault("'{}'"))
    """Where WhatsApp does not let it write to (130497): ISO 3166-1 alpha-2, in order; until somebody connects it."""
    checked_at: datetime | None = fields.DatetimeField(null=True)
    slowed_until: datetime | None = fields.DatetimeField(null=True)
    """When it is back to its full rate."""
    slowed_step: float | None = fields.FloatField(null=True)
    """Seconds in which its rate doubles until then."""
    slowed_reason: str | None = fields.TextField(null=True)
    last_active_at: datetime | None = fields.DatetimeField(null=True)
    status_watermark: datetime | None = fields.DatetimeField(null=True)
    """Newest time that WhatsApp gave in a status of this sender's messages: what is older has been heard of."""
    unheard_since: datetime | None = fields.DatetimeField(null=True)
    """When it first sent something after the latest status of its messages; null once one has come."""
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
        return self.status in REQUIRE_AUTH

    @property
    def expires_at(self) -> datetime | None:
        """When its session runs out; None for one that does not, or was not scanned yet."""
        if self.provider is not SenderProvider.WAHA or self.status is SenderStatus.WAITING_FOR_SCAN:
            return None
        return self.last_active_at and self.last_active_at + timedelta(days=SESSION_DAYS)
