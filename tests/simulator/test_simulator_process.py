"""The simulator as a process: flags, ready file, clean stop."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest

TOP = Path(__file__).parents[2]


def started(ready: Path, *flags: str, **variables: str) -> subprocess.Popen[str]:
    """A simulator on a free port, once it serves."""
    command = [sys.executable, "-m", "simulator", "--port", "0", "--ready-file", str(ready), *flags]
    process = subprocess.Popen(command, cwd=TOP, env={**os.environ, **variables}, stderr=subprocess.PIPE, text=True)
    until = time.monotonic() + 15
    while not ready.exists() and process.poll() is None and time.monotonic() < until:
        time.sleep(0.02)
    return process


def asked(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=5) as reply:
        return json.loads(reply.read())


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_serves_and_stops(tmp_path: Path, stop: signal.Signals) -> None:
    ready = tmp_path / "ready"
    flags = ["--read-share", "0.25", "--window", "off", "--waba-ids", "11=22,33=44", "--number-refusals", "11=133010"]
    process = started(
        ready,
        *flags,
        "--expired-tokens",
        "a,b",
        "--max-updates",
        "7",
        SIMULATOR_APP_SECRET="S",
        SIMULATOR_MAX_UPDATES="8",
    )
    try:
        told = json.loads(ready.read_text())
        assert told["pid"] == process.pid
        settings = asked(f"{told['url']}/_simulator/settings")
        assert settings["read_share"] == 0.25
        assert settings["window"] is False
        assert settings["waba_ids"] == {"11": "22", "33": "44"}
        assert settings["number_refusals"] == {"11": 133010}
        assert settings["expired_tokens"] == ["a", "b"]
        assert (settings["max_updates"], settings["app_secret"]) == (7, "S")
        assert asked(f"{told['url']}/_simulator/health")["status"] == "ok"
    finally:
        os.kill(process.pid, stop)
        _, errors = process.communicate(timeout=10)
    assert process.returncode == 0
    assert "Traceback" not in errors


def test_bad_flag_is_told(tmp_path: Path) -> None:
    process = started(tmp_path / "ready", "--read-share", "lots")
    _, errors = process.communicate(timeout=10)
    assert process.returncode == 2
    assert "read_share must be a number, not 'lots'" in errors


def test_a_script_runs_from_the_command_line_with_time_scaled(tmp_path: Path) -> None:
    script = tmp_path / "script.toml"
    script.write_text('[[step]]\nat = "1h"\ndo = "settings"\nwith = { read_share = 0.125 }\n')
    ready = tmp_path / "ready"
    command = [sys.executable, "-m", "tidings", "simulate", "--port", "0", "--ready-file", str(ready)]
    command += ["--script", str(script), "--time-scale", "36000"]
    process = subprocess.Popen(command, cwd=TOP, stderr=subprocess.PIPE, text=True)
    try:
        until = time.monotonic() + 20
        while not ready.exists() and time.monotonic() < until:
            time.sleep(0.02)
        url = json.loads(ready.read_text())["url"]
        while asked(f"{url}/_simulator/settings")["read_share"] != 0.125:
            assert time.monotonic() < until
            time.sleep(0.02)
        with urllib.request.urlopen(url, timeout=5) as reply:
            assert b"Simulated WhatsApp" in reply.read()
    finally:
        process.terminate()
        process.communicate(timeout=10)
    script.write_text("[[step]]\nat = 1")
    done = subprocess.run([*command[:-2], "--port", "0"], cwd=TOP, capture_output=True, text=True, timeout=20)
    assert done.returncode == 2
    assert "step 1: do is a path" in done.stderr


def test_every_setting_has_a_flag_with_help() -> None:
    command = [sys.executable, "-m", "simulator", "--help"]
    shown = subprocess.run(command, cwd=TOP, capture_output=True, text=True, check=True)
    for flag in ("--webhook-url", "--throughput", "--template-review", "--retry-window", "--seed"):
        assert flag in shown.stdout
