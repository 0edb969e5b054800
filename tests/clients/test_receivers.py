"""The receivers that we show: what we post is taken once, and what others post is not."""

import asyncio
import json
import os
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from db.events import EventType
from db.webhooks import WebhookDelivery, WebhookDeliveryStatus
from domain import webhooks
from domain.core.access import SYSTEM
from domain.webhooks.signing import headers, new_secret
from tests.clients.node import ROOT, run
from tests.running import free_port

EXAMPLES = ROOT / "examples"
BODY = b'{"event":"message.sent","timestamp":"2026-11-23T00:00:00Z","data":{"message_id":"wamid.X"}}'
SECRETS = [new_secret(), "a-secret-of-our-own-choice"]


@asynccontextmanager
async def program(command: list[str], cwd: Path, secret: str) -> AsyncIterator[asyncio.StreamReader]:
    """A receiver at work, and what it prints."""
    environment = {**os.environ, "WEBHOOK_SECRET": secret}
    process = await asyncio.create_subprocess_exec(*command, cwd=cwd, env=environment, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    try:
        yield process.stdout
    finally:
        process.kill()
        await process.wait()


async def line(said: asyncio.StreamReader) -> str:
    async with asyncio.timeout(30):
        return (await said.readline()).decode().strip()


async def takes_ours_alone(url: str, said: asyncio.StreamReader, secret: str) -> None:
    """Posts what it must and must not take, then has it told by the product itself."""
    made = headers("msg_1", datetime.now(UTC), BODY, [secret])
    forged = headers("msg_2", datetime.now(UTC), BODY, [new_secret()])
    async with httpx.AsyncClient(trust_env=False, transport=httpx.AsyncHTTPTransport(retries=50)) as http:
        answers = [
            (await http.post(url, content=body, headers=given)).status_code
            for body, given in ((BODY, made), (BODY, made), (BODY, forged), (BODY + b" ", made), (BODY, {}))
        ]
    assert answers == [204, 204, 401, 401, 401]
    assert (await line(said)).startswith("message.sent")
    webhook = await webhooks.create(SYSTEM, url=url, events=[EventType.LEAD_FOLLOW_UP_DUE], secret=secret)
    tested = await webhooks.test(SYSTEM, webhook.id)
    await webhooks.deliver(webhook.id)
    assert (await line(said)).startswith("webhook.test")
    async with asyncio.timeout(30):
        while True:
            found = await WebhookDelivery.get(id=tested.id)
            if found.status is not WebhookDeliveryStatus.PENDING:
                break
            await asyncio.sleep(0.05)
    assert found.status is WebhookDeliveryStatus.DELIVERED, found.error_message
    await webhooks.delete(SYSTEM, webhook.id)


@pytest.mark.parametrize("secret", SECRETS, ids=["made", "ours"])
async def test_the_one_in_python(database: None, secret: str) -> None:
    port = free_port()
    async with program([sys.executable, "webhook_receiver.py", str(port)], EXAMPLES, secret) as said:
        await takes_ours_alone(f"http://127.0.0.1:{port}/", said, secret)


@pytest.mark.timeout(300)  # the first to want Node installs its packages
@pytest.mark.parametrize("secret", SECRETS, ids=["made", "ours"])
async def test_the_one_in_typescript(database: None, node: Path, secret: str) -> None:
    folder = node / "node_modules/.receiver"
    folder.mkdir(exist_ok=True)
    shutil.copy(EXAMPLES / "webhook_receiver.ts", folder)
    options = {
        "strict": True,
        "target": "es2022",
        "module": "nodenext",
        "lib": ["es2022", "dom", "dom.iterable"],
        "types": [],
        "skipLibCheck": True,  # the library's own types name Node's Buffer
    }
    (folder / "package.json").write_text('{"type": "module"}')
    (folder / "tsconfig.json").write_text(json.dumps({"compilerOptions": options, "files": ["webhook_receiver.ts"]}))
    status, told = await run([str(node / "node_modules/.bin/tsc"), "--project", str(folder)])
    assert status == 0, told
    async with program(["node", "receiver.mjs"], node, secret) as said:
        await takes_ours_alone(f"http://127.0.0.1:{await line(said)}/", said, secret)
