"""Bodies on their way in: strangers send them too, and nobody knows what one is worth before all of it has come."""

import asyncio
from collections import Counter, OrderedDict
from dataclasses import dataclass, field

from starlette.requests import Request

MEBIBYTE = 1024 * 1024
BODY_SECONDS = 30.0
"""Seconds that a request may take to arrive."""


class Crowded(Exception):
    """The room of a body that came slowly is needed for others."""


class TooLarge(Exception):
    """A body has more bytes than it may."""


@dataclass(slots=True, eq=False)
class _Body:
    owner: str
    deadline: asyncio.Timeout
    size: int = 0
    given_up: bool = False


@dataclass(slots=True)
class Room:
    """Bytes of bodies that are being read: so many of one owner, and in all.

    Where they do not fit the body that began first is given up. So who sends slowly holds room for as long as nobody
    needs it, and who sends at once gets through, however many others begin and never end. A body that has not begun to
    come holds nothing.
    """

    each: int
    whole: int
    _held: int = 0
    _by_owner: Counter[str] = field(default_factory=Counter[str])
    _bodies: OrderedDict[_Body, None] = field(default_factory=OrderedDict["_Body", None])
    """Those that began first come first."""

    async def read(self, request: Request, owner: str, most: int) -> bytes:
        """All of a body. Raises TooLarge, Crowded, TimeoutError, or Starlette's ClientDisconnect."""
        length = request.headers.get("content-length", "")
        if length.isdecimal() and int(length[:20]) > most:
            raise TooLarge
        content, body = bytearray(), _Body(owner, asyncio.timeout(BODY_SECONDS))
        try:
            async with body.deadline:
                async for chunk in request.stream():
                    content += chunk
                    if len(content) > most:
                        raise TooLarge
                    if body.given_up:
                        raise Crowded
                    if chunk:
                        self._take(body, len(chunk))
        except TimeoutError:
            if body.given_up:
                raise Crowded from None
            raise
        finally:
            self._leave(body)
        return bytes(content)

    def _take(self, body: _Body, size: int) -> None:
        self._bodies[body] = None
        body.size += size
        self._held += size
        self._by_owner[body.owner] += size
        while self._by_owner[body.owner] > self.each:
            self._give_up(next(other for other in self._bodies if other.owner == body.owner))
        while self._held > self.whole:
            self._give_up(next(iter(self._bodies)))

    def _give_up(self, body: _Body) -> None:
        self._leave(body)
        body.given_up = True
        if not body.deadline.expired():
            body.deadline.reschedule(asyncio.get_running_loop().time())

    def _leave(self, body: _Body) -> None:
        if body not in self._bodies:
            return
        del self._bodies[body]
        self._held -= body.size
        self._by_owner[body.owner] -= body.size
        if not self._by_owner[body.owner]:
            del self._by_owner[body.owner]


strangers = Room(each=16 * MEBIBYTE, whole=64 * MEBIBYTE)
"""By address: of those who have shown nothing yet, and posts whose signature is looked at when all has come."""
callers = Room(each=16 * MEBIBYTE, whole=256 * MEBIBYTE)
"""By caller: of those who are signed in, so that strangers take none of their room."""
