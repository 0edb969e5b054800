"""What a campaign would do if it started now: to whom, to whom not and why, in which words, and until when."""

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from db.accounts import Role, Scope
from db.campaigns import Campaign, CampaignStatus, ExclusionReason
from db.campaigns import preflight as rows
from db.campaigns.audience import Counts, tally_of
from db.contacts import Contact, JobStatus
from db.content import Header, HeaderFormat
from db.core import connect
from db.files import File
from db.senders import Sender, SenderStatus
from db.templates import MessageTemplate, TemplateStatus
from domain.campaigns.outlook import Quiet, look_ahead
from domain.campaigns.reading import pool_of, visible
from domain.core.access import Viewer, allow
from domain.core.errors import ErrorCode, Refusal
from domain.templates.placeholders import compile_template, own_values, word
from domain.templates.rendering import HEADER, Rendered, own_text, render, variables_of

BEFORE = (CampaignStatus.DRAFT, CampaignStatus.SCHEDULED)
MOST_SAMPLES = 5


@dataclass(frozen=True, slots=True)
class Tally:
    key: str
    count: int


@dataclass(frozen=True, slots=True)
class ExclusionTally:
    reason: ExclusionReason
    count: int


@dataclass(frozen=True, slots=True)
class Preflight:
    """A look ahead; the same id means the same audience, and the same message."""

    id: str
    campaign: Campaign
    audience: int
    recipients: int
    exclusions: list[ExclusionTally]
    missing_variables: list[Tally]
    samples: list[tuple[Contact, Rendered]]
    finishes_at: datetime | None
    pacing: str
    problems: list[str]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """A campaign that has not begun, with all that decides whether it may."""

    campaign: Campaign
    wording: MessageTemplate
    """Its template, or its own text as one."""
    header: Header | None
    pool: list[Sender]
    file: File | None
    counts: Counts
    now: datetime

    @property
    def id(self) -> str:
        """The fingerprint of audience and message."""
        said = self.wording
        written = orjson.dumps(
            [
                *(self.campaign.id, self.counts.fingerprint, self.campaign.variables, self.header, said.content),
                *(said.header, said.footer, said.buttons, said.category, said.language, said.approval_name),
            ],
            option=orjson.OPT_SORT_KEYS,
        )
        return hashlib.sha256(written).hexdigest()[:32]


async def _wording(campaign: Campaign) -> MessageTemplate:
    if campaign.template_id is not None:
        return await MessageTemplate.get(id=campaign.template_id)
    return own_text(campaign.text or "", _header(campaign))


def _header(campaign: Campaign) -> Header | None:
    if campaign.media_id is None:
        return None
    return Header(format=HeaderFormat(campaign.media_type.value), media_id=campaign.media_id)


async def standing(campaign: Campaign) -> Standing:
    """Counts the audience too, which takes seconds for a million."""
    wording, header = await _wording(campaign), _header(campaign)
    media_id = (header or wording.header or {}).get("media_id")
    return Standing(
        campaign=campaign,
        wording=wording,
        header=header,
        pool=await Sender.filter(id__in=await pool_of(campaign.id)).order_by("id"),
        file=None if media_id is None else await File.get_or_none(id=media_id),
        counts=await tally_of(campaign),
        now=await connect.value("SELECT now()"),
    )


# ---------------------------------------------------------------------------
# What stands against starting
# ---------------------------------------------------------------------------


def obstacles(found: Standing, *, at: datetime | None = None) -> list[Refusal]:
    """Why a campaign may not start now, or at a time: then some may be gone by themselves. Fields are of its input."""
    return _lasting(found, at or found.now) + ([] if at else _passing(found))


def _lasting(found: Standing, at: datetime) -> list[Refusal]:
    told: list[Refusal] = []
    campaign, wording = found.campaign, found.wording
    account = {sender.business_account_id for sender in found.pool if sender.deleted_at is None}
    if wording.deleted_at is not None:
        words = "The template was deleted."
        told.append(Refusal(ErrorCode.TEMPLATE_UNAVAILABLE, words, field="templateId", reason="deleted"))
    elif wording.approval_name is not None and account - {wording.business_account_id}:
        words = "Not all senders are of the template's account any more."
        told.append(_wrong(words, "senderIds", "other_account"))
    if found.file is not None and (found.file.deleted_at is not None or found.file.status is JobStatus.FAILED):
        words = "The file that goes along is not here any more; give another one."
        told.append(_wrong(words, "media", "no_bytes"))
    if campaign.expires_at is not None and campaign.expires_at <= at:
        told.append(_wrong("It expires before it starts.", "expiresAt", "past"))
    if found.counts.audience == 0:
        told.append(_wrong("There is nobody in the audience.", "audience", "empty_audience"))
    return told


