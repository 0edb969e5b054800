"""Checks of this machine: the data folder, the disk, the port."""

import os
import tempfile
from collections.abc import Collection, Iterator

import httpx

from db.core.settings import Settings
from domain.health.problems import free_bytes
from tidings.doctor.finding import Finding
from tidings.doctor.states import alike
from tidings.provide import address


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
    yield Finding(f"The data folder {folder} can be written, and {free_bytes(folder) / 2**30:.1f} GiB are free.")


def check_api(settings: Settings, said: Collection[str]) -> Iterator[Finding]:
    """Whoever answers at our port should be us; of what is wrong there it tells what was not said yet."""
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
        yield _health(place, health, said)


def _health(place: str, health: str, said: Collection[str]) -> Finding:
    told = f"The API at {place} says that it is {health}"
    if health == "healthy":
        return Finding(f"{told}.")
    try:
        query = {"query": "{ health { problems } }"}
        answer = httpx.post(f"{place}/graphql", json=query, timeout=10.0, trust_env=False)
        problems = [str(words) for words in answer.json()["data"]["health"]["problems"]]
    except (httpx.HTTPError, ValueError, KeyError, TypeError):
        return Finding(f"{told} and does not say why.", "See its log.")
    new = [words for words in problems if not any(alike(words, other) for other in said)]
    if not new:
        return Finding(f"{told}, as is said above.")
    return Finding(f"{told}: {' '.join(new)}", "See the other findings, the tab Pacing of GraphiQL, and its log.")
