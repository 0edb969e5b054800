"""Who may call what, as a table for people: made of the rules that stand on the functions behind the fields."""

from collections.abc import Iterator

from graphql import GraphQLField, GraphQLObjectType, GraphQLSchema

from db.accounts import Role
from domain.core.access import Access

_HEAD = """# Who may call what

`tidings schema` writes this page from the rules in the code, and `make check` refuses one that differs;
`tests/graph/test_access.py` calls every field as each of these callers and holds the answers against it. A user who is
signed in may what their role may. An API token may what its owner may, where it carries the scope as well. One that is
bound to a sender sees and uses that sender, its campaigns, schedules, conversations and messages, and the contacts and
leads of those; it may not what reaches beyond.
"""
_COLUMNS = [*(role.value for role in Role), "API token", "bound to a sender"]


def page(schema: GraphQLSchema) -> str:
    """The page that shows the rules of all fields that have one."""
    return "\n".join([_HEAD, *_tables(schema)]).rstrip() + "\n"


def access_to(field: GraphQLField) -> Access | None:
    """The rule of a field; None of `node`, which leads to what has rules of its own."""
    definition = field.extensions.get("strawberry-definition")
    return definition.metadata.get("access") if definition else None


def within(schema: GraphQLSchema) -> dict[str, GraphQLField]:
    """Fields of other objects that carry a rule of their own, as Type.field, by name."""
    roots = (schema.query_type, schema.mutation_type, schema.subscription_type)
    return {
        f"{name}.{key}": field
        for name, kind in sorted(schema.type_map.items())
        if isinstance(kind, GraphQLObjectType) and kind not in roots and not name.startswith("__")
        for key, field in kind.fields.items()
        if access_to(field) is not None
    }


def _tables(schema: GraphQLSchema) -> Iterator[str]:
    for title, fields in (
        ("Queries", _of(schema.query_type)),
        ("Mutations", _of(schema.mutation_type)),
        ("Subscriptions", _of(schema.subscription_type)),
        ("Within what they answer, where a field asks for more or less", within(schema)),
    ):
        yield f"## {title}\n"
        yield f"| | {' | '.join(_COLUMNS)} |"
        yield "|---" * (len(_COLUMNS) + 1) + "|"
        for name, field in fields.items():
            yield f"| `{name}` | {' | '.join(_cells(access_to(field)))} |"
        yield ""


def _of(root: GraphQLObjectType | None) -> dict[str, GraphQLField]:
    return root.fields if root else {}


def _cells(rule: Access | None) -> list[str]:
    if rule is None:
        return ["by what it leads to"] * len(_COLUMNS)
    if rule.public:
        return ["anyone"] * len(_COLUMNS)
    may = ["yes" if role in rule.roles else "no" for role in Role]
    return [*may, rule.scope.value, "yes" if rule.bound else "no"]
