"""What contacts agree to: a ledger of what they said, by purpose, and what their words do to messages that wait."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from asyncpg import Record

from db.accounts import Role, Scope
from db.contacts import Consent, ConsentSource, Contact, OptInStatus, consents, lock_same
from db.core import connect
from db.core.paging import Order, Page, PageRequest, Parents, Where, fetch_pages
from db.core.transaction import transaction
from db.messages.dispatch import cancel_queued
from db.templates import TemplateCategory
from domain.contacts.announce import changed
from domain.contacts.reading import visible
from domain.contacts.suppression import lift, suppressed
from domain.core.access import Viewer, allow
from domain.core.errors import ErrorCode, not_found, optional_text


async def say(
    contact_ids: Sequence[int],
    purpose: TemplateCategory,
    state: OptInStatus,
    source: ConsentSource,
    *,
    recorded_by_id: int | None = None,
    proof: str | Mapping[int, str] | None = None,
    at: datetime | None = None,
) -> list[int]:
    """Enters what contacts say of a purpose, inside the caller's transaction; answers those for whom it was news.

    `proof` is the same for all, or by contact. `at` is when they said so, where that is not now: what they have said
    since then holds. An opt-out calls off what waits, and holds for all who seem to be the same person too, except
    those who have agreed since `at`; an import's opt-in leaves it as it is.
    """

    async def enter(ids: list[int], source: ConsentSource) -> list[Record]:
        proofs = [proof.get(id) if isinstance(proof, Mapping) else proof for id in ids]
        return await consents.enter(ids, purpose, state, source, recorded_by_id=recorded_by_id, proofs=proofs, at=at)

    declines = state is OptInStatus.OPTED_OUT
    locked = await (lock_same if declines else consents.lock)(contact_ids)
    own = set(contact_ids)
    found = await enter([id for id in locked if id in own], source)
    if declines:
        same = await lock_same([row["id"] for row in found if row["state"] == state])
        found += await enter([id for id in same if id not in own], ConsentSource.MERGE)
        await cancel_queued(
            [row["id"] for row in found if row["state"] == state],
            purpose=purpose,
            reason_code=ErrorCode.OPTED_OUT,
            reason=f"The contact opted out of {purpose.lower()} messages.",
            actor_id=recorded_by_id,
        )
    news = [row["id"] for row in found if row["entered"]]
    if purpose is TemplateCategory.MARKETING and not declines and source is not ConsentSource.IMPORT and news:
        numbers = await connect.rows("SELECT phone_number FROM contact_phone WHERE contact_id = ANY($1)", news)
        await lift([row["phone_number"] for row in numbers])
    for id in news:
        changed(id, actor_id=recorded_by_id)
    return news


async def opt_out_again(numbers: Mapping[str, int], source: ConsentSource, *, actor_id: int | None) -> None:
    """Opts contacts out who have just got a number, by number, whose owner had opted out when they went."""
    if found := sorted({numbers[number] for number in await suppressed(numbers)}):
        state, words = OptInStatus.OPTED_OUT, "Opted out before being deleted or erased."
        await say(found, TemplateCategory.MARKETING, state, source, recorded_by_id=actor_id, proof=words)


async def spread(contact_ids: Sequence[int], *, recorded_by_id: int | None = None) -> None:
    """Says what contacts decline for all who turn out to be the same person, and calls off what waits for them.

    What one of those declined whom they were known to be holds as well, though they themselves agree.
    """
    for row in await consents.declined(await lock_same(contact_ids)):
        await say(
            [row["contact_id"]],
            TemplateCategory(row["purpose"]),
            OptInStatus.OPTED_OUT,
            ConsentSource.MERGE,
            recorded_by_id=recorded_by_id,
            proof=row["proof"],
            at=row["created_at"],
        )


@allow(Role.ADMIN, Role.MARKETER, Role.SALES, scope=Scope.CONTACTS)
async def opt_in(
    viewer: Viewer, id: int, *, purpose: TemplateCategory = TemplateCategory.MARKETING, proof: str | None = None
) -> Contact:
    """Records that a contact agrees to messages of a purpose; to repeat it changes nothing."""
    return await _record(viewer, id, purpose, OptInStatus.OPTED_IN, proof)


@allow(Role.ADMIN, Role.MARKETER, Role.SALES, scope=Scope.CONTACTS)
async def opt_out(
    viewer: Viewer, id: int, *, purpose: TemplateCategory = TemplateCategory.MARKETING, proof: str | None = None
) -> Contact:
    """Records that a contact declines them, and cancels those that wait; to repeat it changes nothing."""
    return await _record(viewer, id, purpose, OptInStatus.OPTED_OUT, proof)


async def _record(viewer: Viewer, id: int, purpose: TemplateCategory, state: OptInStatus, proof: str | None) -> Contact:
    proof = optional_text(proof, "proof", most=500)
    async with transaction():
        await visible(viewer, id)
        await say([id], purpose, state, ConsentSource.API, recorded_by_id=viewer.user_id, proof=proof)
        contact = await Contact.get(id=id)
        if contact.deleted_at is not None:
            raise not_found("contact")
        return contact


@allow()
async def get_consent(viewer: Viewer, id: int) -> Consent:
    entry = await Consent.get_or_none(id=id)
    if entry is None:
        raise not_found("consent entry")
    await visible(viewer, entry.contact_id)
    return entry


@allow()
async def pages_of_consents(viewer: Viewer, contact_ids: list[int], page: PageRequest) -> dict[int, Page[Consent]]:
    """A page of the ledger of each contact that the caller holds already, newest first."""
    order = Order("consent.id", "bigint", descending=True)
    return await fetch_pages(Consent, Parents("consent.contact_id"), contact_ids, Where(), order, page)
