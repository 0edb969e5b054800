"""What an outside OpenID provider says: of itself, and of a person who has signed in there. The protocol by Authlib.

Nothing is kept between the two steps: the nonce is an HMAC over redirect URI, state and PKCE challenge, so that an id
token is only good for who began, where they began, and for the state that came back with the code.
"""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false, reportUnknownArgumentType=false
# The two reasons: Authlib has no types, and providers send any JSON.

import asyncio
import hmac
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import httpx
import orjson
import structlog
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from db.core.settings import OAuthProvider
from domain.core.errors import ErrorCode, Refusal
from domain.core.secrets import derived_key, derived_keys

_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
"""Those with public keys: with a shared secret, whoever reads our settings could sign in as anyone."""
_NONCES = "nonces of sign-ins"
_LEEWAY = 60
"""Seconds that a provider's clock may be off."""
_KEPT = 600.0
"""Seconds that what a provider publishes holds."""
_AGAIN = 10.0
"""Seconds until it is asked again where it did not answer, or where its keys do not fit."""
_MOST = 1_000_000
"""Bytes of an answer."""

log = structlog.get_logger()


class DoubtError(Exception):
    """What a provider says is not good enough to sign anybody in."""

    def __init__(self, reason: str, code: ErrorCode = ErrorCode.AUTHENTICATION_ERROR) -> None:
        super().__init__(reason)
        self.code = code


async def began(provider: OAuthProvider, *, redirect_uri: str, state: str, code_challenge: str) -> str:
    """Where to send a browser. Raises EXTERNAL_SERVICE_ERROR."""
    found = await _discovered(provider)
    url: str = prepare_grant_uri(
        found["authorization_endpoint"],
        provider.client_id,
        "code",
        redirect_uri=redirect_uri,
        scope=provider.scope,
        state=state,
        nonce=_nonce(derived_key(_NONCES), provider, redirect_uri, state, code_challenge),
        code_challenge=code_challenge,
        code_challenge_method="S256",
    )
    return url


async def vouched(
    provider: OAuthProvider, *, code: str, redirect_uri: str, code_verifier: str, state: str
) -> Mapping[str, Any]:
    """The claims of the person who has signed in there. Raises DoubtError, EXTERNAL_SERVICE_ERROR."""
    found = await _discovered(provider)
    answer = await _exchanged(provider, found, code=code, redirect_uri=redirect_uri, code_verifier=code_verifier)
    access_token = str(answer.get("access_token", ""))
    challenge = create_s256_code_challenge(code_verifier)
    nonces = [_nonce(key, provider, redirect_uri, state, challenge) for key in derived_keys(_NONCES).values()]
    try:
        token = await _signed(provider, found["jwks_uri"], str(answer.get("id_token", "")))
        claims = CodeIDToken(
            token.claims,
            token.header,
            {
                "iss": {"essential": True, "value": provider.issuer},
                "aud": {"essential": True, "value": provider.client_id},
            },
            {"nonce": nonces[0], "client_id": provider.client_id, "access_token": access_token},
        )
        if claims.get("nonce") in nonces:
            claims.params["nonce"] = claims["nonce"]
        claims.validate(leeway=_LEEWAY)
    except (JoseError, ValueError, TypeError) as error:
        log.warning("oauth_token_refused", provider=provider.name, error=repr(error)[:200])
        raise DoubtError("its answer cannot be trusted") from error
    person: dict[str, Any] = dict(claims)
    if "email" not in person and "userinfo_endpoint" in found:
        bearer = {"Authorization": f"Bearer {access_token}", "Accept": "application/json"}
        _, told = await _call(provider, "GET", found["userinfo_endpoint"], headers=bearer)
        if told.get("sub") != person["sub"]:
            raise DoubtError("its answer cannot be trusted")
        # Whether it is verified is said by who says which it is.
        person = {**told, **person, "email": told.get("email"), "email_verified": told.get("email_verified")}
    if person.get("email_verified") not in (True, "true"):
        raise DoubtError("the provider has not verified the email")
    return person


async def _exchanged(
    provider: OAuthProvider, found: Mapping[str, Any], *, code: str, redirect_uri: str, code_verifier: str
) -> dict[str, Any]:
    """The tokens that a code is good for, once. Raises DoubtError."""
    secret = provider.client_secret.get_secret_value()
    offered = found.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    way = "none" if not secret else "client_secret_basic" if "client_secret_basic" in offered else "client_secret_post"
    body = prepare_token_request(
        "authorization_code", redirect_uri=redirect_uri, code=code, code_verifier=code_verifier
    )
    form = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    url, headers, body = ClientAuth(provider.client_id, secret, way).prepare(
        "POST", found["token_endpoint"], form, body
    )
    status, answer = await _call(provider, "POST", url, content=body, headers=headers)
    if status != 200:
        log.warning("oauth_code_refused", provider=provider.name, status=status, error=str(answer.get("error"))[:100])
        raise DoubtError("the provider did not take the code")
    return answer


