"""Files on their way here, and what stands around them."""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from db.core import connect
from db.core.settings import get_settings
from db.files import File
from domain import files
from domain.core.access import SYSTEM, Viewer
from domain.files import storage
from tests.domain.files import samples

PNG = samples.png()


async def in_parts(content: bytes, size: int = 40) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


def signed(url: str) -> dict[str, str]:
    """What a link carries besides the file."""
    query = parse_qs(urlsplit(url).query)
    return {name: query[name][0] for name in ("expires", "signature")}


async def announced(name: str = "a.png", content: bytes = PNG, viewer: Viewer = SYSTEM, **given: Any) -> files.Upload:
    return await files.create_upload(viewer, **{"name": name, "size_bytes": len(content), **given})


async def put(upload: files.Upload, content: bytes = PNG, length: int | None = None) -> File:
    return await files.take(
        upload.file.id, **signed(upload.url), length=length, chunks=in_parts(content, max(40, len(content) // 100))
    )


async def uploaded(name: str = "a.png", content: bytes = PNG, viewer: Viewer = SYSTEM, **given: Any) -> File:
    return await put(await announced(name, content, viewer, **given), content)


def kept(id: int) -> bytes | None:
    """The bytes of a file, if they are here."""
    try:
        with storage.opened(id) as bytes:
            return bytes.read()
    except FileNotFoundError:
        return None


def coming() -> int:
    """How many parts of files lie about."""
    parts = len(list((storage.path_of(1).parent.parent / "incoming").glob("*")))
    given = get_settings()
    if not given.s3_bucket:
        return parts
    query = {"list-type": 2, "prefix": "incoming/"}
    found = httpx.get(f"{given.aws_endpoint_url}/{given.s3_bucket}", params=query, trust_env=False)
    return parts + found.text.count("<Key>")


async def events_of(id: int) -> list[str]:
    found = await connect.rows(
        "SELECT type FROM event WHERE subject_type = 'File' AND subject_id = $1 ORDER BY number", id
    )
    return [row["type"] for row in found]
