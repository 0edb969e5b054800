"""Small documents that would cost much: each is refused at once, by the schema that is served."""

import time
from typing import Any

import pytest
from graphql import get_introspection_query, graphql_sync

from domain.core.access import Viewer
from graph.core.context import Context
from graph.core.limits import INTROSPECTION
from graph.schema import schema

SECONDS = 0.05
"""Of the processor, from the text to the refusal."""
YARDSTICK, YARDSTICK_SECONDS = get_introspection_query(), 0.08
"""What tools ask for when they open, and what it takes graphql-core alone on two slow cores."""
VARIABLES = "query ($id: ID!) { contact(id: $id) { id } }"
CREATE = "mutation ($input: CreateContactInput!) { createContact(input: $input) { id } }"
IMPORT = "mutation ($input: ImportContactsInput!) { importContacts(input: $input) { id } }"


def doubling(levels: int, kind: str = "Query", inner: str = "__typename", first: str = "") -> str:
    """Fragments of which each spreads the next one twice."""
    parts = [f"fragment f{n} on {kind}{{...f{n + 1} ...f{n + 1}}}" for n in range(levels)]
    return f"{first or '{...f0}'} {' '.join(parts)} fragment f{levels} on {kind}{{{inner}}}"


def times(count: int, text: str) -> str:
    """The text so many times, each with its number in place of #."""
    return " ".join(text.replace("#", str(number)) for number in range(count))


def nested(levels: int, before: str, inner: str, after: str = "}") -> str:
    return before * levels + inner + after * levels


def deep(levels: int) -> Any:
    found: Any = "x"
    for _ in range(levels):
        found = {"a": [found]}
    return found


BOMBS: dict[str, tuple[str, dict[str, Any] | None]] = {
    "827 bytes of fragments": (doubling(19).ljust(827), None),
    "fragments, each under two aliases": (
        "{...f0} " + times(20, "fragment f# on Query{a#:contacts{totalCount}...g# b#:contacts{totalCount}...g#}")
        + times(19, "fragment g# on Query{...f#}") + " fragment g19 on Query{__typename}", None),
    "fragments that nest what they double": (
        "{contacts{edges{node{...f0}}}}"
        + times(12, "fragment f# on Contact{" + 2 * "groups{contacts{edges{node{...g#}}}}" + "}")
        + times(11, "fragment g# on Contact{...f#}") + " fragment g11 on Contact{id}", None),
    "fragments in a circle": ("{...a} fragment a on Query{...b ...b} fragment b on Query{...a ...a}", None),
    "fragments that are not used": (times(200, "fragment f# on Query{__typename}") + "{__typename}", None),
    "fragments that do not agree": (
        "{...f0} " + times(36, "fragment f# on Query{a:contacts(first:#){totalCount}...f1# ...f2#}"), None),
    "aliases": ("{" + times(500, "a#:__typename") + "}", None),
    "aliases of one list": ("{" + times(50, "a#:contacts{edges{node{id name groups{id name}}}}") + "}", None),
    "aliases of objects": ("{" + times(450, "a#:me{id}") + "}", None),
    "one field again and again": ("{" + times(500, "me{id}") + "}", None),
    "one list again and again, in itself": (nested(7, "{contacts{edges{node{groups", "{id}", "}}}}"), None),
    "sign-ins": ("mutation{" + times(100, 'a#:login(input:{email:"a",password:"#"}){tokenType}') + "}", None),
    "directives": ("{__typename " + times(600, "@include(if:true)") + "}", None),
    "directives of which nobody knows": ("{__typename " + times(1900, "@x#") + "}", None),
    "directives on fragments": (
        "{" + times(70, "...f#@include(if:true)@skip(if:false)") + "}"
        + times(70, "fragment f# on Query @x{__typename}"), None),
    "lists in lists": ("{contact(id:" + nested(1900, "[", "1", "]") + "){id}}", None),
    "a list of thousands": (
        'mutation{createGroup(input:{name:"x",contactIds:[' + times(3900, '"#"') + "]}){id}}", None),
    "a list of wrong items": ("mutation{importContacts(input:{contacts:[" + times(700, "{x:1}") + "]}){id}}", None),
    "introspection, all of it fifty times": (
        "{" + times(50, "a#:__schema{types{fields{name args{name}}}}") + "}", None),
    "introspection, fields fifty times": ("{__schema{types{" + times(50, "a#:fields{name args{name}}") + "}}}", None),
    "introspection in a circle": (
        "{__schema{types" + nested(6, "{fields{type", "{name}", "}}") + "}}", None),
    "introspection doubled by fragments": (
        doubling(20, "__Type", "fields{name args{name}}", "{__schema{types{...f0}}}"), None),
    "introspection of one large type": (
        "{" + times(50, 'a#:__type(name:"Mutation"){fields{name args{name type{ofType{inputFields{name}}}}}}') + "}",
        None),
    "many operations": (times(800, "query q#{__typename}"), None),
    "many variables": ("query(" + times(950, "$a#:Int") + "){__typename}", None),
    "many unknown fields": ("{" + times(490, "nothing#") + "}", None),
    "many unknown arguments": ("{me(" + times(1300, "a#:1") + "){id}}", None),
    "variables in variables": (VARIABLES, {"id": deep(400)}),
    "metadata in metadata": (CREATE, {"input": {"name": "x", "phoneNumber": "+5511987654321", "metadata": deep(400)}}),
    "a variable of 100,000 items": (VARIABLES, {"id": list(range(100_000))}),
    "an input of 10,000 keys": (CREATE, {"input": {f"x{n}": 1 for n in range(10_000)}}),
    "an input of 10,000 wrong items": (IMPORT, {"input": {"contacts": [{}] * 10_000}}),
    "an input of a million bytes": (IMPORT, {"input": {"contacts": [{}] * 340_000}}),
    "a list of 300,000 ids": (
        "mutation($ids:[ID!]!){createGroup(input:{name:\"x\",contactIds:$ids}){id}}", {"ids": ["1"] * 300_000}),
    "variables that nobody asked for": ("{__typename @include(if:false)}", {f"x{n}": n for n in range(20_000)}),
}  # fmt: skip


