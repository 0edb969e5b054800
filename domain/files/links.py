"""Links to the bytes of a file: signed, for one way and for a time, so that whoever has one needs no credentials."""

import hmac
import time
from typing import Literal

from db.core.settings import get_settings
from domain.core.secrets import derived_key, is_signed

Way = Literal["GET", "PUT"]

SECONDS = 3600
"""How long a link is good."""
_LINKS = "links to files"


def link(way: Way, id: int) -> str:
    """Where to read, or to put, the bytes of a file."""
    ends = int(time.time()) + SECONDS
    signature = hmac.digest(derived_key(_LINKS), _text(way, id, ends), "sha256").hex()
    return f"{get_settings().own_url}/files/{id}?expires={ends}&signature={signature}"


def is_good(way: Way, id: int, expires: str, signature: str) -> bool:
    """Whether a link is ours, for this way and file, and not over."""
    if not (expires.isascii() and expires.isdecimal() and len(expires) <= 12):
        return False
    try:
        genuine = is_signed(_LINKS, _text(way, id, int(expires)), bytes.fromhex(signature))
    except ValueError:
        return False
    return genuine and time.time() < int(expires)


def _text(way: Way, id: int, expires: int) -> bytes:
    return f"{way} {id} {expires}".encode()
