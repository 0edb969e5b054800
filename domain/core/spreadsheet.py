"""A CSV as spreadsheets and other programs write it: how its bytes are read, and its rows one after another.

Memory holds one row, whatever the file: rows that are too long, and quotation marks that are never closed, cost their
own line alone. Every row knows where in the file it ends, so that an import can go on there.
"""

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NamedTuple, Self

from charset_normalizer import from_bytes

MOST_ROWS = 2_000_000
MOST_COLUMNS = 200
MOST_CHARACTERS = 100_000
"""Of one row; csv.field_size_limit is above it."""
MOST_LINES = 100
"""That one row may span, since cells may hold lines: after so many a quotation mark is taken for one never closed."""

_BLOCK = 1024 * 1024
_LOOKED_AT = 64 * 1024
"""Bytes by which the delimiter, and what is not UTF-8, are found."""
_MARKS = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
DELIMITERS = (",", ";", "\t", "|")
_USUAL = "cp1252"
_ENCODINGS = [_USUAL, "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp932", "gb18030", "big5", "cp949"]
"""What spreadsheets write where it is not Unicode; Latin-1 is read as the cp1252 that contains its letters."""
_SAYABLE = frozenset(
    codecs.lookup(name).name
    for name in (
        *(
            "utf-8",
            "utf-16-le",
            "utf-16-be",
            *_ENCODINGS,
            "cp1257",
            "cp1258",
            "cp437",
            "cp850",
            "cp852",
            "cp866",
            "cp874",
        ),
        *(f"iso8859-{part}" for part in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 16)),
        *("koi8-r", "koi8-u", "mac-roman", "mac-cyrillic", "shift_jis", "euc_jp", "euc_kr", "gbk", "big5hkscs"),
    )
)
"""Those of Python's that have no state between characters, so that one can begin to read at any row."""


@dataclass(frozen=True, slots=True)
class Format:
    """How a CSV is read."""

    encoding: str
    delimiter: str
    start: int
    """Bytes of its byte order mark."""
    lines: int
    """How many line ends it has: at least as many as rows."""


class Row(NamedTuple):
    cells: list[str]
    ends: int
    """Where in the file the next one begins, in bytes."""
    fault: str | None = None
    """Why it cannot be read."""

    @property
    def blank(self) -> bool:
        """Spreadsheets write such rows after the last one; they count, so that numbers are those of the file."""
        return self.fault is None and not any(map(str.strip, self.cells))


def known_encoding(name: str) -> str | None:
    """The usual name of an encoding that files may be read in."""
    try:
        found = codecs.lookup(name.strip()).name
    except (LookupError, ValueError):
        return None
    return found if found in _SAYABLE else None


def format_of(path: Path, encoding: str | None = None, delimiter: str | None = None) -> Format:
    """Looks through all of a file: bytes that are not UTF-8 may come late. What is said of it is not looked for."""
    with path.open("rb") as file:
        head = file.read(3)
        mark = next((mark for mark in _MARKS if head.startswith(mark)), b"")
        file.seek(len(mark))
        lines, foreign = _looked_through(file)
    encoding = encoding or _MARKS.get(mark) or ("utf-8" if foreign is None else _encoding(foreign))
    delimiter = delimiter or _delimiter(_sample(path, encoding, len(mark)))
    return Format(encoding, delimiter, len(mark), lines)


