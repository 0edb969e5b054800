"""What goes around every request: its id, its line in the log, and the headers that keep browsers careful."""

import time

import structlog
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from db.core.settings import get_settings
from domain.core import traffic
from domain.core.errors import ErrorCode
from graph.core.callers import request_id_of

log = structlog.get_logger()

_HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
}
_QUIET = ("/webhook", "/v1/webhooks/", "/health", "/api/v1/health", "/v1/health", "/metrics", "/static/", "/docs/")
"""Where a request that went well is written at DEBUG only: its line would cost more than a webhook's insert does, and
the journal keeps every webhook anyway."""
_HSTS = "max-age=31536000; includeSubDomains"


class Requests:
    """Gives each request an id, answers it in X-Request-ID, and writes one line when the request is done.

    The endpoint adds caller, operation and codes to that line by structlog's context.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        request_id, started, status = request_id_of(HTTPConnection(scope)), time.perf_counter(), 0
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _add_headers(message, request_id)
            elif message["type"] == "websocket.close":
                status = message.get("code", 1000)
            await send(message)

        try:
            await self.app(scope, receive, sending)
        finally:
            milliseconds = (time.perf_counter() - started) * 1000
            if scope["type"] == "http":
                codes: list[str] = structlog.contextvars.get_contextvars().get("codes", [])
                traffic.note(milliseconds, scope["path"], status, failed=ErrorCode.INTERNAL_ERROR in codes)
            write = log.debug if scope["path"].startswith(_QUIET) and status < 400 else log.info
            write(
                "request" if scope["type"] == "http" else "socket",
                method=scope.get("method"),
                path=_shown(scope["path"]),
                status=status,
                ms=round(milliseconds, 1),
            )


MOST_SHOWN = 200
"""Characters of a path in the log: strangers choose it, and whoever fills the log washes away what it told."""


def _shown(path: str) -> str:
    """A path in the log: whoever has a link to a list reads it."""
    if path.startswith("/csv/"):
        return "/csv/…"
    # What a terminal would obey is none of a path's letters.
    return "".join(letter if letter.isprintable() else "�" for letter in path[:MOST_SHOWN])


def _add_headers(message: Message, request_id: str) -> None:
    headers = MutableHeaders(scope=message)
    headers["x-request-id"] = request_id
    for name, value in _HEADERS.items():
        headers.setdefault(name, value)
    if get_settings().production:
        headers["strict-transport-security"] = _HSTS
