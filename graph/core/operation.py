"""What happens around each operation: its limits, and the extensions of its answer."""

from collections import OrderedDict
from collections.abc import Hashable, Iterator
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    validate,
)
from strawberry.extensions import SchemaExtension
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from db.core.settings import get_settings
from graph.core import limits

MAX_MISTAKES = 10
"""Mistakes of a document that are told: for each one graphql-core prints all that stands around it, so that 8 KB with a
hundred of them take seconds. Strawberry, which sets no limit, validates nothing that is validated already."""
REMEMBERED = 128
"""Documents that are remembered, parsed and found valid: clients ask the same few, and reading one costs as much as 50
objects."""
REMEMBERED_LENGTH = 4096
"""Characters of a document that is remembered, at most: a valid one takes up to 0.7 MB, so all of them some 90 MB."""

remembered: OrderedDict[Hashable, DocumentNode] = OrderedDict()
"""Those asked last stand last."""


class Limited(SchemaExtension):
    """Refuses what is too large or too costly, before and after validation, and says what the operation cost."""

    cost: int | None = None
    known: bool = False
    """Whether the document is remembered."""

    def on_operation(self) -> Iterator[None]:
        self.execution_context.parse_options["max_tokens"] = limits.MAX_TOKENS
        if not get_settings().introspection:
            self.execution_context.validation_rules += (NoSchemaIntrospectionCustomRule,)
        yield

    def on_parse(self) -> Iterator[None]:
        if (document := remembered.get(self._key())) is not None:
            remembered.move_to_end(self._key())
            self.execution_context.graphql_document, self.known = document, True
        yield

    def on_validate(self) -> Iterator[None]:
        context = self.execution_context
        assert context.graphql_document is not None
        try:
            limits.check_size(context.graphql_document)
            operation = self._operation()
            self.cost = limits.check_cost(
                context.schema._schema,  # pyright: ignore[reportPrivateUsage]
                context.graphql_document,
                operation,
                context.variables or {},
            )
            context.pre_execution_errors = self._validate(context.graphql_document)
        except GraphQLError as error:
            context.pre_execution_errors = [error]
        yield

    def _validate(self, document: DocumentNode) -> list[GraphQLError]:
        if self.known:
            return []
        context = self.execution_context
        mistakes = validate(
            context.schema._schema,  # pyright: ignore[reportPrivateUsage]
            document,
            (*context.validation_rules, MaybeNullValidationRule, OneOfInputValidationRule),
            max_errors=MAX_MISTAKES,
        )
        # What is refused is not kept: strangers could fill the memory with documents of 1.3 MB each.
        if not mistakes and len(context.query or "") <= REMEMBERED_LENGTH:
            remembered[self._key()] = document
            if len(remembered) > REMEMBERED:
                remembered.popitem(last=False)
        return mistakes

    def _key(self) -> Hashable:
        """Whether a document is valid hangs on the schema, and on whether it may be asked for."""
        context = self.execution_context
        return context.query, context.schema, bool(get_settings().introspection)

    def get_results(self) -> dict[str, Any]:
        return {} if self.cost is None else {"cost": {"cost": self.cost, "limit": limits.most_cost()}}

    def _operation(self) -> OperationDefinitionNode:
        """The operation that is meant. Strawberry would take the first of several when none is named."""
        context = self.execution_context
        assert context.graphql_document is not None
        nodes = [node for node in context.graphql_document.definitions if isinstance(node, OperationDefinitionNode)]
        name = context._provided_operation_name  # pyright: ignore[reportPrivateUsage]
        if name is None and len(nodes) > 1:
            raise GraphQLError("The document has several operations: operationName must say which is meant.")
        return next(node for node in nodes if name is None or (node.name is not None and node.name.value == name))
