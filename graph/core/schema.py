"""Strawberry's Schema with its mends."""

from collections.abc import Iterable

import strawberry
from graphql import (
    GraphQLArgument,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLObjectType,
    GraphQLSchema,
    Undefined,
)
from strawberry.annotation import StrawberryAnnotation
from strawberry.schema.config import StrawberryConfig

from domain.core.errors import ErrorCode
from graph.core.scalars import SCALARS


class Schema(strawberry.Schema):
    def __init__(
        self, query: type, mutation: type | None = None, subscription: type | None = None, types: Iterable[type] = ()
    ) -> None:
        super().__init__(  # pyright: ignore[reportUnknownMemberType]
            query=query,
            mutation=mutation,
            subscription=subscription,
            types=[*types, StrawberryAnnotation(ErrorCode).resolve()],
            config=StrawberryConfig(scalar_map=SCALARS),
        )
        _describe_directive_arguments(self._schema)
        _drop_null_defaults(self._schema)


def _describe_directive_arguments(schema: GraphQLSchema) -> None:
    """Strawberry drops the descriptions of the arguments of schema directives."""
    for directive in schema.directives:
        definition = directive.extensions.get("strawberry-definition")
        for field in getattr(definition, "fields", ()):
            directive.args[field.name].description = field.description


def _drop_null_defaults(schema: GraphQLSchema) -> None:
    """A nullable argument that may be left out needs no `= null` in the schema; Python's default is None anyway."""
    for kind in schema.type_map.values():
        if isinstance(kind, GraphQLInputObjectType):
            _drop(kind.fields.values())
        elif isinstance(kind, GraphQLObjectType):
            for field in kind.fields.values():
                _drop(field.args.values())


def _drop(inputs: Iterable[GraphQLArgument | GraphQLInputField]) -> None:
    for value in inputs:
        if value.default_value is None:
            value.default_value = Undefined
