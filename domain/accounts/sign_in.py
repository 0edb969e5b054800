"""Signing in and out: sessions, and the tokens that grow from them."""

from dataclasses import dataclass, replace

from db.accounts import Role, User
from db.core import connect
from db.core.settings import get_settings
from db.core.transaction import transaction
from domain import audit, settings
from domain.accounts import attempts
from domain.accounts.callers import origin
from domain.accounts.sessions import MOST_SESSIONS
from domain.accounts.users import add_user, check_values, note_user, with_email
from domain.core.access import Viewer, public
from domain.core.errors import ErrorCode, Refusal
from domain.core.passwords import hash_password, is_password
from domain.core.tokens import digest, may_be_refresh, new_refresh, session_of, sign_access

# A client whose answer got lost may show its token again: for 10 s that is refused and no more. Later it is theft.
_SPEND = """
UPDATE refresh_token r SET spent_at = now()
FROM user_session s JOIN user_account u ON u.id = s.user_id
WHERE r.digest = $1 AND r.spent_at IS NULL AND s.id = r.session_id AND s.ended_at IS NULL AND s.expires_at > now()
  AND u.active
RETURNING s.id, s.user_id
"""
_END_STOLEN = """
UPDATE user_session s SET ended_at = now() FROM refresh_token r
WHERE r.digest = $1 AND r.spent_at < now() - interval '10 s' AND s.id = r.session_id AND s.ended_at IS NULL
RETURNING s.id
"""
_END = """
UPDATE user_session s SET ended_at = now() FROM refresh_token r
WHERE r.digest = $1 AND s.id = r.session_id AND s.ended_at IS NULL AND s.expires_at > now() RETURNING s.id, s.user_id
"""
_SIGN_IN = """
UPDATE user_account SET last_login_at = now() WHERE id = $1 AND active AND password_hash = $2 RETURNING last_login_at
"""
_END_UNUSED = """
UPDATE user_session SET ended_at = now() WHERE id IN (
  SELECT id FROM user_session WHERE user_id = $1 AND ended_at IS NULL AND expires_at > now()
  ORDER BY last_used_at DESC, id DESC OFFSET $2
)
"""
# Whoever renews a session for ever may be a thief: it has an end of its own.
_BEGIN = """
INSERT INTO user_session (user_id, ip_address, user_agent, last_used_at, expires_at)
VALUES ($1, $2, $3, now(), now() + make_interval(days => least($4::int, $5::int))) RETURNING id
"""
_PROLONG = """
UPDATE user_session SET ip_address = $2, user_agent = $3, last_used_at = now(),
  expires_at = least(now() + make_interval(days => $4), created_at + make_interval(days => $5))
WHERE id = $1
"""


@dataclass(frozen=True, slots=True)
class AuthTokens:
    """A pair of tokens; expires_in is the life of the access token in seconds."""

    access_token: str
    refresh_token: str
    expires_in: int
    user: User
    token_type: str = "bearer"


@public
async def login(viewer: Viewer, *, email: str, password: str) -> AuthTokens:
    """Signs in. Whether the email, the password or the user's standing was wrong is not told, nor to be measured."""
    await attempts.admit(viewer, email)
    user = await with_email(email)
    try:
        right = await is_password(password, user.password_hash if user else None, address=viewer.ip_address)
    except Refusal:
        await attempts.succeeded(viewer, email)  # Too many were waiting, and nobody has looked at it.
        raise
    reason = "unknown" if user is None else "password" if not right else None if user.active else "inactive"
    if user is None or reason is not None:
        subject = None if user is None else ("User", user.id)
        await audit.note(viewer, "signInFailed", {"reason": (None, reason)}, subject=subject)
        raise _wrong()
    await attempts.succeeded(viewer, email)
    return await begin_session(viewer, user)


@public
async def register(viewer: Viewer, *, email: str, password: str, name: str) -> AuthTokens:
    """Registers a user and signs in: the first as ADMIN, later ones as VIEWER. Raises AUTHORIZATION_ERROR where closed.

    In production whoever comes first may be anyone: there the first admin comes from ADMIN_PASSWORD or
    `tidings user create`.
    """
    await attempts.admit(viewer, email)
    user = None
    if not get_settings().production and not await User.exists():
        user = await create_first_admin(viewer, email=email, password=password, name=name)
    if user is None:
        if not (await settings.read()).features.open_registration:
            raise Refusal(ErrorCode.AUTHORIZATION_ERROR, "Registration is closed: an administrator creates users.")
        user = await add_user(
            viewer, "register", email=email, password=password, name=name, role=Role.VIEWER, email_claimed=True
        )
    return await begin_session(viewer, user)


