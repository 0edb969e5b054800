"""What stands in a file, format by format, as blocks in their order: PDF, DOCX, Markdown, CSV and plain text."""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import mammoth
import pypdfium2
from markdown_it import MarkdownIt

from domain.bot.knowledge.markup import blocks_of_html
from domain.bot.knowledge.passages import Block, row_of
from domain.core.spreadsheet import Rows, format_of

MOST_PAGES = 5000
MOST_UNPACKED = 200_000_000
"""Bytes that a DOCX may become, and how many parts it may have: a bomb has more in less."""
MOST_PARTS = 5000
MOST_OF_TITLE = 60
"""Characters of a line that may be a heading in a plain text."""
_ITEM = ("-", "*", "•", "–")
_HYPHEN = re.compile(r"(?<=\w)[-\u00ad\ufffe\u0002]\n(?=[^\W\d_])")
_EMPTY_LINES = re.compile(r"\n\s*\n")
_ENCRYPTED = "It is encrypted; upload it without a password."


_mammoth: Any = mammoth
"""It has no types."""


class UnreadableError(Exception):
    """It cannot be read, in words for whoever uploaded it."""


def blocks_of(path: Path, mime_type: str) -> Iterator[Block]:
    """Everything that a file says. Raises UnreadableError."""
    match mime_type:
        case "application/pdf":
            return _pdf(path)
        case "text/csv":
            return _csv(path)
        case "text/markdown":
            return _markdown(path)
        case "text/plain":
            return _plain(path)
        case _:
            return _docx(path)


def _pdf(path: Path) -> Iterator[Block]:
    try:
        document: Any = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        raise UnreadableError(_ENCRYPTED if "password" in str(error).lower() else "It is no whole PDF.") from None
    count = len(document)
    if count > MOST_PAGES:
        raise UnreadableError(f"It has {count} pages; the bot reads {MOST_PAGES}.")
    for number in range(count):
        try:
            page = document[number]
            text: str = page.get_textpage().get_text_bounded()
            page.close()
        except pypdfium2.PdfiumError:
            # A broken page: the others stand for themselves.
            text = ""
        yield from _titled(_paragraphs(text, (number + 1) / count))


def _docx(path: Path) -> Iterator[Block]:
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            # zipfile unpacks no more of a part than it says that it has.
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
                raise UnreadableError("It becomes too large as it is unpacked.")
            if any(part.flag_bits & 1 for part in parts):
                raise UnreadableError(_ENCRYPTED)
    except (zipfile.BadZipFile, OSError):
        raise UnreadableError("It is no whole DOCX.") from None
    with path.open("rb") as file:
        try:
            html: str = _mammoth.convert_to_html(file, convert_image=_mammoth.images.img_element(_no_picture)).value
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a broken file makes a parser stumble over, it is its fault
            raise UnreadableError(f"It is no whole DOCX ({type(error).__name__}).") from None
    return blocks_of_html(html)


def _no_picture(_: object) -> dict[str, str]:
    return {"src": ""}


def _markdown(path: Path) -> Iterator[Block]:
    # Nested deeper than that, quotes and lists mean nothing.
    reader = MarkdownIt("commonmark", {"maxNesting": 20}).enable("table")
    return blocks_of_html(reader.render(_text(path)))


def _plain(path: Path) -> Iterator[Block]:
    return _titled(_paragraphs(_text(path), None))


def _titled(blocks: Iterator[Block]) -> Iterator[Block]:
    """The same, where a short line that ends like no sentence is a heading over what follows it."""
    level = 1
    for block in blocks:
        first, _, rest = block.text.partition("\n")
        if 0 < len(first) <= MOST_OF_TITLE and first[-1].isalnum() and not first.startswith(_ITEM):
            yield Block(first, level, done=block.done)
            level = 2
            if rest:
                yield Block(rest, done=block.done)
        else:
            yield block


def _text(path: Path) -> str:
    form = format_of(path)
    return path.read_bytes()[form.start :].decode(form.encoding, "replace")


def _paragraphs(text: str, done: float | None) -> Iterator[Block]:
    """Paragraphs of a text whose lines may be broken by a page's width, and then are joined again."""
    text = _HYPHEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    at = 0
    for paragraph in _EMPTY_LINES.split(text):
        at += len(paragraph) + 2
        lines = [line.strip() for line in paragraph.split("\n")]
        width = max(map(len, lines), default=0)
        parts: list[str] = []
        before = ""
        for line in lines:
            # A line that ends well before the others was meant to end there.
            broken = len(before) > 0.75 * width and width > 50 and before[-1:] not in ".!?:;"
            if parts:
                parts.append(" " if broken else "\n")
            if parts or line:
                parts.append(line)
            before = line
        yield Block("".join(parts), done=min(1.0, at / max(1, len(text))) if done is None else done)


def _csv(path: Path) -> Iterator[Block]:
    """Each row a block of its own, its cells with their headings; faulty ones are left out, but not all."""
    form = format_of(path)
    size = max(1, path.stat().st_size)
    with Rows(path.open("rb"), form) as rows:
        titles: list[str] | None = None
        fault, said = None, False
        for number, row in enumerate(rows, 1):
            if row.fault is not None:
                fault = fault or f"Row {number}: {row.fault}"
            if row.fault is not None or row.blank:
                continue
            cells = [cell.strip() for cell in row.cells]
            if titles is None:
                titles = cells
                continue
            said = True
            yield Block(row_of(titles, cells), alone=True, done=min(1.0, row.ends / size))
        if fault is not None and not said:
            raise UnreadableError(f"No row of it can be read. {fault}")
