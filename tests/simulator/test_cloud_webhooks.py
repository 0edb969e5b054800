"""Webhooks: handshake, signature, batches, order, repetition, retries (C1-C5)."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.simulator.conftest import Rig, Started

ALICE = "+351910000111"


async def test_handshake_comes_before_the_first_webhook(rig: Rig) -> None:
    rig.endpoint.echo = False
    wamid = await rig.send(ALICE)
    await asyncio.sleep(0.3)
    assert rig.endpoint.posts == []
    health = (await rig.control("GET", "health"))["webhooks"]
    assert not health["verified"]
    assert "403" in health["problem"]
    rig.endpoint.echo = True
    await rig.endpoint.until(lambda: "read" in rig.endpoint.words(wamid))
    last = rig.endpoint.shakes[-1]
    assert (last["hub.mode"], last["hub.verify_token"]) == ("subscribe", "verify-me")
    assert last["hub.challenge"].isdecimal()


async def test_handshake_on_demand(rig: Rig) -> None:
    assert await rig.control("POST", "handshake") == {"verified": True, "problem": None}
    await rig.change(verify_token="wrong")
    answer = await rig.control("POST", "handshake")
    assert answer["verified"] is False
    assert "403" in answer["problem"]


async def test_signature_over_escaped_bytes(rig: Rig) -> None:
    await rig.hear(ALICE, "olá 👋 \u2028")
    await rig.endpoint.until(rig.endpoint.posts.copy)
    [body] = rig.endpoint.posts
    assert b"ol\\u00e1 \\ud83d\\udc4b \\u2028" in body
    assert body.isascii()
    assert rig.endpoint.signed_well()
    await rig.send(ALICE)
    await rig.endpoint.until(rig.endpoint.statuses)
    assert rig.endpoint.signed_well()


async def test_raw_body_with_good_bad_and_missing_signature(rig: Rig) -> None:
    for kind, good in (("good", True), ("bad", False)):
        answer = await rig.control("POST", "webhooks/raw", {"body": {"object": "x", "entry": []}, "signature": kind})
        assert answer["status"] == 200
        assert rig.endpoint.signed_well() is good
        rig.endpoint.posts.clear()
        rig.endpoint.signatures.clear()
    await rig.control("POST", "webhooks/raw", {"body": "not json", "signature": "missing"})
    assert (rig.endpoint.posts, rig.endpoint.signatures) == ([b"not json"], [None])


async def test_statuses_backwards(start: Started) -> None:
    rig = await start(shuffle_share=1.0)
    wamid = await rig.send(ALICE)
    await rig.endpoint.until(lambda: rig.endpoint.words(wamid) == ["read", "delivered", "sent"])
    stamps = {status["status"]: int(status["timestamp"]) for status in rig.endpoint.statuses()}
    assert stamps["sent"] <= stamps["delivered"] <= stamps["read"]
    assert (await rig.ledger())[0]["outcome"] == "read"


async def test_same_bytes_again_after_a_200(start: Started) -> None:
    rig = await start(duplicate_share=1.0, duplicate_delay=0.05, read_share=0.0, delivered_share=0.0)
    await rig.send(ALICE)
    await rig.endpoint.until(lambda: len(rig.endpoint.posts) == 2)
    assert rig.endpoint.posts[0] == rig.endpoint.posts[1]
    await asyncio.sleep(0.1)
    assert len(rig.endpoint.posts) == 2, "a repetition is not repeated"


async def test_delivered_skipped_while_the_chat_is_open(start: Started) -> None:
    rig = await start(skip_delivered_share=1.0)
    wamid = await rig.send(ALICE)
    await rig.endpoint.until(lambda: rig.endpoint.words(wamid) == ["sent", "read"])


async def test_status_before_the_reply(start: Started) -> None:
    rig = await start(status_first_share=1.0, delivered_share=0.0)
    rig.endpoint.pause = 0.05
    wamid = await rig.send(ALICE)
    assert rig.endpoint.words(wamid) == ["sent"]
    await asyncio.sleep(0.1)
    assert rig.endpoint.words(wamid) == ["sent"], "it is not told again"


async def test_batches(start: Started) -> None:
    rig = await start(batch_window=0.15, max_updates=30, throughput=0, waba_ids={"22": "other"}, delivered_share=0.0)
    await asyncio.gather(*(rig.send(f"+3519100{n:05d}", number=("11", "22")[n % 2]) for n in range(1, 51)))
    await rig.endpoint.until(lambda: len(rig.endpoint.statuses()) == 50)
    envelopes = [json.loads(body) for body in rig.endpoint.posts]
    sizes = [sum(len(c["value"]["statuses"]) for e in each["entry"] for c in e["changes"]) for each in envelopes]
    assert max(sizes) == 30
    assert len(sizes) <= 4
    for envelope in envelopes:
        for entry in envelope["entry"]:
            assert isinstance(entry["time"], int)
            [change] = entry["changes"]
            number = change["value"]["metadata"]["phone_number_id"]
            assert entry["id"] == {"11": "318800221144667", "22": "other"}[number]
    assert any(len(envelope["entry"]) == 2 for envelope in envelopes)


async def test_body_stays_below_3_mb(start: Started) -> None:
    rig = await start(batch_window=0.2, max_updates=1000)
    many = [{"phone_number_id": "1", "from": f"35191{n:07d}", "text": "é" * 4096} for n in range(200)]
    await rig.control("POST", "inbound", many)
    await rig.endpoint.until(lambda: len(rig.endpoint.messages()) == 200)
    assert len(rig.endpoint.posts) > 1
    assert max(map(len, rig.endpoint.posts)) <= 3_000_000


async def test_retries_with_growing_gaps(rig: Rig) -> None:
    rig.endpoint.refuse = 4
    await rig.hear(ALICE)
    await rig.endpoint.until(lambda: len(rig.endpoint.posts) == 5)
    assert len(set(rig.endpoint.posts)) == 1
    gaps = [after - before for before, after in zip(rig.endpoint.at, rig.endpoint.at[1:], strict=False)]
    assert gaps[3] > gaps[1]
    assert gaps[3] >= 0.16
    webhooks = (await rig.control("GET", "health"))["webhooks"]
    assert (webhooks["failures"], webhooks["delivered"], webhooks["dropped"]) == (4, 1, 0)


async def test_201_is_not_success_and_the_window_ends(start: Started) -> None:
    rig = await start(retry_window=0.1)
    rig.endpoint.answer = 201
    await rig.hear(ALICE)
    await asyncio.sleep(0.4)
    webhooks = (await rig.control("GET", "health"))["webhooks"]
    assert (webhooks["dropped"], webhooks["delivered"], webhooks["pending"]) == (1, 0, 0)
    assert 2 <= len(rig.endpoint.posts) <= 4


async def test_timeout_is_a_failure(start: Started) -> None:
    rig = await start(webhook_timeout=0.1, retry_window=0.05)
    rig.endpoint.pause = 0.4
    await rig.hear(ALICE)
    await asyncio.sleep(0.3)
    webhooks = (await rig.control("GET", "health"))["webhooks"]
    assert (webhooks["failures"], webhooks["dropped"]) == (1, 1)
    assert "Timeout" in webhooks["problem"]


async def test_posts_run_at_once_and_latency_is_reported(start: Started) -> None:
    rig = await start(max_updates=1, concurrent_posts=5)
    rig.endpoint.pause = 0.05
    await rig.control(
        "POST", "inbound", [{"phone_number_id": "1", "from": f"35191{n:07d}", "text": "x"} for n in range(20)]
    )
    await rig.endpoint.until(lambda: len(rig.endpoint.messages()) == 20)
    assert rig.endpoint.most_at_once == 5
    await asyncio.sleep(0.02)
    latency = (await rig.control("GET", "ledger/summary"))["webhooks"]["latency"]
    assert latency["answers"] == 20
    assert 45 < latency["median_ms"] < 500
    assert latency["share_over_1s"] == 0


async def test_replay(rig: Rig) -> None:
    for text in ("one", "two"):
        await rig.hear(ALICE, text)
        await rig.endpoint.until(lambda text=text: text in [m["text"]["body"] for m in rig.endpoint.messages()])
        await asyncio.sleep(0.02)
    assert await rig.control("POST", "webhooks/replay") == {"replayed": 1}
    await rig.endpoint.until(lambda: [m["text"]["body"] for m in rig.endpoint.messages()] == ["one", "two", "two"])
    assert await rig.control("POST", "webhooks/replay", {"which": "all"}) == {"replayed": 2}
    await rig.endpoint.until(lambda: len(rig.endpoint.posts) == 5)


async def test_a_thousand_updates_in_one_post(start: Started) -> None:
    rig = await start(batch_window=0.6, max_updates=1000, throughput=0.0, delivered_share=0.0)
    await rig.control(
        "POST", "inbound", [{"phone_number_id": "1", "from": f"35191{n:07d}", "text": "x"} for n in range(1000)]
    )
    await rig.endpoint.until(lambda: len(rig.endpoint.messages()) == 1000)
    assert len(rig.endpoint.posts) == 1


async def test_retries_go_on_for_seven_days_of_the_clock_and_no_longer(start: Started) -> None:
    rig = await start(retry_gap=3600.0)
    rig.endpoint.answer = 500
    await rig.hear(ALICE)
    await rig.endpoint.until(rig.endpoint.posts.copy)
    posts = 1
    for _ in range(5):  # gaps of 1, 2, 4, 8, 16 hours, then one of 32
        await rig.control("POST", "clock", {"jump": 86_400})
        await rig.endpoint.until(lambda posts=posts: len(rig.endpoint.posts) > posts)
        posts = len(rig.endpoint.posts)
    assert len(set(rig.endpoint.posts)) == 1
    for _ in range(3):
        await rig.control("POST", "clock", {"jump": 3 * 86_400})

    async def dropped() -> bool:
        return (await rig.control("GET", "health"))["webhooks"]["dropped"] == 1

    await rig.until(dropped)


async def test_bad_signatures_by_chance(start: Started) -> None:
    rig = await start(bad_signature_share=1.0)
    await rig.hear(ALICE)
    await rig.endpoint.until(rig.endpoint.posts.copy)
    assert not rig.endpoint.signed_well()
    assert rig.endpoint.signatures[0] is not None
