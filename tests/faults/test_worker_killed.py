"""A worker that is killed in the middle of its work costs time and nothing else."""

import asyncio

import redis

from tests.faults.conftest import Installation


async def test_kill_in_the_middle_of_a_send(installation: Installation) -> None:
    """What was in flight is in doubt until its receipt, or until the grace is over; everyone gets one message."""
    installation.simulator.configure(latency=0.1)
    schedule = await installation.schedule(600)
    await installation.under_way(schedule, 100)
    installation.worker.kill()
    doubtful = await installation.fetch("SELECT id FROM message WHERE state = 'IN_FLIGHT'")
    assert 0 < len(doubtful) <= 100, "nothing was in flight, so nothing was tried"
    installation.worker.start()
    stats = await installation.done(schedule)
    assert (stats["status"], stats["sent"], stats["failed"], stats["unconfirmed"]) == ("SENT", 600, 0, 0)
    await installation.check_invariant(schedule)
    assert installation.simulator.get("ledger/summary")["accepted"] == 600


async def test_kill_with_marketing_never_sends_twice(installation: Installation) -> None:
    """Marketing that is in doubt and was never received is not sent again by itself."""
    installation.simulator.configure(latency=0.1)
    schedule = await installation.schedule(400, category="MARKETING")
    await installation.under_way(schedule, 60)
    for _ in range(3):
        installation.worker.kill()
        installation.worker.start()
        await asyncio.sleep(1.5)
    stats = await installation.done(schedule)
    assert stats["sent"] + stats["unconfirmed"] == 400
    await installation.check_invariant(schedule)


async def test_answers_that_are_lost(installation: Installation) -> None:
    """One answer in ten is cut off after WhatsApp accepted the message: receipts settle them all."""
    installation.simulator.configure(cut_after_accept_share=0.1)
    schedule = await installation.schedule(500)
    stats = await installation.done(schedule)
    assert (stats["sent"], stats["unconfirmed"]) == (500, 0)
    await installation.check_invariant(schedule)


async def test_documented_errors_are_tried_again(installation: Installation) -> None:
    """A storm of documented errors, some with a 5xx: each message is sent once in the end."""
    installation.simulator.configure(error_share=0.2)
    schedule = await installation.schedule(300)
    stats = await installation.done(schedule)
    assert stats["sent"] == 300
    await installation.check_invariant(schedule)


async def test_redis_is_emptied(installation: Installation) -> None:
    """Every ring is lost: the clock rings again."""
    schedule = await installation.schedule(500)
    await installation.under_way(schedule, 50)
    with redis.Redis.from_url(installation.services.redis_url) as client:
        client.flushall()
    assert (await installation.done(schedule, seconds=30))["sent"] == 500
    await installation.check_invariant(schedule)
