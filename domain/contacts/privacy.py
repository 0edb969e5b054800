"""What the law gives every person: their data, and that they are forgotten. A worker does both, with a receipt."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import orjson
from asyncpg import Record
from tortoise.expressions import Q, RawSQL

from db.accounts import Role, Scope
from db.contacts import (
    Contact,
    ContactDuplicate,
    ContactPhone,
    JobStatus,
    PrivacyAction,
    PrivacyReceipt,
    erasure,
)
from db.core import connect
from db.core.transaction import ring, transaction
from db.files import File, FilePurpose
from db.memberships import leave_all
from db.messages.dispatch import cancel_queued
from domain import audit
from domain.contacts.announce import changed
from domain.contacts.reading import visible
from domain.contacts.suppression import suppress
from domain.core.access import Viewer, allow
from domain.core.errors import ErrorCode, not_found
from domain.files.storage import incoming, keeping

KEPT_DAYS = 7
"""Days that an export is kept."""
_MOST_BYTES = 2**40
_LOOKS = 5
"""At what is open still, before an erasure is left to the clock's next ring."""

_PARTS = {
    "phones": "SELECT phone_number, label, is_primary, on_whatsapp, verified_at, created_at, id FROM contact_phone"
    " WHERE contact_id = $1",
    "identities": "SELECT type, value, business_account_id, created_at, id FROM contact_identity WHERE contact_id = $1",
    "consents": "SELECT purpose, state, source, proof, created_at, id FROM consent WHERE contact_id = $1",
    "groups": "SELECT g.name, g.id FROM contact_group g JOIN group_member m ON m.group_id = g.id"
    " WHERE m.contact_id = $1 AND g.deleted_at IS NULL",
    "leads": "SELECT title, description, status, source, estimated_value::text, probability, score, lost_reason,"
    " created_at, closed_at, id FROM lead WHERE contact_id = $1 AND deleted_at IS NULL",
    "leadActivities": "SELECT a.type, a.note, a.changes, a.created_at, a.id FROM lead_activity a"
    " JOIN lead l ON l.id = a.lead_id WHERE l.contact_id = $1 AND l.deleted_at IS NULL",
    "conversations": "SELECT address, status, tags, language, metadata, escalation_reason, escalation_note,"
    " satisfaction_score, created_at, closed_at, id FROM conversation WHERE contact_id = $1 AND deleted_at IS NULL",
    "messages": "SELECT direction, author, type, purpose, state, address, content, details, variables, referral,"
    " metadata, sentiment, error_code, error_message, created_at, sent_at, delivered_at, read_at, id FROM message"
    " WHERE contact_id = $1",
    "files": "SELECT f.name, f.mime_type, f.size_bytes, f.metadata, f.created_at, f.id FROM file f"
    " WHERE f.deleted_at IS NULL AND (f.conversation_id IN (SELECT id FROM conversation WHERE contact_id = $1)"
    " OR f.id IN (SELECT media_id FROM message WHERE contact_id = $1))",
    "campaigns": "SELECT c.name, r.address, r.exclusion, r.created_at, r.id FROM campaign_recipient r"
    " JOIN campaign c ON c.id = r.campaign_id WHERE r.contact_id = $1",
    "events": "SELECT type, occurred_at, data, number AS id FROM event WHERE contact_id = $1",
}
"""What is kept about a contact, by kind."""


@allow(Role.ADMIN, Role.MARKETER, scope=Scope.CONTACTS)
async def get_receipt(viewer: Viewer, id: int) -> PrivacyReceipt:
    receipt = await PrivacyReceipt.get_or_none(id=id) if viewer.sender_id is None else None
    if receipt is None:
        raise not_found("privacy receipt")
    return receipt


@allow(Role.ADMIN, Role.MARKETER, scope=Scope.CONTACTS, bound=False)
async def export(viewer: Viewer, id: int) -> PrivacyReceipt:
    """Asks for all that is kept about a contact, as a JSON file; the receipt's file follows."""
    async with transaction():
        await visible(viewer, id)
        await audit.note(viewer, "exportContact", subject=("Contact", id))
        return await _begin(viewer, id, PrivacyAction.EXPORT)


