"""The demonstration itself, without a terminal, and with its API or its worker killed in the middle."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from db.core.settings import Settings

ROOT = Path(__file__).parents[2]


def demo(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    known = {name.upper() for name in Settings.model_fields}
    clean = {name: value for name, value in os.environ.items() if name not in known}
    return subprocess.Popen(
        [sys.executable, "-m", "tidings", "demo", *arguments],
        cwd=folder,
        env={**clean, "PYTHONPATH": str(ROOT), "DATA_DIR": str(folder / "data")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def child(process: subprocess.Popen[str], word: str) -> psutil.Process:
    family = psutil.Process(process.pid).children(recursive=True)
    (found,) = [each for each in family if word in (each.as_dict(["cmdline"])["cmdline"] or ())]
    return found


@pytest.mark.parametrize(
    "killed", ["api", *(pytest.param(killed, marks=pytest.mark.soak) for killed in (None, "worker"))], ids=str
)
def test_it_ends_well_and_leaves_nothing_running(tmp_path: Path, killed: str | None) -> None:
    """Wrong rows are reported; a socket that is cut goes on where it was, and a killed worker costs time only."""
    process = demo(tmp_path, "--people=150")
    assert process.stdout is not None
    lines: list[str] = []
    family: list[psutil.Process] = []
    with process.stdout as out:
        for line in out:
            lines.append(line)
            if line.startswith("Scheduled for"):
                family = psutil.Process(process.pid).children(recursive=True)
                if killed:
                    time.sleep(5)
                    child(process, killed).kill()
    text = "".join(lines)
    assert process.wait(60) == 0, text
    assert "Imported 147 of 150 people; not these rows:" in text
    assert "Half Letters, +1202555CALL: " in text
    assert "at WhatsApp      147 messages to 147 people" in text
    assert "nobody was forgotten or written to twice" in text
    if killed:
        assert re.search(rf"! {killed}\S* was killed by SIGKILL; it is started again", text)
        assert (" 0 cuts of the socket" in text) == (killed != "api")
    assert len(family) > 4
    assert not any(each.is_running() for each in family)
