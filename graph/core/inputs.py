"""Inputs: what a caller gave, and what was left out."""

from dataclasses import fields
from datetime import datetime
from typing import Any, cast

import strawberry
from strawberry.types.base import has_object_definition
from strawberry.utils.str_converters import to_camel_case

from domain.core.errors import Checks, ErrorCode, Refusal, check_characters
from graph.core.ids import decode, split

MOST_LISTED = 100
"""Values of one list in a filter."""
ANY = "Node"
"""The kind of an id that may be of any kind; it becomes the kind and the number."""


def required(description: str, *, of: str | None = None) -> Any:
    """An input field that must be given; `of` says of what kind its id is, or its ids are."""
    return strawberry.field(description=description, metadata={"of": of})


def optional(description: str, *, of: str | None = None, default: Any = strawberry.UNSET) -> Any:
    """An input field that may be left out; `of` as in required."""
    return strawberry.field(description=description, default=default, metadata={"of": of})


def given(value: Any, *, within: str = "") -> dict[str, Any]:
    """The fields of an input that were given, an explicit null too, with numbers for ids; none of an input left out.

    Raises Refusal for each id at fault; `within` is where the input stands in another one, such as `approval.`.
    """
    if value is None or value is strawberry.UNSET:
        return {}
    found, check = dict[str, Any](), Checks()
    for field in fields(value):
        what, kind = getattr(value, field.name), field.metadata.get("of")
        if what is not strawberry.UNSET:
            with check():
                found[field.name] = _numbers(what, kind, within + to_camel_case(field.name)) if kind else what
    check.done()
    return found


def whole(value: Any, within: str = "") -> dict[str, Any]:
    """The same of an input and of all inputs that stand in it, each as an object of its own."""
    found, check = dict[str, Any](), Checks()
    for field in fields(value):
        what, kind = getattr(value, field.name), field.metadata.get("of")
        place = within + to_camel_case(field.name)
        if what is not strawberry.UNSET:
            with check():
                found[field.name] = _numbers(what, kind, place) if kind else _whole(what, place)
    check.done()
    return found


def _whole(value: Any, place: str) -> Any:
    if isinstance(value, list):
        return [_whole(one, f"{place}[{i}]") for i, one in enumerate(cast("list[Any]", value))]
    return whole(value, f"{place}.") if has_object_definition(value) else value


def criteria(filter: Any) -> dict[str, Any]:
    """What a filter asks for: null asks for nothing, and a span `created_at` for `created_from` and `created_before`.

    Raises Refusal for ids at fault, and for texts that no row can hold, before the database does.
    """
    if filter:
        check = Checks()
        for field in fields(filter):
            with check():
                _check_length(getattr(filter, field.name), to_camel_case(field.name))
        check.done()
    found, check = dict[str, Any](), Checks()
    for name, value in given(filter).items():
        if isinstance(value, DateTimeRange):
            span = given(value)
            found[name.removesuffix("at") + "from"] = span.get("start")
            found[name.removesuffix("at") + "before"] = span.get("end")
        elif value is not None:
            found[name] = _whole(value, to_camel_case(name))
        for one in cast("list[Any]", value) if isinstance(value, list) else [value]:
            with check():
                if isinstance(one, str):
                    check_characters(one, to_camel_case(name))
    check.done()
    return found


def _check_length(value: Any, field: str) -> None:
    if isinstance(value, list) and len(cast("list[Any]", value)) > MOST_LISTED:
        words = f"A filter takes at most {MOST_LISTED} values."
        raise Refusal(ErrorCode.VALIDATION_ERROR, words, field=field, reason="too_many")


def _numbers(value: Any, kind: str, field: str) -> Any:
    if value is None:
        return None
    if isinstance(value, list):
        return [_numbers(id, kind, field) for id in value]  # pyright: ignore[reportUnknownVariableType]
    return split(value, field) if kind == ANY else decode(value, kind, field)


@strawberry.input(description="A span of time; either end may be left open.")
class DateTimeRange:
    start: datetime | None = optional("At or after this instant.")
    end: datetime | None = optional("Before this instant.")
