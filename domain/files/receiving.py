"""Files that people send: known at once, fetched by a worker."""

import base64
import binascii
import mimetypes
import re
from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from db.core import connect
from db.core.transaction import ring

_INSERT = """
INSERT INTO file (id, name, mime_type, size_bytes, sender_id, source, due_at)
SELECT f.*, now() FROM unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::jsonb[]) AS f
"""
_HEX = re.compile(r"[0-9a-fA-F]{64}")


@dataclass(frozen=True, slots=True)
class Received:
    """A file as its provider announces it: by its id there, or for WAHA by its URL."""

    sender_id: int
    id: str
    name: str | None = None
    mime_type: str | None = None
    sha256: str | None = None
    """Hexadecimal or base64; both are seen."""
    size: int | None = None


async def receive(files: Sequence[Received]) -> list[int]:
    """Makes a File of each, inside the caller's transaction, and has them fetched; their ids, in order."""
    if not files:
        return []
    sequence = "SELECT nextval(pg_get_serial_sequence('file', 'id')) AS id FROM generate_series(1, $1)"
    ids = [row["id"] for row in await connect.rows(sequence, len(files))]
    sources = [{"id": file.id, "sha256": _digest(file.sha256), "mime_type": file.mime_type} for file in files]
    await connect.execute(
        _INSERT,
        ids,
        [_name(file) for file in files],
        [file.mime_type[:127] if file.mime_type else None for file in files],
        [file.size for file in files],
        [file.sender_id for file in files],
        [orjson.dumps(source).decode() for source in sources],
    )
    ring("tend_files")
    return ids


def _digest(given: str | None) -> str | None:
    """The SHA-256 in hexadecimal; None for what is none."""
    if given is None or _HEX.fullmatch(given):
        return given and given.lower()
    try:
        digest = base64.b64decode(given, validate=True)
    except (binascii.Error, ValueError):
        return None
    return digest.hex() if len(digest) == 32 else None


def _name(file: Received) -> str:
    """Its own name, or one by its kind."""
    if file.name:
        return file.name[-255:]
    plain = (file.mime_type or "").partition(";")[0].strip().lower()
    kind = plain.partition("/")[0]
    word = kind if kind in ("image", "audio", "video") else "file"
    return f"{word}{mimetypes.guess_extension(plain) or ''}"
