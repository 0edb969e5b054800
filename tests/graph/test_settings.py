"""Settings over the API: read, changed in part, in force in another process within seconds."""

import asyncio
import time

import pytest

from db.accounts import Role, Scope
from domain import settings
from domain.core.access import SYSTEM
from tests import factories
from tests.running import Api

SETTINGS = """{ settings { environment version
  limits { maxMessageLength maxFileSizeMb messagesPerHour maxQueryCost eventRetentionDays maxConversationLength
    rateLimitPerMinute rateLimitPerHour queriesPerMinute anonymousCallsPerMinute callsPerSecond failOpen }
  features { ragEnabled sentimentAnalysis autoEscalation multilingualSupport openRegistration }
  bot { debounce handBackAfter escalationThreshold language dailyTokenBudget }
  delays { messageDelay senderSwitchDelay }
  consent { stopWords startWords optOutReply optInReply }
  integrations { name connected webhookUrl models rateLimit } } }"""
UPDATE = """mutation ($input: SettingsInput!) { updateSettings(input: $input) {
  limits { maxFileSizeMb maxMessageLength } features { sentimentAnalysis ragEnabled } bot { language debounce }
  delays { messageDelay } consent { stopWords optOutReply } } }"""


async def test_settings_are_read_and_changed_in_part(api: Api) -> None:
    found = (await api.data(SETTINGS))["settings"]
    assert (found["environment"], found["version"]) == ("test", "0.1.0")
    assert found["delays"] == {"messageDelay": 0, "senderSwitchDelay": 0}
    assert (found["limits"]["maxMessageLength"], found["limits"]["maxConversationLength"]) == (4096, 1000)
    assert found["features"].pop("openRegistration") is False
    assert set(found["features"].values()) == {True}
    assert found["bot"] == {
        "debounce": 2.0,
        "handBackAfter": None,
        "escalationThreshold": 0.5,
        "language": "en",
        "dailyTokenBudget": 2_000_000,
    }
    try:
        given = {
            "limits": {"maxFileSizeMb": 12},
            "consent": {"stopWords": ["basta"], "optOutReply": "Bye."},
            "features": {"sentimentAnalysis": False},
            "bot": {"language": "pt"},
        }
        changed = (await api.data(UPDATE, input=given))["updateSettings"]
        assert changed["limits"] == {"maxFileSizeMb": 12, "maxMessageLength": 4096}
        assert changed["features"] == {"sentimentAnalysis": False, "ragEnabled": True}
        assert changed["bot"] == {"language": "pt", "debounce": 2.0}
        assert changed["consent"] == {"stopWords": ["basta"], "optOutReply": "Bye."}
        assert (await api.data(SETTINGS))["settings"]["limits"]["maxFileSizeMb"] == 12
    finally:
        await settings.update(
            SYSTEM,
            {
                "limits": {"max_file_size_mb": None},
                "consent": {"stop_words": None, "opt_out_reply": None},
                "features": {"sentiment_analysis": None},
                "bot": {"language": None},
            },
        )


async def test_delays_are_set_and_taken_back(api: Api) -> None:
    try:
        given = {"delays": {"messageDelay": 1, "senderSwitchDelay": 2}}
        assert (await api.data(UPDATE, input=given))["updateSettings"]["delays"] == {"messageDelay": 1}
        assert (await api.data(SETTINGS))["settings"]["delays"] == given["delays"]
        given = {"delays": {"messageDelay": -1}}
        refusal = await api.refusal(UPDATE, input=given)
        assert (refusal["code"], refusal["field"]) == ("VALIDATION_ERROR", "delays.messageDelay")
        assert (await api.data(SETTINGS))["settings"]["delays"]["messageDelay"] == 1
    finally:
        await api.data(UPDATE, input={"delays": {"messageDelay": None, "senderSwitchDelay": None}})
    assert (await api.data(SETTINGS))["settings"]["delays"] == {"messageDelay": 0, "senderSwitchDelay": 0}


async def test_outside_services_are_shown_with_where_they_post_to(api: Api) -> None:
    await factories.sender()
    found = {each.pop("name"): each for each in (await api.data(SETTINGS))["settings"]["integrations"]}
    assert found.keys() == {"whatsapp_business_api", "waha", "openai"}
    assert found["whatsapp_business_api"]["webhookUrl"] == f"{api.url}/webhooks/whatsapp"
    assert found["waha"]["webhookUrl"] == f"{api.url}/webhooks/waha"
    assert found["openai"] == {"connected": False, "webhookUrl": None, "models": [], "rateLimit": None}


async def test_a_change_is_in_force_in_another_process_within_five_seconds(api: Api) -> None:
    """The cost of an operation, which the API's process follows; this process changes it."""
    ask = "{ contacts { edges { node { id } } } }"
    assert "errors" not in await api.gql(ask, role=Role.ADMIN)
    started = time.monotonic()
    await settings.update(SYSTEM, {"limits": {"max_query_cost": 150}})
    try:
        while "errors" not in (answer := await api.gql(ask, role=Role.ADMIN)):
            assert time.monotonic() - started < 5
            await asyncio.sleep(0.1)
        assert answer["errors"][0]["extensions"]["code"] == "COST_LIMIT_EXCEEDED"
        assert answer["errors"][0]["extensions"]["details"]["limit"] == 150
    finally:
        await settings.update(SYSTEM, {"limits": {"max_query_cost": None}})
    while "errors" in await api.gql(ask, role=Role.ADMIN):
        assert time.monotonic() - started < 10
        await asyncio.sleep(0.1)


async def test_each_bad_field_has_an_error_of_its_own(api: Api) -> None:
    given = {"limits": {"maxMessageLength": 0}, "delays": {"messageDelay": -1}}
    answer = await api.gql(UPDATE, {"input": given}, role=Role.ADMIN)
    assert [error["extensions"]["field"] for error in answer["errors"]] == [
        "limits.maxMessageLength",
        "delays.messageDelay",
    ]
    assert {error["extensions"]["code"] for error in answer["errors"]} == {"VALIDATION_ERROR"}


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
async def test_settings_are_for_admins(api: Api, role: Role) -> None:
    assert (await api.refusal(SETTINGS, role=role))["code"] == "AUTHORIZATION_ERROR"
    given = {"delays": {"messageDelay": 3}}
    assert (await api.refusal(UPDATE, role=role, input=given))["code"] == "AUTHORIZATION_ERROR"
    assert (await api.data(SETTINGS))["settings"]["delays"]["messageDelay"] == 0


async def test_a_token_bound_to_a_sender_may_not(api: Api) -> None:
    owner, sender = await factories.user(), await factories.sender()
    token = await factories.api_token(owner, Scope.ADMIN, sender_id=sender.id)
    for document, variables in ((SETTINGS, {}), (UPDATE, {"input": {"delays": {"messageDelay": 3}}})):
        answer = await api.gql(document, variables, token=token)
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["AUTHORIZATION_ERROR"]
