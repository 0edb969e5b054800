"""The bot: answers turns as they fall due, rates what contacts write, and reads the files of its knowledge."""

import asyncio
import contextvars
from collections.abc import Sequence

import structlog

from db.core.transaction import ring
from domain.bot import answering, models, moods, turns
from domain.bot.knowledge import embedding, indexing
from domain.bot.turns import Turn
from workers.core.broker import actor
from workers.core.clock import every

log = structlog.get_logger()

AT_ONCE = 50
"""Turns that a process takes at a time; of those that wait for a model, all that it has."""
MOST_IN_HAND = 1000
"""Turns that a process has without a model, answered or soon to be."""
_PRECISION = 0.005
"""Seconds between looks for what is due, at the least."""
_HELD = 0.02
"""The same where turns are due and none may be had yet: what was posted before is being taken up."""

_runs: set[asyncio.Task[None]] = set()
"""The run of this process, if one is under way."""


@actor(priority=5)
async def answer_turns() -> None:
    """Begins to answer what falls due, unless this process does so already.

    The run goes on by itself, and holds no thread of the worker's: a model may take its time.
    """
    if not _runs:
        run = asyncio.create_task(_answer_all(), context=contextvars.Context())
        _runs.add(run)
        run.add_done_callback(_end)


def _end(run: asyncio.Task[None]) -> None:
    _runs.discard(run)
    if not run.cancelled() and (error := run.exception()) is not None:
        # The clock rings again for what is left.
        log.error("answering_failed", error=repr(error))


async def _answer_all() -> None:
    """Answers turns until none is due soon."""
    busy: dict[asyncio.Task[None], int] = {}
    try:
        while True:
            # A model costs what it is asked: its answers are begun once nothing more is to be said.
            asks = models.is_set()
            ahead = 0.0 if asks else await turns.ahead()
            room = min(AT_ONCE, (AT_ONCE if asks else MOST_IN_HAND) - sum(busy.values()))
            taken = await turns.claim(room, ahead=ahead) if room else []
            for part in _parts(taken):
                busy[asyncio.create_task(answering.answer(part))] = len(part)
            wait = 0.0 if taken else await turns.next_due(ahead=ahead)
            if wait is None and not busy:
                return
            least = _PRECISION if taken else _HELD
            pause = None if not room else max(turns.SOON if wait is None else wait, least)
            if busy:
                await asyncio.wait(busy, timeout=pause, return_when=asyncio.FIRST_COMPLETED)
                for task in [task for task in busy if task.done()]:
                    del busy[task]
                    task.result()
            elif pause is not None:
                await asyncio.sleep(pause)
    finally:
        for task in busy:
            task.cancel()
        await asyncio.gather(*busy, return_exceptions=True)


def _parts(taken: Sequence[Turn]) -> list[Sequence[Turn]]:
    """Those that end together: all that are answered from passages, and each alone that waits for a model."""
    if models.is_set():
        return [[turn] for turn in taken]
    return [taken] if taken else []


@actor(priority=20)
async def read_file(file_id: int) -> None:
    """Reads a file of the bot's knowledge, or what is left of it."""
    await indexing.read_file(file_id)


@every(0.25)
async def ring_due() -> None:
    """Rings for turns that are due, or will be soon."""
    if await turns.any_due():
        ring("answer_turns")


every(1.0)(moods.rate_new)
every(1.0)(indexing.ring_if_due)


@actor(priority=20)
async def embed_passages() -> None:
    """Has passages without an embedding given one, where an endpoint is set."""
    if await embedding.embed_passages():
        ring("embed_passages")


every(15.0)(embedding.ring_if_missing)
