"""Workers whose Redis freezes, restarts or forgets everything: they hear rings again, by themselves."""

import asyncio
import os
import signal
import socket
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from dramatiq.errors import ConnectionClosed
from redis.backoff import NoBackoff
from redis.retry import Retry

from db.core.doorbell import Broker
from tests.factories import unique
from tests.running import Program
from tidings.services.valkey import Valkey

RING = """
import asyncio, sys
from db.core import doorbell

async def ring():
    doorbell.ring(sys.argv[1], sys.argv[2], *map(float, sys.argv[3:]))
    await asyncio.gather(*doorbell._ringers)

asyncio.run(ring())
"""


class Bells:
    """A worker with toys, and the Redis it listens to."""

    def __init__(self, valkey: Valkey, worker: Program) -> None:
        self.valkey = valkey
        self.worker = worker

    async def ring(self, actor: str, *args: str) -> None:
        ringing = await asyncio.create_subprocess_exec(
            sys.executable, "-c", RING, actor, *args, env={**os.environ, **self.worker.environment}
        )
        assert await ringing.wait() == 0

    async def answered(self, seconds: float = 20) -> None:
        """A ring is heard: rung again and again, as the clock would."""
        word = unique()
        with redis.Redis.from_url(self.valkey.url) as client:
            async with asyncio.timeout(seconds):
                while word.encode() not in client.lrange("toys:answers", 0, -1):  # pyright: ignore[reportOperatorIssue]
                    await self.ring("toy_answer", word)
                    await asyncio.sleep(0.2)
        assert self.worker.process is not None
        assert self.worker.process.poll() is None, "the worker ended"


@pytest.fixture(scope="module")
def bells(apart: dict[str, str]) -> Iterator[Bells]:
    with tempfile.TemporaryDirectory(prefix="tidings-bells-") as folder:
        valkey = Valkey(Path(folder))
        valkey.start()
        os.chmod(folder, 0o711)
        try:
            with Program(["tests.workers.core.toys"], {**apart, "REDIS_URL": valkey.url}).running() as worker:
                yield Bells(valkey, worker)
        finally:
            valkey.stop()


async def test_what_is_done_while_redis_is_frozen_is_acknowledged_after(bells: Bells) -> None:
    """Longer than the socket's timeout; the consumer goes on, and no message stays with it for ever."""
    await bells.answered()
    with redis.Redis.from_url(bells.valkey.url, decode_responses=True) as client:
        word = unique()
        await bells.ring("toy_rest", word, "2")
        begun = await asyncio.to_thread(client.blpop, "toys:begun", 20)
        assert begun == ("toys:begun", word)
        assert unacknowledged(client) == 1
        os.kill(bells.valkey.pid, signal.SIGSTOP)
        await asyncio.sleep(9)
        os.kill(bells.valkey.pid, signal.SIGCONT)
        await bells.answered()
        for _ in range(150):
            if not unacknowledged(client):
                return
            await asyncio.sleep(0.1)
        raise AssertionError("a message stays with the consumer")


def unacknowledged(client: "redis.Redis[str]") -> int:
    return sum(int(client.scard(key)) for key in client.scan_iter("tidings:__acks__*"))  # pyright: ignore[reportArgumentType]


def test_consumers_restart_from_a_redis_that_does_not_answer() -> None:
    """Stock Dramatiq lets redis.TimeoutError through, which a consumer may die of and an ack is given up for (#894)."""
    with socket.create_server(("127.0.0.1", 0)) as mute:
        client = redis.Redis(port=mute.getsockname()[1], socket_timeout=0.1, retry=Retry(NoBackoff(), 0))
        broker = Broker(client=client, middleware=[])
        with pytest.raises(ConnectionClosed):
            broker.do_fetch("queue", 1)
        with pytest.raises(ConnectionClosed):
            broker.do_ack("queue", "id")
        client.close()


async def test_a_restarted_redis_is_found_again(bells: Bells) -> None:
    await asyncio.to_thread(bells.valkey.stop)
    await asyncio.sleep(3)
    await asyncio.to_thread(bells.valkey.start)
    await bells.answered()


async def test_a_redis_that_forgets_everything_costs_nothing(bells: Bells) -> None:
    with redis.Redis.from_url(bells.valkey.url) as client:
        client.flushall()
        client.script_flush()
    await bells.answered()
