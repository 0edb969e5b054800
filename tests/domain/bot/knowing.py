"""A bot that knows something."""

from typing import Any

from db.bot import FileReading
from db.core import connect
from db.files import File, FilePurpose
from domain.bot.knowledge import indexing
from tests.domain.files.surroundings import uploaded


async def forget_everything() -> None:
    """What other tests taught it."""
    await connect.execute("UPDATE file SET deleted_at = now() WHERE purpose = 'KNOWLEDGE' AND deleted_at IS NULL")


async def taught(name: str, content: "bytes | str", **given: Any) -> File:
    """A file that the bot has read."""
    file = await given_to_read(name, content, **given)
    await indexing.read_file(file.id)
    return file


async def given_to_read(name: str, content: "bytes | str", **given: Any) -> File:
    plain = content.encode() if isinstance(content, str) else content
    return await uploaded(name, plain, purpose=FilePurpose.KNOWLEDGE, **given)


async def reading_of(file: File) -> FileReading:
    return await FileReading.get(file_id=file.id)


async def passages_of(file: File) -> list[str]:
    rows = await connect.rows("SELECT text FROM passage WHERE file_id = $1 ORDER BY position", file.id)
    return [row["text"] for row in rows]
