"""What happens around each operation: its limits, and the extensions of its answer."""

from collections import OrderedDict
from collections.abc import AsyncIterator, Hashable, Iterator
from datetime import UTC, datetime
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    OperationType,
    validate,
)
from strawberry.extensions import SchemaExtension
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule
from strawberry.types.graphql import OperationType as Kind

from db.core.settings import get_settings
from domain import rates
from domain.core.errors import Refusal
from domain.core.rates import Rate
from graph.core import limits
from graph.core.context import Context
from graph.core.scalars import write_datetime
from graph.core.watch import charging

AT_ONCE = 8
"""Operations of a caller that run at a time in this process: the pool has connections for others, too."""
MOST_WAITING = 100
"""Operations of a caller that wait meanwhile; more are refused."""
MAX_MISTAKES = 10
"""Mistakes of a document that are told: for each one graphql-core prints all that stands around it, so that 8 KB with a
hundred of them take seconds. Strawberry, which sets no limit, validates nothing that is validated already."""
REMEMBERED = 128
"""Documents that are remembered, parsed and found valid: clients ask the same few, and reading one costs as much as 50
objects."""
REMEMBERED_LENGTH = 4096
"""Characters of a document that is remembered, at most: a valid one takes up to 0.7 MB, so all of them some 90 MB."""
RENEWAL = 1000
"""Characters of a document that renews a session although its caller may call no more."""

remembered: OrderedDict[Hashable, DocumentNode] = OrderedDict()
"""Those asked last stand last."""


def may_renew(query: str) -> bool:
    """Whether a document may be refreshTokens alone, which is taken from those who may call no more."""
    return len(query) <= RENEWAL and "refreshTokens" in query


class Limited(SchemaExtension):
    """Refuses what is too large, too costly or asked for too often, and says what the operation cost.

    What is refused counts too, as a query: finding out costs something.
    """

    cost: int | None = None
    rate: Rate | None = None
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

    async def on_validate(self) -> AsyncIterator[None]:
        context = self.execution_context
        assert context.graphql_document is not None
        mistake, mutations = None, 0
        try:
            mutations = self._measure(context.graphql_document)
        except GraphQLError as error:
            mistake = error
        try:
            await self._count(mutations)
        except Refusal as refusal:
            mistake = GraphQLError(refusal.message, original_error=refusal)
        context.pre_execution_errors = [mistake] if mistake else self._validate(context.graphql_document)
        yield

    async def on_execute(self) -> AsyncIterator[None]:
        caller: object = self.execution_context.context
        if not isinstance(caller, Context) or not get_settings().rate_limits:
            yield
            return
        async with rates.turn(caller.viewer, "operations", AT_ONCE, waiting=MOST_WAITING):
            yield

    def _measure(self, document: DocumentNode) -> int:
        """Notes the cost of the operation; answers how many fields it changes. Raises GraphQLError over a limit."""
        context = self.execution_context
        limits.check_size(document)
        limits.check_variables(context.variables or {})
        operation = self._operation()
        self.cost, fields = limits.check_cost(
            context.schema._schema,  # pyright: ignore[reportPrivateUsage]
            document,
            operation,
            context.variables or {},
        )
        return fields if operation.operation is OperationType.MUTATION else 0

    async def _count(self, mutations: int) -> None:
        """Raises Refusal where the caller has asked too often, or watches too much."""
        caller: object = self.execution_context.context
        if not isinstance(caller, Context):
            return
        try:
            self.rate = caller.rate = await rates.admit(caller.viewer, mutations=mutations)
        except Refusal as refusal:
            if not mutations or not self._renews():
                raise
            self.rate = caller.rate = Rate.told(refusal.details)
        if self.cost is None or (charge := charging.get()) is None:
            return
        if self._operation().operation is OperationType.SUBSCRIPTION:
            charge(max(1, self.cost))

    def _renews(self) -> bool:
        """Whether it is refreshTokens alone, which is limited by session: by using up the calls of an address strangers
        would sign out whoever shares it. A long document is none that anybody needs for that."""
        fields = self._operation().selection_set.selections
        named = [field.name.value for field in fields if isinstance(field, FieldNode)]
        return len(fields) == 1 and named == ["refreshTokens"] and may_renew(self.execution_context.query or "")

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
        found: dict[str, Any] = {}
        if self.cost is not None:
            found["cost"] = {"cost": self.cost, "limit": limits.most_cost()}
        if self.rate is not None and self._on_a_socket():
            reset = write_datetime(datetime.fromtimestamp(self.rate.reset, UTC))
            found["rateLimit"] = {"limit": self.rate.limit, "remaining": self.rate.remaining, "resetTime": reset}
        return found

    def _on_a_socket(self) -> bool:
        """Where there are no headers. What a subscription tells may be told to other callers too."""
        context = self.execution_context
        return (
            context.context.connection_params is not None
            and context.graphql_document is not None
            and context.operation_type is not Kind.SUBSCRIPTION
        )

    def _operation(self) -> OperationDefinitionNode:
        """The operation that is meant. Strawberry would take the first of several when none is named."""
        context = self.execution_context
        assert context.graphql_document is not None
        nodes = [node for node in context.graphql_document.definitions if isinstance(node, OperationDefinitionNode)]
        name = context._provided_operation_name  # pyright: ignore[reportPrivateUsage]
        if name is None and len(nodes) > 1:
            raise GraphQLError("The document has several operations: operationName must say which is meant.")
        return next(node for node in nodes if name is None or (node.name is not None and node.name.value == name))
