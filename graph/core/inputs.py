"""Inputs: what a caller gave, and what was left out."""

from dataclasses import fields
from datetime import datetime
from typing import Any

import strawberry
from strawberry.utils.str_converters import to_camel_case

from domain.core.errors import Checks, check_characters


def required(description: str, *, name: str | None = None) -> Any:
    """An input field that must be given."""
    return strawberry.field(name=name, description=description)


def optional(description: str, *, name: str | None = None, default: Any = strawberry.UNSET) -> Any:
    """An input field that may be left out."""
    return strawberry.field(name=name, description=description, default=default)


def given(value: Any) -> dict[str, Any]:
    """The fields of an input that were given, an explicit null too; none for an input that was left out."""
    if value is None or value is strawberry.UNSET:
        return {}
    found = {field.name: getattr(value, field.name) for field in fields(value)}
    return {name: what for name, what in found.items() if what is not strawberry.UNSET}


def criteria(filter: Any) -> dict[str, Any]:
    """The same for a filter. Raises Refusal for texts that no row can hold, before the database does."""
    found = given(filter)
    check = Checks()
    for name, value in found.items():
        with check():
            if isinstance(value, str):
                check_characters(value, to_camel_case(name))
    check.done()
    return found


@strawberry.input(description="A span of time; either end may be left open.")
class DateTimeRange:
    start: datetime | None = optional("At or after this instant.")
    end: datetime | None = optional("Before this instant.")
