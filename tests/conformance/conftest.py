"""Clients that other people wrote: packages of npm, under tests/clients."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.graph.core.conftest import served as served

CLIENTS = Path(__file__).parents[1] / "clients"


@pytest.fixture(scope="session")
def node() -> Path:
    """The folder with the clients and their packages, installed; skips where there is no Node or no registry."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("there is no Node")
    if not (CLIENTS / "node_modules").exists():
        done = subprocess.run(
            ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=CLIENTS, capture_output=True, text=True
        )
        if done.returncode != 0:
            pytest.skip(f"npm cannot install the clients: {done.stderr[-200:]}")
    return CLIENTS
