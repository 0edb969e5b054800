"""A token bound to a sender sees that sender, and nothing of another one: whatever it asks, by whatever way.

Everything that it can reach is read, before and after another sender with one of everything comes to be: nothing may be
different. Then each id that any field takes is one of that sender's, which must be told as one that nobody has.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Iterator
from contextlib import aclosing, suppress
from typing import Any

import pytest_asyncio
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLUnionType,
    is_leaf_type,
    is_required_argument,
    is_required_input_field,
)

from db.core import connect
from domain import analytics
from domain.core.access import Viewer
from graph.core.context import Context
from graph.core.ids import encode
from graph.schema import schema
from tests import factories
from tests.databases import database_of_its_own
from tests.graph.test_access import NODES, ROOTS, SERVED, field, kind_of
from tests.worlds import World, world

NEVER = 2**40
"""A number that no row has."""


@pytest_asyncio.fixture(autouse=True, scope="module", loop_scope="session")
async def _apart(database: None) -> AsyncIterator[None]:
    """Where no worker changes anything meanwhile."""
    async with database_of_its_own():
        yield


_PASSING = re.compile(
    r'expires=\d+&signature=\w+|/csv/[\w.-]+|(?<="countedUntil": ")[^"]*|(?<="end": ")[^"]*|(?<=counted_until,,)\S+'
)
"""What is another at every moment: signed links, and until when figures are counted."""


def inner(kind: Any) -> Any:
    while isinstance(kind, GraphQLNonNull | GraphQLList):
        kind = kind.of_type
    return kind


def free(fields: dict[str, GraphQLField]) -> dict[str, GraphQLField]:
    """Those that may be asked for without arguments."""
    return {name: each for name, each in fields.items() if not any(map(is_required_argument, each.args.values()))}


def few(found: GraphQLField) -> str:
    """The size of a page."""
    return "(first: 20)" if "first" in found.args else ""


def selected(found: GraphQLField) -> str:
    """What is asked of a field: its leaves, what it shows through objects without an id, and the leaves of others."""
    kind = inner(found.type)
    if is_leaf_type(kind):
        return ""
    if kind.name == "Node":
        return "{ __typename id }"
    fields = free(getattr(kind, "fields", {}))
    asked = [
        f"{name}{few(each)} {selected(each)}"
        for name, each in fields.items()
        if kind.name not in NODES or is_leaf_type(inner(each.type))
    ]
    if isinstance(kind, GraphQLUnionType | GraphQLInterfaceType):
        for one in SERVED.get_possible_types(kind):
            more = [
                f"{one.name}_{name}: {name}{few(each)} {selected(each)}"
                for name, each in free(one.fields).items()
                if name not in fields
            ]
            asked.append(f"... on {one.name} {{ __typename {' '.join(more)} }}")
    return f"{{ __typename {' '.join(asked)} }}"


async def told(viewer: Viewer, document: str, **variables: Any) -> Any:
    """The answer, without what is another at every moment."""
    answer = await schema.execute(document, variables, Context(viewer, "test"))
    errors = [
        {"message": error.message, "path": error.path, "code": error.extensions["code"]}
        | {name: error.extensions.get(name) for name in ("field", "details")}
        for error in answer.errors or ()
    ]
    codes = {error["code"] for error in errors}
    assert codes.isdisjoint({"COST_LIMIT_EXCEEDED", "INTERNAL_ERROR", "RATE_LIMIT_EXCEEDED"}), (errors, document)
    return json.loads(_PASSING.sub("", json.dumps({"data": answer.data, "errors": errors}, default=str)))


async def lists_of(own: World) -> list[str]:
    """What links lead to, without what is another at every moment."""
    return [_PASSING.sub("", text) for text in await own.lists()]


def objects_in(answer: Any) -> Iterator[tuple[str, str]]:
    """Type and id of each object in an answer."""
    if isinstance(answer, dict):
        if answer.get("__typename") in NODES and "id" in answer:
            yield answer["__typename"], answer["id"]
        for value in answer.values():
            yield from objects_in(value)
    elif isinstance(answer, list):
        for value in answer:
            yield from objects_in(value)


def queries() -> Iterator[str]:
    """Every query that needs no arguments, and lists in each order, of each value of filters that offer a choice."""
    for name, each in free(ROOTS["query"].fields).items():
        if name != "health":  # Anybody may read that, and it tells how the machine is.
            yield f"{{ {name}{few(each)} {selected(each)} }}"
        if "orderBy" in each.args:
            for value in inner(each.args["orderBy"].type).values:
                yield f"{{ {name}(orderBy: {value}, first: 20) {selected(each)} }}"
        if "filter" in each.args and "first" in each.args:
            for key, of in inner(each.args["filter"].type).fields.items():
                kind = inner(of.type)
                values = kind.values if isinstance(kind, GraphQLEnumType) else ["true", "false"]
                for value in values if kind.name == "Boolean" or isinstance(kind, GraphQLEnumType) else ():
                    yield f"{{ {name}(filter: {{ {key}: {value} }}, first: 20) {selected(each)} }}"


async def everything(viewer: Viewer) -> dict[str, Any]:
    """All that a caller can reach: from every query to every object, and from each of those by every field."""
    found = {document: await told(viewer, document) for document in queries()}
    known = set[tuple[str, str]]()
    while new := {one for answer in found.values() for one in objects_in(answer)} - known:
        known |= new
        for kind, id in new:
            fields = free(SERVED.type_map[kind].fields)
            leaves = [name for name, each in fields.items() if is_leaf_type(inner(each.type))]
            others = [f"{name}{few(each)} {selected(each)}" for name, each in fields.items() if name not in leaves]
            for part in (" ".join(leaves), *others):
                document = f'{{ node(id: "{id}") {{ ... on {kind} {{ {part} }} }} }}'
                found[document] = await told(viewer, document)
    return found


async def heard(viewer: Viewer, kind: str, **values: Any) -> list[Any]:
    """What a subscription tells of all that was, until there is nothing more to tell."""
    found = field("subscription", kind)
    [start] = (await told(viewer, "{ events(first: 1) { edges { cursor } } }"))["data"]["events"]["edges"]
    values["after"] = start["cursor"]
    variables, passed = declared(found.args, values)
    document = f"subscription {variables} {{ {kind} {passed} {selected(found)} }}"
    events = list[Any]()
    async with aclosing(await schema.stream(document, values, Context(viewer, "test"))) as stream:
        with suppress(TimeoutError, StopAsyncIteration):
            while True:
                async with asyncio.timeout(2):
                    answer = await anext(stream)
                events.append(answer.data or [error.message for error in answer.errors or ()])
                assert not answer.errors or values.keys() > {"after"}
    return events


async def all_heard(viewer: Viewer) -> dict[str, list[Any]]:
    """Of every subscription, side by side: each waits for more than there is."""
    kinds = ROOTS["subscription"].fields
    return dict(zip(kinds, await asyncio.gather(*(heard(viewer, kind) for kind in kinds)), strict=True))


async def test_another_sender_changes_nothing_of_what_a_bound_token_can_reach() -> None:
    shared = await factories.contact(name="Shared")
    own = await world("alfa", shared)
    await analytics.count_new()
    before = await everything(own.bearer())
    kinds = {kind for answer in before.values() for kind, _ in objects_in(answer)}
    assert kinds == set(NODES) - {
        *("ApiToken", "AuditEntry", "ContactImport", "ImportRow", "PrivacyReceipt", "UserIdentity", "UserSession"),
        *("Webhook", "WebhookDelivery"),
    }
    heard_before, lists = await all_heard(own.bearer()), await lists_of(own)
    other = await world("bravo", shared, twins=True)
    await analytics.count_new()
    after = await everything(own.bearer())
    assert {
        document for document in before.keys() | after.keys() if before.get(document) != after.get(document)
    } == set()
    assert await all_heard(own.bearer()) == heard_before
    assert await lists_of(own) == lists
    assert len(lists) == 2
    assert heard_before["events"]
    written = json.dumps([*after.values(), *heard_before.values(), *lists])
    assert "alfa" in written
    assert not [mark for mark in ("bravo", *other.numbers) if mark in written]


def kind_named(found: Any, name: str, place: str) -> str:
    """Whose id an argument or a field of an input takes: as it says, or by its name."""
    metadata = getattr(found.extensions.get("strawberry-definition"), "metadata", None) or {}
    return metadata.get("of") or kind_of(name, place)


def id_places(
    args: dict[str, Any], place: str, above: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], Any, str]]:
    """Each way to an id within arguments, with the field it is of and what kind of id it takes."""
    for name, each in args.items():
        kind = inner(each.type)
        if isinstance(kind, GraphQLInputObjectType):
            if kind.name not in place:
                yield from id_places(kind.fields, place, (*above, name))
        elif kind.name == "ID":
            yield (*above, name), each, kind_named(each, name, place)


def leaves(args: dict[str, Any], above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Each way to a value within arguments, with the field it is of."""
    for name, each in args.items():
        kind = inner(each.type)
        if isinstance(kind, GraphQLInputObjectType):
            yield from leaves(kind.fields, (*above, name))
        else:
            yield (*above, name), each


