"""What became of everyone in the audience of a campaign."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict, Unpack

from db.accounts import Role, Scope
from db.campaigns import CampaignRecipient, ExclusionReason, RecipientOutcome
from db.campaigns.outcomes import among, message, outcome
from db.core import connect
from db.core.paging import Order, Page, PageRequest, Parents, Where, fetch_pages
from db.messages.met import MET
from domain import contacts
from domain.campaigns.reading import visible
from domain.core.access import Viewer, allow
from domain.core.errors import not_found
from domain.core.export import Rows, exported, link
from domain.core.search import contains

_TABLE = "campaign_recipient"
_AT_ONCE = 2000
"""Rows of a CSV that are read at a time."""


@dataclass(frozen=True, slots=True)
class Fate:
    """How far a recipient came."""

    outcome: RecipientOutcome
    message_id: int | None
    not_before: datetime | None
    """Until when quiet hours hold the message."""


class RecipientCriteria(TypedDict, total=False):
    """Which recipients; what is left out asks for nothing."""

    search: str
    outcome: Sequence[RecipientOutcome]
    exclusion: Sequence[ExclusionReason]


@allow()
async def get_recipient(viewer: Viewer, id: int) -> CampaignRecipient:
    recipient = await CampaignRecipient.get_or_none(id=id)
    if recipient is None:
        raise not_found("recipient")
    await visible(viewer, recipient.campaign_id)
    await _veil(viewer, [recipient])
    return recipient


@allow()
async def pages_of_recipients(
    viewer: Viewer, campaign_ids: list[int], page: PageRequest, **asked: Unpack[RecipientCriteria]
) -> dict[int, Page[CampaignRecipient]]:
    """Recipients of campaigns that the caller holds already, as they were frozen."""
    parents, order = Parents(f"{_TABLE}.campaign_id", _join(asked)), Order(f"{_TABLE}.contact_id", "bigint")
    where = await _matching(campaign_ids, asked, viewer.sender_id)
    pages = await fetch_pages(CampaignRecipient, parents, campaign_ids, where, order, page)
    for id, found in pages.items():
        found.source = {"campaign_id": id, **asked}
    await _veil(viewer, [row for found in pages.values() for row in found.rows])
    return pages


async def _veil(viewer: Viewer, recipients: Sequence[CampaignRecipient]) -> None:
    """A token bound to a sender learns no addresses of people that were left out and have nothing with its sender."""
    if viewer.sender_id is not None:
        seen = await contacts.by_ids(viewer, [each.contact_id for each in recipients])
        for recipient, contact in zip(recipients, seen, strict=True):
            recipient.address = None if contact is None else recipient.address


def _join(asked: RecipientCriteria) -> str:
    return message(_TABLE) if asked.get("outcome") is not None else ""


async def _matching(campaign_ids: Sequence[int], asked: RecipientCriteria, sender_id: int | None) -> Where:
    where = Where()
    if pattern := contains(asked.get("search")):
        where.add(
            "campaign_recipient.address ILIKE {} OR EXISTS"
            " (SELECT FROM contact c WHERE c.id = campaign_recipient.contact_id AND c.name ILIKE {})",
            *(pattern, pattern),
        )
        if sender_id is not None:
            where.add(MET.format(contact="campaign_recipient.contact_id", sender="{}"), sender_id)
    if (exclusion := asked.get("exclusion")) is not None:
        where.add("campaign_recipient.exclusion = ANY({}::text[])", list(exclusion))
    if (asked_for := asked.get("outcome")) is not None:
        wanted = [str(each) for each in asked_for]
        if (few := await among(campaign_ids, wanted)) is not None:
            ids = where.place(list(campaign_ids))
            where.add(f"campaign_recipient.contact_id = ANY(ARRAY({few.format(ids=f'{ids}::bigint[]')}))")
        where.add(f"{outcome(_TABLE)} = ANY({{}}::text[])", wanted)
    return where


_FATES = f"""
SELECT r.id, {outcome("r")} AS outcome, m.id AS message_id,
       CASE WHEN c.quiet_from IS NOT NULL AND m.state = 'QUEUED' AND m.due_at > now() AND m.due_at < 'infinity'
            THEN m.due_at END AS not_before
FROM campaign_recipient r JOIN campaign c ON c.id = r.campaign_id {message("r")} WHERE r.id = ANY($1)
"""


@allow()
async def fates(viewer: Viewer, ids: list[int]) -> list[Fate]:
    """How far recipients came whom the caller holds already."""
    found = {
        row["id"]: Fate(RecipientOutcome(row["outcome"]), row["message_id"], row["not_before"])
        for row in await connect.rows(_FATES, ids)
    }
    return [found[id] for id in ids]


# ---------------------------------------------------------------------------
# To take along
# ---------------------------------------------------------------------------

_HEADER = (
    *("name", "address", "outcome", "exclusion", "sender", "sent_at", "delivered_at", "read_at"),
    *("error_code", "error", "whatsapp_error_code", "replied_at", "reply"),
)


@allow(Role.ADMIN, Role.MARKETER, scope=Scope.CAMPAIGNS)
async def recipients_url(viewer: Viewer, *, campaign_id: int, **asked: Unpack[RecipientCriteria]) -> str | None:
    """Where to read the recipients of a campaign that match, as CSV."""
    await visible(viewer, campaign_id)
    return link(viewer, "campaign-recipients", campaign_id=campaign_id, asked=asked, sender_id=viewer.sender_id)


@exported("campaign-recipients", recipients_url)
async def recipient_rows(campaign_id: int, asked: RecipientCriteria, sender_id: int | None) -> Rows:
    yield _HEADER
    where = await _matching([campaign_id], asked, sender_id)
    seen = "true" if sender_id is None else MET.format(contact="r.contact_id", sender=where.place(sender_id))
    where.add("campaign_recipient.campaign_id = {}", campaign_id)
    bounded = f"{where.sql} AND campaign_recipient.contact_id > {where.place(0)}"
    sql = f"""
    WITH page AS MATERIALIZED (
      SELECT campaign_recipient.* FROM campaign_recipient {_join(asked)} WHERE {bounded}
      ORDER BY campaign_recipient.contact_id LIMIT {_AT_ONCE}
    )
    SELECT r.contact_id, c.name, CASE WHEN {seen} THEN r.address END AS address, {outcome("r")} AS outcome, r.exclusion,
           s.phone_number, m.sent_at, m.delivered_at, m.read_at, m.error_code, m.error_message, m.provider_error_code,
           a.created_at AS replied_at, CASE WHEN a.deleted_at IS NULL THEN a.content END AS reply
    FROM page r {message("r")}
    LEFT JOIN contact c ON c.id = r.contact_id AND c.deleted_at IS NULL AND {seen}
    LEFT JOIN sender s ON s.id = m.sender_id
    LEFT JOIN message a ON a.id = r.reply_id
    ORDER BY r.contact_id
    """
    while found := await connect.rows(sql, *where.values):
        for _, *cells in found:
            yield [cell.isoformat() if isinstance(cell, datetime) else cell for cell in cells]
        where.values[-1] = found[-1]["contact_id"]
