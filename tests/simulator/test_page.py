"""The simulator's page in a real browser that reaches nothing else: writing as a customer, to both providers."""

from __future__ import annotations

import asyncio
import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from tests.clients.node import node as node
from tests.clients.node import run

if TYPE_CHECKING:
    from pathlib import Path

    from tests.simulator.conftest import Rig

NUMBER = "209900112233445"
RITA, BRUNO = "+351910000111", "351910000222@c.us"
pytestmark = pytest.mark.timeout(300)  # the first to want Node installs its packages


async def business(rig: Rig) -> None:
    """What bot and operator answer, once somebody writes."""
    await rig.endpoint.until(rig.endpoint.messages, seconds=60)
    buttons = [{"type": "reply", "reply": {"id": each, "title": each.title()}} for each in ("keep", "move")]
    [first] = rig.endpoint.messages()
    await rig.call(
        "POST", f"{NUMBER}/messages", {"messaging_product": "whatsapp", "status": "read", "message_id": first["id"]}
    )
    asked = {"type": "button", "body": {"text": "Yes! Keep Friday?"}, "action": {"buttons": buttons}}
    await rig.send(RITA, type="interactive", interactive=asked)
    await rig.endpoint.until(lambda: len(rig.endpoint.messages()) == 2, seconds=60)
    await rig.send(RITA, type="text", text={"body": "Thank you, Rita"})
    await rig.endpoint.until(lambda: rig.endpoint.told("message"), seconds=60)
    assert (await rig.text(BRUNO, text="Ola, Bruno"))[0] == 201


@pytest.mark.skipif(shutil.which("chromium") is None, reason="there is no Chromium")
async def test_a_developer_writes_as_customer_and_sees_the_answers(rig: Rig, node: Path, tmp_path: Path) -> None:
    await rig.call("GET", NUMBER, fields="display_phone_number")
    webhook = {"url": rig.endpoint_url, "events": ["message", "session.status"]}
    await rig.waha("POST", "sessions", {"name": "clinic", "config": {"webhooks": [webhook]}})
    await rig.status("clinic", "SCAN_QR_CODE")
    command = ["node", "simulator.mjs", rig.url, NUMBER, str(tmp_path)]
    (status, said), _ = await asyncio.gather(run(command, cwd=node), business(rig))
    assert status == 0, said
    found: dict[str, Any] = json.loads(said)
    assert (found["elsewhere"], found["trouble"]) == ([], [])
    assert len(found["chats"]) == 2
    kinds = [each["type"] for each in rig.endpoint.messages()]
    assert sorted(kinds) == sorted(["text", "interactive", "reaction", "image", "edit", "text"])
    assert rig.endpoint.messages()[1]["interactive"]["button_reply"]["id"] == "keep"
    assert [each["body"] for each in rig.endpoint.told("message")] == ["Ola"]


async def test_the_page_names_nothing_elsewhere(rig: Rig) -> None:
    for path in ("/", "/_simulator/page/page.js", "/_simulator/page/page.css"):
        async with rig.http.get(f"{rig.url}{path}") as response:
            assert response.status == 200
            assert "default-src 'none'" in response.headers["Content-Security-Policy"]
            text = await response.text()
        assert "http://" not in text
        assert "https://" not in text
    async with rig.http.get(f"{rig.url}/_simulator/page/..%2Fapp.py") as response:
        assert response.status in (404, 405)
