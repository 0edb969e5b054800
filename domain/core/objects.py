"""Objects that callers keep with things of ours: any JSON, within bounds."""

from typing import Any, cast

import orjson

from domain.core.errors import ErrorCode, Refusal

MOST_BYTES = 16 * 1024
"""Of one object, as JSON."""


def check_object(value: Any, field: str) -> dict[str, Any] | None:
    """An object that can be stored, or nothing."""

    def wrong(message: str, reason: str) -> Refusal:
        return Refusal(ErrorCode.VALIDATION_ERROR, message, field=field, reason=reason)

    if value is None:
        return None
    if not isinstance(value, dict):
        raise wrong("This must be an object.", "not_an_object")
    try:
        written = orjson.dumps(value)
    except orjson.JSONEncodeError:
        written = b"\\u0000"
    if b"\\u0000" in written:
        raise wrong("Null characters and halves of emoji cannot be kept.", "invalid_characters")
    if len(written) > MOST_BYTES:
        raise wrong(f"This has {len(written)} bytes as JSON; {MOST_BYTES} are allowed.", "too_long")
    return cast("dict[str, Any]", value)
