"""Tokens: signed ones (JWT) to call with, and opaque ones, of which only the digest is kept."""

import hashlib
import hmac
import re
import secrets
import time
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from functools import cache
from typing import Any

from joserfc import jwt
from joserfc.errors import InvalidClaimError, JoseError
from joserfc.jwk import OctKey

from db.accounts import Role
from db.core.settings import get_settings
from domain.core.secrets import derived_key, derived_keys, key_id

ALGORITHM = "HS256"
_ISSUER = _AUDIENCE = "tidings"
_SKEW = 60
"""Seconds that the clock of the process that signed it may be ahead."""


_REFRESH = "refresh tokens"
_OPENED = re.compile(r"[1-9]\d{0,18}\.[\w-]{43}", re.ASCII)
_QUOTED = re.compile(r"[1-9]\d{0,18}\.[\w-]{43}\.[\w-]{16}", re.ASCII)
_SHAPE = re.compile(rf"{_QUOTED.pattern}|[\w-]{{43}}", re.ASCII)
"""The second is that of older releases."""


class _Claims(jwt.JWTClaimsRegistry):
    def validate_iat(self, value: object) -> None:
        """With leeway, which the end of a token has not: as joserfc gives it, it is for both."""
        if not isinstance(value, int) or value > self.now + _SKEW:
            raise InvalidClaimError("iat", "The token was issued in the future")


_CLAIMS = _Claims(
    iss={"essential": True, "value": _ISSUER},
    aud={"essential": True, "value": _AUDIENCE},
    typ={"essential": True, "value": "access"},
    sub={"essential": True},
    role={"essential": True},
    sid={"essential": True},
    iat={"essential": True},
    exp={"essential": True},
)


class InvalidTokenError(ValueError):
    """A token that we did not sign, that was changed, or that has expired."""


@dataclass(frozen=True, slots=True)
class AccessToken:
    """What an access token proves. Its role is for clients to read: what counts is the role of the row."""

    user_id: int
    session_id: int
    expires_at: int
    """Seconds since 1970."""


def new_secret() -> str:
    """256 random bits, in 43 characters that URLs and headers take."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """What is stored of an opaque token: it has too much chance in it to be guessed from its SHA-256."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def new_refresh(session_id: int) -> str:
    """A refresh token: the session, a secret, and a seal that shows it to be ours without a look at the database."""
    opened = f"{session_id}.{new_secret()}"
    return f"{opened}.{_sealed(derived_key(_REFRESH), opened)}"


def session_of(refresh_token: str) -> int | None:
    """The session that a refresh token of ours names, whether or not it is good for anything any more.

    None for what others made up, and for what was made under a key that is gone or by an older release: whether
    those are good only the database knows.
    """
    opened, _, seal = refresh_token.rpartition(".")
    if not _OPENED.fullmatch(opened) or not seal.isascii():
        return None
    made = (_sealed(key, opened) for key in derived_keys(_REFRESH).values())
    return int(opened.partition(".")[0]) if any(hmac.compare_digest(one, seal) for one in made) else None


def may_be_refresh(token: str) -> bool:
    """Whether this has the shape of a refresh token; the database need not be asked for any other."""
    return _SHAPE.fullmatch(token) is not None


def quotes_refresh(text: str) -> bool:
    """Whether the first that looks like one in a text, such as a document, is a refresh token of ours."""
    found = _QUOTED.search(text)
    return found is not None and session_of(found[0]) is not None


def _sealed(key: bytes, opened: str) -> str:
    """96 bits: nobody is let in by them, and who finds some by chance has made us look at the database once."""
    return urlsafe_b64encode(hmac.digest(key, opened.encode(), "sha256")[:12]).decode()


def sign_access(user_id: int, role: Role, session_id: int) -> str:
    now = int(time.time())
    claims = {
        "iss": _ISSUER,
        "aud": _AUDIENCE,
        "typ": "access",
        "sub": str(user_id),
        "role": role.value,
        "sid": str(session_id),
        "iat": now,
        "exp": now + get_settings().access_token_seconds,
    }
    id = key_id()
    return jwt.encode({"alg": ALGORITHM, "kid": id}, claims, keys()[id], algorithms=[ALGORITHM])


def read_access(token: str) -> AccessToken:
    """What a token proves now. Raises InvalidTokenError."""
    try:
        claims = jwt.decode(token, _key_of, algorithms=[ALGORITHM]).claims
        _CLAIMS.validate(claims)
        return AccessToken(int(claims["sub"]), int(claims["sid"]), int(claims["exp"]))
    except (JoseError, ValueError, TypeError) as error:
        raise InvalidTokenError(str(error)) from error


def keys() -> dict[str, OctKey]:
    """All that sign access tokens which hold, by their ids."""
    return {id: _imported(key) for id, key in derived_keys("access tokens").items()}


@cache
def _imported(key: bytes) -> OctKey:
    return OctKey.import_key(key)


def _key_of(token: Any) -> OctKey:
    """The key that a token names, out of ours alone."""
    found = keys().get(str(token.headers().get("kid")))
    if found is None:
        raise InvalidTokenError("unknown key")
    return found
