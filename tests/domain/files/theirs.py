"""Files that people send, as WhatsApp holds them."""

import hashlib
from typing import Any

import httpx

from db.core import connect
from db.core.transaction import transaction
from db.files import File
from domain import files
from domain.core.secrets import seal
from domain.files import Received, tending
from tests.domain.files.surroundings import PNG
from tests.domain.messages.surroundings import a_sender
from tests.running import Simulator


async def a_sender_with_an_account(**given: Any) -> int:
    return await a_sender(access_token=seal("a-token"), **given)


def held(simulator: Simulator, content: bytes = PNG, mime_type: str = "image/png") -> str:
    """WhatsApp's id of a file that somebody sends."""
    url = f"{simulator.url}/_simulator/media"
    answer = httpx.post(url, params={"mime_type": mime_type}, content=content, timeout=30, trust_env=False)
    assert answer.status_code == 200, answer.text
    return answer.json()["id"]


async def received(id: str, content: bytes = PNG, **given: Any) -> File:
    """A file as a webhook announces it."""
    sender = given.pop("sender_id", None) or await a_sender_with_an_account()
    sha256 = given.pop("sha256", hashlib.sha256(content).hexdigest())
    async with transaction():
        [made] = await files.receive([Received(sender, id, mime_type="image/png", sha256=sha256, **given)])
    return await File.get(id=made)


async def tended(id: int) -> File:
    """A file after the next look at it, whenever that would be."""
    await connect.execute("UPDATE file SET due_at = now() WHERE id = $1 AND due_at IS NOT NULL", id)
    await tending.tend()
    return await File.get(id=id)
