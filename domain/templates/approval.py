"""What WhatsApp decides about templates: taking in what it says."""

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


async def catch_up(template: MessageTemplate) -> MessageTemplate:
    """Asks once where a template stands: WhatsApp may have decided, and told us, before we had stored it."""
    if (known := await _read(template)) is None:
        return template
    await apply_status(known.status, approval_id=known.id)
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
) -> None:
    """Takes in whether a template may be sent, found by WhatsApp's id, else by name, language and account.

    Schedules that are held for it go on by the clock once it is approved.
    """
    where = Where(["deleted_at IS NULL"])
    where.add(
        "approval_id = {} OR approval_name = {} AND language = {} AND business_account_id = {}",
        *(approval_id, name, language, business_account_id),
    )
    columns: dict[str, str | None] = {"approval_status": status_of(event).value, "reason": reason_of(event, reason)}
    if known := category_of(category or ""):
        columns["category"] = known.value
    await _take_in(where, columns)


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


async def apply_quality(score: str, *, approval_id: str | None) -> None:
    """Takes in how recipients like a template."""
    await _take_in(_of_id(approval_id), {"quality": quality_of(score).value})


async def apply_category(category: str, *, approval_id: str | None) -> None:
    """Takes in what WhatsApp takes a template for; a word that is none of ours changes nothing."""
    if (known := category_of(category)) is not None:
        await _take_in(_of_id(approval_id), {"category": known.value})


def _of_id(approval_id: str | None) -> Where:
    where = Where(["deleted_at IS NULL"])
    where.add("approval_id = {}", approval_id)
    return where


async def _take_in(where: Where, columns: Mapping[str, str | None]) -> None:
    """Writes what WhatsApp told, and announces it where it is news."""
    async with transaction():
        news = " OR ".join(f"{column} IS DISTINCT FROM {where.place(value)}" for column, value in columns.items())
        found = await connect.row(
            f"SELECT id, {news} AS news FROM message_template WHERE {where.sql} LIMIT 1 FOR UPDATE", *where.values
        )
        if found is None:
            return
        if not found["news"]:
            await connect.execute("UPDATE message_template SET synced_at = now() WHERE id = $1", found["id"])
            return
        sets = ", ".join(f"{column} = ${place}" for place, column in enumerate(columns, 2))
        await connect.execute(
            f"UPDATE message_template SET {sets}, synced_at = now(), updated_at = now() WHERE id = $1",
            *(found["id"], *columns.values()),
        )
        record_update(found["id"])


def record_update(template_id: int, *, actor_id: int | None = None) -> None:
    """Announces that what WhatsApp thinks of a template has changed."""
    record(EventType.TEMPLATE_UPDATED, "MessageTemplate", template_id, actor_id=actor_id)


def status_of(word: str) -> TemplateStatus:
    return _STATUSES.get(word.upper(), TemplateStatus.OTHER)


def category_of(word: str) -> TemplateCategory | None:
    return TemplateCategory(word) if word in list(TemplateCategory) else None


def quality_of(word: str | None) -> QualityRating:
    return QualityRating(word) if word in list(QualityRating) else QualityRating.UNKNOWN
