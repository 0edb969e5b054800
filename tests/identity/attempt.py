"""A client that signs somebody in through an identity provider."""

import secrets
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from db.audit import AuditEntry
from db.core.settings import OAuthProvider, get_settings
from domain.core.access import ANONYMOUS, Viewer
from graph.core.context import Context
from graph.schema import schema
from tests.factories import unique
from tests.identity.running import REDIRECT, signs_in

URL = """query ($uri: String!, $state: String!, $challenge: String!) { oauthProviders {
  name authorizationUrl(redirectUri: $uri, state: $state, codeChallenge: $challenge) } }"""
LOGIN = """mutation ($input: OAuthLoginInput!) { loginWithOAuth(input: $input) {
  accessToken refreshToken tokenType expiresIn user { email name role } } }"""


@dataclass
class Attempt:
    """A client that signs somebody in."""

    provider: OAuthProvider
    address: str = field(default_factory=lambda: unique("10."))
    state: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    code: str = ""
    by: Viewer = ANONYMOUS

    async def ask(self, document: str, variables: dict[str, Any]) -> Any:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(get_settings(), "oauth_providers", [self.provider])
            context = Context(replace(self.by, ip_address=self.address), "test")
            return await schema.execute(document, variables, context)

    async def url(self) -> str:
        given = {"uri": REDIRECT, "state": self.state, "challenge": create_s256_code_challenge(self.verifier)}
        answer = await self.ask(URL, given)
        assert answer.errors is None
        [found] = answer.data["oauthProviders"]
        assert found["name"] == self.provider.name
        return found["authorizationUrl"]

    async def as_(self, login: str) -> Any:
        """All the way: what loginWithOAuth answers."""
        back = await signs_in(await self.url(), login)
        assert back["state"] == self.state
        self.code = back["code"]
        return await self.give()

    async def give(self, **other: str) -> Any:
        given = {
            "provider": self.provider.name,
            "code": self.code,
            "redirectUri": REDIRECT,
            "codeVerifier": self.verifier,
            "state": self.state,
        }
        return await self.ask(LOGIN, {"input": {**given, **other}})

    async def told(self) -> list[str]:
        return await AuditEntry.filter(ip_address=self.address).order_by("id").values_list("action", flat=True)  # pyright: ignore[reportReturnType]


def code_of(answer: Any) -> tuple[str, str | None]:
    [error] = answer.errors
    return error.extensions["code"], error.extensions["field"]


def someone(domain: str = "allowed.example") -> str:
    return f"{unique('ann')}@{domain}"
