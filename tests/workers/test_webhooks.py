"""Webhooks whose worker is killed as it posts."""

import asyncio

import asyncpg

from db.core import connect
from db.core.settings import get_settings
from db.events import EventType
from db.webhooks import WebhookDelivery
from domain import webhooks
from domain.core.access import SYSTEM
from tests import factories
from tests.databases import waits_for
from tests.receivers import Receiver, hook, receiving, say
from tests.running import Program
from workers import webhooks as jobs


async def test_what_a_killed_worker_was_posting_is_posted_again_in_order(worker: Program) -> None:
    began, hung = asyncio.Event(), asyncio.Event()

    async def hang() -> int:
        began.set()
        await hung.wait()
        return 200

    contact = (await factories.contact()).id
    async with receiving() as receiver:
        mine = {"n": 3}
        receiver.answer = lambda body: hang() if body["data"].get("n") == mine["n"] else 200
        webhook = await hook(receiver)
        await say(1, 2, 3, 4, 5, contact=contact)
        async with asyncio.timeout(30):
            await began.wait()
        worker.kill()
        hung.set()
        mine["n"] = 0
        # Its lease ends half a minute later.
        await connect.execute("UPDATE webhook SET leased_until = now() WHERE id = $1", webhook.id)
        worker.start()
        async with asyncio.timeout(30):
            while True:
                if not await WebhookDelivery.exists(webhook_id=webhook.id, contact_id=contact, status="PENDING"):
                    break
                await asyncio.sleep(0.05)
        told = [n for n in receiver.numbers() if n is not None]
        # All that it had posted and not yet written down comes twice, and nothing before what came before it.
        assert told == [1, 2, 3, 1, 2, 3, 4, 5]
        assert len({id for id, n in zip(receiver.ids, receiver.numbers(), strict=True) if n is not None}) == 5
        await webhooks.delete(SYSTEM, webhook.id)


async def test_rung_for_again_a_webhook_is_told_by_the_run_that_is_on(database: None, receiver: Receiver) -> None:
    webhook = await hook(receiver, EventType.WEBHOOK_DISABLED)
    other = await asyncpg.connect(get_settings().database_url)
    try:
        # It begins by taking the lease, and waits here.
        async with other.transaction():
            await other.execute("SELECT FROM webhook WHERE id = $1 FOR UPDATE", webhook.id)
            await jobs.deliver(webhook.id)
            run = jobs._runs[webhook.id]
            await waits_for(other)
            await jobs.deliver(webhook.id)
            assert jobs._runs[webhook.id] is run
    finally:
        await other.close()
    await run
    assert webhook.id not in jobs._runs
    await webhooks.delete(SYSTEM, webhook.id)
