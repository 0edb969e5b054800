"""Identity providers: one that other people wrote and had certified (panva's oidc-provider), and one that lies."""

import asyncio
import re
import secrets
import shutil
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx
import pytest
from aiohttp import web
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey
from pydantic import SecretStr

from db.core.settings import OAuthProvider
from tests.clients.node import NO_NETWORK
from tests.lacking import lacks
from tests.running import free_port

HERE = Path(__file__).parent
REDIRECT = "http://127.0.0.1:9/back"
SECRET = "a-secret-of-the-provider"


@contextmanager
def provider(name: str, *, userinfo: bool = False) -> Iterator[OAuthProvider]:
    """One that runs; with `userinfo` its id tokens name nobody's email, and the client has no secret."""
    if shutil.which("node") is None:
        lacks("there is no Node")
    if not (HERE / "node_modules" / ".package-lock.json").exists():
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            say = lacks if any(word in done.stderr for word in NO_NETWORK) else pytest.fail
            say(f"npm cannot install the provider: {done.stderr[-200:]}")
    port = free_port()
    command = ["node", "provider.mjs", str(port), REDIRECT, "userinfo" if userinfo else "token"]
    process = subprocess.Popen(command, cwd=HERE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    issuer = f"http://127.0.0.1:{port}"
    try:
        _wait(process, f"{issuer}/.well-known/openid-configuration")
        yield OAuthProvider(
            name=name,
            issuer=issuer,
            client_id="userinfo" if userinfo else "tidings",
            client_secret=SecretStr("" if userinfo else SECRET),
            allowed_domains=["Allowed.example"],
        )
    finally:
        process.kill()
        process.wait()


def _wait(process: "subprocess.Popen[bytes]", url: str) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        assert process.poll() is None
        try:
            if httpx.get(url, timeout=1, trust_env=False).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.05)
    raise AssertionError("the provider does not answer")


async def signs_in(url: str, login: str) -> dict[str, str]:
    """What a person's browser brings back from the provider."""
    async with httpx.AsyncClient(trust_env=False, timeout=20) as browser:
        answer = await browser.get(url)
        for _ in range(12):
            if answer.has_redirect_location:
                location = urljoin(str(answer.url), answer.headers["location"])
                if location.startswith(REDIRECT):
                    return dict(parse_qsl(urlsplit(location).query))
                answer = await browser.get(location)
                continue
            action = re.search('<form[^>]* action="([^"]+)"', answer.text)
            prompt = re.search('name="prompt" value="([a-z]+)"', answer.text)
            assert action is not None, answer.text
            assert prompt is not None, answer.text
            form = {"prompt": prompt[1], "login": login, "password": "anything"}
            answer = await browser.post(urljoin(str(answer.url), action[1]), data=form)
    raise AssertionError("the provider never sends the browser back")


class Liar:
    """A provider that answers with any id token."""

    def __init__(self, issuer: str) -> None:
        self.key = RSAKey.generate_key(2048, parameters={"kid": "one", "alg": "RS256"})
        self.provider = OAuthProvider(name="liar", issuer=issuer, client_id="tidings", client_secret=SecretStr(SECRET))
        self.metadata: dict[str, Any] = {
            "issuer": issuer,
            **{name: f"{issuer}/{name}" for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")},
        }
        self.id_token = ""
        self.person: dict[str, Any] = {}
        """What its userinfo endpoint tells, if it names one."""
        self.asked: list[str] = []
        """Paths, in the order in which they were asked for."""
        self.reached, self.answers = asyncio.Event(), asyncio.Event()
        self.answers.set()

    def claims(self, url: str, *, email: str) -> dict[str, Any]:
        """Of somebody who began at this authorization URL, all as it should be."""
        return {
            "iss": self.provider.issuer,
            "aud": "tidings",
            "sub": secrets.token_hex(8),
            "iat": int(time.time()),
            "exp": int(time.time()) + 60,
            "nonce": url.partition("nonce=")[2].partition("&")[0],
            "email": email,
            "email_verified": True,
        }

    def sign(self, claims: dict[str, Any], header: dict[str, Any] | None = None, key: Any = None) -> None:
        header = {"alg": "RS256", "kid": "one", **(header or {})}
        self.id_token = jwt.encode(header, claims, key or self.key, algorithms=[header["alg"]])

    def shared(self) -> OctKey:
        return OctKey.import_key(SECRET)

    async def _answer(self, request: web.Request) -> web.Response:
        self.asked.append(request.path)
        self.reached.set()
        await self.answers.wait()
        match request.path:
            case "/token_endpoint":
                return web.json_response({"access_token": "x", "token_type": "Bearer", "id_token": self.id_token})
            case "/userinfo_endpoint":
                return web.json_response(self.person)
            case "/jwks_uri":
                return web.json_response(KeySet([self.key]).as_dict(private=False))
            case _:
                return web.json_response(self.metadata)


@asynccontextmanager
async def liar() -> AsyncIterator[Liar]:
    port = free_port()
    lying = Liar(f"http://127.0.0.1:{port}")
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", lying._answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield lying
    finally:
        await runner.cleanup()
