"""What the SDK is generated from: an operation for every root field, none of which costs more than is allowed."""

from pathlib import Path

import pytest
from graphql import FieldNode, OperationDefinitionNode, parse, validate

from graph.core import limits
from graph.schema import schema
from tests.clients.node import ROOT, installed, run

TYPESCRIPT = ROOT / "sdk/typescript"
SERVED = schema._schema  # pyright: ignore[reportPrivateUsage]
DOCUMENT = parse("\n".join(file.read_text() for file in sorted((ROOT / "sdk/operations").glob("*.graphql"))))
OPERATIONS = [each for each in DOCUMENT.definitions if isinstance(each, OperationDefinitionNode)]


def test_they_are_valid_and_each_asks_one_thing() -> None:
    assert [error.message for error in validate(SERVED, DOCUMENT)] == []
    assert [each.name for each in OPERATIONS if each.name is None or len(each.selection_set.selections) > 1] == []


@pytest.mark.parametrize("kind", ["query", "mutation", "subscription"])
def test_every_root_field_has_one(kind: str) -> None:
    asked = {
        field.name.value
        for each in OPERATIONS
        if each.operation.value == kind
        for field in each.selection_set.selections
        if isinstance(field, FieldNode)
    }
    root = getattr(SERVED, f"{kind}_type")
    assert root is not None
    assert set(root.fields) - asked == set()


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.name.value)
def test_the_largest_page_is_allowed(operation: OperationDefinitionNode) -> None:
    cost, _ = limits.check_cost(SERVED, DOCUMENT, operation, {"first": 100})
    assert cost <= limits.most_cost()


@pytest.mark.timeout(300)  # the first to want Node installs its packages
async def test_the_half_in_typescript_is_generated_from_them(tmp_path: Path) -> None:
    installed(TYPESCRIPT)
    written = tmp_path / "generated.ts"
    assert await run(["node", "codegen.mjs", str(written)], cwd=TYPESCRIPT) == (0, "")
    assert written.read_text() == (TYPESCRIPT / "src/generated.ts").read_text(), "make sdk"
