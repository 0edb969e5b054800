"""Strawberry's Schema with its mends."""

from collections.abc import Awaitable, Iterable
from typing import Any, TypeGuard

import strawberry
from graphql import (
    GraphQLArgument,
    GraphQLError,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLObjectType,
    GraphQLOneOfDirective,
    GraphQLSchema,
    Undefined,
    is_introspection_type,
)
from graphql.execution import Executor
from strawberry.annotation import StrawberryAnnotation
from strawberry.execution import optimized_is_awaitable
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from strawberry.schema_directives import OneOf
from strawberry.types import ExecutionContext
from tortoise.models import Model

from db.core.settings import get_settings
from domain.core.errors import ErrorCode
from graph.core.context import Context
from graph.core.errors import tell
from graph.core.limits import price_fields
from graph.core.mistakes import Places
from graph.core.operation import Limited
from graph.core.scalars import SCALARS


class Execution(StrawberryGraphQLCoreExecutionContext):
    """Takes rows for what they are: Tortoise makes them awaitable, so each would be awaited in a task of its own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_awaitable = _is_awaitable

    def build_per_event_executor(self, payload: Any) -> Executor[Any]:
        """graphql-core would keep what it collected for each event, some 2 KB, for as long as a subscription lives."""
        executor: Any = super().build_per_event_executor(payload)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        executor._relevant_sub_fields = {}
        return executor


def _is_awaitable(value: Any) -> TypeGuard[Awaitable[Any]]:
    return not isinstance(value, Model) and optimized_is_awaitable(value)


class Schema(strawberry.Schema):
    def __init__(
        self, query: type, mutation: type | None = None, subscription: type | None = None, types: Iterable[type] = ()
    ) -> None:
        # Strawberry has none of its own for it.
        one_of: Any = vars(OneOf)["__strawberry_directive__"]
        one_of.description = GraphQLOneOfDirective.description
        super().__init__(  # pyright: ignore[reportUnknownMemberType]
            query=query,
            mutation=mutation,
            subscription=subscription,
            types=[*types, StrawberryAnnotation(ErrorCode).resolve()],
            extensions=[Limited],
            execution_context_class=Execution,
            config=StrawberryConfig(scalar_map=SCALARS),
        )
        _describe_directive_arguments(self._schema)
        _drop_null_defaults(self._schema)
        _sort_members(self._schema)
        price_fields(self._schema)

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Every error passes here, on its way out of any operation: callers get what `tell` makes of it.

        Strawberry would log each mistake of a client as an error, with a traceback and its variables.
        """
        context: object = execution_context.context if execution_context else None
        request_id = context.request_id if isinstance(context, Context) else ""
        document = execution_context.graphql_document if execution_context else None
        places = Places(document) if document else None
        suggest = bool(get_settings().introspection)
        errors[:] = [told for error in errors for told in tell(error, request_id, places=places, suggest=suggest)]


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


def _sort_members(schema: GraphQLSchema) -> None:
    """Fields and enum values by name: where to look does not hang on the order of our modules, and diffs stay small."""
    for kind in schema.type_map.values():
        if is_introspection_type(kind):  # shared by all schemas of the process
            continue
        members: dict[str, Any] = getattr(kind, "fields", None) or getattr(kind, "values", {})
        ordered = sorted(members.items())
        members.clear()
        members.update(ordered)


def _drop(inputs: Iterable[GraphQLArgument | GraphQLInputField]) -> None:
    for value in inputs:
        if value.default_value is None:
            value.default_value = Undefined
