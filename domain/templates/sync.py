"""Making our templates equal to WhatsApp's: all of an account when somebody asks, and those that are not settled by the
clock."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, cast

import orjson
import structlog

from db.accounts import Role, Scope
from db.content import Button
from db.core import connect
from db.core.columns import as_row
from db.core.transaction import ring, transaction
from db.senders import Sender
from db.templates import MessageTemplate, TemplateCategory, TemplateStatus
from domain import senders
from domain.core.access import Viewer, allow
from domain.core.errors import ErrorCode, Refusal
from domain.core.secrets import SecretError
from domain.providers import cloud_templates
from domain.providers.cloud_components import Parts, from_components, to_components
from domain.providers.cloud_templates import Listed, Owner
from domain.templates.approval import (
    AS_OF,
    TOLD_AT,
    as_of,
    category_of,
    heard_since,
    quality_of,
    reason_of,
    record_update,
    status_of,
)
from domain.templates.owners import owner, owner_named

log = structlog.get_logger()

_UNSETTLED = """
SELECT business_account_id, approval_name, min(synced_at) AS since FROM message_template
WHERE approval_name IS NOT NULL AND (
  (approval_id IS NULL OR deleted_at IS NOT NULL) AND approval_status <> 'DELETED'
    AND greatest(synced_at, deleted_at) < now() - interval '1 min'
  OR deleted_at IS NULL AND approval_status IN ('PENDING', 'PAUSED', 'OTHER') AND synced_at < now() - interval '15 min'
)
GROUP BY 1, 2 ORDER BY since LIMIT 2
"""
"""Those whose change was cut off, a minute later, and those of which WhatsApp should tell, now and then. Two a minute
at the most: WhatsApp takes 200 calls an hour for an account (B1)."""

_OURS = """
SELECT * FROM message_template
WHERE business_account_id = $1 AND (approval_id = ANY($2) OR approval_id IS NULL AND approval_name = ANY($3))
ORDER BY id FOR UPDATE
"""

# What is being submitted or was stored since the listing began says nothing by not being listed.
_GONE = """
SELECT id, approval_id FROM message_template
WHERE business_account_id = $1 AND ($2::text IS NULL OR approval_name = $2) AND approval_status <> 'DELETED'
  AND synced_at < $3 AND CASE WHEN approval_id IS NULL THEN synced_at < now() - interval '1 min'
                              ELSE NOT approval_id = ANY($4) END
ORDER BY id FOR UPDATE
"""


@allow(Role.ADMIN, Role.MARKETER, scope=Scope.CAMPAIGNS)
async def request(viewer: Viewer, sender_id: int) -> Sender:
    """Has a worker make the templates of a sender's account equal to WhatsApp's."""
    async with transaction():
        sender = await senders.visible(viewer, sender_id, field="senderId")
        if owner(sender) is None:
            raise Refusal(
                ErrorCode.VALIDATION_ERROR,
                "Templates need a CLOUD_API sender with businessAccountId and accessToken.",
                field="senderId",
                reason="no_business_account",
            )
        ring("sync_templates", sender_id)
    return sender


async def run(sender_id: int) -> None:
    """Takes in all templates of a sender's account; those that are not there any more become DELETED."""
    sender = await Sender.get_or_none(id=sender_id, deleted_at=None)
    if sender is not None and (account := owner(sender)) is not None:
        await _sweep(account)


async def take_words(template: MessageTemplate) -> MessageTemplate:
    """Takes over the words that WhatsApp has made for a template just now; without an answer they come with a sync."""
    account = await owner_named(template.business_account_id)
    try:
        if account is not None and template.approval_name is not None:
            await _take_all(account, template.approval_name)
    except Refusal as refusal:
        log.warning("words_not_taken", template_id=template.id, reason=refusal.message)
    return await MessageTemplate.get(id=template.id)


