"""Conditions on contacts: words of a search, and custom values within bounds."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import orjson

from db.contacts import UNSPACED
from db.core.paging import Where
from domain.contacts.details import check_name, check_number
from domain.core.errors import ErrorCode, Refusal, check_characters
from domain.core.search import contains

MOST = 10
"""Custom values that one filter may ask for."""

_NUMBER = (
    "CASE jsonb_typeof(contact.attributes -> {}::text) WHEN 'number' THEN (contact.attributes ->> {})::numeric END"
)
_TIME = (
    "CASE WHEN contact.attributes ->> {}::text ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}'"
    " AND pg_input_is_valid(contact.attributes ->> {}, 'timestamptz')"
    " THEN (contact.attributes ->> {})::timestamptz END"
)


_SHORT = 3
"""Letters of a trigram, by which the search has its index."""
_UNSPACED = re.compile(f"[{UNSPACED}]")


def search_in(where: Where, search: str | None) -> None:
    """Confines a list of contacts to those who are called so."""
    if condition := called(where, search):
        where.conditions.append(condition)


def called(where: Where, search: str | None) -> str | None:
    """Name, email, company, job title and numbers as they are; numbers by their digits, too, whatever the term has
    between them. Terms of one or two letters are found where a word begins. None of no term."""
    if (pattern := contains(search)) is None:
        return None
    digits = "".join(char for char in pattern if char.isascii() and char.isdigit())
    condition = f"contact.search LIKE lower({where.place(indexed(pattern))})"
    if digits and digits != pattern.strip("%") and not any(char.isalpha() for char in pattern):
        return f"({condition} OR contact.search LIKE {where.place(indexed(f'%{digits}%'))})"
    return condition


def indexed(pattern: str) -> str:
    """A pattern of what is contained, as the column `search` has it: with a space before what begins a word there."""
    begins = " " if len(pattern) < _SHORT + len("%%") and not _UNSPACED.match(pattern[1:]) else ""
    spaced = _UNSPACED.sub(r" \g<0>", pattern[1:])
    return f"%{begins}{spaced}"


def having(where: Where, attributes: Sequence[Mapping[str, Any]]) -> None:
    """Contacts with all of these custom values: {name, equals, min, max}, of which name alone must be there."""
    if len(attributes) > MOST:
        raise _wrong("attributes", f"These are {len(attributes)} conditions; {MOST} are allowed.", "too_many")
    for place, asked in enumerate(attributes):
        within = f"attributes[{place}]"
        name = check_name(asked["name"], f"{within}.name")
        where.add("contact.attributes ? {}::text", name)
        if (equals := asked.get("equals")) is not None:
            if not isinstance(equals, str | int | float):
                raise _wrong(f"{within}.equals", "This must be a text, a number or a truth value.", "invalid_value")
            if isinstance(equals, str):
                check_characters(equals, f"{within}.equals")
            else:
                check_number(equals, f"{within}.equals")
            where.add("contact.attributes @> {}::jsonb", orjson.dumps({name: equals}).decode())
        for bound, beyond in (("min", ">="), ("max", "<=")):
            if (given := asked.get(bound)) is not None:
                _bounded(where, name, beyond, given, f"{within}.{bound}")


def _bounded(where: Where, name: str, beyond: str, given: object, field: str) -> None:
    if isinstance(given, int | float) and not isinstance(given, bool):
        check_number(given, field)
        where.add(f"{_NUMBER} {beyond} {{}}::float8::numeric", name, name, float(given))
        return
    try:
        if not isinstance(given, str):
            raise ValueError(given)
        instant = datetime.fromisoformat(given)
        if beyond == "<=" and len(given) == len("2026-03-01"):
            # A day has not passed before its end.
            instant, beyond = datetime.combine(date.fromisoformat(given), time()) + timedelta(days=1), "<"
    except (ValueError, OverflowError):
        raise _wrong(field, "This must be a number, or a date such as 2026-03-01.", "invalid_value") from None
    where.add(f"{_TIME} {beyond} {{}}::text::timestamptz", name, name, name, instant.isoformat())


def _wrong(field: str, message: str, reason: str) -> Refusal:
    return Refusal(ErrorCode.VALIDATION_ERROR, message, field=field, reason=reason)
