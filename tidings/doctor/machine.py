"""Checks of this machine: the data folder, the disk, the port."""

import os
import tempfile
from collections.abc import Collection, Iterator

import httpx

from db.core.settings import Settings
from domain.health.problems import MENDS, Kind, bytes_on_disk, nearest
from tidings.doctor.finding import Finding
from tidings.provide import address

ANSWER_SECONDS = 5.0


def check_data_folder(settings: Settings) -> Iterator[Finding]:
    folder = settings.data_dir.resolve()
    there = nearest(folder)
    try:
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as error:
        yield Finding(
            f"The data folder {folder} cannot be written: {error.strerror}.",
            f"Let user {os.geteuid()} write to {there}, or set DATA_DIR to another folder.",
        )
        return
    free, _ = bytes_on_disk(folder)
    yield Finding(f"The data folder {folder} can be written, and {free / 2**30:.1f} GiB are free.")


def check_api(settings: Settings, said: Collection[Kind]) -> Iterator[Finding]:
    """Whoever answers at our port should be us; of what is wrong there it tells what was not said yet."""
    if settings.api_port == 0:
        return
    place = address(settings.api_host, settings.api_port)
    try:
        answer = httpx.get(f"{place}/health", timeout=ANSWER_SECONDS, trust_env=False)
        health = str(answer.json()["status"])
    except (httpx.ConnectError, httpx.ConnectTimeout):
        yield Finding(f"No API runs at {place}, and the port is free.")
    except httpx.TimeoutException:
        yield Finding(
            f"Whoever listens at {place} takes connections and does not answer within {ANSWER_SECONDS:g} s.",
            "If that is the API, it hangs: start it anew, and look into its log for what it did last.",
        )
    except (httpx.HTTPError, ValueError, KeyError, TypeError):
        yield Finding(
            f"Port {settings.api_port} is taken by another program, which is not Tidings.",
            "Stop that program, or set API_PORT to another port.",
        )
    else:
        yield from _health(settings, place, health, said)


def _health(settings: Settings, place: str, health: str, said: Collection[Kind]) -> Iterator[Finding]:
    told = f"The API at {place} says that it is {health}"
    if health == "healthy":
        yield Finding(f"{told}.")
        return
    try:
        token = settings.admin_token.get_secret_value()
        headers = {"X-Admin-Token": token} if token else {}
        answer = httpx.get(f"{place}/health/detailed", headers=headers, timeout=ANSWER_SECONDS, trust_env=False)
        if answer.status_code in (401, 403):
            yield Finding(
                f"{told}, and tells ADMIN alone why.",
                "See the other findings and its log, or set ADMIN_TOKEN, which this program shows it.",
            )
            return
        body = answer.json()
        problems = {Kind(kind): str(words) for kind, words in zip(body["kinds"], body["problems"], strict=True)}
    except (httpx.HTTPError, ValueError, KeyError, TypeError):
        yield Finding(f"{told} and does not say why.", "See its log.")
        return
    new = problems.keys() - set(said)
    if not new:
        yield Finding(f"{told}, as is said above." if problems else f"{told}, and was so for a moment.")
    for kind, words in problems.items():
        if kind in new:
            yield Finding(f"{told}: {words}", MENDS[kind], kind)
