"""Callers: whose token this is, and whether it still holds."""

import hmac
import time
from collections.abc import Iterable
from dataclasses import replace

from asyncpg import Record

from db.accounts import Role, Scope
from db.core import connect
from db.core.settings import get_settings
from domain.accounts import attempts, guesses
from domain.core.access import Viewer
from domain.core.errors import ErrorCode, Refusal
from domain.core.tokens import InvalidTokenError, digest, read_access

API_TOKEN_PREFIX = "tdg_"

_SESSIONS = """
SELECT s.id, s.user_id, u.role, s.last_used_at < now() - interval '1 minute' AS stale
FROM user_session s JOIN user_account u ON u.id = s.user_id
WHERE s.id = ANY($1::bigint[]) AND s.ended_at IS NULL AND s.expires_at > now() AND u.active
"""

_API_TOKENS = """
SELECT t.id, t.user_id, t.sender_id, t.scopes, t.expires_at, u.role,
       coalesce(t.last_used_at < now() - interval '1 minute', true) AS stale
FROM api_token t JOIN user_account u ON u.id = t.user_id LEFT JOIN sender s ON s.id = t.sender_id
WHERE {} AND u.active AND (t.expires_at IS NULL OR t.expires_at > now()) AND s.deleted_at IS NULL
"""


async def authenticate(token: str, *, ip_address: str = "", user_agent: str | None = None) -> Viewer:
    """The caller who shows this token, with the role they have now. Raises Refusal AUTHENTICATION_ERROR."""
    caller = Viewer(ip_address=ip_address, user_agent=user_agent)
    found = await (_by_api_token if token.startswith(API_TOKEN_PREFIX) else _by_access_token)(caller, token)
    if found is None:
        raise Refusal(ErrorCode.AUTHENTICATION_ERROR, "The token is not valid, has expired or was revoked.")
    return found


async def authenticate_admin(token: str, *, ip_address: str = "", user_agent: str | None = None) -> Viewer:
    """The caller who shows this in X-Admin-Token: ADMIN_TOKEN, or an API token of scope ADMIN. Raises Refusal."""
    configured = get_settings().admin_token.get_secret_value().encode()
    if configured and hmac.compare_digest(token.encode("utf-8", "surrogatepass"), configured):
        return Viewer(role=Role.ADMIN, admin_token=True, ip_address=ip_address, user_agent=user_agent)
    try:
        viewer = await authenticate(token, ip_address=ip_address, user_agent=user_agent)
    except Refusal:
        await attempts.refused(Viewer(ip_address=ip_address, user_agent=user_agent), "wrong_admin_token")
        raise
    if viewer.scopes is None or Scope.ADMIN not in viewer.scopes:
        raise Refusal(ErrorCode.AUTHORIZATION_ERROR, "X-Admin-Token takes only API tokens of scope ADMIN.")
    return viewer


async def recheck(viewer: Viewer) -> Viewer | None:
    """The same caller as they are now; None once they are signed out, switched off, expired or revoked."""
    return (await recheck_all([viewer]))[viewer]


async def recheck_all(viewers: Iterable[Viewer]) -> dict[Viewer, Viewer | None]:
    """The same for many, in two statements."""
    asked = list(viewers)
    sessions = await _found(_SESSIONS, {viewer.session_id for viewer in asked})
    tokens = await _found(_API_TOKENS.format("t.id = ANY($1::bigint[])"), {viewer.token_id for viewer in asked})
    return {viewer: _now(viewer, sessions, tokens) for viewer in asked}


async def _found(sql: str, ids: set[int | None]) -> dict[int, Record]:
    wanted = [id for id in ids if id is not None]
    return {row["id"]: row for row in await connect.rows(sql, wanted)} if wanted else {}


def _now(viewer: Viewer, sessions: dict[int, Record], tokens: dict[int, Record]) -> Viewer | None:
    if viewer.expires_at is not None and viewer.expires_at <= time.time():
        return None
    if viewer.session_id is not None:
        found = sessions.get(viewer.session_id)
        return replace(viewer, role=Role(found["role"])) if found else None
    if viewer.token_id is not None:
        found = tokens.get(viewer.token_id)
        return _token_bearer(viewer, found) if found else None
    return viewer


async def _by_access_token(caller: Viewer, token: str) -> Viewer | None:
    try:
        proved = read_access(token)
    except InvalidTokenError:
        return None
    found = await connect.row(_SESSIONS, [proved.session_id])
    if found is None or found["user_id"] != proved.user_id:
        return None
    if found["stale"]:
        await connect.execute(
            # Of many calls at once the first writes, and the others find it written.
            "UPDATE user_session SET last_used_at = now(), ip_address = $2, user_agent = $3"
            " WHERE id = $1 AND last_used_at < now() - interval '1 minute'",
            proved.session_id,
            *origin(caller),
        )
    return replace(
        caller,
        user_id=proved.user_id,
        session_id=proved.session_id,
        expires_at=proved.expires_at,
        role=Role(found["role"]),
    )


async def _by_api_token(caller: Viewer, token: str) -> Viewer | None:
    shown = digest(token)
    async with guesses.look(caller.ip_address, shown):
        found = await connect.row(_API_TOKENS.format("t.digest = $1"), shown)
        if found is None:
            guesses.wrong(shown)
            return None
        await guesses.right(caller.ip_address, shown)
    if found["stale"]:
        await connect.execute(
            "UPDATE api_token SET last_used_at = now()"
            " WHERE id = $1 AND coalesce(last_used_at < now() - interval '1 minute', true)",
            found["id"],
        )
    return _token_bearer(caller, found)


def _token_bearer(caller: Viewer, found: Record) -> Viewer:
    return replace(
        caller,
        user_id=found["user_id"],
        token_id=found["id"],
        sender_id=found["sender_id"],
        role=Role(found["role"]),
        scopes=frozenset(map(Scope, found["scopes"])),
        expires_at=None if found["expires_at"] is None else int(found["expires_at"].timestamp()),
    )


def origin(caller: Viewer) -> tuple[str, str | None]:
    """Address and program of a caller, as far as they fit their columns."""
    return caller.ip_address[:64], caller.user_agent[:255].replace("\0", "") if caller.user_agent else None
