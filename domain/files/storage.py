"""Where bytes lie: below DATA_DIR/files, or in a bucket (S3_BUCKET), by the number of their file.

What is still coming in stands apart, on this machine. A file is whole or not there: it is moved to its place when all
of it is safe, and its row says so after that. API and workers share the folder, or the bucket.
"""

import asyncio
import errno
import hashlib
import os
import secrets
import shutil
import time
from collections.abc import AsyncGenerator, AsyncIterator, Generator
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import BinaryIO

import structlog

from db.core import connect
from db.core.settings import get_settings
from db.core.transaction import transaction
from domain.core.errors import AwayError
from domain.files.bucket import COPY_SECONDS, PIECE, Bucket

_BLOCK = 1024 * 1024
"""Bytes that are written at once: what one file that comes in costs in memory."""
_LEFT_BEHIND = 6 * 3600
"""Seconds after which what stopped coming in is taken for the rest of a process that was killed."""
_COMING = "incoming"
_ANY_SIZE = 2**40
AWAY_SECONDS = 30.0
"""After so long a bucket that did not answer is asked again."""

log = structlog.get_logger()
_few = asyncio.Semaphore(3)
"""Files of one process that are moved to their places at a time: a bucket that is slow to copy must not hold all
connections to the database."""


class TooLargeError(ValueError):
    """More bytes come than may."""


def bucket() -> Bucket | None:
    """The bucket in which files lie, if they do not lie in a folder."""
    given = get_settings()
    if not given.s3_bucket:
        return None
    secret = given.aws_secret_access_key.get_secret_value()
    return _bucket(given.s3_bucket, given.aws_endpoint_url, given.aws_region, given.aws_access_key_id, secret)


@cache
def _bucket(name: str, endpoint: str, region: str, key: str, secret: str) -> Bucket:
    return Bucket(name, endpoint=endpoint, region=region, key=key, secret=secret)


def key_of(id: int) -> str:
    """Where the bytes of a file are, below the folder or in the bucket."""
    return f"{id // 1000:06}/{id}"


def path_of(id: int) -> Path:
    """Where in the folder the bytes of a file are, if they are here."""
    return _root() / key_of(id)


@asynccontextmanager
async def here(id: int) -> AsyncGenerator[Path]:
    """Where on this machine the bytes of a file are, for as long as they are read.

    Raises FileNotFoundError, AwayError.
    """
    if (place := bucket()) is None:
        path = path_of(id)
        if not await asyncio.to_thread(path.exists):
            raise FileNotFoundError(path)
        yield path
        return
    async with incoming(_ANY_SIZE) as copy:
        async for piece in await place.read(key_of(id)):
            await copy.write(piece)
        await copy.flush()
        yield copy.path


async def read(id: int, start: int, end: int) -> AsyncIterator[bytes]:
    """Bytes of a file as they come; `end` is the first that does not belong to them.

    Raises FileNotFoundError, AwayError.
    """
    if (place := bucket()) is not None:
        return await place.read(key_of(id), start, end)
    path = path_of(id)
    await asyncio.to_thread(path.stat)
    return _pieces(path, start, end)


async def _pieces(path: Path, start: int, end: int) -> AsyncIterator[bytes]:
    with await asyncio.to_thread(path.open, "rb") as file:
        await asyncio.to_thread(file.seek, start)
        while piece := await asyncio.to_thread(file.read, min(PIECE, end - start)):
            start += len(piece)
            yield piece


def opened(id: int) -> BinaryIO:
    """The bytes of a file for a thread that reads here and there. Raises FileNotFoundError, AwayError."""
    return path_of(id).open("rb") if (place := bucket()) is None else place.opened(key_of(id))


def _root() -> Path:
    return get_settings().data_dir / "files"


def _coming() -> Path:
    return _root() / _COMING


