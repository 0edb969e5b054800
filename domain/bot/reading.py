"""How the bot's messages came about."""

from db.bot import Generation
from domain.core.access import Viewer, allow


@allow()
async def generations(viewer: Viewer, ids: list[int]) -> list[Generation | None]:
    """How messages that the caller holds already came about; None for those that the bot has not written."""
    found = {row.message_id: row for row in await Generation.filter(message_id__in=ids)}
    return [found.get(id) for id in ids]
