"""Phone numbers of contacts. Every change locks the contact first, so that exactly one number stays primary."""

from collections import defaultdict
from typing import Any, TypedDict, Unpack

from tortoise.expressions import RawSQL

from db.accounts import Role, Scope
from db.contacts import PHONE_UNIQUE, ConsentSource, ContactPhone, lock_same
from db.core import connect
from db.core.transaction import transaction
from db.senders import SenderProvider
from domain import audit
from domain.contacts.announce import changed
from domain.contacts.consents import opt_out_again
from domain.contacts.identities import called, learn
from domain.contacts.reading import present
from domain.contacts.writing import NUMBER_TAKEN, lock, numbered
from domain.core.access import Viewer, allow, unbound
from domain.core.errors import Checks, ErrorCode, Refusal, not_found, optional_text
from domain.core.phone import parse_phone
from domain.core.unique import unique
from domain.providers.base import Account, NotSent
from domain.providers.waha import Hindered, Waha

MOST_PHONES = 20
"""Numbers of one contact; no one has more, and lists of them are shown whole."""


class PhoneChanges(TypedDict, total=False):
    """What is left out stays; None clears the label."""

    phone_number: str | None
    label: str | None


@allow()
async def get_phone(viewer: Viewer, id: int) -> ContactPhone:
    return await _visible(viewer, id)


@allow()
async def phones_of(viewer: Viewer, contact_ids: list[int]) -> list[list[ContactPhone]]:
    """The numbers of each contact: the primary one first, then by age."""
    found: dict[int, list[ContactPhone]] = defaultdict(list)
    for phone in await ContactPhone.filter(contact_id__in=contact_ids).order_by("-primary", "created_at", "id"):
        found[phone.contact_id].append(phone)
    return [found[id] for id in contact_ids]


@allow(Role.ADMIN, Role.MARKETER, Role.SALES, scope=Scope.CONTACTS, bound=False)
async def create_phone(viewer: Viewer, contact_id: int, *, phone_number: str, label: str | None = None) -> ContactPhone:
    """The first number of a contact becomes its primary one.

    No token bound to a sender may: it would learn, by trying, which numbers are known here.
    """
    values = _checked({"phone_number": phone_number, "label": label})
    async with transaction():
        await lock(viewer, contact_id, field="contactId")
        count = await ContactPhone.filter(contact_id=contact_id).count()
        if count >= MOST_PHONES:
            raise Refusal(
                ErrorCode.VALIDATION_ERROR,
                f"A contact has at most {MOST_PHONES} phone numbers.",
                field="contactId",
                reason="too_many",
            )
        with unique(PHONE_UNIQUE, NUMBER_TAKEN, field="phoneNumber"):
            phone = await ContactPhone.create(contact_id=contact_id, primary=count == 0, **values)
        await _touch(viewer, contact_id)
        await opt_out_again({phone.phone_number: contact_id}, ConsentSource.API, actor_id=viewer.user_id)
    return phone


@allow(Role.ADMIN, Role.MARKETER, Role.SALES, scope=Scope.CONTACTS)
async def update_phone(viewer: Viewer, id: int, **changes: Unpack[PhoneChanges]) -> ContactPhone:
    """What was verified is the old number: a new one is unverified again."""
    if "phone_number" in changes:
        unbound(viewer)
    values = _checked(changes)
    async with transaction():
        phone = await _lock(viewer, id)
        if not values:
            return phone
        if values.get("phone_number", phone.phone_number) != phone.phone_number:
            values |= {"on_whatsapp": None, "verified_at": None}
        with unique(PHONE_UNIQUE, NUMBER_TAKEN, field="phoneNumber"):
            await ContactPhone.filter(id=id).update(**values)
        await _touch(viewer, phone.contact_id)
        changed_phone = await ContactPhone.get(id=id)
        if changed_phone.phone_number != phone.phone_number:
            numbers = {changed_phone.phone_number: phone.contact_id}
            await opt_out_again(numbers, ConsentSource.API, actor_id=viewer.user_id)
        return changed_phone


