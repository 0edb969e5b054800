"""The schema's own form: what Strawberry drops or adds, mended."""

import pytest
from graphql import (
    ExecutionResult,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    parse,
)

from db.accounts import Role
from graph.core.enums import describe
from graph.core.schema import Execution
from graph.schema import schema as whole
from tests.graph.core import toy

SDL = toy.schema.as_str()


def test_arguments_of_directives_have_descriptions() -> None:
    assert '"""Roles that may use it."""\n  roles: [Role!]!' in SDL
    assert '"""Cost of one use."""\n  weight: Int!' in SDL


def test_arguments_that_may_be_left_out_have_no_default_of_null() -> None:
    assert "= null" not in SDL
    assert '"""How many from the start, 0 to 100."""\n    first: Int\n' in SDL


def test_access_and_cost_stand_in_the_schema() -> None:
    assert "hello: String! @public" in SDL
    assert "): Contact! @allow(roles: [ADMIN, MARKETER], scope: CONTACTS)" in SDL
    assert "twin: Contact @cost(weight: 7)" in SDL
    assert "): ContactConnection!\n" in SDL


def described(schema: GraphQLSchema) -> list[str]:
    """Everything without a description."""
    missing: list[str] = []
    for name, kind in schema.type_map.items():
        if name.startswith("__") or name in ("String", "Int", "Float", "Boolean", "ID"):
            continue
        missing += [] if kind.description else [name]
        if isinstance(kind, GraphQLEnumType):
            missing += [f"{name}.{value}" for value, found in kind.values.items() if not found.description]
        elif isinstance(kind, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
            for field, found in kind.fields.items():
                missing += [] if found.description else [f"{name}.{field}"]
                arguments = getattr(found, "args", {})
                missing += [f"{name}.{field}({arg}:)" for arg, given in arguments.items() if not given.description]
    for directive in schema.directives:
        missing += [f"@{directive.name}({arg}:)" for arg, given in directive.args.items() if not given.description]
    return missing


def test_everything_has_a_description() -> None:
    assert described(toy.schema._schema) == []
    assert described(whole._schema) == []


def test_an_enumeration_needs_a_description_for_each_value() -> None:
    with pytest.raises(ValueError, match="VIEWER"):
        describe(Role, "Roles.", ADMIN="a", MARKETER="b", SALES="c")


def test_a_list_of_smaller_pages_costs_less() -> None:
    prices = whole._schema.extensions["prices"]
    assert prices["Query", "messages"].size == 50
    assert prices["Query", "contacts"].size == 100


def test_a_subscription_keeps_nothing_of_an_event_that_it_has_told() -> None:
    document = parse("{ __schema { queryType { name } } }")
    subscription = Execution.build(whole._schema, document)
    assert isinstance(subscription, Execution)
    for _ in range(3):
        told = subscription.build_per_event_executor(None).execute_operation()
        assert told == ExecutionResult({"__schema": {"queryType": {"name": "Query"}}}, None)
    assert subscription._relevant_sub_fields == {}
