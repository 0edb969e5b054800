"""Rules that others wrote for schemas and operations, none switched off; part of `make check`."""

from pathlib import Path

import pytest
from graphql import (
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    get_named_type,
    is_leaf_type,
)

from graph.schema import schema
from tests.clients.node import ROOT, run

pytestmark = pytest.mark.timeout(300)  # the first to want Node installs its packages

FEW = {
    "Campaign.groups",
    "Campaign.senders",
    "CampaignAnalytics.byStatus",
    "CampaignPreflight.closedCountries",
    "CampaignPreflight.exclusions",
    "CampaignPreflight.missingVariables",
    "CampaignPreflight.samples",
    "Contact.duplicates",
    "Contact.groups",
    "Contact.identities",
    "Contact.phones",
    "ContactImportPreview.columns",
    "ContactsDetails.cards",
    "ConversationAnalytics.byStatus",
    "ConversationAnalytics.trends",
    "InteractiveDetails.buttons",
    "MessagePreview.buttons",
    "MessageTemplate.buttons",
    "InteractiveDetails.sections",
    "LeadAnalytics.byPriority",
    "LeadAnalytics.bySource",
    "LeadAnalytics.stages",
    "ListSection.rows",
    "Message.reactions",
    "Mutation.assignLeads",
    "Mutation.resendMessages",
    "Mutation.updateLeadStatus",
    "BotGeneration.sources",
    "KnowledgeAnswer.sources",
    "OrderDetails.items",
    "Query.assignableUsers",
    "Query.oauthProviders",
    "User.apiTokens",
    "User.identities",
    "User.sessions",
    "Settings.integrations",
    "SystemMetrics.models",
    "WorkersHealth.workers",
    "PrivacyReceipt.counts",
    "WebhookDelivery.attemptLog",
}
"""Lists of objects that are no connections: their length is bounded by a rule, or small by nature."""


async def test_graphql_eslint_is_content(node: Path) -> None:
    files = ["schema.graphql", "graph/static/graphiql/operations", "tests/clients"]
    command = [str(node / "node_modules/.bin/eslint"), "--config", "tests/clients/eslint.config.mjs", *files]
    status, said = await run([*command, "--max-warnings", "0"], cwd=ROOT)
    assert status == 0, said


async def test_graphql_schema_linter_is_content(node: Path) -> None:
    command = [str(node / "node_modules/.bin/graphql-schema-linter"), "--format", "compact", "schema.graphql"]
    status, said = await run(command, cwd=ROOT)
    assert status == 0, said


def plain(kind: GraphQLOutputType) -> bool:
    bare = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
    return isinstance(bare, GraphQLList) and not is_leaf_type(get_named_type(bare))


def test_lists_of_objects_are_connections_but_for_a_few() -> None:
    """What graphql-eslint's relay-edge-types asks of all lists, those of words included."""
    found = {
        f"{kind.name}.{name}"
        for kind in schema._schema.type_map.values()  # pyright: ignore[reportPrivateUsage]
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType) and not kind.name.startswith("__")
        for name, field in kind.fields.items()
        if plain(field.type) and not (kind.name.endswith("Connection") and name == "edges")
    }
    assert found == FEW
