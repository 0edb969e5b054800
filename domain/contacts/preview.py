"""What an uploaded CSV holds and how it would be read, before anything is imported."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from db.accounts import Role, Scope
from db.contacts import JobStatus
from db.files import File, FilePurpose
from domain.contacts.cells import Reader
from domain.contacts.chunks import judged_row
from domain.contacts.columns import Column, is_number, lacking, named, suggested
from domain.core.access import Viewer, allow
from domain.core.errors import Checks, ErrorCode, Refusal, not_found
from domain.core.spreadsheet import (
    DELIMITERS,
    MOST_COLUMNS,
    MOST_ROWS,
    Format,
    Row,
    Rows,
    format_of,
    known_encoding,
)
from domain.files.reading import visible
from domain.files.storage import here

SHOWN = 20
"""Rows of a preview."""
_SAMPLE = 100
"""Rows by which columns are known."""
_SHOWN_OF_CELL = 200
_COUNTED = 10_000_000
"""Bytes of a file whose rows are counted; of a longer one its lines are."""


@dataclass(frozen=True, slots=True)
class ImportPreview:
    """What a CSV holds; `problems` are in words."""

    delimiter: str
    encoding: str
    columns: list[Column]
    rows: list[list[str]]
    row_count: int
    problems: list[str]


@dataclass(frozen=True, slots=True)
class Survey:
    """A file as far as it is known without its end."""

    form: Format
    columns: list[Column]
    rows: list[Row]
    """The first ones, empty ones too."""
    begin: int
    """Where the first of them begins, in bytes."""
    count: int
    fault: str | None
    """Why none of it can be imported."""


@allow(Role.ADMIN, Role.MARKETER, scope=Scope.CONTACTS, bound=False)
async def preview(
    viewer: Viewer, file_id: int, *, encoding: str | None = None, delimiter: str | None = None
) -> ImportPreview:
    """Reads the beginning of a file of purpose IMPORT, and looks through all of it for what nobody says of it."""
    return await asyncio.to_thread(_shown, await survey(viewer, file_id, encoding, delimiter))


async def survey(viewer: Viewer, file_id: int, encoding: str | None, delimiter: str | None) -> Survey:
    """Raises Refusal where the caller has no such file to import, or where it cannot be read as they say."""
    check = Checks()
    with check():
        encoding = None if encoding is None else _known(encoding)
    with check():
        if delimiter is not None and delimiter not in DELIMITERS:
            raise _wrong("delimiter", "Cells are separated by one of , ; | and tab.", "invalid_value")
    check.done()
    file = await visible(viewer, file_id, field="fileId")
    if file.purpose is not FilePurpose.IMPORT:
        raise _not_to_import("This file was not uploaded to be imported: its purpose must be IMPORT.", file)
    if file.status is not JobStatus.COMPLETED:
        raise _not_to_import(file.error_message or "The bytes of this file have not come yet.", file)
    try:
        async with here(file_id) as path:
            return await asyncio.to_thread(_surveyed, path, encoding, delimiter)
    except FileNotFoundError:
        raise not_found("file", field="fileId") from None


def _known(encoding: str) -> str:
    """Its usual name."""
    if (found := known_encoding(encoding)) is None:
        words = "Files are not read so; utf-8, utf-16-le, cp1252, iso8859-2, cp1251, shift_jis or gb18030 are examples."
        raise _wrong("encoding", words, "unknown_encoding")
    return found


def _wrong(field: str, message: str, reason: str) -> Refusal:
    return Refusal(ErrorCode.VALIDATION_ERROR, message, field=field, reason=reason)


def _not_to_import(words: str, file: File) -> Refusal:
    code = ErrorCode.VALIDATION_ERROR if file.purpose is not FilePurpose.IMPORT else ErrorCode.INVALID_STATE
    return Refusal(code, words, field="fileId", reason="wrong_purpose" if code == "VALIDATION_ERROR" else None)


def _surveyed(path: Path, encoding: str | None = None, delimiter: str | None = None) -> Survey:
    form = format_of(path, encoding, delimiter)
    if form.encoding.startswith("utf-16") and (path.stat().st_size - form.start) % 2:
        return Survey(form, [], [], 0, 0, "It ends in the midst of a character.")
    with Rows(path.open("rb"), form) as found:
        head = next((row for row in found if not row.blank), None)
        if head is None:
            return Survey(form, [], [], 0, 0, "The file is empty.")
        first = list(islice(found, _SAMPLE))
        columns = [] if head.fault else suggested(named(head.cells), [row.cells for row in first])
    count, fault = _count(path, form, head.ends), None
    if head.fault:
        fault = f"The header cannot be read. {head.fault}"
    elif len(columns) > MOST_COLUMNS:
        fault = f"It has {len(columns)} columns; {MOST_COLUMNS} are allowed."
    elif len(first) < _SAMPLE and all(row.blank for row in first):
        fault = "There is a header alone, and no row."
    elif count > MOST_ROWS:
        fault = f"It has more than {MOST_ROWS} rows; cut it into several files."
    elif any(map(is_number, head.cells)):
        fault = "The first row holds a phone number, and must be a header that names the columns."
    return Survey(form, columns, first, head.ends, count, fault)


def _count(path: Path, form: Format, begin: int) -> int:
    """Rows without the header, at most one more than may be; the lines where they are many and within the limit."""
    if path.stat().st_size > _COUNTED and form.lines - 1 <= MOST_ROWS:
        return form.lines - 1
    with Rows(path.open("rb"), form, begin) as found:
        return sum(1 for _ in islice(found, MOST_ROWS + 1))


def _shown(survey: Survey) -> ImportPreview:
    width = len(survey.columns)
    rows = [(n, row) for n, row in enumerate(survey.rows, 1) if not row.blank][:SHOWN]
    return ImportPreview(
        survey.form.delimiter,
        survey.form.encoding,
        survey.columns,
        [[*map(_cell, row.cells[:width]), *[""] * (width - len(row.cells))] for _, row in rows],
        survey.count,
        [*([survey.fault] if survey.fault else []), *_problems(survey.columns, rows)],
    )


def _cell(text: str) -> str:
    """As it can be shown: what is not in the file's encoding is a question mark."""
    return text[:_SHOWN_OF_CELL].encode("utf-8", "replace").decode()


def _problems(columns: Sequence[Column], rows: Sequence[tuple[int, Row]]) -> list[str]:
    """What is wrong with the columns, else with the first rows as they would be read."""
    missing = lacking(columns) if columns else {}
    if missing or not columns:
        return list(missing.values())
    reader = Reader(columns)
    judged = [judged_row(n, row, reader) for n, row in rows]
    return [
        f"Row {one.row}{f', {one.fault.field}' if one.fault.field else ''}: {one.fault.message}"
        for one in judged
        if one.fault is not None
    ]
