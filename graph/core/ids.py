"""Global ids: the kind of an object and its number, opaque to clients."""

import base64
import re

import strawberry

from domain.core.errors import ErrorCode, Refusal
from domain.core.ids import global_id

_INNER = re.compile(r"([A-Za-z]{1,64}):([1-9]\d{0,18})")


def encode(kind: str, id: int) -> strawberry.ID:
    """The global id of an object, such as of ("Contact", 12)."""
    return strawberry.ID(global_id(kind, id))


def split(id: str, field: str = "id") -> tuple[str, int]:
    """Kind and number of a global id. Raises Refusal VALIDATION_ERROR, reason invalid_id."""
    try:
        inner = base64.b64decode(id + "=" * (-len(id) % 4), altchars=b"-_", validate=True).decode("ascii")
    except ValueError:
        inner = ""
    match = _INNER.fullmatch(inner)
    if match is None or int(match[2]) >= 2**63 or encode(match[1], int(match[2])) != id:
        raise Refusal(ErrorCode.VALIDATION_ERROR, "This is not an id of ours.", field=field, reason="invalid_id")
    return match[1], int(match[2])


def decode(id: str, kind: str, field: str = "id") -> int:
    """The number in a global id of this kind. Raises Refusal VALIDATION_ERROR, reason invalid_id or wrong_type."""
    found, number = split(id, field)
    if found != kind:
        raise Refusal(
            ErrorCode.VALIDATION_ERROR,
            f"This is the id of a {found}, not of a {kind}.",
            field=field,
            reason="wrong_type",
        )
    return number
