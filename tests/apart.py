"""Programs for tests whose packages do not go together with ours, each installed in an environment of its own."""

import fcntl
import subprocess
import sys
from pathlib import Path

import pytest

from tests.lacking import lacks

NO_NETWORK = ("Failed to establish a new connection", "NameResolutionError", "Connection refused", "ConnectTimeout")


def installed(lock: Path, home: Path) -> Path:
    """The folder of an environment's programs, made once of a lock file; skips where there is no registry."""
    home.mkdir(exist_ok=True)
    with (home / ".lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        ready = home / ".ready"
        if not ready.exists() or ready.read_text() != lock.read_text():
            subprocess.run([sys.executable, "-m", "venv", home], check=True)
            command = [home / "bin/pip", "install", "--quiet", "--require-hashes", "-r", lock]
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode != 0:
                say = lacks if any(word in done.stderr for word in NO_NETWORK) else pytest.fail
                say(f"pip cannot install {lock.name}: {done.stderr[-200:]}")
            ready.write_text(lock.read_text())
    return home / "bin"
