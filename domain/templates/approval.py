"""What WhatsApp decides about templates: taking in what it says.

News may come late, again, and in any order, so that each kind of them (status, quality, category) is held against the
time of what we know. Of one second the word that comes last in the alphabet holds, whatever the order; APPROVED is the
first of its kind.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog

from db.core import connect
from db.core.paging import Where
from db.core.transaction import transaction
from db.events import EventType, record
from db.templates import MessageTemplate, QualityRating, TemplateCategory, TemplateStatus
from domain.core.errors import Refusal
from domain.providers import cloud_templates
from domain.providers.cloud_templates import Known
from domain.templates.owners import owner_of

log = structlog.get_logger()

_STATUSES = {
    "APPROVED": TemplateStatus.APPROVED,
    "REINSTATED": TemplateStatus.APPROVED,
    "FLAGGED": TemplateStatus.APPROVED,
    "PENDING": TemplateStatus.PENDING,
    "IN_APPEAL": TemplateStatus.PENDING,
    "REJECTED": TemplateStatus.REJECTED,
    "PAUSED": TemplateStatus.PAUSED,
    "DISABLED": TemplateStatus.DISABLED,
    "DELETED": TemplateStatus.DELETED,
    "PENDING_DELETION": TemplateStatus.DELETED,
}
"""WhatsApp's words (A7). A flagged template is warned, and may be sent all the same; any other word is OTHER."""

_UNHEARD = timedelta(minutes=1)
"""Longer than WhatsApp may take to answer."""

TOLD_AT = {"approval_status": "status_told_at", "quality": "quality_told_at", "category": "category_told_at"}
AS_OF = "now() - interval '1 min'"
"""What WhatsApp answers us is as of then at least: its clock may differ from ours, and counts seconds."""


async def catch_up(template: MessageTemplate) -> MessageTemplate:
    """Asks once where a template stands: WhatsApp may have decided, and told us, before we had stored it."""
    asked = await connect.value("SELECT now()")
    if (known := await _read(template)) is None:
        return template
    await apply_status(known.status, approval_id=known.id, asked=asked)
    return await MessageTemplate.get(id=template.id)


async def catch_up_late(template: MessageTemplate) -> MessageTemplate:
    """The same for one of which nothing was heard for a minute: it was not told, or whoever was changing it is dead."""
    assert template.synced_at is not None
    return await catch_up(template) if datetime.now(UTC) - template.synced_at > _UNHEARD else template


async def standing(template: MessageTemplate) -> TemplateStatus | None:
    """Where a template stands at WhatsApp; None when that cannot be asked."""
    known = await _read(template)
    return None if known is None else status_of(known.status)


async def _read(template: MessageTemplate) -> Known | None:
    owner = await owner_of(template)
    if owner is None or template.approval_id is None:
        return None
    try:
        return await cloud_templates.read_template(owner, template.approval_id)
    except Refusal as refusal:
        log.warning("template_not_read", template_id=template.id, reason=refusal.message)
        return None


async def apply_status(
    event: str,
    *,
    approval_id: str | None,
    name: str | None = None,
    language: str | None = None,
    business_account_id: str | None = None,
    reason: str | None = None,
    category: str | None = None,
    at: datetime | None = None,
    asked: datetime | None = None,
) -> None:
    """Takes in whether a template may be sent, found by WhatsApp's id, else by name, language and account.

    `at` is when WhatsApp says that it was so; None where it has just answered us, who began to ask at `asked`.
    Schedules that are held for the template go on by the clock once it is approved.
    """
    where = Where(["deleted_at IS NULL"])
    where.add(
        "approval_id = {} OR approval_name = {} AND language = {} AND business_account_id = {}",
        *(approval_id, name, language, business_account_id),
    )
    columns = {"approval_status": status_of(event).value}
    if known := category_of(category or ""):
        columns["category"] = known.value
    await _take_in(where, columns, at, reason=reason_of(event, reason), asked=asked)


