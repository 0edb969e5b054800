"""Words as they are compared: however a text was written, its words are the same. And texts as they are shown."""

import re
import unicodedata
from typing import Final

_MARKS: Final = "LMN"
"""Categories of Unicode that words are made of: letters, the marks on them, numbers."""
_LINES = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_BLANKS = re.compile(r"[^\S\n]+")
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003134f]+"
)
"""Scripts without spaces between words: Thai, Lao, Burmese, Khmer, Japanese, Chinese."""
_LIGATURES = {char: unicodedata.normalize("NFKC", chr(char)) for char in range(0xFB00, 0xFB07)}
_JOINERS = {0x200C, 0x200D}
"""They change how letters look, and belong to some scripts and to emoji."""


class _Shown(dict[int, str | int | None]):
    """What stands in a text and is not seen is taken out of it: direction marks that turn it round, zero-width spaces,
    what a terminal or PostgreSQL would not take."""

    def __missing__(self, char: int) -> str | int | None:
        category = unicodedata.category(chr(char))
        hidden = category in ("Cc", "Cf", "Cs", "Co", "Cn") and char not in _JOINERS
        self[char] = _LIGATURES.get(char, None if hidden else char)
        return self[char]


class _Compared(dict[int, int | str | None]):
    """Letters, marks and numbers; the rest parts words, but for what is not seen."""

    def __missing__(self, char: int) -> int | str | None:
        category = unicodedata.category(chr(char))
        self[char] = char if category[0] in _MARKS else None if category == "Cf" else " "
        return self[char]


class _Bare(dict[int, int | None]):
    """Without marks on letters."""

    def __missing__(self, char: int) -> int | None:
        self[char] = None if unicodedata.category(chr(char)) == "Mn" else char
        return self[char]


_shown = _Shown({10: 10, 9: " "})
_compared = _Compared()
_bare = _Bare()


def shown(text: str) -> str:
    """A text as it may be shown to anybody: nothing hidden in it, no blanks in a row."""
    plain = unicodedata.normalize("NFC", _LINES.sub("\n", text)).translate(_shown)
    return "\n".join(line.strip() for line in _BLANKS.sub(" ", plain).split("\n")).strip()


def words(text: str) -> list[str]:
    """Its words in lower case, marks kept, since stems hang on them."""
    return unicodedata.normalize("NFKC", text).casefold().translate(_compared).split()


def bare(word: str) -> str:
    """A word without marks, and in pairs of characters where its script has no spaces: both sides are cut alike."""
    plain = unicodedata.normalize("NFKD", word).translate(_bare)
    return _UNSPACED.sub(_pairs, plain).strip() or word


def _pairs(found: re.Match[str]) -> str:
    run = found[0]
    pairs = [run[at : at + 2] for at in range(len(run) - 1)] or [run]
    return f" {' '.join(pairs)} "
