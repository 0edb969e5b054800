"""Words as people mean them, however they write them."""

import unicodedata


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
