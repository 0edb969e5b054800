"""Submitting templates to WhatsApp, changing and deleting them there.

Whatever is asked of WhatsApp is written down first, since its answer may never come: a template that is submitted is a
hidden row without an approval_id until then, one that is changed is PENDING, one that is deleted is hidden. What
stays so is looked after by sync.py.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from db.content import Button, Header
from db.core import connect
from db.core.transaction import transaction
from db.templates import MessageTemplate, TemplateCategory, TemplateStatus
from domain import senders
from domain.core.access import Viewer
from domain.core.errors import Checks, ErrorCode, Refusal, text
from domain.providers import cloud_codes, cloud_templates
from domain.templates.approval import category_of, record_update, status_of
from domain.templates.headers import show_example
from domain.templates.owners import owner, owner_of
from domain.templates.parts import numbered
from domain.templates.placeholders import EXAMPLES, variables_in


@dataclass(frozen=True, slots=True)
class Approval:
    """How to submit a template; its name is made of the title, and the sender is the default, where not given."""

    language: str
    category: TemplateCategory
    name: str | None = None
    sender_id: int | None = None
    examples: Any = None
    one_time_code: Mapping[str, Any] | None = None
    """What goes with the code of a template of the category AUTHENTICATION, whose words are WhatsApp's."""


def prepare(check: Checks, approval: Approval, *, title: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Checks an approval, field by field; its columns, which are good only if `check` stays empty."""
    columns: dict[str, Any] = {"category": approval.category}
    with check():
        columns["approval_name"] = _name(approval.name, title)
    with check():
        what = "such as en_US"
        columns["language"] = _matching(r"[a-z]{2,3}(_[A-Z0-9]{2,4})?", approval.language, "approval.language", what)
    if approval.category is TemplateCategory.AUTHENTICATION:
        return columns | {"positional": True, "examples": {cloud_codes.VARIABLE: cloud_codes.EXAMPLE}}
    with check():
        if approval.one_time_code is not None:
            words = "Only a template of the category AUTHENTICATION is a one-time code."
            raise Refusal(ErrorCode.VALIDATION_ERROR, words, field="approval.oneTimeCode", reason="not_applicable")
    with check():
        columns["positional"] = numbered(values.get("content", ""), values.get("header"), values.get("buttons"))
    with check():
        columns["examples"] = examples_of(values, approval.examples, field="approval.examples")
    return columns


def _name(name: str | None, title: str) -> str:
    if name is None:
        plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
        name = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
    return _matching(r"[a-z0-9_]{1,512}", name, "approval.name", "1 to 512 of a-z, 0-9 and _")


def _matching(pattern: str, value: str, field: str, what: str) -> str:
    if re.fullmatch(pattern, value.strip()) is None:
        raise Refusal(ErrorCode.VALIDATION_ERROR, f"This must be {what}.", field=field, reason="invalid_format")
    return value.strip()


def examples_of(
    values: Mapping[str, Any], given: Any, *, field: str, former: Mapping[str, str] | None = None
) -> dict[str, str]:
    """An example for each placeholder that WhatsApp sees; those of a contact have one of their own."""
    if not isinstance(given, dict | None):
        raise Refusal(ErrorCode.VALIDATION_ERROR, "This must be an object.", field=field, reason="not_an_object")
    known = {**EXAMPLES, **(former or {}), **{k: v for k, v in cast("dict[str, Any]", given or {}).items() if v}}
    header: Header = values.get("header") or {}
    buttons: Sequence[Button] = values.get("buttons") or []
    texts = [header.get("text"), values.get("content")]
    texts += [text for button in buttons for text in (button.get("url"), button.get("code"))]
    wanted = dict.fromkeys(name for text in texts for name in variables_in(text))
    if missing := [name for name in wanted if not known.get(name)]:
        words = f"WhatsApp wants an example of each placeholder; there is none of {', '.join(missing)}."
        raise Refusal(ErrorCode.VALIDATION_ERROR, words, field=field, reason="required", missing=missing)
    return {name: text(str(known[name]), field, most=1000) for name in wanted}


async def submit(viewer: Viewer, values: Mapping[str, Any], sender_id: int | None) -> MessageTemplate:
    """Stores a template and submits it for review; what WhatsApp refuses is not kept. Raises WHATSAPP_API_ERROR.

    Where no answer comes it stays hidden until it is known whether WhatsApp has it.
    """
    sender = await senders.choose(viewer, sender_id, field="approval.senderId")
    account = owner(sender)
    if account is None:
        raise Refusal(
            ErrorCode.VALIDATION_ERROR,
            "This sender has no businessAccountId, which templates need.",
            field="approval.senderId",
            reason="no_business_account",
        )
    template = await MessageTemplate.create(
        **values,
        business_account_id=account.business_account_id,
        approval_status=TemplateStatus.PENDING,
        deleted_at=(now := await connect.value("SELECT now()")),
        synced_at=now,
    )
    try:
        # WhatsApp is asked outside of any transaction: it may take seconds.
        handle = await show_example(account, template.header)
        known = await cloud_templates.create_template(account, template, template.examples or {}, handle=handle)
    except Refusal as refusal:
        refusal.field = refusal.field or "approval"
        if refusal.details.get("reason") != cloud_templates.NO_ANSWER:
            await MessageTemplate.filter(id=template.id, approval_id=None).delete()
        raise
    async with transaction():
        template.approval_id, template.deleted_at = known.id, None
        template.synced_at = await connect.value("SELECT now()")
        template.approval_status = status_of(known.status)
        template.category = category_of(known.category) or template.category
        await template.save(update_fields=["approval_id", "deleted_at", "synced_at", "approval_status", "category"])
        record_update(template.id, actor_id=viewer.user_id)
    return template


async def resubmit(template: MessageTemplate, examples: Mapping[str, str]) -> None:
    """Changes a template at WhatsApp. Raises WHATSAPP_API_ERROR, INVALID_STATE."""
    account = await owner_of(template)
    if account is None or template.approval_id is None:
        raise Refusal(ErrorCode.INVALID_STATE, "No sender of the template's account is left to change it through.")
    try:
        handle = await show_example(account, template.header)
        await cloud_templates.edit_template(account, template, examples, handle=handle)
    except Refusal as refusal:
        refusal.field = None if refusal.field is None else refusal.field.removeprefix("approval.")
        raise


async def unpause(template: MessageTemplate) -> None:
    """Ends a pause at WhatsApp. Raises WHATSAPP_API_ERROR, INVALID_STATE."""
    account = await owner_of(template)
    if account is None or template.approval_id is None:
        raise Refusal(ErrorCode.INVALID_STATE, "No sender of the template's account is left to ask through.")
    await cloud_templates.unpause_template(account, template.approval_id)


async def withdraw(template: MessageTemplate) -> None:
    """Deletes it at WhatsApp; with no sender of its account left, nobody can. Raises WHATSAPP_API_ERROR."""
    account = await owner_of(template)
    if account is not None and template.approval_id is not None and template.approval_name is not None:
        await cloud_templates.delete_template(account, template.approval_id, template.approval_name)
    if template.approval_name is not None:
        await connect.execute("UPDATE message_template SET approval_status = 'DELETED' WHERE id = $1", template.id)