@allow(Role.ADMIN, Role.MARKETER, Role.SALES, scope=Scope.CONTACTS, bound=False)
async def delete_phone(viewer: Viewer, id: int) -> int:
    """When it was primary, the oldest that is left becomes so."""
    async with transaction():
        phone = await _lock(viewer, id)
        await phone.delete()
        await audit.note(viewer, "deleteContactPhone", subject=("Contact", phone.contact_id))
        if phone.primary and (oldest := await _oldest(phone.contact_id)):
            await _make_primary(oldest)
        await _touch(viewer, phone.contact_id)
    return id


@allow(Role.ADMIN, Role.MARKETER, Role.SALES, scope=Scope.CONTACTS)
async def set_primary(viewer: Viewer, id: int) -> ContactPhone:
    async with transaction():
        phone = await _lock(viewer, id)
        if not phone.primary:
            # In two steps: a unique index looks at every row at once, and there must never be two.
            await ContactPhone.filter(contact_id=phone.contact_id, primary=True).update(primary=False)
            await _make_primary(phone)
            await _touch(viewer, phone.contact_id)
    return phone


_ASKED = """
SELECT id, session_name FROM sender
WHERE provider = 'WAHA' AND status = 'CONNECTED' AND deleted_at IS NULL AND ($1::bigint IS NULL OR id = $1)
ORDER BY is_default DESC, id LIMIT 1
"""


@allow(Role.ADMIN, Role.MARKETER, Role.SALES, scope=Scope.CONTACTS)
async def verify_phone(viewer: Viewer, id: int) -> ContactPhone:
    """Asks WhatsApp whether the number has an account. Raises WHATSAPP_API_ERROR where nobody can say.

    The Cloud API has no such question (its answers to sends tell); a sender of ours at WAHA asks for everyone.
    """
    phone = await _visible(viewer, id)
    if (sender := await connect.row(_ASKED, viewer.sender_id)) is None:
        raise Refusal(
            ErrorCode.WHATSAPP_API_ERROR,
            "The Cloud API does not say who is on WhatsApp, and no WAHA sender is connected that could ask.",
            field="id",
            reason="cannot_say",
        )
    try:
        found = await Waha(Account(sender["id"], "", "", SenderProvider.WAHA, sender["session_name"])).find(
            phone.phone_number
        )
    except Hindered as hindered:
        outcome = hindered.outcome
        words = outcome.reason if isinstance(outcome, NotSent) else outcome.error.message
        raise Refusal(ErrorCode.WHATSAPP_API_ERROR, words, field="id", reason="cannot_say") from hindered
    async with transaction():
        await lock_same([phone.contact_id])
        now = await _lock(viewer, id)
        if now.phone_number != phone.phone_number:
            raise Refusal(ErrorCode.INVALID_STATE, "The number was changed meanwhile.", field="id", reason="changed")
        await ContactPhone.filter(id=id).update(on_whatsapp=found.chat is not None, verified_at=RawSQL("now()"))
        await learn(called(now.contact_id, found))
        await _touch(viewer, now.contact_id)
        return await ContactPhone.get(id=id)


async def _visible(viewer: Viewer, id: int) -> ContactPhone:
    phone = await ContactPhone.get_or_none(id=id)
    if phone is None or await present(viewer, [phone.contact_id]) == [None]:
        raise not_found("phone number")
    return phone


async def _lock(viewer: Viewer, id: int) -> ContactPhone:
    """A number as it is once its contact is locked. Raises NOT_FOUND."""
    phone = await _visible(viewer, id)
    await lock(viewer, phone.contact_id)
    return await _visible(viewer, id)


async def _oldest(contact_id: int) -> ContactPhone | None:
    return await ContactPhone.filter(contact_id=contact_id).order_by("created_at", "id").first()


async def _make_primary(phone: ContactPhone) -> None:
    phone.primary = True
    await phone.save(update_fields=["primary"])


async def _touch(viewer: Viewer, contact_id: int) -> None:
    await numbered(contact_id)
    changed(contact_id, actor_id=viewer.user_id)


def _checked(given: PhoneChanges) -> dict[str, Any]:
    values: dict[str, Any] = {}
    check = Checks()
    with check():
        if "phone_number" in given:
            values["phone_number"] = parse_phone(given["phone_number"] or "", field="phoneNumber")
    with check():
        if "label" in given:
            values["label"] = optional_text(given["label"], "label", most=50)
    check.done()
    return values
