"""Searching: the words of a caller as a pattern of SQL."""

from domain.core.errors import optional_text

MOST = 200


def contains(words: str | None, field: str = "search") -> str | None:
    """The pattern for ILIKE of what contains the words as they are (% and _ mean themselves); None of none."""
    plain = optional_text(words, field, most=MOST)
    return plain and "%" + plain.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_") + "%"
