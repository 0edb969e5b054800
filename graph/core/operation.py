"""What happens around each operation: its limits, and the extensions of its answer."""

import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Hashable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from graphql import (
    ArgumentNode,
    DocumentNode,
    FieldNode,
    GraphQLError,
    NameNode,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    OperationType,
    StringValueNode,
    ValueNode,
    VariableNode,
    validate,
)
from strawberry.extensions import SchemaExtension
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule
from strawberry.types.graphql import OperationType as Kind

from db.core.settings import get_settings
from domain import accounts, rates
from domain.core.errors import ErrorCode, Refusal
from domain.core.rates import Rate
from domain.core.tokens import quotes_refresh, session_of
from graph.core import deprecation, limits
from graph.core.context import Context
from graph.core.scalars import write_datetime
from graph.core.watch import charging

AT_ONCE = 8
"""Operations of a caller that run at a time in this process: the pool has connections for others, too."""
MOST_WAITING = 100
"""Operations of a caller that wait meanwhile; more are refused."""
STALE = 1.0
"""Seconds for which it holds who calls: a body or a turn may take thirty to come, and rights end meanwhile."""
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
MOST_VARIABLES = 4
"""Variables that such an operation may have."""

remembered: OrderedDict[Hashable, DocumentNode] = OrderedDict()
"""Those asked last stand last."""


def may_renew(query: str, variables: Mapping[str, Any] | None) -> bool:
    """Whether this may be refreshTokens alone with a token of ours, which is taken from those who may call no more."""
    if len(query) > RENEWAL or "refreshTokens" not in query:
        return False
    texts = [query, *islice((variables or {}).values(), MOST_VARIABLES)]
    return any(isinstance(text, str) and len(text) <= RENEWAL and quotes_refresh(text) for text in texts)


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
        if not context.pre_execution_errors and isinstance(caller := context.context, Context):
            schema = context.schema._schema  # pyright: ignore[reportPrivateUsage]
            caller.leaving = deprecation.headers(schema, context.graphql_document)
        yield

    async def on_execute(self) -> AsyncIterator[None]:
        caller: object = self.execution_context.context
        if not isinstance(caller, Context) or not get_settings().rate_limits:
            yield
            return
        began = time.monotonic()
        async with rates.turn(caller.viewer, "operations", AT_ONCE, waiting=MOST_WAITING):
            if time.monotonic() - began > STALE and await accounts.recheck(caller.viewer) != caller.viewer:
                words = "Your sign-in has ended or your rights have changed."
                raise Refusal(ErrorCode.AUTHENTICATION_ERROR, words)
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
        if operation.operation is not OperationType.MUTATION:
            return 0
        caller: object = context.context
        if isinstance(caller, Context) and get_settings().rate_limits:
            limits.check_mutations(fields, rates.most_mutations(caller.viewer))
        return fields

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
            charge(max(1, self.cost) + self._kept())

    def _kept(self) -> int:
        """KiB that a subscription holds in memory until it ends, by its document and variables."""
        context = self.execution_context
        return (len(context.query or "") + len(repr(context.variables or {}))) // 1024

    def _renews(self) -> bool:
        """Whether it is refreshTokens alone with a token of ours, which is limited by session: by using up the calls of
        an address strangers would sign out whoever shares it. A made-up token is a call like any other."""
        context = self.execution_context
        if not may_renew(context.query or "", context.variables):
            return False
        match self._operation().selection_set.selections:
            case (FieldNode(name=NameNode(value="refreshTokens"), arguments=(ArgumentNode(value=given),)),):
                value = _told(given, context.variables or {})
                return isinstance(value, str) and session_of(value) is not None
            case _:
                return False

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


def _told(given: ValueNode, variables: Mapping[str, Any]) -> Any:
    """A value as it stands in a document, or as its variable has it; None of what is neither."""
    if isinstance(given, VariableNode):
        return variables.get(given.name.value)
    return given.value if isinstance(given, StringValueNode) else None
