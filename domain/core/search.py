"""Searching: the words of a caller as a pattern of SQL, or as conditions of the full-text search."""

from domain.core.errors import optional_text

MOST = 200

# PostgreSQL would take AB-12, hello.where and a/b for a negative number, a host and a path: words are what stands
# between signs (as in the index of migration 0005).
_PLAIN = f"translate({{}}, '-/.:_@+<>&%~?=#', '{' ' * 15}')"
_ALL_OF = "to_tsvector('simple', {column}) @@ (nullif(plainto_tsquery('simple', {words})::text, '') || ':*')::tsquery"


def contains(words: str | None, field: str = "search") -> str | None:
    """The pattern for ILIKE of what contains the words as they are (% and _ mean themselves); None of none."""
    plain = words_of(words, field)
    return plain and "%" + plain.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_") + "%"


def words_of(words: str | None, field: str = "search") -> str | None:
    """The words for `has_words`; None of none."""
    return optional_text(words, field, most=MOST)


def has_words(column: str, place: str) -> str:
    """A text has all of the words that stand at a placeholder, in any order; the last may be the beginning of one."""
    return _ALL_OF.format(column=_PLAIN.format(column), words=_PLAIN.format(place))


def has_words_at_once(column: str, place: str) -> str:
    """The same where no index helps: every word stands in the text as it is, which is ten times faster to see."""
    words = f"unnest(tsvector_to_array(to_tsvector('simple', {_PLAIN.format(place)})))"
    patterns = f"ARRAY(SELECT '%' || word || '%' FROM {words} AS word)"
    return f"lower({column}) LIKE ALL ({patterns}) AND {has_words(column, place)}"
