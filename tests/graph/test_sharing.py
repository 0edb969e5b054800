"""What sockets are told together is what each of them would have been told alone, whoever they are and ask."""

import asyncio
import json
import random
import secrets
from contextlib import AsyncExitStack, aclosing
from datetime import UTC, datetime
from typing import Any

import pytest
from graphql import (
    GraphQLError,
    OperationDefinitionNode,
    get_named_type,
    is_abstract_type,
    is_composite_type,
    is_required_argument,
    parse,
    validate,
)

from db.accounts import ApiToken, Role, Scope, User
from db.conversations import Conversation
from db.core.transaction import transaction
from db.events import EventType, record
from db.messages import Message, MessageAuthor, MessageDirection, MessageState, MessageType
from db.senders import Sender
from db.templates import TemplateCategory
from domain import accounts
from domain.core.tokens import digest
from graph.core.context import Context
from graph.core.limits import check_cost, check_size
from graph.events import tailer
from graph.schema import schema
from tests import factories
from tests.conftest import PASSWORD
from tests.listening import now, of, receive, socket_of, subscribe
from tests.running import Api

DOCUMENTS = 2
FIELDS = ("events", "events", "messageEvents", "conversationEvents", "senderEvents")
EACH = {"events": 5, "messageEvents": 1, "conversationEvents": 2, "senderEvents": 1}
"""How many of the events of each actor they tell."""
OF_SENDERS = "contact { groups { id contactCount } } template { scheduledCount }"
"""What a token that is bound to a sender sees otherwise than others do."""
OF_USERS = "conversation { transcript } message { operator { id } }"
"""What has names of users in it, of whom such a token sees its owner alone."""
PASSING = {"lastUsedAt", "lastLoginAt", "lastActiveAt"}
"""Fields that move by themselves while the test looks."""

_schema: Any = schema._schema  # pyright: ignore[reportPrivateUsage]


def document(choice: random.Random) -> str:
    """A random question about events that a single operation may ask."""
    while True:
        field = choice.choice(FIELDS)
        chosen = selections(get_named_type(_schema.subscription_type.fields[field].type), choice, choice.randint(2, 5))
        head = "subscription ($filter: EventFilter, $after: String)"
        text = f"{head} {{ {field}(filter: $filter, after: $after) {chosen} }}"
        parsed = parse(text)
        operation = parsed.definitions[0]
        assert isinstance(operation, OperationDefinitionNode)
        try:
            check_size(parsed)
            check_cost(_schema, parsed, operation, {})
        except GraphQLError:
            continue
        if len(text) < 8000 and not validate(_schema, parsed):
            return text


def selections(kind: Any, choice: random.Random, depth: int) -> str:
    """Some fields of a type, with those of the types that an interface may turn out to be."""
    parts = ["__typename"]
    for name, field in getattr(kind, "fields", {}).items():  # a union has none of its own
        if name in PASSING or choice.random() < 0.5 or any(map(is_required_argument, field.args.values())):
            continue
        inner = get_named_type(field.type)
        if not is_composite_type(inner):
            parts.append(name)
        elif depth:
            first = "(first: 1)" if "first" in field.args else ""
            parts.append(f"{name}{first} {selections(inner, choice, depth - 1)}")
    if is_abstract_type(kind) and depth:
        for one in _schema.get_possible_types(kind):
            if choice.random() < 0.4:
                parts.append(f"... on {one.name} {selections(one, choice, depth - 1)}")
    return f"{{ {' '.join(parts)} }}"


async def token(user: User, *scopes: Scope, sender_id: int | None = None) -> str:
    secret = f"tdg_{secrets.token_hex(8)}"
    await ApiToken.create(
        user_id=user.id,
        sender_id=sender_id,
        name="a token",
        digest=digest(secret),
        prefix="tdg_",
        scopes=[scope.value for scope in scopes],
    )
    return secret


async def callers(api: Api, choice: random.Random) -> tuple[list[User], int, dict[str, str]]:
    """Two users of each role, with every kind of credentials: who they are, a sender, and their tokens by name."""
    sender, other = await factories.sender(), await factories.sender()
    # A worker looks after senders that were not checked lately, and changes them.
    await Sender.filter(id__in=[sender.id, other.id]).update(checked_at=datetime.now(UTC))
    users, tokens, more = list[User](), dict[str, str](), dict[str, str]()
    for role in Role:
        for number in range(2):
            users.append(user := await factories.user(role=role, password=PASSWORD))
            name = f"{role} {number}"
            tokens[name] = await api.sign_in(user.email, PASSWORD)
            tokens[f"{name} bound"] = await token(user, *Scope, sender_id=sender.id)
            more[f"{name} reads"] = await token(user, Scope.READ)
            more[f"{name} all"] = await token(user, *Scope)
    tokens["elsewhere"] = await token(users[0], Scope.READ, sender_id=other.id)
    names = [*tokens, *choice.sample(list(more), 4)]
    choice.shuffle(names)
    return users, sender.id, {name: (tokens | more)[name] for name in names}


