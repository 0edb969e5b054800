"""JSON from elsewhere: what is not there, or not what it should be, is nothing."""

import json
import math
from datetime import UTC, datetime
from typing import Any, cast

import orjson

from domain.core.words import is_seen, unturned

Json = dict[str, Any]

MOST_CHARACTERS = 65_536
"""Of what is kept of one text, or of one message raw; WhatsApp's own limit for texts is 4,096."""
_DEEPEST = 32


def parse(body: bytes) -> Any:
    """JSON, also with lone surrogates, which some send for half an emoji. Raises ValueError or RecursionError."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return json.loads(body)


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
    return _storable(str(value)).strip()[:most].rstrip() or None


def called(value: Any, most: int) -> str | None:
    """What somebody or a file is called: such a text without marks that turn round what is shown beside it; None where
    there is nothing of it to see."""
    found = unturned(word(value, most) or "").strip()
    return found if is_seen(found) else None


def digits(value: Any) -> str | None:
    """A phone as WhatsApp writes it, 5 to 20 digits, perhaps with a plus; anything else is none."""
    text = (word(value, 22) or "").removeprefix("+")
    return text if text.isascii() and text.isdecimal() and 5 <= len(text) <= 20 else None


def number(value: Any) -> float | None:
    """A finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    return found if math.isfinite(found) else None


def moment(value: Any, received: datetime) -> datetime:
    """When something happened, from seconds; what is unreadable or yet to come is when it was received."""
    if isinstance(value, str | int) and str(value).isascii() and str(value).isdecimal() and len(str(value)) <= 10:
        return min(datetime.fromtimestamp(int(value), UTC), received)
    return received


def is_moment(value: Any, received: datetime) -> bool:
    """Whether these are seconds, of a time that has come by our clock or by one that is an hour fast."""
    if not isinstance(value, str | int) or not str(value).isascii() or not str(value).isdecimal():
        return False
    return len(str(value)) <= 10 and int(value) <= received.timestamp() + 3600


def kept(value: Any) -> Any:
    """JSON as it came, as far as PostgreSQL and GraphQL can hold it; as a cut text where it is over 64 KB."""
    clean = _clean(value, 0)
    text = orjson.dumps(clean)
    return clean if len(text) <= MOST_CHARACTERS else text[:MOST_CHARACTERS].decode("utf-8", "ignore")


def _clean(value: Any, depth: int) -> Any:
    match value:
        case str():
            return _storable(value)
        case None | bool():
            return value
        case int():
            return value if abs(value) < 2**53 else str(value)
        case float():
            return value if math.isfinite(value) else None
        case list() if depth < _DEEPEST:
            return [_clean(item, depth + 1) for item in cast("list[Any]", value)]
        case dict() if depth < _DEEPEST:
            return {_storable(name): _clean(item, depth + 1) for name, item in cast("Json", value).items()}
        case _:
            return "…"


def _storable(text: str) -> str:
    return text.replace("\0", "").encode("utf-8", "replace").decode()
