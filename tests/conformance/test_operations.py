"""Every operation that we show or send fits the schema: those of GraphiQL, of the documents and of the clients."""

import re

import pytest
from graphql import parse, print_ast, specified_rules, validate

from graph.schema import schema
from tests.clients.node import ROOT

FENCED = re.compile(r"^```graphql\n(.*?)^```", re.M | re.S)


def shown() -> dict[str, str]:
    """Operations by where they stand."""
    files = [*(ROOT / "examples/operations").glob("*.graphql"), *(ROOT / "tests/clients/operations").glob("*.graphql")]
    found = {file.relative_to(ROOT).as_posix(): file.read_text() for file in files}
    for document in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "docs/moving").glob("*.md")]:
        for number, block in enumerate(FENCED.findall(document.read_text())):
            for line, operation in enumerate(operations(block)):
                found[f"{document.relative_to(ROOT)}:{number}.{line}"] = operation
    return found


def operations(block: str) -> list[str]:
    """Those of a block that stand one after another, each to be sent by itself."""
    return [print_ast(definition) for definition in parse(block).definitions]


@pytest.mark.parametrize(("place", "operation"), shown().items(), ids=list(shown()))
def test_it_is_valid(place: str, operation: str) -> None:
    errors = validate(schema._schema, parse(operation), specified_rules)  # pyright: ignore[reportPrivateUsage]
    assert [error.message for error in errors] == []


def test_there_are_some_of_each() -> None:
    places = {place.rsplit("/", 1)[0].split(":")[0] for place in shown()}
    assert places >= {"examples/operations", "README.md"}


def test_each_tab_of_graphiql_is_an_operation_and_each_operation_a_tab() -> None:
    tabs = re.findall(r"tab\('([\w-]+)'", (ROOT / "graph/static/graphiql/tabs.js").read_text())
    assert tabs == sorted(file.stem for file in (ROOT / "examples/operations").glob("*.graphql"))
