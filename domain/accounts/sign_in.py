"""Signing in and out: sessions, and the tokens that grow from them."""

from dataclasses import dataclass

from db.accounts import Role, User
from db.core import connect
from db.core.settings import get_settings
from db.core.transaction import transaction
from domain.accounts.callers import origin
from domain.accounts.users import check_values
from domain.core.access import Viewer, public
from domain.core.errors import ErrorCode, Refusal
from domain.core.passwords import hash_password, is_password
from domain.core.tokens import digest, new_secret, sign_access

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
"""
_BEGIN = """
INSERT INTO user_session (user_id, ip_address, user_agent, last_used_at, expires_at)
VALUES ($1, $2, $3, now(), now() + make_interval(days => $4)) RETURNING id
"""
_PROLONG = """
UPDATE user_session SET ip_address = $2, user_agent = $3, last_used_at = now(),
  expires_at = now() + make_interval(days => $4)
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
    user = await _by_email(email)
    right = await is_password(password, user.password_hash if user else None)
    if user is None or not right or not user.active:
        raise Refusal(ErrorCode.AUTHENTICATION_ERROR, "The email or the password is wrong.")
    return await _begin_session(viewer, user)


@public
async def register(viewer: Viewer, *, email: str, password: str, name: str) -> AuthTokens:
    """Registers the first user, who becomes ADMIN, and signs in; refused from then on, and in production always.

    There whoever comes first may be anyone: the first admin comes from ADMIN_PASSWORD or `tidings user create`.
    """
    if get_settings().production or await User.exists():
        raise _closed()
    user = await create_first_admin(email=email, password=password, name=name)
    if user is None:
        raise _closed()
    return await _begin_session(viewer, user)


@public
async def refresh_tokens(viewer: Viewer, *, refresh_token: str) -> AuthTokens:
    """Spends a refresh token for a new pair; one that was spent before ends its session."""
    async with transaction():
        session = await connect.row(_SPEND, digest(refresh_token))
        if session is not None:
            days = get_settings().refresh_token_days
            await connect.execute(_PROLONG, session["id"], *origin(viewer), days)
            return await _issue(await User.get(id=session["user_id"]), session["id"])
        await connect.execute(_END_STOLEN, digest(refresh_token))
    raise Refusal(
        ErrorCode.AUTHENTICATION_ERROR,
        "The refresh token is not valid, was used before or has expired.",
        field="refreshToken",
    )


@public
async def logout(viewer: Viewer, *, refresh_token: str) -> bool:
    """Ends the session of any of its refresh tokens; whether it was live."""
    ended = await connect.execute(
        "UPDATE user_session s SET ended_at = now() FROM refresh_token r WHERE r.digest = $1 AND s.id = r.session_id "
        "AND s.ended_at IS NULL AND s.expires_at > now()",
        digest(refresh_token),
    )
    return ended > 0


async def create_first_admin(*, email: str, password: str, name: str) -> User | None:
    """The first user of an installation; None where there is one already, also when several try at once."""
    values = check_values({"email": email, "password": password, "name": name})
    hashed = await hash_password(password)
    async with transaction():
        # There is no row to lock yet. Readers go on; whoever else would write a user waits, and finds one.
        await connect.execute("LOCK TABLE user_account IN SHARE ROW EXCLUSIVE MODE")
        if await User.exists():
            return None
        return await User.create(**values, role=Role.ADMIN, password_hash=hashed)


def _closed() -> Refusal:
    return Refusal(ErrorCode.AUTHORIZATION_ERROR, "Registration is closed: an administrator creates users.")


async def _by_email(email: str) -> User | None:
    if not email.isprintable():
        return None
    found = await connect.value("SELECT id FROM user_account WHERE lower(email) = lower($1)", email.strip())
    return await User.get_or_none(id=found) if found else None


async def _begin_session(viewer: Viewer, user: User) -> AuthTokens:
    async with transaction():
        session_id = await connect.value(_BEGIN, user.id, *origin(viewer), get_settings().refresh_token_days)
        user.last_login_at = await connect.value(
            "UPDATE user_account SET last_login_at = now() WHERE id = $1 RETURNING last_login_at", user.id
        )
        return await _issue(user, session_id)


async def _issue(user: User, session_id: int) -> AuthTokens:
    refresh_token = new_secret()
    await connect.execute(
        "INSERT INTO refresh_token (session_id, digest) VALUES ($1, $2)", session_id, digest(refresh_token)
    )
    access_token = sign_access(user.id, user.role, session_id)
    return AuthTokens(access_token, refresh_token, get_settings().access_token_seconds, user)
