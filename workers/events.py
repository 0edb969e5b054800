"""The event log forgets what is old."""

from domain import events, settings
from workers.core.clock import every


@every(60.0)
async def trim() -> None:
    await events.trim((await settings.current()).limits.event_retention_days)
