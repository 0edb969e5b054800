"""The reference among the documentation, of what is served: pages of schema.graphql and of the list of routes."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    build_schema,
    get_named_type,
)

ROOT = Path(__file__).parent.parent
_ROOTS = {"Queries": "Query", "Mutations": "Mutation", "Subscriptions": "Subscription"}


def write(folder: Path) -> None:
    schema = build_schema((ROOT / "schema.graphql").read_text())
    pages = {title.lower(): _root(title, schema) for title in _ROOTS}
    pages["types"] = _types(schema)
    pages["rest"] = _rest(json.loads((ROOT / "graph/static/openapi.json").read_text())["paths"])
    folder.mkdir(exist_ok=True)
    for name, text in pages.items():
        (folder / f"{name}.md").write_text(text)


def _root(title: str, schema: GraphQLSchema) -> str:
    kind = schema.get_type(_ROOTS[title])
    assert isinstance(kind, GraphQLObjectType)
    parts = [f"# {title}", f"All of `{kind.name}` in `schema.graphql`; who may call what is in [roles](../roles.md)."]
    for name, field in kind.fields.items():
        parts += [f"## {name}", f"Answers {_linked(field, 'types.md')}.", *_told(field.description)]
        parts += [_table("Argument", field.args, "types.md")] if field.args else []
    return "\n\n".join(parts) + "\n"


def _types(schema: GraphQLSchema) -> str:
    parts = ["# Types", "Objects, inputs, enums and scalars, in the order of the alphabet."]
    for name, kind in sorted(schema.type_map.items()):
        if name.startswith("__") or name in _ROOTS.values():
            continue
        parts += [f"## {name}", *_told(kind.description), *_inside(kind)]
    return "\n\n".join(parts) + "\n"


def _inside(kind: GraphQLNamedType) -> Iterator[str]:
    if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
        yield _table("Field", kind.fields, "")
    elif isinstance(kind, GraphQLEnumType):
        rows = [f"| `{name}` | {_cell(value.description)} |" for name, value in kind.values.items()]
        yield "\n".join(["| Value | |", "|---|---|", *rows])
    elif isinstance(kind, GraphQLUnionType):
        yield "One of " + ", ".join(f"[`{each.name}`](#{each.name.lower()})" for each in kind.types) + "."


def _table(head: str, parts: dict[str, GraphQLArgument] | dict[str, GraphQLField], page: str) -> str:
    rows = [f"| `{name}` | {_linked(part, page)} | {_cell(part.description)} |" for name, part in parts.items()]
    return "\n".join([f"| {head} | Type | |", "|---|---|---|", *rows])


def _linked(part: GraphQLArgument | GraphQLField, page: str) -> str:
    return f"[`{part.type}`]({page}#{get_named_type(part.type).name.lower()})"


def _told(text: str | None) -> list[str]:
    return [_safe(text)] if text else []


def _cell(text: str | None) -> str:
    return _safe(text or "").replace("|", "\\|").replace("\n", " ")


def _safe(text: str) -> str:
    """A description as text: what looks like HTML or a link in it is meant as it stands."""
    return re.sub(r"([<\[*_])", r"\\\1", text)


def _rest(paths: dict[str, dict[str, Any]]) -> str:
    lead = "What is served beside GraphQL; as OpenAPI 3.1 at `/openapi.json`, the schema as SDL at `/schema.graphql`."
    rows = ["| Call | What it does | Answers |", "|---|---|---|"]
    for path, calls in paths.items():
        for method, call in calls.items():
            answers = ", ".join(f"{status}: {answer['description']}" for status, answer in call["responses"].items())
            rows.append(f"| `{method.upper()} {path}` | {_cell(call['summary'])} | {_cell(answers)} |")
    return "\n\n".join(["# REST", lead, "\n".join(rows)]) + "\n"


if __name__ == "__main__":
    write(Path(__file__).parent / "reference")
