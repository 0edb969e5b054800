"""What processes have told each other of WhatsApp and WAHA."""

from db.core.redis import shared_redis
from domain.health import standing


async def forget() -> None:
    """Whoever is asked next asks anew."""
    standing._known.clear()
    async for key in shared_redis().scan_iter("tidings:standing:*"):
        await shared_redis().delete(key)
