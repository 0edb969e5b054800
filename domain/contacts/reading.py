"""Reading contacts. A token bound to a sender sees those that have messages with it, everywhere."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from db.contacts import Contact, ContactIdentity, OptInStatus
from db.core import connect
from db.core.paging import Order, Page, PageRequest, Where, fetch_page
from db.groups import USED_BY
from db.messages import SHOWN
from db.messages.met import MET
from domain.contacts.filtering import having, indexed, search_in
from domain.core.access import Viewer, allow
from domain.core.errors import Checks, ErrorCode, Refusal, check_characters, not_found
from domain.core.phone import parse_phone
from domain.core.search import contains


class ContactOrder(StrEnum):
    CREATED_AT = "CREATED_AT"
    UPDATED_AT = "UPDATED_AT"
    NAME = "NAME"
    LAST_MESSAGE_AT = "LAST_MESSAGE_AT"


MOST_BY_LAST_MESSAGE = 10_000
"""Contacts that are sorted so: no index says when each had a message, and each is looked up."""


@dataclass(frozen=True, slots=True)
class MessageFigures:
    """How many messages there are with a contact, and when the latest was made."""

    count: int = 0
    last_at: datetime | None = None


_HAS_DUPLICATES = """
EXISTS (SELECT FROM (
    SELECT d.other_id AS id FROM contact_duplicate d WHERE d.contact_id = contact.id
    UNION ALL SELECT d.contact_id FROM contact_duplicate d WHERE d.other_id = contact.id
  ) AS twin{})
