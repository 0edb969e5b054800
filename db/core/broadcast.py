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
_LOST = (RedisError, OSError)


class RedisBackend(BroadcastBackend):
    def __init__(self) -> None:
        self._redis: Any = make_redis(timeout=None, retries=0)
        self._pubsub: Any = None
        self._channels: set[str] = set()
        self._lock = asyncio.Lock()
        self._published: asyncio.Queue[Event] = asyncio.Queue(_QUEUE)
        self._listener: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        """Begins to connect; Redis may come up later."""
        self._listener = asyncio.create_task(self._listen())

    async def disconnect(self) -> None:
        if self._listener is not None:
            self._listener.cancel()
            await asyncio.wait([self._listener])
        await self._redis.aclose()

    async def subscribe(self, group: str) -> None:
        async with self._lock:
            self._channels.add(group)
            if self._pubsub is not None:
                with suppress(*_LOST):  # The listener meets the same error, and subscribes to all channels anew.
                    await self._pubsub.subscribe(group)

    async def unsubscribe(self, group: str) -> None:
        async with self._lock:
            self._channels.discard(group)
            if self._pubsub is not None:
                with suppress(*_LOST):
                    await self._pubsub.unsubscribe(group)

    async def publish(self, channel: str, message: Any) -> None:
        await self._redis.publish(channel, message)

    async def next_published(self) -> Event:
        return await self._published.get()

    async def _listen(self) -> None:
        """Stays connected. Each failure in a row waits longer, up to 5 s, and no two processes wait alike."""
        failures = 0
        while True:
            try:
                async with self._redis.pubsub() as pubsub:
                    try:
                        await self._start(pubsub)
                        failures = 0
                        await self._receive(pubsub)
                    finally:
                        # Whoever unsubscribes while it is being closed would open it again, for nobody to close.
                        self._pubsub = None
            except _LOST as error:
                log.warning("broadcast_lost", error=repr(error))
            await asyncio.sleep(min(0.05 * 2**failures, _LONGEST_PAUSE) * random.uniform(0.5, 1.0))
            failures = min(failures + 1, 10)

    async def _start(self, pubsub: Any) -> None:
        await pubsub.connect()
        async with self._lock:
            if self._channels:
                await pubsub.subscribe(*self._channels)
            self._pubsub = pubsub
        for channel in self._channels:
            self._put(channel, "")

    async def _receive(self, pubsub: Any) -> None:
        """Until the connection breaks, or is silent even to a ping."""
        asked = False
        while True:
            message = await pubsub.get_message(timeout=_SILENCE)
            if message is None and asked:
                raise ConnectionError("Redis does not answer")
            asked = message is None and bool(self._channels)
            if asked:
                await pubsub.ping()
            elif message is not None and message["type"] == "message":
                self._put(message["channel"].decode(), message["data"].decode())

    def _put(self, channel: str, message: str) -> None:
        with suppress(asyncio.QueueFull):
            self._published.put_nowait(Event(channel, message))
