"""Campaigns: a message to an audience, its recipients, and their figures."""

from collections.abc import Sequence
from datetime import datetime, time
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal, TypedDict, cast

from tortoise import fields

from db.core import connect
from db.core.columns import ChangingRow, Row, choice
from db.messages import MessageType
from db.templates import TemplateCategory

if TYPE_CHECKING:
    from db.accounts import User
    from db.senders import Sender
    from db.templates import MessageTemplate


class CampaignType(StrEnum):
    BROADCAST = "BROADCAST"


class CampaignStatus(StrEnum):
    DRAFT = "DRAFT"
    SCHEDULED = "SCHEDULED"
    RUNNING = "RUNNING"
    PAUSED = "PAUSED"
    STOPPED = "STOPPED"
    COMPLETED = "COMPLETED"


class ExclusionReason(StrEnum):
    OPTED_OUT = "OPTED_OUT"
    NO_PHONE_NUMBER = "NO_PHONE_NUMBER"
    NOT_ON_WHATSAPP = "NOT_ON_WHATSAPP"
    DUPLICATE_NUMBER = "DUPLICATE_NUMBER"
    WINDOW_CLOSED = "WINDOW_CLOSED"
    OVER_SENDER_LIMIT = "OVER_SENDER_LIMIT"


class RecipientOutcome(StrEnum):
    EXCLUDED = "EXCLUDED"
    PENDING = "PENDING"
    SENT = "SENT"
    DELIVERED = "DELIVERED"
    READ = "READ"
    REPLIED = "REPLIED"
    FAILED = "FAILED"
    UNCONFIRMED = "UNCONFIRMED"
    CANCELLED = "CANCELLED"


class Audience(TypedDict, total=False):
    """Everyone named in any of these ways, once; counted when the campaign starts."""

    group_ids: list[int]
    contact_ids: list[int]
    """Numbers are contacts by the time they are kept here."""
    phone_ids: list[int]
    """Of numbers that were named: their contacts are written to there, not at the primary one."""
    campaign_id: int
    """Those of its recipients who came as far as `outcomes` says."""
    outcomes: list[str]


class Campaign(ChangingRow):
    """A message to an audience: a template, or a text of its own."""

    name = fields.CharField(255)
    description: str | None = fields.TextField(null=True)
    type = choice(CampaignType, default=CampaignType.BROADCAST)
    status = choice(CampaignStatus, default=CampaignStatus.DRAFT)
    template: "fields.ForeignKeyNullableRelation[MessageTemplate]" = fields.ForeignKeyField(
        "models.MessageTemplate", on_delete=fields.RESTRICT, null=True
    )
    template_id: int | None
    text: str | None = fields.TextField(null=True)
    """Written for it; null where there is a template."""
    variables: dict[str, Any] = fields.JSONField[dict[str, Any]]()
    media_id: int | None = fields.BigIntField(null=True)
    """The file that goes along, or fills the template's header."""
    media_type = choice(MessageType, null=True)
    """What it is sent as: IMAGE, VIDEO or DOCUMENT, also the format of that header."""
    category = choice(TemplateCategory, null=True)
    """What WhatsApp took its template for when somebody last agreed to send it; null for a text of ours alone."""
    quiet_from: time | None = fields.TimeField(null=True)
    quiet_until: time | None = fields.TimeField(null=True)
    expires_at: datetime | None = fields.DatetimeField(null=True)
    scheduled_at: datetime | None = fields.DatetimeField(null=True)
    audience = cast(Audience, fields.JSONField[Audience](default=dict))
    recipients: int | None = fields.IntField(null=True)
    """How many are sent a message; null until the audience is frozen whole."""
    excluded: int = fields.IntField(default=0)
    fanned_out_to: int = fields.BigIntField(default=0)
    """How far the freezing of the audience has come, so that it can go on."""
    by_hand = fields.BooleanField(default=False)
    """Whether somebody has paused it, so that nothing but a person lets it go on."""
    error_message: str | None = fields.TextField(null=True)
    corrections: dict[str, int] = fields.JSONField[dict[str, int]](default=dict)
    """What updateCampaignStats adds to its figures, by name."""
    created_by: "fields.ForeignKeyNullableRelation[User]" = fields.ForeignKeyField(
        "models.User", on_delete=fields.SET_NULL, null=True
    )
    created_by_id: int | None
    started_at: datetime | None = fields.DatetimeField(null=True)
    ended_at: datetime | None = fields.DatetimeField(null=True)
    deleted_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "campaign"
        indexes = (("created_at", "id"), ("updated_at", "id"), ("template_id",))


class CampaignSender(Row):
    """That a campaign may leave from a sender."""

    campaign: fields.ForeignKeyRelation[Campaign] = fields.ForeignKeyField("models.Campaign", on_delete=fields.CASCADE)
    campaign_id: int
    sender: "fields.ForeignKeyRelation[Sender]" = fields.ForeignKeyField("models.Sender", on_delete=fields.RESTRICT)
    sender_id: int

    class Meta:
        table = "campaign_sender"
        unique_together = (("campaign_id", "sender_id"),)
        indexes = (("sender_id",),)


class CampaignRecipient(Row):
    """Someone in a frozen audience; the message of theirs is the one of the same campaign and contact.

    Its ids have no constraint: a million come at once, and what they name is never removed.
    """

    campaign_id: int = fields.BigIntField()
    contact_id: int = fields.BigIntField()
    """Stays when the contact is erased, as in the message; a merge moves both to the one that stays."""
    address = fields.CharField(160, null=True)
    exclusion = choice(ExclusionReason, null=True)
    reply_id: int | None = fields.BigIntField(null=True)
    """The first message that they wrote within 7 days of ours."""

    class Meta:
        table = "campaign_recipient"


class CampaignTally(Row):
    """How many messages of a campaign came to a state, or left it: whoever moves some adds a row, and waits for nobody.

    The clock folds the rows of a campaign into one a state.
    """

    campaign_id: int = fields.BigIntField()
    state = fields.CharField(24)
    """A state of messages, QUEUED for all that they go through until they are sent; or REPLIED."""
    count: int = fields.IntField()
    folded = fields.BooleanField(db_default=False)

    class Meta:
        table = "campaign_tally"
        indexes = (("campaign_id",),)


_NEEDED = """
SELECT EXISTS (SELECT FROM campaign c WHERE c.deleted_at IS NULL AND c.status = ANY($2::text[]) AND {of})
"""
_OF = {
    "template_id": "c.template_id = $1",
    "media_id": "c.media_id = $1",
    "group_ids": "c.audience -> 'group_ids' @> to_jsonb($1::bigint)",
}
TO_BE_SENT = (CampaignStatus.SCHEDULED, CampaignStatus.RUNNING, CampaignStatus.PAUSED)


async def needed(
    of: Literal["template_id", "media_id", "group_ids"], id: int, statuses: Sequence[CampaignStatus] = TO_BE_SENT
) -> bool:
    """Whether a campaign in one of these statuses names it. Who starts one holds templates and groups FOR SHARE: lock
    them FOR UPDATE first."""
    return await connect.value(_NEEDED.format(of=_OF[of]), id, list(statuses))
