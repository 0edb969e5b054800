"""Searching: the words of a caller as a pattern of SQL."""

from domain.core.errors import text

MOST = 200


def containing(words: str, field: str = "search") -> str:
    """The pattern for ILIKE that matches what contains the words as they are: % and _ mean themselves."""
    plain = text(words, field, most=MOST, least=0)
    return "%" + plain.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_") + "%"
