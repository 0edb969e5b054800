"""What is posted, in which order, how often, and what becomes of it."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

import pytest
from tortoise.expressions import RawSQL

from db import events as log
from db.core import connect
from db.events import EventFilter, EventType
from db.webhooks import Webhook, WebhookDelivery, WebhookDeliveryStatus
from domain import webhooks
from domain.core import fetch
from domain.core.access import SYSTEM
from domain.core.errors import ErrorCode
from domain.webhooks import delivering, writing
from domain.webhooks.delivering import pause
from tests.callers import only
from tests.receivers import LONG_AGO, Receiver, deliveries, due, hook, later, place, receiving, say

PENDING, DELIVERED, FAILED = WebhookDeliveryStatus


async def test_only_types_that_it_names_are_told_and_others_move_it_on(receiver: Receiver) -> None:
    webhook = await hook(receiver, EventType.LEAD_CREATED)
    head = await say(1, 2)
    await webhooks.deliver(webhook.id)
    assert receiver.posts == []
    assert (await Webhook.get(id=webhook.id)).position == head
    assert webhook.id not in await due()


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
    assert row.delivered_at is None


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


async def test_an_answer_may_take_fifteen_seconds() -> None:
    """As docs/webhooks.md has it; what is too slow is tried with a shorter one, above."""
    assert delivering.TIMEOUT == 15


@pytest.mark.parametrize(("before", "least", "most"), [(0, 2.5, 5), (4, 40, 80), (20, 5_400, 10_800)])
async def test_what_failed_pauses_the_longer_the_oftener_it_did(
    receiver: Receiver, before: int, least: float, most: float
) -> None:
    receiver.answer = lambda _: 500
    webhook = await hook(receiver)
    await say(1)
    await webhooks.deliver(webhook.id)
    await WebhookDelivery.filter(webhook_id=webhook.id).update(attempts=before, next_attempt_at=RawSQL("now()"))
    await webhooks.deliver(webhook.id)
    [row] = await deliveries(webhook)
    assert row.attempts == before + 1
    assert row.next_attempt_at is not None
    assert least - 1 < (row.next_attempt_at - datetime.now(UTC)).total_seconds() <= most


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


async def test_what_was_given_up_and_is_replayed_has_three_days_anew(receiver: Receiver) -> None:
    webhook = await hook(receiver)
    before = (await Webhook.get(id=webhook.id)).position
    receiver.answer = lambda _: 500
    await say(1)
    await webhooks.deliver(webhook.id)
    await WebhookDelivery.filter(webhook_id=webhook.id).update(give_up_at=LONG_AGO)
    await later(webhook)
    await webhooks.deliver(webhook.id)
    [given_up] = await deliveries(webhook)
    await webhooks.replay(SYSTEM, webhook.id, after=await place(before))
    await webhooks.deliver(webhook.id)
    [again] = await deliveries(webhook)
    assert (given_up.status, again.status, again.attempts) == (FAILED, PENDING, 1)
    assert timedelta(days=2) < again.give_up_at - datetime.now(UTC) <= timedelta(days=3)


async def test_a_round_begins_no_posts_for_longer_than_its_lease_allows(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def slowly(_: dict[str, Any]) -> int:
        await asyncio.sleep(0.05)
        return 200

    monkeypatch.setattr(delivering, "_ROUND", 0.1)
    settle, tried = delivering._settle, list[int]()  # pyright: ignore[reportPrivateUsage]

    async def settling(id: int, lease: str, tries: Sequence[Any]) -> bool:
        tried.append(len(tries))
        return await settle(id, lease, tries)

    monkeypatch.setattr(delivering, "_settle", settling)
    webhook, receiver.answer = await hook(receiver), slowly
    await say(*range(12))
    await webhooks.deliver(webhook.id)
    assert receiver.numbers() == list(range(12))
    assert max(tried) <= 3, "one after another, each takes half as long as a round may begin them"


async def test_after_five_days_of_failure_it_is_switched_off_with_one_event(receiver: Receiver) -> None:
    receiver.answer = lambda _: 500
    webhook = await hook(receiver)
    head = await say(1)
    await webhooks.deliver(webhook.id)
    assert (await Webhook.get(id=webhook.id)).failing_since is not None
    since = datetime.now(UTC) - timedelta(days=5)
    await Webhook.filter(id=webhook.id).update(failing_since=since + timedelta(minutes=5))
    await later(webhook)
    await webhooks.deliver(webhook.id)
    assert (await Webhook.get(id=webhook.id)).active
    await Webhook.filter(id=webhook.id).update(failing_since=since)
    for _ in range(2):
        await later(webhook)
        await webhooks.deliver(webhook.id)
    off = await Webhook.get(id=webhook.id)
    assert (off.active, off.disabled_at is None) == (False, False)
    told = (await log.read(head, 9, EventFilter(types=frozenset({EventType.WEBHOOK_DISABLED})))).events
    assert [(event.subject_type, event.subject_id) for event in told] == [("Webhook", webhook.id)]
    assert len(receiver.posts) == 3
    await say(2)
    await later(webhook)
    await webhooks.deliver(webhook.id)
    assert len(receiver.posts) == 3
    assert webhook.id not in await due(), "what waits, and what the log holds, is for when it is on"
    [first] = await deliveries(webhook)
    assert await only(webhooks.retry(SYSTEM, first.id)) == (ErrorCode.INVALID_STATE, "id", "inactive")
    # Switched on again it goes on where it stopped.
    receiver.answer = lambda _: 200
    on = await webhooks.update(SYSTEM, webhook.id, active=True)
    assert (on.active, on.disabled_at, on.failing_since) == (True, None, None)
    # At once, however long it would have paused.
    await webhooks.deliver(webhook.id)
    assert receiver.numbers()[3:] == [1, 2]


async def test_one_that_somebody_switches_off_is_not_switched_off_once_more(receiver: Receiver) -> None:
    began, off = asyncio.Event(), asyncio.Event()

    async def hang() -> int:
        began.set()
        await off.wait()
        return 500

    receiver.answer = lambda _: hang()
    webhook = await hook(receiver)
    head = await say(1)
    await Webhook.filter(id=webhook.id).update(failing_since=LONG_AGO)
    run = asyncio.create_task(webhooks.deliver(webhook.id))
    await began.wait()
    await webhooks.update(SYSTEM, webhook.id, active=False)
    off.set()
    await run
    assert (await Webhook.get(id=webhook.id)).disabled_at is None
    assert (await log.read(head, 9, EventFilter(types=frozenset({EventType.WEBHOOK_DISABLED})))).events == []


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
    assert (await Webhook.get(id=webhook.id)).failing_since == since, "events fail all the same"


async def test_a_test_that_fails_is_no_failure_of_events(receiver: Receiver) -> None:
    receiver.answer = lambda _: 500
    webhook = await hook(receiver)
    await webhooks.test(SYSTEM, webhook.id)
    await webhooks.deliver(webhook.id)
    assert [body["event"] for body in receiver.told] == ["webhook.test"]
    assert (await Webhook.get(id=webhook.id)).failing_since is None


class _Ahead(datetime):
    """A process whose clock is an hour ahead of the database's."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:
        return datetime.now(tz) + timedelta(hours=1)


