"""Message templates: texts with {{placeholders}}, which WhatsApp may have approved."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, TypedDict, Unpack

from db import campaigns, schedules
from db.accounts import Role, Scope
from db.campaigns import CampaignStatus
from db.core import connect
from db.core.columns import as_row
from db.core.paging import Order, Page, PageRequest, Where, fetch_page
from db.core.transaction import transaction
from db.schedules import ScheduleCounts
from db.templates import MessageTemplate, TemplateCategory, TemplateStatus
from domain import audit, senders
from domain.core.access import Viewer, allow
from domain.core.errors import Checks, ErrorCode, Refusal, not_found, text
from domain.core.search import contains
from domain.providers.cloud_components import to_components
from domain.templates import approval as at_whatsapp
from domain.templates import codes, parts, submission, sync
from domain.templates.headers import file_header
from domain.templates.owners import sender_of
from domain.templates.rendering import variables_of
from domain.templates.submission import Approval

EDITABLE = (TemplateStatus.APPROVED, TemplateStatus.REJECTED, TemplateStatus.PAUSED)
"""Those that WhatsApp lets be changed."""


# ---------------------------------------------------------------------------
# Reading
# ---------------------------------------------------------------------------


class MessageTemplateOrder(StrEnum):
    CREATED_AT = "CREATED_AT"
    UPDATED_AT = "UPDATED_AT"
    TITLE = "TITLE"


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


# ---------------------------------------------------------------------------
# Changing
# ---------------------------------------------------------------------------


class TemplateValues(TypedDict, total=False):
    """What a person writes in a template. A change leaves as it is what is left out."""

    title: str | None
    content: str | None
    header: Mapping[str, Any] | None
    footer: str | None
    buttons: Sequence[Mapping[str, Any]] | None


class TemplateChanges(TemplateValues, total=False):
    examples: Any
    """For the placeholders of new wording that WhatsApp is to approve."""


@allow(Role.ADMIN, Role.MARKETER, scope=Scope.CAMPAIGNS)
async def create(
    viewer: Viewer, *, approval: Approval | None = None, **given: Unpack[TemplateValues]
) -> MessageTemplate:
    """Stores a template, and submits it to WhatsApp if asked to; what WhatsApp refuses is not stored."""
    check = Checks()
    title = given.get("title") or ""
    wording: TemplateValues = {**given, "title": title, "content": given.get("content") or ""}
    is_code = approval is not None and approval.category is TemplateCategory.AUTHENTICATION
    if approval is not None and is_code:
        values = _checked(check, {"title": title}, None, approval=True)
        values |= codes.check_code(check, given, approval.one_time_code or {})
    else:
        values = _checked(check, wording, None, approval=approval is not None)
    if approval is not None:
        values |= submission.prepare(check, approval, title=title, values={**wording, **values})
    check.done()
    if media := (given.get("header") or {}).get("media"):
        by = approval.sender_id if approval else None
        values["header"] = await file_header(viewer, media, sender_id=by, approval=approval is not None)
    if approval is None:
        return await MessageTemplate.create(**values)
    template = await submission.submit(viewer, values, approval.sender_id)
    if is_code:
        return await sync.take_words(template)
    return await at_whatsapp.catch_up(template)


@allow(Role.ADMIN, Role.MARKETER, scope=Scope.CAMPAIGNS, bound=False)
async def update(viewer: Viewer, id: int, **changes: Unpack[TemplateChanges]) -> MessageTemplate:
    """Changes a template, at WhatsApp too where it is known there; schedules that wait send the new wording.

    Raises INVALID_STATE when the wording at WhatsApp is to change while a schedule or campaign sends it: WhatsApp
    reviews it anew and takes none of the messages meanwhile. From here on it is PENDING, so that none begins with it.
    Nor does the wording change while WhatsApp reviews it, or more often than WhatsApp allows.
    """
    template = await visible(viewer, id)
    known = template.approval_name is not None
    check = Checks()
    codes.check_change(check, template, changes)
    values = _checked(check, changes, template, approval=known)
    if not check.refusals and (media := (changes.get("header") or {}).get("media")):
        by = await sender_of(template) if known else None
        values["header"] = await file_header(viewer, media, sender_id=by, approval=known)
    changed = _changed(template, values)
    resubmitted = known and to_components(changed) != to_components(template)
    if resubmitted:
        with check():
            _same_format(template, changed)
        with check():
            wording = {"content": changed.content, "header": changed.header, "buttons": changed.buttons}
            values["examples"] = submission.examples_of(
                wording, changes.get("examples"), field="examples", former=template.examples
            )
    check.done()
    former: TemplateStatus | None = None
    if resubmitted:
        if template.approval_status is TemplateStatus.PENDING:
            template = await at_whatsapp.catch_up_late(template)
        former = await _put_under_review(viewer, id)
        try:
            await submission.resubmit(changed, values["examples"])
        except BaseException:
            # Refused, or cut off by whoever asked; and no answer does not say that nothing was changed.
            await _end_review(id, await at_whatsapp.standing(template) or former)
            raise
    async with transaction():
        template = await visible(viewer, id, lock="FOR UPDATE")
        if not known and values.keys() & _WORDING:
            await _need_no_campaign(id)
        now = await connect.value("SELECT now()")
        values["updated_at"] = now
        if resubmitted:
            values |= {"reason": None, "synced_at": now}
            if former is TemplateStatus.APPROVED:
                values["edited_at"] = [*(template.edited_at or [])[-9:], now]
        for column, value in values.items():
            setattr(template, column, value)
        await template.save(update_fields=values)
        if resubmitted:
            at_whatsapp.record_update(id, actor_id=viewer.user_id)
    return await at_whatsapp.catch_up(template) if resubmitted else template


_WORDING = {"content", "header", "footer", "buttons"}


async def _need_no_campaign(id: int) -> None:
    """A campaign sends what a text of ours was when it started."""
    if await campaigns.needed("template_id", id, (CampaignStatus.RUNNING, CampaignStatus.PAUSED)):
        words = "A campaign that is not done sends this text: stop it first, or write another template."
        raise Refusal(ErrorCode.INVALID_STATE, words, field="id", reason="in_use")


def _changed(template: MessageTemplate, values: Mapping[str, Any]) -> MessageTemplate:
    """The template as it is to be."""
    kept = ("approval_id", "approval_name", "language", "category", "positional", "other_components")
    worded = ("title", "content", "header", "footer", "buttons")
    return MessageTemplate(
        **{name: getattr(template, name) for name in kept},
        **{name: values.get(name, getattr(template, name)) for name in worded},
        business_account_id=template.business_account_id,
    )


def _same_format(template: MessageTemplate, changed: MessageTemplate) -> None:
    """WhatsApp keeps whether the placeholders of a template are named or numbered."""
    names = variables_of(changed.content, changed.header, changed.buttons)
    if names and parts.numbered(changed.content, changed.header, changed.buttons) != template.positional:
        what = "numbered, {{1}} and so on" if template.positional else "named"
        raise parts.wrong(f"The placeholders of this template are {what}.", "content", "other_format")


@allow(Role.ADMIN, Role.MARKETER, scope=Scope.CAMPAIGNS, bound=False)
async def unpause(viewer: Viewer, id: int) -> MessageTemplate:
    """Asks WhatsApp to end the pause of a template. Raises INVALID_STATE unless it is PAUSED, WHATSAPP_API_ERROR."""
    template = await visible(viewer, id)
    if template.approval_status is not TemplateStatus.PAUSED:
        status = template.approval_status or "a text of ours alone"
        raise Refusal(ErrorCode.INVALID_STATE, f"Only a template that is PAUSED goes on; this is {status}.", field="id")
    await submission.unpause(template)
    return await at_whatsapp.catch_up(template)


@allow(Role.ADMIN, Role.MARKETER, scope=Scope.CAMPAIGNS, bound=False)
async def delete(viewer: Viewer, id: int) -> int:
    """Removes a template, at WhatsApp too. Raises INVALID_STATE while a schedule or campaign that is not done needs it.

    It is hidden first, so that no new schedule takes it, and shown again where WhatsApp refuses.
    """
    async with transaction():
        template = await visible(viewer, id, lock="FOR UPDATE")
        if await schedules.needed("template_id", id) or await campaigns.needed("template_id", id):
            words = "Schedules or campaigns that are not done need this template."
            raise Refusal(ErrorCode.INVALID_STATE, words, field="id")
        await _hide(id, hidden=True)
        await audit.note(
            viewer, "deleteMessageTemplate", {"title": (template.title, None)}, subject=("MessageTemplate", id)
        )
    try:
        await submission.withdraw(template)
    except BaseException:
        async with transaction():
            await _hide(id, hidden=False)
            # WhatsApp keeps it, and so do we.
            await audit.note(
                viewer, "deleteMessageTemplate", {"title": (None, template.title)}, subject=("MessageTemplate", id)
            )
        raise
    return id


async def _put_under_review(viewer: Viewer, id: int) -> TemplateStatus:
    """Answers where the template stood. Of two who change it at once the other finds it so."""
    async with transaction():
        template = await visible(viewer, id, lock="FOR UPDATE")
        former = template.approval_status
        if former is TemplateStatus.PENDING:
            raise Refusal(ErrorCode.INVALID_STATE, "WhatsApp is reviewing this template.", field="id", reason="pending")
        if former not in EDITABLE:
            words = f"The template is {former} at WhatsApp; one that is {', '.join(EDITABLE)} may be changed."
            raise Refusal(ErrorCode.INVALID_STATE, words, field="id", reason=former.lower())
        sending = "SELECT EXISTS (SELECT 1 FROM schedule WHERE template_id = $1 AND status = 'PROCESSING')"
        if await connect.value(sending, id):
            raise Refusal(ErrorCode.INVALID_STATE, "A schedule is being sent with this template.", field="id")
        if await campaigns.needed("template_id", id, (CampaignStatus.RUNNING,)):
            raise Refusal(ErrorCode.INVALID_STATE, "A campaign is being sent with this template.", field="id")
        now = await connect.value("SELECT now()")
        if former is TemplateStatus.APPROVED:
            _check_often(template.edited_at or [], now)
        await connect.execute(
            "UPDATE message_template SET approval_status = 'PENDING', synced_at = now() WHERE id = $1", id
        )
    return former


def _check_often(edited_at: Sequence[datetime], now: datetime) -> None:
    """Raises INVALID_STATE where WhatsApp would refuse another edit of an approved template; with when it would not."""
    for most, span in ((1, timedelta(days=1)), (10, timedelta(days=30))):
        recent = sorted(at for at in edited_at if now - at < span)
        if len(recent) >= most:
            words = "WhatsApp takes one change of an approved template a day, and ten in 30 days."
            after = recent[-most] + span
            raise Refusal(ErrorCode.INVALID_STATE, words, field="id", reason="edited_often", after=after.isoformat())


async def _end_review(id: int, status: TemplateStatus) -> None:
    """Unless WhatsApp has told us meanwhile."""
    sql = "UPDATE message_template SET approval_status = $2 WHERE id = $1 AND approval_status = 'PENDING'"
    await connect.execute(sql, id, status.value)


async def _hide(id: int, *, hidden: bool) -> None:
    sql = "UPDATE message_template SET deleted_at = CASE WHEN $2 THEN now() END, updated_at = now() WHERE id = $1"
    await connect.execute(sql, id, hidden)


def _checked(
    check: Checks, given: TemplateValues, template: MessageTemplate | None, *, approval: bool
) -> dict[str, Any]:
    """Columns of what was given, each within its bounds, and the whole of them as well."""
    values: dict[str, Any] = {}
    with check():
        if "title" in given:
            values["title"] = text(given["title"] or "", "title", most=255)
    with check():
        if "header" in given:
            values["header"] = parts.check_header(given["header"], check, approval=approval)
    with check():
        if "footer" in given:
            values["footer"] = parts.check_footer(given["footer"])
    if "buttons" in given:
        values["buttons"] = parts.check_buttons(given["buttons"], check, approval=approval)
    around = {name: values.get(name, getattr(template, name, None)) for name in ("header", "footer", "buttons")}
    if values.keys() & around.keys():
        parts.check_whole(check, **around, approval=approval)
    with check():
        content = given["content"] or "" if "content" in given else getattr(template, "content", "")
        if "content" in given or values.keys() & around.keys():
            surrounded = any(value is not None for value in around.values())
            checked = parts.check_content(content, approval=approval, surrounded=surrounded)
            if "content" in given:
                values["content"] = checked
    return values
