"""S3 as far as we can tell: moto's server in a process of its own, and a gate before it that makes trouble.

moto comes from an environment of its own: botocore wants python-dateutil below 3, and we have 4.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from threading import Thread

import httpx
from aiohttp import ClientSession, web
from obstore.store import S3Store

from tests.apart import installed
from tests.factories import unique
from tests.running import Program, free_port

LOCK = Path(__file__).with_name("s3.lock")
"""Made of moto[s3]==5.2.5, flask and flask-cors by uv pip compile - with the options of the Makefile's lock."""
SECRET = "a-secret-that-nobody-writes-down"

Trouble = Callable[[web.Request], Awaitable[web.StreamResponse | None]]
"""What happens to a request; None: it goes on to S3."""


class S3:
    """A server of buckets."""

    def __init__(self, url: str, program: Program) -> None:
        self.url = url
        self.program = program

    @classmethod
    @contextmanager
    def running(cls, environment: Mapping[str, str]) -> Iterator["S3"]:
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        python = installed(LOCK, LOCK.parent / ".venv") / "python"
        arguments = ["moto.server", "-H", "127.0.0.1", "-p", str(port)]
        with Program(arguments, environment, f"{url}/moto-api/", python=str(python)).running() as program:
            yield cls(url, program)

    def bucket(self, endpoint: str | None = None) -> dict[str, str]:
        """The settings of a new bucket."""
        name = unique("files").lower()
        assert httpx.put(f"{self.url}/{name}", trust_env=False).status_code == 200
        return {
            "S3_BUCKET": name,
            "AWS_ENDPOINT_URL": endpoint or self.url,
            "AWS_ACCESS_KEY_ID": "a-key",
            "AWS_SECRET_ACCESS_KEY": SECRET,
        }

    def keys(self, bucket: str) -> list[str]:
        """What is in a bucket."""
        answer = httpx.get(f"{self.url}/{bucket}", params={"list-type": 2}, trust_env=False)
        return re.findall("<Key>([^<]*)</Key>", answer.text)

    def content(self, bucket: str, key: str) -> bytes | None:
        options = {"endpoint": self.url, "access_key_id": "a-key", "secret_access_key": SECRET, "region": "us-east-1"}
        store = S3Store(bucket, config=options, client_options={"allow_http": True})
        try:
            return bytes(store.get(key).bytes())
        except FileNotFoundError:
            return None


class Gate:
    """A way to S3 that can be troubled: `trouble` sees each request first."""

    def __init__(self, s3: S3) -> None:
        self._s3 = s3
        self.trouble: Trouble | None = None
        self.asked: list[tuple[str, str]] = []
        self.sent = 0
        """Bytes of answers."""

    @contextmanager
    def opened(self) -> Iterator[str]:
        """Its address. It works in a thread of its own: tests that block must not hold it up."""
        loop = asyncio.new_event_loop()
        thread = Thread(target=loop.run_forever, daemon=True)
        thread.start()
        runner, url = asyncio.run_coroutine_threadsafe(self._open(), loop).result(10)
        try:
            yield url
        finally:
            asyncio.run_coroutine_threadsafe(self._close(runner), loop).result(10)
            loop.call_soon_threadsafe(loop.stop)
            thread.join(10)
            loop.close()

    async def _open(self) -> tuple[web.AppRunner, str]:
        self._client = ClientSession(auto_decompress=False)
        app = web.Application(client_max_size=2**30)
        app.router.add_route("*", "/{path:.*}", self._pass)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return runner, f"http://127.0.0.1:{runner.addresses[0][1]}"

    async def _close(self, runner: web.AppRunner) -> None:
        await runner.cleanup()
        await self._client.close()
        held = asyncio.all_tasks() - {asyncio.current_task()}
        for task in held:
            task.cancel()
        await asyncio.gather(*held, return_exceptions=True)

    async def _pass(self, request: web.Request) -> web.StreamResponse:
        self.asked.append((request.method, request.path))
        if self.trouble is not None and (answer := await self.trouble(request)) is not None:
            return answer
        body = BytesIO(await request.read())
        url = f"{self._s3.url}{request.raw_path}"
        async with self._client.request(request.method, url, data=body, headers=request.headers) as answer:
            content = await answer.read()
            self.sent += len(content)
            headers = {name: value for name, value in answer.headers.items() if name.lower() not in _OF_ONE_HOP}
            if request.method == "HEAD":
                headers["Content-Length"] = answer.headers.get("Content-Length", "0")
            return web.Response(status=answer.status, body=content, headers=headers)


_OF_ONE_HOP = {"connection", "content-length", "transfer-encoding", "content-encoding", "date", "server"}


async def overloaded(_: web.Request) -> web.Response:
    return web.Response(status=503, text="<Error><Code>SlowDown</Code></Error>", content_type="application/xml")


async def cut(request: web.Request) -> web.StreamResponse:
    """The connection breaks when some of the request has come."""
    await request.content.read(10_000)
    assert request.transport is not None
    request.transport.abort()
    await asyncio.sleep(0)
    return web.Response()


def refused(status: int, code: str) -> Trouble:
    """As S3 refuses, which tells what was signed, and by whom."""

    async def trouble(_: web.Request) -> web.Response:
        told = f"<AWSAccessKeyId>a-key</AWSAccessKeyId><StringToSign>what-was-signed {SECRET}</StringToSign>"
        body = f"<Error><Code>{code}</Code><Message>No.</Message>{told}</Error>"
        return web.Response(status=status, text=body, content_type="application/xml")

    return trouble
