"""Bodies on their way in: strangers send them too, and nobody knows what one is worth before all of it has come."""

import asyncio
import math
from collections import Counter
from dataclasses import dataclass, field

from starlette.requests import Request

MEBIBYTE = 1024 * 1024
BODY_SECONDS = 30.0
"""Seconds that a request may take to arrive."""
STEP, WITHIN = 128 * 1024, 0.25
"""Bytes more in so many seconds: a body that brings less is slow."""


class Crowded(Exception):
    """The room of a body that came slowly is needed for others."""


class TooLarge(Exception):
    """A body has more bytes than it may."""


@dataclass(slots=True, eq=False)
class _Body:
    owner: str
    deadline: asyncio.Timeout
    size: int = 0
    due: int = 0
    """Size at which it has come a step further."""
    moved: float = 0.0
    """When it last had, by the loop's clock."""
    given_up: bool = False


@dataclass(slots=True)
class Room:
    """Bytes of bodies that are being read: so many of one owner, and in all.

    Where they do not fit those are given up that have come no further for longest. So who sends slowly holds room for
    as long as nobody needs it, and who sends at once gets through, however many others begin and never end. Where none
    is slow the newest is given up: least of it is lost, and the others come to their ends. A body that has not begun to
    come holds nothing, and one that comes in one piece gets through.
    """

    each: int
    whole: int
    _held: int = 0
    _by_owner: Counter[str] = field(default_factory=Counter[str])
    _bodies: dict[_Body, None] = field(default_factory=dict["_Body", None])
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
                    if not chunk:  # of those that were given up, too, for all of it is here
                        continue
                    if body.given_up:
                        raise Crowded
                    content += chunk
                    if len(content) > most:
                        raise TooLarge
                    self._take(body, len(chunk))
        except TimeoutError:
            if body.given_up:
                raise Crowded from None
            raise
        finally:
            self._leave(body)
        return bytes(content)

    def _take(self, body: _Body, size: int) -> None:
        now = asyncio.get_running_loop().time()
        self._bodies[body] = None
        body.size += size
        self._held += size
        self._by_owner[body.owner] += size
        if body.size >= body.due:
            body.due, body.moved = body.size + STEP, now
        if self._by_owner[body.owner] > self.each or self._held > self.whole:
            self._make_room(body.owner, now)

    def _make_room(self, owner: str, now: float) -> None:
        newest_first = reversed(self._bodies)
        slowest_first = sorted(newest_first, key=lambda body: body.moved if now - body.moved > WITHIN else math.inf)
        for body in slowest_first:
            if body.owner == owner and self._by_owner[owner] > self.each:
                self._give_up(body)
        for body in slowest_first:
            if self._held > self.whole:
                self._give_up(body)

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
