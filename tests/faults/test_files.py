"""Workers that die while a file comes: nothing half is believed, and another one begins anew."""

import asyncio
import hashlib
import json
import threading
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from tests.faults.conftest import Installation
from tests.s3 import S3, Gate

CONTENT = b"\x89PNG\r\n\x1a\n" + bytes(200_000)


class SlowGateway:
    """WhatsApp's media alone: the first who asks gets half a file and then silence, later ones all of it."""

    def __init__(self) -> None:
        self.asked = 0
        self.halfway = asyncio.Event()
        self.end = asyncio.Event()

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/v26.0/{id}", self._where)
        app.router.add_get("/bytes", self._bytes)
        return app

    async def _where(self, request: web.Request) -> web.Response:
        return web.json_response({"url": f"http://{request.host}/bytes", "mime_type": "image/png"})

    async def _bytes(self, request: web.Request) -> web.StreamResponse:
        self.asked += 1
        response = web.StreamResponse(headers={"Content-Type": "image/png"})
        await response.prepare(request)
        await response.write(CONTENT[:100_000])
        if self.asked == 1:
            self.halfway.set()
            await self.end.wait()
        await response.write(CONTENT[100_000:])
        return response


async def until(look: Callable[[], Awaitable[Any]], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not await look():
        assert time.monotonic() < end
        await asyncio.sleep(0.1)


async def test_a_killed_worker_leaves_no_half_file_and_the_next_fetches_it(installation: Installation) -> None:
    gateway = SlowGateway()
    runner = web.AppRunner(gateway.app(), access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    await installation.sender()
    [sender] = await installation.fetch("SELECT id FROM sender LIMIT 1")
    source = json.dumps({"id": "1", "sha256": hashlib.sha256(CONTENT).hexdigest()})

    async def file() -> Any:
        return (await installation.fetch("SELECT * FROM file WHERE id = $1", id))[0]

    async def completed() -> bool:
        return (await file())["status"] == "COMPLETED"

    with installation.workers(1, WHATSAPP_API_URL=url) as [worker]:
        [row] = await installation.fetch(
            "INSERT INTO file (name, sender_id, source, due_at) VALUES ('a.png', $1, $2, now()) RETURNING id",
            sender["id"],
            source,
        )
        id = row["id"]
        path = Path(installation.environment["DATA_DIR"]) / "files" / f"{id // 1000:06}" / str(id)
        async with asyncio.timeout(60):
            await gateway.halfway.wait()
        worker.kill()
        assert ((await file())["status"], path.exists()) == ("RUNNING", False)
        worker.start()
        await until(completed, 60)
        assert path.read_bytes() == CONTENT
        assert ((await file())["attempts"], gateway.asked) == (2, 2)
    gateway.end.set()
    await runner.cleanup()


@pytest.mark.timeout(300)  # the first to want S3 installs its server
@pytest.mark.soak
async def test_a_worker_killed_on_the_way_to_a_bucket_leaves_nothing_to_be_seen(installation: Installation) -> None:
    gateway = SlowGateway()
    gateway.asked = 1  # Nobody is kept waiting by it.
    runner = web.AppRunner(gateway.app(), access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    await installation.sender()
    [sender] = await installation.fetch("SELECT id FROM sender LIMIT 1")
    source = json.dumps({"id": "1", "sha256": hashlib.sha256(CONTENT).hexdigest()})
    halfway = threading.Event()

    async def held(request: web.Request) -> web.StreamResponse | None:
        if not request.path.endswith(f"/{row['id']}"):
            return None
        halfway.set()
        return await asyncio.Event().wait() or None

    async def completed() -> bool:
        [file] = await installation.fetch("SELECT status FROM file WHERE id = $1", row["id"])
        return file["status"] == "COMPLETED"

    with S3.running(installation.environment) as s3:
        gate = Gate(s3)
        gate.trouble = held
        with gate.opened() as address:
            bucket = s3.bucket(address)
            with installation.workers(1, WHATSAPP_API_URL=url, **bucket) as [worker]:
                [row] = await installation.fetch(
                    "INSERT INTO file (name, sender_id, source, due_at) VALUES ('a.png', $1, $2, now()) RETURNING id",
                    sender["id"],
                    source,
                )
                key = f"{row['id'] // 1000:06}/{row['id']}"
                assert await asyncio.to_thread(halfway.wait, 60)
                worker.kill()
                [left] = s3.keys(bucket["S3_BUCKET"])
                assert left.startswith("incoming/"), "it is all there, and nobody looks at it"
                gate.trouble = None
                worker.start()
                await until(completed, 60)
                assert s3.content(bucket["S3_BUCKET"], key) == CONTENT
                assert s3.keys(bucket["S3_BUCKET"]) == [key, left], "what was left is swept by and by"
    await runner.cleanup()