async def settle() -> None:
    """Asks about templates of which it is not known where they stand: whoever changed them is dead, or was not told."""
    for row in await connect.rows(_UNSETTLED):
        account_id, name = row["business_account_id"], row["approval_name"]
        try:
            if (account := await owner_named(account_id)) is not None:
                await _sweep(account, name=name)
                continue
        except (Refusal, SecretError) as error:
            log.warning("templates_not_settled", name=name, reason=str(error))
        # Others have their turn first.
        await connect.execute(
            "UPDATE message_template SET synced_at = now() WHERE business_account_id = $1 AND approval_name = $2",
            *(account_id, name),
        )


async def _sweep(account: Owner, *, name: str | None = None) -> None:
    """Takes in all templates of an account, or those of a name; those that are not there any more become DELETED.

    WhatsApp's pages shift while templates are deleted: what is missing is looked for once more.
    """
    began = await connect.value("SELECT now()")
    seen = await _take_all(account, name)
    of = (account.business_account_id, name, began)
    if name is None and await connect.rows(_GONE, *of, list(seen)):
        seen |= await _take_all(account, name)
    async with transaction():
        for row in await connect.rows(_GONE, *of, list(seen)):
            await _forget(row["id"], submitted=row["approval_id"] is not None)


async def _forget(id: int, *, submitted: bool) -> None:
    """What WhatsApp has never taken was never there; what it had is DELETED."""
    if not submitted:
        await connect.execute("DELETE FROM message_template WHERE id = $1", id)
        return
    await connect.execute(
        "UPDATE message_template SET approval_status = 'DELETED', synced_at = now(), updated_at = now() WHERE id = $1",
        id,
    )
    record_update(id)


async def _take_all(account: Owner, name: str | None) -> set[str]:
    seen = set[str]()
    asked = await connect.value("SELECT now()")
    page, after = await cloud_templates.list_templates(account, name=name)
    while True:
        listed = [each for each in page if name in (None, each.name)]
        seen |= {each.id for each in listed}
        if listed:
            await _take(account.business_account_id, listed, asked)
        if after is None:
            return seen
        asked = await connect.value("SELECT now()")
        page, after = await cloud_templates.list_templates(account, after=after, name=name)


async def _take(business_account_id: str, listed: Sequence[Listed], asked: datetime) -> None:
    """Makes our rows equal to what WhatsApp lists, and announces each that was not."""
    ids, names = [each.id for each in listed], [each.name for each in listed]
    async with transaction():
        # Of two who take in the same account one waits, and then finds the rows of the other.
        await connect.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 7))", business_account_id)
        rows = [as_row(MessageTemplate, row) for row in await connect.rows(_OURS, business_account_id, ids, names)]
        by_id = {row.approval_id: row for row in rows if row.approval_id is not None}
        by_name = {(row.approval_name, row.language): row for row in rows if row.approval_id is None}
        now, answered = await _times()
        for each in listed:
            ours = by_id.get(each.id) or by_name.get((each.name, each.language))
            if ours is not None:
                await _update(ours, each, now, None if heard_since(ours.synced_at, asked) else answered)
            elif status_of(each.status) is not TemplateStatus.DELETED:
                await _insert(business_account_id, each, now)


async def _times() -> tuple[datetime, datetime]:
    """Now, and as of when WhatsApp answers."""
    row = await connect.row(f"SELECT now(), {AS_OF}")
    assert row is not None
    return row[0], row[1]


async def _insert(business_account_id: str, listed: Listed, now: datetime) -> None:
    parts = from_components(listed.components, format=listed.format, category=category_of(listed.category))
    values: dict[str, Any] = {
        "title": listed.name[:255],
        "content": parts.content,
        "header": parts.header,
        "buttons": parts.buttons,
        "category": TemplateCategory.MARKETING,
        "business_account_id": business_account_id,
        "synced_at": now,
    }
    template = await MessageTemplate.create(**(values | _columns(listed, parts)))
    record_update(template.id)


