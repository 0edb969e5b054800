"""What is posted, in which order, how often, and what becomes of it."""

import asyncio
import random
from collections import defaultdict
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
import pytest_asyncio

from db import events as log
from db.core import connect
from db.events import EventFilter, EventType
from db.webhooks import Webhook, WebhookDelivery, WebhookDeliveryStatus
from domain import webhooks
from domain.core.access import SYSTEM
from domain.core.errors import ErrorCode
from domain.events import Place, encode
from domain.webhooks import delivering
from domain.webhooks.delivering import chained, pause
from tests.callers import only
from tests.receivers import Receiver, deliveries, hook, receiving, say

PENDING, DELIVERED, FAILED = WebhookDeliveryStatus
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest_asyncio.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as made:
        yield made
    await Webhook.all().delete()


async def place(number: int) -> str:
    return encode(Place((await log.read(0, 0)).epoch, number))


async def later(webhook: Webhook) -> None:
    """The pauses of its deliveries are over."""
    await WebhookDelivery.filter(webhook_id=webhook.id, status=PENDING).update(next_attempt_at=LONG_AGO)


async def due() -> set[int]:
    """Webhooks that the clock would ring for."""
    return {row["id"] for row in await connect.rows(delivering._DUE)}


async def test_what_happens_is_told_once_in_its_order_and_nothing_else(receiver: Receiver) -> None:
    await say(0)
    webhook = await hook(receiver)
    await log.read(0, 0)
    assert webhook.id not in await due()
    await say(*range(1, 1203))
    assert webhook.id in await due()
    await webhooks.deliver(webhook.id)
    assert receiver.numbers() == list(range(1, 1203))
    assert len(set(receiver.ids)) == 1202
    rows = await deliveries(webhook)
    assert {row.status for row in rows} == {DELIVERED}
    assert {(row.attempts, row.response_status, row.error_message, row.next_attempt_at) for row in rows} == {
        (1, 200, None, None)
    }
    assert (await webhooks.cursors(SYSTEM, [webhook.id])) == [await place((await log.read(0, 0)).head)]
    await webhooks.deliver(webhook.id)
    assert len(receiver.posts) == 1202
    assert webhook.id not in await due()


async def test_only_types_that_it_names_are_told_and_others_move_it_on(receiver: Receiver) -> None:
    webhook = await hook(receiver, EventType.LEAD_CREATED)
    head = await say(1, 2)
    await webhooks.deliver(webhook.id)
    assert receiver.posts == []
    assert (await Webhook.get(id=webhook.id)).position == head
    assert webhook.id not in await due()


async def test_after_a_failure_what_has_nothing_in_common_goes_on_and_the_rest_waits(receiver: Receiver) -> None:
    receiver.answer = lambda body: 500 if body["data"]["n"] == 2 else 200
    webhook = await hook(receiver)
    await say(1, 2, 3, contact=1)
    await say(4, 5, contact=2)
    await webhooks.deliver(webhook.id)
    assert sorted(receiver.numbers()) == [1, 2, 4, 5]
    one, two, three, *rest = await deliveries(webhook)
    assert [row.status for row in (one, *rest)] == [DELIVERED] * 3
    assert (two.status, two.attempts, two.error_message) == (PENDING, 1, "It answered HTTP 500.")
    assert (three.status, three.attempts) == (PENDING, 0)
    assert (await webhooks.cursors(SYSTEM, [webhook.id])) == [await place((two.event_number or 0) - 1)]
    changed = await Webhook.get(id=webhook.id)
    assert changed.due_at == two.next_attempt_at
    assert webhook.id not in await due()
    receiver.answer = lambda _: 204
    await later(webhook)
    await webhooks.deliver(webhook.id)
    assert receiver.numbers()[-2:] == [2, 3]
    [was] = [id for id, n in zip(receiver.ids, receiver.numbers(), strict=True) if n == 2][:1]
    assert receiver.ids[-2] == was
    two = await WebhookDelivery.get(id=two.id)
    assert [entry["response_status"] for entry in two.attempt_log] == [500, 204]
    assert two.attempt_log[0]["response_excerpt"] == "thanks"


@pytest.mark.parametrize(
    ("answer", "status", "words"),
    [(302, 302, "It answered HTTP 302."), (404, 404, "It answered HTTP 404."), (410, 410, "It answered HTTP 410.")],
)
async def test_anything_but_2xx_is_a_failure_and_redirects_are_not_followed(
    receiver: Receiver, answer: int, status: int, words: str
) -> None:
    receiver.answer = lambda _: answer
    webhook = await hook(receiver)
    await say(1)
    await webhooks.deliver(webhook.id)
    [row] = await deliveries(webhook)
    assert (row.status, row.response_status, row.error_message, len(receiver.posts)) == (PENDING, status, words, 1)


