"""Who is calling: from the headers of a request, or the first message of a socket."""

import re
import uuid
from collections.abc import Mapping
from typing import Any

import structlog
from starlette.requests import HTTPConnection

from domain import accounts
from domain.core.access import Viewer
from domain.core.errors import ErrorCode, Refusal
from graph.core.context import Context

_NAME = re.compile(r"[_A-Za-z]\w{0,99}", re.ASCII)
_REQUEST_ID = re.compile(r"[\w.:-]{1,64}", re.ASCII)


async def context_of(connection: HTTPConnection) -> Context:
    """The context of a request. Bad credentials make the caller anonymous, so that signing in still works.

    Raises Refusal where too many tokens were guessed.
    """
    context = Context(stranger_of(connection), request_id_of(connection))
    try:
        context.viewer = await _viewer(connection.headers, context.viewer)
    except Refusal as refusal:
        if refusal.code is ErrorCode.RATE_LIMIT_EXCEEDED:
            raise
        structlog.contextvars.bind_contextvars(credentials=str(refusal))
    return context


async def signed_in(params: Mapping[str, Any], stranger: Viewer) -> Viewer:
    """The caller named by a socket's first message, whose keys are as headers. Raises Refusal without credentials."""
    viewer = await _viewer({key.lower(): value for key, value in params.items() if isinstance(value, str)}, stranger)
    if not viewer.known:
        raise Refusal(ErrorCode.AUTHENTICATION_ERROR, "A socket needs credentials in its first message.")
    return viewer


async def _viewer(headers: Mapping[str, str], stranger: Viewer) -> Viewer:
    origin: dict[str, Any] = {"ip_address": stranger.ip_address, "user_agent": stranger.user_agent}
    if authorization := headers.get("authorization"):
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise Refusal(ErrorCode.AUTHENTICATION_ERROR, "Authorization must be: Bearer, a space, and a token.")
        return await accounts.authenticate(token.strip(), **origin)
    if admin := headers.get("x-admin-token"):
        return await accounts.authenticate_admin(admin, **origin)
    return stranger


def stranger_of(connection: HTTPConnection) -> Viewer:
    """A caller before they have shown anything."""
    return Viewer(
        ip_address=connection.client.host if connection.client else "",
        user_agent=connection.headers.get("user-agent"),
    )


def request_id_of(connection: HTTPConnection) -> str:
    """The id of a request: what the caller gave it in X-Request-ID, or a new one; the same each time it is asked."""
    state: dict[str, Any] = connection.scope.setdefault("state", {})
    if "request_id" not in state:
        given = connection.headers.get("x-request-id", "")
        state["request_id"] = given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
    return state["request_id"]


def operation_of(name: str | None) -> str | None:
    """An operation in the log: its name, where it can be one and is no longer than names are."""
    return name if name is None or _NAME.fullmatch(name) else "…"


def name_of(viewer: Viewer) -> str:
    """A caller in the log."""
    if viewer.token_id is not None:
        return f"token:{viewer.token_id}"
    if viewer.user_id is not None:
        return f"user:{viewer.user_id}"
    return "admin-token" if viewer.known else "anonymous"