_VALUES = {
    "Boolean": True,
    "DateTime": "2030-01-01T00:00:00Z",
    "Decimal": "1",
    "Float": 1.0,
    "Int": 1,
    "JSON": {},
    "MessageStatus": "READ",
    "PhoneNumber": "+5511912345678",
    "language": "en",
}
"""By type, or by name where any text would not do."""


def plausible(each: Any, name: str, place: str, ids: dict[str, list[int]]) -> Any:
    """A value that lets a call through to what its ids mean, as far as one can tell."""
    kind = inner(each.type)
    if isinstance(kind, GraphQLInputObjectType):
        fields = {key: of for key, of in kind.fields.items() if is_required_input_field(of)}
        if kind.extensions["strawberry-definition"].is_one_of:
            # Not the id, which would make others mean nothing.
            key, of = max(
                kind.fields.items(), key=lambda found: (found[0] == "text", inner(found[1].type).name != "ID")
            )
            fields = {key: of}
        made: Any = {key: plausible(of, key, place, ids) for key, of in fields.items()}
    elif kind.name == "ID":
        named = kind_named(each, name, place)
        made = encode(named, ids.get(named, [NEVER])[0])
    else:
        first = next(iter(kind.values)) if isinstance(kind, GraphQLEnumType) else "Hello"
        made = _VALUES.get(name, _VALUES.get(kind.name, first))
    return [made] if "[" in str(each.type) else made


