"""A worker with actors to play with: python -m tests.workers.core.toys. They write what they do into Redis lists."""

import asyncio
import os
import sys
import threading

from db.core.redis import shared_redis
from workers.app import main
from workers.core.broker import actor, thread_wanted
from workers.core.clock import every


async def say(what: str, word: str) -> None:
    await shared_redis().rpush(f"toys:{what}", word)  # pyright: ignore[reportUnknownMemberType]


@actor()
async def toy_answer(word: str) -> None:
    await say("answers", word)


@actor()
async def toy_fail(word: str) -> None:
    raise RuntimeError(f"failed as asked: {word}")


@actor()
async def toy_sleep(word: str, seconds: float) -> None:
    await say("begun", word)
    await asyncio.sleep(seconds)
    await say("done", word)


@actor()
async def toy_hold(word: str) -> None:
    """As long as nobody else wants its thread."""
    await say("begun", word)
    while not thread_wanted():  # noqa: ASYNC110 - nothing tells when
        await asyncio.sleep(0.05)
    await say("done", word)


@actor()
async def toy_rest(word: str, seconds: float) -> None:
    """Needs no Redis for its end."""
    await say("begun", word)
    await asyncio.sleep(seconds)


@actor()
async def toy_end_thread() -> None:
    """Kills a consumer the way a stock bug does: the thread ends and the process stays."""
    for thread in threading.enumerate():
        if type(thread).__name__ == "ConsumerThread":
            thread.running = False  # pyright: ignore[reportAttributeAccessIssue]


async def tick() -> None:
    await say("ticks", str(os.getpid()))


async def failing_tick() -> None:
    raise RuntimeError("this tick always fails")


if __name__ == "__main__":
    every(0.1)(failing_tick)
    every(0.1)(tick)
    sys.exit(main())
