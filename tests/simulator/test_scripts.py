"""Scripts of faults: at a time or after some sends, for a while (simulator/scripts.py)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from simulator.scripts import ScriptError, read

if TYPE_CHECKING:
    from tests.simulator.conftest import Rig, Started

EXAMPLE = Path(__file__).parents[2] / "examples" / "faults.toml"
ALICE, BOB = "+351910000111", "+351910000222"


async def jump(rig: Rig, seconds: float) -> None:
    await rig.control("POST", "clock", {"jump": seconds})


def script(folder: Path, text: str) -> Path:
    path = folder / "script.toml"
    path.write_text(text)
    return path


async def test_a_fault_befalls_the_send_after_those_it_waits_for(start: Started, tmp_path: Path) -> None:
    text = '[[step]]\nafter_sends = 2\ndo = "faults"\nwith = { kind = "refuse", code = 131016 }\n'
    rig = await start(script=read(script(tmp_path, text)))
    assert [(await rig.post(ALICE))[0] for _ in range(4)] == [200, 200, 500, 200]


async def test_faults_and_settings_begin_by_the_clock_and_are_taken_back(start: Started, tmp_path: Path) -> None:
    text = """
    [[step]]
    at = "10m"
    do = "settings"
    with = { number_refusals = { 209900112233445 = 133010 }, expired_tokens = ["old"] }
    for = "5m"

    [[step]]
    at = "1h"
    do = "faults"
    with = { kind = "refuse", code = 2, to = "+351910000222" }
    for = "1h"
    """
    rig = await start(script=read(script(tmp_path, text)))

    async def status(to: str) -> int:
        return (await rig.post(to))[0]

    async def refused() -> bool:
        return await status(ALICE) == 400

    async def taken() -> bool:
        return await status(ALICE) == 200

    async def away() -> bool:
        return await status(BOB) == 503

    assert await status(ALICE) == 200
    await jump(rig, 601)
    await rig.until(refused)
    await jump(rig, 301)
    await rig.until(taken)
    assert (await rig.control("GET", "settings"))["expired_tokens"] == []
    await jump(rig, 3600)
    await rig.until(away)
    assert await status(ALICE) == 200
    await jump(rig, 3601)
    assert await status(BOB) == 200


async def test_whatever_the_control_api_can_a_script_can(start: Started, tmp_path: Path) -> None:
    text = """
    [[step]]
    at = 60
    do = "waha/clinic/drop"

    [[step]]
    at = "2m"
    do = "inbound"
    with = { phone_number_id = "209900112233445", from = "+351910000111", text = "hello?" }
    """
    rig = await start(script=read(script(tmp_path, text)))
    await rig.session()
    await jump(rig, 61)
    await rig.status("clinic", "FAILED")
    await jump(rig, 61)
    [message] = await rig.endpoint.until(rig.endpoint.messages)
    assert message["text"]["body"] == "hello?"


async def test_a_step_that_fails_ends_nothing(start: Started, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    text = """
    [[step]]
    after_sends = 1
    do = "waha/none/drop"

    [[step]]
    after_sends = 1
    do = "nothing"

    [[step]]
    after_sends = 1
    do = "faults"
    with = { kind = "refuse", code = 2 }
    """
    rig = await start(script=read(script(tmp_path, text)))
    await rig.send(ALICE)
    assert await rig.code(ALICE) == (503, 2)
    said = " ".join(record.getMessage() for record in caplog.records)
    assert "no session none" in said
    assert "nothing, which there is not" in said


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[[step]]\ndo = 'faults'", "step 1: a step has either at or after_sends"),
        ("[[step]]\nat = 1\nafter_sends = 1\ndo = 'faults'", "either at or after_sends"),
        ("[[step]]\nat = 'soon'\ndo = 'faults'", "is no time"),
        ("[[step]]\nafter_sends = 0\ndo = 'faults'", "at least 1"),
        ("[[step]]\nat = 1", "do is a path"),
        ("[[step]]\nat = 1\ndo = 'faults'\nwhen = 1", "unknown: when"),
        ("[[step]]\nat = 1\ndo = 'inbound'\nfor = 1", "for is theirs"),
        ("[[step]]\nat = 1\ndo = 'faults'\nwith = 'x'", "with is a table"),
        ("[[step]\n", "script.toml"),
        ("x = 1", "a list of"),
    ],
)
def test_wrong_scripts_are_told_by_step(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(ScriptError, match=says):
        read(script(tmp_path, text))


async def test_the_example_runs_through_in_a_moment(start: Started, caplog: pytest.LogCaptureFixture) -> None:
    rig = await start(script=read(EXAMPLE), throughput=0.0)
    await rig.control("POST", "clock", {"scale": 3600})
    await rig.endpoint.until(rig.endpoint.messages, seconds=20)
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []
    _, number = await rig.call("GET", "106540352242922", fields="quality_rating")
    assert number["quality_rating"] == "RED"
    settings = await rig.control("GET", "settings")
    assert (settings["error_share"], settings["expired_tokens"]) == (0.0, [])