def filled(
    args: dict[str, Any], place: str, ids: dict[str, list[int]], way: tuple[str, ...], id: str
) -> dict[str, Any]:
    """Arguments that are needed, with one id in its place."""
    values = {name: plausible(each, name, place, ids) for name, each in args.items() if is_required_argument(each)}
    at, within = values, args
    for step in way[:-1]:
        kind = inner(within[step].type)
        held = at.get(step)
        held = (held[0] if isinstance(held, list) else held) or {}
        if kind.extensions["strawberry-definition"].is_one_of:
            held = {}
        elif step not in at:
            needed = [name for name, of in kind.fields.items() if is_required_input_field(of)]
            held = {name: plausible(kind.fields[name], name, place, ids) for name in needed}
        at[step] = [held] if "[" in str(within[step].type) else held
        at, within = held, kind.fields
    at[way[-1]] = [id] if "[" in str(within[way[-1]].type) else id
    return values


def declared(args: dict[str, Any], values: dict[str, Any]) -> tuple[str, str]:
    """Variables of a document for some arguments, and the arguments."""
    of = ", ".join(f"${name}: {args[name].type}" for name in values)
    return (
        f"({of})",
        f"({', '.join([*(f'{name}: ${name}' for name in values), *(['first: 20'] if 'first' in args else [])])})",
    )


async def rows() -> dict[str, str]:
    """A digest of each table."""
    tables = await connect.rows("SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'")
    sql = " UNION ALL ".join(
        f"SELECT '{row['name']}' AS name, md5(string_agg(t::text, ' ' ORDER BY t::text)) AS digest FROM {row['name']} t"
        for row in tables
    )
    return {row["name"]: row["digest"] for row in await connect.rows(sql)}


async def answer_to(viewer: Viewer, operation: str, name: str, values: dict[str, Any]) -> Any:
    found = field(operation, name)
    variables, passed = declared(found.args, values)
    return await told(viewer, f"{operation} {variables} {{ {name} {passed} {selected(found)} }}", **values)


async def seen(own: World, contact: int) -> list[Any]:
    """What makes a contact one of a sender's: to be told where a test fails that has not failed alone."""
    sql = "SELECT current_database(), m.* FROM message m WHERE m.sender_id = $1 AND m.contact_id = $2"
    return [dict(row) for row in await connect.rows(sql, own.sender.id, contact)]


