"""The embedded services with real processes: what they promise after every kind of ending."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import asyncpg
import psutil
import pytest
import redis

from tidings.services import ServiceError, Services, embedded
from tidings.services.server import owner

UP = """
import sys, time
from pathlib import Path
from tidings.services import embedded
with embedded(Path(sys.argv[1])) as services:
    print(services.postgres.pid, services.valkey.pid, flush=True)
    time.sleep(60)
"""


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    with embedded(tmp_path_factory.mktemp("services")) as running:
        yield running


async def ask(url: str, question: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


def store(url: str) -> "redis.Redis":
    return redis.Redis.from_url(url, decode_responses=True)


async def test_they_are_set_up_for_keeping_data(services: Services) -> None:
    assert str(await ask(services.database_url, "SHOW server_version")).startswith("18")
    assert await ask(services.database_url, "SHOW fsync") == "on"
    assert await ask(services.database_url, "SHOW listen_addresses") == "127.0.0.1"
    with store(services.redis_url) as client:
        assert client.config_get("maxmemory-policy", "appendonly") == {
            "maxmemory-policy": "noeviction",
            "appendonly": "yes",
        }


async def test_the_log_says_nothing_that_rows_hold(services: Services) -> None:
    connection = await asyncpg.connect(services.database_url)
    try:
        await connection.execute("CREATE TEMP TABLE t (phone_number text UNIQUE)")
        for again in (False, True):
            with pytest.raises(asyncpg.UniqueViolationError) if again else nullcontext():
                await connection.execute("INSERT INTO t VALUES ($1)", "+351912345678")
    finally:
        await connection.close()
    log = services.postgres.log.read_text()
    assert "duplicate key value" in log
    assert "351912345678" not in log


async def test_nobody_gets_in_without_the_password(services: Services) -> None:
    with pytest.raises(asyncpg.InvalidPasswordError):
        await ask(f"postgresql://tidings:wrong@127.0.0.1:{services.postgres.port}/tidings", "SELECT 1")
    with pytest.raises(redis.AuthenticationError), store(f"redis://127.0.0.1:{services.valkey.port}") as client:
        client.ping()


async def test_killed_and_started_they_have_the_same_port_and_data(services: Services) -> None:
    await ask(services.database_url, "CREATE TABLE kept AS SELECT 42 AS answer")
    before = services.database_url, services.redis_url
    services.postgres.kill()
    services.valkey.kill()
    assert not services.postgres.running
    services.postgres.start()
    services.valkey.start()
    assert (services.database_url, services.redis_url) == before
    assert await ask(services.database_url, "SELECT answer FROM kept") == 42


async def test_stopped_and_started_nothing_is_lost(services: Services) -> None:
    with store(services.redis_url) as client:
        client.set("kept", "42")
        services.valkey.stop()
        services.valkey.start()
        assert client.get("kept") == "42"


def test_a_folder_in_use_is_refused(services: Services) -> None:
    with pytest.raises(ServiceError, match=f"process {os.getpid()} is using"), embedded(services.valkey.folder.parent):
        pytest.fail("two may not share a folder")


def test_kill_9_of_whoever_started_them_leaves_nothing_running(tmp_path: Path) -> None:
    starter = subprocess.Popen([sys.executable, "-c", UP, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert starter.stdout is not None
    pids = [int(word) for word in starter.stdout.readline().split()]
    starter.kill()
    starter.wait()
    starter.stdout.close()
    await_gone(pids)
    with embedded(tmp_path) as again:
        assert again.postgres.running


async def test_what_an_earlier_run_left_alive_is_stopped_first(tmp_path: Path) -> None:
    """As on a system where children outlive a killed parent: a server of the same folder is still there."""
    with embedded(tmp_path) as first:
        for server in (first.postgres, first.valkey):
            left = server.pid
            again = type(server)(tmp_path)
            again.start()
            assert not alive(left)
            assert again.running
            again.stop()
        first.postgres.start()
        assert await ask(first.database_url, "SELECT 1") == 1


def test_a_stale_pid_file_of_another_process_does_no_harm(tmp_path: Path) -> None:
    """A container gives the same few process ids out again and again: the number in the file may live, as another."""
    with embedded(tmp_path, valkey=False) as services:
        services.postgres.kill()
        file = services.postgres.folder / "postmaster.pid"
        lines = file.read_text().splitlines()
        bystander = subprocess.Popen(["sleep", "60"], user=owner_of(services.postgres.folder))
        try:
            file.write_text("\n".join([str(bystander.pid), *lines[1:]]))
            services.postgres.start()
            assert bystander.poll() is None
        finally:
            bystander.kill()
            bystander.wait()


def test_an_interrupted_creation_is_begun_anew(tmp_path: Path) -> None:
    half_made = tmp_path / "postgres.new"
    half_made.mkdir()
    (half_made / "PG_VERSION").write_text("18\n")
    with embedded(tmp_path, valkey=False) as services:
        assert services.postgres.running
    assert not half_made.exists()


def test_a_port_taken_meanwhile_is_told(tmp_path: Path, services: Services) -> None:
    with embedded(tmp_path, postgres=False) as mine:
        mine.valkey.stop()
        mine.valkey.port = services.valkey.port
        with pytest.raises(ServiceError, match="Address already in use"):
            mine.valkey.start()


def owner_of(folder: Path) -> int | None:
    identity = owner(folder)
    return identity.uid if identity else None


def alive(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def await_gone(pids: list[int]) -> None:
    deadline = time.monotonic() + 15
    while any(alive(pid) for pid in pids):
        assert time.monotonic() < deadline, f"still alive: {[pid for pid in pids if alive(pid)]}"
        time.sleep(0.02)
