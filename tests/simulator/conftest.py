"""A simulator and an endpoint for its webhooks, both served over loopback; delays short enough to wait for."""

import asyncio
import hashlib
import hmac
import io
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from simulator.app import make_app
from simulator.cloud import Cloud
from simulator.scripts import Step
from simulator.settings import Settings

NUMBER = "209900112233445"
WABA = "318800221144667"
SECRET = "app-secret"
TOKEN = "verify-me"
_NAME = "message_template_name"


async def serve(app: web.Application) -> tuple[web.AppRunner, str]:
    """Serve on a free port."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}"


class Endpoint:
    """A webhook endpoint that keeps what comes and answers as told."""

    def __init__(self) -> None:
        self.posts: list[bytes] = []
        self.signatures: list[str | None] = []
        self.at: list[float] = []
        self.shakes: list[dict[str, str]] = []
        self.events: list[dict[str, Any]] = []
        """What WAHA told, with the headers of each POST in `event_headers` and its bytes in `event_bodies`."""
        self.event_headers: list[dict[str, str]] = []
        self.event_bodies: list[bytes] = []
        self.answer = 200
        self.refuse = 0
        """So many POSTs get 500 first."""
        self.pause = 0.0
        self.echo = True
        self.most_at_once = 0
        self._at_once = 0
        self.changed = asyncio.Event()

    def app(self) -> web.Application:
        app = web.Application(client_max_size=64_000_000)
        app.add_routes([web.get("/hook", self._shake), web.post("/hook", self._take), web.post("/waha", self._hear)])
        return app

    async def _shake(self, request: web.Request) -> web.Response:
        self.shakes.append(dict(request.query))
        good = self.echo and request.query["hub.verify_token"] == TOKEN
        return web.Response(text=request.query["hub.challenge"] if good else "no", status=200 if good else 403)

    async def _take(self, request: web.Request) -> web.Response:
        body = await request.read()
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        await asyncio.sleep(self.pause)
        self._at_once -= 1
        self.posts.append(body)
        self.signatures.append(request.headers.get("X-Hub-Signature-256"))
        self.at.append(time.monotonic())
        self.changed.set()
        if self.refuse:
            self.refuse -= 1
            return web.Response(status=500)
        return web.Response(status=self.answer)

    async def _hear(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.events.append(json.loads(body))
        self.event_bodies.append(body)
        self.event_headers.append(dict(request.headers))
        self.at.append(time.monotonic())
        self.changed.set()
        if self.refuse:
            self.refuse -= 1
            return web.Response(status=500)
        return web.Response(status=self.answer)

    def told(self, event: str) -> list[dict[str, Any]]:
        """The payloads of one kind of WAHA's events, in the order they came."""
        return [each["payload"] for each in self.events if each["event"] == event]

    def acks(self, message_id: str) -> list[int]:
        """The acks of one message of WAHA's by the last part of its id."""
        told = self.told("message.ack")
        return [each["ack"] for each in told if each["id"].rpartition("_")[2] == message_id.rpartition("_")[2]]

    def changes(self) -> list[dict[str, Any]]:
        """Every change that came, in order."""
        return [
            change for body in list(self.posts) for entry in json.loads(body)["entry"] for change in entry["changes"]
        ]

    def statuses(self) -> list[dict[str, Any]]:
        return [status for change in self.changes() for status in change["value"].get("statuses", [])]

    def words(self, wamid: str) -> list[str]:
        """The statuses of one message in the order they came."""
        return [status["status"] for status in self.statuses() if status["id"] == wamid]

    def messages(self) -> list[dict[str, Any]]:
        return [message for change in self.changes() for message in change["value"].get("messages", [])]

    async def until(self, true: Callable[[], Any], seconds: float = 30.0) -> Any:
        """What `true` returns once that is true; it is asked again with every POST."""
        async with asyncio.timeout(seconds):
            while not (found := true()):
                self.changed.clear()
                await self.changed.wait()
        return found

    def signed_well(self) -> bool:
        """Whether every POST carries the HMAC of its exact bytes."""
        return all(
            given == "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
            for body, given in zip(self.posts, self.signatures, strict=True)
        )


