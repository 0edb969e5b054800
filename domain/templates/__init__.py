"""Message templates: texts with {{placeholders}}, which WhatsApp may have approved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypedDict, Unpack

from db import schedules
from db.accounts import Role, Scope
from db.core import connect
from db.core.columns import as_row
from db.core.paging import Order, Page, PageRequest, Where, fetch_page
from db.core.transaction import transaction
from db.schedules import ScheduleCounts
from db.templates import MessageTemplate, TemplateCategory, TemplateStatus
from domain import senders
from domain.core.access import Viewer, allow
from domain.core.bounds import unbound
from domain.core.errors import Checks, ErrorCode, Refusal, not_found, text
from domain.core.search import contains
from domain.templates import approval as at_whatsapp
from domain.templates.approval import Approval
from domain.templates.placeholders import compile_template, fill

MOST_CHARACTERS, MOST_CHARACTERS_APPROVED = 5000, 1024
"""Of a content: one of ours alone, and one that WhatsApp is to approve."""


# ---------------------------------------------------------------------------
# Reading
# ---------------------------------------------------------------------------


class MessageTemplateOrder(StrEnum):
    CREATED_AT = "CREATED_AT"
    UPDATED_AT = "UPDATED_AT"
    TITLE = "TITLE"


@dataclass(frozen=True, slots=True)
class Preview:
    """A template as it would be sent, and the placeholders that nothing fills."""

    content: str
    missing: list[str]


_OWN_ACCOUNT = "message_template.business_account_id = (SELECT business_account_id FROM sender WHERE id = {})"


def _visible(viewer: Viewer, *, deleted: bool = False) -> Where:
    """A token bound to a sender sees our own texts, and the templates of its sender's account."""
    where = Where()
    if not deleted:
        where.add("message_template.deleted_at IS NULL")
    if viewer.sender_id is not None:
        where.add(f"message_template.approval_name IS NULL OR {_OWN_ACCOUNT}", viewer.sender_id)
    return where


async def visible(viewer: Viewer, id: int, *, field: str = "id", lock: str = "") -> MessageTemplate:
    """A template that the caller may see, its row locked where `lock` says how. Raises NOT_FOUND."""
    where = _visible(viewer)
    where.add("message_template.id = {}", id)
    found = await connect.row(f"SELECT * FROM message_template WHERE {where.sql} {lock}", *where.values)
    if found is None:
        raise not_found("message template", field=field)
    return as_row(MessageTemplate, found)


@allow()
async def get(viewer: Viewer, id: int) -> MessageTemplate:
    return await visible(viewer, id)


@allow()
async def find(
    viewer: Viewer,
    *,
    search: str | None = None,
    status: Sequence[TemplateStatus] | None = None,
    category: Sequence[TemplateCategory] | None = None,
    language: str | None = None,
    sender_id: int | None = None,
    order: MessageTemplateOrder = MessageTemplateOrder.CREATED_AT,
    descending: bool = True,
    page: PageRequest,
) -> Page[MessageTemplate]:
    """Templates that match. Those that a sender may send are our own texts, and approved ones of its account."""
    where = _visible(viewer)
    if pattern := contains(search):
        where.add("message_template.title ILIKE {} OR message_template.content ILIKE {}", pattern, pattern)
    if status is not None:
        where.add("message_template.approval_status = ANY({}::text[])", list(status))
    if category is not None:
        where.add("message_template.category = ANY({}::text[])", list(category))
    if language is not None:
        where.add("message_template.language = {}", language)
    if sender_id is not None:
        await senders.visible(viewer, sender_id, field="senderId")
        approved = f"message_template.approval_status = 'APPROVED' AND {_OWN_ACCOUNT}"
        where.add(f"message_template.approval_name IS NULL OR {approved}", sender_id)
    return await fetch_page(MessageTemplate, where, _order(order, descending), page)


def _order(order: MessageTemplateOrder, descending: bool) -> Order:
    match order:
        case MessageTemplateOrder.CREATED_AT:
            return Order("message_template.created_at", "timestamptz", descending)
        case MessageTemplateOrder.UPDATED_AT:
            return Order("message_template.updated_at", "timestamptz", descending)
        case MessageTemplateOrder.TITLE:
            return Order("message_template.title", "text", descending)


@allow()
async def by_ids(viewer: Viewer, ids: list[int]) -> list[MessageTemplate | None]:
    """Templates that schedules and messages name, deleted ones too."""
    found = {row.id: row for row in await MessageTemplate.filter(id__in=ids)}
    return [found.get(id) for id in ids]


@allow()
async def schedule_counts(viewer: Viewer, ids: list[int]) -> list[ScheduleCounts]:
    """The schedules of each template; those of the own sender alone for a token that is bound to one."""
    return await schedules.counts("template_id", ids, sender_id=viewer.sender_id)


def preview(template: MessageTemplate, own: Mapping[str, str], variables: Mapping[str, Any]) -> Preview:
    """Filled from variables, then from a contact's own values; without a contact, what no variable fills stays."""
    compiled, values = compile_template(template.content), fill(own, variables)
    return Preview(compiled.render(values), compiled.missing(values))


# ---------------------------------------------------------------------------
# Changing
# ---------------------------------------------------------------------------


class TemplateValues(TypedDict, total=False):
    """What a person writes in a template. A change leaves as it is what is left out."""

    title: str | None
    content: str | None


class TemplateChanges(TemplateValues, total=False):
    examples: Any
    """For the placeholders of a new content that WhatsApp is to approve."""


