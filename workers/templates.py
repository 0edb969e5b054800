"""Templates: taking in those of an account, and asking about those that are not settled."""

import structlog

from domain.core.errors import Refusal
from domain.templates import sync
from workers.core.broker import actor
from workers.core.clock import every

log = structlog.get_logger()


@actor(priority=20)
async def sync_templates(sender_id: int) -> None:
    """Makes the templates of a sender's account equal to WhatsApp's; messages go first."""
    try:
        await sync.run(sender_id)
    except Refusal as refusal:
        # WhatsApp is away, or refuses the token: no fault of ours, and whoever asked may ask again.
        log.warning("templates_not_synced", sender_id=sender_id, reason=refusal.message)


every(60.0)(sync.settle)
