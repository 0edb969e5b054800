"""Imports of contacts."""

from domain import contacts
from workers.core.broker import actor
from workers.core.clock import every


@actor(priority=20)
async def import_contacts(import_id: int) -> None:
    """Does what is left of an import; messages go first."""
    await contacts.run_import(import_id)


every(5.0)(contacts.ring_open_imports)
