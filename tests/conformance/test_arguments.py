"""Every argument and input field of the schema, given what nobody should give: refused, or taken, but never a fault."""

import itertools
import json
from collections.abc import Iterator
from typing import Any

import graphql
import pytest

from tests.conformance.generated import SCHEMA
from tests.faults.conftest import Installation

_schema = graphql.build_schema(SCHEMA.read_text())
_numbers = itertools.count()

TEXTS = [
    "\0",
    "a\0b",
    "\x1b[2J",
    "\u202e",
    "\ufffe",
    "😀" * 40,
    "'; DROP TABLE contact; --",
    "%",
    "\\",
    "{{x.__class__}}",
]
TEXTS += ["", " ", "x" * 10_000, "-1", "null", "Q29udGFjdDow", "Q29udGFjdDox", "0001-01-01T00:00:00+14:00", "٣"]
HOSTILE: dict[str, list[Any]] = {
    "String": TEXTS,
    "ID": [*TEXTS, 0, -1, 2**31],
    "PhoneNumber": [*TEXTS, "+" + "9" * 15, "+٩٩٩٩٩٩٩٩٩", "0@c.us", "@lid"],
    "LocalTime": [*TEXTS, "24:00", "23:60", "08:00:00", "08:00Z"],
    "DateTime": [*TEXTS, "9999-12-31T23:59:59-14:00", "2026-02-30T00:00:00Z", "2026-01-01T00:00:00.1234567891Z"],
    "JSON": [[], {}, "x", 0, -(2**63), 2**64 - 1, 1e308, {"a\0": 1}, {"": ""}, {"a": "\0"}, {"a": {"b": [[]] * 50}}],
    "Int": [0, -1, 2**31 - 1, -(2**31)],
    "Float": [0, -1, 1e308, -0.0, 5e-324],
    "Decimal": [*TEXTS, "NaN", "-Infinity", "1e999999999", "9" * 31, "0.001", 0, -1, 1e308],
    "Boolean": [True, False],
}


def benign(kind: Any, name: str) -> Any:
    """A value that gets a little further than nonsense does."""
    named = graphql.get_named_type(kind)
    if graphql.is_list_type(graphql.get_nullable_type(kind)):
        return [benign(graphql.get_nullable_type(kind).of_type, name)]
    if graphql.is_enum_type(named):
        return next(iter(named.values))
    if graphql.is_input_object_type(named):
        fields = named.fields.items()
        return {key: benign(field.type, key) for key, field in fields if graphql.is_required_input_field(field)}
    text = f"{name}-{next(_numbers)}"
    given = {"String": text, "ID": "Q29udGFjdDox", "PhoneNumber": f"+55119{next(_numbers):08d}", "Boolean": False}
    return {
        **given,
        "Int": 1,
        "Float": 1.0,
        "Decimal": "1.50",
        "JSON": {},
        "DateTime": "2030-01-01T00:00:00Z",
        "LocalTime": "08:00",
    }[named.name]


def variants(kind: Any, name: str, depth: int = 0) -> Iterator[Any]:
    """Hostile values of a type, one place at a time."""
    nullable = graphql.get_nullable_type(kind)
    named = graphql.get_named_type(kind)
    if graphql.is_list_type(nullable):
        yield []
        yield [benign(nullable.of_type, name)] * 300
        yield from ([value] for value in variants(nullable.of_type, name, depth))
    elif graphql.is_input_object_type(named):
        for key, field in named.fields.items() if depth < 3 else ():
            for value in variants(field.type, key, depth + 1):
                yield {**benign(kind, name), key: value}
    elif graphql.is_scalar_type(named):
        yield from HOSTILE[named.name]


def arguments() -> Iterator[Any]:
    for operation, root in (("query", _schema.query_type), ("mutation", _schema.mutation_type)):
        assert root is not None
        for field, definition in root.fields.items():
            for name in definition.args:
                yield pytest.param(operation, field, name, id=f"{field}({name}:)")


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("operation", "field", "name"), [*arguments()])
async def test_an_argument_takes_anything(installation: Installation, operation: str, field: str, name: str) -> None:
    root = _schema.query_type if operation == "query" else _schema.mutation_type
    assert root is not None
    definition = root.fields[field]
    required = {key for key, arg in definition.args.items() if graphql.is_required_argument(arg)} | {name}
    declared = ", ".join(f"${key}: {definition.args[key].type}" for key in required)
    passed = ", ".join(f"{key}: ${key}" for key in required)
    selected = "" if graphql.is_leaf_type(graphql.get_named_type(definition.type)) else "{ __typename }"
    document = f"{operation} ({declared}) {{ {field}({passed}) {selected} }}"
    # Each sign-in hashes a password, which is slow on purpose.
    for value in itertools.islice(variants(definition.args[name].type, name), 0, None, 4 if field == "login" else 1):
        given = {key: benign(definition.args[key].type, key) for key in required - {name}}
        answer = await installation.api.gql(document, {**given, name: value})
        codes = {error["extensions"]["code"] for error in answer.get("errors", ())}
        assert "INTERNAL_ERROR" not in codes, f"{document} {json.dumps(value)[:300]}"
