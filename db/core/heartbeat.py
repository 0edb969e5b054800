"""Heartbeats of workers: each says in Redis, every two seconds, that it lives and what it does."""

from collections.abc import Mapping
from dataclasses import dataclass

import orjson
from redis.typing import EncodableT, FieldT

from db.core.redis import shared_redis

INTERVAL = 2.0
"""Seconds between two beats of one worker."""
FRESH = 6.0
"""Seconds after which a worker that was not heard of is taken for dead."""
_WORKERS = "tidings:workers"
_KEPT_MS = 60_000


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """What a worker said last; age in seconds, by Redis's clock."""

    name: str
    age: float
    tasks: list[str]
    processed: int
    started: str
    failed: dict[str, int]
    """Jobs that have failed within the last minute by a fault of ours, by name."""

    @property
    def online(self) -> bool:
        return self.age < FRESH


async def beat(name: str, *, tasks: list[str], processed: int, started: str, failed: Mapping[str, int]) -> None:
    """Says that the worker lives; forgotten after a minute."""
    said: dict[FieldT, EncodableT] = {
        "tasks": " ".join(tasks),
        "processed": processed,
        "started": started,
        "failed": orjson.dumps(failed),
    }
    async with shared_redis().pipeline(transaction=True) as pipe:
        pipe.sadd(_WORKERS, name)
        pipe.hset(_key(name), mapping=said)
        pipe.pexpire(_key(name), _KEPT_MS)
        await pipe.execute()


async def farewell(name: str) -> None:
    """Says that the worker stops on purpose."""
    async with shared_redis().pipeline(transaction=True) as pipe:
        pipe.srem(_WORKERS, name)
        pipe.delete(_key(name))
        await pipe.execute()


async def heartbeats() -> list[Heartbeat]:
    """The workers of the last minute, by name; what is older is forgotten on the way."""
    redis = shared_redis()
    members: set[bytes] = await redis.smembers(_WORKERS)  # pyright: ignore[reportAssignmentType]
    names = sorted(name.decode() for name in members)
    async with redis.pipeline(transaction=False) as pipe:
        for name in names:
            pipe.hgetall(_key(name))
            pipe.pttl(_key(name))
        answers = await pipe.execute()
    found: list[Heartbeat] = []
    for name, said, left in zip(names, answers[::2], answers[1::2], strict=True):
        if not said:
            await redis.srem(_WORKERS, name)
            continue
        found.append(
            Heartbeat(
                name=name,
                # The time left to the key tells its age without a second clock.
                age=(_KEPT_MS - left) / 1000,
                tasks=said[b"tasks"].decode().split(),
                processed=int(said[b"processed"]),
                started=said[b"started"].decode(),
                failed=orjson.loads(said.get(b"failed", b"{}")),  # a worker of an earlier version says nothing of it
            )
        )
    return found


def _key(name: str) -> str:
    return f"{_WORKERS}:{name}"
