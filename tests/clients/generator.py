"""The generator of Python clients, in an environment of its own: it wants graphql-core below 3.3, and we have 3.3."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.clients.node import HERE

LOCK = HERE / "generator.lock"
"""Made by: echo ariadne-codegen==0.19.0 | uv pip compile - with the options of the Makefile's lock."""
NO_NETWORK = ("Failed to establish a new connection", "NameResolutionError", "Connection refused", "ConnectTimeout")


@pytest.fixture(scope="session")
def generator() -> Path:
    """The program ariadne-codegen, installed; skips where there is no registry."""
    home = HERE / ".venv"
    ready = home / ".ready"
    if not ready.exists() or ready.read_text() != LOCK.read_text():
        subprocess.run([sys.executable, "-m", "venv", home], check=True)
        command = [home / "bin/pip", "install", "--quiet", "--require-hashes", "-r", LOCK]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            say = pytest.skip if any(word in done.stderr for word in NO_NETWORK) else pytest.fail
            say(f"pip cannot install the generator: {done.stderr[-200:]}")
        ready.write_text(LOCK.read_text())
    return home / "bin/ariadne-codegen"
