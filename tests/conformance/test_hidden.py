"""Ids of others: what a caller may not see is answered as what is not there, for every type with an id."""

from typing import Any

import graphql
import pytest

from db.accounts import Role, Scope
from graph.core.ids import encode
from tests.conformance.generated import SCHEMA
from tests.factories import unique
from tests.faults.conftest import Installation

_schema = graphql.build_schema(SCHEMA.read_text())
_node = _schema.get_type("Node")
assert isinstance(_node, graphql.GraphQLInterfaceType)
KINDS = sorted(kind.name for kind in _schema.get_possible_types(_node))
NODE = "query ($id: ID!) { node(id: $id) { id } }"
NUMBER = "106540352242977"
PASSWORD = "correct-horse-battery"


@pytest.fixture(scope="module")
def callers() -> dict[str, str]:
    """Tokens of callers who may see less than everything; filled by the first who needs them."""
    return {}


async def sign_in(installation: Installation, role: Role) -> str:
    email = f"{unique('hidden')}@example.com"
    values = {"email": email, "password": PASSWORD, "name": "A User", "role": role}
    await installation.data("mutation ($input: CreateUserInput!) { createUser(input: $input) { id } }", input=values)
    return await installation.api.sign_in(email, PASSWORD)


async def all_callers(installation: Installation, known: dict[str, str]) -> dict[str, str]:
    if not known:
        admin = await sign_in(installation, Role.ADMIN)
        document = "mutation ($input: CreateApiTokenInput!) { createApiToken(input: $input) { token } }"
        for scope in Scope:
            made = await installation.api.gql(document, {"input": {"name": "x", "scopes": [scope]}}, token=admin)
            known[f"a token of scope {scope}"] = made["data"]["createApiToken"]["token"]
        for role in Role:
            known[role] = await sign_in(installation, role)
    return known


async def seen(installation: Installation, token: str | None, id: str) -> Any:
    """What a caller is told of an id: the data and the refusals, without what differs from request to request."""
    headers = {"authorization": f"Bearer {token}", "x-admin-token": ""} if token else {"x-admin-token": ""}
    answer = await installation.api.http.post(
        "/graphql", json={"query": NODE, "variables": {"id": id}}, headers=headers
    )
    told = answer.json()
    errors = [(error["message"], error["extensions"]["code"]) for error in told.get("errors", ())]
    return told["data"], errors


async def something_of_everything(installation: Installation) -> None:
    """What a schedule and a campaign bring about, a conversation, a consent and a file, unless they are there."""
    counted = """{ schedules(first: 1) { totalCount } conversations(first: 1) { totalCount }
        auditEntries(first: 1) { totalCount } webhooks(first: 1) { totalCount }
        campaigns(first: 1) { totalCount edges { node { status } } } }"""
    there = await installation.data(counted)
    if not there["auditEntries"]["totalCount"]:
        document = "mutation { updateSettings(input: { limits: { maxMessageLength: 4000 } }) { version } }"
        await installation.data(document)
    if not there["schedules"]["totalCount"]:
        # The one that was there may have been changed into anything.
        await installation.data(
            "mutation ($input: CreateSenderInput!) { createSender(input: $input) { id } }",
            input={
                "phoneNumber": "+12025550177",
                "provider": "CLOUD_API",
                "phoneNumberId": NUMBER,
                "businessAccountId": "318800221144667",
                "accessToken": "a-token",
                "isDefault": True,
            },
        )
        await installation.done(await installation.schedule(3))
    if not there["campaigns"]["totalCount"]:
        audience = {"groupIds": [await installation.group(1)]}
        await installation.data(
            "mutation ($input: CreateCampaignInput!) { createCampaign(input: $input) { id } }",
            input={"templateId": await installation.template(), "audience": audience, "start": True},
        )
        ended = ["COMPLETED"]
        await installation.until(
            counted, lambda found: [edge["node"]["status"] for edge in found["campaigns"]["edges"]] == ended
        )
        contacts = await installation.data("{ contacts(first: 1) { edges { node { id } } } }")
        document = """mutation ($id: ID!) { optInContact(id: $id) { id } exportContact(id: $id) { id }
            createLead(input: { contactId: $id, title: "An offer" }) { id } }"""
        await installation.data(document, id=contacts["contacts"]["edges"][0]["node"]["id"])
    if not there["webhooks"]["totalCount"]:
        made = await installation.data(
            "mutation ($input: CreateWebhookInput!) { createWebhook(input: $input) { id } }",
            input={"url": "https://example.com/", "events": ["LEAD_CREATED"]},
        )
        await installation.data("mutation ($id: ID!) { testWebhook(id: $id) { id } }", id=made["createWebhook"]["id"])
    if not there["conversations"]["totalCount"]:
        await installation.data(
            "mutation ($input: CreateUploadInput!) { createUpload(input: $input) { file { id } } }",
            input={"name": "note.txt", "sizeBytes": 4},
        )
        installation.simulator.post("inbound", **{"phone_number_id": NUMBER, "from": "351910000111", "text": "Hello"})
        await installation.until(counted, lambda found: found["conversations"]["totalCount"])


@pytest.mark.timeout(300)
@pytest.mark.parametrize("kind", KINDS)
async def test_what_a_caller_may_not_see_is_as_if_it_were_not_there(
    installation: Installation, callers: dict[str, str], kind: str
) -> None:
    tokens = await all_callers(installation, callers)
    await something_of_everything(installation)
    ids = [encode(kind, number) for number in range(1, 40)]
    there = [id for id in ids if (await installation.data(NODE, id=id))["node"]]
    if kind not in ("ApiToken", "UserIdentity", "UserSession"):  # Their owners alone see those.
        assert there, f"there is no {kind} to hide"
    missing = encode(kind, 2**62)
    for name, token in [("anonymous", None), *tokens.items()]:
        nothing = await seen(installation, token, missing)
        for id in there[-2:] or ids[:10]:
            data, errors = await seen(installation, token, id)
            assert (data, errors) == nothing or (data == {"node": {"id": id}} and not errors), name
            assert token is not None or (data, errors) == nothing, "a stranger sees nothing"
