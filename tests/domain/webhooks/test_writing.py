"""Changes to webhooks and deliveries while others take them away, or can no longer read them."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import pytest
import standardwebhooks
from pydantic import SecretStr

from db.audit import AuditEntry
from db.core import doorbell
from db.core.settings import get_settings
from db.events import EventType
from db.webhooks import Webhook, WebhookDelivery, WebhookDeliveryStatus
from domain import webhooks
from domain.core.access import SYSTEM
from domain.core.errors import ErrorCode
from domain.webhooks import delivering, writing
from tests.callers import only
from tests.databases import waits_for
from tests.receivers import LONG_AGO, Receiver, deliveries, hook, later, place, say

PENDING, DELIVERED, FAILED = WebhookDeliveryStatus


async def test_a_secret_that_cannot_be_read_any_more_is_mended_by_a_new_one(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SECRET_KEY was lost: the new secret alone signs, and the one before keeps nothing from being signed."""
    webhook = await hook(receiver)
    monkeypatch.setattr(get_settings(), "secret_key", SecretStr("another-secret-key-of-32-bytes-and-more"))
    await say(1)
    await webhooks.deliver(webhook.id)
    [row] = await deliveries(webhook)
    assert (receiver.posts, row.attempts, row.status) == ([], 1, WebhookDeliveryStatus.PENDING)
    assert "SECRET_KEY has changed" in (row.error_message or "")
    secret = (await webhooks.rotate(SYSTEM, webhook.id)).secret or ""
    await later(webhook)
    await webhooks.deliver(webhook.id)
    [(told, body)] = receiver.posts
    assert standardwebhooks.Webhook(secret).verify(body, told)["data"]["n"] == 1
    assert "x-webhook-signature-previous" not in told


async def test_a_delivery_that_is_taken_away_as_it_is_retried_is_not_found(receiver: Receiver) -> None:
    """As by whoever erases a contact."""
    receiver.answer = lambda _: 500
    webhook = await hook(receiver)
    await say(1)
    await webhooks.deliver(webhook.id)
    [row] = await deliveries(webhook)
    other = await asyncpg.connect(get_settings().database_url)
    try:
        async with other.transaction():
            await other.execute("DELETE FROM webhook_delivery WHERE id = $1", row.id)
            retrying = asyncio.create_task(only(webhooks.retry(SYSTEM, row.id)))
            await waits_for(other)
        assert await retrying == (ErrorCode.NOT_FOUND, "id", None)
    finally:
        await other.close()


@pytest.mark.parametrize(
    "change",
    [
        lambda id: webhooks.update(SYSTEM, id, active=False),
        lambda id: webhooks.rotate(SYSTEM, id),
        lambda id: webhooks.test(SYSTEM, id),
    ],
    ids=["update", "rotate", "test"],
)
async def test_what_is_deleted_right_after_its_change_was_changed(
    receiver: Receiver, change: Callable[[int], Awaitable[object]]
) -> None:
    """Whoever changed it reads it before it may be deleted, and is told so."""
    for _ in range(5):
        webhook = await hook(receiver)
        first, second = [await asyncpg.connect(get_settings().database_url) for _ in range(2)]
        try:
            async with first.transaction():
                await first.execute("SELECT FROM webhook WHERE id = $1 FOR UPDATE", webhook.id)
                changing = asyncio.create_task(change(webhook.id))
                await waits_for(first)
                deleting = asyncio.create_task(second.execute("DELETE FROM webhook WHERE id = $1", webhook.id))
                await asyncio.sleep(0.05)
            assert await changing
            await deleting
        finally:
            await first.close()
            await second.close()


