"""What monitoring reads: queues, senders that stay silent, posts that were not understood, a journal that grows."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families
from redis.exceptions import RedisError

from db.core import connect, heartbeat
from db.inbound import InboundPost
from db.senders import Sender
from domain.core import traffic
from domain.core.access import SYSTEM
from domain.health import metrics
from tests import factories
from tests.databases import database_of_its_own
from tests.domain.messages.surroundings import a_contact, a_message

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
    monkeypatch.setattr(metrics, "_OF_SENDERS", metrics._OF_SENDERS.replace(f"LIMIT {metrics.MOST_COUNTED}", "LIMIT 3"))
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
        assert found["tidings_clock_up",] == 0


async def test_workers_say_what_became_of_their_sends(database: None) -> None:
    async with quiet():
        sends = {"accepted": 41, "in_doubt": 1}
        await heartbeat.beat("here:7", tasks=[], processed=9, started="", sends=sends)
        found = await figures()
        assert (found["tidings_worker_up", "here:7"], found["tidings_worker_tasks_total", "here:7"]) == (1, 9)
        assert {word: found["tidings_worker_sends_total", word, "here:7"] for word in sends} == sends
        await heartbeat.farewell("here:7")
        assert ("tidings_worker_up", "here:7") not in await figures()


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
        assert (found["tidings_part_up", "redis"], found["tidings_part_up", "postgresql"]) == (0, 1)
        assert ("tidings_tasks_waiting",) not in found
        assert found["tidings_sender_up", "CLOUD_API", sender.phone_number] == 1
        monkeypatch.undo()
        monkeypatch.setattr(metrics, "_OF_ALL", "SELECT 1 / 0")
        found = await figures()
        assert (found["tidings_part_up", "redis"], found["tidings_part_up", "postgresql"]) == (1, 0)
        assert found["tidings_database_connections", "limit"] > 0
