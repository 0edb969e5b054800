"""The way of a lead: whose work it is, its stage, its follow-ups, its score, and how it ends."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from db.accounts import Scope
from db.core import connect
from db.core.columns import as_row
from db.core.transaction import transaction
from db.events import EventType
from db.leads import CLOSED, Lead, LeadActivityType, LeadStatus
from domain import accounts
from domain.core.access import Viewer, allow
from domain.core.errors import Checks, ErrorCode, Refusal, optional_text
from domain.leads.reading import lock, percent
from domain.leads.trail import change, tell
from domain.leads.writing import SELLING, money

MOST_AT_ONCE = 1000
_MOST_NOTE = 5000
_MOST_REASON = 500
_DUE = """
WITH due AS MATERIALIZED (
  SELECT id FROM lead
  WHERE next_follow_up_at <= now() AND NOT follow_up_told AND closed_at IS NULL AND deleted_at IS NULL
  ORDER BY id LIMIT 500 FOR UPDATE SKIP LOCKED
)
UPDATE lead SET follow_up_told = true FROM due WHERE lead.id = due.id RETURNING lead.*
"""


@allow(*SELLING, scope=Scope.LEADS)
async def assign(viewer: Viewer, ids: Sequence[int], user_id: int | None) -> list[Lead]:
    """Gives leads to a user, or to nobody; all or none, in the order given. Raises NOT_FOUND, VALIDATION_ERROR."""
    check, leads = Checks(), list[Lead]()
    async with transaction():
        with check():
            if user_id is not None:
                await accounts.assignee(viewer, user_id, SELLING, field="userId")
        with check():
            leads = await _lock_many(viewer, ids)
        check.done()
        done = await change(viewer, leads, LeadActivityType.ASSIGNED, {"assigned_to_id": user_id})
    return _in_order(done, ids)


@allow(*SELLING, scope=Scope.LEADS)
async def move(viewer: Viewer, ids: Sequence[int], status: LeadStatus) -> list[Lead]:
    """Moves leads to a stage, all or none, in the order given; an open stage opens a closed lead again.

    Raises NOT_FOUND, VALIDATION_ERROR, and INVALID_STATE for a closed lead that would be closed otherwise.
    """
    async with transaction():
        leads = await _lock_many(viewer, ids)
        if status in CLOSED:
            _need_open([lead for lead in leads if lead.status is not status], field="ids")
            moving = [lead for lead in leads if lead.status is not status]
            done = await _close(viewer, moving, status)
            done += [lead for lead in leads if lead.status is status]
        else:
            values = {"status": status, "closed_at": None, "lost_reason": None}
            done = await change(viewer, leads, LeadActivityType.STATUS_CHANGED, values)
    return _in_order(done, ids)


@allow(*SELLING, scope=Scope.LEADS)
async def convert(viewer: Viewer, id: int, *, value: Decimal | None = None, note: str | None = None) -> Lead:
    """Wins an open lead. Raises NOT_FOUND, VALIDATION_ERROR, INVALID_STATE."""
    check, worth, words = Checks(), None, None
    with check():
        worth = money(value, "value")
    with check():
        words = optional_text(note, "note", most=_MOST_NOTE)
    check.done()
    more = {} if worth is None else {"estimated_value": worth}
    async with transaction():
        leads = await lock(viewer, [id])
        _need_open(leads, field="id")
        [lead] = await _close(viewer, leads, LeadStatus.WON, note=words, **more)
        return lead


@allow(*SELLING, scope=Scope.LEADS)
async def close_lost(viewer: Viewer, id: int, *, reason: str | None = None) -> Lead:
    """Loses an open lead. Raises NOT_FOUND, VALIDATION_ERROR, INVALID_STATE."""
    words = optional_text(reason, "reason", most=_MOST_REASON)
    async with transaction():
        leads = await lock(viewer, [id])
        _need_open(leads, field="id")
        [lead] = await _close(viewer, leads, LeadStatus.LOST, lost_reason=words)
        return lead


async def _close(
    viewer: Viewer, leads: Sequence[Lead], status: LeadStatus, *, note: str | None = None, **more: Any
) -> list[Lead]:
    won = status is LeadStatus.WON
    kind = LeadActivityType.CONVERTED if won else LeadActivityType.LOST
    values = {"status": status, "probability": 100 if won else 0, "closed_at": datetime.now(UTC), **more}
    return await change(viewer, leads, kind, values, note=note)


@allow(*SELLING, scope=Scope.LEADS)
async def mark_contacted(viewer: Viewer, id: int, *, note: str | None = None) -> Lead:
    """Notes that the contact was spoken to; a NEW lead is CONTACTED, and a follow-up that is due is done."""
    words, now = optional_text(note, "note", most=_MOST_NOTE), datetime.now(UTC)
    async with transaction():
        [lead] = await lock(viewer, [id])
        values: dict[str, Any] = {"last_contacted_at": now}
        if lead.status is LeadStatus.NEW:
            values["status"] = LeadStatus.CONTACTED
        if lead.next_follow_up_at is not None and lead.next_follow_up_at <= now:
            values["next_follow_up_at"] = None
        [lead] = await change(viewer, [lead], LeadActivityType.CONTACTED, values, note=words)
        return lead


@allow(*SELLING, scope=Scope.LEADS)
async def follow_up(viewer: Viewer, id: int, *, at: datetime | None = None, note: str | None = None) -> Lead:
    """Plans the next follow-up of an open lead in place of an earlier plan, or none.

    Raises NOT_FOUND, VALIDATION_ERROR, INVALID_STATE.
    """
    check, words = Checks(), None
    with check():
        if at is not None and at < datetime.now(UTC):
            raise Refusal(ErrorCode.VALIDATION_ERROR, "This time is past.", field="at", reason="in_the_past")
    with check():
        words = optional_text(note, "note", most=_MOST_NOTE)
    check.done()
    async with transaction():
        leads = await lock(viewer, [id])
        _need_open(leads, field="id")
        values = {"next_follow_up_at": at, "follow_up_told": False}
        [lead] = await change(viewer, leads, LeadActivityType.FOLLOW_UP_SCHEDULED, values, note=words)
        return lead


@allow(*SELLING, scope=Scope.LEADS)
async def score(viewer: Viewer, id: int, score: int, *, reason: str | None = None) -> Lead:
    """Sets a lead's score. Raises NOT_FOUND, VALIDATION_ERROR."""
    check, points, words = Checks(), 0, None
    with check():
        points = percent(score, "score")
    with check():
        words = optional_text(reason, "reason", most=_MOST_REASON)
    check.done()
    async with transaction():
        leads = await lock(viewer, [id])
        [lead] = await change(viewer, leads, LeadActivityType.SCORE_CHANGED, {"score": points}, note=words)
        return lead


async def tell_due() -> None:
    """Tells once of each follow-up whose time has come."""
    async with transaction():
        for row in await connect.rows(_DUE):
            tell(EventType.LEAD_FOLLOW_UP_DUE, as_row(Lead, row))


async def _lock_many(viewer: Viewer, ids: Sequence[int]) -> list[Lead]:
    if not 0 < len(set(ids)) <= MOST_AT_ONCE:
        words = f"1 to {MOST_AT_ONCE} leads are allowed."
        raise Refusal(ErrorCode.VALIDATION_ERROR, words, field="ids", reason="out_of_range")
    return await lock(viewer, ids, field="ids")


def _in_order(leads: Sequence[Lead], ids: Sequence[int]) -> list[Lead]:
    found = {lead.id: lead for lead in leads}
    return [found[id] for id in dict.fromkeys(ids)]


def _need_open(leads: Sequence[Lead], *, field: str) -> None:
    if closed := [lead for lead in leads if lead.closed_at is not None]:
        words = f"This lead is closed: {closed[0].title} is {closed[0].status}."
        raise Refusal(ErrorCode.INVALID_STATE, words, field=field, reason="closed")
