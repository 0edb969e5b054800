"""Placeholders: what is one, what fills it, and what is missing."""

from typing import Any

import pytest

from domain.core.errors import ErrorCode, Refusal
from domain.templates.placeholders import check_variables, compile_template, fill


@pytest.mark.parametrize(
    ("content", "variables"),
    [
        ("Hello {{name}}", ["name"]),
        ("{{ b }}{{a}} {{\tb\n}}", ["b", "a"]),
        ("{{Order_1}} {{order_1}}", ["Order_1", "order_1"]),
        ("none {name} {{}} {{ }} { {x} }", []),
        ("{{a.__class__}} {{a b}} {{é}} {{a|b}}", []),
        ("{{{a}}}", ["a"]),
    ],
)
def test_names_in_order_of_first_use(content: str, variables: list[str]) -> None:
    assert list(compile_template(content).variables) == variables


def test_rendering_fills_every_use_and_leaves_the_rest_as_it_is() -> None:
    compiled = compile_template("Hi {{ name }}, {{name}}! {{a.__class__}} {{code}} {0} %s {{{name}}}")
    values = {"name": "Ana {{code}}", "code": "7", "other": "x"}
    assert compiled.render(values) == "Hi Ana {{code}}, Ana {{code}}! {{a.__class__}} 7 {0} %s {Ana {{code}}}"
    assert compiled.missing(values) == []
    assert compiled.render({"code": ""}) == "Hi {{name}}, {{name}}! {{a.__class__}} {{code}} {0} %s {{{name}}}"
    assert compiled.missing({"code": ""}) == ["name", "code"]


def test_variables_win_and_may_hold_placeholders_of_the_contact() -> None:
    own = {"name": "Ana Lima", "first_name": "Ana"}
    variables = {"name": "friend", "greeting": "Hi {{first_name}}", "n": 3, "share": 0.5, "on": True}
    assert fill(own, variables) == {
        "name": "friend", "first_name": "Ana", "greeting": "Hi Ana", "n": "3", "share": "0.5", "on": "true",
    }  # fmt: skip


def test_a_variable_that_the_contact_does_not_fill_is_missing() -> None:
    values = fill({"name": "Ana", "greeting": "own"}, {"greeting": "Hi {{first_name}}", "a": "{{b}}", "b": "{{a}}"})
    assert compile_template("{{greeting}} {{a}} {{b}} {{name}}").missing(values) == ["greeting", "a", "b"]


def test_a_variable_that_is_null_is_missing() -> None:
    values = fill({"name": "Ana"}, {"name": None, "code": None})
    assert compile_template("{{name}} {{code}}").missing(values) == ["name", "code"]


@pytest.mark.parametrize(
    ("variables", "reason"),
    [
        ([], "not_an_object"),
        ("x", "not_an_object"),
        ({"a": {"b": "c"}}, "invalid_value"),
        ({"a": None}, "invalid_value"),
        ({"a b": "c"}, "invalid_name"),
        ({"": "c"}, "invalid_name"),
        ({"a": "x" * 1001}, "too_long"),
        ({"a": "\x00"}, "invalid_characters"),
        ({f"v{n}": "" for n in range(101)}, "too_many"),
    ],
)
def test_variables_are_a_flat_object(variables: Any, reason: str) -> None:
    with pytest.raises(Refusal) as caught:
        check_variables(variables)
    assert (caught.value.code, caught.value.field) == (ErrorCode.VALIDATION_ERROR, "variables")
    assert caught.value.details["reason"] == reason


def test_no_variables_are_an_empty_object() -> None:
    assert check_variables(None) == {}
    assert check_variables({"a": "b", "n": 1, "f": 1.5, "t": False}) == {"a": "b", "n": 1, "f": 1.5, "t": False}
