"""A client's mistakes come back by field, each as an error of its own, without the values that were sent."""

import json
from typing import Any

import pytest

from db.core.settings import get_settings
from tests.graph.core.toy import Toy

RENAME = "mutation ($input: RenameInput!) { rename(input: $input) { id } }"
WRONG = {
    "id": 1.5,
    "name": 5,
    "at": "2026-01-01T00:00:00",
    "direction": "SIDEWAYS",
    "counts": [1, "hunter2"],
    "colour": "hunter2",
}
LITERAL = (
    '{ id: 1.5, name: 5, at: "2026-01-01T00:00:00", direction: SIDEWAYS, counts: [1, "hunter2"], colour: "hunter2" }'
)


def faults(answer: dict[str, Any]) -> dict[str, str]:
    assert "data" not in answer
    assert all(error["extensions"]["code"] == "VALIDATION_ERROR" for error in answer["errors"])
    return {error["extensions"]["field"]: error["message"] for error in answer["errors"]}


@pytest.mark.parametrize("by_variable", [True, False])
async def test_each_wrong_field_is_named(served: Toy, by_variable: bool) -> None:
    if by_variable:
        answer = await served.post(RENAME, input=WRONG)
    else:
        answer = await served.post(f"mutation {{ rename(input: {LITERAL}) {{ id }} }}")
    found = faults(answer)
    assert found.pop("id").startswith("ID cannot represent")
    assert found == {
        "name": "String cannot represent a non string value.",
        "at": "The offset is missing, such as Z or +02:00.",
        "direction": "This is no value of OrderDirection.",
        "counts": "Int cannot represent non-integer value.",
        "colour": "RenameInput has no such field.",
    }
    assert "hunter2" not in json.dumps(answer)


async def test_what_is_missing_is_named(served: Toy) -> None:
    answer = await served.post(RENAME, input={"company": "hunter2"})
    assert faults(answer) == {"id": "This is required.", "name": "This is required."}
    assert "hunter2" not in json.dumps(answer)
    assert faults(await served.post(RENAME)) == {"input": "This is required."}
    assert faults(await served.post(RENAME, input=None)) == {"input": "This is required."}
    assert faults(await served.post("mutation { rename { id } }")) == {"input": "This is required."}


async def test_a_variable_is_named_by_what_it_is_used_for(served: Toy) -> None:
    document = "mutation ($x: DateTime, $y: String!) { rename(input: { id: 1, name: $y, at: $x }) { id } }"
    assert set(faults(await served.post(document, x="tomorrow", y=5))) == {"at", "name"}


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "2026-13-01T00:00:00Z", "", "x" * 5000, "2026-01-01"])
async def test_odd_instants_are_refused(served: Toy, at: str) -> None:
    answer = await served.post(RENAME, input={"id": "1", "name": "x", "at": at})
    assert set(faults(answer)) == {"at"}
    assert len(json.dumps(answer)) < 1000


async def test_suggestions_and_introspection_go_together(served: Toy, monkeypatch: pytest.MonkeyPatch) -> None:
    documents = (
        "{ helo }",
        "{ hello(x: 1) }",
        "query ($x: Contct) { hello }",
        "{ node(id: 1) { ... on Contct { id } } }",
    )
    assert "Did you mean" in json.dumps(await served.post(documents[0]))
    assert "data" in await served.post("{ __schema { queryType { name } } }")
    monkeypatch.setattr(get_settings(), "introspection", False)
    for document in documents:
        assert "Did you mean" not in json.dumps(await served.post(document))
    assert "data" not in await served.post("{ __schema { queryType { name } } }")