async def test_each_change_rings_for_a_worker_and_leaves_it_due(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ring saves a quarter of a second; where it is lost, the clock finds what is due."""
    rung = list[tuple[Any, ...]]()
    receiver.answer = lambda _: 500
    webhook = await hook(receiver)
    await say(1)
    await webhooks.deliver(webhook.id)
    [row] = await deliveries(webhook)
    monkeypatch.setattr(doorbell, "ring", lambda *bell: rung.append(bell))
    after = await place(webhook.position)
    for change in (
        lambda: webhooks.update(SYSTEM, webhook.id, events=[EventType.CONTACT_UPDATED, EventType.LEAD_CREATED]),
        lambda: webhooks.test(SYSTEM, webhook.id),
        lambda: webhooks.replay(SYSTEM, webhook.id, after=after),
        lambda: webhooks.retry(SYSTEM, row.id),
    ):
        rung.clear()
        await Webhook.filter(id=webhook.id).update(due_at=None)
        await change()
        assert ("deliver", webhook.id) in rung
        assert (await Webhook.get(id=webhook.id)).due_at is not None


async def test_at_another_url_what_is_over_stays_over_and_what_waits_waits_on(receiver: Receiver) -> None:
    receiver.answer = lambda body: 500 if body["data"]["n"] in (1, 3) else 200
    webhook = await hook(receiver)
    await say(1, contact=1)
    await webhooks.deliver(webhook.id)
    await WebhookDelivery.filter(webhook_id=webhook.id).update(give_up_at=LONG_AGO)
    await later(webhook)
    await say(2, contact=2)
    await say(3, 4, contact=3)
    await webhooks.deliver(webhook.id)

    async def states() -> list[tuple[Any, ...]]:
        rows = await deliveries(webhook)
        return [(row.status, row.attempts, row.next_attempt_at, row.give_up_at) for row in rows]

    one, two, three, four = await states()
    assert [state[:2] for state in (one, two, three, four)] == [(FAILED, 2), (DELIVERED, 1), (PENDING, 1), (PENDING, 0)]
    await webhooks.update(SYSTEM, webhook.id, url=f"{receiver.url}/2")
    given_up, told, anew, waiting = await states()
    assert (given_up, told, waiting) == (one, two, four)
    assert (anew[:2], anew[3]) == ((PENDING, 0), None)


async def test_a_retry_of_one_that_has_tries_left_is_not_its_last(receiver: Receiver) -> None:
    receiver.answer = lambda _: 500
    webhook = await hook(receiver)
    await say(1)
    await webhooks.deliver(webhook.id)
    [row] = await deliveries(webhook)
    await webhooks.retry(SYSTEM, row.id)
    await webhooks.deliver(webhook.id)
    [tried] = await deliveries(webhook)
    assert (tried.status, tried.attempts, tried.give_up_at) == (PENDING, 2, row.give_up_at)


async def test_who_changes_a_webhook_waits_for_who_does_and_goes_by_what_they_made_of_it(receiver: Receiver) -> None:
    receiver.answer = lambda _: 500
    webhook = await hook(receiver)
    await say(1)
    await webhooks.deliver(webhook.id)
    [row] = await deliveries(webhook)
    other = await asyncpg.connect(get_settings().database_url)
    try:
        async with other.transaction():
            await other.execute("UPDATE webhook SET active = false WHERE id = $1", webhook.id)
            retrying = asyncio.create_task(only(webhooks.retry(SYSTEM, row.id)))
            await waits_for(other)
        assert await retrying == (ErrorCode.INVALID_STATE, "id", "inactive")
        async with other.transaction():
            await other.execute("UPDATE webhook SET active = true WHERE id = $1", webhook.id)
            changing = asyncio.create_task(webhooks.update(SYSTEM, webhook.id, active=False))
            await waits_for(other)
        assert (await changing).active is False
    finally:
        await other.close()


async def test_what_is_no_change_is_neither_noted_nor_made(receiver: Receiver) -> None:
    twice = [EventType.LEAD_CREATED, EventType.LEAD_CREATED]
    made = await webhooks.create(SYSTEM, url=receiver.url, events=twice)
    assert made.events == ["LEAD_CREATED"]
    await Webhook.filter(id=made.id).update(active=False, disabled_at=LONG_AGO, updated_at=LONG_AGO)
    same = await webhooks.update(SYSTEM, made.id, url=receiver.url, events=twice, active=False)
    assert (same.disabled_at, same.updated_at) == (LONG_AGO, LONG_AGO)
    changed = await webhooks.update(SYSTEM, made.id, url=receiver.url, events=[EventType.LEAD_UPDATED])
    assert changed.disabled_at == LONG_AGO, "it is off all the same"
    entries = await AuditEntry.filter(action="updateWebhook", subject_id=made.id)
    assert [entry.changes for entry in entries] == [{"events": [["LEAD_CREATED"], ["LEAD_UPDATED"]]}]


@pytest.mark.parametrize("change", ["update", "rotate", "replay"])
async def test_a_change_tells_when_it_was_made(receiver: Receiver, change: str) -> None:
    webhook = await hook(receiver)
    was, after = (await Webhook.get(id=webhook.id)).updated_at, await place(webhook.position)
    changed = await {
        "update": lambda: webhooks.update(SYSTEM, webhook.id, active=False),
        "rotate": lambda: webhooks.rotate(SYSTEM, webhook.id),
        "replay": lambda: webhooks.replay(SYSTEM, webhook.id, after=after),
    }[change]()
    assert changed.updated_at > was


async def test_what_is_replayed_is_queued_anew(receiver: Receiver) -> None:
    webhook = await hook(receiver)
    await say(1)
    await webhooks.deliver(webhook.id)
    [was] = await deliveries(webhook)
    await webhooks.replay(SYSTEM, webhook.id, after=await place(webhook.position))
    await delivering._begin(webhook.id, "reader")
    [row] = await deliveries(webhook)
    assert (row.id, row.status, row.attempts, row.delivered_at) == (was.id, PENDING, 0, None)
    assert row.created_at > was.created_at


async def test_all_that_is_old_is_forgotten_however_many_batches_it_takes(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "_AT_ONCE", 2)
    webhook = await hook(receiver)
    await say(*range(7))
    await webhooks.deliver(webhook.id)
    await WebhookDelivery.filter(webhook_id=webhook.id).update(created_at=LONG_AGO)
    await webhooks.forget(30)
    assert await deliveries(webhook) == []


async def test_the_audit_log_holds_no_token_of_a_url(receiver: Receiver) -> None:
    made = await webhooks.create(SYSTEM, url=f"{receiver.url}?token=secret", events=[EventType.LEAD_CREATED])
    await webhooks.update(SYSTEM, made.id, url=f"{receiver.url}/2?token=secret")
    await webhooks.delete(SYSTEM, made.id)
    entries = await AuditEntry.filter(subject_type="Webhook", subject_id=made.id).order_by("id")
    first, second = receiver.url, f"{receiver.url}/2"
    assert [entry.changes["url"] for entry in entries] == [[None, first], [first, second], [second, None]]


async def test_one_with_many_deliveries_is_off_at_once_and_goes_in_batches_that_each_commit(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one statement, a webhook with millions could never be deleted: it takes longer than a statement may."""
    monkeypatch.setattr(writing, "_AT_ONCE", 10)
    webhook, other_one = await hook(receiver), await hook(receiver)
    await say(*range(25))
    await webhooks.deliver(webhook.id)
    await webhooks.deliver(other_one.id)
    rows = await deliveries(webhook)
    other = await asyncpg.connect(get_settings().database_url)
    try:
        async with other.transaction():
            await other.execute(
                "SELECT FROM webhook_delivery WHERE id = ANY($1) FOR UPDATE", [rows[12].id, rows[24].id]
            )
            deleting = asyncio.create_task(webhooks.delete(SYSTEM, webhook.id))
            await waits_for(other)
            assert len(await deliveries(webhook)) < 25
            assert (await Webhook.get(id=webhook.id)).active is False
            # Whoever asked is cut off; the rest is there, and can be deleted.
            deleting.cancel()
            await asyncio.gather(deleting, return_exceptions=True)
        await webhooks.delete(SYSTEM, webhook.id)
    finally:
        await other.close()
    assert await Webhook.all().values_list("id", flat=True) == [other_one.id]
    assert len(await deliveries(webhook)) == 0
    assert len(await deliveries(other_one)) == 25
    assert await AuditEntry.filter(action="deleteWebhook", subject_id=webhook.id).count() == 2
