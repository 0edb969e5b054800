"""What all benchmarks share: services of their own, a sink that answers like WhatsApp, and how figures are printed."""

import contextlib
import os
import platform
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Generator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import psutil

from db.core import connect
from db.core.migrate import migrate
from db.core.settings import get_settings
from tidings.child import spawn
from tidings.services import Services, embedded
from tidings.services.server import free_port as free_port


@asynccontextmanager
async def installation(**given: str) -> AsyncGenerator[Services]:
    """A fresh database and Valkey, migrated and connected; settings go on to processes that are started inside."""
    with tempfile.TemporaryDirectory(prefix="tidings-bench-") as folder, embedded(Path(folder)) as services:
        os.environ.update(
            {
                "ENVIRONMENT": "test",
                "DATABASE_URL": services.database_url,
                "REDIS_URL": services.redis_url,
                "WHATSAPP_APP_SECRET": "an-app-secret",
                "WHATSAPP_VERIFY_TOKEN": "a-verify-token",
                "LOG_LEVEL": "WARNING",
                "RATE_LIMITS": "off",
                **given,
            }
        )
        get_settings.cache_clear()
        await migrate()
        async with connect.connected(application="tidings benchmark"):
            yield services


@contextmanager
def program(*arguments: str) -> Generator[subprocess.Popen[bytes]]:
    """A Python program that ends with the block."""
    process = spawn([sys.executable, "-m", *arguments])
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)


@contextmanager
def serving(port: int, *arguments: str) -> Generator[psutil.Process]:
    """A program that answers at the port, until the block ends."""
    with program(*arguments) as process:
        for _ in range(200):
            with contextlib.suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port)):
                break
            time.sleep(0.05)
        yield psutil.Process(process.pid)


@contextmanager
def sink(port: int) -> Generator[None]:
    """A server in a process of its own that takes every POST and answers as the Cloud API does."""
    with serving(port, "benchmarks.parts.sink", str(port)):
        yield


def machine() -> str:
    return f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.machine()}"


def spread(values: Sequence[float]) -> str:
    """Median, lowest and highest."""
    return f"{statistics.median(values):,.2f} (from {min(values):,.2f} to {max(values):,.2f}, {len(values)} runs)"


def report(question: str, load: str, ratios: Sequence[float], target: str, **figures: str) -> None:
    """Prints one measurement, ready for RESULTS.md."""
    print(f"\n{question}\n  load     {load}\n  machine  {machine()}, load {os.getloadavg()[0]:.1f}")
    for name, figure in figures.items():
        print(f"  {name.replace('_', ' '):8} {figure}")
    print(f"  ratio    {spread(ratios)}   target {target}", flush=True)
