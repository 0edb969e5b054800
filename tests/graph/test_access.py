"""Every query, mutation and subscription with every kind of caller: what docs/roles.md says is what is done.

New fields are called too, without a line here: with empty texts, and with ids of what is not there.
"""

import asyncio
import re
from collections.abc import Iterator
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    is_leaf_type,
)

from db.accounts import Role, Scope, User
from db.contacts import ContactImport, DuplicatePolicy, JobStatus
from domain.core.access import ANONYMOUS, Access, Viewer
from graph.core.context import Context
from graph.core.fields import Allow, Public
from graph.core.ids import encode
from graph.core.roles import access_to, within
from graph.schema import schema
from tests import factories
from tests.callers import DENIED
from tests.drafts import draft
from tests.statements import statements

SERVED: GraphQLSchema = schema._schema
NODES = sorted(node.name for node in SERVED.get_possible_types(SERVED.type_map["Node"]))  # pyright: ignore[reportArgumentType]
ROOTS = {
    "query": SERVED.query_type,
    "mutation": SERVED.mutation_type,
    "subscription": SERVED.subscription_type,
}
FIELDS = [(operation, name) for operation, root in ROOTS.items() if root for name in root.fields]
OPEN = {"health", "login", "loginWithOAuth", "logout", "node", "oauthProviders", "refreshTokens", "register"}
"""What a stranger may call; node refuses by what it leads to."""
OWN = {"updateUser"}
"""What everyone may do, but only ADMIN to others."""

PAGE = Path(__file__).parents[2] / "docs/roles.md"
UNNAMED = {"requestPairingCode": "Sender", "markLeadContacted": "Lead", "scheduleLeadFollowUp": "Lead"}
"""Whose ids fields take that do not say so, or name something else, too."""


def field(operation: str, name: str) -> GraphQLField:
    root = ROOTS[operation]
    assert root is not None
    return root.fields[name]


def table() -> dict[str, Access]:
    """The rules of the page that people read."""
    found: dict[str, Access] = {}
    for line in PAGE.read_text().splitlines():
        if match := re.match(r"\| `([\w.]+)` \|", line):
            *may, scope, bound = (cell.strip() for cell in line[match.end() :].split("|")[:-1])
            if scope in set(Scope):
                roles = frozenset(role for role, cell in zip(Role, may, strict=True) if cell == "yes")
                found[match[1]] = Access(roles, Scope(scope), bound=bound == "yes")
            else:
                found[match[1]] = Access(public=scope == "anyone")
    return found


RULES = table()
WITHIN = within(SERVED)


def stated(found: GraphQLField) -> Access:
    """As the schema states it, which does not tell of tokens that are bound to a sender."""
    for directive in found.extensions["strawberry-definition"].directives:
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
    """Strangers, and each role signed in, with a token of the scope alone, with one of all others, and with one that is
    bound to a sender: may they?"""
    yield ANONYMOUS, False
    for role in Role:
        may = role in rule.roles
        yield Viewer(user_id=user_id, role=role, session_id=1), may
        yield Viewer(user_id=user_id, role=role, token_id=1, scopes=frozenset({rule.scope})), may
        yield Viewer(user_id=user_id, role=role, token_id=1, scopes=frozenset(Scope) - {rule.scope}), False
        bound = Viewer(user_id=user_id, role=role, token_id=1, scopes=frozenset(Scope), sender_id=2**40)
        yield bound, may and rule.bound


def test_the_page_says_of_each_field_what_the_schema_says() -> None:
    assert RULES.keys() == {name for _, name in FIELDS} | WITHIN.keys()
    for operation, name in FIELDS:
        assert RULES[name] == replace(stated(field(operation, name)), bound=RULES[name].bound), name
    for name, found in WITHIN.items():
        assert RULES[name] == replace(stated(found), bound=RULES[name].bound), name


def test_only_these_are_open_to_strangers() -> None:
    assert {name for name, rule in RULES.items() if rule.public} | {"node"} == OPEN | {"OAuthProvider.authorizationUrl"}


