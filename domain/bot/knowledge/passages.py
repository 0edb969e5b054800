"""Passages: pieces of a file that make sense alone, and are short enough to be an answer."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from domain.bot.knowledge.words import shown

AIM, MOST = 500, 900
"""Characters of a passage: paragraphs are joined up to the first, and cut where they have more than the second."""
MOST_OF_HEADING = 200
_SENTENCES = re.compile(r"(?<=[.!?…。！？।])\s+|\n")
_QUESTION = re.compile(r"^\s*(?:[QPF]\s*\d*\s*[:.)-]\s*|\d+\s*[.)]\s*)?(.{3,200}[?？؟;;])\s*$")
"""A line that asks, with what may stand before it in a list of questions."""
_ANSWER = re.compile(r"^\s*[AR]\s*\d*\s*[:.)-]\s+")


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a file in its order."""

    text: str
    level: int = 0
    """Of a heading, 1 for the highest; 0: no heading."""
    alone: bool = False
    """A row of a table: a passage of its own."""
    done: float = 0.0
    """How much of the file lies before its end, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A passage."""

    text: str
    heading: str
    """All headings that it stands under, which are searched with it."""
    done: float


@dataclass(frozen=True, slots=True)
class Found:
    """A passage that may answer."""

    passage_id: int
    file_id: int
    text: str
    score: float
    """How well it fits, 0 to 1."""


_ASKED = 7
"""The level of a question that stands over its answer: below every heading."""


def pieces(blocks: Iterable[Block]) -> Iterator[Piece]:
    """Cuts a file into passages, each with the heading right above it."""
    headings: dict[int, str] = {}
    used = False
    waiting: list[str] = []
    before = done = 0.0

    def made(texts: list[str]) -> Iterator[Piece]:
        nonlocal used, before
        path = [headings[level] for level in sorted(headings)]
        whole = "\n".join(texts)
        at = 0
        for text in _cut(whole):
            used = True
            at += len(text)
            yield Piece("\n".join([*path[-1:], text]), "\n".join(path), before + (done - before) * at / len(whole))
        before = done

    for block in _asked(blocks):
        text = shown(block.text)
        if not text:
            continue
        joined = sum(map(len, waiting)) + len(text)
        if waiting and (block.level or block.alone or joined > AIM):
            yield from made(waiting)
            waiting = []
        done = block.done
        if block.level:
            headings = {level: above for level, above in headings.items() if level < block.level}
            headings[block.level] = " ".join(text.split())[:MOST_OF_HEADING]
        elif block.alone:
            yield from made([text])
        else:
            waiting.append(text)
    if waiting:
        yield from made(waiting)
    if headings and not used:
        # A file of headings alone says what they say.
        yield Piece("\n".join(headings.values()), "", 1.0)


def _asked(blocks: Iterable[Block]) -> Iterator[Block]:
    """The same, where a line that asks stands as a heading over what follows it."""
    for block in blocks:
        if block.level or block.alone:
            yield block
            continue
        rest: list[str] = []
        for line in block.text.split("\n"):
            if (question := _QUESTION.match(line)) is not None:
                if rest:
                    yield Block("\n".join(rest), done=block.done)
                    rest = []
                yield Block(question[1], _ASKED, done=block.done)
            else:
                rest.append(_ANSWER.sub("", line))
        if rest:
            yield Block("\n".join(rest), done=block.done)


def _cut(text: str) -> Iterator[str]:
    """A text in parts of at most MOST characters, at the ends of sentences where there are any."""
    part = ""
    for sentence in _SENTENCES.split(text) if len(text) > MOST else [text]:
        rest = sentence
        while len(part) + len(rest) + 1 > MOST:
            if part:
                yield part
                part = ""
                continue
            at = rest.rfind(" ", MOST // 2, MOST)
            at = at if at > 0 else MOST
            yield rest[:at].strip()
            rest = rest[at:].strip()
        part = f"{part} {rest}".strip()
    if part:
        yield part


def row_of(titles: list[str], cells: list[str]) -> str:
    """A row of a table in words: each cell with the heading of its column; a question and its answer need none."""
    if sum(map(bool, cells)) == 2 and cells[0].endswith(("?", "？", "؟")):
        return "\n".join(filter(None, cells))
    named = [*titles, *[""] * (len(cells) - len(titles))]
    return "\n".join(f"{title}: {cell}" if title else cell for title, cell in zip(named, cells, strict=False) if cell)
