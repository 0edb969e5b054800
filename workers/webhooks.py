"""Outgoing webhooks: tells each of what it is to be told, and forgets what was posted long ago."""

import asyncio
import contextvars

import structlog

from domain import settings, webhooks
from workers.core.broker import actor
from workers.core.clock import every

log = structlog.get_logger()

_runs: dict[int, asyncio.Task[None]] = {}


@actor(priority=20)
async def deliver(webhook_id: int) -> None:
    """Begins to tell a webhook, unless this process does so already.

    The run goes on by itself, and holds no thread of the worker's: one that hangs holds up no other.
    """
    if webhook_id not in _runs:
        run = asyncio.create_task(webhooks.deliver(webhook_id), context=contextvars.Context())
        _runs[webhook_id] = run
        run.add_done_callback(lambda run: _end(webhook_id, run))


def _end(webhook_id: int, run: asyncio.Task[None]) -> None:
    del _runs[webhook_id]
    if not run.cancelled() and (error := run.exception()) is not None:
        # The clock rings again for what is left.
        log.error("telling_failed", webhook_id=webhook_id, error=repr(error))


every(0.25)(webhooks.ring_due)


@every(60.0)
async def forget() -> None:
    await webhooks.forget((await settings.current()).limits.event_retention_days)
