"""What goes wrong with a send: cut connections, unreadable replies, slowness, refusals (B2, F 20-21)."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

if TYPE_CHECKING:
    from tests.simulator.conftest import Rig, Started

NUMBER = "209900112233445"
ALICE, BOB = "+351910000111", "+351910000222"


async def fault(rig: Rig, kind: str, **more: Any) -> None:
    await rig.control("POST", "faults", {"kind": kind, **more})


async def test_cut_after_accept_still_tells(rig: Rig) -> None:
    await fault(rig, "cut_after_accept")
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await rig.post(ALICE, biz_opaque_callback_data="m:1")
    [row] = await rig.ledger()
    assert row["callback_data"] == "m:1"
    await rig.endpoint.until(lambda: rig.endpoint.words(row["wamid"]) == ["sent", "delivered", "read"])
    assert rig.endpoint.statuses()[0]["biz_opaque_callback_data"] == "m:1"


async def test_cut_before_accept_tells_nothing(rig: Rig) -> None:
    await fault(rig, "cut_before_accept")
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await rig.post(ALICE)
    assert await rig.ledger() == []


@pytest.mark.parametrize(("kind", "accepted"), [("cut_before_accept", 0), ("cut_after_accept", 1)])
async def test_cuts_can_let_the_client_wait(rig: Rig, kind: str, accepted: int) -> None:
    """Time to look at the ledger, and to end the client, between acceptance and what would be the reply."""
    await fault(rig, kind, seconds=0.3)
    sending = asyncio.create_task(rig.post(ALICE))
    await asyncio.sleep(0.15)
    assert not sending.done()
    assert len(await rig.ledger()) == accepted
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await sending
    assert len(await rig.ledger()) == accepted


async def test_slow_then_accepted(rig: Rig) -> None:
    await fault(rig, "slow", seconds=0.2)
    began = asyncio.get_running_loop().time()
    await rig.send(ALICE)
    assert asyncio.get_running_loop().time() - began >= 0.2


async def test_client_that_gives_up_on_a_slow_send_is_served_all_the_same(rig: Rig) -> None:
    await fault(rig, "slow", seconds=0.15)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await rig.post(ALICE)
    assert await rig.ledger() == []
    await asyncio.sleep(0.2)
    assert len(await rig.ledger()) == 1


async def test_bad_gateway_is_html(rig: Rig) -> None:
    await fault(rig, "bad_gateway")
    await fault(rig, "bad_gateway_after_accept")
    body = {"messaging_product": "whatsapp", "to": ALICE, "type": "text", "text": {"body": "x"}}
    for accepted in (0, 1):
        url = f"{rig.url}/v24.0/{NUMBER}/messages"
        async with rig.http.post(url, json=body, headers={"Authorization": "Bearer t"}) as response:
            assert (response.status, response.content_type) == (502, "text/html")
        assert len(await rig.ledger()) == accepted


async def test_garbled_reply(rig: Rig) -> None:
    await fault(rig, "garbled")
    with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
        await rig.post(ALICE)
    assert len(await rig.ledger()) == 1


async def test_refused_and_failed_with_a_code(rig: Rig) -> None:
    await fault(rig, "refuse", code=131048)
    assert await rig.code(ALICE) == (400, 131048)
    await fault(rig, "fail", code=131049)
    wamid = await rig.send(ALICE)
    await rig.endpoint.until(lambda: rig.endpoint.words(wamid) == ["failed"])
    assert rig.endpoint.statuses()[0]["errors"][0]["code"] == 131049


async def test_silent_message_is_never_told(rig: Rig) -> None:
    await fault(rig, "silent")
    silent, told = await rig.send(ALICE), await rig.send(BOB)
    await rig.endpoint.until(lambda: "read" in rig.endpoint.words(told))
    assert rig.endpoint.words(silent) == []


async def test_faults_are_counted_and_targeted(rig: Rig) -> None:
    await fault(rig, "refuse", code=1, count=2, to=BOB)
    await fault(rig, "refuse", code=2, phone_number_id="other")
    assert (await rig.post(ALICE))[0] == 200
    assert [await rig.code(BOB), await rig.code(BOB)] == [(400, 1), (400, 1)]
    assert (await rig.post(BOB))[0] == 200
    assert await rig.code(ALICE, number="other") == (503, 2)
    assert (await rig.control("GET", "faults"))["faults"] == []
    await fault(rig, "silent")
    assert (await rig.control("DELETE", "faults"))["faults"] == []


async def test_random_errors(start: Started) -> None:
    rig = await start(error_share=1.0)
    codes = {await rig.code(ALICE) for _ in range(30)}
    assert codes == {(500, 131000), (500, 131016), (503, 2)}
    assert await rig.ledger() == []
    await rig.change(error_share=0.3, bad_gateway_share=0.0, throughput=0, pair_limit=False)
    results = [(await rig.post(ALICE))[0] for _ in range(200)]
    assert 30 <= sum(1 for status in results if status != 200) <= 90


async def test_same_seed_same_dice(start: Started) -> None:
    seen: list[list[int]] = []
    for _ in range(2):
        rig = await start(seed=7, error_share=0.5, pair_limit=False)
        seen.append([(await rig.post(ALICE))[0] for _ in range(40)])
    assert seen[0] == seen[1]
    assert len(set(seen[0])) > 1


@pytest.mark.parametrize("share", ["cut_before_accept_share", "cut_after_accept_share"])
async def test_cuts_by_chance(start: Started, share: str) -> None:
    rig = await start(**{share: 1.0})
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await rig.post(ALICE)
    assert len(await rig.ledger()) == (share == "cut_after_accept_share")


async def test_latency(start: Started) -> None:
    rig = await start(latency=0.1, latency_jitter=0.05)
    began = asyncio.get_running_loop().time()
    await asyncio.gather(*(rig.send(ALICE) for _ in range(10)))
    assert 0.1 <= asyncio.get_running_loop().time() - began < 0.6
