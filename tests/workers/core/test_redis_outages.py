"""Workers whose Redis freezes, restarts or forgets everything: they hear rings again, by themselves."""

import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from tests.factories import unique
from tests.running import Program
from tidings.services.valkey import Valkey

RING = """
import asyncio, sys
from db.core import doorbell

async def ring():
    doorbell.ring("toy_answer", sys.argv[1])
    await asyncio.gather(*doorbell._ringers)

asyncio.run(ring())
"""


class Bells:
    """A worker with toys, and the Redis it listens to."""

    def __init__(self, valkey: Valkey, worker: Program) -> None:
        self.valkey = valkey
        self.worker = worker

    async def answered(self, seconds: float = 20) -> None:
        """A ring is heard: rung again and again, as the clock would."""
        word = unique()
        with redis.Redis.from_url(self.valkey.url) as client:
            async with asyncio.timeout(seconds):
                while word.encode() not in client.lrange("toys:answers", 0, -1):  # pyright: ignore[reportOperatorIssue]
                    ringing = await asyncio.create_subprocess_exec(
                        sys.executable, "-c", RING, word, env={**os.environ, **self.worker.environment}
                    )
                    await ringing.wait()
                    await asyncio.sleep(0.2)
        assert self.worker.process is not None
        assert self.worker.process.poll() is None, "the worker ended"


@pytest.fixture(scope="module")
def bells(environment: dict[str, str], database: None) -> Iterator[Bells]:
    with tempfile.TemporaryDirectory(prefix="tidings-bells-") as folder:
        valkey = Valkey(Path(folder))
        valkey.start()
        os.chmod(folder, 0o711)
        try:
            with Program(["tests.workers.core.toys"], {**environment, "REDIS_URL": valkey.url}).running() as worker:
                yield Bells(valkey, worker)
        finally:
            valkey.stop()


async def test_a_frozen_redis_kills_no_consumer(bells: Bells) -> None:
    """Longer than the socket's timeout: stock Dramatiq lets redis.TimeoutError end the thread (dramatiq#894)."""
    await bells.answered()
    os.kill(bells.valkey.pid, signal.SIGSTOP)
    await asyncio.sleep(9)
    os.kill(bells.valkey.pid, signal.SIGCONT)
    await bells.answered()


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
