"""What will go: until when it is there, told in the headers of whoever asks for it."""

from datetime import date
from typing import Any, NamedTuple

from graphql import (
    ArgumentNode,
    DocumentNode,
    EnumValueNode,
    FieldNode,
    GraphQLSchema,
    ObjectFieldNode,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    get_named_type,
    visit,
)


class Leaving(NamedTuple):
    since: date
    """Deprecated since."""
    until: date
    """There until."""
    successor: str
    """The version that is without it, such as 2.0.0."""


LEAVING: dict[str, Leaving] = {}
"""What is @deprecated, by its place in the schema: Type.field, Type.field(argument), Input.field, Enum.VALUE."""

DEPRECATION_HEADERS = ("X-API-Deprecated", "X-API-Deprecation-Date", "X-API-Sunset-Date", "X-API-Successor-Version")


def headers(schema: GraphQLSchema, document: DocumentNode) -> dict[str, str]:
    """The headers of an answer to this valid document; of several that leave, of the one that goes first.

    Values of variables are not looked into.
    """
    if not LEAVING:
        return {}
    found = _Found(info := TypeInfo(schema))
    visit(document, TypeInfoVisitor(info, found))
    leaving = sorted((LEAVING[place] for place in found.places & LEAVING.keys()), key=lambda one: one.until)
    if not leaving:
        return {}
    told = ("true", leaving[0].since.isoformat(), leaving[0].until.isoformat(), leaving[0].successor)
    return {name.lower(): value for name, value in zip(DEPRECATION_HEADERS, told, strict=True)}


class _Found(Visitor):
    """Notes every place of the schema that a document uses."""

    def __init__(self, info: TypeInfo) -> None:
        super().__init__()
        # Some of its types are unknown to type checkers.
        self.info: Any = info
        self.places = set[str]()

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        self.places.add(f"{self.info.get_parent_type()}.{node.name.value}")

    def enter_argument(self, node: ArgumentNode, key: Any, parent: Any, path: Any, ancestors: Any) -> None:
        if isinstance(field := ancestors[-1], FieldNode):
            self.places.add(f"{self.info.get_parent_type()}.{field.name.value}({node.name.value})")

    def enter_object_field(self, node: ObjectFieldNode, *_: Any) -> None:
        self.places.add(f"{get_named_type(self.info.get_parent_input_type())}.{node.name.value}")

    def enter_enum_value(self, node: EnumValueNode, *_: Any) -> None:
        self.places.add(f"{get_named_type(self.info.get_input_type())}.{node.value}")
