"""What WhatsApp knows of a template: submitting it, changing it there, and taking in what WhatsApp says."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import structlog

from db.core import connect
from db.core.paging import Where
from db.core.transaction import transaction
from db.events import EventType, record
from db.senders import Sender
from db.templates import MessageTemplate, QualityRating, TemplateCategory, TemplateStatus
from domain import senders
from domain.core.access import Viewer
from domain.core.errors import Checks, ErrorCode, Refusal, text
from domain.core.secrets import unseal
from domain.providers import cloud_templates
from domain.providers.cloud_templates import Known, Owner
from domain.templates.placeholders import EXAMPLES, compile_template

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


@dataclass(frozen=True, slots=True)
class Approval:
    """How to submit a template; its name is made of the title, and the sender is the default, where not given."""

    language: str
    category: TemplateCategory
    name: str | None = None
    sender_id: int | None = None
    examples: Any = None


@dataclass(frozen=True, slots=True)
class Submission:
    """An approval that was found in order."""

    name: str
    language: str
    category: TemplateCategory
    sender_id: int | None
    examples: dict[str, str]


def prepare(check: Checks, approval: Approval, *, title: str, content: str) -> Submission:
    """Checks an approval, field by field; what it answers is good only if `check` stays empty."""
    name, language, examples = "", "", dict[str, str]()
    with check():
        name = _name(approval.name, title)
    with check():
        language = _matching(r"[a-z]{2,3}(_[A-Z0-9]{2,4})?", approval.language, "approval.language", "such as en_US")
    with check():
        examples = examples_of(content, approval.examples, field="approval.examples")
    return Submission(name, language, approval.category, approval.sender_id, examples)


def _name(name: str | None, title: str) -> str:
    if name is None:
        plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
        name = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
    return _matching(r"[a-z0-9_]{1,512}", name, "approval.name", "1 to 512 of a-z, 0-9 and _")


def _matching(pattern: str, value: str, field: str, what: str) -> str:
    if re.fullmatch(pattern, value.strip()) is None:
        raise Refusal(ErrorCode.VALIDATION_ERROR, f"This must be {what}.", field=field, reason="invalid_format")
    return value.strip()


def examples_of(content: str, given: Any, *, field: str) -> dict[str, str]:
    """An example for each placeholder, which WhatsApp wants to see; those of a contact have one of their own."""
    if not isinstance(given, dict | None):
        raise Refusal(ErrorCode.VALIDATION_ERROR, "This must be an object.", field=field, reason="not_an_object")
    known = cast("dict[str, Any]", given or {})
    wanted = compile_template(content).variables
    examples = {name: known.get(name) or EXAMPLES.get(name) for name in wanted}
    if missing := [name for name, example in examples.items() if not example]:
        words = f"WhatsApp wants an example of each placeholder; there is none of {', '.join(missing)}."
        raise Refusal(ErrorCode.VALIDATION_ERROR, words, field=field, reason="required", missing=missing)
    return {name: text(str(example), field, most=1000) for name, example in examples.items()}


async def submit(viewer: Viewer, submission: Submission, content: str) -> dict[str, Any]:
    """Submits a text for review; answers the columns of what WhatsApp knows now. Raises WHATSAPP_API_ERROR."""
    sender = await senders.choose(viewer, submission.sender_id, field="approval.senderId")
    owner = _owner(sender)
    if owner is None:
        raise Refusal(
            ErrorCode.VALIDATION_ERROR,
            "This sender has no businessAccountId, which templates need.",
            field="approval.senderId",
            reason="no_business_account",
        )
    try:
        known = await cloud_templates.create_template(
            owner,
            name=submission.name,
            language=submission.language,
            category=submission.category,
            text=compile_template(content).render({}),
            examples=submission.examples,
        )
    except Refusal as refusal:
        refusal.field = "approval"
        raise
    return {
        "approval_id": known.id,
        "approval_name": submission.name,
        "language": submission.language,
        "category": _category(known.category) or submission.category,
        "approval_status": _status(known.status),
        "business_account_id": owner.business_account_id,
        "synced_at": await connect.value("SELECT now()"),
    }


async def resubmit(template: MessageTemplate, content: str, examples: Mapping[str, str]) -> dict[str, Any]:
    """Changes the text at WhatsApp; answers the columns that change along. Raises WHATSAPP_API_ERROR, INVALID_STATE."""
    owner = await _owner_of(template)
    if owner is None or template.approval_id is None:
        raise Refusal(ErrorCode.INVALID_STATE, "No sender of the template's account is left to change it through.")
    rendered = compile_template(content).render({})
    await cloud_templates.edit_template(owner, template.approval_id, text=rendered, examples=examples)
    now = await connect.value("SELECT now()")
    return {"reason": None, "synced_at": now}


async def withdraw(template: MessageTemplate) -> None:
    """Deletes it at WhatsApp; with no sender of its account left, nobody can. Raises WHATSAPP_API_ERROR."""
    owner = await _owner_of(template)
    if owner is not None and template.approval_id is not None and template.approval_name is not None:
        await cloud_templates.delete_template(owner, template.approval_id, template.approval_name)


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
    return None if known is None else _status(known.status)


async def _read(template: MessageTemplate) -> Known | None:
    owner = await _owner_of(template)
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
) -> None:
    """Takes in whether a template may be sent, found by WhatsApp's id, else by name, language and account.

    Schedules that are held for it go on by the clock once it is approved.
    """
    where = Where(["deleted_at IS NULL"])
    where.add(
        "approval_id = {} OR approval_name = {} AND language = {} AND business_account_id = {}",
        *(approval_id, name, language, business_account_id),
    )
    status = _status(event)
    words = [event if status is TemplateStatus.OTHER or event == "FLAGGED" else "", reason or ""]
    told = ": ".join(word for word in words if word not in ("", "NONE")) or None
    await _take_in(where, {"approval_status": status.value, "reason": told})


async def apply_quality(score: str, *, approval_id: str | None) -> None:
    """Takes in how recipients like a template."""
    quality = QualityRating(score) if score in list(QualityRating) else QualityRating.UNKNOWN
    await _take_in(_of_id(approval_id), {"quality": quality.value})


async def apply_category(category: str, *, approval_id: str | None) -> None:
    """Takes in what WhatsApp takes a template for; a word that is none of ours changes nothing."""
    if (known := _category(category)) is not None:
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


def _status(word: str) -> TemplateStatus:
    return _STATUSES.get(word.upper(), TemplateStatus.OTHER)


def _category(word: str) -> TemplateCategory | None:
    return TemplateCategory(word) if word in list(TemplateCategory) else None


def _owner(sender: Sender) -> Owner | None:
    if sender.business_account_id is None or sender.access_token is None:
        return None
    return Owner(sender.business_account_id, unseal(sender.access_token))


async def _owner_of(template: MessageTemplate) -> Owner | None:
    """The account of a template, through any of its senders that is left."""
    sender = (
        await Sender.filter(business_account_id=template.business_account_id, deleted_at=None)
        .exclude(access_token=None)
        .order_by("-is_default", "id")
        .first()
    )
    return None if sender is None else _owner(sender)
