"""Checks of this machine: the data folder, the disk, the port."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx

from db.core.settings import Settings
from tidings.doctor.finding import Finding
from tidings.provide import address

LEAST_DISK = 2 * 1024**3
"""Free bytes below which PostgreSQL is in danger: it stops when it cannot write its log."""


def check_data_folder(settings: Settings) -> Iterator[Finding]:
    folder = settings.data_dir.resolve()
    nearest = next(each for each in (folder, *folder.parents) if each.exists())
    try:
        with tempfile.TemporaryFile(dir=nearest):
            pass
    except OSError as error:
        yield Finding(
            f"The data folder {folder} cannot be written: {error.strerror}.",
            f"Let user {os.geteuid()} write to {nearest}, or set DATA_DIR to another folder.",
        )
        return
    yield _disk(folder, nearest)


def _disk(folder: Path, nearest: Path) -> Finding:
    free = shutil.disk_usage(nearest).free
    shown = f"{free / 1024**3:.1f} GiB"
    if free < LEAST_DISK:
        return Finding(
            f"The disk of {folder} is nearly full: {shown} are free.",
            "Free some space, or set DATA_DIR to a folder on a larger disk. PostgreSQL stops on a full disk.",
        )
    return Finding(f"The data folder {folder} can be written, and {shown} are free.")


def check_api(settings: Settings) -> Iterator[Finding]:
    """Whoever answers at our port should be us."""
    if settings.api_port == 0:
        return
    place = address(settings.api_host, settings.api_port)
    try:
        answer = httpx.get(f"{place}/health", timeout=5.0, trust_env=False)
        health = str(answer.json()["status"])
    except (httpx.ConnectError, httpx.ConnectTimeout):
        yield Finding(f"No API runs at {place}, and the port is free.")
    except (httpx.HTTPError, ValueError, KeyError, TypeError):
        yield Finding(
            f"Port {settings.api_port} is taken by another program, which is not Tidings.",
            "Stop that program, or set API_PORT to another port.",
        )
    else:
        yield _health(place, health)


def _health(place: str, health: str) -> Finding:
    said = f"The API at {place} says that it is {health}"
    if health == "healthy":
        return Finding(f"{said}.")
    try:
        query = {"query": "{ health { problems } }"}
        answer = httpx.post(f"{place}/graphql", json=query, timeout=10.0, trust_env=False)
        problems = " ".join(answer.json()["data"]["health"]["problems"])
    except (httpx.HTTPError, ValueError, KeyError, TypeError):
        problems = "and does not say why."
    return Finding(f"{said}: {problems}", "See the other findings, the tab Pacing of GraphiQL, and its log.")