@public
async def refresh_tokens(viewer: Viewer, *, refresh_token: str) -> AuthTokens:
    """Spends a refresh token for a new pair; one that was spent before ends its session.

    Raises AUTHENTICATION_ERROR, RATE_LIMIT_EXCEEDED.
    """
    named = session_of(refresh_token)
    if named is not None:
        try:
            await attempts.renewed(named)
        except Refusal:
            # A thief who renews all the time is found out all the same.
            if await attempts.late(digest(refresh_token)):
                await _end_if_stolen(viewer, refresh_token)
            raise
    if not may_be_refresh(refresh_token):
        raise _spent()
    async with transaction():
        session = await connect.row(_SPEND, digest(refresh_token))
        if session is not None:
            if named is None:
                # Refused, the token is not spent: the transaction has not been.
                await attempts.renewed(session["id"])
            await connect.execute(_PROLONG, session["id"], *origin(viewer), *_days())
            return await _issue(await User.get(id=session["user_id"]), session["id"])
    await _end_if_stolen(viewer, refresh_token)
    raise _spent()


async def _end_if_stolen(viewer: Viewer, refresh_token: str) -> None:
    """Ends the session of a token that was spent before: two hold it, and one of them is a thief."""
    async with transaction():
        if stolen := await connect.row(_END_STOLEN, digest(refresh_token)):
            await audit.note(viewer, "refreshTokenReused", subject=("UserSession", stolen["id"]))


@public
async def logout(viewer: Viewer, *, refresh_token: str) -> bool:
    """Ends the session of any of its refresh tokens; whether it was live."""
    if not may_be_refresh(refresh_token):
        return False
    async with transaction():
        ended = await connect.row(_END, digest(refresh_token))
        if ended is not None:
            by = replace(viewer, user_id=ended["user_id"], token_id=None)
            await audit.note(by, "logout", subject=("UserSession", ended["id"]))
    return ended is not None


async def create_first_admin(viewer: Viewer, *, email: str, password: str, name: str) -> User | None:
    """The first user of an installation; None where there is one already, also when several try at once."""
    values = check_values({"email": email, "password": password, "name": name})
    hashed = await hash_password(password)
    async with transaction():
        # There is no row to lock yet. Readers go on; whoever else would write a user waits, and finds one.
        await connect.execute("LOCK TABLE user_account IN SHARE ROW EXCLUSIVE MODE")
        if await User.exists():
            return None
        user = await User.create(**values, role=Role.ADMIN, password_hash=hashed)
        await note_user(viewer, "createUser" if viewer.known else "register", user)
        return user


async def begin_session(viewer: Viewer, user: User, *, provider: str | None = None) -> AuthTokens:
    """A new session of a user who has shown who they are; beyond the most, the one unused for longest ends."""
    async with transaction():
        # Sign-ins of one user wait here for each other, and for whoever changes the password or the standing.
        user.last_login_at = await connect.value(_SIGN_IN, user.id, user.password_hash)
        if user.last_login_at is None:
            raise _wrong()
        session_id = await connect.value(_BEGIN, user.id, *origin(viewer), *_days())
        await connect.execute(_END_UNUSED, user.id, MOST_SESSIONS)
        by = replace(viewer, user_id=user.id, token_id=None)
        changes = {"provider": (None, provider)} if provider else {}
        await audit.note(by, "signIn", changes, subject=("UserSession", session_id))
        return await _issue(user, session_id)


def _days() -> tuple[int, int]:
    """How long a session lives unless it is renewed, and how long at most."""
    return get_settings().refresh_token_days, get_settings().session_days


def _wrong() -> Refusal:
    return Refusal(ErrorCode.AUTHENTICATION_ERROR, "The email or the password is wrong.")


def _spent() -> Refusal:
    return Refusal(
        ErrorCode.AUTHENTICATION_ERROR,
        "The refresh token is not valid, was used before or has expired.",
        field="refreshToken",
    )


async def _issue(user: User, session_id: int) -> AuthTokens:
    refresh_token = new_refresh(session_id)
    await connect.execute(
        "INSERT INTO refresh_token (session_id, digest) VALUES ($1, $2)", session_id, digest(refresh_token)
    )
    access_token = sign_access(user.id, user.role, session_id)
    return AuthTokens(access_token, refresh_token, get_settings().access_token_seconds, user)
