"""Searching: the words of a caller as a pattern of SQL, or as a query of the full-text search."""

from domain.core.errors import optional_text

MOST = 200

WORDS = "to_tsvector('simple', {}) @@ (nullif(plainto_tsquery('simple', {{}})::text, '') || ':*')::tsquery"
"""A text column has all of the words, in any order; the last may be the beginning of one."""


def contains(words: str | None, field: str = "search") -> str | None:
    """The pattern for ILIKE of what contains the words as they are (% and _ mean themselves); None of none."""
    plain = optional_text(words, field, most=MOST)
    return plain and "%" + plain.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_") + "%"


def words_of(words: str | None, field: str = "search") -> str | None:
    """The words for a condition WORDS; None of none."""
    return optional_text(words, field, most=MOST)