@allow(Role.ADMIN, Role.MARKETER, scope=Scope.CAMPAIGNS)
async def create(
    viewer: Viewer, *, approval: Approval | None = None, **given: Unpack[TemplateValues]
) -> MessageTemplate:
    """Stores a template, and submits it to WhatsApp if asked to; what WhatsApp refuses is not stored."""
    check = Checks()
    title, content = given.get("title") or "", given.get("content") or ""
    values = _checked(check, {**given, "title": title, "content": content}, for_approval=approval is not None)
    submission = at_whatsapp.prepare(check, approval, title=title, content=content) if approval else None
    check.done()
    if submission is None:
        return await MessageTemplate.create(**values)
    # WhatsApp is asked outside of any transaction: it may take seconds.
    values |= await at_whatsapp.submit(viewer, submission, values["content"])
    async with transaction():
        template = await MessageTemplate.create(**values)
        at_whatsapp.record_update(template.id, actor_id=viewer.user_id)
    return await at_whatsapp.catch_up(template)


@allow(Role.ADMIN, Role.MARKETER, scope=Scope.CAMPAIGNS)
async def update(viewer: Viewer, id: int, **changes: Unpack[TemplateChanges]) -> MessageTemplate:
    """Changes a template, at WhatsApp too where it is known there; schedules that wait send the new content.

    Raises INVALID_STATE when the text at WhatsApp is to change while a schedule sends it: WhatsApp reviews it anew and
    takes none of the messages meanwhile. From here on it is PENDING, so that no schedule begins with it. Nor does the
    text change while WhatsApp reviews it.
    """
    unbound(viewer)
    template = await visible(viewer, id)
    known = template.approval_name is not None
    check = Checks()
    values = _checked(check, changes, for_approval=known)
    resubmitted = known and values.get("content", template.content) != template.content
    examples: dict[str, str] = {}
    if resubmitted:
        with check():
            examples = at_whatsapp.examples_of(values["content"], changes.get("examples"), field="examples")
    check.done()
    if resubmitted:
        if template.approval_status is TemplateStatus.PENDING:
            template = await at_whatsapp.catch_up_late(template)
        former = await _put_under_review(viewer, id)
        try:
            values |= await at_whatsapp.resubmit(template, values["content"], examples)
        except BaseException:
            # Refused, or cut off by whoever asked; and no answer does not say that nothing was changed.
            await _end_review(id, await at_whatsapp.standing(template) or former)
            raise
    async with transaction():
        template = await visible(viewer, id, lock="FOR UPDATE")
        values["updated_at"] = await connect.value("SELECT now()")
        for column, value in values.items():
            setattr(template, column, value)
        await template.save(update_fields=values)
        if resubmitted:
            at_whatsapp.record_update(id, actor_id=viewer.user_id)
    return await at_whatsapp.catch_up(template) if resubmitted else template


@allow(Role.ADMIN, Role.MARKETER, scope=Scope.CAMPAIGNS)
async def delete(viewer: Viewer, id: int) -> int:
    """Removes a template, at WhatsApp too. Raises INVALID_STATE while a schedule that is not done needs it.

    It is hidden first, so that no new schedule takes it, and shown again where WhatsApp refuses.
    """
    unbound(viewer)
    async with transaction():
        template = await visible(viewer, id, lock="FOR UPDATE")
        if await schedules.needed("template_id", id):
            raise Refusal(ErrorCode.INVALID_STATE, "Schedules that are not done need this template.", field="id")
        await _hide(id, hidden=True)
    try:
        await at_whatsapp.withdraw(template)
    except BaseException:
        await _hide(id, hidden=False)
        raise
    return id


async def _put_under_review(viewer: Viewer, id: int) -> TemplateStatus:
    """Answers where the template stood. Of two who change it at once the other finds it so."""
    async with transaction():
        former = (await visible(viewer, id, lock="FOR UPDATE")).approval_status
        if former is TemplateStatus.PENDING:
            raise Refusal(ErrorCode.INVALID_STATE, "WhatsApp is reviewing this template.", field="id", reason="pending")
        sending = "SELECT EXISTS (SELECT 1 FROM schedule WHERE template_id = $1 AND status = 'PROCESSING')"
        if await connect.value(sending, id):
            raise Refusal(ErrorCode.INVALID_STATE, "A schedule is being sent with this template.", field="id")
        await connect.execute(
            "UPDATE message_template SET approval_status = 'PENDING', synced_at = now() WHERE id = $1", id
        )
    return former


async def _end_review(id: int, status: TemplateStatus) -> None:
    """Unless WhatsApp has told us meanwhile."""
    sql = "UPDATE message_template SET approval_status = $2 WHERE id = $1 AND approval_status = 'PENDING'"
    await connect.execute(sql, id, status.value)


async def _hide(id: int, *, hidden: bool) -> None:
    sql = "UPDATE message_template SET deleted_at = CASE WHEN $2 THEN now() END, updated_at = now() WHERE id = $1"
    await connect.execute(sql, id, hidden)


def _checked(check: Checks, given: TemplateValues, *, for_approval: bool) -> dict[str, Any]:
    """Columns of what was given, each within its bounds."""
    values: dict[str, Any] = {}
    with check():
        if "title" in given:
            values["title"] = text(given["title"] or "", "title", most=255)
    with check():
        if "content" in given:
            most = MOST_CHARACTERS_APPROVED if for_approval else MOST_CHARACTERS
            values["content"] = text(given["content"] or "", "content", most=most)
    return values
