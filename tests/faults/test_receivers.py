"""Receivers of our webhooks that fail in every way, while whoever posts to them is killed."""

import asyncio
import hmac
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio

from tests.faults.conftest import Installation
from tests.faults.followers import number_of
from tests.receivers import Receiver, receiving

SECRET = "a-secret-of-more-than-24-characters"
CREATE = "mutation ($input: CreateWebhookInput!) { createWebhook(input: $input) { id } }"
DELETE = "mutation ($id: ID!) { deleteWebhook(id: $id) }"
NO_PAUSE = "UPDATE webhook_delivery SET next_attempt_at = now() WHERE status = 'PENDING' AND next_attempt_at > now()"
STEPS = ("MESSAGE_SENT", "MESSAGE_DELIVERED", "MESSAGE_READ")


@pytest_asyncio.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as made:
        yield made


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
                await installation.kill_worker()
                await installation.fetch("UPDATE webhook SET leased_until = now()")
                installation.worker.start()
                kills += 1
            await asyncio.sleep(0.2)
    first = list(dict.fromkeys(moody.taken))
    numbers = [number_of(cursor) for cursor in first]
    assert numbers == sorted(numbers), "one came before those before it"
    assert len(numbers) == 3 * people, "each step of each message"
    for headers, body in receiver.posts:
        assert headers["x-webhook-signature"] == hmac.digest(SECRET.encode(), body, "sha256").hex()
    ids = {json.loads(body)["data"]["cursor"]: headers["webhook-id"] for headers, body in receiver.posts}
    assert all(headers["webhook-id"] == ids[json.loads(body)["data"]["cursor"]] for headers, body in receiver.posts)
    record_property("events", len(numbers))
    record_property("tries", len(receiver.posts))
    record_property("answers that were none", moody.moods)
    await installation.data(DELETE, id=webhook)
