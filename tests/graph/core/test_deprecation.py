"""Who asks for what will go is told until when it is there; who does not, is not."""

from datetime import date

import pytest
from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLInterfaceType, GraphQLObjectType

from db.accounts import Role
from graph.core.deprecation import LEAVING, Leaving
from graph.schema import schema
from tests.graph.core.toy import Toy

TOLD = {
    "x-api-deprecated": "true",
    "x-api-deprecation-date": "2027-01-31",
    "x-api-sunset-date": "2027-07-31",
    "x-api-successor-version": "2.0.0",
}
SOON = Leaving(date(2027, 1, 31), date(2027, 7, 31), "2.0.0")
LATER = Leaving(date(2026, 12, 1), date(2028, 1, 1), "3.0.0")
RENAME = 'mutation { rename(input: { id: "1", name: "Rita", direction: ASC }) { name } }'


@pytest.mark.parametrize(
    ("place", "document"),
    [
        ("Query.hello", "{ hello }"),
        ("Query.hello", "query A { ...Greeting } fragment Greeting on Query { again: hello }"),
        ("Query.contacts(search)", '{ contacts(search: "R", first: 1) { totalCount } }'),
        ("Contact.company", "{ contacts(first: 1) { edges { node { company } } } }"),
        ("RenameInput.direction", RENAME),
        ("OrderDirection.ASC", RENAME),
    ],
)
async def test_what_leaves_says_when(served: Toy, monkeypatch: pytest.MonkeyPatch, place: str, document: str) -> None:
    headers = {"authorization": f"Bearer {served.tokens[Role.ADMIN]}"}
    monkeypatch.setitem(LEAVING, "Query.broken", LATER)
    answer = await served.http.post("/graphql", json={"query": document}, headers=headers)
    assert "x-api-deprecated" not in answer.headers
    monkeypatch.setitem(LEAVING, place, SOON)
    for _ in range(2):  # as it is read, and as it is remembered
        answer = await served.http.post("/graphql", json={"query": document}, headers=headers)
        assert {name: answer.headers.get(name) for name in TOLD} == TOLD


async def test_of_several_the_one_that_goes_first_is_told(served: Toy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LEAVING, "Query.broken", LATER)
    monkeypatch.setitem(LEAVING, "Query.hello", SOON)
    answer = await served.http.post(
        "/graphql", json={"query": "{ broken hello }"}, headers={"origin": "https://a.example"}
    )
    assert {name: answer.headers.get(name) for name in TOLD} == TOLD
    assert set(TOLD) <= set(answer.headers["access-control-expose-headers"].lower().split(", "))
    refused = await served.http.post("/graphql", json={"query": "{ hello nothing }"})
    assert "x-api-deprecated" not in refused.headers


def test_whatever_is_deprecated_has_its_dates() -> None:
    """And nothing else has."""
    found: set[str] = set()
    for kind in schema._schema.type_map.values():  # pyright: ignore[reportPrivateUsage]
        if isinstance(kind, GraphQLEnumType):
            found |= {f"{kind}.{name}" for name, value in kind.values.items() if value.deprecation_reason}
        elif isinstance(kind, GraphQLInputObjectType):
            found |= {f"{kind}.{name}" for name, field in kind.fields.items() if field.deprecation_reason}
        elif isinstance(kind, GraphQLObjectType | GraphQLInterfaceType) and not kind.name.startswith("__"):
            for name, field in kind.fields.items():
                found |= {f"{kind}.{name}"} if field.deprecation_reason else set()
                found |= {
                    f"{kind}.{name}({each})" for each, argument in field.args.items() if argument.deprecation_reason
                }
    assert found == LEAVING.keys()
