"""The doorbell: after a commit it tells the workers that there is work, and the servers that there are events.

Redis carries no work, only rings. A ring that is lost costs time, never work: the clock rings again for what is due.
"""

import asyncio
from collections.abc import Callable
from functools import cache
from typing import Any

import dramatiq
import structlog
from dramatiq.brokers.redis import RedisBroker
from dramatiq.errors import BrokerConnectionError, ConnectionClosed
from redis.exceptions import RedisError

from db.core.redis import make_blocking_redis, shared_redis

log = structlog.get_logger()

QUEUE = "tidings"
EVENTS_CHANNEL = "tidings:events"
_PENDING_MS = 5000
"""How long an unanswered ring keeps others of its kind from being queued."""

_waiting: dict[tuple[Any, ...], str | None] = {}
"""What is to be rung, and the request that it is for."""
_ringers: set[asyncio.Task[None]] = set()


class Broker(RedisBroker):
    """Dramatiq's broker with two mends: it restarts from every error of Redis, and no delay queue is polled.

    Stock Dramatiq lets a redis TimeoutError escape (dramatiq#894), and a consumer thread die of it.
    """

    client: Any

    def _dispatch(self, command: str) -> Callable[..., Any]:
        dispatch: Any = super()._dispatch(command)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]

        def mapped(*args: Any) -> Any:
            try:
                return dispatch(*args)
            except RedisError as error:
                raise ConnectionClosed(error) from error

        return mapped

    def declare_queue(self, queue_name: str) -> None:
        if queue_name not in self.queues:
            self.queues.add(queue_name)
            self.emit_after("declare_queue", queue_name)


@cache
def make_broker() -> Broker:
    """This process's broker, without middleware; workers add theirs. A dead worker's messages are looked for often."""
    return Broker(
        client=make_blocking_redis(),
        namespace="tidings",
        middleware=[],
        maintenance_chance=50_000,
        dead_message_ttl=86_400_000,
    )


def ring(actor: str, *args: Any) -> None:
    """Calls an actor by name, soon, from the running event loop; equal rings that still wait are one."""
    _waiting.setdefault((actor, *args), structlog.contextvars.get_contextvars().get("request_id"))
    if not _ringers:
        task = asyncio.get_running_loop().create_task(_ring_all())
        _ringers.add(task)
        task.add_done_callback(_ringers.discard)


async def _ring_all() -> None:
    while _waiting:
        bells = dict(_waiting)
        _waiting.clear()
        try:
            if (EVENTS_CHANNEL,) in bells:
                del bells[(EVENTS_CHANNEL,)]
                await shared_redis().publish(EVENTS_CHANNEL, b"")  # pyright: ignore[reportUnknownMemberType]
            if bells:
                # Dramatiq's broker blocks; a stalled Redis must not stop the event loop.
                await asyncio.to_thread(_enqueue, bells)
        except (RedisError, BrokerConnectionError, OSError) as error:
            log.warning("doorbell_failed", error=repr(error), lost=len(bells))


def _enqueue(bells: dict[tuple[Any, ...], str | None]) -> None:
    broker = make_broker()
    broker.declare_queue(QUEUE)
    for (actor, *args), request_id in bells.items():
        if broker.client.set(bell_key(actor, args), b"1", nx=True, px=_PENDING_MS):
            broker.enqueue(  # pyright: ignore[reportUnknownMemberType]
                dramatiq.Message(
                    queue_name=QUEUE,
                    actor_name=actor,
                    args=tuple(args),
                    kwargs={},
                    options={} if request_id is None else {"request_id": request_id},
                )
            )


def bell_key(actor: str, args: Any) -> str:
    """Where a ring is noted until a worker answers it."""
    return ":".join(["tidings:bell", actor, *map(str, args)])


async def waiting() -> int:
    """How many rings no worker has taken yet."""
    length: Any = await shared_redis().llen(f"tidings:{QUEUE}")
    return length
