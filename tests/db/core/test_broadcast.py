"""Our backend of broadcaster: what the doorbell's connection survives."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import redis.asyncio
from broadcaster import Broadcast

from db.core import broadcast as ours
from db.core.broadcast import RedisBackend
from db.core.settings import get_settings
from tidings.services.valkey import Valkey

CHANNEL = "bells"


@pytest.fixture
def valkey(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Valkey]:
    """A server of the test's own, to stop and start."""
    server = Valkey(tmp_path)
    server.start()
    monkeypatch.setitem(os.environ, "REDIS_URL", server.url)
    get_settings.cache_clear()
    yield server
    server.stop()
    get_settings.cache_clear()


@pytest.fixture
async def client(valkey: Valkey) -> AsyncIterator["redis.asyncio.Redis"]:
    async with redis.asyncio.Redis.from_url(valkey.url) as found:
        yield found


async def heard(subscriber: object, message: str, seconds: float = 5) -> None:
    """Waits for a message; wake-ups after a connection may come before it."""
    async with asyncio.timeout(seconds):
        while (await subscriber.get()).message != message:  # pyright: ignore[reportAttributeAccessIssue]
            pass


async def test_fifty_first_subscribers_at_once_all_hear(client: "redis.asyncio.Redis") -> None:
    async with Broadcast(backend=RedisBackend()) as broadcast:

        async def subscriber(number: int) -> None:
            async with broadcast.subscribe(f"{CHANNEL}{number}") as rings:
                ready.release()
                await heard(rings, "ding")

        ready = asyncio.Semaphore(0)
        tasks = [asyncio.create_task(subscriber(number)) for number in range(50)]
        for _ in tasks:
            await ready.acquire()
        await asyncio.sleep(0.2)
        for number in range(50):
            await client.publish(f"{CHANNEL}{number}", "ding")
        await asyncio.gather(*tasks)


async def test_after_a_killed_connection_it_wakes_readers_and_hears_on(client: "redis.asyncio.Redis") -> None:
    async with Broadcast(backend=RedisBackend()) as broadcast, broadcast.subscribe(CHANNEL) as rings:
        await heard(rings, "")
        await client.client_kill_filter(_type="pubsub")
        await heard(rings, "")
        await client.publish(CHANNEL, "ding")
        await heard(rings, "ding")


async def test_it_survives_restarts_of_redis(valkey: Valkey) -> None:
    async with Broadcast(backend=RedisBackend()) as broadcast, broadcast.subscribe(CHANNEL) as rings:
        await heard(rings, "")
        for _ in range(2):
            await asyncio.to_thread(valkey.stop)
            await asyncio.sleep(0.3)
            await asyncio.to_thread(valkey.start)
            await heard(rings, "", seconds=10)
            async with redis.asyncio.Redis.from_url(valkey.url) as client:
                await client.publish(CHANNEL, "ding")
            await heard(rings, "ding")


async def test_it_may_subscribe_before_redis_is_there(valkey: Valkey) -> None:
    await asyncio.to_thread(valkey.stop)
    async with Broadcast(backend=RedisBackend()) as broadcast, broadcast.subscribe(CHANNEL) as rings:
        await asyncio.sleep(0.2)
        await asyncio.to_thread(valkey.start)
        await heard(rings, "", seconds=10)


async def test_silence_is_asked_about_and_a_dead_connection_replaced(
    valkey: Valkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ours, "_SILENCE", 0.3)
    async with Broadcast(backend=RedisBackend()) as broadcast, broadcast.subscribe(CHANNEL) as rings:
        await heard(rings, "")
        with suppress(TimeoutError):
            await heard(rings, "never", seconds=1.5)
        async with redis.asyncio.Redis.from_url(valkey.url) as client:
            assert len(await client.client_list(_type="pubsub")) == 1, "answers to pings keep the connection"
            before = (await client.client_list(_type="pubsub"))[0]["id"]
            await client.execute_command("CLIENT", "PAUSE", "1500", "ALL")
            await heard(rings, "", seconds=10)
            after = (await client.client_list(_type="pubsub"))[-1]["id"]
        assert after != before


async def test_what_waits_is_bounded(valkey: Valkey) -> None:
    backend = RedisBackend()
    await backend.connect()
    await backend.subscribe(CHANNEL)
    async with redis.asyncio.Redis.from_url(valkey.url) as client:
        for _ in range(3000):
            await client.publish(CHANNEL, "ding")
    await asyncio.sleep(0.2)
    count = 0
    with suppress(TimeoutError):
        while True:
            async with asyncio.timeout(0.3):
                await backend.next_published()
            count += 1
    assert 500 <= count <= ours._QUEUE
    await backend.disconnect()
