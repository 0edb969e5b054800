"""How schemathesis fills our schema, and what it may not be answered: a module for its SCHEMATHESIS_HOOKS."""

import re
import string
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import graphql
import schemathesis
from graphql import ArgumentNode, ObjectFieldNode, TypeInfo, TypeInfoVisitor, Visitor, visit
from hypothesis import strategies as st
from schemathesis.graphql import nodes, scalar

from domain.core.errors import ErrorCode
from graph.core.ids import encode

SCHEMA = Path(__file__).parents[2] / "schema.graphql"

_TEXTS = (
    "Rita",
    "rita@example.com",
    "en_US",
    "hello_world",
    "Hello {{name}}",
    "{{",
    "%_\\",
    "'\"",
    "UTC",
    "2026-01-01T00:00:00Z",
)
PEOPLE = 60
"""Contacts that are there at first."""
_DROPPED = 0.7
"""How many optional arguments and fields are left out: schemathesis gives all, and many of ours exclude others."""
_ODD = 0.2
"""How many ids stay what schemathesis makes of them."""


def _json(value: Any) -> graphql.ValueNode:
    """A value as it is written in a document."""
    match value:
        case None:
            return nodes.Null
        case bool():
            return nodes.Boolean(value)
        case int():
            return nodes.Int(value)
        case float():
            return nodes.Float(value)
        case str():
            return nodes.String(value)
        case list():
            return graphql.ListValueNode(values=tuple(map(_json, value)))
        case _:
            named = [(graphql.NameNode(value=name), _json(what)) for name, what in value.items()]
            return graphql.ObjectValueNode(fields=tuple(ObjectFieldNode(name=name, value=node) for name, node in named))


_schema = graphql.build_schema(SCHEMA.read_text())
_kinds = [
    name for name, kind in _schema.type_map.items() if "Node" in {each.name for each in getattr(kind, "interfaces", ())}
]
_ids = st.builds(encode, st.sampled_from(_kinds), st.integers(1, 12))
_texts = st.sampled_from(_TEXTS)
_sizes = st.integers(0, 100)
_names = st.text(string.ascii_letters, min_size=1, max_size=8)
_leaves = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
_values = st.recursive(
    _leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_names, inner, max_size=3), max_leaves=5
)

_soon = st.integers(-86_400, 30 * 86_400).map(lambda seconds: (datetime.now(UTC) + timedelta(0, seconds)).isoformat())

scalar("ID", (_ids | _ids | _ids | st.text()).map(nodes.String))
scalar("String", (_texts | _texts | st.text()).map(nodes.String))
scalar("Int", (_sizes | _sizes | st.integers(-(2**31), 2**31 - 1)).map(nodes.Int))
scalar("LocalTime", st.times().map("{0:%H:%M}".format).map(nodes.String))
scalar("DateTime", (_soon | _soon | st.datetimes().map("{0:%Y-%m-%dT%H:%M:%S}Z".format)).map(nodes.String))
scalar("PhoneNumber", (st.integers(10**7, 10**9).map("+5511{}".format) | st.text()).map(nodes.String))
scalar("Decimal", st.decimals(0, 10**6, places=2).map(str).map(nodes.String))
scalar("JSON", st.dictionaries(_names, _values, max_size=4).map(_json))


class _Nearer(Visitor):
    """Brings an operation nearer to what people ask: most optional things left out, most ids of the right kind."""

    def __init__(self, info: TypeInfo, field: str, random: Random) -> None:
        super().__init__()
        self._info, self._random = info, random
        self._field = self._given_for = field

    def enter_argument(self, node: ArgumentNode, *_: object) -> Any:
        self._given_for = node.name.value
        found = self._info.get_argument()
        return self._drop() if found is not None and not graphql.is_required_argument(found) else None

    def enter_object_field(self, node: ObjectFieldNode, *_: object) -> Any:
        self._given_for = node.name.value
        kind = graphql.get_named_type(self._info.get_parent_input_type())
        found = getattr(kind, "fields", {}).get(node.name.value)
        return self._drop() if found is not None and not graphql.is_required_input_field(found) else None

    def enter_string_value(self, *_: object) -> Any:
        if str(graphql.get_named_type(self._info.get_input_type())) != "ID" or self._random.random() < _ODD:
            return None
        name = re.sub("Ids?$", "", self._given_for).lower()
        name = self._field.lower() if name in ("id", "ids") else name
        fitting = [kind for kind in _kinds if kind.lower() in name or name in kind.lower()]
        best = max(fitting, key=lambda kind: (kind.lower() == name, kind.lower() in name, len(kind)), default=None)
        kind = best or self._random.choice(_kinds)
        return nodes.String(encode(kind, self._random.randint(1, self._random.choice((3, 15, PEOPLE)))))

    def _drop(self) -> Any:
        return graphql.REMOVE if self._random.random() < _DROPPED else None


@schemathesis.hook
def flatmap_body(context: Any, body: graphql.DocumentNode) -> st.SearchStrategy[graphql.DocumentNode]:
    info = TypeInfo(context.operation.schema.client_schema)
    field = context.operation.definition.field_name
    randoms = st.randoms(use_true_random=False)
    return randoms.map(lambda random: visit(body, TypeInfoVisitor(info, _Nearer(info, field, random))))


@schemathesis.check
def every_error_is_a_refusal(_ctx: Any, response: Any, _case: Any) -> None:
    assert response.status_code < 500
    codes = {error["extensions"]["code"] for error in response.json().get("errors", ())}
    assert codes <= set(ErrorCode) - {ErrorCode.INTERNAL_ERROR}
