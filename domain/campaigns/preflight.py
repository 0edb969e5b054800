"""What a campaign would do if it started now: to whom, to whom not and why, in which words, and until when."""

import asyncio
import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from db.accounts import Role, Scope
from db.campaigns import Campaign, CampaignStatus, ExclusionReason
from db.campaigns import preflight as rows
from db.campaigns.preflight import Counts, Look
from db.contacts import Contact, JobStatus
from db.content import Header, HeaderFormat
from db.core import connect
from db.files import File
from db.senders import Sender, SenderStatus
from db.templates import MessageTemplate, TemplateStatus
from domain import contacts
from domain.campaigns.outlook import Quiet, look_ahead
from domain.campaigns.reading import in_status, pool_of
from domain.core.access import Viewer, allow
from domain.core.errors import ErrorCode, Refusal
from domain.core.phone import beginnings_of, country_of
from domain.templates.placeholders import compile_template, own_values, word
from domain.templates.rendering import HEADER, Rendered, own_text, render, variables_of

BEFORE = (CampaignStatus.DRAFT, CampaignStatus.SCHEDULED)
MOST_SAMPLES = 5
_GROUPS = "SELECT id FROM contact_group WHERE id = ANY($1) AND deleted_at IS NULL ORDER BY id"


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
    closed_countries: list[Tally]
    samples: list[tuple[Contact, Rendered]]
    finishes_at: datetime | None
    pacing: str
    problems: list[str]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """A campaign that has not begun, with all that decides whether it may besides its audience."""

    campaign: Campaign
    wording: MessageTemplate
    """Its template, or its own text as one."""
    header: Header | None
    pool: list[Sender]
    file: File | None
    groups: list[int]
    """Those of its audience that are not deleted."""
    now: datetime

    @property
    def version(self) -> tuple[object, ...]:
        """Another one whenever somebody has changed the campaign or its template, or deleted a group of it."""
        changed = None if self.campaign.template_id is None else self.wording.updated_at
        return self.campaign.updated_at, changed, self.groups

    def preflight_id(self, look: Look) -> str:
        """The fingerprint of audience and message."""
        said = self.wording
        written = orjson.dumps(
            [
                *(self.campaign.id, look.fingerprint, self.campaign.variables, self.header, said.content),
                *(said.header, said.footer, said.buttons, said.category, said.language, said.approval_name),
            ],
            option=orjson.OPT_SORT_KEYS,
        )
        return hashlib.sha256(written).hexdigest()[:32]


def _header(campaign: Campaign) -> Header | None:
    if campaign.media_id is None:
        return None
    return Header(format=HeaderFormat(campaign.media_type.value), media_id=campaign.media_id)


async def standing(campaign: Campaign) -> Standing:
    header = _header(campaign)
    if campaign.template_id is None:
        wording = own_text(campaign.text or "", header)
    else:
        wording = await MessageTemplate.get(id=campaign.template_id)
    media_id = (header or wording.header or {}).get("media_id")
    return Standing(
        campaign=campaign,
        wording=wording,
        header=header,
        pool=await Sender.filter(id__in=await pool_of(campaign.id)).order_by("id"),
        file=None if media_id is None else await File.get_or_none(id=media_id),
        groups=[row["id"] for row in await connect.rows(_GROUPS, campaign.audience.get("group_ids", []))],
        now=await connect.value("SELECT now()"),
    )


# ---------------------------------------------------------------------------
# What stands against starting
# ---------------------------------------------------------------------------


def obstacles(found: Standing, counts: Counts, *, at: datetime | None = None) -> list[Refusal]:
    """Why a campaign may not start now, or at a time: then some may be gone by themselves. Fields are of its input."""
    return _lasting(found, counts, at or found.now) + ([] if at else _passing(found, counts))


def _lasting(found: Standing, counts: Counts, at: datetime) -> list[Refusal]:
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
    if counts.audience == 0:
        told.append(_wrong("There is nobody in the audience.", "audience", "empty_audience"))
    return told


def _passing(found: Standing, counts: Counts) -> list[Refusal]:
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
    if counts.audience and not counts.recipients:
        each = ", ".join(f"{count} {reason}" for reason, count in counts.exclusions.items())
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
    campaign = await in_status(viewer, id, BEFORE, lock="")
    found = await standing(campaign)
    always, sets = _lacking(found.wording, campaign.variables)
    closed = {sender.id: sender.closed_countries for sender in found.pool if sender.closed_countries}
    beginnings = {
        id: dict(one for each in countries for one in beginnings_of(each).items()) for id, countries in closed.items()
    }
    look = await rows.look(id, list(sets.values()), most=MOST_SAMPLES, beginnings=beginnings, seen_by=viewer.sender_id)
    quiet = None
    if campaign.quiet_from is not None and campaign.quiet_until is not None:
        quiet = Quiet(campaign.quiet_from, campaign.quiet_until)
    outlook = await look_ahead(viewer, found.pool, look.shares, quiet, now=found.now)
    missing = dict.fromkeys(always, look.recipients) | dict(zip(sets, look.lacking, strict=False))
    if HEADER in render(found.wording, {}, campaign.variables, header=found.header).missing:
        missing[HEADER] = look.recipients
    return Preflight(
        id=found.preflight_id(look),
        campaign=campaign,
        audience=look.audience,
        recipients=look.recipients,
        exclusions=[ExclusionTally(reason, count) for reason, count in sorted(look.exclusions.items())],
        missing_variables=[Tally(name, count) for name, count in missing.items() if count],
        closed_countries=await asyncio.to_thread(_barred, look.alike, closed),
        samples=await _samples(viewer, found, look.first),
        finishes_at=outlook.finishes_at,
        pacing=outlook.words,
        problems=[refusal.message for refusal in obstacles(found, look)],
        created_at=found.now,
    )


def _barred(alike: Sequence[tuple[int, Sequence[str], int]], closed: Mapping[int, Sequence[str]]) -> list[Tally]:
    """Those whom WhatsApp does not let their sender write to, as dispatch tells them."""
    counts = Counter[str]()
    for sender, addresses, people in alike:
        country = next(filter(None, map(country_of, addresses)), None)
        if country is not None and country in closed[sender]:
            counts[country] += people
    return [Tally(country, count) for country, count in sorted(counts.items())]


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


async def _samples(viewer: Viewer, found: Standing, first: Sequence[tuple[int, str]]) -> list[tuple[Contact, Rendered]]:
    """The message as the first few would get it whom the caller may see: a number that a bound token names tells it
    nothing of who has it."""
    people = await contacts.present(viewer, [id for id, _ in first])
    return [
        (contact, render(found.wording, own_values(contact, address), found.campaign.variables, header=found.header))
        for contact, (_, address) in zip(people, first, strict=True)
        if contact is not None
    ]