async def _signed(provider: OAuthProvider, url: str, id_token: str) -> jwt.Token:
    """An id token that the provider has signed. Keys that do not fit may be old ones: they are read again, once."""

    def decoded(keys: Any) -> jwt.Token:
        return jwt.decode(id_token, KeySet.import_key_set(keys), algorithms=_ALGORITHMS)

    keys = await _published(provider, url, _has_keys)
    try:
        return decoded(keys)
    except (JoseError, ValueError):
        anew = await _published(provider, url, _has_keys, kept=_AGAIN)
        if anew is keys:
            raise
        return decoded(anew)


def _nonce(key: bytes, provider: OAuthProvider, redirect_uri: str, state: str, challenge: str) -> str:
    bound = orjson.dumps([provider.issuer, provider.client_id, redirect_uri, state, challenge])
    return hmac.digest(key, bound, "sha256").hex()


# ---------------------------------------------------------------------------
# What is read of it
# ---------------------------------------------------------------------------


@dataclass(slots=True)
class _Document:
    """What a provider publishes at an address, as it was read last; None where that failed."""

    content: dict[str, Any] | None = None
    read_at: float = float("-inf")
    reading: asyncio.Lock = field(default_factory=asyncio.Lock)


_documents: dict[str, _Document] = {}


async def _discovered(provider: OAuthProvider) -> dict[str, Any]:
    """What a provider tells of itself (OpenID Connect Discovery 1.0). Raises EXTERNAL_SERVICE_ERROR."""

    def fits(found: Mapping[str, Any]) -> bool:
        needed = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        return found.get("issuer") == provider.issuer and all(isinstance(found.get(name), str) for name in needed)

    return await _published(provider, f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration", fits)


def _has_keys(found: Mapping[str, Any]) -> bool:
    return isinstance(found.get("keys"), list)


async def _published(
    provider: OAuthProvider, url: str, fits: Callable[[Mapping[str, Any]], bool], *, kept: float = _KEPT
) -> dict[str, Any]:
    """A document that was read within so many seconds. Raises EXTERNAL_SERVICE_ERROR.

    However many want it, one reads it and the others wait for that; where it cannot be read they are told so for a
    while, and nobody asks: strangers decide how often this is called.
    """
    document = _documents.setdefault(url, _Document())
    async with document.reading:
        if time.monotonic() - document.read_at >= (_AGAIN if document.content is None else kept):
            try:
                document.content = await _read(provider, url, fits)
            except Refusal:
                document.content = None
            document.read_at = time.monotonic()
        if document.content is None:
            raise _away()
        return document.content


async def _read(provider: OAuthProvider, url: str, fits: Callable[[Mapping[str, Any]], bool]) -> dict[str, Any]:
    status, found = await _call(provider, "GET", url)
    if status != 200 or not fits(found):
        log.error("oauth_provider_unfit", provider=provider.name, status=status, issuer=str(found.get("issuer"))[:200])
        raise _away()
    return found


async def _call(provider: OAuthProvider, method: str, url: str, **given: Any) -> tuple[int, dict[str, Any]]:
    try:
        # A client for each call: one for all would carry a provider's cookies from person to person.
        async with (
            httpx.AsyncClient(verify=_certificates(), timeout=10, trust_env=False, follow_redirects=False) as client,
            client.stream(method, url, **given) as answer,
        ):
            body = b""
            async for chunk in answer.aiter_bytes():
                body += chunk
                if len(body) > _MOST:
                    raise ValueError("too long")
        found = orjson.loads(body)
        if answer.status_code >= 500 or not isinstance(found, dict):
            raise ValueError(f"HTTP {answer.status_code}")
        return answer.status_code, found
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        log.warning("oauth_provider_away", provider=provider.name, error=repr(error)[:200])
        raise _away() from error


@cache
def _certificates() -> ssl.SSLContext:
    """Whom to trust, read once: it takes some 20 ms of everybody's time."""
    return httpx.create_ssl_context(trust_env=False)


def _away() -> Refusal:
    return Refusal(ErrorCode.EXTERNAL_SERVICE_ERROR, "The identity provider does not answer as it should; try again.")
