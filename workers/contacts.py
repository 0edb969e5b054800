"""Imports of contacts, and what the law gives them: their data, and to be forgotten."""

from domain import contacts
from workers.core.broker import actor
from workers.core.clock import every


@actor(priority=20)
async def import_contacts(import_id: int) -> None:
    """Does what is left of an import; messages go first."""
    await contacts.run_import(import_id)


every(5.0)(contacts.ring_open_imports)


@actor(priority=20)
async def tend_privacy(receipt_id: int) -> None:
    """Does what is left of an export or an erasure."""
    await contacts.run_receipt(receipt_id)


every(5.0)(contacts.ring_open_receipts)
every(3600.0)(contacts.expire_exports)
