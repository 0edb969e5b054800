"""Templates: taking in those of an account, and asking about those that are not settled."""

from domain.templates import sync
from workers.core.broker import actor
from workers.core.clock import every


@actor(priority=20)
async def sync_templates(sender_id: int) -> None:
    """Makes the templates of a sender's account equal to WhatsApp's; messages go first."""
    await sync.run(sender_id)


every(60.0)(sync.settle)
