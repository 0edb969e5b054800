"""What monitoring reads: queues, senders that stay silent, posts that were not understood, a journal that grows."""

import re
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families
from redis.exceptions import RedisError

from db.core import connect, heartbeat
from db.inbound import InboundPost
from db.messages import Priority
from db.senders import Sender
from domain import webhooks
from domain.core import traffic
from domain.core.access import SYSTEM
from domain.core.ids import global_id
from domain.health import metrics, problems, system
from domain.health.problems import Kind
from tests import factories
from tests.databases import database_of_its_own
from tests.domain.messages.surroundings import a_contact, a_message
from tests.receivers import Receiver, hook, say

Figures = Mapping[tuple[str, ...], float]


def read(text: bytes) -> Figures:
    """Values by the name and the labels, as Prometheus reads them."""
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text.decode())
        for sample in family.samples
    }


async def figures() -> Figures:
    return read(await metrics.metrics(SYSTEM))


@asynccontextmanager
async def quiet() -> AsyncGenerator[Sender]:
    async with database_of_its_own():
        yield await factories.sender()


async def test_a_queue_is_counted_and_its_head_has_an_age(database: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system, "_QUEUES", system._QUEUES.replace(f"LIMIT {system.MOST_COUNTED}", "LIMIT 3"))
    async with quiet() as sender:
        assert (await figures())["tidings_sender_queue_messages", sender.phone_number] == 0
        for _ in range(2):
            await a_message(sender.id, await a_contact())
        later = await a_message(sender.id, await a_contact())
        await connect.execute("UPDATE message SET due_at = now() + interval '1 h' WHERE id = $1", later)
        await connect.execute("UPDATE message SET due_at = now() - interval '90 s' WHERE due_at <= now()")
        found = await figures()
        assert found["tidings_sender_queue_messages", sender.phone_number] == 2
        assert 90 <= found["tidings_sender_queue_oldest_seconds", sender.phone_number] < 120
        for _ in range(2):
            await a_message(sender.id, await a_contact())
        assert (await figures())["tidings_sender_queue_messages", sender.phone_number] == 3, "counted no further"


async def test_what_is_under_way_is_told_by_its_state(database: None) -> None:
    async with quiet() as sender:
        for state in ("IN_FLIGHT", "IN_FLIGHT", "UNKNOWN"):
            id = await a_message(sender.id, await a_contact(), state=state, due_at=None)
            await connect.execute("UPDATE message SET lease_until = now() WHERE id = $1", id)
        found = await figures()
        states = ("CLAIMED", "IN_FLIGHT", "UNKNOWN")
        assert [found["tidings_messages_under_way", state] for state in states] == [0, 2, 1]


@pytest.mark.parametrize(
    ("change", "up", "silent"),
    [
        ("name = 'x'", 1, 0),
        ("status = 'EXPIRED'", 0, 0),
        ("paused_until = now() + interval '1 h'", 0, 0),
        ("unheard_since = now() - interval '16 min'", 1, 960),
    ],
)
async def test_how_senders_stand(database: None, change: str, up: int, silent: int) -> None:
    async with quiet() as sender:
        await connect.execute(f"UPDATE sender SET {change} WHERE id = $1", sender.id)
        found = await figures()
        assert found["tidings_sender_up", "CLOUD_API", sender.phone_number] == up
        assert silent <= found["tidings_sender_silent_seconds", sender.phone_number] < silent + 30


async def test_the_journal_and_what_of_it_was_not_understood(database: None) -> None:
    async with quiet():
        found = await figures()
        assert (found["tidings_journal_posts",], found["tidings_journal_oldest_seconds",]) == (0, 0)
        for age in (120, 5):
            post = await InboundPost.create(body=b"{}")
            await InboundPost.filter(id=post.id).update(created_at=datetime.now(UTC) - timedelta(seconds=age))
        await InboundPost.create(body=b"{", errors=["The body is not JSON."], done_at=datetime.now(UTC))
        found = await figures()
        assert (found["tidings_journal_posts",], found["tidings_journal_faulty_posts",]) == (2, 1)
        assert 120 <= found["tidings_journal_oldest_seconds",] < 150
        assert found["tidings_events_total",] > 0
        assert found["tidings_problem", "no_clock"] == 1
        words = (await problems.in_database())[Kind.JOURNAL_GROWS]
        assert words is not None
        assert words.startswith("The inbound journal grows: 2 wait, the oldest that is due 12")


async def test_what_a_webhook_waits_for_is_told_by_its_id(database: None) -> None:
    async with quiet():
        webhook = await hook(Receiver(url="http://127.0.0.1:1/"))
        await say(1, 2)
        await webhooks.deliver(webhook.id)
        hour = "now() - interval '1 h'"
        await connect.execute(f"UPDATE webhook_delivery SET created_at = {hour} WHERE attempts > 0")
        await connect.execute(f"UPDATE webhook SET updated_at = {hour}")
        found, id = await figures(), global_id("Webhook", webhook.id)
        assert found["tidings_webhook_events_waiting", id] == 2
        assert 3590 < found["tidings_webhook_late_seconds", id] < 3700
        await webhooks.update(SYSTEM, webhook.id, active=False)
        assert ("tidings_webhook_late_seconds", id) not in await figures()