def _looked_through(file: BinaryIO) -> tuple[int, bytes | None]:
    """How many lines there are, and what stands around the first byte that is not UTF-8, if there is one."""
    feeds = returns = 0
    rest, foreign = b"", None
    while block := file.read(_BLOCK):
        feeds += block.count(b"\n")
        returns += block.count(b"\r")
        if foreign is None:
            try:
                rest = _undecided(rest + block)
            except UnicodeDecodeError as error:
                begin = max(0, error.start - _LOOKED_AT // 2)
                foreign = (rest + block)[begin : begin + _LOOKED_AT]
    if rest and foreign is None:
        foreign = rest
    return max(feeds, returns) + 1, foreign


def _undecided(block: bytes) -> bytes:
    """The beginning of a character at the end of a block of UTF-8. Raises UnicodeDecodeError."""
    try:
        block.decode()
    except UnicodeDecodeError as error:
        if error.reason != "unexpected end of data" or error.end < len(block):
            raise
        return block[error.start :]
    return b""


def _encoding(sample: bytes) -> str:
    """One that fits. Names are short: where several do, the usual one is meant."""
    telling = [line for line in sample.splitlines() if not line.isascii()]
    if 2 * sum(map(_is_utf_8, telling)) >= len(telling):
        return "utf-8"  # Single rows are broken.
    fitting = [
        (round(match.chaos, 1), -int(4 * match.coherence), _USUAL not in match.could_be_from_charset, match.encoding)
        for match in from_bytes(b"\n".join(telling), cp_isolation=_ENCODINGS)
    ]
    _, _, unusual, encoding = min(fitting, default=(0, 0, False, _USUAL))
    return encoding if unusual else _USUAL


def _is_utf_8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _sample(path: Path, encoding: str, start: int) -> str:
    with path.open("rb") as file:
        file.seek(start)
        text = file.read(_LOOKED_AT).decode(encoding, "replace")
    return text[: max(text.rfind("\n"), text.rfind("\r")) + 1] or text


def _delimiter(sample: str) -> str:
    """What cuts most rows into as many cells as the header, and the header into most cells."""

    def fits(delimiter: str) -> tuple[float, int]:
        found = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
        widths = [len(cells) for _, cells in zip(range(50), found, strict=False) if cells]
        width = widths[0] if widths else 0
        return (Counter(widths)[width] / len(widths), width) if width > 1 else (0.0, 0)

    return max(DELIMITERS, key=fits)


class _Unreadable(Exception):
    """A row that cannot be read; the words say why."""


class Rows:
    """The rows of a file from a byte on, empty ones too: an iterator, to be closed, and the file with it."""

    def __init__(self, file: BinaryIO, form: Format, at: int | None = None) -> None:
        self._file = file
        self._form = form
        self._narrow = not form.encoding.startswith("utf-16")
        self._errors = "surrogateescape" if self._narrow else "surrogatepass"
        self._text = self._decoded()
        self._open(form.start if at is None else at)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._text.close()

    def _open(self, at: int) -> None:
        self.at = at
        self._lines_of_row = self._length_of_row = 0
        self._foreign = False
        self._text.detach()
        self._file.seek(at)
        self._text = self._decoded()
        self._reader = csv.reader(self._lines(), delimiter=self._form.delimiter, strict=True)

    def _decoded(self) -> io.TextIOWrapper:
        return io.TextIOWrapper(self._file, self._form.encoding, self._errors, newline="")

    def __iter__(self) -> Iterator[Row]:
        return self

    def __next__(self) -> Row:
        begin, self._lines_of_row, self._length_of_row, self._foreign = self.at, 0, 0, False
        try:
            cells = next(self._reader)
        except (_Unreadable, csv.Error) as error:
            self._open(begin)
            self._pass_line()
            words = str(error) if isinstance(error, _Unreadable) else "A quotation mark stands in the midst of a cell."
            return Row([], self.at, words)
        if self._foreign:
            return Row(cells, self.at, f"It has bytes that are not {self._form.encoding}.")
        return Row(cells, self.at)

    def _lines(self) -> Iterator[str]:
        while line := self._text.readline(MOST_CHARACTERS):
            self._lines_of_row += 1
            self._length_of_row += len(line)
            if self._length_of_row >= MOST_CHARACTERS:
                raise _Unreadable(f"It has more than {MOST_CHARACTERS} characters.")
            if self._lines_of_row > MOST_LINES:
                raise _Unreadable(f"A quotation mark is not closed within {MOST_LINES} lines.")
            self.at += len(line) if self._narrow and line.isascii() else self._bytes(line)
            yield line
        if self._lines_of_row:
            raise _Unreadable("A quotation mark is never closed.")

    def _bytes(self, line: str) -> int:
        try:
            return len(line.encode(self._form.encoding))
        except UnicodeEncodeError:
            self._foreign = True
            return len(line.encode(self._form.encoding, self._errors))

    def _pass_line(self) -> None:
        """Goes on after the line, however long it is."""
        while line := self._text.readline(MOST_CHARACTERS):
            self.at += self._bytes(line)
            if line.endswith(("\n", "\r")):
                break
        self._open(self.at)