ADMIN, MARKETER, SALES = Role.ADMIN, Role.MARKETER, Role.SALES
ALL = frozenset(Role)
TABLE: list[tuple[str, frozenset[Role], Scope]] = [
    # Reading anything but users, webhooks, settings, system metrics and the audit log. A colleague is read by id, for
    # messages, leads and campaigns name them; the list of users is not.
    (
        r"(analytics|Analytics\.\w+|assignableUsers|me|user|knowledgeFiles|events|\w+Events)"
        r"|(campaign|contact|conversation|group|lead|message|messageTemplate|schedule|sender)s?",
        ALL,
        Scope.READ,
    ),
    # Contacts, phone numbers, consent: SALES neither deletes, merges, imports nor exports, MARKETER does not erase.
    (
        r"(create|update)Contact|(create|update|delete|setPrimary|verify)ContactPhone|opt(In|Out)Contact",
        frozenset({ADMIN, MARKETER, SALES}),
        Scope.CONTACTS,
    ),
    (
        r"(delete|export)Contact|(merge|import)Contacts|contactImportPreview|ImportRowConnection\.csvUrl",
        frozenset({ADMIN, MARKETER}),
        Scope.CONTACTS,
    ),
    (r"eraseContact", frozenset({ADMIN}), Scope.CONTACTS),
    # Groups.
    (r"(create|update|delete)Group", frozenset({ADMIN, MARKETER}), Scope.CONTACTS),
    # Templates, schedules, campaigns, and what they would do and did.
    (
        r"(create|update|delete|unpause)MessageTemplate|syncMessageTemplates"
        r"|(archive|cancel|create|delete)Schedule|sendScheduleNow"
        r"|(create|update|delete|duplicate|start|pause|resume|stop|complete)Campaign|updateCampaignStats"
        r"|campaignPreflight|CampaignRecipientConnection\.csvUrl",
        frozenset({ADMIN, MARKETER}),
        Scope.CAMPAIGNS,
    ),
    # Conversations, messages, takeover.
    (
        r"(create|update|delete|assign|close|reopen|escalate|takeOver|handBack)Conversation|markConversationRead"
        r"|setTyping|sendMessage|resendMessages|updateMessageStatus",
        frozenset({ADMIN, SALES}),
        Scope.CONVERSATIONS,
    ),
    (r"askKnowledge", frozenset({ADMIN, MARKETER, SALES}), Scope.CONVERSATIONS),
    # Leads.
    (
        r"(create|update|delete|convert)Lead|updateLead(Score|Status)|assignLeads|closeLeadLost|markLeadContacted"
        r"|scheduleLeadFollowUp",
        frozenset({ADMIN, MARKETER, SALES}),
        Scope.LEADS,
    ),
    # Files.
    (r"createUpload|deleteFile", frozenset({ADMIN, MARKETER, SALES}), Scope.FILES),
    # Senders: MARKETER does not delete.
    (r"(create|update|connect|disconnect)Sender|requestPairingCode", frozenset({ADMIN, MARKETER}), Scope.SENDERS),
    (r"deleteSender", frozenset({ADMIN}), Scope.SENDERS),
    # Webhooks.
    (
        r"webhooks?|(create|update|delete|test|replay)Webhook|rotateWebhookSecret|retryWebhookDelivery",
        frozenset({ADMIN}),
        Scope.WEBHOOKS,
    ),
    # Users, settings, system metrics, audit log.
    (
        r"(create|delete)User|users|(updateS|s)ettings|systemMetrics|auditEntries|AuditEntryConnection\.csvUrl",
        frozenset({ADMIN}),
        Scope.ADMIN,
    ),
    # One's own profile, sessions and tokens.
    (r"updateUser|(create|delete)ApiToken|deleteUser(Session|Identity)", ALL, Scope.ADMIN),
]
"""What was asked for, written down by hand and not from the code: fields, roles, and the scope of tokens."""
UNBOUND = {
    # Whom others have dealings with: contacts and their numbers are found by those who deal with them, groups are
    # everyone's, and what erases, exports or merges somebody reaches what they said to other senders.
    *("createContact", "deleteContact", "eraseContact", "exportContact", "mergeContacts"),
    *("createContactPhone", "deleteContactPhone", "importContacts", "contactImportPreview"),
    *("createGroup", "updateGroup", "deleteGroup"),
    # Templates that other senders use, and other senders.
    *("updateMessageTemplate", "deleteMessageTemplate", "unpauseMessageTemplate", "createSender", "deleteSender"),
    # What tells of everything that happens, and what all share.
    *("webhook", "webhooks", "createWebhook", "updateWebhook", "deleteWebhook", "testWebhook", "replayWebhook"),
    *("rotateWebhookSecret", "retryWebhookDelivery", "settings", "updateSettings", "systemMetrics"),
    *("auditEntries", "AuditEntryConnection.csvUrl"),
    # Accounts: a token would rise above itself.
    *("createUser", "updateUser", "deleteUser", "createApiToken", "deleteApiToken"),
    *("deleteUserSession", "deleteUserIdentity"),
}
"""What a token that is bound to a sender may not, whatever its scopes; written down by hand, too."""
WAYS = {
    "Analytics": "{ analytics { %s } }",
    "AuditEntryConnection": "{ auditEntries(first: 0) { %s } }",
    "CampaignRecipientConnection": (
        "query ($id: ID!) { node(id: $id) { ... on Campaign { recipients(first: 0) { %s } } } }"
    ),
    "ImportRowConnection": "query ($id: ID!) { node(id: $id) { ... on ContactImport { rows(first: 0) { %s } } } }",
}
"""To fields with a rule within what others answer; OAuthProvider's is open, and tests/graph/test_oauth.py calls it."""


