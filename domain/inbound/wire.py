"""JSON from elsewhere: what is not there, or not what it should be, is nothing."""

from typing import Any, cast

Json = dict[str, Any]


def json_object(value: Any) -> Json:
    """The object, or an empty one."""
    return cast("Json", value) if isinstance(value, dict) else {}


def json_array(value: Any) -> list[Any]:
    """The array, or an empty one."""
    return cast("list[Any]", value) if isinstance(value, list) else []


def word(value: Any, most: int) -> str | None:
    """A text that PostgreSQL can keep, trimmed and cut to `most` characters; a number as its digits; or None."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    kept = str(value).replace("\0", "").encode("utf-8", "replace").decode().strip()
    return kept[:most].rstrip() or None


def digits(value: Any) -> str | None:
    """A phone as WhatsApp writes it, 5 to 20 digits; anything else is none."""
    text = word(value, 21)
    return text if text is not None and text.isascii() and text.isdecimal() and 5 <= len(text) <= 20 else None