"""
_TWIN_SEEN = f" WHERE {MET.format(contact='twin.id', sender='{}')}"


def seen_by(viewer: Viewer, where: Where) -> None:
    """Confines a list of contacts to those that a caller may see."""
    where.add("contact.deleted_at IS NULL")
    if viewer.sender_id is not None:
        where.add(MET.format(contact="contact.id", sender="{}"), viewer.sender_id)


async def visible(viewer: Viewer, id: int, *, field: str = "id") -> Contact:
    """A contact that the caller may see. Raises NOT_FOUND."""
    contact = await Contact.get_or_none(id=id, deleted_at=None)
    if contact is None or id not in await _seen(viewer, [id]):
        raise not_found("contact", field=field)
    return contact


@allow()
async def get(viewer: Viewer, id: int) -> Contact:
    return await visible(viewer, id)


@allow()
async def by_ids(viewer: Viewer, ids: list[int]) -> list[Contact | None]:
    """Contacts that messages name, deleted ones too."""
    seen = await _seen(viewer, ids)
    found = {contact.id: contact for contact in await Contact.filter(id__in=ids)}
    return [found.get(id) if id in seen else None for id in ids]


@allow()
async def present(viewer: Viewer, ids: list[int]) -> list[Contact | None]:
    """The same without deleted ones."""
    contacts = await by_ids(viewer, ids)
    return [contact if contact and contact.deleted_at is None else None for contact in contacts]


@allow()
async def find(
    viewer: Viewer,
    *,
    search: str | None = None,
    group_id: int | None = None,
    company: str | None = None,
    tags: Sequence[str] | None = None,
    attributes: Sequence[Mapping[str, Any]] | None = None,
    opt_in_status: Sequence[OptInStatus] | None = None,
    phone_number: str | None = None,
    has_duplicates: bool | None = None,
    created_from: datetime | None = None,
    created_before: datetime | None = None,
    order: ContactOrder = ContactOrder.CREATED_AT,
    descending: bool = True,
    page: PageRequest,
) -> Page[Contact]:
    """Contacts that match; `created_from` is within the span, `created_before` is not."""
    where = Where()
    seen_by(viewer, where)
    check = Checks()
    with check():
        search_in(where, search)
    with check():
        having(where, attributes or ())
    if group_id is not None:
        where.add("contact.id IN (SELECT contact_id FROM group_member WHERE group_id = {})", group_id)
        if viewer.sender_id is not None:
            of = {"group": f"{where.place(group_id)}::bigint", "sender": where.place(viewer.sender_id)}
            where.conditions.append(f"EXISTS ({USED_BY.format(**of)})")
    with check():
        if pattern := contains(company, "company"):
            # The first of them is what the index knows of.
            where.add("contact.search LIKE lower({}) AND contact.company ILIKE {}", indexed(pattern), pattern)
    with check():
        if tags is not None:
            for tag in tags:
                check_characters(tag, "tags")
            where.add("contact.tags && {}::text[]", list(tags))
    if opt_in_status is not None:
        where.add("contact.opt_in_status = ANY({}::text[])", list(opt_in_status))
    with check():
        if phone_number is not None:
            where.add(
                "contact.id IN (SELECT contact_id FROM contact_phone WHERE phone_number = {})",
                parse_phone(phone_number, field="phoneNumber"),
            )
    if has_duplicates is not None:
        seen = "" if viewer.sender_id is None else _TWIN_SEEN.format(where.place(viewer.sender_id))
        where.conditions.append(f"{'' if has_duplicates else 'NOT '}{_HAS_DUPLICATES.format(seen)}")
    if created_from is not None:
        where.add("contact.created_at >= {}", created_from)
    if created_before is not None:
        where.add("contact.created_at < {}", created_before)
    check.done()
    if order is ContactOrder.LAST_MESSAGE_AT:
        some = f"SELECT FROM contact WHERE {where.sql} LIMIT {MOST_BY_LAST_MESSAGE + 1}"
        if await connect.value(f"SELECT count(*) FROM ({some}) AS matching", *where.values) > MOST_BY_LAST_MESSAGE:
            words = (
                f"More than {MOST_BY_LAST_MESSAGE} match, too many to be sorted by their last message: ask for fewer."
            )
            raise Refusal(ErrorCode.VALIDATION_ERROR, words, field="orderBy", reason="too_many")
    return await fetch_page(Contact, where, _order(viewer, order, descending), page)


@allow()
async def identities_of(viewer: Viewer, contact_ids: list[int]) -> list[list[ContactIdentity]]:
    """What else WhatsApp knows each contact by, oldest first."""
    found: dict[int, list[ContactIdentity]] = defaultdict(list)
    for identity in await ContactIdentity.filter(contact_id__in=contact_ids).order_by("created_at", "id"):
        found[identity.contact_id].append(identity)
    return [found[id] for id in contact_ids]


@allow()
async def message_figures(viewer: Viewer, contact_ids: list[int]) -> list[MessageFigures]:
    """The figures of each contact, in and out; of one sender alone for a token bound to it."""
    counted = await connect.rows(
        "SELECT contact_id, count(*) AS count, max(created_at) AS last_at FROM message "
        f"WHERE contact_id = ANY($1) AND ($2::bigint IS NULL OR sender_id = $2) AND {SHOWN.format('message')}"
        " GROUP BY contact_id",
        contact_ids,
        viewer.sender_id,
    )
    found = {row["contact_id"]: MessageFigures(row["count"], row["last_at"]) for row in counted}
    return [found.get(id, MessageFigures()) for id in contact_ids]


async def _seen(viewer: Viewer, ids: list[int]) -> set[int]:
    if viewer.sender_id is None:
        return set(ids)
    found = await connect.rows(
        f"SELECT id FROM unnest($1::bigint[]) AS asked(id) WHERE {MET.format(contact='asked.id', sender='$2')}",
        ids,
        viewer.sender_id,
    )
    return {row["id"] for row in found}


def _order(viewer: Viewer, order: ContactOrder, descending: bool) -> Order:
    match order:
        case ContactOrder.CREATED_AT:
            return Order("contact.created_at", "timestamptz", descending)
        case ContactOrder.UPDATED_AT:
            return Order("contact.updated_at", "timestamptz", descending)
        case ContactOrder.NAME:
            return Order("lower(contact.name)", "text", descending)
        case ContactOrder.LAST_MESSAGE_AT:
            own = "" if viewer.sender_id is None else f" AND m.sender_id = {viewer.sender_id}"
            shown = f"m.contact_id = contact.id AND {SHOWN.format('m')}{own}"
            latest = f"(SELECT max(m.created_at) FROM message m WHERE {shown})"
            return Order(latest, "timestamptz", descending, nullable=True)
