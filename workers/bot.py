"""The bot: files that it reads."""

from domain.bot.knowledge import indexing
from workers.core.broker import actor
from workers.core.clock import every


@actor(priority=20)
async def read_file(file_id: int) -> None:
    """Reads a file of the bot's knowledge, or what is left of it."""
    await indexing.read_file(file_id)


every(1.0)(indexing.ring_if_due)
