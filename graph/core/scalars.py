"""Scalars that GraphQL itself does not have."""

import math
import re
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, NewType, cast

import strawberry
from graphql import ValueNode, value_from_ast_untyped
from strawberry.scalars import JSON
from strawberry.types.scalar import ScalarDefinition

PhoneNumber = NewType("PhoneNumber", str)
"""Passed through as written: the domain parses it (domain.core.phone), and rows hold E.164."""


_DECIMAL = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,30})?")
_NUMBERS = "Numbers must be finite, and integers have at most 64 bits."


def parse_datetime(value: Any) -> datetime:
    """An instant in UTC. Raises ValueError."""
    if not isinstance(value, str):
        raise ValueError("An instant is a string, such as 2026-03-01T09:00:00Z.")
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        raise ValueError("This is not an ISO 8601 instant, such as 2026-03-01T09:00:00Z.") from None
    if found.tzinfo is None:
        raise ValueError("The offset is missing, such as Z or +02:00.")
    try:
        return found.astimezone(UTC)
    except OverflowError:
        raise ValueError("This instant is out of range.") from None


def write_datetime(value: datetime) -> str:
    """ISO 8601 in UTC, such as 2026-03-01T09:00:00.250000Z."""
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def parse_time(value: Any) -> time:
    """A time of day. Raises ValueError."""
    if not isinstance(value, str) or not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
        raise ValueError("A time of day is a string of hours and minutes, such as 21:00.")
    return time.fromisoformat(value)


def write_time(value: time) -> str:
    return f"{value:%H:%M}"


def parse_decimal(value: Any) -> Decimal:
    """An exact number, of a string or a number. Raises ValueError for what is none, or has over 30 digits."""
    if not isinstance(value, str | int | float) or isinstance(value, bool) or not _DECIMAL.fullmatch(str(value)):
        raise ValueError("A decimal number is written as a string of digits, such as 50000.00.")
    return Decimal(str(value))


def parse_text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("A phone number is a string.")
    return value


def parse_json(value: Any) -> Any:
    """Raises ValueError for numbers that JSON cannot hold, or that readers of JSON would round."""
    waiting: list[Any] = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            waiting.extend(cast("dict[str, Any]", item).values())
        elif isinstance(item, list):
            waiting.extend(cast("list[Any]", item))
        elif (isinstance(item, float) and not math.isfinite(item)) or (
            isinstance(item, int) and not -(2**63) <= item < 2**64
        ):
            raise ValueError(_NUMBERS)
    return value


def parse_json_literal(node: ValueNode, variables: dict[str, Any] | None = None) -> Any:
    """The same for JSON that is written in the document."""
    try:
        value = value_from_ast_untyped(node, variables)
    except ValueError:  # A number of thousands of digits, which Python does not read.
        raise ValueError(_NUMBERS) from None
    return parse_json(value)


SCALARS: dict[object, ScalarDefinition] = {
    PhoneNumber: strawberry.scalar(
        name="PhoneNumber",
        description=(
            "A phone number with country code. Read in E.164 with or without the plus, with spaces, dashes, dots or "
            "brackets, with 00 for the plus, or as a WhatsApp chat id (573107601252@c.us); written in E.164 "
            "(+573107601252). Seven to fifteen digits, none of them a leading zero; anything else is "
            "INVALID_PHONE_NUMBER. Never a BSUID, LID or username."
        ),
        serialize=str,
        parse_value=parse_text,
    ),
    datetime: strawberry.scalar(
        name="DateTime",
        description="An instant, ISO 8601 with an offset; always given back in UTC.",
        serialize=write_datetime,
        parse_value=parse_datetime,
        specified_by_url="https://scalars.graphql.org/andimarek/date-time.html",
    ),
    date: strawberry.scalar(
        name="Date",
        description="A calendar day, ISO 8601.",
        serialize=date.isoformat,
        parse_value=date.fromisoformat,
    ),
    time: strawberry.scalar(
        name="LocalTime",
        description="A time of day, HH:MM, in a zone that the field names.",
        serialize=write_time,
        parse_value=parse_time,
    ),
    JSON: strawberry.scalar(
        name="JSON",
        description=(
            "Any JSON value; where it describes metadata or variables, an object. Integers have at most 64 bits."
        ),
        parse_value=parse_json,
        parse_literal=parse_json_literal,
    ),
    Decimal: strawberry.scalar(
        name="Decimal",
        description="An exact decimal number, written as a string.",
        serialize=str,
        parse_value=parse_decimal,
    ),
}
