"""Clients that other people wrote: packages of npm, in this folder."""

import asyncio
import fcntl
import json
import shutil
import subprocess
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.lacking import lacks

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
NO_NETWORK = ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ENETUNREACH")


def npm(folder: Path, *arguments: str | Path) -> None:
    """Runs npm in a folder; skips where there is no registry."""
    command = ["npm", *arguments, "--ignore-scripts", "--no-audit", "--no-fund"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode != 0:
        say = lacks if any(word in done.stderr for word in NO_NETWORK) else pytest.fail
        say(f"npm cannot install: {done.stderr[-200:]}")


def installed(folder: Path) -> Path:
    """A folder with the packages that its lock names; skips where there is no Node or no registry."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        lacks("there is no Node")
    lock, packages = folder / "package-lock.json", folder / "node_modules" / ".package-lock.json"
    with lock.open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        if not packages.exists() or packages.stat().st_mtime < lock.stat().st_mtime:
            npm(folder, "ci")
    return folder


@pytest.fixture(scope="session")
def node() -> Path:
    """The folder with the clients and their packages."""
    return installed(HERE)


async def run(command: list[str], *, cwd: Path = HERE, given: Any = None, seconds: float = 100) -> tuple[int, str]:
    """Runs a program of this folder with `given` as JSON on its standard input; its exit status and what it printed."""
    process = await asyncio.create_subprocess_exec(
        *command, cwd=cwd, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    try:
        async with asyncio.timeout(seconds):
            out, trouble = await process.communicate(json.dumps(given).encode())
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return process.returncode or 0, out.decode() + trouble.decode()


@asynccontextmanager
async def telling(node: Path, script: str, given: dict[str, Any]) -> AsyncGenerator[asyncio.StreamReader]:
    """A client at work, and what it tells."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec("node", script, cwd=node, stdin=pipe, stdout=pipe)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(json.dumps(given).encode())
        process.stdin.close()
        yield process.stdout
        assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
