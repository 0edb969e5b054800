"""Who holds a webhook, for how long, and that nothing is lost as whoever posts is killed, stopped or late."""

import asyncio
from typing import Any

import asyncpg
import pytest

from db import events as log
from db.core import connect
from db.webhooks import Webhook, WebhookDelivery, WebhookDeliveryStatus
from domain import webhooks
from domain.core.access import SYSTEM
from domain.webhooks import delivering
from tests.receivers import LONG_AGO, Receiver, deliveries, due, hook, say

_, DELIVERED, _ = WebhookDeliveryStatus


async def held(webhook: Webhook) -> float:
    """Seconds for which its lease holds."""
    sql = "SELECT extract(epoch FROM leased_until - clock_timestamp())::float8 FROM webhook WHERE id = $1"
    return await connect.value(sql, webhook.id)


async def test_whoever_is_killed_leaves_what_was_not_answered_for_the_next(receiver: Receiver) -> None:
    """As kill -9 leaves it: deliveries are made, some are posted, nothing is settled, and the lease is held."""
    webhook = await hook(receiver)
    await say(1, 2, 3)
    found = await delivering._begin(webhook.id, "dead")
    assert found is not None
    assert len(found.ready) == 3
    await webhooks.deliver(webhook.id)
    assert receiver.posts == []
    assert webhook.id not in await due()
    await Webhook.filter(id=webhook.id).update(leased_until=LONG_AGO)
    assert webhook.id in await due()
    await webhooks.deliver(webhook.id)
    assert receiver.numbers() == [1, 2, 3]
    # The dead one comes back to life: it may neither settle nor go on.
    tries = [delivering._Try(found.ready[0], 500, "x", {})]
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


async def test_after_a_fault_of_ours_it_rests_for_some_seconds_and_nothing_is_lost(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    webhook = await hook(receiver)
    await say(1)

    def fail(*_: object) -> None:
        raise ArithmeticError

    monkeypatch.setattr(delivering, "sifted", fail)
    with pytest.raises(ArithmeticError):
        await webhooks.deliver(webhook.id)
    monkeypatch.undo()
    assert webhook.id not in await due(), "though an event waits"
    await webhooks.deliver(webhook.id)
    assert receiver.posts == []
    left = await connect.value("SELECT extract(epoch FROM leased_until - now())::float8 FROM webhook")
    assert 3 < left <= 5
    await connect.execute("UPDATE webhook SET leased_until = now() - interval '1 ms'")
    assert webhook.id in await due()
    await webhooks.deliver(webhook.id)
    assert receiver.numbers() == [1]


async def test_after_a_deadlock_it_is_due_at_once(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """With what changes deliveries meanwhile, say; a rest after each kept a receiver waiting for minutes."""
    webhook = await hook(receiver)
    await say(1)

    def fail(*_: object) -> None:
        raise asyncpg.DeadlockDetectedError

    monkeypatch.setattr(delivering, "sifted", fail)
    with pytest.raises(asyncpg.DeadlockDetectedError):
        await webhooks.deliver(webhook.id)
    monkeypatch.undo()
    assert webhook.id in await due()
    await webhooks.deliver(webhook.id)
    assert receiver.numbers() == [1]


async def test_a_lease_outlasts_its_round_and_one_of_the_dead_ends_within_half_a_minute(receiver: Receiver) -> None:
    webhook = await hook(receiver)
    await delivering._begin(webhook.id, "reader")
    assert delivering._ROUND + delivering.TIMEOUT + 5 < await held(webhook) <= 30


@pytest.mark.parametrize("fault", [None, ArithmeticError], ids=["settled late", "failed late"])
async def test_who_has_lost_the_lease_leaves_it_to_who_has_it(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch, fault: type[Exception] | None
) -> None:
    webhook, settle = await hook(receiver), delivering._settle  # pyright: ignore[reportPrivateUsage]
    await say(1)

    async def settling(id: int, lease: str, tries: Any) -> bool:
        sql = "UPDATE webhook SET lease = 'another', leased_until = now() + interval '1 minute' WHERE id = $1"
        await connect.execute(sql, id)
        if fault is not None:
            raise fault
        return await settle(id, lease, tries)

    monkeypatch.setattr(delivering, "_settle", settling)
    run = asyncio.create_task(webhooks.deliver(webhook.id))
    [error] = await asyncio.gather(run, return_exceptions=True)
    assert type(error) is (fault or type(None))
    assert (await Webhook.get(id=webhook.id)).lease == "another"
    assert await held(webhook) > 50
    assert [row.attempts for row in await deliveries(webhook)] == [0]


async def test_who_fails_after_it_has_posted_rests_as_well(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    webhook = await hook(receiver)
    await say(1)

    async def fail(*_: object) -> bool:
        raise ArithmeticError

    monkeypatch.setattr(delivering, "_settle", fail)
    with pytest.raises(ArithmeticError):
        await webhooks.deliver(webhook.id)
    monkeypatch.undo()
    assert 3 < await held(webhook) <= 5
    await Webhook.filter(id=webhook.id).update(leased_until=LONG_AGO)
    await webhooks.deliver(webhook.id)
    assert receiver.numbers() == [1, 1]
    assert len(set(receiver.ids)) == 1


async def test_what_was_asked_of_a_run_is_not_due_once_it_is_done(receiver: Receiver) -> None:
    """Or the clock would ring for it four times a second for good."""
    webhook = await hook(receiver)
    await webhooks.test(SYSTEM, webhook.id)
    assert webhook.id in await due()
    await webhooks.deliver(webhook.id)
    assert webhook.id not in await due()


async def test_one_behind_a_log_that_has_lost_everything_moves_on_to_its_end(receiver: Receiver) -> None:
    webhook = await hook(receiver)
    head = await say(1)
    await connect.execute("UPDATE event SET occurred_at = now() - interval '40 days'")
    await log.trim(30)
    assert webhook.id in await due()
    await webhooks.deliver(webhook.id)
    assert (receiver.posts, (await Webhook.get(id=webhook.id)).position) == ([], head)
    assert webhook.id not in await due()


async def test_what_is_erased_as_a_round_begins_is_not_posted_and_holds_up_nothing(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = delivering._begin

    async def beginning(id: int, lease: str) -> Any:
        found = await begin(id, lease)
        await WebhookDelivery.filter(webhook_id=id, contact_id=1).delete()
        return found

    monkeypatch.setattr(delivering, "_begin", beginning)
    webhook = await hook(receiver)
    await say(1, contact=1)
    await say(2, contact=2)
    await webhooks.deliver(webhook.id)
    assert receiver.numbers() == [2]
    assert [(row.contact_id, row.status) for row in await deliveries(webhook)] == [(2, DELIVERED)]
