"""Words as people mean them, however they write them."""

import unicodedata

_TURNING = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
"""Embeddings, overrides and isolates of Unicode's bidirectional algorithm (UAX #9, 2)."""


def plain(text: str) -> str:
    """A text without case, accents and punctuation, its words with one space between them."""
    # The Turkish ı is an i to whoever writes in capitals.
    letters = unicodedata.normalize("NFKD", text.casefold().replace("ı", "i"))
    kept = (
        " " if char.isspace() else char
        for char in letters
        if char.isspace() or unicodedata.category(char)[0] in "LN" or _is_vowel(char)
    )
    return " ".join("".join(kept).split())


def _is_vowel(char: str) -> bool:
    """Marks that are letters, as vowels in Hindi are: accents combine, these do not."""
    return unicodedata.category(char)[0] == "M" and not unicodedata.combining(char)


def unturned(text: str) -> str:
    """A text without the marks by which it is shown in another order than it is written."""
    return text.translate(_TURNING)


def is_seen(text: str) -> bool:
    """Whether there is anything in a text that can be seen: more than spaces, joiners and lone accents."""
    return any(unicodedata.category(char)[0] not in "CZM" for char in text)
