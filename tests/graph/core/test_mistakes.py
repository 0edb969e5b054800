"""A client's mistakes come back by field, each as an error of its own, without the values that were sent."""

import json
from typing import Any

import pytest
from graphql import GraphQLError
from strawberry.http.exceptions import WebSocketDisconnected
from structlog.testing import capture_logs

from db.core.settings import get_settings
from graph.core.errors import tell
from graph.core.scalars import parse_json
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


@pytest.mark.parametrize(
    ("document", "field"),
    [
        ("query ($x: Boolean = true) { hello @include(if: $x) }", "if"),
        ("query ($x: Boolean = true) { contacts(first: 1) { totalCount @skip(if: $x) } }", "if"),
        ('query ($x: ID = "a") { node(id: $x) { id } }', "id"),
        ('mutation ($x: String = "a") { rename(input: { id: 1, name: $x }) { id } }', "name"),
        ('mutation ($x: Int = 1) { rename(input: { id: 1, name: "a", counts: [$x] }) { id } }', "counts"),
    ],
)
async def test_null_in_the_place_of_a_default_is_a_mistake_too(served: Toy, document: str, field: str) -> None:
    """Nobody sees it before the field is executed: a variable that has a default may stand where null may not."""
    with capture_logs() as logged:
        [error] = (await served.post(document, x=None))["errors"]
    assert (error["extensions"]["code"], error["extensions"]["field"]) == ("VALIDATION_ERROR", field)
    assert error["message"] == "This is required."
    assert not [entry for entry in logged if entry["log_level"] == "error"]


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "2026-13-01T00:00:00Z", "", "x" * 5000, "2026-01-01"])
async def test_odd_instants_are_refused(served: Toy, at: str) -> None:
    answer = await served.post(RENAME, input={"id": "1", "name": "x", "at": at})
    assert set(faults(answer)) == {"at"}
    assert len(json.dumps(answer)) < 1000


@pytest.mark.parametrize("number", ["1e999", "-1e999", "1" * 30, "-9223372036854775809", "1" * 5000])
@pytest.mark.parametrize("value", ["%s", "{ name: %s }", '{ a: [{ b: "c" }, %s] }'])
async def test_json_holds_no_number_that_would_be_lost(served: Toy, number: str, value: str) -> None:
    literal = value.replace("%s", number)
    answer = await served.post(f'mutation {{ rename(input: {{ id: 1, name: "x", attributes: {literal} }}) {{ id }} }}')
    assert faults(answer) == {"attributes": "Numbers must be finite, and integers have at most 64 bits."}


def test_json_is_held_to_the_same_by_variable() -> None:
    for number in (float("inf"), float("nan"), 2**64, -(2**63) - 1):
        with pytest.raises(ValueError, match="finite"):
            parse_json({"a": [number]})
    deep: Any = []
    for _ in range(2000):
        deep = [deep]
    assert parse_json(deep) is deep
    fine = {"a": [2**64 - 1, -(2**63), 1.5, True, None, "x"]}
    assert parse_json(fine) == fine


async def test_a_number_of_thousands_of_digits_is_refused_in_our_words(served: Toy) -> None:
    answer = await served.post(f"{{ contacts(first: {'1' * 5000}) {{ totalCount }} }}")
    assert faults(answer) == {"first": "This number is too long."}
    answer = await served.post(RENAME, input={"id": "1", "name": "x", "counts": [int("9" * 18)]})
    assert set(faults(answer)) == {"counts"}


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


def test_who_is_gone_is_told_nothing_and_is_no_error_of_ours() -> None:
    with capture_logs() as logged:
        assert list(tell(GraphQLError("gone", original_error=WebSocketDisconnected()), "an id")) == []
    assert logged == []
