"""Where the rows of an import come from, a chunk at a time: its list, or a CSV that is read while the last is written.

Rows of a file are read and judged in a thread, from the byte where the chunk begins: nothing is kept between chunks but
the one that was read ahead, so memory does not grow with the file.
"""

import asyncio
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any

from db.contacts import ContactImport
from domain.contacts.cells import Reader
from domain.contacts.chunks import Judged, judged_contact, judged_row
from domain.contacts.columns import Column, ContactField
from domain.core.spreadsheet import Format, Rows
from domain.files.storage import opened

CHUNK = 2000
"""Rows that are done in one transaction: what a killed worker has to do again."""


@dataclass(frozen=True, slots=True)
class Chunk:
    rows: list[Judged]
    position: int
    """Rows of the import up to its end, empty ones too."""
    ends: int
    """Where in the file that is, in bytes."""
    last: bool


def written(form: Format, columns: list[Column]) -> dict[str, Any]:
    """How a CSV is read, for the import's row."""
    return {**asdict(form), "columns": [asdict(column) for column in columns]}


class Source:
    """The rows of one import, for one run of it."""

    def __init__(self) -> None:
        self._ahead: tuple[int, asyncio.Future[Chunk]] | None = None

    async def next(self, job: ContactImport) -> Chunk:
        """The chunk at which an import stands. Raises FileNotFoundError where its file is gone, AwayError."""
        if job.file_id is None or job.format is None:
            given = job.source[job.position : job.position + CHUNK]
            rows = [judged_contact(row, contact) for row, contact in enumerate(given, job.position + 1)]
            end = job.position + len(rows)
            return Chunk(rows, end, 0, last=end >= job.total)
        begins, reading = self._ahead or (None, None)
        if reading is None or begins != job.position:
            reading = _reading(job.file_id, job.format, job.position, job.bytes_done)
        self._ahead = None
        chunk = await reading
        if not chunk.last:
            self._ahead = chunk.position, _reading(job.file_id, job.format, chunk.position, chunk.ends)
        return chunk


def _reading(file_id: int, form: dict[str, Any], position: int, at: int) -> asyncio.Future[Chunk]:
    # Not to_thread, whose thread would inherit the transaction.
    return asyncio.get_running_loop().run_in_executor(None, _chunk, file_id, form, position, at)


def _chunk(file_id: int, written: dict[str, Any], position: int, at: int) -> Chunk:
    form = Format(**{key: written[key] for key in ("encoding", "delimiter", "start", "lines")})
    reader = Reader([_column(one) for one in written["columns"]])
    judged, count = list[Judged](), 0
    with Rows(opened(file_id), form, at) as found:
        for count, row in enumerate(islice(found, CHUNK), 1):
            if not row.blank:
                judged.append(judged_row(position + count, row, reader))
        return Chunk(judged, position + count, found.at, last=count < CHUNK)


def _column(one: dict[str, Any]) -> Column:
    return Column(one["header"], ContactField(one["field"]) if one["field"] else None, one["attribute"])
