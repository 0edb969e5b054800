"""How fast does one API process take webhooks in, against a bare signed-insert route on the same stack?

python -m benchmarks.webhook_intake [posts] [runs]
"""

import asyncio
import contextlib
import hmac
import json
import os
import socket
import sys
import time
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager

import asyncpg
import uvicorn
import uvloop
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from benchmarks.measure import free_port, installation, program, report
from db.core import connect

TARGET = 0.6
CONNECTIONS = 64
STATUSES = 20
SECRET = b"an-app-secret"


def request() -> bytes:
    """A POST as Meta sends it: a batch of statuses, signed."""
    statuses = [
        {
            "id": f"wamid.HBgNNTUxMTk5OTk5OTk5ORUCABEYEjA1RkE3{n:08d}",
            "status": "delivered",
            "timestamp": "1795262405",
            "recipient_id": f"55119{n:08d}",
            "biz_opaque_callback_data": f"{n}.00000000000000000000000000000000.0000000000000000",
            "pricing": {"billable": True, "pricing_model": "PMP", "type": "regular", "category": "marketing"},
        }
        for n in range(STATUSES)
    ]
    value = {"messaging_product": "whatsapp", "metadata": {"phone_number_id": "1065"}, "statuses": statuses}
    entry = [{"id": "3188", "changes": [{"field": "messages", "value": value}]}]
    body = json.dumps({"object": "whatsapp_business_account", "entry": entry}).encode()
    signature = f"sha256={hmac.digest(SECRET, body, 'sha256').hex()}"
    head = (
        "POST /webhooks/whatsapp HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"X-Hub-Signature-256: {signature}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def bare_post(request: Request) -> Response:
    """The least that is safe: signature, insert, answer."""
    body = await request.body()
    signature = f"sha256={hmac.digest(SECRET, body, 'sha256').hex()}"
    if not hmac.compare_digest(signature, request.headers.get("x-hub-signature-256", "")):
        return Response(status_code=401)
    await request.app.state.pool.execute("INSERT INTO bare_post (body) VALUES ($1)", body)
    return JSONResponse({"status": "received"})


@asynccontextmanager
async def _pool(app: Starlette) -> AsyncGenerator[None]:
    async with asyncpg.create_pool(os.environ["DATABASE_URL"]) as app.state.pool:  # pyright: ignore[reportUnknownMemberType]
        yield


def bare_app() -> Starlette:
    return Starlette(routes=[Route("/webhooks/whatsapp", bare_post, methods=["POST"])], lifespan=_pool)


class Client(asyncio.Protocol):
    """Posts the same bytes again as soon as each is answered; keeps how long each took."""

    def __init__(self, post: bytes, posts: int, done: "asyncio.Future[None]", times: list[float]) -> None:
        self.post, self.left, self.done, self.times = post, posts, done, times

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self._send()

    def _send(self) -> None:
        self.sent, self.answer = time.perf_counter(), b""
        self.transport.write(self.post)  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]

    def data_received(self, data: bytes) -> None:
        self.answer += data
        if not self.answer.endswith(b"}"):  # head and body may come one after the other
            return
        if not self.answer.startswith(b"HTTP/1.1 200"):
            self.done.set_exception(AssertionError(self.answer[:200]))
            return
        self.times.append(time.perf_counter() - self.sent)
        self.left -= 1
        if self.left:
            self._send()
        else:
            self.transport.close()
            self.done.set_result(None)


async def load(port: int, posts: int) -> tuple[float, list[float]]:
    """Posts a second, and how long each took."""
    loop, post, times = asyncio.get_running_loop(), request(), list[float]()
    ends = [loop.create_future() for _ in range(CONNECTIONS)]
    started = time.perf_counter()
    for end in ends:
        await loop.create_connection(lambda end=end: Client(post, posts // CONNECTIONS, end, times), "127.0.0.1", port)
    await asyncio.gather(*ends)
    return len(times) / (time.perf_counter() - started), sorted(times)


@contextmanager
def serving(port: int, *arguments: str) -> Generator[int]:
    with program(*arguments):
        for _ in range(200):
            with contextlib.suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port)):
                break
            time.sleep(0.05)
        yield port


async def main(posts: int, runs: int) -> None:
    ours_port, bare_port = free_port(), free_port()
    async with installation(API_PORT=str(ours_port)):
        await connect.execute("CREATE TABLE bare_post (id bigserial PRIMARY KEY, body bytea NOT NULL)")
        ours = serving(ours_port, "tidings", "api")
        bare = serving(bare_port, "benchmarks.webhook_intake", "bare", str(bare_port))
        ratios, rates, waits = list[float](), list[tuple[float, float]](), list[float]()
        with ours, bare:
            for port in (bare_port, ours_port):
                await load(port, posts // 10)
            for _ in range(runs):
                bare_rate, _ = await load(bare_port, posts)
                our_rate, times = await load(ours_port, posts)
                ratios.append(our_rate / bare_rate)
                rates.append((our_rate, bare_rate))
                waits.append(times[len(times) * 99 // 100])
        kept = await connect.value("SELECT count(*) FROM inbound_post")
        assert kept == (posts // CONNECTIONS * runs + posts // 10 // CONNECTIONS) * CONNECTIONS, kept
    report(
        "Webhook intake, one API process",
        f"{posts:,} posts of {STATUSES} statuses ({len(request()):,} bytes), {CONNECTIONS} connections",
        ratios,
        f"≥ {TARGET}",
        ours=", ".join(f"{rate:,.0f}" for rate, _ in rates) + " posts/s",
        bare=", ".join(f"{rate:,.0f}" for _, rate in rates) + " posts/s",
        p99=", ".join(f"{wait * 1000:.0f}" for wait in waits) + " ms",
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["bare"]:
        uvicorn.run(bare_app(), port=int(sys.argv[2]), log_config=None, access_log=False)
    else:
        uvloop.run(main(*(int(given) for given in [*sys.argv[1:], *["20000", "3"][len(sys.argv) - 1 :]])))