@allow(Role.ADMIN, scope=Scope.CONTACTS, bound=False)
async def erase(viewer: Viewer, id: int) -> PrivacyReceipt:
    """Forgets a contact, also one that was deleted; nothing is sent to it from here on. To repeat changes nothing."""
    async with transaction():
        # The strong lock holds off those who are adding it to a group just now, and would not see that it went.
        contact = await Contact.filter(id=id, merged_into_id=None).select_for_update().first()
        if contact is None:
            raise not_found("contact")
        if receipt := await PrivacyReceipt.filter(contact_id=id, action=PrivacyAction.ERASURE).order_by("id").first():
            return receipt
        await suppress(contact)
        # The worker finds posts by numbers; nobody else finds the contact by them.
        await ContactPhone.filter(contact_id=id).delete()
        await ContactDuplicate.filter(Q(contact_id=id) | Q(other_id=id)).delete()
        await leave_all(id)
        await cancel_queued(
            [id],
            purpose=None,
            reason_code=ErrorCode.NOT_FOUND,
            reason="The contact was erased.",
            actor_id=viewer.user_id,
        )
        now = RawSQL("now()")
        await Contact.filter(id=id).update(deleted_at=RawSQL("coalesce(deleted_at, now())"), updated_at=now)
        changed(id, actor_id=viewer.user_id)
        await audit.note(viewer, "eraseContact", subject=("Contact", id))
        return await _begin(viewer, id, PrivacyAction.ERASURE)


async def _begin(viewer: Viewer, contact_id: int, action: PrivacyAction) -> PrivacyReceipt:
    receipt = await PrivacyReceipt.create(contact_id=contact_id, action=action, requested_by_id=viewer.user_id)
    ring("tend_privacy", receipt.id)
    return receipt


async def ring_open_receipts() -> None:
    """Rings for what is not done: a killed worker or a lost ring left it, or something was in flight."""
    found = await connect.rows("SELECT id FROM privacy_receipt WHERE status IN ('QUEUED', 'RUNNING') ORDER BY id")
    for row in found:
        ring("tend_privacy", row["id"])


async def run_receipt(id: int) -> None:
    """Does what is left of an export or an erasure. It may be killed at any point, and run by several at once."""
    await connect.execute("UPDATE privacy_receipt SET status = 'RUNNING' WHERE id = $1 AND status = 'QUEUED'", id)
    receipt = await PrivacyReceipt.get_or_none(id=id)
    if receipt is None or receipt.status is not JobStatus.RUNNING:
        return
    if receipt.action is PrivacyAction.EXPORT:
        await _export(receipt)
    else:
        await _erase(receipt)


async def expire_exports() -> None:
    """Deletes exports of more than a week ago."""
    await connect.execute(
        "UPDATE file SET deleted_at = now(), due_at = now(), updated_at = now() WHERE purpose = 'EXPORT'"
        " AND deleted_at IS NULL AND created_at < now() - make_interval(days => $1)",
        KEPT_DAYS,
    )


# ---------------------------------------------------------------------------
# In the worker
# ---------------------------------------------------------------------------


async def _erase(receipt: PrivacyReceipt) -> None:
    """Each step commits with what it has counted; what may still write of the contact keeps it from its end."""
    id = receipt.contact_id
    called = await erasure.needles(id)
    await _counted(receipt, "files", erasure.erase_files(id))
    await _counted(receipt, "posts", erasure.erase_posts(called))
    for kind, sql in erasure.STEPS.items():
        while await _counted(receipt, kind, connect.execute(sql, id, erasure.CHUNK)) == erasure.CHUNK:
            continue
    if await _is_open(id) or await erasure.posts_left(called, receipt.created_at):
        return
    for kind, sql in erasure.AT_ONCE.items():
        await _counted(receipt, kind, connect.execute(sql, id))
    async with transaction():
        if await _locked(receipt):
            await erasure.erase_person(id)
            # What hangs on it is gone since it was first told of.
            changed(id, actor_id=None)
            await _done(receipt)


async def _is_open(id: int) -> bool:
    """Whether the contact may still be written of. Those who may have read of it before the steps get a moment."""
    began = await erasure.now()
    for _ in range(_LOOKS):
        if not await erasure.is_open(id, began):
            return False
        await asyncio.sleep(0.1)
    return True


