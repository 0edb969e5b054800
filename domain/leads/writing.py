"""Making, changing and deleting leads."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypedDict, Unpack

import orjson
from asyncpg import Record

from db.accounts import Role, Scope
from db.core import connect
from db.core.transaction import transaction
from db.events import EventType
from db.leads import CLOSED, Lead, LeadActivityType, LeadStatus
from db.messages import Priority
from domain import accounts, audit
from domain.campaigns import reading as campaigns
from domain.contacts import reading as contacts
from domain.conversations import reading as conversations
from domain.core.access import Viewer, allow
from domain.core.errors import Checks, ErrorCode, Refusal, not_found, optional_text, text
from domain.leads.reading import lock, percent
from domain.leads.trail import change, note_down, tell

SELLING = (Role.ADMIN, Role.MARKETER, Role.SALES)
"""Who has leads, and may be given some."""
MOST_VALUE = Decimal(10) ** 12
BY_CAMPAIGN = "whatsapp_campaign"
"""The source of a lead that begins with an answer to a campaign."""

# A reply belongs to the campaign that it answers: the one that it quotes, or the one that counted it.
_BEGUN = """
SELECT m.id, m.contact_id, m.sender_id, m.referral, v.id AS conversation_id,
       coalesce(m.campaign_id, q.campaign_id, r.campaign_id) AS campaign_id
