"""Blocks of an HTML text, such as libraries make of DOCX and Markdown. What a browser would run is left out."""

from collections.abc import Iterator
from html.parser import HTMLParser

from domain.bot.knowledge.passages import Block, row_of

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_PARTS = {"p", "li", "ul", "ol", "pre", "blockquote", "div", "section", "table", "hr", "dt", "dd", *_HEADINGS}
_UNSEEN = {"script", "style", "template", "head", "title"}


def blocks_of_html(html: str) -> Iterator[Block]:
    """Headings, paragraphs, items of lists, and rows of tables."""
    reader = _Reader()
    size = max(1, len(html))
    for at in range(0, len(html), _STEP):
        reader.feed(html[at : at + _STEP])
        done = min(1.0, (at + _STEP) / size)
        for block in reader.taken():
            yield Block(block.text, block.level, block.alone, done)
    reader.close()
    reader.end()
    yield from reader.taken()


_STEP = 65_536


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._blocks: list[Block] = []
        self._text: list[str] = []
        self._level = 0
        self._unseen = 0
        self._cells: list[str] | None = None
        self._titles: list[str] = []
        self._rows = 0
        self._heading_cells = False

    def taken(self) -> list[Block]:
        blocks, self._blocks = self._blocks, []
        return blocks

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag == "br":
            self._text.append("\n")
        elif tag == "table":
            self.end()
            self._titles, self._rows = [], 0
        elif tag == "tr":
            self.end()
            self._cells, self._heading_cells = [], False
        elif tag in ("td", "th"):
            self._heading_cells |= tag == "th"
            self._text.clear()
        elif tag in _PARTS and self._cells is None:
            self.end()
            self._level = _HEADINGS.get(tag, 0)

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        elif tag in ("td", "th") and self._cells is not None:
            self._cells.append(" ".join("".join(self._text).split()))
            self._text.clear()
        elif tag == "tr":
            self._row()
        elif tag == "table":
            if self._rows == 1 and self._titles:
                self._blocks.append(Block(row_of([], self._titles), alone=True))
            self._titles = []
        elif tag in _PARTS:
            if self._cells is None:
                self.end()
            else:
                self._text.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self._text.append(data)

    def end(self) -> None:
        """What was read so far is a block."""
        text = "".join(self._text).strip()
        self._text.clear()
        if text:
            self._blocks.append(Block(text, self._level))
        self._level = 0

    def _row(self) -> None:
        """The first row of a table names its columns, if it says so or there are more than two."""
        cells, self._cells = self._cells or [], None
        self._text.clear()
        self._rows += 1
        if self._rows == 1 and (self._heading_cells or len(cells) > 2):
            self._titles = cells
        elif len(cells) == 2 and not self._titles:
            self._blocks.append(Block(row_of(cells[:1], cells[1:]), alone=True))
        elif any(cells):
            self._blocks.append(Block(row_of(self._titles, cells), alone=True))
