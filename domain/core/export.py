"""Lists as CSV, by signed links: whoever has one reads the whole list, as it is then, until the link ends.

What a spreadsheet would take for a formula has an apostrophe before it, at the beginning of a cell and behind what
separates cells elsewhere in the world. Phone numbers in E.164 stay as they are: a spreadsheet makes a number of
+15550100, nothing that runs, and they can be imported again.
"""

import base64
import csv
import hmac
import io
import re
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from functools import cache
from typing import Any, TypeAlias

import orjson

from db.core.settings import get_settings
from domain.core.errors import ErrorCode, Refusal
from domain.core.secrets import derived_key

Rows: TypeAlias = AsyncIterator[Sequence[object]]

SECONDS = 3600
"""How long a link is good."""
_FORMULA = re.compile(r"(?:^|(?<=[;\t\r\n]))(?=[=+\-@\t\r\uff1d\uff0b\uff0d\uff20])")
"""Where formulas begin (https://owasp.org/www-community/attacks/CSV_Injection)."""
_NUMBER = re.compile(r"\+[0-9]{7,15}")
_BLOCK = 65_536
"""Characters that are sent at once."""
_BOM = "\ufeff"
"""Without it Excel does not take a CSV for UTF-8."""

_lists: dict[str, Callable[..., Rows]] = {}


def exported(name: str) -> Callable[[Callable[..., Rows]], Callable[..., Rows]]:
    """Lets a list be linked to. It yields its header, then its rows; its arguments must fit into JSON."""

    def register(rows: Callable[..., Rows]) -> Callable[..., Rows]:
        _lists[name] = rows
        return rows

    return register


def link(name: str, **given: Any) -> str:
    """Where to read a list: signed, so that whoever has it needs no credentials."""
    written = orjson.dumps({"list": name, "ends": int(time.time()) + SECONDS, "given": given})
    return f"{get_settings().own_url}/csv/{_text(written)}.{_text(_signature(written))}"


def opened(token: str) -> tuple[str, AsyncGenerator[bytes]]:
    """The name of the list that a link leads to, and the bytes of its CSV. Raises Refusal."""
    try:
        written, signature = (base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in token.split("."))
    except ValueError:
        written = signature = b""
    genuine = hmac.compare_digest(signature, _signature(written))
    asked: dict[str, Any] = orjson.loads(written) if genuine else {}
    if asked.get("ends", 0) < time.time():
        raise Refusal(ErrorCode.AUTHORIZATION_ERROR, "This link is not good, or not any more.")
    return asked["list"], _written(_lists[asked["list"]](**asked["given"]))


async def _written(rows: Rows) -> AsyncGenerator[bytes]:
    block = io.StringIO(_BOM)
    block.seek(0, io.SEEK_END)
    writer = csv.writer(block)
    async for row in rows:
        writer.writerow([_safe(cell) for cell in row])
        if block.tell() >= _BLOCK:
            yield block.getvalue().encode()
            block.seek(0)
            block.truncate()
    yield block.getvalue().encode()


def _safe(cell: object) -> str:
    written = "" if cell is None else str(cell)
    return written if _NUMBER.fullmatch(written) else _FORMULA.sub("'", written)


def _signature(written: bytes) -> bytes:
    return hmac.digest(_key(), written, "sha256")


@cache
def _key() -> bytes:
    return derived_key("links to lists")


def _text(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")
