"""What may stand in a contact: names, email, company, labels and custom values, for all who write contacts."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, TypedDict, cast

from db.contacts import Contact
from domain.contacts.zones import parse_zone
from domain.core.email import parse_email
from domain.core.errors import Checks, ErrorCode, Refusal, check_characters, optional_text, text

MOST_GROUPS = 100
MOST_TAGS = 50
MOST_ATTRIBUTES = 100
_NAME = re.compile(r"[A-Za-z0-9_]{1,64}")
OWN_NAMES = frozenset({"name", "first_name", "last_name", "email", "company", "job_title", "phone_number"})
"""What placeholders call the fields of a contact, and so no custom value."""


class ContactDetails(TypedDict, total=False):
    name: str | None
    first_name: str | None
    last_name: str | None
    email: str | None
    company: str | None
    job_title: str | None
    tags: list[str] | None
    attributes: dict[str, Any] | None
    """A null stands for a value that goes."""
    time_zone: str | None


_OPTIONAL = {
    "first_name": ("firstName", 100),
    "last_name": ("lastName", 100),
    "company": ("company", 255),
    "job_title": ("jobTitle", 255),
}


def check_details(given: Mapping[str, object], check: Checks) -> ContactDetails:
    """Those of the details that are given, as they may be stored; a name of None is left to be made of the others."""
    details: dict[str, Any] = {}
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
    with check():
        if "tags" in given:
            details["tags"] = check_tags(cast("Sequence[object] | None", given["tags"]) or ())
    with check():
        if "attributes" in given:
            details["attributes"] = check_attributes(given["attributes"])
    with check():
        if "time_zone" in given:
            zone = _text(given["time_zone"])
            details["time_zone"] = parse_zone(zone) if zone is not None and zone.strip() else None
    return ContactDetails(**details)


def check_tags(tags: Sequence[object]) -> list[str]:
    """Labels, each once, in alphabetical order."""
    found = sorted({text(str(tag), "tags", most=50) for tag in tags})
    if len(found) > MOST_TAGS:
        raise _wrong("tags", f"These are {len(found)} labels; {MOST_TAGS} are allowed.", "too_many")
    return found


def check_attributes(given: object) -> dict[str, Any] | None:
    """Texts, numbers and truth values by name, and nulls for what goes; None where nothing is to be left."""
    if given is None:
        return None
    if not isinstance(given, dict):
        raise _wrong("attributes", "This must be an object.", "not_an_object")
    values = cast("dict[str, Any]", given)
    if len(values) > MOST_ATTRIBUTES:
        raise _wrong("attributes", f"These are {len(values)} values; {MOST_ATTRIBUTES} are allowed.", "too_many")
    for name, value in values.items():
        check_name(name)
        if isinstance(value, str):
            check_characters(value, "attributes")
            if len(value) > 1000:
                raise _wrong("attributes", f"The value of {name} has over 1000 characters.", "too_long")
        elif not isinstance(value, int | float | None):
            raise _wrong(
                "attributes", f"The value of {name} must be a text, a number or a truth value.", "invalid_value"
            )
        elif value is not None:
            check_number(value, "attributes")
    return values


def check_number(value: float, field: str) -> None:
    """Refuses numbers that JSON has no common form for."""
    if not -(2**63) <= value < 2**63:
        raise _wrong(field, "A number is at least -2⁶³ and below 2⁶³.", "out_of_range")


def check_name(name: str, field: str = "attributes") -> str:
    """The name of a custom value, which is a placeholder, too."""
    if not _NAME.fullmatch(name):
        raise _wrong(field, "The name of a custom value has 1 to 64 letters, digits and _.", "invalid_name")
    if name in OWN_NAMES:
        raise _wrong(field, f"{name} is a field of every contact, and no custom value.", "reserved_name")
    return name


def merged(own: Mapping[str, Any], changes: Mapping[str, Any] | None) -> dict[str, Any]:
    """Custom values with their changes; nothing where there is None of these."""
    found = {} if changes is None else {name: value for name, value in {**own, **changes}.items() if value is not None}
    if len(found) > MOST_ATTRIBUTES:
        raise _wrong("attributes", f"These would be {len(found)} values; {MOST_ATTRIBUTES} are allowed.", "too_many")
    return found


def _wrong(field: str, message: str, reason: str) -> Refusal:
    return Refusal(ErrorCode.VALIDATION_ERROR, message, field=field, reason=reason)


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
