"""Where bytes lie: below DATA_DIR/files, by the number of their file; what is still coming in stands apart.

A file is whole or not there: it is moved to its place when all of it is on disk, and its row says so after that.
API and workers share the folder.
"""

import asyncio
import hashlib
import os
import secrets
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from db.core.settings import get_settings

_BLOCK = 1024 * 1024
"""Bytes that are written at once: what one file that comes in costs in memory."""
_LEFT_BEHIND = 6 * 3600
"""Seconds after which what stopped coming in is taken for the rest of a process that was killed."""


class TooLargeError(ValueError):
    """More bytes come than may."""


def path_of(id: int) -> Path:
    """Where the bytes of a file are, if they are here."""
    return _root() / f"{id // 1000:06}" / str(id)


@asynccontextmanager
async def here(id: int) -> AsyncGenerator[Path]:
    """Where the bytes of a file are, for as long as they are read. Raises FileNotFoundError."""
    path = path_of(id)
    if not await asyncio.to_thread(path.exists):
        raise FileNotFoundError(path)
    yield path


def _root() -> Path:
    return get_settings().data_dir / "files"


def _coming() -> Path:
    return _root() / "incoming"


class Incoming:
    """Bytes as they come, on disk, with their SHA-256; TooLargeError as soon as they are more than `most`."""

    def __init__(self, path: Path, most: int) -> None:
        self.path = path
        self.size = 0
        self._most = most
        self._sha256 = hashlib.sha256()
        self._waiting = bytearray()

    async def write(self, chunk: bytes) -> None:
        self.size += len(chunk)
        if self.size > self._most:
            raise TooLargeError(f"It has more than {self._most} bytes.")
        self._waiting += chunk
        if len(self._waiting) >= _BLOCK:
            await asyncio.to_thread(self._append)

    def _append(self) -> None:
        with self.path.open("ab") as file:
            file.write(self._waiting)
        self._sha256.update(self._waiting)
        self._waiting.clear()

    async def close(self) -> None:
        """Everything is on disk after this."""
        await asyncio.to_thread(self._sync)

    def _sync(self) -> None:
        self._append()
        with self.path.open("rb") as file:
            os.fsync(file.fileno())

    @property
    def sha256(self) -> bytes:
        """Of what was closed."""
        return self._sha256.digest()

    async def keep(self, id: int) -> None:
        """Moves it to the place of its file, in place of what may be there."""
        await asyncio.to_thread(self._move, path_of(id))

    def _move(self, to: Path) -> None:
        to.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path.replace(to)
        _sync_folder(to.parent)


def _sync_folder(folder: Path) -> None:
    """Puts the names in a folder on disk too."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


@asynccontextmanager
async def incoming(most: int) -> AsyncGenerator[Incoming]:
    """A place for bytes that come; whatever was not kept is gone at its end."""
    path = _coming() / secrets.token_hex(16)
    await asyncio.to_thread(_make_room, path)
    try:
        yield Incoming(path, most)
    finally:
        path.unlink(missing_ok=True)


def _make_room(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600)


async def remove(id: int) -> None:
    """Removes the bytes of a file, if they are here."""
    await asyncio.to_thread(path_of(id).unlink, missing_ok=True)


async def sweep() -> None:
    """Removes what came in part, by processes that were killed."""
    await asyncio.to_thread(_sweep, time.time() - _LEFT_BEHIND)


def _sweep(before: float) -> None:
    for path in _coming().glob("*"):
        try:
            if path.stat().st_mtime < before:
                path.unlink()
        except FileNotFoundError:
            continue
