"""Filters take lists of some length, and say so of each that is longer."""

from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLString,
    get_named_type,
    get_nullable_type,
)

from graph.core.inputs import MOST_LISTED
from graph.schema import schema
from tests.running import Api


def lists() -> dict[tuple[str, str], tuple[str, Any]]:
    """A value of each list in a filter of a root field, and the filter's type."""
    query, found = schema._schema.query_type, dict[tuple[str, str], tuple[str, Any]]()  # pyright: ignore[reportPrivateUsage]
    assert query is not None
    for name, field in query.fields.items():
        filter = get_named_type(field.args["filter"].type) if "filter" in field.args else None
        for key, given in filter.fields.items() if isinstance(filter, GraphQLInputObjectType) else ():
            of = get_named_type(given.type)
            if isinstance(get_nullable_type(given.type), GraphQLList) and (
                of is GraphQLString or isinstance(of, GraphQLEnumType)
            ):
                value = next(iter(of.values)) if isinstance(of, GraphQLEnumType) else "x"
                found[name, key] = get_named_type(field.args["filter"].type).name, value
    return found


LISTS = lists()


def test_there_are_many() -> None:
    assert {("contacts", "tags"), ("auditEntries", "action"), ("leads", "status")} <= LISTS.keys()


@pytest.mark.parametrize("where", LISTS, ids=".".join)
@pytest.mark.parametrize("many", [MOST_LISTED + 1, 39_000])
async def test_a_list_in_a_filter_has_an_end(api: Api, where: tuple[str, str], many: int) -> None:
    (name, key), (kind, value) = where, LISTS[where]
    document = f"query ($filter: {kind}) {{ {name}(first: 0, filter: $filter) {{ edges {{ cursor }} }} }}"
    refusal = await api.refusal(document, filter={key: [value] * many})
    assert (refusal["code"], refusal["field"]) == ("VALIDATION_ERROR", key)
    assert refusal["details"]["reason"] == "too_many"
    assert (await api.data(document, filter={key: [value] * MOST_LISTED}))[name] == {"edges": []}
