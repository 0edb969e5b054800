"""Signing in through an outside OpenID provider: an authorization code with PKCE (RFC 7636)."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from db.accounts import Role, User, UserIdentity
from db.core import connect
from db.core.settings import OAuthProvider, get_settings
from db.core.transaction import transaction
from domain import audit, settings
from domain.accounts import attempts, openid
from domain.accounts.openid import DoubtError
from domain.accounts.sign_in import AuthTokens, begin_session
from domain.accounts.users import add_user, with_email
from domain.core.access import Viewer, public
from domain.core.email import parse_email
from domain.core.errors import Checks, ErrorCode, Refusal, not_found, text

_CHALLENGE = re.compile(r"[\w-]{43}", re.ASCII)
_VERIFIER = re.compile(r"[\w.~-]{43,128}", re.ASCII)


@public
async def oauth_providers(viewer: Viewer) -> list[OAuthProvider]:
    """Those of OAUTH_PROVIDERS."""
    return get_settings().oauth_providers


@public
async def authorization_url(
    viewer: Viewer, provider: OAuthProvider, *, redirect_uri: str, state: str, code_challenge: str
) -> str:
    """Where to send a browser. Raises VALIDATION_ERROR, EXTERNAL_SERVICE_ERROR."""
    check = Checks()
    with check():
        _check_redirect(redirect_uri)
    with check():
        _check_state(state)
    with check():
        _check_form(code_challenge, _CHALLENGE, "codeChallenge", "43 characters of base64url, as S256 gives them")
    check.done()
    return await openid.began(provider, redirect_uri=redirect_uri, state=state, code_challenge=code_challenge)


@public
async def login_with_oauth(
    viewer: Viewer, *, provider: str, code: str, redirect_uri: str, code_verifier: str, state: str
) -> AuthTokens:
    """Signs in whom a provider vouches for, with a verified email.

    Raises NOT_FOUND, VALIDATION_ERROR, RATE_LIMIT_EXCEEDED, EXTERNAL_SERVICE_ERROR; and AUTHENTICATION_ERROR, or
    AUTHORIZATION_ERROR for somebody new where registration is closed to them, which are written down.
    """
    check = Checks()
    with check():
        chosen = next((one for one in get_settings().oauth_providers if one.name == provider), None)
        if chosen is None:
            raise not_found("identity provider", field="provider")
    with check():
        text(code, "code", most=4096)
    with check():
        _check_redirect(redirect_uri)
    with check():
        _check_form(code_verifier, _VERIFIER, "codeVerifier", "43 to 128 letters, digits and - . _ ~")
    with check():
        _check_state(state)
    check.done()
    assert chosen is not None
    # Whose account it is comes to light only once the provider has been asked: until then the address alone counts.
    await attempts.admit(viewer)
    try:
        claims = await openid.vouched(
            chosen, code=code, redirect_uri=redirect_uri, code_verifier=code_verifier, state=state
        )
        pair = await _sign_in(viewer, chosen, claims)
    except DoubtError as doubt:
        changes = {"provider": (None, provider), "reason": (None, str(doubt))}
        await audit.note(viewer, "signInFailed", changes)
        raise Refusal(doubt.code, f"The sign-in did not succeed: {doubt}.") from doubt
    await attempts.succeeded(viewer)
    return pair


async def _sign_in(viewer: Viewer, provider: OAuthProvider, claims: Mapping[str, Any]) -> AuthTokens:
    issuer, subject = provider.issuer, str(claims["sub"])
    if len(subject) > 255:
        raise DoubtError("the provider calls this person by more than 255 characters")
    async with transaction():
        # Of two first sign-ins of one person at once, the second finds what the first has made.
        await connect.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 8))", f"{issuer} {subject}")
        known = await UserIdentity.get_or_none(issuer=issuer, subject=subject)
        user = await User.get_or_none(id=known.user_id) if known else await _met(viewer, provider, claims, subject)
        if user is None or not user.active:
            raise DoubtError("the account is switched off")
        return await begin_session(viewer, user, provider=provider.name)


async def _met(viewer: Viewer, provider: OAuthProvider, claims: Mapping[str, Any], subject: str) -> User:
    """Who signs in through this provider for the first time: the user of that email, or a new one."""
    try:
        email = parse_email(str(claims.get("email")))
    except Refusal as refusal:
        raise DoubtError("the provider gives no email") from refusal
    if not email.isascii():
        # Letters that look or sort alike make one person another; there is no email that needs them.
        raise DoubtError("the provider gives an email with letters other than those of ASCII")
    user = await with_email(email, locked=True)
    if user is None:
        _, _, domain = email.rpartition("@")
        allowed = domain.lower() in [allowed.lower() for allowed in provider.allowed_domains]
        if not allowed and not (await settings.read()).features.open_registration:
            raise DoubtError("registration is closed: an administrator creates users", ErrorCode.AUTHORIZATION_ERROR)
        name = "".join(char for char in str(claims.get("name") or "") if char.isprintable()).strip()[:100]
        name = name or email.partition("@")[0]
        user = await add_user(viewer, "register", email=email, password=None, name=name, role=Role.VIEWER)
    elif user.email_claimed:
        # Whoever wrote it knows the password, and may be anyone.
        raise DoubtError("an administrator has to confirm first whose email this is here")
    elif await UserIdentity.exists(user_id=user.id, issuer=provider.issuer):
        # An address that was one person's there is another's now.
        raise DoubtError("the account belongs to somebody else at the provider")
    await UserIdentity.create(user_id=user.id, issuer=provider.issuer, subject=subject)
    await audit.note(viewer, "linkIdentity", {"provider": (None, provider.name)}, subject=("User", user.id))
    return user


# ---------------------------------------------------------------------------
# Bounds
# ---------------------------------------------------------------------------


def _check_redirect(uri: str) -> None:
    text(uri, "redirectUri", most=2000)
    try:
        parts = urlsplit(uri)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.fragment
    except ValueError:
        good = False
    if not good:
        words = "This is not a URL of http or https without a fragment."
        raise Refusal(ErrorCode.VALIDATION_ERROR, words, field="redirectUri", reason="invalid_url")


def _check_state(state: str) -> None:
    text(state, "state", least=16, most=512)


def _check_form(value: str, form: re.Pattern[str], field: str, words: str) -> None:
    if not form.fullmatch(value):
        raise Refusal(ErrorCode.VALIDATION_ERROR, f"This has {words}.", field=field, reason="invalid_format")