class Rig:
    """A simulator, an endpoint, and a client for both halves of its HTTP."""

    def __init__(self, url: str, endpoint: Endpoint, http: aiohttp.ClientSession) -> None:
        self.url = url
        self.endpoint = endpoint
        self.endpoint_url = ""
        self.http = http

    async def call(
        self, method: str, path: str, body: Any = None, token: str = "token", **query: str
    ) -> tuple[int, dict[str, Any]]:
        """A call of the Cloud API."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        url = f"{self.url}/v24.0/{path}"
        async with self.http.request(method, url, json=body, headers=headers, params=query) as response:
            return response.status, await response.json()

    async def post(self, to: str, number: str = NUMBER, **fields: Any) -> tuple[int, dict[str, Any]]:
        """A send; a text unless `fields` say otherwise."""
        content = {} if "type" in fields else {"type": "text", "text": {"body": "hello"}}
        body = {"messaging_product": "whatsapp", "to": to, **content, **fields}
        return await self.call("POST", f"{number}/messages", body)

    async def send(self, to: str, number: str = NUMBER, **fields: Any) -> str:
        """The wamid of a send that must be accepted."""
        status, reply = await self.post(to, number, **fields)
        assert status == 200, reply
        return reply["messages"][0]["id"]

    async def code(self, to: str, number: str = NUMBER, **fields: Any) -> tuple[int, int]:
        """(HTTP status, error code) of a send that must be refused."""
        status, reply = await self.post(to, number, **fields)
        return status, reply["error"]["code"]

    async def control(self, method: str, path: str, body: Any = None, expect: int = 200, **query: str) -> Any:
        """A call of the control API."""
        data = None if body is None else io.BytesIO(json.dumps(body).encode())
        async with self.http.request(method, f"{self.url}/_simulator/{path}", data=data, params=query) as response:
            answer = await response.json()
            assert response.status == expect, answer
            return answer

    async def waha(
        self, method: str, path: str, body: Any = None, *, key: str = "simulator-key", **query: str
    ) -> tuple[int, Any]:
        """A call of WAHA's API."""
        url = f"{self.url}/api/{path}"
        async with self.http.request(method, url, json=body, headers={"X-Api-Key": key}, params=query) as response:
            raw = await response.read()
            return response.status, json.loads(raw) if raw else None

    async def session(self, name: str = "clinic", *, phone: str = "351910000333", **hook: Any) -> str:
        """A session that works, its webhooks going to the endpoint."""
        events = ["message", "message.any", "message.ack", "session.status"]
        events += ["message.reaction", "message.edited", "message.revoked"]
        webhook = {"url": self.endpoint_url, "events": events, "hmac": {"key": "hook-key"}, **hook}
        config = {"metadata": {"tenant": "t7"}, "webhooks": [webhook]}
        status, shown = await self.waha("POST", "sessions", {"name": name, "config": config})
        assert (status, shown["status"], shown["me"]) == (201, "STARTING", None)
        await self.status(name, "SCAN_QR_CODE")
        await self.control("POST", f"waha/{name}/scan", {"phone": phone, "name": "Clinic"})
        await self.status(name, "WORKING")
        return name

    async def status(self, name: str, wanted: str) -> dict[str, Any]:
        """Wait until a session has this status."""

        async def shown() -> dict[str, Any] | None:
            _, session = await self.waha("GET", f"sessions/{name}")
            return session if session["status"] == wanted else None

        return await self.until(shown)

    async def until(self, ask: Callable[[], Awaitable[Any]], seconds: float = 30.0) -> Any:
        """What `ask` answers once that is true; for what no webhook tells."""
        async with asyncio.timeout(seconds):
            while True:
                found = await ask()
                if found:
                    return found
                await asyncio.sleep(0.01)

    async def text(self, chat: str = "351910000111@c.us", **more: Any) -> tuple[int, Any]:
        """A text by the session clinic."""
        return await self.waha("POST", "sendText", {"session": "clinic", "chatId": chat, "text": "Ola", **more})

    async def write(self, **asked: Any) -> str:
        """Somebody writes to the session clinic; the id of it."""
        return (await self.control("POST", "waha/clinic/inbound", asked))["messages"][0]["id"]

    async def change(self, **settings: Any) -> None:
        await self.control("PATCH", "settings", settings)

    async def hear(self, sender: str, text: str = "hi", **more: Any) -> str:
        """Somebody writes; the wamid of it."""
        asked = {"phone_number_id": NUMBER, "from": sender, "text": text, **more}
        return (await self.control("POST", "inbound", asked))["messages"][0]["id"]

    async def ledger(self, **query: str) -> list[dict[str, Any]]:
        return (await self.control("GET", "ledger", None, 200, **query))["messages"]

    async def template(self, name: str, body: str, **more: Any) -> None:
        """Create a template and wait for its approval."""
        components = more.pop("components", None) or [{"type": "BODY", "text": body}]
        made = {"name": name, "language": "en", "category": "UTILITY", "components": components, **more}
        status, reply = await self.call("POST", f"{WABA}/message_templates", made)
        assert status == 200, reply
        assert reply["status"] == "PENDING"
        await self.endpoint.until(
            lambda: name in [c["value"].get("message_template_name") for c in self.endpoint.changes()]
        )


Started = Callable[..., Awaitable[Rig]]


@pytest.fixture
async def start() -> AsyncIterator[Started]:
    """Starts simulators with given settings; the window is off and nobody reads unless told."""
    runners: list[web.AppRunner] = []
    async with aiohttp.ClientSession() as http:

        async def start(script: Sequence[Step] = (), **settings: Any) -> Rig:
            endpoint = Endpoint()
            runner, hook = await serve(endpoint.app())
            quick: dict[str, Any] = {
                "webhook_url": f"{hook}/hook", "app_secret": SECRET, "verify_token": TOKEN, "window": False,
                "sent_delay": 0.01, "delivered_delay": 0.06, "read_delay": 0.11, "status_jitter": 0.0,
                "read_share": 1.0, "batch_window": 0.005, "retry_gap": 0.02, "template_review": 0.02,
                "waha_start": 0.02, "waha_patience": 0.1,
            }  # fmt: skip
            simulator, url = await serve(make_app(Cloud(Settings(**{**quick, **settings})), script))
            runners.extend((simulator, runner))
            rig = Rig(url, endpoint, http)
            rig.endpoint_url = f"{hook}/waha"
            return rig

        yield start
        for runner in runners:
            await runner.cleanup()


@pytest.fixture
async def rig(start: Started) -> Rig:
    """A simulator with quick defaults."""
    return await start()
