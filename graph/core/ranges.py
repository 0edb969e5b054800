"""Which bytes of a file a request wants (RFC 9110, 14.2)."""

import re

_ONE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)


class UnsatisfiableError(ValueError):
    """None of the bytes that are wanted is there."""


def span_of(header: str | None, size: int) -> tuple[int, int] | None:
    """The first byte that a Range header wants and the one after the last; None where all of them are sent.

    So they are for several ranges, which a server may do, and for units that are not known. Raises UnsatisfiableError.
    """
    found = _ONE.fullmatch("".join((header or "").split()))
    if found is None or not any(found.groups()):
        return None
    first, last = found.groups()
    start, end = (int(first), int(last or size) + 1) if first else (max(0, size - int(last)), size)
    if first and last and end <= start:
        return None
    if start >= size:
        raise UnsatisfiableError
    return start, min(end, size)