async def test_a_test_is_posted_once_whatever_the_clock_of_who_asked(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver.answer = lambda _: 500
    webhook = await hook(receiver)
    monkeypatch.setattr(writing, "datetime", _Ahead)
    made = await webhooks.test(SYSTEM, webhook.id)
    await webhooks.deliver(webhook.id)
    assert (await WebhookDelivery.get(id=made.id)).status is FAILED


async def test_at_another_url_what_failed_is_tried_at_once_and_anew(receiver: Receiver) -> None:
    receiver.answer = lambda _: 500
    webhook = await hook(receiver)
    await say(1, 2)
    await webhooks.deliver(webhook.id)
    await WebhookDelivery.filter(webhook_id=webhook.id, attempts=1).update(attempts=12, give_up_at=LONG_AGO)
    async with receiving() as other:
        other.answer = lambda _: 503
        moved = await webhooks.update(SYSTEM, webhook.id, url=other.url)
        assert moved.failing_since is None
        await webhooks.deliver(webhook.id)
        one, _ = await deliveries(webhook)
        assert (one.status, one.attempts, other.numbers()) == (PENDING, 1, [1])
        assert one.next_attempt_at is not None
        assert one.next_attempt_at - datetime.now(UTC) < timedelta(seconds=5)
        assert one.give_up_at is not None
        assert one.give_up_at > datetime.now(UTC) + timedelta(days=2)


@pytest.mark.parametrize(("answer", "told"), [(500, [1]), (200, [])], ids=["failure", "success"])
async def test_at_the_old_url_meanwhile_a_failure_does_not_count_and_a_success_does(
    receiver: Receiver, answer: int, told: list[int]
) -> None:
    began, changed = asyncio.Event(), asyncio.Event()

    async def hang() -> int:
        began.set()
        await changed.wait()
        return answer

    receiver.answer = lambda _: hang()
    webhook = await hook(receiver)
    await say(1)
    async with receiving() as other:
        await delivering._begin(webhook.id, "dead")
        await WebhookDelivery.filter(webhook_id=webhook.id).update(attempts=3)
        await Webhook.filter(id=webhook.id).update(leased_until=LONG_AGO)
        run = asyncio.create_task(webhooks.deliver(webhook.id))
        await began.wait()
        await webhooks.update(SYSTEM, webhook.id, url=other.url)
        changed.set()
        await run
        assert other.numbers() == told
    [row] = await deliveries(webhook)
    assert (row.status, row.attempts) == (DELIVERED, 1)


@pytest.mark.parametrize("cut", [False, True], ids=["late", "cut"])
async def test_the_status_decides_whatever_becomes_of_the_body(monkeypatch: pytest.MonkeyPatch, cut: bool) -> None:
    monkeypatch.setattr(fetch, "_BEGINNING_SECONDS", 0.1)
    over = asyncio.Event()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n")
        await writer.drain()
        if not cut:
            await over.wait()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    webhook = await webhooks.create(SYSTEM, url=url, events=[EventType.CONTACT_UPDATED])
    await say(1)
    async with asyncio.timeout(5):
        await webhooks.deliver(webhook.id)
    [row] = await deliveries(webhook)
    assert (row.status, row.response_status, row.attempt_log[0]["response_excerpt"]) == (DELIVERED, 200, "")
    over.set()
    server.close()
    await Webhook.all().delete()


async def test_what_was_posted_is_forgotten_with_the_log(receiver: Receiver) -> None:
    receiver.answer = lambda body: 500 if body["data"]["n"] == 3 else 200
    webhook = await hook(receiver)
    await say(1, 2, 3)
    await webhooks.deliver(webhook.id)
    one, two, waits = await deliveries(webhook)
    old = "UPDATE webhook_delivery SET created_at = now() - interval '40 days' WHERE id = ANY($1::bigint[])"
    await connect.execute(old, [one.id, waits.id])
    await webhooks.forget(30)
    assert [row.id for row in await deliveries(webhook)] == [two.id, waits.id]
