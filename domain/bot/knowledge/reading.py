"""How far the bot has read files, as callers see it."""

from collections.abc import Sequence

from db.bot import FileReading
from domain.core.access import Viewer, allow


@allow()
async def readings_by_files(viewer: Viewer, file_ids: Sequence[int]) -> list[FileReading | None]:
    """How far each file is read; None for those that the bot does not read. Files are the caller's to see."""
    found = {reading.file_id: reading for reading in await FileReading.filter(file_id__in=list(file_ids))}
    return [found.get(id) for id in file_ids]