async def _update(ours: MessageTemplate, listed: Listed, now: datetime, answered: datetime | None) -> None:
    """A deletion that is under way keeps the template hidden; one that was cut off does not.

    Where something was heard of it since the list was asked for (answered is None), what WhatsApp thinks of it stays.
    """
    parts = from_components(listed.components, format=listed.format, category=category_of(listed.category))
    values = _columns(listed, parts) | _merged(ours, parts)
    values["examples"] = {**parts.examples, **(ours.examples or {})} or None
    if ours.deleted_at is not None and values["approval_status"] is not TemplateStatus.DELETED:
        cut_off = ours.approval_id is None or now - ours.deleted_at > timedelta(minutes=1)
        values["deleted_at"] = None if cut_off else ours.deleted_at
    if answered is None:
        values = {name: value for name, value in values.items() if name not in (*TOLD_AT, "reason")}
    else:
        for name in TOLD_AT.values():
            setattr(ours, name, as_of(answered, getattr(ours, name)))
    changed = {name: value for name, value in values.items() if _plain(getattr(ours, name)) != _plain(value)}
    for name, value in changed.items():
        setattr(ours, name, value)
    ours.synced_at = now
    if changed:
        ours.updated_at = now
    await ours.save(update_fields=[*changed, *TOLD_AT.values(), "synced_at", *(["updated_at"] if changed else [])])
    if changed.keys() - {"examples"} and ours.deleted_at is None:
        record_update(ours.id)


def _columns(listed: Listed, parts: Parts) -> dict[str, Any]:
    category = category_of(listed.category)
    return {
        "approval_id": listed.id,
        "approval_name": listed.name,
        "language": listed.language,
        "approval_status": status_of(listed.status),
        **({"category": category} if category else {}),
        "quality": quality_of(listed.quality),
        "reason": reason_of(listed.status, listed.reason),
        "footer": parts.footer,
        "positional": parts.positional,
        "examples": parts.examples or None,
        "other_components": parts.other_components,
    }


def _merged(ours: MessageTemplate, parts: Parts) -> dict[str, Any]:
    """What WhatsApp has, and what only we know of it: payloads, files, and the names of what it numbers."""
    theirs = MessageTemplate(
        title="", content=parts.content, header=parts.header, buttons=parts.buttons, positional=parts.positional
    )
    as_ours, as_theirs = _by_type(ours), _by_type(theirs)
    same = {kind for kind in as_theirs if as_ours.get(kind) == as_theirs[kind]}
    header = ours.header if "HEADER" in same else parts.header
    buttons = [_button(ours, button, place) for place, button in enumerate(parts.buttons or [])]
    return {
        "content": ours.content if "BODY" in same else parts.content,
        "header": header,
        "buttons": ours.buttons if "BUTTONS" in same else buttons or None,
    }


def _button(ours: MessageTemplate, theirs: Button, place: int) -> Button:
    """Ours, where it is the same button at the same place."""
    known = ours.buttons or []
    if place >= len(known):
        return theirs
    alone = [_by_type(MessageTemplate(title="", content="", buttons=[button])) for button in (known[place], theirs)]
    return known[place] if alone[0] == alone[1] else theirs


def _by_type(template: MessageTemplate) -> dict[str, Any]:
    """Components by type, without what WhatsApp is only told: examples, and what a code is by default."""
    found: dict[str, Any] = {}
    for component in to_components(template):
        if component["type"] == "BUTTONS":
            buttons = cast("list[dict[str, Any]]", component["buttons"])
            found["BUTTONS"] = [{k: v for k, v in button.items() if k != "example"} for button in buttons]
        else:
            found[component["type"]] = component
    return found


def _plain(value: Any) -> Any:
    """JSON as it is stored, for comparison."""
    return orjson.loads(orjson.dumps(value)) if isinstance(value, dict | list) else value
