"""Taking up what WhatsApp posted to us."""

from db.core.transaction import ring
from domain import inbound
from workers.core.broker import actor
from workers.core.clock import every


@actor(priority=0)
async def ingest() -> None:
    """Drains the journal for some seconds, and rings for the rest."""
    if await inbound.drain():
        ring("ingest")


every(1.0)(inbound.ring_if_open)
every(1.0)(inbound.take_up_waiting)
every(60.0)(inbound.trim)
