"""Programs for tests whose packages do not go together with ours, each installed in an environment of its own."""

import fcntl
import subprocess
import sys
from pathlib import Path

import pytest

from tests.lacking import lacks

NO_NETWORK = ("Failed to establish a new connection", "NameResolutionError", "Connection refused", "ConnectTimeout")


def environment(home: Path, *wanted: str | Path) -> Path:
    """Programs of a new environment, in which pip installs what is wanted; skips where there is no registry."""
    subprocess.run([sys.executable, "-m", "venv", home], check=True)
    done = subprocess.run([home / "bin/pip", "install", "--quiet", *wanted], capture_output=True, text=True)
    if done.returncode != 0:
        say = lacks if any(word in done.stderr for word in NO_NETWORK) else pytest.fail
        say(f"pip cannot install {wanted[-1]}: {done.stderr[-200:]}")
    return home / "bin"


def installed(lock: Path, home: Path) -> Path:
    """The folder of an environment's programs, made once of a lock file; skips where there is no registry."""
    home.mkdir(exist_ok=True)
    with (home / ".lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        ready = home / ".ready"
        if not ready.exists() or ready.read_text() != lock.read_text():
            environment(home, "--require-hashes", "-r", lock)
            ready.write_text(lock.read_text())
    return home / "bin"
