"""Every query, mutation and subscription with every kind of caller: what @allow says is what is done.

New fields are called too, without a line here: with empty texts, and with ids of what is not there.
"""

import asyncio
import re
from collections.abc import Iterator
from contextlib import aclosing
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    is_leaf_type,
)

from db.accounts import Role, Scope
from domain.core.access import ANONYMOUS, EVERYONE, Access, Viewer
from graph.core.context import Context
from graph.core.fields import Allow, Public
from graph.core.ids import encode
from graph.schema import schema
from tests import factories
from tests.callers import DENIED
from tests.statements import statements

SERVED: GraphQLSchema = schema._schema
NODES = sorted(node.name for node in SERVED.get_possible_types(SERVED.type_map["Node"]))  # pyright: ignore[reportArgumentType]
ROOTS = {
    "query": SERVED.query_type,
    "mutation": SERVED.mutation_type,
    "subscription": SERVED.subscription_type,
}
FIELDS = [(operation, name) for operation, root in ROOTS.items() if root for name in root.fields]
OPEN = {"health", "login", "logout", "node", "refreshTokens", "register"}
"""What a stranger may call; node refuses by what it leads to."""
OWN = {"updateUser"}
"""What everyone may do, but only ADMIN to others."""

UNNAMED = {"requestPairingCode": "Sender", "markLeadContacted": "Lead", "scheduleLeadFollowUp": "Lead"}
"""Whose ids fields take that do not say so, or name something else, too."""


def field(operation: str, name: str) -> GraphQLField:
    root = ROOTS[operation]
    assert root is not None
    return root.fields[name]


def access(operation: str, name: str) -> Access:
    """As the schema states it."""
    for directive in field(operation, name).extensions["strawberry-definition"].directives:
        if isinstance(directive, Public):
            return Access(public=True)
        if isinstance(directive, Allow):
            return Access(frozenset(directive.roles), directive.scope)
    return Access()


def kind_of(argument: str, name: str) -> str:
    """Whose id an argument takes: templateId a MessageTemplate's, the id of deleteContactPhone a ContactPhone's."""
    named = [node for node in NODES if argument != "id" and node.endswith(argument[:1].upper() + argument[1:-2])]
    meant = [node for node in NODES if node.lower() in name.lower()]
    return max(named or ([UNNAMED[name]] if name in UNNAMED else meant), key=len, default="Contact")


def value(kind: Any, argument: str, name: str) -> Any:
    """One that is of the right form, and that no rule lets pass."""
    if isinstance(kind, GraphQLNonNull):
        return value(kind.of_type, argument, name)
    if isinstance(kind, GraphQLList):
        return []
    if isinstance(kind, GraphQLInputObjectType) and kind.extensions["strawberry-definition"].is_one_of:
        key, of = next(iter(kind.fields.items()))
        return {key: value(of.type, key, kind.name)}
    if isinstance(kind, GraphQLInputObjectType):
        return {
            key: value(of.type, key, name) for key, of in kind.fields.items() if isinstance(of.type, GraphQLNonNull)
        }
    if isinstance(kind, GraphQLEnumType):
        return next(iter(kind.values))
    return {
        "ID": encode(kind_of(argument, name), 2**40),
        "Int": 0,
        "Boolean": False,
        "DateTime": "2020-01-01T00:00:00Z",
    }.get(kind.name, "")


def call(operation: str, name: str) -> tuple[str, dict[str, Any]]:
    """A document, and variables for what must be given."""
    found = field(operation, name)
    wanted = {key: of.type for key, of in found.args.items() if isinstance(of.type, GraphQLNonNull)}
    declared = ", ".join(f"${key}: {kind}" for key, kind in wanted.items())
    passed = ", ".join(f"{key}: ${key}" for key in wanted)
    inner: Any = found.type
    while isinstance(inner, GraphQLNonNull | GraphQLList):
        inner = inner.of_type
    selection = "" if is_leaf_type(inner) else "{ __typename }"
    return (
        f"{operation} {f'({declared})' if wanted else ''} {{ {name} {f'({passed})' if wanted else ''} {selection} }}",
        {key: value(kind, key, name) for key, kind in wanted.items()},
    )


async def codes(operation: str, name: str, viewer: Viewer, *, may: bool = False) -> set[str]:
    """The codes of the errors that a caller is given; none of a subscription that begins to wait, for one who may."""
    document, variables = call(operation, name)
    context = Context(viewer, "test")
    if operation != "subscription":
        answer = await schema.execute(document, variables, context)
    else:
        async with aclosing(await schema.stream(document, variables, context)) as stream:
            try:
                async with asyncio.timeout(0.1 if may else None):
                    answer = await anext(stream)
            except TimeoutError:
                return set()
    return {error.extensions["code"] for error in answer.errors or ()}


def callers(user_id: int, rule: Access) -> Iterator[tuple[Viewer, bool]]:
    """Strangers, and each role signed in, with a token of the scope alone, and with one of all others: may they?"""
    yield ANONYMOUS, False
    for role in Role:
        may = role in rule.roles
        yield Viewer(user_id=user_id, role=role, session_id=1), may
        yield Viewer(user_id=user_id, role=role, token_id=1, scopes=frozenset({rule.scope})), may
        yield Viewer(user_id=user_id, role=role, token_id=1, scopes=frozenset(Scope) - {rule.scope}), False


def test_only_these_are_open_to_strangers() -> None:
    public = {name for operation, name in FIELDS if access(operation, name).public}
    assert public | {"node"} == OPEN


@pytest.mark.parametrize(
    ("role", "whole", "partly"),
    [
        (Role.MARKETER, "Campaign|Lead|Schedule|Template|Group", "Contact|Sender|Pairing|Upload|File"),
        (Role.SALES, "Lead|Conversation|Typing|sendMessage|resendMessages|MessageStatus", "Contact|Upload|File"),
    ],
)
def test_what_roles_work_with(role: Role, whole: str, partly: str) -> None:
    rules = {name: access(operation, name) for operation, name in FIELDS if operation == "mutation"}
    limited = {name: rule.roles for name, rule in rules.items() if not rule.public and rule.roles != EVERYONE}
    may = {name for name, roles in limited.items() if role in roles}
    assert {name for name in limited if re.search(whole, name)} <= may
    assert {name for name in may if not re.search(f"{whole}|{partly}", name)} == set()


@pytest.mark.parametrize(("operation", "name"), [each for each in FIELDS if each[1] not in OPEN])
async def test_whoever_may_not_is_told_so_and_nothing_is_read_or_changed(
    database: None, operation: str, name: str
) -> None:
    rule, user = access(operation, name), await factories.user()
    for viewer, may in callers(user.id, rule):
        with statements() as found:
            told = await codes(operation, name, viewer, may=may)
        if not may:
            expected = "AUTHORIZATION_ERROR" if viewer.known else "AUTHENTICATION_ERROR"
            assert (told, found) == ({expected}, []), viewer
        elif name not in OWN:
            assert told.isdisjoint(DENIED), viewer
