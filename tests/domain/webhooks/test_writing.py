"""Changes to webhooks and deliveries while others take them away, or can no longer read them."""

import asyncio
from collections.abc import Awaitable, Callable

import asyncpg
import pytest
import standardwebhooks
from pydantic import SecretStr

from db.core.settings import get_settings
from db.webhooks import WebhookDeliveryStatus
from domain import webhooks
from domain.core.access import SYSTEM
from domain.core.errors import ErrorCode
from tests.callers import only
from tests.databases import waits_for
from tests.receivers import Receiver, deliveries, hook, later, say


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
