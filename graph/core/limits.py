"""What one operation may ask for: a walk over its document that looks at every fragment once.

Strawberry's own limiters walk each spread anew, so that 800 bytes of fragments, each spreading the next one twice, hold
the server for seconds.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import fmean
from typing import Any, cast

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLEnumType,
    GraphQLError,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    OperationType,
    SchemaMetaFieldDef,
    SelectionSetNode,
    TypeMetaFieldDef,
    VariableNode,
    get_introspection_query,
    get_named_type,
    introspection_types,
    is_abstract_type,
    is_composite_type,
    is_introspection_type,
    is_leaf_type,
    parse,
)

from domain import settings
from domain.core.errors import ErrorCode, Refusal
from graph.core.fields import MOST, Cost, Public

MOST_WATCHED = 1000
"""What a subscription may cost at each event: it is paid for each time, and counted once."""
LISTED = 10
"""Items that a plain list counts as: nobody says how many it has, and nested in each other lists multiply."""
INTROSPECTION = 4000
"""What the query costs by which tools ask for the whole schema."""
MAX_DEPTH = 16
MAX_TOKENS = 4000
"""To read one takes some 10 µs, whatever comes of it."""
MAX_FIELDS = 500
"""Fields written in a document: validation compares those of one name with each other, pair by pair."""
MAX_SPREADS = 75
"""Spreads written in a document: for the same reason."""
MAX_VALUES = 40_000
"""Keys and items in variables."""
MAX_OBJECTS = 2_500
"""Objects in lists of variables: to make one an input takes some 20 µs."""
MAX_ALIASES = 50
MAX_DIRECTIVES = 50


@dataclass(frozen=True, slots=True)
class Price:
    """What one use of a field costs; `size` is the number of its items, where it has any: by default in a connection,
    by guess or at most in a plain list."""

    weight: float
    size: float | None = None
    item: float = 0
    """What each item costs by itself; in a connection edges and nodes do."""
    apart: bool = False
    """Whether it counts once for its connection, and not for each item: totalCount."""
    once: bool = False
    """Whether an operation may have it only once: it takes credentials."""


_NOTHING = Price(0)
_META = {"__schema": SchemaMetaFieldDef, "__type": TypeMetaFieldDef}


def most_cost() -> int:
    """What one operation may cost."""
    return settings.known().limits.max_query_cost


def price_fields(schema: GraphQLSchema) -> None:
    """Notes what each field of the schema costs."""
    prices: dict[tuple[str, str], Price] = {}
    for kind in schema.type_map.values():
        fields: dict[str, Any] = getattr(kind, "fields", {})
        for name, found in fields.items():
            if isinstance(found, GraphQLField) and not is_introspection_type(kind):
                guarded, paged = kind is schema.mutation_type, "pageInfo" in fields
                prices[kind.name, name] = _price(found, guarded=guarded, paged=paged)
    schema.extensions["prices"] = prices | _introspection(schema)


def _introspection(schema: GraphQLSchema) -> dict[tuple[str, str], Price]:
    """Prices by which all that tools ask of the schema comes to INTROSPECTION, so that little more than it is allowed.

    Its lists are as long as they are on average where they are not empty; a type that is asked for by name may be the
    largest.
    """
    kinds = list(schema.type_map.values())
    query = schema.query_type.name if schema.query_type else ""

    def mean(name: str, *of: type) -> float:
        return fmean(
            [len(found) for kind in kinds if isinstance(kind, of) and (found := getattr(kind, name, ()))] or [1]
        )

    outputs = (GraphQLObjectType, GraphQLInterfaceType)
    fields = [list(kind.fields.values()) for kind in kinds if isinstance(kind, outputs)]
    args = [sum(len(field.args) for field in each) for each in fields]
    sizes = {
        ("__Schema", "types"): len(kinds),
        ("__Schema", "directives"): len(schema.directives),
        ("__Directive", "args"): fmean(len(directive.args) for directive in schema.directives),
        ("__Type", "fields"): fmean(map(len, fields)),
        ("__Field", "args"): sum(args) / sum(map(len, fields)),
        ("__Type", "inputFields"): mean("fields", GraphQLInputObjectType),
        ("__Type", "enumValues"): mean("values", GraphQLEnumType),
        ("__Type", "interfaces"): mean("interfaces", *outputs),
        ("__Type", "possibleTypes"): fmean(
            [len(schema.get_possible_types(kind)) for kind in kinds if is_abstract_type(kind)] or [1]
        ),
        (query, "__type"): max(args) / fmean(args) if any(args) else 1,
    }

    def prices(weight: float) -> dict[tuple[str, str], Price]:
        found = {
            (kind.name, name): Price(0 if is_leaf_type(_named(field)) else weight)
            for kind in introspection_types.values()
            for name, field in getattr(kind, "fields", {}).items()
        }
        found[query, "__schema"] = Price(weight)
        return found | {place: Price(weight, size, item=weight) for place, size in sizes.items()}

    schema.extensions["prices"] = prices(1)
    asked = parse(get_introspection_query())
    return prices(INTROSPECTION / _measured(schema, asked, {}).cost)


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
    return Price(weight, apart=paged and is_leaf_type(_named(field)), once=once)


def _named(field: GraphQLField) -> Any:
    return get_named_type(field.type)  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]


def _is_list(field: GraphQLField) -> bool:
    return str(field.type).startswith("[")  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]


@dataclass(slots=True)
class _Sum:
    """What some selections come to, spreads counted each time they are used."""

    cost: float = 0
    apart: float = 0
    """What the connection around them costs besides, however many items it is asked for."""
    depth: int = 0
    aliases: int = 0
    directives: int = 0
    once: int = 0
    roots: int = 0
    """Fields of the operation itself: what a mutation changes."""

    def add(self, other: "_Sum", *, times: float = 1) -> None:
        self.cost += other.cost * times
        self.apart += other.apart
        self.depth = max(self.depth, other.depth)
        self.aliases += other.aliases
        self.directives += other.directives
        self.once += other.once
        self.roots += other.roots


@dataclass(slots=True)
class _Walk:
    """The sums of one document. What is unknown costs nothing, since validation refuses it next."""

    schema: GraphQLSchema
    prices: Mapping[tuple[str, str], Price]
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
        name = node.name.value
        definition: GraphQLField | None = getattr(parent, "fields", {}).get(name) or _META.get(name)
        price = self.prices.get((parent.name, name), _NOTHING) if parent else _NOTHING
        whole = _Sum(aliases=1 if node.alias else 0, once=int(price.once))
        if price.apart:
            whole.apart = price.weight
        else:
            whole.cost = price.weight
        if node.selection_set:
            kind = _named(definition) if definition else None
            inner = self._selections(node.selection_set, kind if is_composite_type(kind) else None)
            times = 1 if price.size is None else self._items(node, price.size)
            whole.add(inner, times=times)
            whole.cost += price.item * times + inner.apart
            whole.apart = 0
            whole.depth = inner.depth + 1
        whole.roots = 1
        return whole

    def _items(self, node: FieldNode, default: float) -> float:
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


def check_variables(variables: Mapping[str, Any]) -> None:
    """Raises GraphQLError for variables that would take long to become inputs."""
    values, objects, waiting = 0, 0, list[Any]([variables])
    while waiting and values <= MAX_VALUES and objects <= MAX_OBJECTS:
        value = waiting.pop()
        values += len(value)
        if isinstance(value, list):
            items = cast("list[Any]", value)
            objects += sum(isinstance(item, dict) for item in items)
        else:
            items = value.values()
        waiting += [item for item in items if isinstance(item, dict | list)]
    _check("too_many_values", values, MAX_VALUES)
    _check("too_many_objects", objects, MAX_OBJECTS)


def check_cost(
    schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode, variables: Mapping[str, Any]
) -> tuple[int, int]:
    """What an operation costs, and how many fields it has itself.

    Raises GraphQLError where the cost, or anything else counted, is over its limit.
    """
    defaults = {
        node.variable.name.value: int(node.default_value.value[:9])
        for node in operation.variable_definitions or ()
        if isinstance(node.default_value, IntValueNode)
    }
    found = _measured(schema, document, {**defaults, **variables}, operation)
    cost = math.ceil(round(found.cost, 6))
    _check("too_deep", found.depth, MAX_DEPTH)
    _check("too_many_aliases", found.aliases, MAX_ALIASES)
    _check("too_many_directives", found.directives, MAX_DIRECTIVES)
    _check("too_many_sign_ins", found.once, 1)
    watched = operation.operation is OperationType.SUBSCRIPTION
    _check("too_costly", cost, min(most_cost(), MOST_WATCHED) if watched else most_cost())
    return cost, found.roots


def _measured(
    schema: GraphQLSchema,
    document: DocumentNode,
    variables: Mapping[str, Any],
    operation: OperationDefinitionNode | None = None,
) -> _Sum:
    """What an operation, by default the first one, comes to."""
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    meant = operation or next(node for node in document.definitions if isinstance(node, OperationDefinitionNode))
    return _Walk(schema, schema.extensions["prices"], fragments, variables).operation(meant)


def check_mutations(fields: int, most: int) -> None:
    """Raises GraphQLError for an operation that never fits into what its caller may change, however late it comes."""
    _check("too_many_mutations", fields, most)


_MESSAGES = {
    "too_many_fields": "A document may have {} fields.",
    "too_many_spreads": "A document may spread {} fragments.",
    "too_many_values": "Variables may have {} keys and items.",
    "too_many_objects": "Variables may have {} objects in their lists.",
    "too_deep": "An operation may nest {} levels deep.",
    "too_many_aliases": "An operation may have {} aliases.",
    "too_many_directives": "An operation may have {} directives.",
    "too_many_mutations": "An operation may have {} mutations, for no more are allowed in a minute or an hour.",
    "too_many_sign_ins": "An operation may have {} field that takes credentials.",
    "too_costly": "An operation may cost {}; ask for fewer items with first, or in several operations.",
}


def _check(reason: str, value: int, limit: int) -> None:
    if value > limit:
        message = _MESSAGES[reason].format(limit)
        details = {"limit": limit, "cost" if reason == "too_costly" else "count": min(value, 2**53)}
        refusal = Refusal(ErrorCode.COST_LIMIT_EXCEEDED, message, field=None, reason=reason, **details)
        raise GraphQLError(message, original_error=refusal)