class Incoming:
    """Bytes as they come, on disk, with their SHA-256; TooLargeError as soon as they are more than `most`.

    AwayError where the disk takes nothing.
    """

    def __init__(self, path: Path, most: int) -> None:
        self.path = path
        self.size = 0
        self._most = most
        self._sha256 = hashlib.sha256()
        self._waiting = bytearray()
        self._key: str | None = None

    async def write(self, chunk: bytes) -> None:
        self.size += len(chunk)
        if self.size > self._most:
            raise TooLargeError(f"It has more than {self._most} bytes.")
        self._waiting += chunk
        if len(self._waiting) >= _BLOCK:
            await self.flush()

    async def flush(self) -> None:
        """Whoever opens the file sees everything after this."""
        await asyncio.to_thread(self._append)

    def _append(self) -> None:
        with _plainly(), self.path.open("ab") as file:
            file.write(self._waiting)
        self._sha256.update(self._waiting)
        self._waiting.clear()

    async def close(self) -> None:
        """Everything is safe after this: on disk, or in the bucket, under a name that is nobody's. Raises AwayError."""
        if (place := bucket()) is None:
            await asyncio.to_thread(self._sync)
        else:
            await self.flush()
            self._key = f"{_COMING}/{self.path.name}"
            await place.put(self.path, self._key)

    def _sync(self) -> None:
        self._append()
        with _plainly(), self.path.open("rb") as file:
            os.fsync(file.fileno())

    @property
    def sha256(self) -> bytes:
        """Of what was flushed, or closed."""
        return self._sha256.digest()

    async def keep(self, id: int) -> None:
        """Moves it to the place of its file, in place of what may be there; inside `keeping`. Raises AwayError."""
        if (place := bucket()) is None:
            await asyncio.to_thread(self._move, path_of(id))
        else:
            assert self._key is not None
            await place.copy(self._key, key_of(id))

    def _move(self, to: Path) -> None:
        with _plainly():
            to.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.path.replace(to)
            _sync_folder(to.parent)

    async def clear(self) -> None:
        """Removes what was not kept."""
        self.path.unlink(missing_ok=True)
        if self._key is not None and (place := bucket()) is not None:
            # Otherwise it is swept.
            with suppress(AwayError):
                await place.remove(self._key)


@asynccontextmanager
async def keeping() -> AsyncGenerator[None]:
    """A transaction in which a file that has come is kept, one of few: it lasts as long as the bucket copies."""
    async with _few, transaction():
        if bucket() is not None:
            await connect.execute(f"SET LOCAL idle_in_transaction_session_timeout = '{2 * COPY_SECONDS:.0f} s'")
        yield


def _sync_folder(folder: Path) -> None:
    """Puts the names in a folder on disk too."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


async def check_room(bytes: int) -> None:
    """Whether so many more leave the disk its reserve; the database may lie there, too. Raises OSError."""
    free = await asyncio.to_thread(_free)
    if free - bytes < get_settings().disk_reserve_gb * 2**30:
        raise OSError(errno.ENOSPC, "The disk of the data folder keeps its reserve")


def _free() -> int:
    _coming().mkdir(mode=0o700, parents=True, exist_ok=True)
    return shutil.disk_usage(_coming()).free


@asynccontextmanager
async def incoming(most: int) -> AsyncGenerator[Incoming]:
    """A place for bytes that come; whatever was not kept is gone at its end."""
    path = _coming() / secrets.token_hex(16)
    await asyncio.to_thread(_make_room, path)
    coming = Incoming(path, most)
    try:
        yield coming
    finally:
        await coming.clear()


def _make_room(path: Path) -> None:
    with _plainly():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)


async def remove(id: int) -> None:
    """Removes the bytes of a file, if they are here. Raises AwayError."""
    if (place := bucket()) is None:
        await asyncio.to_thread(_unlink, path_of(id))
    else:
        await place.remove(key_of(id))


def _unlink(path: Path) -> None:
    with _plainly():
        path.unlink(missing_ok=True)


@contextmanager
def _plainly() -> Generator[None]:
    """Says in our words that the disk is full or broken, which is no fault of any file."""
    try:
        yield
    except OSError as error:
        log.error("disk_refuses", error=error.strerror)
        raise AwayError("The disk that holds files takes nothing.") from error


async def sweep() -> None:
    """Removes what came in part, by processes that were killed."""
    await asyncio.to_thread(sweep_here)
    if (place := bucket()) is not None:
        await place.sweep(_COMING, datetime.now(UTC) - timedelta(seconds=_LEFT_BEHIND))


def sweep_here() -> None:
    """The same for this machine alone; beside a bucket each may have a folder of its own."""
    before = time.time() - _LEFT_BEHIND
    for path in _coming().glob("*"):
        try:
            if path.stat().st_mtime < before:
                path.unlink()
        except FileNotFoundError:
            continue


async def check(*, writing: bool = False) -> None:
    """Looks whether the bucket can be read, or also written in; a folder always can. Raises AwayError."""
    if (place := bucket()) is None:
        return
    await place.check(_COMING)
    if writing:
        await place.try_out(f"{_COMING}/{secrets.token_hex(16)}")
