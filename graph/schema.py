"""The schema: every room's queries, mutations and subscriptions in one."""

import strawberry
from strawberry.tools import merge_types

from graph.accounts import AccountsMutation, AccountsQuery
from graph.contacts.roots import ContactsMutation, ContactsQuery
from graph.core.nodes import NodeQuery
from graph.core.schema import Schema
from graph.groups import GroupsMutation, GroupsQuery

QUERIES: tuple[type, ...] = (NodeQuery, AccountsQuery, ContactsQuery, GroupsQuery)
MUTATIONS: tuple[type, ...] = (AccountsMutation, ContactsMutation, GroupsMutation)
SUBSCRIPTIONS: tuple[type, ...] = ()


def merged(name: str, parts: tuple[type, ...], description: str) -> type | None:
    """One root type of the parts; none of none."""
    if not parts:
        return None
    return strawberry.type(merge_types(name, parts), name=name, description=description)


def build() -> Schema:
    """The schema of all rooms."""
    query = merged("Query", QUERIES, "Everything that can be read.")
    assert query is not None
    return Schema(
        query,
        merged(
            "Mutation",
            MUTATIONS,
            "Everything that can be changed; the mutations of an operation run one after another.",
        ),
        merged("Subscription", SUBSCRIPTIONS, "Everything that can be watched, over a WebSocket."),
    )


schema = build()
