"""The worker process: actors and the clock."""

import asyncio
import os
import threading
import time

import structlog

from db.core.connect import connect, disconnect
from db.core.logs import configure_logging
from db.core.settings import get_settings
from domain import settings
from domain.health import system
from workers import (
    accounts,
    analytics,
    bot,
    campaigns,
    contacts,
    conversations,
    events,
    files,
    health,
    inbound,
    leads,
    messages,
    schedules,
    senders,
    templates,
    webhooks,
)
from workers.core.broker import open_broker, start_worker
from workers.core.clock import run_clock
from workers.core.figures import serve_figures
from workers.core.supervise import Loop, Stop, Tally, dead, keep_beating

log = structlog.get_logger()

ROOMS = (
    accounts,
    analytics,
    bot,
    campaigns,
    contacts,
    conversations,
    events,
    files,
    health,
    inbound,
    leads,
    messages,
    schedules,
    senders,
    templates,
    webhooks,
)
"""Importing them has registered their actors and ticks."""

_POLL_MS = 100
"""How long an idle worker may take to hear a ring; Dramatiq's own second is too long for a due schedule."""
_FINISH_MS = 10_000
"""How long running jobs may take to finish when the worker stops."""
_HUNG_SECONDS = 25.0


def main() -> int:
    """Runs until SIGTERM or SIGINT, then answers 0; or until a thread of it dies, then 1, to be started again."""
    configure_logging()
    stop = Stop()
    loop = Loop()
    loop.start()
    loop.run_until_done(connect(application="tidings worker"))
    tally = Tally()
    worker = start_worker(open_broker(loop, tally), threads=get_settings().worker_threads, poll_ms=_POLL_MS)
    serve_figures()
    background = loop.spawn(_in_background(tally))
    log.info("worker_started", threads=worker.worker_threads)

    gone: list[str] = []
    while not stop.asked and not gone:
        time.sleep(0.2)
        gone = dead([loop, *worker.workers, *worker.consumers.values()], background)
    if gone:
        log.critical("worker_thread_died", gone=gone, error=repr(background.exception()) if background.done() else None)
    _end_if_hung()
    background.cancel()
    worker.stop(timeout=_FINISH_MS)
    if loop.is_alive():
        loop.run_until_done(_close())
        loop.stop()
    log.info("worker_stopped")
    return 1 if gone else 0


async def _in_background(tally: Tally) -> None:
    async with asyncio.TaskGroup() as group:
        group.create_task(settings.keep_reading())
        group.create_task(run_clock())
        group.create_task(keep_beating(tally))
        group.create_task(system.keep_noting(serves=False))


async def _close() -> None:
    """Cancels what still runs and closes the pool, while the loop still turns."""
    running = asyncio.all_tasks() - {asyncio.current_task()}
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
    await disconnect()


def _end_if_hung() -> None:
    """A stop that hangs ends all the same, so that a supervisor need not kill."""
    timer = threading.Timer(_HUNG_SECONDS, os._exit, (1,))
    timer.daemon = True
    timer.start()
