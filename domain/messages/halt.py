"""Halting a sender that WhatsApp will not take anything from, so that its queue waits instead of burning."""

import structlog

from db.core import connect
from db.events import EventType, record
from domain.providers.base import ProviderError

log = structlog.get_logger()

_HALT = """
UPDATE sender SET status = $2, error_message = $3, updated_at = now()
WHERE id = $1 AND status = 'CONNECTED' RETURNING id
"""


async def halt(sender_id: int, fault: ProviderError) -> None:
    """Halts a connected sender inside the caller's transaction, until a person has mended it and connects it again."""
    status = "EXPIRED" if fault.provider_code in (0, 190) else "FAILED"
    if await connect.row(_HALT, sender_id, status, fault.message):
        log.error("sender_paused", sender_id=sender_id, provider_code=fault.provider_code, reason=fault.message)
        record(EventType.SENDER_STATUS_CHANGED, "Sender", sender_id, sender_id=sender_id, data={"status": status})
