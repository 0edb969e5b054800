"""The journal of what WhatsApp posted to us, raw, until it is understood; and whether anyone was there to keep it."""

from datetime import datetime

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.models import Model

from db.core import connect
from db.core.columns import Row, choice
from db.senders import SenderProvider


class InboundPost(Row):
    """One webhook as it came. done_at is set once it was taken up; errors name elements that were not understood.

    tries counts those that failed for what passes with time, and retry_at is when the next one is due.
    """

    provider = choice(SenderProvider, db_default="CLOUD_API")
    body: bytes = fields.BinaryField()
    done_at: datetime | None = fields.DatetimeField(null=True)
    errors: list[str] | None = fields.JSONField[list[str]](null=True)
    tries: int = fields.SmallIntField(db_default=0)
    retry_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "inbound_post"


class WaitingStatus(Row):
    """A status that came before we knew its message's id; taken up when the message is settled, dropped after a day."""

    provider_message_id = fields.CharField(255)
    status = fields.CharField(16)
    status_at: datetime = fields.DatetimeField()
    error: dict[str, object] | None = fields.JSONField[dict[str, object]](null=True)

    class Meta:
        table = "waiting_status"
        indexes = (("provider_message_id",),)


class WaitingAmendment(Row):
    """What is written of a message that we do not know yet, applied when it comes.

    LINK: message_id replies or reacts to it; EDIT: its newest text; REVOKE: it was deleted for everyone.
    """

    sender_id: int = fields.BigIntField()
    target = fields.CharField(255)
    """The provider's id of the message that is meant."""
    kind = fields.CharField(8)
    at: datetime = fields.DatetimeField()
    echo = fields.BooleanField()
    """Whether one of us edited or deleted it."""
    author: list[str] | None = ArrayField(element_type="TEXT", null=True)  # pyright: ignore[reportAssignmentType] - an array of texts
    """All that WhatsApp calls whoever edited or deleted it; null for us."""
    message_id: int | None = fields.BigIntField(null=True)
    content: str | None = fields.TextField(null=True)
    details: dict[str, object] | None = fields.JSONField[dict[str, object]](null=True)

    class Meta:
        table = "waiting_amendment"
        indexes = (("target",),)


AWAY_SECONDS = 10
"""After so long without a word from any API process nobody is there to take posts in."""


class Intake(Model):
    """Since when posts have been taken in without a break, and when an API process last said so. One row."""

    id = fields.SmallIntField(primary_key=True)
    since: datetime = fields.DatetimeField()
    until: datetime = fields.DatetimeField()

    class Meta(Model.Meta):
        table = "intake"


_TAKES_IN = f"""
INSERT INTO intake (id, since, until) VALUES (1, now(), now())
ON CONFLICT (id) DO UPDATE SET until = now(),
  since = CASE WHEN intake.until < now() - interval '{AWAY_SECONDS} s' THEN now() ELSE intake.since END
"""


async def takes_in() -> None:
    """Says that posts are taken in now."""
    await connect.execute(_TAKES_IN)
