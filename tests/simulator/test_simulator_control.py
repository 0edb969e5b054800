"""The control API and the settings behind it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.simulator.conftest import Rig

NUMBER = "209900112233445"
ALICE, BOB = "+351910000111", "+351910000222"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"read_share": 1.5}, "between 0 and 1"),
        ({"latency": -1}, "must not be negative"),
        ({"latency": "fast"}, "must be a number"),
        ({"window": 1}, "true or false"),
        ({"max_updates": 1001}, "1000"),
        ({"max_updates": 0}, "at least 1"),
        ({"expired_tokens": "x"}, "list of strings"),
        ({"number_refusals": {"1": "x"}}, "type int"),
        ({"webhook_url": None}, "must be a string"),
        ({"colour": "red"}, "no setting colour"),
    ],
)
async def test_bad_settings_change_nothing(rig: Rig, changes: dict[str, Any], says: str) -> None:
    before = await rig.control("GET", "settings")
    assert says in (await rig.control("PATCH", "settings", {"seed": 5, **changes}, expect=400))["error"]
    assert await rig.control("GET", "settings") == before


@pytest.mark.parametrize(
    ("path", "body", "says"),
    [
        ("faults", {"kind": "fire"}, "kind is one of"),
        ("faults", {"kind": "slow", "count": 0}, "at least 1"),
        ("faults", {"kind": "slow", "seconds": "x"}, "seconds must be a number"),
        ("faults", {"kind": "slow", "code": "x"}, "wrong type"),
        ("faults", {"kind": "slow", "when": 1}, "Unknown: when"),
        ("faults", [], "JSON object"),
        ("inbound", {"from": ALICE, "text": "x"}, "phone_number_id is needed"),
        ("inbound", {"phone_number_id": "1", "text": "x"}, "from or bsuid"),
        ("inbound", {"phone_number_id": "1", "from": ALICE, "text": ""}, "text must be"),
        ("inbound", {"phone_number_id": "1", "from": ALICE, "type": "image", "content": "x"}, "content must be"),
        ("inbound", ["x"], "is an object"),
        ("webhooks/raw", {"signature": "good"}, "body is"),
        ("webhooks/raw", {"body": {}, "signature": "odd"}, "signature is"),
        ("webhooks/replay", {"which": "some"}, "last or all"),
        ("templates/none/status", {"status": "PAUSED"}, "no template none"),
        ("templates/none/status", {"status": "ILL"}, "status is one of"),
        ("reset", {"keep": ["money"]}, "keep is a list"),
    ],
)
async def test_bad_calls_are_told_why(rig: Rig, path: str, body: Any, says: str) -> None:
    assert says in (await rig.control("POST", path, body, expect=400))["error"]


async def test_ledger_filters_and_pages(rig: Rig) -> None:
    for n in range(3):
        await rig.send(ALICE, biz_opaque_callback_data=f"m:{n}")
    await rig.send(BOB, number="77")
    page = await rig.control("GET", "ledger", limit="2", offset="1")
    assert (page["total"], [row["callback_data"] for row in page["messages"]]) == (4, ["m:1", "m:2"])
    [row] = await rig.ledger(callback_data="m:1")
    assert row["text"] == "hello"
    assert row["to"] == ALICE
    assert len(await rig.ledger(to="351910000111")) == 3
    assert len(await rig.ledger(phone_number_id="77")) == 1
    assert len(await rig.ledger(since=str(row["accepted_at"]))) == 3
    assert "number" in (await rig.control("GET", "ledger", expect=400, since="x"))["error"]
    assert "limit" in (await rig.control("GET", "ledger", expect=400, limit="0"))["error"]
    assert "outcome" in (await rig.control("GET", "ledger", expect=400, outcome="eaten"))["error"]


async def test_summary(rig: Rig) -> None:
    await rig.send(ALICE)
    await rig.send(ALICE)
    await rig.send("+351910000000")
    await rig.code("nobody")
    await rig.endpoint.until(lambda: len(rig.endpoint.statuses()) == 7)
    await asyncio.sleep(0.02)
    counts = await rig.control("GET", "ledger/summary")
    assert (counts["accepted"], counts["distinct_recipients"]) == (3, 2)
    assert (counts["max_per_recipient"], counts["repeated_recipients"]) == (2, 1)
    assert counts["outcomes"] == {"read": 2, "failed": 1}
    assert counts["errors"] == {"131026": 1}
    assert counts["refused"] == {"131009": 1}
    assert counts["webhooks"]["pending"] == 0
    assert counts["webhooks"]["updates"] == 7


async def test_inbound_of_any_type(rig: Rig) -> None:
    content = {"id": "77", "mime_type": "image/jpeg", "sha256": "x"}
    context = {"from": "15552233445", "id": "wamid.q"}
    wamid = await rig.hear(
        ALICE, type="image", content=content, context=context, id="wamid.mine", timestamp=1_795_000_000
    )
    [message] = await rig.endpoint.until(rig.endpoint.messages)
    user_id = message.pop("from_user_id")
    assert user_id.startswith("PT.")
    assert message == {
        "from": "351910000111",
        "id": wamid,
        "timestamp": "1795000000",
        "type": "image",
        "image": content,
        "context": context,
    }
    assert wamid == "wamid.mine"
    await rig.change(bsuids=False)
    await rig.hear(ALICE)
    await rig.endpoint.until(lambda: len(rig.endpoint.messages()) == 2)
    assert "from_user_id" not in rig.endpoint.messages()[1]


async def test_reset(rig: Rig) -> None:
    await rig.template("hello", "Hi")
    await rig.change(window=True, read_share=0.25, sent_delay=0.2)
    await rig.hear(ALICE)
    await rig.send(ALICE)
    await rig.control("POST", "reset", {"keep": ["templates", "settings"]})
    assert await rig.ledger() == []
    assert (await rig.control("GET", "settings"))["read_share"] == 0.25
    assert len((await rig.call("GET", "318800221144667/message_templates"))[1]["data"]) == 1
    await asyncio.sleep(0.3)
    assert rig.endpoint.statuses() == [], "what waited is forgotten"
    await rig.control("POST", "reset")
    settings = await rig.control("GET", "settings")
    assert (settings["window"], settings["read_share"], settings["sent_delay"]) == (False, 1.0, 0.01)
    assert (await rig.call("GET", "318800221144667/message_templates"))[1]["data"] == []
    wamid = await rig.send(ALICE)
    await rig.endpoint.until(lambda: "read" in rig.endpoint.words(wamid))


async def test_no_webhook_url_tells_nobody(rig: Rig) -> None:
    await rig.change(webhook_url="")
    await rig.send(ALICE)
    await asyncio.sleep(0.2)
    assert (await rig.control("GET", "health"))["webhooks"]["pending"] == 0
    assert rig.endpoint.posts == []
    assert [row["outcome"] for row in await rig.ledger()] == ["read"]