async def test_one_that_is_not_there_or_does_not_answer_is_tried_again(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivering, "TIMEOUT", 0.2)
    hung = asyncio.Event()

    async def hang() -> int:
        await hung.wait()
        return 200

    receiver.answer = lambda _: hang()
    silent = await hook(receiver)
    gone = await webhooks.create(SYSTEM, url="http://127.0.0.1:1/x", events=[EventType.CONTACT_UPDATED])
    await say(1)
    await webhooks.deliver(silent.id)
    await webhooks.deliver(gone.id)
    hung.set()
    for webhook, words in ((silent, "It took too long to come."), (gone, "It could not be fetched")):
        [row] = await deliveries(webhook)
        assert (row.status, row.response_status) == (PENDING, None)
        assert (row.error_message or "").startswith(words)


async def test_an_excerpt_is_bounded_and_can_be_kept(receiver: Receiver) -> None:
    receiver.text = "\0é" * 5000
    webhook = await hook(receiver)
    await say(1)
    await webhooks.deliver(webhook.id)
    [row] = await deliveries(webhook)
    assert row.attempt_log[0]["response_excerpt"] == "é" * 1000


async def test_tries_that_are_kept_are_bounded(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    receiver.answer = lambda _: 500
    webhook = await hook(receiver)
    await say(1)
    for _ in range(53):
        await webhooks.deliver(webhook.id)
        await later(webhook)
    [row] = await deliveries(webhook)
    assert (row.attempts, len(row.attempt_log)) == (53, 50)


def test_pauses_grow_from_five_seconds_to_three_hours_and_differ() -> None:
    for tries, longest in ((0, 5), (1, 10), (5, 160), (12, 10_800), (1000, 10_800)):
        found = [pause(tries) for _ in range(200)]
        assert longest / 2 <= min(found) < max(found) <= longest
    assert sum(min(5 * 2**tries, 10_800) for tries in range(12)) < 3 * 86_400


async def test_after_three_days_it_is_given_up_and_what_waits_goes_on(receiver: Receiver) -> None:
    receiver.answer = lambda body: 500 if body["data"]["n"] == 1 else 200
    webhook = await hook(receiver)
    await say(1, 2)
    await webhooks.deliver(webhook.id)
    await WebhookDelivery.filter(webhook_id=webhook.id, attempts=1).update(give_up_at=LONG_AGO)
    await later(webhook)
    await webhooks.deliver(webhook.id)
    one, two = await deliveries(webhook)
    assert (one.status, one.attempts, one.next_attempt_at, two.status) == (FAILED, 2, None, DELIVERED)
    assert receiver.numbers() == [1, 1, 2]
    # A retry tries it once.
    await webhooks.retry(SYSTEM, one.id)
    await webhooks.deliver(webhook.id)
    assert (await WebhookDelivery.get(id=one.id)).status is FAILED
    receiver.answer = lambda _: 200
    assert (await webhooks.retry(SYSTEM, one.id)).status is PENDING
    await webhooks.deliver(webhook.id)
    assert (await WebhookDelivery.get(id=one.id)).status is DELIVERED
    assert receiver.numbers() == [1, 1, 2, 1, 1]
    assert await only(webhooks.retry(SYSTEM, one.id)) == (ErrorCode.INVALID_STATE, "id", "delivered")


async def test_after_five_days_of_failure_it_is_switched_off_with_one_event(receiver: Receiver) -> None:
    receiver.answer = lambda _: 500
    webhook = await hook(receiver)
    head = await say(1)
    await webhooks.deliver(webhook.id)
    assert (await Webhook.get(id=webhook.id)).failing_since is not None
    await Webhook.filter(id=webhook.id).update(failing_since=LONG_AGO)
    for _ in range(2):
        await later(webhook)
        await webhooks.deliver(webhook.id)
    off = await Webhook.get(id=webhook.id)
    assert (off.active, off.disabled_at is None) == (False, False)
    told = (await log.read(head, 9, EventFilter(types=frozenset({EventType.WEBHOOK_DISABLED})))).events
    assert [(event.subject_type, event.subject_id) for event in told] == [("Webhook", webhook.id)]
    assert len(receiver.posts) == 2
    await say(2)
    await webhooks.deliver(webhook.id)
    assert len(receiver.posts) == 2
    [first] = await deliveries(webhook)
    assert await only(webhooks.retry(SYSTEM, first.id)) == (ErrorCode.INVALID_STATE, "id", "inactive")
    # Switched on again it goes on where it stopped.
    receiver.answer = lambda _: 200
    on = await webhooks.update(SYSTEM, webhook.id, active=True)
    assert (on.active, on.disabled_at, on.failing_since) == (True, None, None)
    await later(webhook)
    await webhooks.deliver(webhook.id)
    assert receiver.numbers()[2:] == [1, 2]


async def test_a_success_in_between_is_no_failure_of_five_days(receiver: Receiver) -> None:
    receiver.answer = lambda body: 500 if body["data"]["n"] == 1 else 200
    webhook = await hook(receiver)
    await say(1, contact=1)
    await webhooks.deliver(webhook.id)
    await Webhook.filter(id=webhook.id).update(failing_since=LONG_AGO)
    await say(2, contact=2)
    await webhooks.deliver(webhook.id)
    found = await Webhook.get(id=webhook.id)
    assert (found.active, found.failing_since) == (True, None)


async def test_whoever_is_killed_leaves_what_was_not_answered_for_the_next(receiver: Receiver) -> None:
    """As kill -9 leaves it: deliveries are made, some are posted, nothing is settled, and the lease is held."""
    webhook = await hook(receiver)
    await say(1, 2, 3)
    found = await delivering._begin(webhook.id, "dead")
    assert found is not None
    assert [len(chain) for chain in found.chains] == [3]
    await webhooks.deliver(webhook.id)
    assert receiver.posts == []
    assert webhook.id not in await due()
    await Webhook.filter(id=webhook.id).update(leased_until=LONG_AGO)
    assert webhook.id in await due()
    await webhooks.deliver(webhook.id)
    assert receiver.numbers() == [1, 2, 3]
    # The dead one comes back to life: it may neither settle nor go on.
    tries = [delivering._Try(found.chains[0][0], 500, "x", {})]
    assert await delivering._settle(webhook.id, "dead", tries) is False
    assert {row.status for row in await deliveries(webhook)} == {DELIVERED}


async def test_a_stopped_run_gives_its_lease_back(receiver: Receiver) -> None:
    began, hung = asyncio.Event(), asyncio.Event()

    async def hang() -> int:
        began.set()
        await hung.wait()
        return 200

    receiver.answer = lambda _: hang()
    webhook = await hook(receiver)
    await say(1)
    run = asyncio.create_task(webhooks.deliver(webhook.id))
    await began.wait()
    run.cancel()
    await asyncio.gather(run, return_exceptions=True)
    hung.set()
    assert (await Webhook.get(id=webhook.id)).lease is None
    receiver.answer = lambda _: 200
    assert webhook.id in await due()
    await webhooks.deliver(webhook.id)
    assert receiver.numbers() == [1, 1]
    assert len(set(receiver.ids)) == 1


async def test_no_more_wait_than_the_window_holds_and_the_rest_stays_in_the_log(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver.answer = lambda _: 500
    webhook = await hook(receiver)
    await say(*range(1100))
    await webhooks.deliver(webhook.id)
    assert len(await deliveries(webhook)) == delivering.WINDOW
    assert webhook.id not in await due()
    receiver.answer = lambda _: 200
    await later(webhook)
    await webhooks.deliver(webhook.id)
    assert receiver.numbers()[1:] == list(range(1100))


async def test_a_replay_posts_again_under_the_same_ids_in_order_and_goes_on(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    webhook = await hook(receiver)
    before = await say(0)
    await say(1, 2, 3)
    await webhooks.deliver(webhook.id)
    ids = receiver.ids[1:]
    # One waits meanwhile: it keeps its place behind those of the replay, which comes to it step by step.
    monkeypatch.setattr(delivering, "_BATCH", 1)
    receiver.answer = lambda body: 500 if body["data"]["n"] == 4 else 200
    await say(4)
    await webhooks.deliver(webhook.id)
    await later(webhook)
    receiver.posts.clear()
    receiver.answer = lambda _: 200
    after = await place(before)
    again = await webhooks.replay(SYSTEM, webhook.id, after=after)
    assert await webhooks.cursors(SYSTEM, [webhook.id]) == [after]
    assert again.position == before
    await say(5)
    await webhooks.deliver(webhook.id)
    assert receiver.numbers() == [1, 2, 3, 4, 5]
    assert receiver.ids[:3] == ids
    rows = await deliveries(webhook)
    assert [(row.status, row.attempts) for row in rows] == [(DELIVERED, n) for n in (1, 2, 2, 2, 2, 1)]


async def test_what_the_log_has_lost_cannot_be_replayed_and_who_was_away_goes_on_after_it(receiver: Receiver) -> None:
    webhook = await hook(receiver)
    first = await say(1, 2)
    await webhooks.update(SYSTEM, webhook.id, active=False)
    await connect.execute("UPDATE event SET occurred_at = now() - interval '40 days' WHERE number <= $1", first)
    await log.trim(30)
    await say(3)
    assert await only(webhooks.replay(SYSTEM, webhook.id, after=await place(first - 2))) == (
        *(ErrorCode.CURSOR_EXPIRED, "after"),
        None,
    )
    await webhooks.update(SYSTEM, webhook.id, active=True)
    await webhooks.deliver(webhook.id)
    assert receiver.numbers() == [3]


async def test_a_test_is_posted_once_also_while_it_is_off_and_waits_for_nobody(receiver: Receiver) -> None:
    receiver.answer = lambda _: 500
    webhook = await hook(receiver)
    await say(1)
    await webhooks.deliver(webhook.id)
    since = (await Webhook.get(id=webhook.id)).failing_since
    await webhooks.update(SYSTEM, webhook.id, active=False)
    made = await webhooks.test(SYSTEM, webhook.id)
    assert webhook.id in await due()
    await webhooks.deliver(webhook.id)
    assert [body["event"] for body in receiver.told] == ["contact.updated", "webhook.test"]
    failed = await WebhookDelivery.get(id=made.id)
    assert (failed.status, failed.attempts) == (FAILED, 1)
    assert (await Webhook.get(id=webhook.id)).failing_since == since
    receiver.answer = lambda _: 200
    await webhooks.retry(SYSTEM, made.id)
    await webhooks.deliver(webhook.id)
    assert (await WebhookDelivery.get(id=made.id)).status is DELIVERED


async def test_while_one_hangs_another_is_told(receiver: Receiver) -> None:
    hung = asyncio.Event()

    async def hang() -> int:
        await hung.wait()
        return 200

    async with receiving() as slow:
        slow.answer = lambda _: hang()
        first, second = await hook(slow), await hook(receiver)
        await say(1, 2)
        run = asyncio.create_task(webhooks.deliver(first.id))
        await slow.reach(1)
        async with asyncio.timeout(5):
            await webhooks.deliver(second.id)
        assert receiver.numbers() == [1, 2]
        hung.set()
        await run
        assert slow.numbers() == [1, 2]


async def test_under_random_failures_each_chain_is_in_order_and_none_is_lost(receiver: Receiver) -> None:
    """Events of conversations and of campaigns that cross: of those with something in common each waits for the one
    before, so first successes come in the order of the log."""
    some = random.Random(9)
    done: set[int] = set()
    first: list[int] = []

    def answer(body: dict[str, Any]) -> int:
        if some.random() < 0.3:
            return 503
        if (n := body["data"]["n"]) not in done:
            done.add(n)
            first.append(n)
        return 200

    receiver.answer = answer
    webhook = await hook(receiver)
    for n in range(200):
        await say(n, contact=1000 + n)
    marks = [(some.choice([None, 1, 2, 3, 4]), some.choice([None, None, 7, 8])) for _ in range(200)]
    number = (await log.read(0, 0)).head - 200
    for n, (conversation, campaign) in enumerate(marks, 1):
        sql = "UPDATE event SET conversation_id = $2, campaign_id = $3 WHERE number = $1"
        await connect.execute(sql, number + n, conversation, campaign)
    for _ in range(400):
        await webhooks.deliver(webhook.id)
        if len(done) == 200:
            break
        await later(webhook)
    assert done == set(range(200))
    kept = defaultdict[str, list[int]](list)
    for n in first:
        conversation, campaign = marks[n]
        kept[f"conversation {conversation}"].append(n) if conversation else None
        kept[f"campaign {campaign}"].append(n) if campaign else None
    assert all(found == sorted(found) for found in kept.values())


def test_chains_are_what_hangs_together() -> None:
    def row(id: int, conversation: int | None, campaign: int | None) -> dict[str, Any]:
        ids = {"conversation_id": conversation, "campaign_id": campaign}
        return {"id": id, "event_number": id, "subject": f"Message:{id}", **ids}

    rows: Any = [row(1, 1, None), row(2, 2, None), row(3, None, 9), row(4, 2, 9), row(5, None, None), row(6, 1, None)]
    assert [[each["id"] for each in chain] for chain in chained(rows)] == [[1, 6], [2, 3, 4], [5]]


async def test_what_was_posted_is_forgotten_with_the_log(receiver: Receiver) -> None:
    webhook = await hook(receiver)
    await say(1, 2)
    await webhooks.deliver(webhook.id)
    one, two = await deliveries(webhook)
    await connect.execute("UPDATE webhook_delivery SET created_at = now() - interval '40 days' WHERE id = $1", one.id)
    await webhooks.forget(30)
    assert [row.id for row in await deliveries(webhook)] == [two.id]
