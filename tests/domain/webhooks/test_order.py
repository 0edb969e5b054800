"""In which order events are posted, and what waits for what."""

import asyncio
import random
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from db import events as log
from db.core import connect
from db.core.transaction import transaction
from db.events import EventType, record
from db.webhooks import Webhook, WebhookDelivery, WebhookDeliveryStatus
from domain import webhooks
from domain.core.access import SYSTEM
from domain.core.errors import ErrorCode
from domain.webhooks import delivering
from tests.callers import only
from tests.receivers import LONG_AGO, Receiver, deliveries, due, hook, later, place, receiving, say

PENDING, DELIVERED, _ = WebhookDeliveryStatus


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


async def taken(webhook: Webhook, rounds: int) -> list[int]:
    """As many rounds as it takes from the log, with nothing posted; the numbers of what is ready in the end."""
    ready: list[int] = []
    for _ in range(rounds):
        found = await delivering._begin(webhook.id, "reader")
        assert found is not None
        ready = [row["event_number"] for row in found.ready]
    await Webhook.filter(id=webhook.id).update(lease=None, leased_until=None)
    return ready


async def test_however_many_wait_behind_a_refused_one_others_go_on(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver.answer = lambda body: 500 if body["data"]["n"] == 0 else 200
    webhook = await hook(receiver)
    await say(*range(1100))
    await say(5000, contact=2)
    await webhooks.deliver(webhook.id)
    assert receiver.numbers() == [0, 5000]
    assert webhook.id not in await due()
    await say(5001, contact=3)
    assert webhook.id in await due()
    await webhooks.deliver(webhook.id)
    assert receiver.numbers() == [0, 5000, 5001]
    first, *rest = await deliveries(webhook)
    assert (await Webhook.get(id=webhook.id)).due_at == first.next_attempt_at
    assert {row.attempts for row in rest if row.status is PENDING} == {0}
    # As soon as it is over they follow, a few at a time, and wait for no time of their own.
    receiver.answer = lambda _: 200
    begin, sizes = delivering._begin, list[int]()

    async def beginning(id: int, lease: str) -> Any:
        if (found := await begin(id, lease)) is not None:
            sizes.append(len(found.ready))
        return found

    monkeypatch.setattr(delivering, "_begin", beginning)
    await webhooks.retry(SYSTEM, first.id)
    await webhooks.deliver(webhook.id)
    assert receiver.numbers()[3:] == list(range(1100))
    assert max(sizes) <= delivering.LANE


async def test_however_many_are_refused_others_go_on(receiver: Receiver) -> None:
    webhook = await hook(receiver)
    async with transaction():
        for contact in range(1, 1101):
            record(EventType.CONTACT_UPDATED, "Contact", contact, contact_id=contact, data={"n": contact})
    await taken(webhook, 3)
    hour = datetime.now(UTC) + timedelta(hours=1)
    await WebhookDelivery.filter(webhook_id=webhook.id).update(attempts=1, next_attempt_at=hour)
    await say(5000, contact=2000)
    await webhooks.deliver(webhook.id)
    assert receiver.numbers()[-1:] == [5000]
    assert len(receiver.posts) <= 101, "what the log held besides was tried as well"


async def test_what_pauses_by_itself_is_not_hurried_when_one_before_it_is_over(receiver: Receiver) -> None:
    receiver.answer = lambda _: 500
    webhook = await hook(receiver)
    await say(1, 2)
    await webhooks.deliver(webhook.id)
    await WebhookDelivery.filter(webhook_id=webhook.id, attempts=1).update(give_up_at=LONG_AGO)
    await later(webhook)
    await webhooks.deliver(webhook.id)
    one, two = await deliveries(webhook)
    receiver.answer = lambda _: 200
    await webhooks.retry(SYSTEM, one.id)
    await webhooks.deliver(webhook.id)
    assert receiver.numbers() == [1, 1, 2, 1]
    assert [row.next_attempt_at for row in await deliveries(webhook)] == [None, two.next_attempt_at]


async def test_no_more_than_twenty_are_posted_at_a_time(receiver: Receiver) -> None:
    at_once = [0]

    async def answer(_: dict[str, Any]) -> int:
        at_once.append(at_once[-1] + 1)
        await asyncio.sleep(0.1)
        at_once.append(at_once[-1] - 1)
        return 200

    receiver.answer = answer
    webhook = await hook(receiver)
    for contact in range(60):
        await say(contact, contact=contact)
    await webhooks.deliver(webhook.id)
    assert (len(receiver.posts), max(at_once)) == (60, delivering.AT_ONCE)


async def test_whoever_is_asked_for_more_as_a_run_ends_is_due(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = delivering._begin

    async def beginning(id: int, lease: str) -> Any:
        found = await begin(id, lease)
        await webhooks.test(SYSTEM, id)
        return found

    webhook = await hook(receiver)
    await later(webhook)
    monkeypatch.setattr(delivering, "_begin", beginning)
    await webhooks.deliver(webhook.id)
    assert receiver.posts == []
    assert webhook.id in await due()


async def test_a_long_campaign_leaves_places_to_others(receiver: Receiver) -> None:
    webhook = await hook(receiver)
    async with transaction():
        for contact in range(1200):
            record(EventType.CONTACT_UPDATED, "Contact", contact, contact_id=contact, data={"n": contact})
    await connect.execute(
        "UPDATE event SET campaign_id = 9 WHERE number > $1", (await Webhook.get(id=webhook.id)).position
    )
    other = await say(5000, contact=5000)
    ready = await taken(webhook, 4)
    assert other in ready
    assert len(ready) < delivering.WINDOW


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
    assert [(row.status, row.attempts) for row in rows] == [(DELIVERED, n) for n in (1, 1, 1, 1, 1, 1)]


async def test_a_replay_passes_over_nothing_that_was_not_told_yet(receiver: Receiver) -> None:
    webhook = await hook(receiver)
    await webhooks.update(SYSTEM, webhook.id, active=False)
    await say(1)
    last = await say(2)
    assert (await webhooks.replay(SYSTEM, webhook.id, after=await place(last))).position == webhook.position < last
    await webhooks.update(SYSTEM, webhook.id, active=True)
    await webhooks.deliver(webhook.id)
    assert receiver.numbers() == [1, 2]


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


async def test_nothing_of_one_webhook_touches_another(receiver: Receiver) -> None:
    """Of the same contact, a thousand pause at one, and are due again: the other is told all the same."""
    receiver.answer = lambda _: 500
    first = await hook(receiver)
    await say(*range(1000))
    await webhooks.deliver(first.id)

    async def waits() -> list[tuple[Any, ...]]:
        return [(row.id, row.attempts, row.next_attempt_at, row.give_up_at) for row in await deliveries(first)]

    before = await waits()
    async with receiving() as other:
        second = await hook(other)
        head = await say(1000, 1001)
        await webhooks.deliver(second.id)
        assert other.numbers() == [1000, 1001]
        assert (await Webhook.get(id=second.id)).due_at is None
        assert await webhooks.cursors(SYSTEM, [second.id]) == [await place(head)]
        await webhooks.update(SYSTEM, second.id, url=f"{other.url}/2")
        assert await waits() == before
        await later(first)
        await say(1002)
        await webhooks.deliver(second.id)
        assert other.numbers() == [1000, 1001, 1002]


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


async def test_an_event_waits_for_those_of_its_own_and_for_no_other(receiver: Receiver) -> None:
    """Two of a conversation, of which the first is refused; the campaign of the second goes on as far as there."""
    receiver.answer = lambda body: 500 if body["data"]["n"] == 0 else 200
    webhook = await hook(receiver)
    before = webhook.position
    marks = [(1, None), (2, 9), (1, 9), (3, 9), (3, None), (4, None), (2, None)]
    for n in range(len(marks)):
        await say(n, contact=7000 + n)
    for n, (conversation, campaign) in enumerate(marks, 1):
        sql = "UPDATE event SET conversation_id = $2, campaign_id = $3 WHERE number = $1"
        await connect.execute(sql, before + n, conversation, campaign)
    await webhooks.deliver(webhook.id)
    assert sorted(receiver.numbers()) == [0, 1, 5, 6]
    receiver.posts.clear()
    receiver.answer = lambda _: 200
    first, *_ = await deliveries(webhook)
    await webhooks.retry(SYSTEM, first.id)
    await webhooks.deliver(webhook.id)
    assert receiver.numbers() == [0, 2, 3, 4]