FROM message m
LEFT JOIN message q ON q.id = m.reply_to_id
LEFT JOIN conversation v ON v.sender_id = m.sender_id AND v.contact_id = m.contact_id AND v.deleted_at IS NULL
LEFT JOIN LATERAL (
  SELECT r.campaign_id FROM message s JOIN campaign_recipient r USING (campaign_id, contact_id)
  WHERE s.contact_id = m.contact_id AND s.sender_id = m.sender_id AND s.campaign_id IS NOT NULL AND r.reply_id = m.id
  ORDER BY r.campaign_id DESC LIMIT 1
) r ON true
WHERE m.id = $1 AND m.deleted_at IS NULL
"""


class LeadChanges(TypedDict, total=False):
    """What is left out stays; None clears what may be empty."""

    title: str | None
    description: str | None
    priority: Priority | None
    source: str | None
    estimated_value: Decimal | None
    probability: int | None
    campaign_id: int | None


@allow(*SELLING, scope=Scope.LEADS)
async def create(
    viewer: Viewer,
    *,
    contact_id: int,
    title: str,
    description: str | None = None,
    status: LeadStatus = LeadStatus.NEW,
    priority: Priority = Priority.NORMAL,
    source: str | None = None,
    estimated_value: Decimal | None = None,
    probability: int = 0,
    score: int = 0,
    assigned_to_id: int | None = None,
    campaign_id: int | None = None,
    conversation_id: int | None = None,
    message_id: int | None = None,
) -> Lead:
    """Creates a lead. The message that it begins with says what else is left out: conversation, campaign, source.

    Raises VALIDATION_ERROR, NOT_FOUND.
    """
    check = Checks()
    values = _checked(
        {
            "title": title,
            "description": description,
            "priority": priority,
            "source": source,
            "estimated_value": estimated_value,
            "probability": probability,
        },
        check,
    )
    with check():
        values["score"] = percent(score, "score")
    with check():
        values["status"] = status
        if status in CLOSED:
            words = "A lead begins open; win or lose it afterwards."
            raise Refusal(ErrorCode.VALIDATION_ERROR, words, field="status", reason="closed")
    async with transaction():
        with check():
            if assigned_to_id is not None:
                values["assigned_to_id"] = (
                    await accounts.assignee(viewer, assigned_to_id, SELLING, field="assignedToId")
                ).id
        with check():
            values["contact_id"] = (await contacts.visible(viewer, contact_id, field="contactId")).id
        with check():
            if campaign_id is not None:
                values["campaign_id"] = (await campaigns.visible(viewer, campaign_id, field="campaignId")).id
        with check():
            if conversation_id is not None:
                values["conversation_id"] = await _conversation(viewer, conversation_id, contact_id)
        with check():
            if message_id is not None:
                begun = await _begun(viewer, message_id, contact_id)
                values = {**_said_by(begun), **{name: value for name, value in values.items() if value is not None}}
        check.done()
        lead = await Lead.create(**values, been=LeadStatus.NEW.bit | status.bit)
        began = {lead.id: {"status": [None, lead.status]}}
        await note_down(viewer, [lead], LeadActivityType.CREATED, began)
        return await Lead.get(id=lead.id)


async def _conversation(viewer: Viewer, id: int, contact_id: int) -> int:
    found = await conversations.visible(viewer, id, field="conversationId")
    if found.contact_id != contact_id:
        words = "This conversation is with another contact."
        raise Refusal(ErrorCode.VALIDATION_ERROR, words, field="conversationId", reason="other_contact")
    return found.id


async def _begun(viewer: Viewer, id: int, contact_id: int) -> Record:
    found = await connect.row(_BEGUN, id)
    if found is None or viewer.sender_id not in (None, found["sender_id"]):
        raise not_found("message", field="messageId")
    if found["contact_id"] != contact_id:
        words = "This message is of another contact."
        raise Refusal(ErrorCode.VALIDATION_ERROR, words, field="messageId", reason="other_contact")
    return found


def _said_by(begun: Record) -> dict[str, Any]:
    """What the message that a lead begins with says of it."""
    ad = orjson.loads(begun["referral"] or "{}")
    named = ":".join(str(ad[part]) for part in ("source_type", "source_id") if ad.get(part))
    return {
        "message_id": begun["id"],
        "conversation_id": begun["conversation_id"],
        "campaign_id": begun["campaign_id"],
        "source": named[:100] or (BY_CAMPAIGN if begun["campaign_id"] else None),
    }


@allow(*SELLING, scope=Scope.LEADS)
async def update(viewer: Viewer, id: int, **changes: Unpack[LeadChanges]) -> Lead:
    """Changes what is given. Raises NOT_FOUND, VALIDATION_ERROR."""
    check = Checks()
    values = _checked(changes, check)
    async with transaction():
        with check():
            if (campaign_id := changes.get("campaign_id")) is not None:
                await campaigns.visible(viewer, campaign_id, field="campaignId")
        if "campaign_id" in changes:
            values["campaign_id"] = changes["campaign_id"]
        check.done()
        [lead] = await change(viewer, await lock(viewer, [id]), LeadActivityType.UPDATED, values)
        return lead


@allow(*SELLING, scope=Scope.LEADS)
async def delete(viewer: Viewer, id: int) -> int:
    """Hides a lead and its activities for good. Raises NOT_FOUND."""
    async with transaction():
        [lead] = await lock(viewer, [id])
        await Lead.filter(id=id).update(deleted_at=datetime.now(UTC))
        await audit.note(viewer, "deleteLead", subject=("Lead", id))
        tell(EventType.LEAD_UPDATED, lead, actor_id=viewer.user_id)
    return id


def _checked(given: LeadChanges, check: Checks) -> dict[str, Any]:
    values: dict[str, Any] = {}
    with check():
        if "title" in given:
            values["title"] = text(given["title"] or "", "title", most=255)
    with check():
        if "description" in given:
            values["description"] = optional_text(given["description"], "description", most=5000)
    with check():
        if "source" in given:
            values["source"] = optional_text(given["source"], "source", most=100)
    with check():
        if "priority" in given:
            values["priority"] = _there(given["priority"], "priority")
    with check():
        if "estimated_value" in given:
            values["estimated_value"] = money(given["estimated_value"], "estimatedValue")
    with check():
        if "probability" in given:
            values["probability"] = percent(_there(given["probability"], "probability"), "probability")
    return values


def _there(value: Any, field: str) -> Any:
    if value is None:
        raise Refusal(ErrorCode.VALIDATION_ERROR, "This cannot be nothing.", field=field, reason="required")
    return value


def money(value: Decimal | None, field: str) -> Decimal | None:
    """Raises VALIDATION_ERROR for what is negative, has more than two decimals, or a trillion and more."""
    if value is None:
        return None
    if not 0 <= value < MOST_VALUE:
        words = "A value is not negative, and less than a trillion."
        raise Refusal(ErrorCode.VALIDATION_ERROR, words, field=field, reason="out_of_range")
    if value != (rounded := value.quantize(Decimal("0.01"))):
        words = "A value has two decimals at most."
        raise Refusal(ErrorCode.VALIDATION_ERROR, words, field=field, reason="too_precise")
    return rounded