@pytest.mark.parametrize("name", sorted(RULES.keys() - OPEN - {"OAuthProvider.authorizationUrl"}))
def test_each_rule_is_the_one_that_was_asked_for(name: str) -> None:
    rules = {name: access_to(field(operation, name)) for operation, name in FIELDS}
    rule = (rules | {name: access_to(found) for name, found in WITHIN.items()})[name]
    [(_, roles, scope)] = [row for row in TABLE if re.fullmatch(row[0], name)]
    assert rule is not None
    assert (rule.public, rule.roles, rule.scope) == (False, roles, scope)
    assert (rule.bound, RULES[name].bound) == ((name not in UNBOUND),) * 2


def test_each_line_of_what_was_asked_for_is_about_something() -> None:
    for pattern, _, _ in TABLE:
        assert any(re.fullmatch(pattern, name) for name in RULES), pattern
    assert RULES.keys() >= UNBOUND


@pytest.mark.parametrize("name", sorted(WITHIN.keys() - {"OAuthProvider.authorizationUrl"}))
async def test_fields_within_answers_are_refused_where_their_own_rule_says_so(user: User, name: str) -> None:
    kind, _, key = name.partition(".")
    rule, found = RULES[name], WITHIN[name]
    row = {"CampaignRecipientConnection": draft, "ImportRowConnection": an_import}.get(kind)
    made = None if row is None else await row()
    variables = {} if made is None else {"id": encode(type(made).__name__, made.id)}
    inner: Any = found.type
    while isinstance(inner, GraphQLNonNull | GraphQLList):
        inner = inner.of_type
    document = WAYS[kind] % (key if is_leaf_type(inner) else f"{key} {{ __typename }}")
    for role in Role:
        may = role in rule.roles
        for scopes, gets_in in (
            (None, may),
            (frozenset({Scope.READ, rule.scope}), may),
            (frozenset(Scope) - {rule.scope}, False),
        ):
            session, token = (1, None) if scopes is None else (None, 1)
            viewer = Viewer(user_id=user.id, role=role, scopes=scopes, session_id=session, token_id=token)
            answer = await schema.execute(document, variables, Context(viewer, "test"))
            told = {error.extensions["code"] for error in answer.errors or ()}
            assert told == (set() if gets_in else {"AUTHORIZATION_ERROR"}), (viewer, answer.errors)


async def an_import() -> ContactImport:
    return await ContactImport.create(
        source=[], total=0, position=0, on_duplicate=DuplicatePolicy.SKIP, group_ids=[], status=JobStatus.COMPLETED
    )


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def user(database: None) -> User:
    return await factories.user()


@pytest.mark.parametrize(("operation", "name"), [each for each in FIELDS if each[1] not in OPEN])
async def test_whoever_may_not_is_told_so_and_nothing_is_read_or_changed(user: User, operation: str, name: str) -> None:
    rule = RULES[name]
    for viewer, may in callers(user.id, rule):
        with statements() as found:
            told = await codes(operation, name, viewer, may=may)
        if not may:
            expected = "AUTHORIZATION_ERROR" if viewer.known else "AUTHENTICATION_ERROR"
            assert (told, found) == ({expected}, []), viewer
        elif name not in OWN:
            assert told.isdisjoint(DENIED), viewer
