"""Lists as CSV, by signed links: whoever has one reads the whole list, as it is then, until the link ends, or until the
one who was given it may not read it any more.

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
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import orjson

from db.accounts import Role
from db.core.settings import get_settings
from domain.core.access import Access, Viewer, access_of
from domain.core.errors import ErrorCode, Refusal
from domain.core.secrets import derived_key, is_signed

Rows: TypeAlias = AsyncIterator[Sequence[object]]

SECONDS = 3600
"""How long a link is good."""
_FORMULA = re.compile(r"(?:^|(?<=[;\t\r\n]))(?=[=+\-@\t\r\uff1d\uff0b\uff0d\uff20])")
"""Where formulas begin (https://owasp.org/www-community/attacks/CSV_Injection)."""
_NUMBER = re.compile(r"\+[0-9]{7,15}")
_LINKS = "links to lists"
_BLOCK = 65_536
"""Characters that are sent at once."""
_BOM = "\ufeff"
"""Without it Excel does not take a CSV for UTF-8."""

_lists: dict[str, tuple[Access, Callable[..., Rows]]] = {}


def exported(name: str, by: Callable[..., object]) -> Callable[[Callable[..., Rows]], Callable[..., Rows]]:
    """Lets a list be linked to, under the access rule of the function that gives its links.

    It yields its header, then its rows; its arguments must fit into JSON.
    """

    def register(rows: Callable[..., Rows]) -> Callable[..., Rows]:
        _lists[name] = access_of(by), rows
        return rows

    return register


def link(viewer: Viewer, name: str, **given: Any) -> str:
    """Where to read a list: signed, so that whoever has it needs no credentials. It names who was given it."""
    by = [viewer.user_id, viewer.session_id, viewer.token_id]
    written = orjson.dumps({"list": name, "ends": int(time.time()) + SECONDS, "by": by, "given": given})
    return f"{get_settings().own_url}/csv/{_text(written)}.{_text(hmac.digest(derived_key(_LINKS), written, 'sha256'))}"


@dataclass(frozen=True, slots=True)
class Export:
    """What a link leads to."""

    name: str
    """Of the list."""
    by: Viewer
    """Who was given the link, to be looked at again: a session or token that may have ended."""
    access: Access
    """What is asked of them."""
    given: Mapping[str, Any]
    content: AsyncGenerator[bytes]


def opened(token: str) -> Export:
    """What a link leads to. Raises Refusal AUTHORIZATION_ERROR."""
    try:
        written, signature = (base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in token.split("."))
    except ValueError:
        written = signature = b""
    genuine = is_signed(_LINKS, written, signature)
    asked: dict[str, Any] = orjson.loads(written) if genuine else {}
    if asked.get("ends", 0) < time.time():
        raise Refusal(ErrorCode.AUTHORIZATION_ERROR, "This link is not good, or not any more.")
    name, given, (user_id, session_id, token_id) = asked["list"], asked["given"], asked["by"]
    # Users and their tokens have a name; a link without one was given to ADMIN_TOKEN.
    nobodys = user_id is None
    role = Role.ADMIN if nobodys else None
    access, rows = _lists[name]
    by = Viewer(user_id=user_id, role=role, session_id=session_id, token_id=token_id, admin_token=nobodys)
    return Export(name, by, access, given, _written(rows(**given)))


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


def _text(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")
