"""Links to the bytes of a file: signed, for one way and for a time, so that whoever has one needs no credentials."""

import hmac
import time
from functools import cache
from typing import Literal

from db.core.settings import get_settings
from domain.core.secrets import derived_key

Way = Literal["GET", "PUT"]

SECONDS = 3600
"""How long a link is good."""


def link(way: Way, id: int) -> str:
    """Where to read, or to put, the bytes of a file."""
    ends = int(time.time()) + SECONDS
    return f"{get_settings().own_url}/files/{id}?expires={ends}&signature={_signature(way, id, ends)}"


def is_good(way: Way, id: int, expires: str, signature: str) -> bool:
    """Whether a link is ours, for this way and file, and not over."""
    if not (expires.isascii() and expires.isdecimal() and len(expires) <= 12):
        return False
    genuine = hmac.compare_digest(signature.encode(), _signature(way, id, int(expires)).encode())
    return genuine and time.time() < int(expires)


def _signature(way: Way, id: int, expires: int) -> str:
    return hmac.digest(_key(), f"{way} {id} {expires}".encode(), "sha256").hex()


@cache
def _key() -> bytes:
    return derived_key("links to files")
