"""Our backend of `broadcaster`: one Redis pub/sub connection a process, which comes back whatever happens to Redis.

The one that ships goes silent with redis-py 8, dies with the first restart of Redis, and queues without bound. Pub/sub
replays nothing, so after every (re)connection a message of our own tells subscribers to look for what they missed.
"""

import asyncio
import random
from contextlib import suppress
from typing import Any

import structlog
from broadcaster import BroadcastBackend, Event
from redis.exceptions import RedisError

from db.core.redis import make_redis

log = structlog.get_logger()

_QUEUE = 1000
"""Messages that wait for the process; more are dropped, since one wake-up says as much as a thousand."""
_SILENCE = 15.0
"""Seconds without a message before it asks whether Redis is still there."""
_LONGEST_PAUSE = 5.0


class RedisBackend(BroadcastBackend):
    def __init__(self) -> None:
        self._redis: Any = make_redis(timeout=None, retries=0)
        self._channels: set[str] = set()
        self._lock = asyncio.Lock()
        self._published: asyncio.Queue[Event] = asyncio.Queue(_QUEUE)
        self._listener: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        """Nothing yet: it connects with the first subscription, and may do so before Redis is up."""

    async def disconnect(self) -> None:
        await self._listen_to(set())
        await self._redis.aclose()

    async def subscribe(self, group: str) -> None:
        await self._listen_to(self._channels | {group})

    async def unsubscribe(self, group: str) -> None:
        await self._listen_to(self._channels - {group})

    async def publish(self, channel: str, message: Any) -> None:
        await self._redis.publish(channel, message)

    async def next_published(self) -> Event:
        return await self._published.get()

    async def _listen_to(self, channels: set[str]) -> None:
        async with self._lock:
            self._channels = channels
            if self._listener is not None:
                self._listener.cancel()
                await asyncio.wait([self._listener])
            self._listener = asyncio.create_task(self._listen(sorted(channels))) if channels else None

    async def _listen(self, channels: list[str]) -> None:
        """Only this task uses the connection. Each failure waits longer, up to 5 s, and no two processes alike."""
        pause = 0.05
        while True:
            try:
                async with self._redis.pubsub() as pubsub:
                    await pubsub.subscribe(*channels)
                    pause = 0.05
                    for channel in channels:
                        self._put(channel, "")
                    await self._receive(pubsub)
            except (RedisError, OSError) as error:
                log.warning("broadcast_lost", error=repr(error))
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))
            pause = min(pause * 2, _LONGEST_PAUSE)

    async def _receive(self, pubsub: Any) -> None:
        """Ends when the connection is silent even to a ping."""
        asked = False
        while True:
            message = await pubsub.get_message(timeout=_SILENCE)
            if message is None:
                if asked:
                    raise ConnectionError("Redis does not answer")
                await pubsub.ping()
            elif message["type"] == "message":
                self._put(message["channel"].decode(), message["data"].decode())
            asked = message is None

    def _put(self, channel: str, message: str) -> None:
        with suppress(asyncio.QueueFull):
            self._published.put_nowait(Event(channel, message))
