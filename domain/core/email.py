"""Email addresses: a shape that can be written to, no more; only a letter would prove more."""

import re

from domain.core.errors import ErrorCode, Refusal, text

MOST = 254
_SHAPE = re.compile(r"[^@\s\"(),:;<>\[\\\]]{1,64}@(?:[^@\s\"(),:;<>\[\\\].]{1,63}\.)+[^@\s\"(),:;<>\[\\\].]{2,63}")


def parse_email(value: str | None, field: str = "email") -> str:
    """The address, trimmed. Raises Refusal VALIDATION_ERROR, reason required, too_long or invalid_format."""
    address = text(value or "", field, most=MOST)
    if not _SHAPE.fullmatch(address):
        raise Refusal(
            ErrorCode.VALIDATION_ERROR,
            "This is not an email address, such as ana@example.com.",
            field=field,
            reason="invalid_format",
            providedValue=address[:100],
        )
    return address
