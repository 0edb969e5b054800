"""Operators: whoever is at an address of HEALTH_ADDRESSES, or shows an ADMIN token."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from hashlib import sha256

import orjson
from starlette.requests import Request
from starlette.responses import Response

from db.core.connect import TRANSIENT
from domain import health
from domain.core.access import Viewer
from domain.core.errors import ErrorCode, Refusal
from graph.core.callers import context_of, stranger_of
from graph.core.errors import unexpected

REMEMBERED_SECONDS = 3600.0
_let_in: dict[bytes, tuple[Viewer, float]] = {}
"""Who was let in by what they showed, and until when that is good while the database cannot be asked."""
_STATUS = {
    ErrorCode.AUTHENTICATION_ERROR: 401,
    ErrorCode.RATE_LIMIT_EXCEEDED: 429,
    ErrorCode.EXTERNAL_SERVICE_ERROR: 503,
}


def for_operators(tell: Callable[[Viewer], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """What is told to operators alone; others are told why not."""

    async def answer(request: Request) -> Response:
        try:
            return await tell(await _operator(request))
        except Refusal as error:
            refusal = error
        except TRANSIENT as error:
            refusal = unexpected(error)
        content = orjson.dumps({"detail": refusal.message})
        return Response(content, _STATUS.get(refusal.code, 403), media_type="application/json")

    return answer


async def caller_of(request: Request) -> Viewer:
    """Who asks where strangers may, too; whoever cannot be looked up is one."""
    try:
        return await _operator(request)
    except (Refusal, *TRANSIENT):
        return stranger_of(request)


async def _operator(request: Request) -> Viewer:
    """Who asks. Raises Refusal.

    Monitors are to hear of a database that is away: whoever was let in within the last hour is let in meanwhile.
    """
    viewer = stranger_of(request)
    if health.is_near(viewer):
        return viewer
    shown = sha256(repr([request.headers.get(name) for name in ("authorization", "x-admin-token")]).encode()).digest()
    now = time.monotonic()
    try:
        async with asyncio.timeout(health.PROBE_SECONDS):
            viewer = (await context_of(request)).viewer
    except TRANSIENT:
        viewer, until = _let_in.get(shown, (viewer, 0.0))
        if until < now:
            raise
    for known in [known for known, (_, until) in _let_in.items() if known == shown or until < now]:
        del _let_in[known]
    health.check_operator(viewer)
    _let_in[shown] = viewer, now + REMEMBERED_SECONDS
    return viewer
