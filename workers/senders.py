"""What WAHA says of sessions, and keeping them alive; what WhatsApp says of numbers."""

from domain import senders
from domain.senders import health
from workers.core.broker import actor
from workers.core.clock import every


@actor()
async def ping_sender(sender_id: int) -> None:
    """Keeps a silent session alive, or tells that it will run out."""
    await senders.ping(sender_id)


every(5.0)(senders.poll)
every(60.0)(senders.expire)
every(60.0)(senders.ring_silent)
every(5.0, timeout=150.0)(health.check_due)
