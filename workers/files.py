"""Files: what is to be fetched, given up or removed."""

from db.core.transaction import ring
from domain.files import storage, tending
from workers.core.broker import actor
from workers.core.clock import every


@actor(priority=15)
async def tend_files() -> None:
    """Does what is due of files for some seconds, and rings for the rest."""
    if await tending.tend():
        ring("tend_files")


every(1.0)(tending.ring_if_due)
every(3600.0)(storage.sweep)