async def test_workers_are_counted_and_not_named(database: None) -> None:
    async with quiet():
        await heartbeat.beat("here:7", tasks=[], processed=9, started="", failed={})
        before = await figures()
        await heartbeat.beat("here:8", tasks=[], processed=9, started="", failed={})
        await heartbeat.shared_redis().pexpire("tidings:workers:here:7", 40_000)
        found = await figures()
        assert found["tidings_workers", "online"] == before["tidings_workers", "online"]
        assert found["tidings_workers", "lost"] == before["tidings_workers", "lost"] + 1
        for name in ("here:7", "here:8"):
            await heartbeat.farewell(name)


async def test_requests_are_counted_by_a_few_paths(database: None) -> None:
    async with quiet():

        async def counted(path: str, status: str = "2xx") -> float:
            return (await figures()).get(("tidings_request_seconds_count", path, status), 0)

        before = [await counted("/webhooks"), await counted("other"), await counted("/graphql", "4xx")]
        traffic.note(3.0, "/webhooks/whatsapp", 200)
        traffic.note(3.0, "/wp-admin/x", 200)
        traffic.note(3.0, "/graphql", 404)
        after = [await counted("/webhooks"), await counted("other"), await counted("/graphql", "4xx")]
        assert [now - then for now, then in zip(after, before, strict=True)] == [1, 1, 1]
        assert not [name for name in await figures() if "/wp-admin" in name]


async def test_a_part_that_is_away_costs_its_own_figures_alone(database: None, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away() -> int:
        raise RedisError("away")

    async with quiet() as sender:
        monkeypatch.setattr(metrics.doorbell, "waiting", away)
        found = await figures()
        assert ("tidings_tasks_waiting",) not in found
        assert found["tidings_sender_up", "CLOUD_API", sender.phone_number] == 1
        monkeypatch.undo()
        monkeypatch.setattr(metrics, "_OF_ALL", "SELECT 1 / 0")
        found = await figures()
        assert ("tidings_tasks_waiting",) in found
        assert ("tidings_journal_posts",) not in found
        assert found["tidings_database_connections", "limit"] > 0


async def test_queues_are_counted_by_priority(database: None) -> None:
    async with quiet() as sender:
        for priority in (1, 1, 4):
            id = await a_message(sender.id, await a_contact())
            await connect.execute("UPDATE message SET priority = $2 WHERE id = $1", id, priority)
        await connect.execute("UPDATE message SET due_at = now() - interval '90 s' WHERE priority = 4")
        found = await figures()
        depths = [found["tidings_queue_messages", each.name] for each in Priority]
        assert depths == [2, 0, 0, 1]
        assert 90 <= found["tidings_queue_oldest_seconds", "URGENT"] < 120
        assert found["tidings_queue_oldest_seconds", "LOW"] < 30
        assert found["tidings_sender_queue_messages", sender.phone_number] == 3


NO_BASE_UNITS = ("milliseconds", "ms", "minutes", "hours", "days", "kilobytes", "megabytes", "kb", "mb", "percent")


async def test_names_units_and_help_are_as_prometheus_wants_them(database: None) -> None:
    """What `promtool check metrics` looks at (prometheus/prometheus util/promlint)."""
    async with quiet():
        text = (await metrics.metrics(SYSTEM)).decode()
    families = list(text_string_to_metric_families(text))
    ours = [family for family in families if family.name.startswith("tidings_")]
    assert len({family.name for family in families}) == len(families)
    assert len(ours) > 20
    for family in families:
        words = family.name.split("_")
        assert family.documentation
        assert not set(words) & {*NO_BASE_UNITS, "gauge", "counter", "histogram", "summary"}, family.name
        assert re.fullmatch("[a-z][a-z0-9_]*", family.name)
        if family.type in ("gauge", "histogram"):
            assert words[-1] not in ("total", "count", "sum", "bucket"), family.name
    for family in ours:
        assert family.documentation.endswith("."), family.name
        if family.type == "counter":
            assert {sample.name for sample in family.samples if not sample.name.endswith("_created")} <= {
                f"{family.name}_total"
            }
        for sample in family.samples:
            assert set(sample.labels) <= LABELS, sample


LABELS = {
    *("code", "environment", "job", "le", "model", "path", "priority", "problem", "provider", "result", "sender"),
    *("state", "status", "tick", "version"),
}
"""Each has few values: parts and states of ours, configured models, senders. None is what callers or contacts write."""
