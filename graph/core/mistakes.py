"""A client's mistakes in a document or its variables as refusals: which field, why, and never the value sent."""

import re
from functools import cached_property

from graphql import (
    ArgumentNode,
    DocumentNode,
    GraphQLError,
    GraphQLSyntaxError,
    ListValueNode,
    Node,
    ObjectFieldNode,
    VariableNode,
    Visitor,
    visit,
)

from domain.core.errors import ErrorCode, Refusal

_VARIABLE = re.compile(r"Variable '\$(?P<variable>\w+)' has invalid value(?: at (?P<path>[^:]*))?: (?P<rest>.*)", re.S)
_GIVEN = re.compile(
    r"Argument '\w+' has invalid value(?: at [^:]*)?: Expected variable '\$\w+' provided to non-null type .*", re.S
)
"""Said only as a field is executed: a variable that may be null was, where a value with a default is wanted."""
_REQUIRED = re.compile(r"Expected value of type '.*?' to include required field '(\w+)'")
_UNKNOWN = re.compile(r"Expected value of type '(.*?)' not to include unknown field '(\w+)'")
_ARGUMENT = re.compile(r"Argument '[\w.@]+\((\w+):\)' of type '.*' is required")
_NULL = re.compile(r"Expected (?:a )?value of non-null type '.*?' (?:not to be None|to be provided)")
_OURS = re.compile(r"Expected value of type '.*?', but encountered error '(.*)'; found: ", re.S)
_ENUM = re.compile(r"Value '.*' does not exist in '(\w+)' enum|Enum '(\w+)' cannot represent", re.S)
_TOO_LONG = "sys.set_int_max_str_digits()"
"""In what Python says of an integer of more than 4,300 digits."""
_FOUND = re.compile(r"[,;] found: .*|(?<=value): .*", re.S)


class Places:
    """All arguments and input fields of a document with their values; looked for once, and only when asked for."""

    def __init__(self, document: DocumentNode) -> None:
        self._document = document

    @cached_property
    def given(self) -> list[tuple[str, Node]]:
        """Items of lists too."""
        collector = _Values()
        visit(self._document, collector)
        found: list[tuple[str, Node]] = []
        for name, value in collector.found:
            found.append((name, value))
            if isinstance(value, ListValueNode):
                found.extend((name, item) for item in value.values)
        return found


def is_mistake(message: str) -> bool:
    """Whether an error within the execution is of the variables that were sent."""
    return _GIVEN.fullmatch(message) is not None


def refusal_of(error: GraphQLError, places: Places | None, *, suggest: bool) -> Refusal:
    """The refusal that an error of parsing, validation or coercion comes to."""
    if isinstance(error, GraphQLSyntaxError):
        return Refusal(ErrorCode.VALIDATION_ERROR, error.message, reason="syntax_error")
    message, field = error.message, _named(error, places)
    if match := _VARIABLE.fullmatch(message):
        message = match["rest"]
        steps = re.findall(r"[A-Za-z_]\w*", match["path"] or "")
        field = steps[-1] if steps else _used_for(match["variable"], places)
    if _TOO_LONG in message:
        return _refusal("This number is too long.", field, "invalid_value")
    if match := _REQUIRED.match(message):
        return _refusal("This is required.", match[1], "required")
    if match := _ARGUMENT.match(message):
        return _refusal("This is required.", match[1], "required")
    if _NULL.match(message) or is_mistake(message):
        return _refusal("This is required.", field, "required")
    if match := _UNKNOWN.match(message):
        return _refusal(f"{match[1]} has no such field.", match[2], "unknown_field")
    if match := _ENUM.match(message):
        return _refusal(f"This is no value of {match[1] or match[2]}.", field, "invalid_value")
    if match := _OURS.match(message):
        return _refusal(match[1], field, "invalid_value")
    if field is not None:
        return _refusal(_FOUND.sub(".", message), field, "invalid_value")
    return _refusal(message if suggest else message.partition(" Did you mean")[0], None, "invalid_document")


def _refusal(message: str, field: str | None, reason: str) -> Refusal:
    return Refusal(ErrorCode.VALIDATION_ERROR, message, field=field, reason=reason)


def _named(error: GraphQLError, places: Places | None) -> str | None:
    """The argument or input field that a wrong value in the document was given for."""
    node = error.nodes[0] if error.nodes else None
    if places is None or node is None:
        return None
    return next((name for name, value in places.given if value is node), None)


def _used_for(variable: str, places: Places | None) -> str:
    """The argument or input field that a variable is given for; its own name where there is none."""
    given = places.given if places else []
    return next(
        (name for name, value in given if isinstance(value, VariableNode) and value.name.value == variable), variable
    )


class _Values(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, Node]] = []

    def enter_argument(self, node: ArgumentNode, *_: object) -> None:
        self.found.append((node.name.value, node.value))

    def enter_object_field(self, node: ObjectFieldNode, *_: object) -> None:
        self.found.append((node.name.value, node.value))
