"""Sessions of WAHA senders: what WAHA says of them, and keeping them alive."""

from domain import senders
from workers.core.broker import actor
from workers.core.clock import every


@actor()
async def ping_sender(sender_id: int) -> None:
    """Keeps a silent session alive, or tells that it will run out."""
    await senders.ping(sender_id)


every(5.0)(senders.poll)
every(60.0)(senders.expire)
every(60.0)(senders.ring_silent)
