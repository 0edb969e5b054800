"""Settings: partly changed, kept, followed by other processes, and refused where they are out of bounds."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
import structlog

from db.audit import AuditEntry
from db.core import connect
from db.settings import SettingSection
from domain import settings
from domain.core.access import SYSTEM, Viewer
from domain.core.errors import Refusal, Refusals
from tests import factories
from tests.databases import database_of_its_own


@pytest_asyncio.fixture(autouse=True, loop_scope="session")
async def alone(database: None) -> AsyncIterator[None]:
    """Where nobody else is told of what is changed here."""
    async with database_of_its_own():
        yield
    await settings.read()


async def fields_of(**sections: dict[str, Any]) -> list[str | None]:
    with pytest.raises((Refusal, Refusals)) as caught:
        await settings.update(SYSTEM, sections)
    error = caught.value
    return [refusal.field for refusal in (error.refusals if isinstance(error, Refusals) else [error])]


async def test_what_was_never_changed_is_built_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings.get_settings(), "message_delay", 7)
    monkeypatch.setattr(settings.get_settings(), "event_retention_days", 12)
    found = await settings.get(SYSTEM)
    assert found == settings.built_in()
    assert (found.delays.message_delay, found.delays.sender_switch_delay) == (7, 0)
    assert (found.limits.max_message_length, found.limits.event_retention_days) == (4096, 12)
    assert (found.limits.rate_limit_per_minute, found.limits.rate_limit_per_hour) == (100, 1000)
    assert (found.limits.queries_per_minute, found.limits.anonymous_calls_per_minute) == (1000, 100)
    assert (found.limits.calls_per_second, found.limits.fail_open) == (20, False)


async def test_a_change_leaves_the_rest_and_null_takes_it_back() -> None:
    person = await factories.user()
    viewer = Viewer(user_id=person.id, role=person.role, session_id=1)
    await settings.update(viewer, {"limits": {"max_message_length": 900, "messages_per_hour": 50}})
    await settings.update(viewer, {"limits": {"messages_per_hour": 60}, "consent": {"stop_words": ["basta", "basta"]}})
    found = await settings.get(SYSTEM)
    assert (found.limits.max_message_length, found.limits.messages_per_hour) == (900, 60)
    assert (found.consent.stop_words, found.consent.opt_out_reply) == (("basta",), None)
    assert (await SettingSection.get(name="limits")).updated_by_id == person.id
    await settings.update(viewer, {"limits": {"max_message_length": None}})
    assert settings.known().limits == settings.Limits(messages_per_hour=60, event_retention_days=30)
    assert (await SettingSection.get(name="limits")).values == {"messages_per_hour": 60}


async def test_each_field_out_of_bounds_is_an_error_and_nothing_is_changed() -> None:
    await settings.update(SYSTEM, {"limits": {"max_file_size_mb": 20}})
    wrong = {
        "limits": {
            "max_message_length": 4097,
            "max_file_size_mb": 0,
            "messages_per_hour": 0,
            "max_query_cost": 99,
            "event_retention_days": 0,
            "max_conversation_length": 1001,
            "rate_limit_per_minute": 0,
            "rate_limit_per_hour": 100_001,
            "queries_per_minute": 0,
            "anonymous_calls_per_minute": 0,
            "calls_per_second": 10_001,
        },
        "delays": {"message_delay": -1, "sender_switch_delay": 3601},
        "consent": {
            "stop_words": ["stop", "!!!"],
            "start_words": ["x" * 51],
            "opt_out_reply": " ",
            "opt_in_reply": "x" * 1001,
        },
        "features": {},
        "bot": {
            "debounce": 60.5,
            "hand_back_after": 59,
            "escalation_threshold": 1.01,
            "language": "English",
            "daily_token_budget": -1,
        },
    }
    assert await fields_of(**wrong) == [
        "limits.maxMessageLength",
        "limits.maxFileSizeMb",
        "limits.messagesPerHour",
        "limits.maxQueryCost",
        "limits.eventRetentionDays",
        "limits.maxConversationLength",
        "limits.rateLimitPerMinute",
        "limits.rateLimitPerHour",
        "limits.queriesPerMinute",
        "limits.anonymousCallsPerMinute",
        "limits.callsPerSecond",
        "delays.messageDelay",
        "delays.senderSwitchDelay",
        "consent.stopWords",
        "consent.startWords",
        "consent.optOutReply",
        "consent.optInReply",
        "bot.debounce",
        "bot.handBackAfter",
        "bot.escalationThreshold",
        "bot.language",
        "bot.dailyTokenBudget",
    ]
    assert await fields_of(limits={"max_file_size_mb": 101, "max_message_length": 10}) == ["limits.maxFileSizeMb"]
    assert await fields_of(consent={"stop_words": [f"w{n}" for n in range(201)]}) == ["consent.stopWords"]
    assert (await settings.get(SYSTEM)).limits == settings.Limits(max_file_size_mb=20)


async def test_two_changes_at_once_are_both_kept() -> None:
    one = settings.update(SYSTEM, {"limits": {"max_file_size_mb": 20}, "delays": {"message_delay": 1}})
    other = settings.update(SYSTEM, {"delays": {"sender_switch_delay": 2}, "limits": {"max_message_length": 100}})
    await asyncio.gather(one, other)
    found = await settings.get(SYSTEM)
    assert found.delays == settings.Delays(1, 2)
    assert (found.limits.max_file_size_mb, found.limits.max_message_length) == (20, 100)


async def test_a_process_follows_what_another_one_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "READ_SECONDS", 0.05)
    following = asyncio.create_task(settings.keep_reading())
    try:
        # Written as another process, or a newer version, would.
        values = {"message_delay": 9, "no_such_setting": 1}
        await SettingSection.create(name="delays", values=values)
        await SettingSection.create(name="no_such_section", values={})
        async with asyncio.timeout(5):
            while settings.known().delays.message_delay != 9:  # noqa: ASYNC110 - nothing tells of it
                await asyncio.sleep(0.01)
        await connect.execute("ALTER TABLE setting_section RENAME TO setting_section_away")
        await asyncio.sleep(0.2)
        assert settings.known().delays.message_delay == 9
        await connect.execute("ALTER TABLE setting_section_away RENAME TO setting_section")
        await connect.execute("DELETE FROM setting_section")
        async with asyncio.timeout(5):
            while settings.known() != settings.built_in():  # noqa: ASYNC110 - nothing tells of it
                await asyncio.sleep(0.01)
    finally:
        following.cancel()


async def test_switches_and_rules_of_the_bot_are_changed_and_go_back() -> None:
    rules = {
        "debounce": 0.5,
        "hand_back_after": 60,
        "escalation_threshold": 0,
        "language": "pt",
        "daily_token_budget": 0,
    }
    switches = dict.fromkeys(("rag_enabled", "sentiment_analysis", "auto_escalation", "multilingual_support"), False)
    await settings.update(SYSTEM, {"bot": rules, "features": switches})
    found = await settings.get(SYSTEM)
    assert found.bot == settings.Bot(0.5, 60, 0, "pt", 0)
    assert found.features == settings.Features(False, False, False, False, False)
    await settings.update(SYSTEM, {"bot": dict.fromkeys(rules), "features": dict.fromkeys(switches)})
    assert (await settings.get(SYSTEM)) == settings.built_in()
    assert settings.built_in().bot == settings.Bot(2.0, None, 0.5, "en", 2_000_000)


async def test_each_change_is_written_down_with_who_and_from_where_and_what_it_was() -> None:
    person = await factories.user()
    viewer = Viewer(user_id=person.id, role=person.role, token_id=3, ip_address="10.1.2.3")
    with structlog.contextvars.bound_contextvars(request_id="a-request"):
        await settings.update(viewer, {"limits": {"max_file_size_mb": 20}, "consent": {"stop_words": ["basta"]}})
    await settings.update(SYSTEM, {"limits": {"max_file_size_mb": None}, "bot": {"debounce": 2.0}})
    await settings.update(SYSTEM, {"limits": {"max_file_size_mb": None}, "delays": {"message_delay": 0}})
    await fields_of(limits={"max_file_size_mb": 0}, bot={"debounce": 1.0})
    first, second = await AuditEntry.filter(action="updateSettings").order_by("id")
    assert first.changes == {"limits.maxFileSizeMb": [10, 20], "consent.stopWords": [[], ["basta"]]}
    assert (first.action, first.actor_id, first.token_id) == ("updateSettings", person.id, 3)
    assert (first.ip_address, first.request_id, first.subject_id) == ("10.1.2.3", "a-request", None)
    assert second.changes == {"limits.maxFileSizeMb": [20, 10]}
    assert (second.actor_id, second.request_id) == (None, None)


async def test_changes_at_once_are_written_down_in_their_order() -> None:
    sizes = range(11, 31)
    await asyncio.gather(*(settings.update(SYSTEM, {"limits": {"max_file_size_mb": size}}) for size in sizes))
    told = [
        entry.changes["limits.maxFileSizeMb"]
        for entry in await AuditEntry.filter(action="updateSettings").order_by("id")
    ]
    assert [was for was, _ in told] == [10, *(now for _, now in told[:-1])]
    assert {now for _, now in told} == set(sizes)
    assert (await settings.get(SYSTEM)).limits.max_file_size_mb == told[-1][1]
