"""`tidings up` as a whole: real children, found by their parent and killed one after another."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from db.core.settings import Settings
from tidings.client import Api

ROOT = Path(__file__).parents[2]
START_SECONDS = 100.0


def environment(folder: Path, **settings: str) -> dict[str, str]:
    known = {name.upper() for name in Settings.model_fields}
    clean = {name: value for name, value in os.environ.items() if name not in known}
    own = {"PYTHONPATH": str(ROOT), "DATA_DIR": str(folder / "data"), "API_PORT": "0", "LOG_LEVEL": "WARNING"}
    return {**clean, **own, **settings}


def command_line(process: psutil.Process) -> list[str]:
    """Its words; none of one that is gone."""
    try:
        return process.cmdline()
    except psutil.NoSuchProcess:
        return []


@dataclass
class Up:
    """A running `tidings up`."""

    process: subprocess.Popen[bytes]
    folder: Path
    ready: dict[str, Any]

    def children(self, *words: str) -> list[psutil.Process]:
        """Its children whose command line has all these words; all of them when none is given."""
        found = psutil.Process(self.process.pid).children()
        return [child for child in found if set(words) <= set(command_line(child))]

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return run(*arguments, folder=self.folder)


def run(*arguments: str, folder: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tidings", *arguments],
        cwd=folder,
        env=environment(folder, **settings),
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )


def start(folder: Path) -> Up:
    ready_file = folder / "ready.json"
    ready_file.unlink(missing_ok=True)
    with (folder / "up.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tidings", "up", f"--ready-file={ready_file}"],
            cwd=folder,
            env=environment(folder),
            stdout=log,
            stderr=log,
        )
    deadline = time.monotonic() + START_SECONDS
    while not ready_file.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            process.terminate()
            process.wait(40)
            pytest.fail((folder / "up.log").read_text())
        time.sleep(0.05)
    return Up(process, folder, json.loads(ready_file.read_text()))


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    running = start(tmp_path_factory.mktemp("up"))
    yield running
    family = everything(running)
    running.process.terminate()
    assert running.process.wait(40) == 0
    assert gone(family)
    assert not (running.folder / "data" / "running.json").exists()


def until(is_so: Callable[[], bool], *, seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.05)


def answers(up: Up) -> bool:
    try:
        url = up.ready["graphql"].replace("/graphql", "/health")
        return httpx.get(url, trust_env=False, verify=False).status_code == 200
    except httpx.TransportError:
        return False


def everything(up: Up) -> list[psutil.Process]:
    return psutil.Process(up.process.pid).children(recursive=True)


def gone(processes: list[psutil.Process]) -> bool:
    return not any(process.is_running() and process.status() != psutil.STATUS_ZOMBIE for process in processes)


def test_the_ready_file_tells_all_that_a_client_needs(up: Up) -> None:
    assert set(up.ready) == {"graphql", "ws", "admin", "token", "simulator", "pid"}
    assert up.ready["pid"] == up.process.pid
    assert up.ready["ws"] == up.ready["graphql"].replace("http", "ws")
    assert (up.folder / "ready.json").stat().st_mode & 0o777 == 0o600
    assert answers(up)
    with Api(up.ready["graphql"]) as person:
        person.sign_in(**up.ready["admin"])
        assert person.execute("{ me { email } }") == {"me": {"email": up.ready["admin"]["email"]}}
    with Api(up.ready["graphql"], up.ready["token"]) as program:
        assert program.execute("{ me { email } }")["me"]


def test_no_secret_is_in_the_list_of_processes(up: Up) -> None:
    secrets = json.loads((up.folder / "data" / "secrets.json").read_text())
    lines = ""
    for process in everything(up):
        with suppress(psutil.NoSuchProcess):  # PostgreSQL's come and go
            lines += " ".join(process.as_dict(["cmdline"])["cmdline"] or ()) + "\n"
    assert "simulator" in lines
    assert {name for name, secret in secrets.items() if secret in lines} == set()


def test_the_simulators_number_is_the_default_sender(up: Up) -> None:
    with Api(up.ready["graphql"], up.ready["token"]) as api:
        edges = api.execute("{ senders { edges { node { name isDefault status } } } }")["senders"]["edges"]
    assert [edge["node"] for edge in edges] == [{"name": "Simulator", "isDefault": True, "status": "CONNECTED"}]


def test_a_second_command_finds_what_runs(up: Up) -> None:
    done = up.command("user", "list")
    assert done.stdout.startswith(up.ready["admin"]["email"]), done.stderr
    done = up.command("doctor")
    assert done.returncode == 0, done.stdout
    assert "1 worker at work" in done.stdout


def test_a_second_up_on_the_same_folder_is_refused(up: Up) -> None:
    done = up.command("up")
    assert done.returncode == 1
    assert f"process {up.process.pid} is using" in done.stderr
    assert "set DATA_DIR to another folder" in done.stderr
    assert answers(up)


@pytest.mark.parametrize("part", ["api", "worker"])
def test_a_killed_part_is_started_again(up: Up, part: str) -> None:
    (child,) = up.children("tidings", part)
    child.kill()
    until(lambda: [each.pid for each in up.children("tidings", part)] not in ([], [child.pid]))
    until(lambda: answers(up))
    assert "was killed by SIGKILL; it is started again" in (up.folder / "up.log").read_text()


def test_a_killed_database_is_started_again(up: Up) -> None:
    (postgres,) = [child for child in everything(up) if "-D" in (child.as_dict(["cmdline"])["cmdline"] or ())]
    postgres.kill()
    until(lambda: not postgres.is_running() or postgres.status() == psutil.STATUS_ZOMBIE)
    until(lambda: answers(up))
    until(lambda: up.command("user", "list").returncode == 0)


def test_kill_9_leaves_nothing_behind_and_the_next_start_works(tmp_path: Path) -> None:
    first = start(tmp_path)
    family = everything(first)
    first.process.kill()
    first.process.wait()
    until(lambda: gone(family))
    second = start(tmp_path)
    assert second.ready["admin"] == first.ready["admin"]
    assert second.ready["token"] == first.ready["token"]
    family = everything(second)
    (api,) = second.children("tidings", "api")
    api.suspend()  # It will not answer SIGTERM: a second one ends all of them within 30 seconds.
    second.process.terminate()
    time.sleep(1)
    second.process.terminate()
    assert second.process.wait(30) == 0
    assert gone(family)
    assert not (tmp_path / "data" / "running.json").exists()


def test_a_busy_port_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = run("up", folder=tmp_path, API_PORT=str(taken.getsockname()[1]))
    assert done.returncode == 1
    assert "set API_PORT to another one" in done.stderr
    assert "Traceback" not in done.stderr