def _passing(found: Standing) -> list[Refusal]:
    told: list[Refusal] = []
    status = found.wording.approval_status
    if found.wording.deleted_at is None and status not in (None, TemplateStatus.APPROVED):
        words = f"The template is {status.value} at WhatsApp."
        told.append(Refusal(ErrorCode.TEMPLATE_UNAVAILABLE, words, field="templateId", reason=status.value.lower()))
    if not any(_connected(sender) for sender in found.pool):
        each = ", ".join(
            f"{_called(sender)} is {'deleted' if sender.deleted_at else sender.status.value}" for sender in found.pool
        )
        words = f"No sender of the campaign is connected: {each}."
        told.append(Refusal(ErrorCode.SESSION_EXPIRED, words, field="senderIds", reason="not_connected"))
    if found.counts.audience and not found.counts.recipients:
        each = ", ".join(f"{count} {reason}" for reason, count in found.counts.exclusions.items())
        told.append(_wrong(f"Everyone in the audience is left out: {each}.", "audience", "all_excluded"))
    return told


def _wrong(message: str, field: str, reason: str) -> Refusal:
    return Refusal(ErrorCode.VALIDATION_ERROR, message, field=field, reason=reason)


def _connected(sender: Sender) -> bool:
    return sender.status is SenderStatus.CONNECTED and sender.deleted_at is None


def _called(sender: Sender) -> str:
    return sender.name or sender.phone_number


# ---------------------------------------------------------------------------
# Looking ahead
# ---------------------------------------------------------------------------


@allow(Role.ADMIN, Role.MARKETER, scope=Scope.CAMPAIGNS)
async def preflight(viewer: Viewer, id: int) -> Preflight:
    """What a DRAFT or SCHEDULED campaign would do now; nothing is sent. Raises NOT_FOUND, INVALID_STATE."""
    campaign = await visible(viewer, id)
    if campaign.status not in BEFORE:
        words = f"This needs a campaign that is {' or '.join(BEFORE)}; this one is {campaign.status}."
        raise Refusal(ErrorCode.INVALID_STATE, words, field="id", status=campaign.status.value)
    wording = await _wording(campaign)
    always, sets = _lacking(wording, campaign.variables)
    found, shares = await asyncio.gather(standing(campaign), rows.shares(id, list(sets.values())))
    quiet = None
    if campaign.quiet_from is not None and campaign.quiet_until is not None:
        quiet = Quiet(campaign.quiet_from, campaign.quiet_until)
    outlook = await look_ahead(viewer, found.pool, shares, quiet, now=found.now)
    missing = dict.fromkeys(always, found.counts.recipients)
    missing |= {name: sum(row["lacking"][place] for row in shares) for place, name in enumerate(sets)}
    if HEADER in render(wording, {}, campaign.variables, header=found.header).missing:
        missing[HEADER] = found.counts.recipients
    return Preflight(
        id=found.id,
        campaign=campaign,
        audience=found.counts.audience,
        recipients=found.counts.recipients,
        exclusions=[ExclusionTally(reason, count) for reason, count in sorted(found.counts.exclusions.items())],
        missing_variables=[Tally(name, count) for name, count in missing.items() if count],
        samples=await _samples(found),
        finishes_at=outlook.finishes_at,
        pacing=outlook.words,
        problems=[refusal.message for refusal in obstacles(found)],
        created_at=found.now,
    )


def _lacking(wording: MessageTemplate, variables: Mapping[str, Any]) -> tuple[list[str], dict[str, Sequence[str]]]:
    """Placeholders that nobody fills, and what contacts must fill by themselves for the others, as `fill` has it."""
    always, sets = list[str](), dict[str, Sequence[str]]()
    for name in variables_of(wording.content, wording.header, wording.buttons):
        if name not in variables:
            sets[name] = [name]
        elif (value := variables[name]) in (None, ""):
            always.append(name)
        elif inner := compile_template(word(value)).variables:
            sets[name] = inner
    return always, sets


async def _samples(found: Standing) -> list[tuple[Contact, Rendered]]:
    """The message as the first few would get it."""
    if not found.counts.recipients:
        return []
    people = await rows.first(found.campaign.id, MOST_SAMPLES)
    contacts = {contact.id: contact for contact in await Contact.filter(id__in=[row["contact_id"] for row in people])}
    samples: list[tuple[Contact, Rendered]] = []
    for row in people:
        contact = contacts[row["contact_id"]]
        own = own_values(contact, row["address"])
        samples.append((contact, render(found.wording, own, found.campaign.variables, header=found.header)))
    return samples