async def _counted(receipt: PrivacyReceipt, kind: str, doing: Any) -> int:
    """How many rows a step has done, which the receipt counts in the same transaction; none for one that is done."""
    async with transaction():
        if not await _locked(receipt):
            doing.close()
            return 0
        if count := await doing:
            await connect.execute(
                "UPDATE privacy_receipt SET counts = counts"
                " || jsonb_build_object($2::text, coalesce((counts ->> $2)::int, 0) + $3::int) WHERE id = $1",
                receipt.id,
                kind,
                count,
            )
        return count


async def _locked(receipt: PrivacyReceipt) -> bool:
    sql = "SELECT EXISTS (SELECT FROM privacy_receipt WHERE id = $1 AND status = 'RUNNING' FOR UPDATE)"
    return await connect.value(sql, receipt.id)


async def _done(receipt: PrivacyReceipt, status: JobStatus = JobStatus.COMPLETED, **values: Any) -> None:
    await PrivacyReceipt.filter(id=receipt.id).update(status=status, completed_at=RawSQL("now()"), **values)


_PERSON = "SELECT * FROM contact WHERE id = $1 AND deleted_at IS NULL"
_GIVEN_UP = "UPDATE file SET deleted_at = now(), due_at = now(), updated_at = now() WHERE id = $1"


async def _export(receipt: PrivacyReceipt) -> None:
    """Written whole, and kept once: of two that write, the later finds it done.

    Its file is known before there are bytes, so that none are left that nobody knows of.
    """
    if (file_id := await _file_of(receipt)) is None:
        return
    counts: dict[str, int] = {}
    async with incoming(_MOST_BYTES) as coming:
        if (person := await connect.row(_PERSON, receipt.contact_id)) is not None:
            async for part in _written(person, counts):
                await coming.write(part)
            await coming.close()
        async with keeping():
            if not await _locked(receipt):
                return
            if person is None or await connect.row(f"{_PERSON} FOR SHARE", receipt.contact_id) is None:
                await connect.execute(_GIVEN_UP, file_id)
                await _done(receipt, JobStatus.FAILED, file_id=None)
                return
            await coming.keep(file_id)
            await File.filter(id=file_id).update(
                status=JobStatus.COMPLETED, size_bytes=coming.size, sha256=coming.sha256, updated_at=RawSQL("now()")
            )
            await _done(receipt, counts=counts)


async def _file_of(receipt: PrivacyReceipt) -> int | None:
    """The file that an export is kept in; None where it is done."""
    async with transaction():
        found = await PrivacyReceipt.filter(id=receipt.id).select_for_update().get()
        if found.status is not JobStatus.RUNNING:
            return None
        if found.file_id is None:
            file = await File.create(
                name=f"contact-{receipt.contact_id}.json",
                purpose=FilePurpose.EXPORT,
                status=JobStatus.RUNNING,
                mime_type="application/json",
                uploaded_by_id=receipt.requested_by_id,
            )
            found.file_id = file.id
            await found.save(update_fields=["file_id"])
        return found.file_id


async def _written(person: Record, counts: dict[str, int]) -> AsyncIterator[bytes]:
    hidden = {"search", "numbers", "merged_into_id", "deleted_at"}
    yield b'{"contact":' + _json({key: value for key, value in person.items() if key not in hidden})
    for kind, sql in _PARTS.items():
        yield f',"{kind}":['.encode()
        after, counts[kind] = 0, 0
        page = f"SELECT * FROM ({sql}) AS part WHERE id > $2 ORDER BY id LIMIT $3"
        while found := await connect.rows(page, person["id"], after, erasure.CHUNK):
            lead = b"," if counts[kind] else b""
            yield lead + b",".join(_json(dict(row)) for row in found)
            counts[kind] += len(found)
            after = found[-1]["id"]
        yield b"]"
    yield b"}"


_STRUCTURED = {"attributes", "details", "variables", "referral", "metadata", "data", "changes"}


def _json(row: dict[str, Any]) -> bytes:
    return orjson.dumps(
        {key: orjson.loads(value) if key in _STRUCTURED and value is not None else value for key, value in row.items()}
    )