def reason_of(word: str, reason: str | None) -> str | None:
    """Why a template is in its status; WhatsApp's own word, too, where that says more than ours."""
    words = [word if status_of(word) is TemplateStatus.OTHER or word.upper() == "FLAGGED" else "", reason or ""]
    return ": ".join(each for each in words if each not in ("", "NONE")) or None


def told_reason(value: Mapping[str, Any]) -> str | None:
    """All that an update says of why: a code, what kind of pause it is, what is wrong and what would mend it (C6)."""
    parts = [value.get("reason")]
    for name, keys in (
        ("other_info", ("title", "description")),
        ("rejection_info", ("reason", "recommendation")),
        ("disable_info", ("disable_date",)),
    ):
        match value.get(name):
            case {**about}:
                parts += [about.get(key) for key in keys]
            case _:
                pass
    words = [part for part in parts if isinstance(part, str) and part not in ("", "NONE")]
    return ": ".join(dict.fromkeys(words)) or None


async def apply_quality(score: str, *, approval_id: str | None, at: datetime | None = None) -> None:
    """Takes in how recipients like a template."""
    await _take_in(_of_id(approval_id), {"quality": quality_of(score).value}, at)


async def apply_category(category: str, *, approval_id: str | None, at: datetime | None = None) -> None:
    """Takes in what WhatsApp takes a template for; a word that is none of ours changes nothing."""
    if (known := category_of(category)) is not None:
        await _take_in(_of_id(approval_id), {"category": known.value}, at)


def _of_id(approval_id: str | None) -> Where:
    where = Where(["deleted_at IS NULL"])
    where.add("approval_id = {}", approval_id)
    return where


async def _take_in(
    where: Where,
    told: Mapping[str, str],
    at: datetime | None,
    *,
    reason: str | None = None,
    asked: datetime | None = None,
) -> None:
    """Writes what WhatsApp told where it is no older than what we know, and announces it where it is news.

    The reason goes with the status.
    """
    async with transaction():
        known = await connect.row(
            f"SELECT *, {AS_OF} AS as_of FROM message_template WHERE {where.sql} LIMIT 1 FOR UPDATE", *where.values
        )
        if known is None or heard_since(known["synced_at"], asked):
            return
        values: dict[str, Any] = {}
        for column, value in told.items():
            since = known[TOLD_AT[column]]
            if at is None or since is None or (at, value) >= (since, known[column] or ""):
                values |= {column: value, TOLD_AT[column]: at or as_of(known["as_of"], since)}
                values |= {"reason": reason} if column == "approval_status" else {}
        news = any(known[column] != value for column, value in values.items() if column not in TOLD_AT.values())
        sets = "".join(f"{column} = ${place}, " for place, column in enumerate(values, 2))
        touched = ", updated_at = now()" if news else ""
        await connect.execute(
            f"UPDATE message_template SET {sets}synced_at = now(){touched} WHERE id = $1", known["id"], *values.values()
        )
        if news:
            record_update(known["id"])


def heard_since(synced_at: datetime | None, asked: datetime | None) -> bool:
    """Whether something was heard of a template after WhatsApp was asked, whose answer may then be the older."""
    return synced_at is not None and asked is not None and synced_at > asked


def as_of(answered: datetime, since: datetime | None) -> datetime:
    """The time of what WhatsApp answers us: after all that was told until then."""
    return answered if since is None else max(answered, since + timedelta(microseconds=1))


def record_update(template_id: int, *, actor_id: int | None = None) -> None:
    """Announces that what WhatsApp thinks of a template has changed."""
    record(EventType.TEMPLATE_UPDATED, "MessageTemplate", template_id, actor_id=actor_id)


def status_of(word: str) -> TemplateStatus:
    return _STATUSES.get(word.upper(), TemplateStatus.OTHER)


def category_of(word: str) -> TemplateCategory | None:
    return TemplateCategory(word) if word in list(TemplateCategory) else None


def quality_of(word: str | None) -> QualityRating:
    return QualityRating(word) if word in list(QualityRating) else QualityRating.UNKNOWN
