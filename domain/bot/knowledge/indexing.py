"""Reading files for the bot, in a worker: passages are kept as they are found, and a run that was killed goes on.

A file is read by a program of its own (reader.py), which prints a passage a line; its lease is renewed meanwhile.
"""

import asyncio
import contextlib
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import orjson
import structlog

import domain
from db.contacts import JobStatus
from db.core import connect
from db.core.columns import as_row
from db.core.connect import TRANSIENT
from db.core.transaction import ring, transaction
from db.files import File
from domain.bot.knowledge import embedding, keeping
from domain.core.errors import AwayError
from domain.files import storage
from domain.files.announce import told

AT_ONCE = 2
"""Files that one process reads at a time: each keeps a core busy."""
LEASE_SECONDS = 20
MOST_ATTEMPTS = 3
"""Of a file that workers die of."""
SILENT_SECONDS = 30.0
"""How long the reader may take to find the next passage."""
MOST_SECONDS = 900.0
BATCH = 200
"""Passages that are kept in one transaction: what a killed worker has to do again."""
_TELL_SECONDS = 0.5
"""From one FILE_UPDATED of a file to the next, while it is read."""
STUCK = "It could not be read: it takes more time or memory than a file may."
_FAULT = "A fault of the server kept it from being read; the log has it."

log = structlog.get_logger()
_ROOT = str(Path(domain.__file__).resolve().parents[1])
_reading: set[int] = set()


async def ring_if_due() -> None:
    """Rings for files that nobody reads: makes up for rings that were lost, and workers that were killed."""
    for id in await keeping.due(AT_ONCE):
        ring("read_file", id)


async def read_file(id: int) -> None:
    """Reads a file for the bot, or what is left of it; it may be killed at any point, and run twice at once."""
    if len(_reading) >= AT_ONCE or id in _reading:
        return
    _reading.add(id)
    try:
        if (file := await _claim(id)) is not None:
            await _read(file)
    finally:
        _reading.discard(id)
    if embedding.is_set():
        ring("embed_passages")


async def _claim(id: int) -> File | None:
    """The file, if it is still to be read and nobody else does."""
    async with transaction():
        attempts = await keeping.claim(id, LEASE_SECONDS)
        if attempts is None:
            return None
        file = as_row(File, await connect.row("SELECT * FROM file WHERE id = $1", id))  # pyright: ignore[reportArgumentType]
        if attempts > MOST_ATTEMPTS:
            await keeping.settle(id, JobStatus.FAILED, _FAULT)
            told(id, file.uploaded_by_id, file.sender_id)
            return None
        if attempts == 1:
            told(id, file.uploaded_by_id, file.sender_id)
    return file


async def _read(file: File) -> None:
    try:
        fault = await _take_in(file)
    except AwayError:
        # The storage is not there, of which no file is guilty.
        await keeping.put_off(file.id, storage.AWAY_SECONDS)
        return
    except TRANSIENT:
        # What is read so far stays; the lease ends, and another run goes on.
        raise
    except Exception:
        log.exception("file_not_read", file_id=file.id)
        fault = _FAULT
    async with transaction():
        if await keeping.settle(file.id, JobStatus.COMPLETED if fault is None else JobStatus.FAILED, fault):
            told(file.id, file.uploaded_by_id, file.sender_id)


async def _take_in(file: File) -> str | None:
    """Keeps the passages that the reader finds; why it failed, in words."""
    known = await keeping.count_of(file.id)
    language = None if known == 0 else await keeping.language_of(file.id)
    renewed = began = time.monotonic()
    position, batch = 0, list[dict[str, Any]]()
    async with storage.here(file.id) as path, _reader(path, file) as process:
        while True:
            line = await _next(process, began)
            if line is None:
                return STUCK
            if "fault" in line:
                break
            position += 1
            if position > known:
                batch.append(line)
            if len(batch) >= BATCH or (batch and time.monotonic() - renewed > _TELL_SECONDS):
                language = language or await keeping.language_in(batch)
                if not await _keep(file, position - len(batch), batch, language):
                    return None
                renewed, batch = time.monotonic(), []
            elif time.monotonic() - renewed > LEASE_SECONDS / 4:
                renewed = time.monotonic()
                await keeping.renew(file.id, LEASE_SECONDS)
    if batch:
        await _keep(file, position - len(batch), batch, language or await keeping.language_in(batch))
    return line["fault"]


async def _keep(file: File, position: int, batch: list[dict[str, Any]], language: str) -> bool:
    """Keeps passages from a position on, unless the file is gone."""
    async with transaction():
        if not await keeping.progress(
            file.id, LEASE_SECONDS, min(0.99, batch[-1]["done"]), position + len(batch), language
        ):
            return False
        await keeping.add(file.id, position, batch, language)
        told(file.id, file.uploaded_by_id, file.sender_id)
    return True


async def _next(process: Process, began: float) -> dict[str, Any] | None:
    """What the reader tells next; None where it ended without a word, or takes too long."""
    assert process.stdout is not None
    try:
        async with asyncio.timeout(min(SILENT_SECONDS, began + MOST_SECONDS - time.monotonic())):
            line = await process.stdout.readline()
    except (TimeoutError, ValueError):
        return None
    return orjson.loads(line) if line.endswith(b"\n") else None


@asynccontextmanager
async def _reader(path: Path, file: File) -> AsyncGenerator[Process]:
    """The program that reads it, which ends with us and knows nothing of our settings."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-P", "-m", "domain.bot.knowledge.reader", str(path), file.mime_type or "", file.name),
        stdout=PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        stdin=asyncio.subprocess.DEVNULL,
        env={"PYTHONPATH": _ROOT, "PYTHONDONTWRITEBYTECODE": "1", "LC_ALL": "C.UTF-8"},
        limit=1_000_000,
    )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
