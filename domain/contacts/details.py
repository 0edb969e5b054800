"""What may stand in a contact: names, email, company and job title, for all who write contacts."""

from collections.abc import Mapping, Sequence
from typing import TypedDict

from db.contacts import Contact
from domain.core.email import parse_email
from domain.core.errors import Checks, ErrorCode, Refusal, optional_text, text

MOST_GROUPS = 100


class ContactDetails(TypedDict, total=False):
    name: str | None
    first_name: str | None
    last_name: str | None
    email: str | None
    company: str | None
    job_title: str | None


_OPTIONAL = {
    "first_name": ("firstName", 100),
    "last_name": ("lastName", 100),
    "company": ("company", 255),
    "job_title": ("jobTitle", 255),
}


def check_details(given: Mapping[str, object], check: Checks) -> ContactDetails:
    """Those of the details that are given, as they may be stored; a name of None is left to be made of the others."""
    details: dict[str, str | None] = {}
    for key, (field, most) in _OPTIONAL.items():
        with check():
            if key in given:
                details[key] = optional_text(_text(given[key]), field, most=most)
    with check():
        if "name" in given:
            name = _text(given["name"])
            details["name"] = None if name is None else text(name, "name", most=100)
    with check():
        if "email" in given:
            email = _text(given["email"])
            details["email"] = parse_email(email) if email is not None and email.strip() else None
    return ContactDetails(**details)


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def full_name(details: ContactDetails) -> str:
    """The name that is given, else made of first and last name. Raises Refusal when there is none of them."""
    name = details.get("name") or _joined(details.get("first_name"), details.get("last_name"))
    if not name:
        raise Refusal(
            ErrorCode.VALIDATION_ERROR, "A name, or a first or last name, is needed.", field="name", reason="required"
        )
    return name


def renamed(contact: Contact, changes: ContactDetails) -> ContactDetails:
    """The changes with the name that follows: a name that was made of first and last name moves with them."""
    first = changes.get("first_name", contact.first_name)
    last = changes.get("last_name", contact.last_name)
    if changes.get("name") is not None:
        return changes
    if "name" in changes:
        return {**changes, "name": full_name({"first_name": first, "last_name": last})}
    made = contact.name == _joined(contact.first_name, contact.last_name)
    return {**changes, "name": _joined(first, last) or contact.name} if made else changes


def _joined(*names: str | None) -> str:
    return " ".join(name for name in names if name)


def check_groups(group_ids: Sequence[int]) -> None:
    """Refuses too many groups; whether they are there, the database says."""
    if len(set(group_ids)) > MOST_GROUPS:
        raise Refusal(
            ErrorCode.VALIDATION_ERROR,
            f"These are more than {MOST_GROUPS} groups.",
            field="groupIds",
            reason="too_many",
        )
