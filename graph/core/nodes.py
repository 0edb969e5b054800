"""Objects with a global id, and the way from the id back to the object."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeVar

import strawberry
from tortoise.models import Model

from domain.core.access import Viewer
from domain.core.errors import ErrorCode, Refusal
from graph.core.context import Info
from graph.core.fields import arg
from graph.core.ids import encode, split

T = TypeVar("T")
R = TypeVar("R", bound=Model)

_getters: dict[str, Callable[[Viewer, int], Awaitable[Model]]] = {}
_HIDDEN = {ErrorCode.NOT_FOUND, ErrorCode.AUTHORIZATION_ERROR}


@strawberry.interface(description="An object with a global id.")
class Node:
    @strawberry.field(description="Global, opaque id.")
    @staticmethod
    def id(info: Info, row: strawberry.Parent[Any]) -> strawberry.ID:
        return encode(info.path.typename or "", row.pk)


def node(
    row: type[R], *, get: Callable[[Viewer, int], Awaitable[R]], description: str, name: str | None = None
) -> Callable[[type[T]], type[T]]:
    """Makes a class the GraphQL type of a row; `get` finds one for a caller, or raises NOT_FOUND."""

    def decorate(cls: type[T]) -> type[T]:
        def is_type_of(value: Any, _info: Any) -> bool:
            return isinstance(value, row)

        setattr(cls, "is_type_of", staticmethod(is_type_of))  # noqa: B010 - not an attribute of every T
        _getters[name or cls.__name__] = get
        return strawberry.type(cls, name=name, description=description)

    return decorate


@strawberry.type
class NodeQuery:
    @strawberry.field(
        description="Any object by its global id; null when there is none or the caller may not see it.",
        graphql_type=Node | None,
    )
    async def node(self, info: Info, id: Annotated[strawberry.ID, arg("Its global id.")]) -> Model | None:
        kind, number = split(id)
        if kind not in _getters:
            raise Refusal(ErrorCode.VALIDATION_ERROR, "This is not an id of ours.", field="id", reason="invalid_id")
        try:
            return await _getters[kind](info.context.viewer, number)
        except Refusal as refusal:
            if refusal.code in _HIDDEN:
                return None
            raise
