"""Sessions: the sign-ins that are still good."""

from collections import defaultdict

from tortoise.expressions import RawSQL

from db.accounts import Role, Scope, UserSession
from db.core import connect
from db.core.transaction import transaction
from domain import audit
from domain.core.access import Viewer, allow
from domain.core.errors import not_found

_END = "UPDATE user_session SET ended_at = now() WHERE id = $1 AND ended_at IS NULL"
MOST_SESSIONS = 50
"""Live sessions of one user; lists of them are shown whole."""


def manages(viewer: Viewer, user_id: int) -> bool:
    """Whether a caller sees and ends the sessions and tokens of a user: their own, or anyone's with ADMIN."""
    return (
        (viewer.role is Role.ADMIN or viewer.user_id == user_id)
        and (viewer.scopes is None or Scope.ADMIN in viewer.scopes)
        and viewer.sender_id is None
    )


@allow()
async def sessions_of(viewer: Viewer, user_ids: list[int]) -> list[list[UserSession]]:
    """The live sessions of each user, last used first; none where the caller may not see them."""
    found: dict[int, list[UserSession]] = defaultdict(list)
    seen = [id for id in user_ids if manages(viewer, id)]
    for session in await UserSession.filter(id__in=await _live(seen)).order_by("-last_used_at", "-id"):
        found[session.user_id].append(session)
    return [found[id] for id in user_ids]


@allow()
async def sessions_by_ids(viewer: Viewer, ids: list[int]) -> list[UserSession | None]:
    """Live sessions that the caller may see."""
    live = UserSession.filter(id__in=ids, ended_at=None, expires_at__gt=RawSQL("now()"))
    found = {session.id: session for session in await live if manages(viewer, session.user_id)}
    return [found.get(id) for id in ids]


@allow()
async def get_session(viewer: Viewer, session_id: int) -> UserSession:
    return await _managed(viewer, session_id)


@allow(scope=Scope.ADMIN, bound=False)
async def delete_user_session(viewer: Viewer, session_id: int) -> int:
    """Ends a session of the caller's own, or of anyone for ADMIN."""
    session = await _managed(viewer, session_id)
    async with transaction():
        if await connect.execute(_END, session.id):
            await audit.note(viewer, "deleteUserSession", subject=("UserSession", session_id))
    return session_id


async def end_sessions(user_id: int, *, but: int | None) -> None:
    """Ends the sessions of a user, but for one."""
    await connect.execute(
        "UPDATE user_session SET ended_at = now() WHERE user_id = $1 AND ended_at IS NULL AND id IS DISTINCT FROM $2",
        user_id,
        but,
    )


async def forget_ended() -> None:
    """Deletes sessions a week after they ended or ran out, with all their refresh tokens, thousands at a time."""
    await connect.execute(
        "DELETE FROM user_session WHERE id = ANY(ARRAY(SELECT id FROM user_session"
        " WHERE least(ended_at, expires_at) < now() - interval '7 days' LIMIT 5000))"
    )


async def _managed(viewer: Viewer, session_id: int) -> UserSession:
    session = await UserSession.get_or_none(id=session_id)
    if session is None or not manages(viewer, session.user_id) or session_id not in await _live([session.user_id]):
        raise not_found("session")
    return session


async def _live(user_ids: list[int]) -> list[int]:
    """Ids of the sessions of users that have neither ended nor run out, by the database's clock."""
    live = await connect.rows(
        "SELECT id FROM user_session WHERE user_id = ANY($1) AND ended_at IS NULL AND expires_at > now()", user_ids
    )
    return [row["id"] for row in live]
