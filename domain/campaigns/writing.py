"""Campaigns as they are prepared: what is sent to whom, from where and when not."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time
from typing import Any, TypedDict, Unpack

from tortoise.expressions import RawSQL

from db.accounts import Role, Scope
from db.campaigns import Campaign, CampaignSender, CampaignStatus, CampaignType
from db.core import connect
from db.core.transaction import transaction
from db.messages import MessageType
from db.senders import Sender
from db.templates import MessageTemplate
from domain import audit, files, senders, templates
from domain.campaigns import steering
from domain.campaigns.audiences import audience_of
from domain.campaigns.reading import in_status, pool_of, visible
from domain.core.access import Viewer, allow
from domain.core.errors import Checks, ErrorCode, Refusal, optional_text, text
from domain.templates.placeholders import check_variables
from domain.templates.rendering import FILES

MOST_SENDERS = 100
MOST_CHARACTERS = 5000
IDLE = (CampaignStatus.DRAFT, CampaignStatus.STOPPED, CampaignStatus.COMPLETED)


class CampaignValues(TypedDict, total=False):
    """What a person writes in a campaign; a change leaves as it is what is left out, and None clears."""

    name: str | None
    description: str | None
    type: CampaignType | None
    template_id: int | None
    content: str | None
    variables: Any
    media: Mapping[str, Any] | None
    sender_ids: Sequence[int] | None
    quiet_hours: Mapping[str, time] | None
    expires_at: datetime | None
    audience: Mapping[str, Any] | None


AT_ANY_TIME = {"name", "description"}
_SENT = {"template_id", "content", "media", "sender_ids"}
"""What must fit together: approved templates are of an account, files of a format."""


@allow(Role.ADMIN, Role.MARKETER, scope=Scope.CAMPAIGNS)
async def create(viewer: Viewer, *, start: bool = False, **given: Unpack[CampaignValues]) -> Campaign:
    """Makes a DRAFT, or starts it at once; nothing is kept when that is refused.

    Raises NOT_FOUND, VALIDATION_ERROR, INVALID_PHONE_NUMBER, and with start TEMPLATE_UNAVAILABLE, SESSION_EXPIRED.
    """
    try:
        return await _create(viewer, start, given)
    except Refusal as refusal:
        # Somebody has made a contact of a number since we looked.
        if refusal.code is not ErrorCode.DUPLICATE_RESOURCE:
            raise
    return await _create(viewer, start, given)


async def _create(viewer: Viewer, start: bool, given: CampaignValues) -> Campaign:
    check = Checks()
    values = dict[str, Any](variables={}) | _plain(check, given)
    async with transaction():
        with check():
            await _check_expiry(values.get("expires_at"))
        pool = await _pool(viewer, given.get("sender_ids"), check)
        values |= await _sent(viewer, given, pool, check)
        values["audience"] = await audience_of(viewer, given.get("audience"), check)
        check.done()
        if given.get("name") is None:
            values["name"] = await _name(pool)
        campaign = await Campaign.create(**values, created_by_id=viewer.user_id)
        await _replace_pool(campaign.id, pool)
        if start:
            await steering.start_new(viewer, await visible(viewer, campaign.id))
        return await visible(viewer, campaign.id)


@allow(Role.ADMIN, Role.MARKETER, scope=Scope.CAMPAIGNS)
async def update(viewer: Viewer, id: int, **changes: Unpack[CampaignValues]) -> Campaign:
    """Name and description change at any time, the rest only while DRAFT: else INVALID_STATE."""
    try:
        return await _update(viewer, id, changes)
    except Refusal as refusal:
        if refusal.code is not ErrorCode.DUPLICATE_RESOURCE:
            raise
    return await _update(viewer, id, changes)


async def _update(viewer: Viewer, id: int, changes: CampaignValues) -> Campaign:
    check = Checks()
    values = _plain(check, changes)
    with check():
        if changes.get("name", "") is None:
            raise _wrong("A campaign has a name.", "name", "required")
    async with transaction():
        if changes.keys() <= AT_ANY_TIME:
            campaign = await visible(viewer, id, lock="FOR UPDATE")
        else:
            campaign = await in_status(viewer, id, (CampaignStatus.DRAFT,))
        with check():
            await _check_expiry(values.get("expires_at"))
        if changes.keys() & _SENT:
            wanted = changes["sender_ids"] if "sender_ids" in changes else await pool_of(id)
            pool = await _pool(viewer, wanted, check)
            values |= await _sent(viewer, changes, pool, check, former=campaign)
            if not check.refusals and "sender_ids" in changes:
                await _replace_pool(id, pool)
        if "audience" in changes:
            values["audience"] = await audience_of(viewer, changes["audience"], check, own_id=id)
        check.done()
        await Campaign.filter(id=id).update(**values, updated_at=RawSQL("now()"))
        return await visible(viewer, id)


@allow(Role.ADMIN, Role.MARKETER, scope=Scope.CAMPAIGNS)
async def duplicate(viewer: Viewer, id: int, *, name: str | None = None) -> Campaign:
    """A DRAFT with all that a campaign sends, and its audience; without its figures, and the time at which it ends.

    Senders that were deleted since are left out; where none is left the default one takes their place.
    """
    name = None if name is None else text(name, "name", most=255)
    async with transaction():
        former = await visible(viewer, id)
        kept = ("description", "type", "template_id", "text", "variables", "media_id", "media_type", "category")
        copy = await Campaign.create(
            **{column: getattr(former, column) for column in (*kept, "quiet_from", "quiet_until", "audience")},
            name=name or f"Copy of {former.name}"[:255],
            created_by_id=viewer.user_id,
        )
        live = await Sender.filter(id__in=await pool_of(id), deleted_at=None)
        await _replace_pool(copy.id, live or [await senders.choose(viewer, None, field="id")])
        return await visible(viewer, copy.id)


@allow(Role.ADMIN, Role.MARKETER, scope=Scope.CAMPAIGNS)
async def delete(viewer: Viewer, id: int) -> int:
    """Hides a campaign that is not SCHEDULED, RUNNING or PAUSED; its messages stay in their conversations."""
    async with transaction():
        campaign = await in_status(viewer, id, IDLE)
        await connect.execute("UPDATE campaign SET deleted_at = now(), updated_at = now() WHERE id = $1", id)
        await audit.note(viewer, "deleteCampaign", {"name": (campaign.name, None)}, subject=("Campaign", id))
    return id


# ---------------------------------------------------------------------------
# Parts
# ---------------------------------------------------------------------------


def _plain(check: Checks, given: CampaignValues) -> dict[str, Any]:
    """Columns of what needs no look at other rows, each within its bounds."""
    values: dict[str, Any] = {}
    with check():
        if (name := given.get("name")) is not None:
            values["name"] = text(name, "name", most=255)
    with check():
        if "description" in given:
            values["description"] = optional_text(given["description"], "description", most=1000)
    if (type := given.get("type")) is not None:
        values["type"] = type
    with check():
        if "variables" in given:
            values["variables"] = check_variables(given["variables"])
    if "quiet_hours" in given:
        values |= {"quiet_from": None, "quiet_until": None}
        with check():
            if hours := given["quiet_hours"]:
                values |= _quiet(hours["start"], hours["end"])
    if "expires_at" in given:
        values["expires_at"] = given["expires_at"]
    return values


def _quiet(start: time, end: time) -> dict[str, time]:
    if start == end:
        raise _wrong("They begin and end at the same time.", "quietHours.end", "same")
    # Columns of times have a zone, which says nothing here.
    return {"quiet_from": start.replace(tzinfo=UTC), "quiet_until": end.replace(tzinfo=UTC)}


async def _check_expiry(expires_at: datetime | None) -> None:
    if expires_at is not None and await connect.value("SELECT $1::timestamptz <= now()", expires_at):
        raise _wrong("This time is past.", "expiresAt", "past")


async def _pool(viewer: Viewer, ids: Sequence[int] | None, check: Checks) -> list[Sender]:
    """The senders that are named, else the default one; whoever deletes one waits for us."""
    with check():
        if ids is None:
            return [await senders.choose(viewer, None, field="senderIds", lock="FOR SHARE")]
        if not 1 <= len(wanted := sorted(set(ids))) <= MOST_SENDERS:
            words = f"There are 1 to {MOST_SENDERS} senders."
            raise _wrong(words, "senderIds", "too_many" if wanted else "required")
        return [await senders.visible(viewer, id, field="senderIds", lock="FOR SHARE") for id in wanted]
    return []


async def _replace_pool(id: int, pool: Sequence[Sender]) -> None:
    await CampaignSender.filter(campaign_id=id).delete()
    await CampaignSender.bulk_create([CampaignSender(campaign_id=id, sender_id=sender.id) for sender in pool])


async def _name(pool: Sequence[Sender]) -> str:
    """Of the sender and the time."""
    now = await connect.value("SELECT now()")
    return f"{pool[0].name or pool[0].phone_number}, {now:%Y-%m-%d %H:%M} UTC"


async def _sent(
    viewer: Viewer, given: CampaignValues, pool: Sequence[Sender], check: Checks, *, former: Campaign | None = None
) -> dict[str, Any]:
    """Columns of template or text, and of the file that goes along; each fits the others, and the senders."""
    values: dict[str, Any] = {name: getattr(former, name, None) for name in ("template_id", "text", "category")}
    template: MessageTemplate | None = None
    template_id, content = given.get("template_id"), given.get("content")
    with check():
        if template_id is not None and content is not None:
            raise _wrong("Give a template or a text of its own, not both.", "content", "conflict")
        if template_id is not None:
            values |= {"template_id": template_id, "text": None}
        elif content is not None:
            words = text(content, "content", most=MOST_CHARACTERS)
            values |= {"template_id": None, "text": words, "category": None}
        elif former is None or given.keys() & {"template_id", "content"}:
            raise _wrong("Give a template, or a text of its own.", "content", "required")
    with check():
        if (id := values["template_id"]) is not None:
            template = await templates.visible(viewer, id, field="templateId", lock="FOR SHARE")
            values["category"] = template.category
            _check_account(template, pool)
    with check():
        values |= await _media(viewer, given, pool, template, former, has_text=values["text"] is not None)
    return values


def _check_account(template: MessageTemplate, pool: Sequence[Sender]) -> None:
    if template.approval_name is None:
        return
    if any(sender.business_account_id != template.business_account_id for sender in pool):
        words = "Only senders of the template's account may send it; WAHA takes templates without approval."
        raise _wrong(words, "senderIds", "other_account")


async def _media(
    viewer: Viewer,
    given: CampaignValues,
    pool: Sequence[Sender],
    template: MessageTemplate | None,
    former: Campaign | None,
    *,
    has_text: bool,
) -> dict[str, Any]:
    """The file above a text: a picture, a film or a document; above a template, one of the format of its header."""
    kept = {"media_id": getattr(former, "media_id", None), "media_type": getattr(former, "media_type", None)}
    if (media := given.get("media")) is not None and pool:
        file, kind = await files.to_send(viewer, media, sender_id=pool[0].id)
        if kind.value not in FILES:
            raise _wrong("With a text goes a picture, a film or a document.", "media", "not_taken")
        kept = {"media_id": file.id, "media_type": MessageType(kind)}
    elif "media" in given:
        kept = {"media_id": None, "media_type": None}
    if kept["media_type"] is not None and not has_text and template is not None:
        wanted = (template.header or {}).get("format")
        if wanted != kept["media_type"]:
            takes = f"is a file of kind {wanted}" if wanted in FILES else "takes no file"
            raise _wrong(f"The header of this template {takes}.", "media", "wrong_format")
    return kept


def _wrong(message: str, field: str, reason: str) -> Refusal:
    return Refusal(ErrorCode.VALIDATION_ERROR, message, field=field, reason=reason)