async def cost(document: str, variables: dict[str, Any] | None) -> float:
    """Seconds of the processor, from the text to the refusal."""
    began = time.process_time()
    answer = await schema.execute(document, variable_values=variables, context_value=Context(Viewer(), "a-request"))
    taken = time.process_time() - began
    if answer.errors:
        assert not answer.data or set(answer.data.values()) == {None}
    return taken


def yardstick() -> float:
    """Seconds of the processor; none of ours runs in it, so that a slow walk of ours does not loosen its own bound."""
    began = time.process_time()
    graphql_sync(schema._schema, YARDSTICK)  # pyright: ignore[reportPrivateUsage]
    return time.process_time() - began


@pytest.mark.parametrize("name", BOMBS)
async def test_it_costs_next_to_nothing(environment: dict[str, str], name: str) -> None:
    """The least of five, since now and then garbage is collected meanwhile, as the yardstick is at the same time."""
    document, variables = BOMBS[name]
    pairs = [(yardstick(), await cost(document + " " * spaces, variables)) for spaces in range(5)]
    slowness = max(1.0, min(machine for machine, _ in pairs) / YARDSTICK_SECONDS)
    assert min(taken for _, taken in pairs) < SECONDS * slowness


async def test_all_that_tools_ask_of_the_schema_is_answered_and_not_much_more(environment: dict[str, str]) -> None:
    whole = await schema.execute(YARDSTICK, context_value=Context(Viewer(), "a-request"))
    assert whole.errors is None
    assert whole.extensions["cost"]["cost"] == INTROSPECTION
    twice = YARDSTICK.replace("types {", "types { name } all: types {")
    assert (await schema.execute(twice, context_value=Context(Viewer(), "a-request"))).errors is None
    twice = YARDSTICK.replace("types {", "types { ...FullType } all: types {")
    refused = await schema.execute(twice, context_value=Context(Viewer(), "a-request"))
    assert refused.errors is not None
    assert refused.errors[0].extensions["details"]["reason"] == "too_costly"
