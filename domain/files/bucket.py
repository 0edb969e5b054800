"""A bucket of S3, or of anything that speaks like it: files lie under the paths that they would have in a folder.

What goes wrong there is FileNotFoundError, or AwayError with words that hold no names and no secrets.

obstore's calls block, and run in threads of our own: its asynchronous ones end in threads of Tokio that outlive the
interpreter, and a process that exits right after one is aborted (PyO3/pyo3-async-runtimes#40).
"""

import asyncio
import io
import re
from collections.abc import AsyncIterator, Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TypeVar

import structlog
from obstore.exceptions import BaseError
from obstore.store import S3Store

from domain.core.errors import AwayError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer
    from obstore import GetOptions, ObjectMeta
    from obstore.store import S3Config

PIECE = 256 * 1024
"""Bytes that are handed on at once."""
COPY_SECONDS = 20.0
"""A copy is made while the row of its file is locked."""
_AT_ONCE = 2
"""Parts of 5 MB that are sent at a time: what one upload costs in memory."""
_CONNECT, _SILENT, _WHOLE = timedelta(seconds=5), timedelta(seconds=20), timedelta(hours=2)
"""How long we wait for a connection, for a sign of life, and for all of an answer that a client reads slowly."""
_RETRIES, _RETRY = 4, timedelta(seconds=15)

_WORDS: Mapping[str, str] = {
    "NoSuchBucket": "has no bucket of this name",
    "InvalidAccessKeyId": "does not know our keys",
    "SignatureDoesNotMatch": "does not know our keys",
    "AccessDenied": "does not let us read and write in the bucket",
    "AuthorizationHeaderMalformed": "has the bucket in another region",
    "PermanentRedirect": "has the bucket in another region",
    "RequestTimeTooSkewed": "goes by another time than our clock",
    "SlowDown": "is asked too much",
}

R = TypeVar("R")

log = structlog.get_logger()
_threads = ThreadPoolExecutor(32, "bucket")
"""Not those of everybody: a bucket that does not answer would hold them all."""


class Bucket:
    """A bucket; keys lead to the bytes in it."""

    def __init__(self, name: str, *, endpoint: str, region: str, key: str, secret: str) -> None:
        config: S3Config = {"region": region}
        if endpoint:
            config["endpoint"] = endpoint
        if key:
            config["access_key_id"] = key
            config["secret_access_key"] = secret
        self._store = S3Store(
            name,
            config=config,
            client_options={
                "allow_http": endpoint.startswith("http://"),
                "connect_timeout": _CONNECT,
                "read_timeout": _SILENT,
                "timeout": _WHOLE,
            },
            retry_config={"max_retries": _RETRIES, "retry_timeout": _RETRY},
        )

    async def put(self, path: Path, key: str) -> None:
        """Puts a file of this machine there, whole or not at all."""
        await _done(lambda: self._store.put(key, path, max_concurrency=_AT_ONCE))

    async def copy(self, key: str, to: str) -> None:
        """Copies within the bucket, in place of what may be there."""
        try:
            async with asyncio.timeout(COPY_SECONDS):
                await _done(lambda: self._store.copy(key, to))
        except TimeoutError as error:
            raise _away(error) from None

    async def remove(self, key: str) -> None:
        """Removes what is there, if anything is."""
        await _done(lambda: self._store.delete(key))

    async def read(self, key: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """The bytes there, as they come; `end` is the first that does not belong to them."""
        options: GetOptions = {"range": {"offset": start} if end is None else (start, end)}
        found = await _done(lambda: self._store.get(key, options=options))
        return _pieces(found.stream(PIECE))

    def opened(self, key: str) -> BinaryIO:
        """The same for a thread that reads here and there."""
        with _plainly():
            size = self._store.get(key, options={"range": (0, 1)}).meta["size"]
        return io.BufferedReader(_Ranges(self._store, key, size), PIECE)

    async def sweep(self, folder: str, before: datetime) -> None:
        """Removes what was put below a path before some time."""
        found = await self._listed(folder)
        while (page := await _done(lambda: next(found, None))) is not None:
            if old := [one["path"] for one in page if one["last_modified"] < before]:
                await _done(lambda: self._store.delete(old))

    async def check(self, folder: str) -> None:
        """Looks whether the bucket is there and knows our keys."""
        found = await self._listed(folder)
        await _done(lambda: next(found, None))

    async def _listed(self, folder: str) -> "Iterator[Sequence[ObjectMeta]]":
        # Its other form gives Arrow, which has no types.
        return await _done(lambda: self._store.list(folder))  # pyright: ignore[reportUnknownMemberType]

    async def try_out(self, key: str) -> None:
        """Puts something there, reads it and removes it."""
        await _done(lambda: self._store.put(key, b"tidings"))
        await _done(lambda: self._store.get_range(key, start=0, end=1))
        await _done(lambda: self._store.delete(key))


async def _done(call: Callable[[], R]) -> R:
    def plainly() -> R:
        with _plainly():
            return call()

    return await asyncio.get_running_loop().run_in_executor(_threads, plainly)


async def _pieces(found: Iterator[bytes]) -> AsyncIterator[bytes]:
    while (piece := await _done(lambda: next(found, None))) is not None:
        yield bytes(piece)


class _Ranges(io.RawIOBase):
    """What is under a key as a file, of which no more is fetched than is read."""

    def __init__(self, store: S3Store, key: str, size: int) -> None:
        self._store = store
        self._key = key
        self._size = size
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        return self._at

    def readinto(self, buffer: "WriteableBuffer") -> int:
        into = memoryview(buffer)
        end = min(self._at + len(into), self._size)
        if end <= self._at:
            return 0
        with _plainly():
            piece = bytes(self._store.get_range(self._key, start=self._at, end=end))
        into[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)


@contextmanager
def _plainly() -> Generator[None]:
    """Says in our words what goes wrong; S3's own may hold parts of what was signed."""
    try:
        yield
    except FileNotFoundError as error:
        if "NoSuchBucket" in str(error):
            raise _away(error) from None
        raise FileNotFoundError("It is not in the bucket.") from None
    except BaseError as error:
        raise _away(error) from None


def _away(error: Exception) -> AwayError:
    found = re.search(r"<Code>(\w+)</Code>", str(error))
    code = found[1] if found else None
    # Without a code it is trouble on the way there, of which the whole story is harmless, and needed.
    log.warning("bucket_away", code=code, error=str(error)[:500] if code is None else type(error).__name__)
    if code is None and "configured region" in str(error):
        code = "PermanentRedirect"
    words = "does not answer" if code is None else _WORDS.get(code, f"answers {code}")
    return AwayError(f"The storage of files {words}.")
