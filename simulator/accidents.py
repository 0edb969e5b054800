"""What goes wrong between acceptance and reply; which part of it comes first is the whole point."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from simulator.faults import Fault, Kind

_HTML = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"


@dataclass(slots=True, frozen=True)
class Accepted:
    """What a client is answered, and a way to tell the first status before that."""

    reply: web.Response
    tell_first: Callable[[], Awaitable[None]]


def _cut(request: web.Request) -> web.Response:
    """Close the connection; what is returned finds it closed and goes nowhere."""
    if request.transport is not None:
        request.transport.close()
    return web.Response()


def _bad_gateway() -> web.Response:
    return web.Response(text=_HTML, status=502, content_type="text/html")


async def befall(
    request: web.Request, fault: Fault, slow_seconds: float, accept: Callable[[], Accepted]
) -> web.StreamResponse:
    """Answer a send that `fault` befalls. Refusals are the caller's, who knows their words."""
    match fault.kind:
        case Kind.CUT_BEFORE_ACCEPT:
            await asyncio.sleep(fault.seconds)
            return _cut(request)
        case Kind.BAD_GATEWAY:
            return _bad_gateway()
        case Kind.SLOW:
            await asyncio.sleep(fault.seconds or slow_seconds)
        case _:
            pass
    accepted = accept()
    reply = accepted.reply
    match fault.kind:
        case Kind.STATUS_FIRST:
            await accepted.tell_first()
        case Kind.CUT_AFTER_ACCEPT:
            await asyncio.sleep(fault.seconds)
            return _cut(request)
        case Kind.BAD_GATEWAY_AFTER_ACCEPT:
            return _bad_gateway()
        case Kind.GARBLED if isinstance(reply.body, bytes):
            return web.Response(
                body=reply.body[: len(reply.body) // 2], status=reply.status, content_type="application/json"
            )
        case Kind.EMPTY:
            return web.Response(status=reply.status)
        case _:
            pass
    return reply
