"""docs/parity.md is honest: a ticked row names tests that exist, and parts of the schema that are served."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
)

ROOT = Path(__file__).parent.parent
ROWS = 526
ELEMENT = re.compile(
    r"@(?P<directive>\w+)|(?P<owner>[A-Z]\w*[a-z]\w*)(?:\.(?P<field>\w+)(?:\((?P<arguments>[\w, ]+)\))?)?"
)


class Row(NamedTuple):
    done: str
    id: str
    what: str
    carried_by: str
    proof: str


def rows() -> list[Row]:
    lines = (ROOT / "docs/parity.md").read_text().splitlines()
    cells = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in lines if re.match(r"\|[^|]*\| S\d-", line)
    ]
    return [Row(*row) for row in cells]


def schema_parts(row: Row) -> Iterator[re.Match[str]]:
    """What a row names in the schema; routes, headers and settings do not look like it."""
    for name in re.findall(r"`([^`]+)`", row.carried_by):
        if found := ELEMENT.fullmatch(name):
            yield found


def is_served(part: re.Match[str], schema: GraphQLSchema) -> bool:
    if part["directive"]:
        return schema.get_directive(part["directive"]) is not None
    owner, field = part["owner"], part["field"]
    kind = schema.get_type(owner)
    if kind is None or field is None:
        return kind is not None
    if isinstance(kind, GraphQLEnumType):
        return field in kind.values
    if isinstance(kind, GraphQLInputObjectType):
        return field in kind.fields
    if not isinstance(kind, GraphQLObjectType | GraphQLInterfaceType) or field not in kind.fields:
        return False
    wanted = {argument.strip() for argument in (part["arguments"] or "").split(",")} - {""}
    return wanted <= set(kind.fields[field].args)


@cache
def names_of_tests(file: Path) -> frozenset[str]:
    """Names of the test functions of a file, methods of classes as Class::test_name too."""
    found: set[str] = set()
    for node in ast.parse(file.read_text()).body:
        if isinstance(node, ast.ClassDef):
            found |= {
                f"{node.name}::{each.name}"
                for each in node.body
                if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)
            }
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found.add(node.name)
    return frozenset(name for name in found if name.rpartition("::")[2].startswith("test_"))


def is_there(proof: str) -> bool:
    """Whether a test that is named so exists."""
    name, _, test = proof.partition("::")
    return name.startswith("tests/") and (ROOT / name).is_file() and test in names_of_tests(ROOT / name)


def faults(row: Row, schema: GraphQLSchema) -> Iterator[str]:
    """Why a tick is not deserved."""
    if not row.proof:
        yield f"{row.id} is ticked without a proof"
    for proof in row.proof.replace("`", "").split():
        if not is_there(proof):
            yield f"{row.id}: there is no test {proof}"
    for part in schema_parts(row):
        if not is_served(part, schema):
            yield f"{row.id}: {part[0]} is not in schema.graphql"


def test_every_row_is_there_once() -> None:
    ids = [row.id for row in rows()]
    assert len(ids) == len(set(ids)) == ROWS


def test_what_is_said_of_threats_is_proven() -> None:
    rows = [
        line for line in (ROOT / "docs/security.md").read_text().splitlines() if "`tests/" in line and line[0] == "|"
    ]
    assert len(rows) >= 16
    named = [proof for row in rows for proof in re.findall(r"`(tests/[\w/]+\.py::\w+)`", row)]
    assert [proof for proof in named if not is_there(proof)] == []


def test_ticked_rows_are_proven_and_served() -> None:
    marks = {row.done for row in rows()}
    assert marks <= {"", "x"}, f"a row is ticked with x or not at all, not with {marks - {'', 'x'}}"
    ticked = [row for row in rows() if row.done]
    if not ticked:
        return
    schema = build_schema((ROOT / "schema.graphql").read_text())
    assert [fault for row in ticked for fault in faults(row, schema)] == []


SCHEMA = build_schema(
    """
    directive @allow on FIELD_DEFINITION
    enum Order { TITLE }
    input New { title: String }
    type Query { item(id: ID!): Item, items: [Item] }
    type Item { title: String }
    """
)


@pytest.mark.parametrize(
    ("named", "wrong"),
    [
        ("`Item.title`, `Order.TITLE`, `New.title`, `Query.item(id)`, `@allow`, `GET /health`, `API_PORT`, `Item`", []),
        ("`Item.name`", ["Item.name"]),
        ("`Order.NAME`", ["Order.NAME"]),
        ("`New.name`", ["New.name"]),
        ("`Query.item(key)`", ["Query.item(key)"]),
        ("`@deny`, `Thing`", ["@deny", "Thing"]),
    ],
)
def test_the_check_finds_what_is_not_served(named: str, wrong: list[str]) -> None:
    row = Row("x", "S1-001", "something", named, "tests/test_parity.py::test_every_row_is_there_once")
    assert list(faults(row, SCHEMA)) == [f"S1-001: {each} is not in schema.graphql" for each in wrong]


@pytest.mark.parametrize(
    "proof", ["tests/test_parity.py::test_unheard_of", "tests/none.py::test_x", "docs/parity.md::x"]
)
def test_the_check_finds_missing_tests(proof: str) -> None:
    row = Row("x", "S1-001", "something", "", proof)
    assert list(faults(row, SCHEMA)) == [f"S1-001: there is no test {proof}"]