async def both() -> tuple[World, World]:
    shared = await factories.contact(name="Shared")
    return await world(factories.unique("alfa"), shared), await world(factories.unique("bravo"), shared, twins=True)


def theirs_of(other: World, kind: str) -> Iterator[tuple[str, int]]:
    """Type and number of what another sender has of a kind, its first and its last; of every type where any will do."""
    kinds = sorted(other.ids.keys() & set(NODES)) if kind == "Node" else [kind]
    for each in kinds:
        ids = other.ids.get(each, [])
        yield from ((each, id) for id in dict.fromkeys([*ids[:2], *ids[-2:]]))


async def test_ids_of_another_sender_are_as_if_nobody_had_them() -> None:
    own, other = await both()
    viewer, now, tried, kinds = own.bearer(), await rows(), set[str](), set[str]()
    for operation in ("query", "mutation"):
        for name, found in ROOTS[operation].fields.items():
            for way, _, kind in id_places(found.args, name):
                for named, id in theirs_of(other, kind):
                    theirs, missing = (encode(named, one) for one in (id, NEVER))
                    place = f"{name}: {'.'.join(way)}"
                    answer = await answer_to(viewer, operation, name, filled(found.args, name, own.ids, way, theirs))
                    assert await rows() == now, place
                    nobodys = await answer_to(viewer, operation, name, filled(found.args, name, own.ids, way, missing))
                    assert json.dumps(answer).replace(theirs, missing) == json.dumps(nobodys), (
                        place,
                        await seen(own, id),
                    )
                    assert operation == "query" or answer["errors"], place
                    now = await rows()
                    tried.add(name)
                    kinds.add(named)
    assert len(tried) > 80
    assert kinds >= set(NODES)


async def test_subscriptions_to_what_is_another_senders_tell_what_those_to_nobodys_do() -> None:
    own, other = await both()
    tried = set[tuple[str, str]]()
    for name, found in ROOTS["subscription"].fields.items():
        asked = list[tuple[str, str, str]]()
        calls = list[Awaitable[list[Any]]]()
        for way, _, kind in id_places(found.args, name):
            for named, id in theirs_of(other, kind):
                theirs, missing = (encode(named, one) for one in (id, NEVER))
                asked.append((".".join(way), theirs, missing))
                given = [filled(found.args, name, own.ids, way, one) for one in (theirs, missing)]
                calls += [heard(own.bearer(), name, **each) for each in given]
                tried.add((name, way[-1]))
        answers = await asyncio.gather(*calls)
        for (place, theirs, missing), told_of, nobodys in zip(asked, answers[::2], answers[1::2], strict=True):
            told_as = json.dumps(told_of, default=str).replace(theirs, missing)
            assert told_as == json.dumps(nobodys, default=str), (name, place)
    assert {name for name, _ in tried} == ROOTS["subscription"].fields.keys()
    assert {"contactId", "senderId"} <= {way for _, way in tried}


async def test_texts_and_numbers_of_another_sender_find_nothing() -> None:
    own, other = await both()
    texts = {
        "String": [(form.format(other.mark), form.format("zulu-2")) for form in ("{}", "{}@example.com")],
        "PhoneNumber": [(number, "+5511900000001") for number in other.numbers],
    }
    tried, nested = set[str](), False
    for name, found in free(ROOTS["query"].fields).items():
        for at, each in leaves(found.args):
            kind = inner(each.type).name
            if at[-1] in ("after", "before", "timeZone") or kind not in texts:
                continue
            for pair in texts[kind]:
                theirs, nobodys = [
                    await answer_to(own.bearer(), "query", name, filled(found.args, name, own.ids, at, text))
                    for text in pair
                ]
                assert theirs == nobodys, (name, at)
            tried.add(name)
            nested |= len(at) > 2
    assert {"contacts", "conversations", "messages", "campaigns", "leads", "senders"} <= tried
    assert nested, "attributes of contacts are such"
    words = [{"name": "word", "equals": word} for word in (other.mark, "zulu", own.mark)]
    told_of = [await answer_to(own.bearer(), "query", "contacts", {"filter": {"attributes": [each]}}) for each in words]
    assert told_of[0] == told_of[1] != told_of[2]
