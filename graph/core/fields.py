"""Fields of the schema: those that front a function of the domain carry its access rule, as a directive."""

from collections.abc import Callable
from typing import Any

import strawberry
from strawberry.schema_directive import Location

from domain.core.access import EVERYONE, Access, access_of
from graph.core.context import ById, Info
from graph.core.enums import Role, Scope

MOST = 100
"""Items of one page of a connection, at most, and by default."""


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    description="Only these roles may use the field; an API token must also carry the scope.",
)
class Allow:
    roles: list[Role] = strawberry.field(description="Roles that may use it.")
    scope: Scope = strawberry.field(description="Scope that an API token must carry.")


@strawberry.schema_directive(locations=[Location.FIELD_DEFINITION], description="The field needs no authentication.")
class Public:
    pass


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    description=(
        "What a field costs where that differs from the rule: 1 for an object or a list, 0 for a scalar or an enum. "
        "What stands under a connection counts once for each item that first or last asks for, or for the default "
        "size, but totalCount once in all; a plain list counts as ten objects, or as many as its description allows at "
        "most, and what stands under it as often. An operation over the limit is refused with "
        "COST_LIMIT_EXCEEDED before anything runs."
    ),
)
class Cost:
    weight: int = strawberry.field(description="Cost of one use.")


def query(
    fn: Callable[..., Any],
    *,
    description: str,
    graphql_type: Any = None,
    name: str | None = None,
    cost: int | None = None,
    size: int | None = None,
) -> Any:
    """Makes a resolver a field that fronts the domain function `fn`, under that function's access rule.

    `size` is what a connection gives where neither first nor last says, or the most that a plain list has.
    """
    return strawberry.field(
        name=name,
        description=description,
        graphql_type=graphql_type,
        directives=[*_access(access_of(fn)), *_priced(cost)],
        metadata={"size": size, "access": access_of(fn)},
    )


mutation = query


def subscription(fn: Callable[..., Any], *, description: str, graphql_type: Any = None) -> Any:
    """The same for an asynchronous generator."""
    return strawberry.field(
        description=description,
        graphql_type=graphql_type,
        directives=_access(access_of(fn)),
        metadata={"access": access_of(fn)},
        is_subscription=True,
    )


def column(description: str, *, name: str | None = None) -> Any:
    """A field that shows the attribute of its name."""
    return strawberry.field(name=name, description=description)


def entry(description: str, key: str, read: Callable[[Any], Any] | None = None, *, size: int | None = None) -> Any:
    """A field that shows what stands under a key of a JSON object, through `read` where that is given."""

    def resolve(row: strawberry.Parent[Any]) -> Any:
        found = row.get(key)
        return read(found) if read is not None and found is not None else found

    return strawberry.field(resolver=resolve, description=description, metadata={"size": size})


def entry_of(description: str, key: str, fn: ById[Any]) -> Any:
    """A field that shows what `fn(viewer, ids)` finds for the id under a key of a JSON object."""

    async def resolve(info: Info, row: strawberry.Parent[Any]) -> Any:
        return await info.context.load(fn, row.get(key))

    return strawberry.field(resolver=resolve, description=description)


def loaded(description: str, fn: ById[Any], *, of: str = "id", size: int | None = None) -> Any:
    """A field that shows what `fn(viewer, ids)` finds for the id in the column `of`. `size` as in query."""

    async def resolve(info: Info, row: strawberry.Parent[Any]) -> Any:
        return await info.context.load(fn, getattr(row, of))

    return strawberry.field(resolver=resolve, description=description, metadata={"size": size})


def computed(description: str, *, graphql_type: Any = None, cost: int | None = None, size: int | None = None) -> Any:
    """Makes a resolver a field of a type; it takes `row: strawberry.Parent[Row]`. `size` as in query."""
    return strawberry.field(
        description=description, graphql_type=graphql_type, directives=_priced(cost), metadata={"size": size}
    )


def arg(description: str) -> Any:
    """Describes an argument: `id: Annotated[strawberry.ID, arg("The contact.")]`."""
    return strawberry.argument(description=description)


def _access(access: Access) -> list[object]:
    if access.public:
        return [Public()]
    if access.roles == EVERYONE and access.scope is Scope.READ:
        return []
    return [Allow(roles=[role for role in Role if role in access.roles], scope=access.scope)]


def _priced(cost: int | None) -> list[object]:
    return [] if cost is None else [Cost(weight=cost)]
