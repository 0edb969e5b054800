"""Receivers of our webhooks that fail in every way, while whoever posts to them is killed."""

import asyncio
import hmac
from collections.abc import Callable
from typing import Any

import pytest

from db import events as log
from tests.faults.conftest import Installation
from tests.faults.followers import number_of
from tests.receivers import Receiver

SECRET = "a-secret-of-more-than-24-characters"
CREATE = "mutation ($input: CreateWebhookInput!) { createWebhook(input: $input) { id } }"
DELETE = "mutation ($id: ID!) { deleteWebhook(id: $id) }"
NO_PAUSE = "UPDATE webhook_delivery SET next_attempt_at = now() WHERE status = 'PENDING' AND next_attempt_at > now()"
STEPS = ("MESSAGE_SENT", "MESSAGE_DELIVERED", "MESSAGE_READ")


class Moody:
    """Answers as it should, but to some events it does not know yet: once it hangs, fails, redirects or refuses."""

    def __init__(self, every: int) -> None:
        self.every = every
        self.seen: set[str] = set()
        self.taken: list[str] = []
        self.hangs = asyncio.Event()
        self.moods = 0

    def answer(self, body: dict[str, Any]) -> int | Any:
        cursor = body["data"]["cursor"]
        if cursor not in self.seen:
            self.seen.add(cursor)
            if len(self.seen) % self.every == 0:
                self.moods += 1
                return self._hang() if self.moods % 5 == 4 else (500, 302, 503, 429)[self.moods % 4]
        self.taken.append(cursor)
        return 200

    async def _hang(self) -> int:
        self.hangs.set()
        await asyncio.sleep(20)
        return 500


@pytest.mark.parametrize(
    ("people", "every"),
    [(40, 20), pytest.param(1000, 60, marks=[pytest.mark.soak, pytest.mark.timeout(600)])],
    ids=["quick", "long"],
)
async def test_24_a_receiver_hangs_fails_redirects_and_returns(
    installation: Installation,
    receiver: Receiver,
    record_property: Callable[[str, object], None],
    people: int,
    every: int,
) -> None:
    """Each event of a campaign is taken once those before it are, each is signed, and none is lost."""
    moody = Moody(every)
    receiver.answer, receiver.text = moody.answer, "no " * 10_000
    made = await installation.data(CREATE, input={"url": receiver.url, "events": STEPS, "secret": SECRET})
    webhook = made["createWebhook"]["id"]
    installation.simulator.configure(read_share=1.0)
    campaign = await installation.campaign(people)
    await installation.done(campaign)
    await installation.check_invariant(campaign)
    kills = 0
    async with asyncio.timeout(500):
        while len(set(moody.taken)) < 3 * people:
            # Pauses begin at five seconds, and a lease lasts half a minute.
            await installation.fetch(NO_PAUSE)
            if moody.hangs.is_set() and not kills:
                await kill_worker(installation)
                kills += 1
            await asyncio.sleep(0.2)
    first = list(dict.fromkeys(moody.taken))
    numbers = [number_of(cursor) for cursor in first]
    assert numbers == sorted(numbers), "one came before those before it"
    assert len(numbers) == 3 * people, "each step of each message"
    for headers, body in receiver.posts:
        assert headers["x-webhook-signature"] == hmac.digest(SECRET.encode(), body, "sha256").hex()
    assert {len(ids) for ids in receiver.ids_of_each().values()} == {1}
    record_property("events", len(numbers))
    record_property("tries", len(receiver.posts))
    record_property("answers that were none", moody.moods)
    await installation.data(DELETE, id=webhook)


TELL = f"""
WITH lock AS MATERIALIZED (SELECT pg_advisory_xact_lock({log._LOCK}))
INSERT INTO event (type, subject_type, subject_id, conversation_id, data, occurred_at)
SELECT 'CONTACT_UPDATED', 'Contact', n, n % 20 + 1, jsonb_build_object('n', n), clock_timestamp()
FROM lock, generate_series($1::int, $2::int) AS n ORDER BY n
"""
"""Events of twenty conversations in turn, each of somebody else."""
HURRY = "UPDATE webhook SET due_at = now() WHERE due_at > now()"


async def kill_worker(installation: Installation) -> None:
    await installation.kill_worker()
    await installation.fetch("UPDATE webhook SET leased_until = now() WHERE lease IS NOT NULL")
    installation.worker.start()


async def restart_postgres(installation: Installation) -> None:
    installation.services.postgres.stop()
    installation.services.postgres.start()


async def kill_postgres(installation: Installation) -> None:
    installation.services.postgres.kill()
    installation.services.postgres.start()


async def kill_redis(installation: Installation) -> None:
    installation.services.valkey.kill()
    await asyncio.sleep(0.5)
    installation.services.valkey.start()


@pytest.mark.parametrize(
    ("events", "rounds"),
    [(600, 1), pytest.param(20_000, 5, marks=[pytest.mark.soak, pytest.mark.timeout(600)])],
    ids=["quick", "long"],
)
async def test_24_the_worker_is_killed_and_redis_and_postgres_are_away_meanwhile(
    installation: Installation,
    receiver: Receiver,
    record_property: Callable[[str, object], None],
    events: int,
    rounds: int,
) -> None:
    """Each event arrives at least once, under one id, and of each conversation in order."""
    seen, taken = set[int](), list[int]()

    async def answer(body: dict[str, Any]) -> int:
        n = body["data"]["n"]
        await asyncio.sleep(0.01)
        if n % 50 == 7 and n not in seen:
            seen.add(n)
            return 503
        taken.append(n)
        return 200

    receiver.answer = answer
    made = await installation.data(CREATE, input={"url": receiver.url, "events": ["CONTACT_UPDATED"]})
    breaks = [kill_worker, kill_redis, restart_postgres, kill_postgres][: 3 if rounds == 1 else 4] * rounds
    size = events // (len(breaks) + 1)
    for number in range(len(breaks) + 1):
        await installation.fetch(TELL, number * size, (number + 1) * size - 1)
        await receiver.reach(len(receiver.posts) + size // 4)
        if number < len(breaks):
            assert len(set(taken)) < (number + 1) * size, "nothing was left to tell of"
            await breaks[number](installation)
            assert installation.worker.process is not None
            if installation.worker.process.poll() is not None:  # As a supervisor does.
                installation.worker.start()
    everything = set(range((len(breaks) + 1) * size))
    async with asyncio.timeout(120):
        while set(taken) != everything:
            await installation.fetch(NO_PAUSE)
            await installation.fetch(HURRY)
            await asyncio.sleep(0.1)
    for conversation in range(20):
        first = [n for n in dict.fromkeys(taken) if n % 20 == conversation]
        assert first == sorted(first), f"one of conversation {conversation} came before those before it"
    assert {len(ids) for ids in receiver.ids_of_each().values()} == {1}
    record_property("events", len(everything))
    record_property("told once more", len(taken) - len(everything))
    record_property("breaks", len(breaks))
    await installation.data(DELETE, id=made["createWebhook"]["id"])
