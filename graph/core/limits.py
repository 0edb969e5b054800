"""What one operation may ask for: a walk over its document that looks at every fragment once.

Strawberry's own limiters walk each spread anew, so that 800 bytes of fragments, each spreading the next one twice, hold
the server for seconds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLField,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    is_composite_type,
    is_leaf_type,
)

from domain import settings
from domain.core.errors import ErrorCode, Refusal
from graph.core.fields import MOST, Cost, Public

LISTED = 10
"""Items that a plain list counts as: nobody says how many it has, and nested in each other lists multiply."""
MAX_DEPTH = 16
MAX_TOKENS = 5000
MAX_FIELDS = 500
"""Fields written in a document: validation compares those of one name with each other, pair by pair."""
MAX_SPREADS = 75
"""Spreads written in a document: for the same reason."""
MAX_ALIASES = 50
MAX_DIRECTIVES = 50


@dataclass(frozen=True, slots=True)
class Price:
    """What one use of a field costs; `size` is the number of its items, where it has any: by default in a connection,
    by guess or at most in a plain list."""

    weight: int
    size: int | None = None
    item: int = 0
    """What each item costs by itself; in a connection edges and nodes do."""
    once: bool = False
    """Whether an operation may have it only once: it takes credentials."""


def most_cost() -> int:
    """What one operation may cost."""
    return settings.known().limits.max_query_cost


def price_fields(schema: GraphQLSchema) -> None:
    """Notes on each field of the schema what it costs."""
    for kind in schema.type_map.values():
        for found in getattr(kind, "fields", {}).values():
            if isinstance(found, GraphQLField):
                paged = "pageInfo" in getattr(kind, "fields", {})
                found.extensions["price"] = _price(found, guarded=kind is schema.mutation_type, paged=paged)


def _price(field: GraphQLField, *, guarded: bool, paged: bool) -> Price:
    definition: Any = field.extensions.get("strawberry-definition")
    directives: list[object] = getattr(definition, "directives", [])
    weight = 0 if is_leaf_type(_named(field)) else 1
    for directive in directives:
        if isinstance(directive, Cost):
            weight = directive.weight
    once = guarded and any(isinstance(directive, Public) for directive in directives)
    size: int | None = definition.metadata.get("size") if definition else None
    if "first" in field.args and "last" in field.args:
        return Price(weight, size or MOST, once=once)
    if _is_list(field) and is_composite_type(_named(field)) and not paged:
        return Price(weight, size or LISTED, item=1, once=once)
    return Price(weight, once=once)


def _named(field: GraphQLField) -> Any:
    return get_named_type(field.type)  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]


def _is_list(field: GraphQLField) -> bool:
    return str(field.type).startswith("[")  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]


@dataclass(slots=True)
class _Sum:
    """What some selections come to, spreads counted each time they are used."""

    cost: int = 0
    depth: int = 0
    aliases: int = 0
    directives: int = 0
    once: int = 0

    def add(self, other: "_Sum", *, times: int = 1) -> None:
        self.cost += other.cost * times
        self.depth = max(self.depth, other.depth)
        self.aliases += other.aliases
        self.directives += other.directives
        self.once += other.once


@dataclass(slots=True)
class _Walk:
    """The sums of one document. What is unknown costs nothing, since validation refuses it next."""

    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]
    variables: Mapping[str, Any]
    _known: dict[str, _Sum] = field(default_factory=dict[str, _Sum])

    def operation(self, node: OperationDefinitionNode) -> _Sum:
        whole = self._selections(node.selection_set, self.schema.get_root_type(node.operation))
        whole.directives += len(node.directives or ())
        return whole

    def _selections(self, selections: SelectionSetNode, parent: Any) -> _Sum:
        whole = _Sum()
        for node in selections.selections:
            whole.directives += len(node.directives or ())
            if isinstance(node, FieldNode):
                whole.add(self._field(node, parent))
            elif isinstance(node, FragmentSpreadNode):
                whole.add(self._fragment(node.name.value))
            elif isinstance(node, InlineFragmentNode):
                kind = self.schema.get_type(node.type_condition.name.value) if node.type_condition else parent
                whole.add(self._selections(node.selection_set, kind))
        return whole

    def _fragment(self, name: str) -> _Sum:
        if name not in self._known:
            self._known[name] = _Sum()  # What a fragment in a circle comes to; validation refuses it.
            if node := self.fragments.get(name):
                kind = self.schema.get_type(node.type_condition.name.value)
                found = self._selections(node.selection_set, kind)
                found.directives += len(node.directives or ())
                self._known[name] = found
        return self._known[name]

    def _field(self, node: FieldNode, parent: Any) -> _Sum:
        definition: GraphQLField | None = getattr(parent, "fields", {}).get(node.name.value)
        price: Price = definition.extensions["price"] if definition else Price(0)
        whole = _Sum(cost=price.weight, aliases=1 if node.alias else 0, once=int(price.once))
        if node.selection_set:
            kind = _named(definition) if definition else None
            inner = self._selections(node.selection_set, kind if is_composite_type(kind) else None)
            times = 1 if price.size is None else self._items(node, price.size)
            whole.add(inner, times=times)
            whole.cost += price.item * times
            whole.depth = inner.depth + 1
        return whole

    def _items(self, node: FieldNode, default: int) -> int:
        """How many items a connection is asked for: first or last, also by variable."""
        for argument in node.arguments or ():
            if argument.name.value in ("first", "last"):
                value: Any = None
                if isinstance(argument.value, IntValueNode):
                    value = int(argument.value.value[:9])
                elif isinstance(argument.value, VariableNode):
                    value = self.variables.get(argument.value.name.value)
                if value is not None:
                    return min(max(value, 0), MOST) if isinstance(value, int) else MOST
        return default


def check_size(document: DocumentNode) -> None:
    """Raises GraphQLError for a document that would take long to validate."""
    fields, spreads, waiting = 0, 0, list[Any](document.definitions)
    while waiting:
        node = waiting.pop()
        fields += isinstance(node, FieldNode)
        spreads += isinstance(node, FragmentSpreadNode)
        if selections := getattr(node, "selection_set", None):
            waiting.extend(selections.selections)
    _check("too_many_fields", fields, MAX_FIELDS)
    _check("too_many_spreads", spreads, MAX_SPREADS)


def check_cost(
    schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode, variables: Mapping[str, Any]
) -> int:
    """The cost of an operation. Raises GraphQLError where that, or anything else counted, is over its limit."""
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    defaults = {
        node.variable.name.value: int(node.default_value.value[:9])
        for node in operation.variable_definitions or ()
        if isinstance(node.default_value, IntValueNode)
    }
    found = _Walk(schema, fragments, {**defaults, **variables}).operation(operation)
    _check("too_deep", found.depth, MAX_DEPTH)
    _check("too_many_aliases", found.aliases, MAX_ALIASES)
    _check("too_many_directives", found.directives, MAX_DIRECTIVES)
    _check("too_many_sign_ins", found.once, 1)
    _check("too_costly", found.cost, most_cost())
    return found.cost


_MESSAGES = {
    "too_many_fields": "A document may have {} fields.",
    "too_many_spreads": "A document may spread {} fragments.",
    "too_deep": "An operation may nest {} levels deep.",
    "too_many_aliases": "An operation may have {} aliases.",
    "too_many_directives": "An operation may have {} directives.",
    "too_many_sign_ins": "An operation may have {} field that takes credentials.",
    "too_costly": "An operation may cost {}; ask for fewer items with first, or in several operations.",
}


def _check(reason: str, value: int, limit: int) -> None:
    if value > limit:
        message = _MESSAGES[reason].format(limit)
        details = {"limit": limit, "cost" if reason == "too_costly" else "count": min(value, 2**53)}
        refusal = Refusal(ErrorCode.COST_LIMIT_EXCEEDED, message, field=None, reason=reason, **details)
        raise GraphQLError(message, original_error=refusal)
