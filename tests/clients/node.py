"""Clients that other people wrote: packages of npm, in this folder."""

import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def node() -> Path:
    """The folder with the clients and their packages, installed; skips where there is no Node or no registry."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("there is no Node")
    if not (HERE / "node_modules").exists():
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        done = subprocess.run(command, cwd=HERE, capture_output=True, text=True)
        if done.returncode != 0:
            pytest.skip(f"npm cannot install the clients: {done.stderr[-200:]}")
    return HERE