async def happen(actors: list[User], sender_id: int) -> dict[str, Any]:
    """Events of every kind, by each of these; the variables of a subscription to them."""
    contact, template = await factories.contact(), await factories.template()
    await factories.group(contact)
    conversation = await Conversation.create(sender_id=sender_id, contact_id=contact.id, address="x")
    message = await Message.create(
        sender_id=sender_id,
        contact_id=contact.id,
        template_id=template.id,
        operator_id=actors[0].id,
        direction=MessageDirection.OUTBOUND,
        author=MessageAuthor.OPERATOR,
        type=MessageType.TEXT,
        purpose=TemplateCategory.MARKETING,
        state=MessageState.SENT,
    )
    start = await now()
    async with transaction():
        for actor in actors:
            mine = {"actor_id": actor.id, "contact_id": contact.id, "sender_id": sender_id}
            record(EventType.MESSAGE_CANCELLED, "Message", message.id, message_id=message.id, **mine)
            record(EventType.CONTACT_UPDATED, "Contact", contact.id, **mine)
            record(EventType.CONVERSATION_CLOSED, "Conversation", conversation.id, **mine)
            record(EventType.TEMPLATE_UPDATED, "MessageTemplate", template.id, **mine)
            record(EventType.SENDER_STATUS_CHANGED, "Sender", sender_id, **mine, data={"status": "FAILED"})
    return {"filter": of(contact), "after": start}


async def told_alone(text: str, secret: str, variables: dict[str, Any], count: int) -> list[Any]:
    """What a caller is told by an execution that shares nothing."""
    heard = list[Any]()
    stream = await schema.stream(text, variables, Context(await accounts.authenticate(secret), "test"))
    async with aclosing(stream):
        while len(heard) < count:
            result = await anext(aiter(stream))
            heard.append(plain({"data": result.data, "errors": [error.formatted for error in result.errors or ()]}))
    return heard


def plain(payload: dict[str, Any]) -> Any:
    """Without what differs from one request to the next: ids and times of errors, and what it cost."""
    errors = [(error["message"], error.get("path"), error["extensions"]["code"]) for error in payload.get("errors", ())]
    return json.loads(json.dumps({"data": payload.get("data"), "errors": errors}))


@pytest.mark.parametrize(
    "seed", [1, *[pytest.param(None, marks=pytest.mark.soak, id=f"chance {n}") for n in range(10)]]
)
async def test_shared_and_private_answers_are_the_same_for_every_caller(
    api: Api, seed: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    seed = seed or secrets.randbits(32)
    print(f"{seed=}")  # noqa: T201 - pytest shows it where this fails
    choice = random.Random(seed)
    users, sender_id, tokens = await callers(api, choice)
    actors = choice.sample(users, 3)
    variables = await happen(actors, sender_id)
    documents = [document(choice) for _ in range(DOCUMENTS)]
    head = "subscription ($filter: EventFilter, $after: String)"
    for field, shown in (("messageEvents", f"message {{ {OF_SENDERS} }}"), ("conversationEvents", OF_USERS)):
        documents.append(f"{head} {{ {field}(filter: $filter, after: $after) {{ {shown} }} }}")

    def count(name: str, text: str) -> int:
        [told] = (number for field, number in EACH.items() if f" {field}(" in text)
        return 0 if name == "elsewhere" else len(actors) * told

    async with AsyncExitStack() as stack:
        sockets = {name: await stack.enter_async_context(socket_of(api, secret)) for name, secret in tokens.items()}
        for number, text in enumerate(documents):
            for socket in sockets.values():
                await subscribe(socket, text, str(number), **variables)

        async def take(name: str) -> dict[str, list[Any]]:
            heard: dict[str, list[Any]] = {str(number): [] for number in range(len(documents))}
            for _ in range(sum(count(name, text) for text in documents)):
                message = await receive(sockets[name], 60)
                assert message["type"] == "next", message
                heard[message["id"]].append(plain(message["payload"]))
            return heard

        together = dict(zip(sockets, await asyncio.gather(*map(take, sockets)), strict=True))

    # Rows that events name are read once for all subscriptions, too: here everyone reads their own.
    monkeypatch.setattr(tailer, "named", {})
    for name, secret in tokens.items():
        for number, text in enumerate(documents):
            alone = await told_alone(text, secret, variables, count(name, text))
            assert together[name][str(number)] == alone, f"{name} of seed {seed} asked {text}"
