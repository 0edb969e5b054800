"""Programs under test, and a client for each."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Self
from urllib.parse import urlsplit

import httpx

from db.accounts import Role
from tests import canary
from tests.nursery import Child
from tidings.child import spawn
from tidings.services.server import free_port as free_port

# One for all: to make one reads the certificates of the machine, in 20 ms, and whoever waits for something asks often.
# It keeps no connection, for those that it asks are killed.
_http = httpx.Client(trust_env=False, limits=httpx.Limits(max_keepalive_connections=0))


class Program:
    """A process of ours that can be stopped, frozen, killed and started again."""

    def __init__(
        self,
        arguments: list[str],
        environment: Mapping[str, str],
        ready_url: str | None = None,
        python: str | None = None,
    ) -> None:
        self.python = python
        self.arguments = arguments
        self.environment = dict(environment)
        self.ready_url = ready_url
        self.process: Child | subprocess.Popen[bytes] | None = None

    def start(self) -> Self:
        # A test run that is killed leaves none of them behind.
        if self.arguments[0] == "tidings" and "PYTHONPATH" not in self.environment:
            self.process = Child(self.arguments, {**os.environ, **self.environment})
        else:
            command = [self.python or sys.executable, "-m", *self.arguments]
            self.process = spawn(command, environment=self.environment, farewell=signal.SIGKILL)
        if self.ready_url is not None:
            self._wait_until_ready(self.ready_url)
        return self

    def _wait_until_ready(self, url: str, seconds: float = 30) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            assert self.process is not None
            assert self.process.poll() is None, f"{self.arguments} ended with {self.process.returncode}"
            try:
                if _http.get(url, timeout=1).status_code < 500 or "health" in url:
                    return
            except httpx.HTTPError:
                time.sleep(0.05)
        raise AssertionError(f"{self.arguments} did not answer at {url} within {seconds} s")

    def send(self, what: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(what)

    def stop(self, seconds: float = 20) -> int:
        """SIGTERM; the exit status."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.terminate()
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise

    def kill(self) -> None:
        """As kill -9."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    @contextmanager
    def running(self) -> Iterator[Self]:
        self.start()
        try:
            yield self
        finally:
            if self.process is not None and self.process.poll() is None:
                self.process.send_signal(signal.SIGCONT)
                self.stop()

    @classmethod
    @contextmanager
    def api(cls, environment: Mapping[str, str]) -> Iterator[Self]:
        with cls(["tidings", "api"], environment, f"{environment['PUBLIC_URL']}/health").running() as program:
            yield program

    @classmethod
    @contextmanager
    def worker(cls, environment: Mapping[str, str]) -> Iterator[Self]:
        with cls(["tidings", "worker"], environment).running() as program:
            yield program

    @classmethod
    @contextmanager
    def simulator(cls, environment: Mapping[str, str]) -> Iterator[Self]:
        url = environment["WHATSAPP_API_URL"]
        arguments = ["simulator", "--host", "127.0.0.1", "--port", str(urlsplit(url).port)]
        arguments += ["--webhook-url", f"{environment['PUBLIC_URL']}/webhooks/whatsapp"]
        secrets = {
            "SIMULATOR_APP_SECRET": environment["WHATSAPP_APP_SECRET"],
            "SIMULATOR_VERIFY_TOKEN": environment["WHATSAPP_VERIFY_TOKEN"],
        }
        # As fast as tests like it; delays and faults are set by those that want them.
        arguments += ["--throughput", "0", "--pair-limit", "off", "--window", "off", "--handshake", "off"]
        arguments += ["--sent-delay", "0.05", "--delivered-delay", "0.1", "--read-delay", "0.15"]
        arguments += ["--template-review", "0.1", "--not-on-whatsapp-suffix", ""]
        arguments += ["--template-limits", "off", "--us-marketing", "on", "--people-ranges", "off"]
        with cls(arguments, {**environment, **secrets}, f"{url}/_simulator/health").running() as program:
            yield program


class Api:
    """A GraphQL client for tests; it answers whole answers, so that refusals can be looked at."""

    def __init__(self, url: str, program: Program) -> None:
        self.url = url
        self.program = program
        # The server ends connections that were idle for five seconds: one is not used again as that happens.
        kept = httpx.Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=2)
        self.http = httpx.AsyncClient(base_url=url, timeout=30, trust_env=False, limits=kept)
        self.tokens: dict[Role, str] = {}

    @property
    def ws_url(self) -> str:
        return f"{self.url.replace('http', 'ws', 1)}/graphql"

    async def gql(
        self,
        query: str,
        variables: Mapping[str, Any] | None = None,
        *,
        token: str | None = None,
        role: Role | None = None,
    ) -> dict[str, Any]:
        """The whole answer, asked with a token, as a role, or as nobody."""
        token = token or (self.tokens[role] if role else None)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        asked = {"query": query, "variables": variables or {}}
        answer = await self.http.post("/graphql", json=asked, headers=headers)
        canary.check_errors(found := answer.json(), json.dumps(asked))
        return found

    async def data(self, query: str, *, role: Role = Role.ADMIN, **variables: Any) -> dict[str, Any]:
        """The data of an answer without errors."""
        answer = await self.gql(query, variables, role=role)
        assert "errors" not in answer, json.dumps(answer["errors"], indent=2)
        return answer["data"]

    async def refusal(self, query: str, *, role: Role | None = Role.ADMIN, **variables: Any) -> dict[str, Any]:
        """The extensions of the only error of an answer, with its message."""
        answer = await self.gql(query, variables, role=role)
        assert len(answer.get("errors", [])) == 1, json.dumps(answer, indent=2)
        error = answer["errors"][0]
        return {"message": error["message"], **error["extensions"]}

    async def sign_in(self, email: str, password: str) -> str:
        document = "mutation ($input: LoginInput!) { login(input: $input) { accessToken } }"
        answer = await self.gql(document, {"input": {"email": email, "password": password}})
        return answer["data"]["login"]["accessToken"]

    async def close(self) -> None:
        await self.http.aclose()


class Simulator:
    """The simulator's control side."""

    def __init__(self, url: str, program: Program) -> None:
        self.url = url
        self.program = program

    def configure(self, **settings: Any) -> dict[str, Any]:
        return self._answer(_http.patch(f"{self.url}/_simulator/settings", json=settings, timeout=10))

    def post(self, path: str, **body: Any) -> dict[str, Any]:
        return self._answer(_http.post(f"{self.url}/_simulator/{path}", json=body, timeout=10))

    def forget_faults(self) -> None:
        """Sends from here on fare as the settings have it."""
        self._answer(_http.delete(f"{self.url}/_simulator/faults", timeout=10))

    def get(self, path: str, **query: Any) -> dict[str, Any]:
        return self._answer(_http.get(f"{self.url}/_simulator/{path}", params=query, timeout=30))

    @staticmethod
    def _answer(response: httpx.Response) -> dict[str, Any]:
        assert response.status_code < 300, response.text
        return response.json() if response.content else {}
